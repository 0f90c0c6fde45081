"""How fast a large workbook is read: `python benchmarks/workbook.py`, against calamine, native Tika and openpyxl.

The workbook has 300,000 rows of 20 columns (5.75 million cells, 1.2 million shared strings, 150,000 formulas;
always the same content). Every reader reads it in a fresh process, in turn: our pass with its frames written to a
process that drops them (values, formulas, formats, shown texts, flags), calamine's bare `iter_rows`, iscc-tika to one
string, openpyxl read-only. Seconds are those of the processor, of all threads, after each library was imported. Then
ours reads workbooks of half and of the whole number of rows, for the memory; and the public workbooks of the corpora,
for the share that the fast path takes.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Final

from large_workbook import ROWS, build
from measure import ROOT, head, report

CORPORA: Final = ROOT.parent / "shared" / "corpora"
_ENDINGS: Final = (".xlsx", ".xlsm", ".xltx", ".xltm")
_LONGEST_TEXT: Final = 1 << 30


Reader = Callable[[Path], int]
"""Reads a workbook and gives how many cells it met."""


def ours() -> Reader:
    """Give our own pass; its frames go through a pipe to a process that drops them."""
    read = paths()

    def read_ours(path: Path) -> int:
        with subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as drain:
            assert drain.stdin is not None
            cells = read(path, drain.stdin.fileno()).total()
            drain.stdin.close()
            return cells

    return read_ours


def paths() -> Callable[[Path, int], Counter[str]]:
    """Give what counts the cells that the fast and the slow path read; none of a workbook that is unreadable."""
    from proofroom.extract.format import Source, Unreadable
    from proofroom.extract.formats.xlsx import read_by
    from proofroom.extract.sink import FrameSink
    from proofroom.limits import DEFAULT

    def read(path: Path, output: int) -> Counter[str]:
        size = path.stat().st_size
        with path.open("rb") as file:
            sink = FrameSink(output, DEFAULT, size)
            try:
                found = read_by(Source(file, size, DEFAULT), sink, fast=True)
            except Unreadable:
                return Counter()
            sink.end()
            return found

    return read


def calamine() -> Reader:
    """Give calamine, value by value, doing nothing with them."""
    import python_calamine

    def read(path: Path) -> int:
        cells = 0
        workbook = python_calamine.CalamineWorkbook.from_path(str(path))
        for name in workbook.sheet_names:
            for row in workbook.get_sheet_by_name(name).iter_rows():
                cells += len(row) - row.count("")
        return cells

    return read


def tika() -> Reader:
    """Give native Tika, to one text; what stands between tabs and line ends is a cell."""
    from iscc_tika import Extractor

    def read(path: Path) -> int:
        extractor = Extractor().set_extract_string_max_length(_LONGEST_TEXT)
        text = extractor.extract_file_to_string(str(path))[0]
        return sum(len(line.split("\t")) - 1 for line in text.split("\n"))

    return read


def openpyxl() -> Reader:
    """Give openpyxl in its read-only mode."""
    import openpyxl

    def read(path: Path) -> int:
        cells = 0
        for sheet in openpyxl.load_workbook(path, read_only=True).worksheets:
            for row in sheet.iter_rows(values_only=True):
                cells += len(row) - row.count(None)
        return cells

    return read


READERS: Final = {"ours": ours, "calamine": calamine, "iscc-tika": tika, "openpyxl": openpyxl}
_SLOW: Final = ("iscc-tika", "openpyxl")
"""Peers that are read once: their ratio is far from any threshold."""


def _measure(name: str, path: Path) -> None:
    """Read once in this process and print cells, cpu seconds, and peak memory in MB."""
    read = READERS[name]()
    cpu = time.process_time()
    cells = read(path)
    spent = time.process_time() - cpu
    print(cells, spent, _peak())


def _peak() -> float:
    """Give the peak memory of this process in MB: that of its own pages, not of the process that started it."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _fresh(name: str, path: Path) -> tuple[float, float, float]:
    """Read in a fresh process; gives cells, cpu seconds and peak memory in MB."""
    command = [sys.executable, __file__, "--only", name, "--keep", str(path)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    cells, spent, peak = map(float, answer.split()[-3:])
    return cells, spent, peak


def _speed(path: Path, repeats: int, names: list[str]) -> None:
    """Print cells per second and memory of ours against each peer."""
    runs: dict[str, list[tuple[float, float, float]]] = {name: [] for name in names}
    for repeat in range(repeats):
        for name in names:
            if not (repeat and name in _SLOW):
                runs[name].append(_fresh(name, path))
    cells = runs["ours"][0][0]
    rates = {name: [cells / spent / 1e6 for _, spent, _ in found] for name, found in runs.items()}
    for name in names[1:]:
        report("cells read", rates["ours"], rates[name], "million/cpu s", of=name)
    for name in names[1:]:
        ours, theirs = ([peak for *_, peak in runs[one]] for one in ("ours", name))
        report("peak memory", ours, theirs, "MB", of=name)


def _flat(path: Path, rows: int, folder: Path) -> None:
    """Print how much more memory twice as many cells take."""
    half = folder / "half.xlsx"
    build(half, rows // 2)
    few, whole = _fresh("ours", half), _fresh("ours", path)
    name = f"peak memory, {whole[0] / 1e6:.2f} against {few[0] / 1e6:.2f} million cells"
    report(name, [whole[2]], [few[2]], "MB", of="ours, half")


def _shares() -> None:
    """Print which share of the public workbooks, and of their cells, the fast path takes."""
    output, read = os.open(os.devnull, os.O_WRONLY), paths()
    public = [path for path in sorted(CORPORA.rglob("*")) if path.suffix.lower() in _ENDINGS]
    found = [cells for path in public if (cells := read(path, output)).total()]
    alone = sum(1 for cells in found if not cells["slow"])
    fast = sum(cells["fast"] for cells in found)
    total = sum(cells.total() for cells in found)
    print(
        f"| public workbooks that take the fast path alone | {alone} | of {len(found)} | | {alone / len(found):.3g} | |"
    )
    print(f"| cells of public workbooks by the fast path | {fast} | of {total} | | {fast / total:.3g} | |")


def main() -> None:
    """Build, read by each reader in fresh processes, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--readers", nargs="*", default=list(READERS), choices=list(READERS))
    parser.add_argument("--keep", type=Path, help="build into this file, or use it when it is there")
    parser.add_argument("--only", choices=list(READERS), help="read once in this process (used by itself)")
    chosen = parser.parse_args()
    if chosen.only:
        _measure(chosen.only, chosen.keep)
        return
    head()
    with tempfile.TemporaryDirectory() as folder:
        path = chosen.keep or Path(folder) / "large.xlsx"
        if not path.exists():
            build(path, chosen.rows)
        _speed(path, chosen.repeats, ["ours", *(name for name in chosen.readers if name != "ours")])
        _flat(path, chosen.rows, Path(folder))
    if CORPORA.is_dir():
        _shares()


if __name__ == "__main__":
    main()
