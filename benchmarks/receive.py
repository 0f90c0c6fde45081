"""Receive a tree of files, against `cp -r` with `sync`, and against SHA-256 alone, over the same tree.

    python benchmarks/receive.py [FILES] [KIB_PER_FILE] [FOLDER]

All sides read the same tree, which the kernel has in its cache (`cp` warms it): what is compared is the work,
not the medium. `cp` is not done before `sync -f` is; receive is not done before the batch is synced, logged
and the head over it signed and synced, which is more. The ratio is peer / ours, the slower peer counting.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from measure import REPEATS, head, report, seconds

from proofroom.case import Case


class Silent:
    """Progress that nobody watches."""

    def __getattr__(self, _name: str) -> Any:
        """Take any word of progress and do nothing."""
        return lambda *_: None


def make_tree(folder: Path, files: int, size: int) -> None:
    """Make so many files of that size, a hundred in a folder, none like another."""
    dice = random.Random(1)
    for number in range(files):
        path = folder / f"{number // 100:03}" / f"{number:06}.bin"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(dice.randbytes(size))
    os.sync()


def hash_all(folder: Path) -> None:
    """Read and hash every file of a tree, one after the other."""
    block = bytearray(1 << 20)
    view = memoryview(block)
    for path in sorted(folder.rglob("*.bin")):
        state = hashlib.sha256()
        with path.open("rb", buffering=0) as file:
            while count := file.readinto(block):
                state.update(view[:count])
        state.hexdigest()


def copy_all(source: Path, target: Path) -> None:
    """Copy a tree as people do, and wait until it is on the disk."""
    subprocess.run(["cp", "-r", source, target], check=True)
    subprocess.run(["sync", "-f", target], check=True)


def receive_all(source: Path, case: Path) -> None:
    """Receive a tree into a new case."""
    with Case.open(case, writing=True) as opened:
        opened.receive(source, None, Silent())


def main(files: int, size: int, folder: Path | None) -> None:
    """Measure the three sides in turn, and print their rows."""
    with tempfile.TemporaryDirectory(dir=folder) as made:
        work = Path(made)
        source = work / "source"
        make_tree(source, files, size)
        sides: dict[str, list[float]] = {"ours": [], "cp": [], "sha": []}
        for turn in range(REPEATS):
            copied, case = work / f"copy-{turn}", work / f"case-{turn}"
            sides["cp"].append(seconds(lambda to=copied: copy_all(source, to)))
            shutil.rmtree(copied)
            sides["sha"].append(seconds(lambda: hash_all(source)))
            Case.new(case, plain_disk="a benchmark").close()
            os.sync()
            sides["ours"].append(seconds(lambda to=case: receive_all(source, to)))
            shutil.rmtree(case)
            os.sync()
    head()
    what = f"receive {files:,} files of {size >> 10:,} KiB"
    report(what, sides["ours"], sides["cp"], "s", of="cp -r, sync -f")
    report(what, sides["ours"], sides["sha"], "s", of="SHA-256 alone")
    slower = max(statistics.median(sides["cp"]), statistics.median(sides["sha"]))
    print(f"\nslower peer / ours: {slower / statistics.median(sides['ours']):.2f} (wanted: 0.8 and more)")


if __name__ == "__main__":
    arguments = sys.argv[1:]
    main(
        int(arguments[0]) if arguments else 2_000,
        (int(arguments[1]) if len(arguments) > 1 else 1_024) << 10,
        Path(arguments[2]) if len(arguments) > 2 else None,
    )
