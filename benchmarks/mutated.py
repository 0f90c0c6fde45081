"""What damaged files lose: `python benchmarks/mutated.py [COUNT]`, against native Tika over the same bytes.

Public test files are cut short, have bits flipped, or get the middle of another file (seeded: the same each time).
Ours: one `proofroom open` over them, as a user does it. The peer: iscc-tika, each share of the files in a process of
its own that may die or hang. Useful text is counted in words of the file before it was damaged, as either side reads
it whole: what is none of those words is noise.
"""

from __future__ import annotations

import json
import multiprocessing
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Final

from measure import ROOT, head, report

from proofroom.store.journal import Journal
from proofroom.store.reading import Reading

CORPUS: Final = ROOT.parent / "shared" / "corpora"
ENDINGS: Final = (
    ".doc",
    ".docx",
    ".xls",
    ".xlsx",
    ".ppt",
    ".pptx",
    ".pdf",
    ".rtf",
    ".odt",
    ".ods",
    ".eml",
    ".msg",
    ".zip",
)
ENDINGS_MORE: Final = (
    ".html",
    ".xml",
    ".txt",
    ".csv",
    ".mbox",
    ".epub",
    ".7z",
    ".tar",
    ".gz",
    ".xlsb",
    ".jpg",
    ".png",
)
_LARGEST: Final = 4 << 20
_SEED: Final = 20220524
_WORD: Final = re.compile(r"[^\W_]{2,}")
_HANG: Final = 60
"""Seconds that the peer may take for one file."""

Words = set[str]


def originals() -> list[Path]:
    """Give the public files that are damaged: of known kinds, and small enough to take thousands of them."""
    endings = {*ENDINGS, *ENDINGS_MORE}
    files = [path for path in sorted(CORPUS.rglob("*")) if path.is_file() and path.suffix.lower() in endings]
    return [path for path in files if 0 < path.stat().st_size <= _LARGEST]


def mutate(data: bytes, other: bytes, chance: random.Random) -> tuple[str, bytes]:
    """Damage a file in one of three ways; gives which."""
    how = chance.choice(("cut", "flipped", "spliced"))
    at = chance.randrange(len(data))
    if how == "cut":
        return how, data[: max(1, at)]
    if how == "flipped":
        damaged = bytearray(data)
        for _ in range(chance.randint(1, 1 + len(data) // 2_000)):
            damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
        return how, bytes(damaged)
    start = chance.randrange(len(other))
    piece = other[start : start + chance.randint(1, 4_096)]
    return how, data[:at] + piece + data[at + chance.choice((0, len(piece))) :]


def make(folder: Path, count: int) -> dict[str, Path]:
    """Write so many damaged files; gives the whole file of each."""
    chance = random.Random(_SEED)
    whole = originals()
    made: dict[str, Path] = {}
    for number in range(count):
        path, other = whole[number % len(whole)], chance.choice(whole)
        how, data = mutate(path.read_bytes(), other.read_bytes(), chance)
        name = f"{number:05}-{how}-{path.name[-60:]}"
        (folder / name).write_bytes(data)
        made[name] = path
    return made


def words(text: str) -> Words:
    """Give the words of a text."""
    return set(_WORD.findall(text.casefold()))


class Ours:
    """One `open` over the files, and the words that each left in the case."""

    def __init__(self, files: Path, case: Path) -> None:
        """Read these files into this case."""
        command = [sys.executable, "-m", "proofroom.cli", "open", files, "--case", case, "--no-ocr"]
        done = subprocess.run([*command, "--plain-disk", "a benchmark"], capture_output=True, check=False)
        self.status, self.noise = done.returncode, done.stderr.decode("utf-8", "replace")
        self._journal = Journal(case / "derived" / "journal.sqlite", reading_only=True)
        self._reading = Reading(case / "derived", self._journal)

    def states(self) -> tuple[Counter[str], int]:
        """Count the received files by state, and those without one."""
        rows = self._journal.rows(
            "select coalesce(o.state, a.state) as state from occurrences o left join artifacts a using (digest) "
            "where o.depth = 0"
        )
        found = Counter(row["state"] or "" for row in rows)
        return found, found.pop("", 0)

    def words(self) -> dict[str, Words]:
        """Give the words of each received file with everything inside it."""
        found: dict[str, Words] = {}
        for row in self._journal.rows("select path, digest from occurrences order by id"):
            file, _, inside = row["path"].partition("/")
            held = found.setdefault(file, set())
            held |= words(inside)
            if row["digest"]:
                pieces = self._reading.of_artifact(
                    "pieces", row["digest"], columns=("part", "text")
                ).to_pylist()
                held |= words(" ".join(one["text"] for one in pieces if not one["part"].startswith("meta=")))
                cells = self._reading.of_artifact(
                    "cells", row["digest"], columns=("raw", "shown")
                ).to_pydict()
                held |= words(" ".join(text for column in cells.values() for text in column))
        return found


def _tika(files: list[str], out: str) -> None:
    """Read files one by one in this process, noting each before and after: whoever watches sees where it stopped."""
    from iscc_tika import Extractor

    extractor = Extractor().set_extract_string_max_length(20_000_000)
    with Path(out).open("a", encoding="utf-8") as log:
        for name in files:
            log.write(json.dumps({"begun": name}) + "\n")
            log.flush()
            try:
                text = extractor.extract_file_to_string(name)[0]
            except (OSError, RuntimeError, TypeError, ValueError):
                text = ""
            log.write(json.dumps({"file": name, "words": sorted(words(text))}) + "\n")
            log.flush()


def tika(files: list[Path], log: Path) -> tuple[dict[str, Words], int, int]:
    """Read files with the peer; gives the words of each, and how many killed or hung it."""
    left = [str(path) for path in files]
    died = hung = 0
    context = multiprocessing.get_context("spawn")
    while left:
        worker = context.Process(target=_tika, args=(left, str(log)))
        worker.start()
        size = -1
        while worker.is_alive():
            worker.join(_HANG)
            now = log.stat().st_size if log.exists() else 0
            if worker.is_alive() and now == size:
                worker.kill()
                worker.join()
                hung += 1
            size = now
        done, begun = _log(log)
        died += begun is not None and worker.exitcode != 0
        stopped_at = begun if begun is not None else ""
        left = [name for name in left if Path(name).name not in done and name != stopped_at]
        if worker.exitcode == 0:
            break
    found, _ = _log(log)
    return found, died - hung, hung


def _log(log: Path) -> tuple[dict[str, Words], str | None]:
    """Read what the peer noted: the words by file, and the file at which it stopped."""
    found: dict[str, Words] = {}
    begun: str | None = None
    for line in log.read_text("utf-8").splitlines() if log.exists() else ():
        told = json.loads(line)
        if "begun" in told:
            begun = told["begun"]
        else:
            found[Path(told["file"]).name] = set(told["words"])
            begun = None
    return found, begun


def main() -> None:
    """Damage, read with both, and print what became of it."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    with tempfile.TemporaryDirectory() as at:
        folder = Path(at)
        (folder / "damaged").mkdir()
        made = make(folder / "damaged", count)
        (folder / "whole").mkdir()
        named = {
            path: f"{number:05}-{path.name[-60:]}" for number, path in enumerate(sorted(set(made.values())))
        }
        for path, name in named.items():
            shutil.copyfile(path, folder / "whole" / name)
        ours = Ours(folder / "damaged", folder / "damaged.case")
        whole = Ours(folder / "whole", folder / "whole.case")
        theirs, died, hung = tika(sorted((folder / "damaged").iterdir()), folder / "damaged.log")
        theirs_whole, _, _ = tika(sorted((folder / "whole").iterdir()), folder / "whole.log")
        ours_words, whole_words = ours.words(), whole.words()
        states, lost = ours.states()
        truth = {
            name: whole_words.get(named[path], set()) | theirs_whole.get(named[path], set())
            for name, path in made.items()
        }
        head()
        print(f"| {count:,} damaged files, lost without a state | {lost} | | files | | |")
        print(
            f"| files of it that end `crashed` | {states['crashed']} | {died} died, {hung} hung (iscc-tika) | | | |"
        )
        useful = [
            sum(len(one.get(name, set()) & truth[name]) for name in made) for one in (ours_words, theirs)
        ]
        report("useful words left", [useful[0]], [useful[1]], "words", of="iscc-tika")
        for how in ("cut", "flipped", "spliced"):
            some = [name for name in made if f"-{how}-" in name]
            left = [
                sum(len(one.get(name, set()) & truth[name]) for name in some) for one in (ours_words, theirs)
            ]
            report(f"of those {how}", [left[0]], [left[1]], "words", of="iscc-tika")
        for state, number in states.most_common():
            print(f"| ended `{state}` | {number} | | files | | |")
        print(
            f"\nexit status of `open`: {ours.status}; lines on stderr with a traceback: {ours.noise.count('Traceback')}"
        )


if __name__ == "__main__":
    main()
