"""How much of a file's text is found: `python benchmarks/recall.py`, against native Tika on its own ground.

The truth is what Tika's own tests assert of its test files. Ours: one `proofroom open` over those files, every
file in a sandbox of its own; the text of a file is every piece, cell and name in it and in its members. The peer:
iscc-tika, in one process, without isolation. Both sides are compared on casefolded word characters; properties of
documents count for neither, and neither looks at pictures of text.

A second table has no truth but the other side: the words (casefolded, from two characters on) that each side finds in
every public file of the corpora, and which files lose most by us.
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

CORPORA: Final = ROOT.parent / "shared" / "corpora"
CORPUS: Final = CORPORA / "tika"
PUBLIC: Final = ("calamine", "exif-samples", "icij-extract", "pdf-samples", "tika")
_MOST_CHARACTERS: Final = 50_000_000
_NOT_A_WORD: Final = re.compile(r"[\W_]+")
_WORD: Final = re.compile(r"[^\W_]{2,}")
_LARGEST: Final = 32 << 20
_MOST_LOSERS: Final = 12


def folded(text: str) -> str:
    """Keep the word characters of a text, casefolded."""
    return _NOT_A_WORD.sub("", text.casefold())


def asserted() -> dict[str, list[str]]:
    """Give the strings that Tika's tests assert, by file, of the files that are here."""
    lines = (CORPUS / "asserted.jsonl").read_text("utf-8").splitlines()
    told = {one["file"]: one["strings"] for one in map(json.loads, lines)}
    return {name: strings for name, strings in told.items() if (CORPUS / name).is_file()}


def words(text: str) -> set[str]:
    """Give the words of a text, casefolded."""
    return set(_WORD.findall(text.casefold()))


def public_files() -> dict[str, Path]:
    """Give every public file of the corpora under a name of its own that ends as the file does."""
    paths = [path for name in PUBLIC for path in sorted((CORPORA / name).rglob("*")) if path.is_file()]
    small = [path for path in paths if path.stat().st_size <= _LARGEST]
    return {"-".join(path.relative_to(CORPORA).parts): path for path in small}


class Ours:
    """One `open` over the files, and the texts that it left in the case."""

    def __init__(self, files: Path, case: Path) -> None:
        """Read these files into this case."""
        self._files, self._case = files, case

    def run(self) -> None:
        """Open the files as a user does; those that cannot be read whole make it end with 3."""
        shutil.rmtree(self._case, ignore_errors=True)
        command = [sys.executable, "-m", "proofroom.cli", "open", self._files, "--case", self._case]
        done = subprocess.run(
            [*command, "--no-ocr", "--plain-disk", "a benchmark"], capture_output=True, check=False
        )
        assert done.returncode in (0, 3), done.stderr.decode()

    def texts(self) -> dict[str, str]:
        """Give the text of each file with everything inside it."""
        journal = Journal(self._case / "derived" / "journal.sqlite", reading_only=True)
        reading = Reading(self._case / "derived", journal)
        found: dict[str, list[str]] = {}
        for row in journal.rows("select path, digest from occurrences order by id"):
            file, _, inside = row["path"].partition("/")
            found.setdefault(file, []).extend((inside, *self._said(reading, row["digest"])))
        return {file: " ".join(texts) for file, texts in found.items()}

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
        """Give the text of each file."""
        return self.found


def scores(truth: dict[str, list[str]], texts: dict[str, str]) -> Counter[str]:
    """Count the asserted strings that stand in the texts, by extension."""
    found: Counter[str] = Counter()
    for name, strings in truth.items():
        text = folded(texts.get(name, ""))
        found[Path(name).suffix.lower()] += sum(folded(string) in text for string in strings)
    return found


def told_apart(ours: dict[str, str], tika: dict[str, str]) -> None:
    """Print the words that only one side finds, by extension, and the files that lose most by us."""
    counts: dict[str, Counter[str]] = {}
    lost: list[tuple[int, str, list[str]]] = []
    for name in sorted(tika):
        mine, theirs = words(ours.get(name, "")), words(tika[name])
        one = counts.setdefault(Path(name).suffix.lower(), Counter())
        one.update(files=1, both=len(mine & theirs), ours=len(mine - theirs), theirs=len(theirs - mine))
        lost.append((len(theirs - mine), name, sorted(theirs - mine)))
    print(
        "\n| words of public files | files | found by both | by us only | by the peer only |\n|---|---|---|---|---|"
    )
    total = sum(counts.values(), Counter())
    for suffix, one in [("all", total), *sorted(counts.items())]:
        print(f"| {suffix or 'none'} | {one['files']} | {one['both']} | {one['ours']} | {one['theirs']} |")
    print("\n| file | words only the peer finds | some of them |\n|---|---|---|")
    for count, name, some in sorted(lost, reverse=True)[:_MOST_LOSERS]:
        print(f"| {name} | {count} | {' '.join(some[:8])} |")


def strings_of_the_tests(folder: Path) -> None:
    """Print how many asserted strings each side finds, by extension, and how fast."""
    truth = asserted()
    files = folder / "files"
    files.mkdir()
    for name in truth:
        shutil.copyfile(CORPUS / name, files / name)
    ours, tika = Ours(files, folder / "case"), Tika(files)
    seconds(tika.run)  # its first file starts its machine: not counted
    ours_took, tika_took = in_turn(ours.run, tika.run)
    head()
    wanted = Counter({Path(name).suffix.lower(): 0 for name in truth})
    for name, strings in truth.items():
        wanted[Path(name).suffix.lower()] += len(strings)
    ours_found, tika_found = scores(truth, ours.texts()), scores(truth, tika.texts())
    report("strings found, all formats", [ours_found.total()], [tika_found.total()], f"of {wanted.total()}")
    for suffix, count in sorted(wanted.items()):
        print(f"| {suffix} | {ours_found[suffix]} | {tika_found[suffix]} | of {count} | | |")
    rates = [[len(truth) / took for took in side] for side in (ours_took, tika_took)]
    report(f"{len(truth)} files, whole `open`", *rates, "files/s", of="iscc-tika, no isolation")


def words_of_public_files(folder: Path) -> None:
    """Read every public file of the corpora with both, once, and tell the words of one side from those of the other."""
    files = folder / "public"
    files.mkdir()
    for name, path in public_files().items():
        shutil.copyfile(path, files / name)
    ours, tika = Ours(files, folder / "public-case"), Tika(files)
    ours.run()
    tika.run()
    told_apart(ours.texts(), tika.texts())


def main() -> None:
    """Print the strings that Tika's tests assert, then the words of all public files."""
    with tempfile.TemporaryDirectory() as folder:
        strings_of_the_tests(Path(folder))
        words_of_public_files(Path(folder))


if __name__ == "__main__":
    main()
