"""Write small workbooks part by part, also in ways that no program would."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
DRAWING = (
    'xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
    f'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="{OFFICE}" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def relations(*arrows: tuple[str, str, str]) -> str:
    """Write a list of (id, kind, target); a target with :// lies outside."""
    inner = ""
    for number, kind, target in arrows:
        whole = kind if ":" in kind else f"{OFFICE}/{kind}"
        mode = ' TargetMode="External"' if "://" in target else ""
        inner += f'<Relationship Id="{number}" Type="{whole}" Target="{target}"{mode}/>'
    return f'{HEAD}<Relationships xmlns="{PACKAGE}">{inner}</Relationships>'


def sheet(rows: str, before: str = "", after: str = "") -> str:
    """Write a sheet around its rows."""
    return (
        f'{HEAD}<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}">{before}<sheetData>{rows}</sheetData>{after}'
        "</worksheet>"
    )


def styles(*codes: str) -> str:
    """Write styles: style 0 is General, the others have these number formats."""
    escaped = [code.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;") for code in codes]
    formats = "".join(
        f'<numFmt numFmtId="{164 + place}" formatCode="{code}"/>' for place, code in enumerate(escaped)
    )
    uses = "".join(f'<xf numFmtId="{164 + place}"/>' for place in range(len(codes)))
    return (
        f'{HEAD}<styleSheet xmlns="{MAIN}"><numFmts>{formats}</numFmts><cellXfs><xf numFmtId="0"/>{uses}</cellXfs>'
        "</styleSheet>"
    )


def strings(*items: str) -> str:
    """Write the table of shared strings from the insides of its items."""
    return f'{HEAD}<sst xmlns="{MAIN}">{"".join(f"<si>{item}</si>" for item in items)}</sst>'


def book(
    sheets: Mapping[str, str],
    more: Mapping[str, str | bytes] | None = None,
    inside: str = "",
    state: str = "",
) -> bytes:
    """Pack a workbook of these sheets (name: XML) with more parts; `inside` stands in the workbook part."""
    named = [(name, f"xl/worksheets/sheet{place}.xml") for place, name in enumerate(sheets, 1)]
    listed = "".join(
        f'<sheet name="{name}" sheetId="{place}" {state} r:id="rId{place}"/>'
        for place, (name, _) in enumerate(named, 1)
    )
    parts: dict[str, str | bytes] = {
        "_rels/.rels": relations(("rId1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{inside}'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": relations(
            *((f"rId{n}", "worksheet", part.removeprefix("xl/")) for n, (_, part) in enumerate(named, 1))
        ),
        **{part: sheets[name] for name, part in named},
        **(more or {}),
    }
    return pack(parts)


def one(rows: str, more: Mapping[str, str | bytes] | None = None, before: str = "", after: str = "") -> bytes:
    """Pack a workbook of one sheet called S with these rows."""
    return book({"S": sheet(rows, before, after)}, more)


def pack(parts: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Pack parts into a zip, always with the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, method)
    return out.getvalue()


def unpack(data: bytes) -> dict[str, str | bytes]:
    """Give the parts of a package."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
