"""How much of a file's text is found: `python benchmarks/recall.py`, against native Tika on its own ground.

The truth is what Tika's own tests assert of its test files. Ours: one `proofroom open` over those files, every
file in a sandbox of its own; the text of a file is every piece, cell and name in it and in its members. The peer:
iscc-tika, in one process, without isolation. Both sides are compared on casefolded word characters; properties of
documents count for neither.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Final

from iscc_tika import Extractor
from measure import ROOT, head, in_turn, report, seconds

from proofroom.store.journal import Journal
from proofroom.store.reading import Reading

CORPUS: Final = ROOT.parent / "shared" / "corpora" / "tika"
_MOST_CHARACTERS: Final = 50_000_000
_NOT_A_WORD: Final = re.compile(r"[\W_]+")


def folded(text: str) -> str:
    """Keep the word characters of a text, casefolded."""
    return _NOT_A_WORD.sub("", text.casefold())


def asserted() -> dict[str, list[str]]:
    """Give the strings that Tika's tests assert, by file, of the files that are here."""
    lines = (CORPUS / "asserted.jsonl").read_text("utf-8").splitlines()
    told = {one["file"]: one["strings"] for one in map(json.loads, lines)}
    return {name: strings for name, strings in told.items() if (CORPUS / name).is_file()}


class Ours:
    """One `open` over the files, and the texts that it left in the case."""

    def __init__(self, files: Path, case: Path) -> None:
        """Read these files into this case."""
        self._files, self._case = files, case

    def run(self) -> None:
        """Open the files as a user does; those that cannot be read whole make it end with 3."""
        shutil.rmtree(self._case, ignore_errors=True)
        command = [sys.executable, "-m", "proofroom.cli", "open", self._files, "--case", self._case]
        done = subprocess.run([*command, "--plain-disk", "a benchmark"], capture_output=True, check=False)
        assert done.returncode in (0, 3), done.stderr.decode()

    def texts(self) -> dict[str, str]:
        """Give the folded text of each file with everything inside it."""
        journal = Journal(self._case / "derived" / "journal.sqlite", reading_only=True)
        reading = Reading(self._case / "derived", journal)
        found: dict[str, list[str]] = {}
        for row in journal.rows("select path, digest from occurrences order by id"):
            file, _, inside = row["path"].partition("/")
            found.setdefault(file, []).extend((inside, *self._said(reading, row["digest"])))
        return {file: folded(" ".join(texts)) for file, texts in found.items()}

    @staticmethod
    def _said(reading: Reading, digest: str | None) -> list[str]:
        if digest is None:
            return []
        pieces = reading.of_artifact("pieces", digest)
        parts, said = pieces["part"].to_pylist(), pieces["text"].to_pylist()
        cells = reading.of_artifact("cells", digest).select(["raw", "shown", "formula"]).to_pydict()
        words = [text for part, text in zip(parts, said, strict=True) if not part.startswith("meta=")]
        return [*words, *(text for column in cells.values() for text in column)]


class Tika:
    """Native Tika in this process."""

    def __init__(self, files: Path) -> None:
        """Read these files."""
        self._files = files
        self._extractor = Extractor().set_extract_string_max_length(_MOST_CHARACTERS)
        self.found: dict[str, str] = {}

    def run(self) -> None:
        """Read every file; one it refuses has no text."""
        for path in sorted(self._files.iterdir()):
            try:
                self.found[path.name] = self._extractor.extract_file_to_string(str(path))[0]
            except (OSError, RuntimeError, TypeError):
                self.found[path.name] = ""

    def texts(self) -> dict[str, str]:
        """Give the folded text of each file."""
        return {name: folded(text) for name, text in self.found.items()}


def scores(truth: dict[str, list[str]], texts: dict[str, str]) -> Counter[str]:
    """Count the asserted strings that stand in the texts, by extension."""
    found: Counter[str] = Counter()
    for name, strings in truth.items():
        found[Path(name).suffix.lower()] += sum(folded(string) in texts.get(name, "") for string in strings)
    return found


def main() -> None:
    """Read everything with both, and print recall by format and files per second."""
    truth = asserted()
    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder) / "files"
        files.mkdir()
        for name in truth:
            shutil.copyfile(CORPUS / name, files / name)
        ours, tika = Ours(files, Path(folder) / "case"), Tika(files)
        seconds(tika.run)  # its first file starts its machine: not counted
        ours_took, tika_took = in_turn(ours.run, tika.run)
        head()
        wanted = Counter({Path(name).suffix.lower(): 0 for name in truth})
        for name, strings in truth.items():
            wanted[Path(name).suffix.lower()] += len(strings)
        ours_found, tika_found = scores(truth, ours.texts()), scores(truth, tika.texts())
        report(
            "strings found, all formats", [ours_found.total()], [tika_found.total()], f"of {wanted.total()}"
        )
        for suffix, count in sorted(wanted.items()):
            print(f"| {suffix} | {ours_found[suffix]} | {tika_found[suffix]} | of {count} | | |")
        rates = [[len(truth) / took for took in side] for side in (ours_took, tika_took)]
        report(f"{len(truth)} files, whole `open`", *rates, "files/s", of="iscc-tika, no isolation")


if __name__ == "__main__":
    main()
