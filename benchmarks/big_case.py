"""A workbook of 5.9 million cells taken all the way: `python benchmarks/big_case.py [ROWS]`.

It is received, read into the case's tables (raw text, types, formats, formulas, shown text) and indexed, by
the commands a user gives, with two workers. Time is wall and CPU of all processes; memory is the largest sum
of proportional set sizes (PSS) of the command and everything below it, sampled every 50 ms. The peers read
the same file in the same run and keep nothing: python-calamine's bare `iter_rows`, openpyxl read-only.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from large_workbook import ROWS, build
from measure import head, percentile, report

from proofroom.case import Case

LOOKS = 60
Cost = tuple[float, float, float]
"""Wall seconds, CPU seconds, peak megabytes."""


class Watch(threading.Thread):
    """Samples the memory and the CPU time of a process and all below it."""

    def __init__(self, process: int) -> None:
        """Watch a process and all below it."""
        super().__init__(daemon=True)
        self._process = process
        self.peak = 0.0
        self.over = threading.Event()
        self._cpu: dict[int, float] = {}

    def run(self) -> None:
        """Sample until told to stop."""
        while not self.over.wait(0.05):
            below = _below(self._process)
            self.peak = max(self.peak, sum(_pss(one) for one in below))
            self._cpu |= {one: spent for one in below if (spent := _cpu(one))}

    def cpu(self) -> float:
        """Give the CPU seconds of everything seen; a sandboxed child is waited for by nobody who counts it."""
        return sum(self._cpu.values())


def _below(process: int) -> list[int]:
    """Give a process and its descendants."""
    found = [process]
    for one in found:
        try:
            for task in Path(f"/proc/{one}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
        except OSError:
            continue
    return found


def _pss(process: int) -> float:
    """Give the proportional set size of a process in megabytes."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def _cpu(process: int) -> float:
    """Give the CPU seconds of a process so far."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def cost(command: Sequence[str]) -> Cost:
    """Run a command; gives what it cost with everything it started."""
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as run:
        watch = Watch(run.pid)
        watch.start()
        run.communicate()
    wall = time.perf_counter() - started
    watch.over.set()
    assert run.returncode in (0, 3), command
    return wall, watch.cpu(), watch.peak


def ours(*arguments: str | Path) -> list[str]:
    """Give one of our commands."""
    return [sys.executable, "-m", "proofroom.cli", *map(str, arguments)]


def peer(name: str, path: Path) -> Cost:
    """Let a peer read the file once, in a process of its own."""
    script = Path(__file__).with_name("workbook.py")
    return cost([sys.executable, str(script), "--only", name, "--keep", str(path)])


def looks(case: Path, rows: int) -> tuple[list[float], list[float]]:
    """Time 100 rows around random cells in an open case, and `show` of one cell from the shell."""
    chance = random.Random(11)
    inside, shell = [], []
    with Case.open(case) as opened:
        digest = next(line["digest"] for line in opened.artifacts())
        for _ in range(LOOKS):
            at = f"sha256:{digest}#sheet=名单&cell={chance.choice('BCDM')}{chance.randrange(1, rows - 100)}"
            started = time.perf_counter()
            found = opened.window(at, rows=100)
            inside.append((time.perf_counter() - started) * 1e3)
            assert len(found) > 1_000
    for _ in range(10):
        started = time.perf_counter()
        subprocess.run(ours("show", case, at, "--json"), check=True, capture_output=True)
        shell.append((time.perf_counter() - started) * 1e3)
    return inside, shell


def main() -> None:
    """Build, take in, read, index, look, and print the rows."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    head()
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "source"
        source.mkdir()
        book = source / "large.xlsx"
        build(book, rows)
        bare, reading, indexing = [], [], []
        for number in range(3):
            case = Path(folder) / f"case-{number}"
            cost(ours("new", case, "--plain-disk", "benchmark", "--no-passphrase"))
            cost(ours("receive", case, source))
            bare.append(peer("calamine", book))
            reading.append(cost(ours("run", case, "extract", "--json")))
            indexing.append(cost(ours("run", case, "search", "--json")))
        slow = peer("openpyxl", book)
        megabytes = book.stat().st_size / 1e6
        table = sum(one.stat().st_size for one in (case / "derived" / "segments").iterdir()) / 1e6
        index = sum(one.stat().st_size for one in (case / "derived" / "index").iterdir()) / 1e6
        _print(bare, slow, reading, indexing)
        report("size of the tables", [table], [megabytes], "MB", of="the workbook")
        report("size of the index", [index], [megabytes], "MB", of="the workbook")
        inside, shell = looks(case, rows)
        for name, share in (("p50", 0.5), ("p95", 0.95)):
            print(
                f"| 100 rows around a cell, open case, {name} | {percentile(inside, share):.1f} | | ms | | |"
            )
        print(
            f"| `proofroom show` of one cell from the shell, median | {statistics.median(shell):.0f} | | ms | | |"
        )
        status = subprocess.run(ours("status", case, "--json"), check=True, capture_output=True).stdout
        print(f"\n{json.loads(status)['cells']:,} cells, {os.cpu_count()} workers")


def _print(bare: list[Cost], slow: Cost, reading: list[Cost], indexing: list[Cost]) -> None:
    for place, name, unit in ((0, "wall", "s"), (1, "cpu", "s")):
        yard = [one[place] for one in bare]
        both = [one[place] + two[place] for one, two in zip(reading, indexing, strict=True)]
        report(
            f"to the tables, {name}", [one[place] for one in reading], yard, unit, of="calamine, bare read"
        )
        report(f"to searchable, {name}", both, yard, unit, of="calamine, bare read")
        report(f"to the tables, {name}", [one[place] for one in reading], [slow[place]], unit, of="openpyxl")
    peak = [max(one[2], two[2]) for one, two in zip(reading, indexing, strict=True)]
    report("peak memory of all processes", peak, [one[2] for one in bare], "MB", of="calamine, bare read")


if __name__ == "__main__":
    main()
