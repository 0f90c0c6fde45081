"""Many small files: `python benchmarks/many.py`. 20,000 files of one page against 2,000 of the same kind.

Ten times the files should cost at most ten times the time, hardly more memory, and only a few segments:
small results wait together until they fill one.
"""

from __future__ import annotations

import random
import sqlite3
import tempfile
from pathlib import Path

from big_case import Cost, cost, ours
from measure import head, report

FEW, MANY = 2_000, 20_000
LINES = 30


def write_pages(folder: Path, count: int) -> None:
    """Write so many texts of one page."""
    chance = random.Random(count)
    for number in range(count):
        lines = [
            f"{number} {chance.randrange(10**9):09d} 岫岭地区 {chance.randrange(10**6)}" for _ in range(LINES)
        ]
        place = folder / f"{number // 500:03d}"
        place.mkdir(exist_ok=True)
        (place / f"{number:06d}.txt").write_text("\n".join(lines), encoding="utf-8")


def taken_in(count: int, folder: Path) -> tuple[Cost, int]:
    """Take so many pages in; gives the cost of reading and the number of segments."""
    source, case = folder / f"pages-{count}", folder / f"case-{count}"
    source.mkdir()
    write_pages(source, count)
    cost(ours("new", case, "--plain-disk", "benchmark", "--no-passphrase"))
    cost(ours("receive", case, source))
    spent = cost(ours("run", case, "extract", "--json"))
    with sqlite3.connect(case / "derived" / "journal.sqlite") as journal:
        return spent, journal.execute("select count(*) from segments").fetchone()[0]


def main() -> None:
    """Measure both and print the rows."""
    head()
    with tempfile.TemporaryDirectory() as folder:
        few, _ = taken_in(FEW, Path(folder))
        many, segments = taken_in(MANY, Path(folder))
    report("20,000 one-page files, wall", [many[0]], [few[0]], "s", of="2,000 of them")
    report("20,000 one-page files, peak memory of all", [many[2]], [few[2]], "MB", of="2,000 of them")
    print(f"| segments of 20,000 files | {segments} | 20 (allowed) | files | | |")


if __name__ == "__main__":
    main()
