"""How fast a large workbook is read, against calamine and openpyxl in the same run.

`python -m benchmarks.workbook` builds a 300,000 x 20 workbook (5.9 million cells, 1.2 million shared
strings, 150,000 formulas; always the same bytes of content) in a temporary folder and reads it in fresh
processes: our pass with its frames written to /dev/null through a pipe, calamine's bare `iter_rows`, and
openpyxl read-only. It prints seconds, cpu seconds, peak memory and ratios.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROWS, COLUMNS = 300_000, 20
_NAMES = "卡纳比戈尔赫勒莫克伦泰斯波维普奥姆凯菲加特敏什努里祖布利奇贾约希哲洛"
_PLACES = ("岫岭市", "砚月县", "霜渡县", "汀坪县", "石笙镇", "曙坪乡", "檐桥镇", "苔溪乡")
_LETTERS = [chr(ord("A") + number) for number in range(COLUMNS)]
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '</numFmts><fonts count="1"><font/></fonts><fills count="1"><fill><patternFill patternType="none"/></fill></fills>'
    '<borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="164"/>'
    '<xf numFmtId="2"/></cellXfs></styleSheet>'
)


class _Strings:
    """The shared strings in the order of their first use."""

    def __init__(self) -> None:
        self.index: dict[str, int] = {}

    def cell(self, address: str, text: str) -> str:
        """Give the XML of a cell with this text."""
        place = self.index.setdefault(text, len(self.index))
        return f'<c r="{address}" t="s"><v>{place}</v></c>'


def _row(number: int, chance: random.Random, strings: _Strings) -> str:
    """Write one row: names, ids as texts, dates, amounts, formulas, a few blanks."""
    cells: list[str] = []
    for column, letter in enumerate(_LETTERS):
        address = f"{letter}{number}"
        if column == 0:
            cells.append(f'<c r="{address}"><v>{number}</v></c>')
        elif column in (1, 2, 3, 4):
            text = "".join(chance.choices(_NAMES, k=4)) + (f"{number}" if column < 4 else "")
            cells.append(strings.cell(address, text))
        elif column == 5:
            cells.append(strings.cell(address, f"9901{chance.randrange(10**13, 10**14)}"))
        elif column in (6, 7, 8, 9, 10, 11):
            cells.append(strings.cell(address, chance.choice(_PLACES)))
        elif column in (12, 13):
            cells.append(f'<c r="{address}" s="1"><v>{chance.randrange(30000, 44000)}</v></c>')
        elif column == 14 and number % 2:
            cells.append(f'<c r="{address}"><f>A{number}*2</f><v>{number * 2}</v></c>')
        elif column == 15 and number % 3:
            cells.append(f'<c r="{address}" s="2"><v>{chance.randrange(10**6) / 100}</v></c>')
        elif column > 15:
            cells.append(f'<c r="{address}"><v>{chance.randrange(10**6)}</v></c>')
    hidden = ' hidden="1"' if number % 100 == 0 else ""
    return f'<row r="{number}" spans="1:{COLUMNS}"{hidden}>{"".join(cells)}</row>'


def _sheet(rows: int, chance: random.Random, strings: _Strings) -> Iterator[str]:
    yield f'{_HEAD}<worksheet xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheetData>'
    for number in range(1, rows + 1):
        yield _row(number, chance, strings)
    yield "</sheetData></worksheet>"


def build(path: Path, rows: int = ROWS, seed: int = 7) -> None:
    """Write the workbook; the same rows and seed always give the same content."""
    strings = _Strings()
    chance = random.Random(seed)
    relationships = f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        with out.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for text in _sheet(rows, chance, strings):
                sheet.write(text.encode())
        with out.open("xl/sharedStrings.xml", "w", force_zip64=True) as table:
            table.write(f'{_HEAD}<sst xmlns="{_MAIN}" uniqueCount="{len(strings.index)}">'.encode())
            for text in strings.index:
                table.write(f"<si><t>{text}</t></si>".encode())
            table.write(b"</sst>")
        out.writestr("xl/styles.xml", _STYLES)
        out.writestr(
            "xl/workbook.xml",
            f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
            '<sheet name="名单" sheetId="1" r:id="rId1"/></sheets></workbook>',
        )
        out.writestr(
            "xl/_rels/workbook.xml.rels",
            f'{relationships}<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
            f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/>'
            f'<Relationship Id="rId3" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        )
        out.writestr(
            "_rels/.rels",
            f'{relationships}<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
            "</Relationships>",
        )
        out.writestr(
            "[Content_Types].xml",
            f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
            f'ContentType="{_KIND}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" '
            f'ContentType="{_KIND}.worksheet+xml"/><Override PartName="/xl/sharedStrings.xml" '
            f'ContentType="{_KIND}.sharedStrings+xml"/><Override PartName="/xl/styles.xml" '
            f'ContentType="{_KIND}.styles+xml"/></Types>',
        )


def read_ours(path: Path) -> int:
    """Read by our own pass; the frames go through a pipe to a process that drops them."""
    from proofroom.extract.format import Source
    from proofroom.extract.formats.xlsx import read
    from proofroom.extract.sink import FrameSink
    from proofroom.limits import DEFAULT

    with (
        path.open("rb") as file,
        subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as drain,
    ):
        assert drain.stdin is not None
        sink = FrameSink(drain.stdin.fileno(), DEFAULT, path.stat().st_size)
        read(Source(file, path.stat().st_size, DEFAULT), sink)
        sink.end()
        drain.stdin.close()
        return sink._cells  # noqa: SLF001 - the sink counts them anyway


def read_calamine(path: Path) -> int:
    """Read by calamine, value by value, doing nothing with them."""
    import python_calamine

    cells = 0
    workbook = python_calamine.CalamineWorkbook.from_path(str(path))
    for name in workbook.sheet_names:
        for row in workbook.get_sheet_by_name(name).iter_rows():
            cells += len(row) - row.count("")
    return cells


def read_openpyxl(path: Path) -> int:
    """Read by openpyxl in its read-only mode."""
    import openpyxl

    cells = 0
    for sheet in openpyxl.load_workbook(path, read_only=True).worksheets:
        for row in sheet.iter_rows(values_only=True):
            cells += len(row) - row.count(None)
    return cells


READERS = {"ours": read_ours, "calamine": read_calamine, "openpyxl": read_openpyxl}


def _measure(name: str, path: Path) -> None:
    """Read once in this process and print cells, wall and cpu seconds, and peak memory in MB."""
    begun, cpu = time.perf_counter(), time.process_time()
    cells = READERS[name](path)
    wall, spent = time.perf_counter() - begun, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{cells} {wall:.3f} {spent:.3f} {peak:.0f}")


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
    with tempfile.TemporaryDirectory() as folder:
        path = chosen.keep or Path(folder) / "large.xlsx"
        if not path.exists():
            build(path, chosen.rows)
        print(f"{path.stat().st_size / 1e6:.1f} MB, load {os.getloadavg()[0]:.1f}")
        runs: dict[str, list[list[float]]] = {name: [] for name in chosen.readers}
        for repeat in range(chosen.repeats):
            for name in chosen.readers:
                if name == "openpyxl" and repeat:
                    continue
                command = [sys.executable, "-m", "benchmarks.workbook", "--only", name, "--keep", str(path)]
                answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
                runs[name].append([float(word) for word in answer.split()])
        _report(runs)


def _report(runs: dict[str, list[list[float]]]) -> None:
    """Print each reader's median and its ratio to calamine's."""
    middle = {
        name: sorted(found, key=lambda run: run[2])[len(found) // 2] for name, found in runs.items() if found
    }
    yard = middle.get("calamine", [0, 1, 1, 1])
    for name, (cells, wall, cpu, peak) in middle.items():
        print(
            f"{name:9} {cells:9.0f} cells {wall:7.2f} s wall {cpu:7.2f} s cpu {peak:6.0f} MB"
            f"   x{wall / yard[1]:.2f} wall x{cpu / yard[2]:.2f} cpu x{peak / yard[3]:.2f} memory"
        )


if __name__ == "__main__":
    main()
