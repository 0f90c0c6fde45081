"""Write a large workbook for the benchmarks: names, ids as texts, dates, amounts, formulas, hidden rows, blanks."""

from __future__ import annotations

import random
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
