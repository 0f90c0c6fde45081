"""Read the other Excel workbooks: .xls (Excel 5 to 2003) and .xlsb, cell by cell as stored.

The name is that of the engine that was measured for them; the readers are ours, because that engine drops
errors, formulas, number formats and hidden rows, and dies of sheets with two cells far apart. Tests hold
both against each other. Numbers are the shortest text that gives the stored binary number back; a date of
.xls or .xlsb is its serial number, shown as its format says.
"""

from __future__ import annotations

from typing import Final

from proofroom.extract.format import Format, Sink, Source
from proofroom.extract.ooxml.package import open_package
from proofroom.extract.tabular.xls import read_xls
from proofroom.extract.tabular.xls_bare import read_bare_xls
from proofroom.extract.tabular.xlsb import read_xlsb

_COMPOUND: Final = b"\xd0\xcf\x11\xe0"
_BARE: Final = b"\x09"


def read(source: Source, sink: Sink) -> None:
    """Read a workbook in whichever of the forms it is."""
    source.untrusted.seek(0)
    head = source.untrusted.read(4)
    if head == _COMPOUND:
        read_xls(source, sink)
        return
    if head[:1] == _BARE:
        read_bare_xls(source, sink)
        return
    read_xlsb(open_package(source), sink)


FORMAT = Format(
    name="calamine",
    media_types=frozenset(
        (
            "application/vnd.ms-excel",
            "application/vnd.ms-excel.sheet.binary.macroenabled.12",
        )
    ),
    read=read,
    sample="calamine.xls",
)
