"""Files per second: `python benchmarks/throughput.py`, the public documents against native Tika, stage by stage.

Ours: the commands a user gives (receive, extract with every file in a sealed child of its own, search). The peer:
iscc-tika, text alone, in one process without isolation; as installed (it starts tesseract for every file where there is
one), where it finds no program to start, and in a process for each file. Then the same documents again and again, each
time with other bytes, until one worker needs two minutes, and two workers over the same. What stands under a password
is left out: that is `passwords.py`.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from iscc_tika import Extractor
from measure import REPEATS, ROOT, head, report, seconds

from proofroom.store.journal import Journal

CORPORA: Final = ROOT.parent / "shared" / "corpora"
LEAST_SECONDS: Final = 120
WORKERS: Final = 2
_NONE: Final = (".json", ".jsonl", ".md", ".parquet")
"""What is there for other ends than to be read as a document."""
_PICTURES: Final = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".gif", ".bmp", ".webp", ".heic")
_WHOLE: Final = (".7z", ".bz2", ".p7m", ".p7s", ".tar", ".gz")
"""What would be another file with a byte more: taken once."""
_PACKED: Final = b"PK\x03\x04"
_END: Final = b"PK\x05\x06"
_COMMENT_AT: Final = 20
_TAILS: Final = {".pdf": b"\n%% copy %d\n", ".html": b"\n<!-- copy %d -->\n", ".xml": b"\n<!-- copy %d -->\n"}
_LOCKED: Final = ("password-unknown", "unsupported-encryption", "decrypted", "locked-part")
_MOST_CHARACTERS: Final = 50_000_000
_EVERY: Final = 10
_ALONE: Final = (
    "import sys, iscc_tika; "
    "iscc_tika.Extractor().set_extract_string_max_length(50_000_000).extract_file_to_string(sys.argv[1])"
)


def documents() -> list[Path]:
    """Give the public documents, always in the same order; photographs are none."""
    found = sorted(path for path in CORPORA.rglob("*") if path.is_file() and path.stat().st_size)
    return [path for path in found if path.suffix.lower() not in (*_NONE, *_PICTURES)]


def changed(data: bytes, suffix: str, copy: int) -> bytes | None:
    """Give the same document in other bytes, or None where one more byte would make it another."""
    if not copy:
        return data
    if suffix in _WHOLE:
        return None
    if data.startswith(_PACKED):
        end = data.rfind(_END)
        note = b"copy %d" % copy
        size = end + _COMMENT_AT
        return None if end < 0 else data[:size] + len(note).to_bytes(2, "little") + note
    return data + _TAILS.get(suffix, b"\ncopy %d\n") % copy


def write(paths: Sequence[Path], folder: Path, copies: Sequence[int]) -> int:
    """Write these copies of the documents; gives how many files that are."""
    count = 0
    for copy in copies:
        for number, path in enumerate(paths):
            data = changed(path.read_bytes(), path.suffix.lower(), copy)
            if data is not None:
                place = folder / f"{copy:03}"
                place.mkdir(parents=True, exist_ok=True)
                (place / f"{number:03}-{path.name}").write_bytes(data)
                count += 1
    return count


class Ours:
    """One case for each run, made by the commands of a user."""

    def __init__(self, files: Path, case: Path, workers: int = WORKERS) -> None:
        """Read these files into this case."""
        self._files, self._case, self._workers = files, case, workers
        self.stages: list[dict[str, float]] = []

    def run(self) -> None:
        """Take the files in, read them and make them searchable; the seconds of each stage are kept."""
        shutil.rmtree(self._case, ignore_errors=True)
        command("new", self._case, "--plain-disk", "a benchmark", "--no-passphrase")
        steps: dict[str, tuple[object, ...]] = {
            "receive": ("receive", self._case, self._files),
            "extract": ("run", self._case, "extract", "--workers", self._workers),
            "search": ("run", self._case, "search"),
        }
        self.stages.append({name: seconds(lambda told=told: command(*told)) for name, told in steps.items()})

    def total(self) -> list[float]:
        """Give the seconds of all stages together, of each run."""
        return [sum(stages.values()) for stages in self.stages]

    def ends(self) -> Iterator[tuple[str, str, str]]:
        """Give path, state and reason of every file and of every member."""
        journal = Journal(self._case / "derived" / "journal.sqlite", reading_only=True)
        for row in journal.rows(
            "select o.path, coalesce(o.state, a.state) as state, a.reason from occurrences o "
            "left join artifacts a using (digest) order by o.id"
        ):
            yield row["path"], row["state"], row["reason"] or ""
        journal.close()

    def artifacts(self) -> int:
        """Give how many different files and members were read, each in a child of its own."""
        journal = Journal(self._case / "derived" / "journal.sqlite", reading_only=True)
        count = int(journal.value("select count(*) from artifacts"))
        journal.close()
        return count


def command(*words: object) -> None:
    """Run one of our commands; 3 says that not everything could be read whole."""
    done = subprocess.run(
        [sys.executable, "-m", "proofroom.cli", *map(str, words)], capture_output=True, check=False
    )
    assert done.returncode in (0, 3), done.stderr.decode()


class Tika:
    """Native Tika in this process, which reads the text and keeps nothing."""

    def __init__(self, files: Path, path: str) -> None:
        """Read these files; `path` is where it may look for programs."""
        self._files, self._path = files, path
        self._extractor = Extractor().set_extract_string_max_length(_MOST_CHARACTERS)

    def run(self) -> None:
        """Read every file; one it refuses has no text."""
        before, os.environ["PATH"] = os.environ["PATH"], self._path
        for path in sorted(self._files.rglob("*.*")):
            try:
                self._extractor.extract_file_to_string(str(path))
            except (OSError, RuntimeError, TypeError):
                continue
        os.environ["PATH"] = before


def alone(files: Path) -> tuple[int, float]:
    """Let native Tika read every tenth file, each in a process of its own; gives how many, and the seconds."""
    some = sorted(files.rglob("*.*"))[::_EVERY]
    told = [[sys.executable, "-c", _ALONE, str(path)] for path in some]
    took = seconds(lambda: [subprocess.run(one, capture_output=True, check=False) for one in told])
    return len(some), took


def open_documents(folder: Path) -> list[Path]:
    """Give the documents that no password keeps from being read, found by reading them all once."""
    paths = documents()
    write(paths, folder / "all", (0,))
    first = Ours(folder / "all", folder / "first")
    first.run()
    locked = {
        path.split("/")[1][:3] for path, state, why in first.ends() if state == "locked" or why in _LOCKED
    }
    return [path for number, path in enumerate(paths) if f"{number:03}" not in locked]


def rates(count: int, took: Sequence[float]) -> list[float]:
    """Give files per second."""
    return [count / one for one in took]


def once(paths: Sequence[Path], folder: Path) -> Ours:
    """Compare with the peer over every document once, and print the rows; gives our side."""
    count = write(paths, folder / "once", (0,))
    ours = Ours(folder / "once", folder / "case")
    bare, full = Tika(folder / "once", "/nonexistent"), Tika(folder / "once", os.environ["PATH"])
    seconds(bare.run)  # its first files start its machine: not counted
    sides: list[list[float]] = [[], []]
    for _ in range(REPEATS):
        ours.run()
        for side, peer in zip(sides, (bare, full), strict=True):
            side.append(seconds(peer.run))
    mine = rates(count, ours.total())
    report(
        f"{count} documents, taken in, read, searchable", mine, rates(count, sides[0]), "files/s", of="bare"
    )
    report("the same", mine, rates(count, sides[1]), "files/s", of="as installed")
    some, took = alone(folder / "once")
    report("the same", mine, rates(some, [took]), "files/s", of="a process for each file")
    for name in ours.stages[0]:
        stage = rates(count, [stages[name] for stages in ours.stages])
        report(f"{name} alone", stage, rates(count, sides[0]), "files/s", of="bare")
    print(f"| files and members, each read in a child of its own | {ours.artifacts()} | | | | |")
    return ours


def long(paths: Sequence[Path], folder: Path, guess: float) -> None:
    """Let one worker and two workers read so many copies that one needs two minutes, and print the rows."""
    # A further copy costs about half: what lies inside the documents is the same and is read once.
    copies = range(round(2 * LEAST_SECONDS / guess))
    count = write(paths, folder / "many", copies)
    one, two = (Ours(folder / "many", folder / f"workers-{workers}", workers) for workers in (1, WORKERS))
    one.run()
    while one.stages[-1]["extract"] < LEAST_SECONDS:
        copies = range(copies.stop, copies.stop + max(1, copies.stop // 3))
        count += write(paths, folder / "many", copies)
        one.run()
    two.run()
    sides = (two, one)
    called = f"{count} files ({one.artifacts()} different with members), {WORKERS} workers"
    read = [rates(count, [side.stages[-1]["extract"]]) for side in sides]
    report(f"{called}: extract", *read, "files/s", of="1 worker")
    whole = [rates(count, side.total()[-1:]) for side in sides]
    report(f"{called}: all stages", *whole, "files/s", of="1 worker")
    print(f"| seconds of extract with 1 worker | {one.stages[-1]['extract']:.0f} | | s | | |")
    ends = [sorted(side.ends()) for side in sides]
    same = sum(mine == other for mine, other in zip(*ends, strict=True))
    print(f"| files and members that ended alike | {same} | {len(ends[0])} | | | |")
    print(f"| copies that ended as their first | {_alike(ends[1])} | {count} | files | | |")


def _alike(ends: Sequence[tuple[str, str, str]]) -> int:
    """Count the copies that ended in the state of their first."""
    top = {tuple(path.split("/")): state for path, state, _ in ends if path.count("/") == 1}
    return sum(top.get(("000", name)) == state for (_, name), state in top.items())


def main() -> None:
    """Measure, and print the rows."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = open_documents(folder)
        head()
        ours = once(paths, folder)
        long(paths, folder, statistics.median(stages["extract"] for stages in ours.stages))


if __name__ == "__main__":
    if CORPORA.is_dir():
        main()
    else:
        print("no public test files: shared/corpora is not beside this folder")
