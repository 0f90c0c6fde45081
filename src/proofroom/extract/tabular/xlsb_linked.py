"""Read the other workbooks that an .xlsb names, and what was last seen in their cells (MS-XLSB 2.1.7.25)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from proofroom.extract.format import Sink
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.ooxml.package import Package
from proofroom.extract.ooxml.relationships import relationships
from proofroom.extract.tabular.biff_values import BOOLEANS, DOUBLE, error_text
from proofroom.extract.tabular.cell_columns import number_text
from proofroom.extract.tabular.formula_scope import LinkedBook
from proofroom.extract.tabular.xlsb_book import XlsbBook
from proofroom.extract.tabular.xlsb_records import part_records, wide_text
from proofroom.model.evidence import PieceKind
from proofroom.model.states import Reason
from proofroom.model.where import cell_name

_BEGIN, _SHEETS, _NAME, _SHEET, _ROW = 360, 359, 577, 363, 366
_REAL, _BOOLEAN, _ERROR, _TEXT = 368, 369, 370, 371
_CELLS: Final = (_REAL, _BOOLEAN, _ERROR, _TEXT)
_PROGRAM: Final = 1
_MOST_SHEETS: Final = 65_536


def send_linked(package: Package, book: XlsbBook, sink: Sink) -> None:
    """Send where the other workbooks lie and what was last seen in them."""
    with LineBatch(sink) as lines:
        for place, (number, linked) in enumerate(book.linked.items(), 1):
            part = book.part_of(number)
            for arrow in relationships(package, part, sink.partly) if part else ():
                if arrow.external and not linked.untrusted_path:
                    linked.untrusted_path = arrow.untrusted_target
                    sink.meta("ooxml:external-link", arrow.untrusted_target)
            try:
                for sheet, cell, text in _cells(package, part, linked, sink):
                    where = (("linked-book", str(place)), ("sheet", sheet), ("cell", cell))
                    lines.put(where, PieceKind.BODY, text)
            except (struct.error, IndexError):
                sink.partly(Reason.DAMAGED_PART)
            lines.put((("linked-book", str(place)),), PieceKind.META, linked.untrusted_path)


def _cells(package: Package, part: str, linked: LinkedBook, sink: Sink) -> Iterator[tuple[str, str, str]]:
    """Read names of sheets, defined names, and give sheet, cell and text of what was last seen."""
    sheet, row = "", 0
    seen: set[tuple[str, int, int]] = set()
    for kind, data in part_records(package, part, sink.partly):
        if kind == _BEGIN and struct.unpack_from("<H", data)[0] == _PROGRAM:
            program, at = wide_text(data, 2)
            linked.untrusted_path = f"{program}|{wide_text(data, at)[0]}"
            sink.meta("ooxml:external-link", linked.untrusted_path)
        elif kind == _SHEETS:
            linked.sheets = _names(data)
        elif kind == _NAME:
            linked.names.append(wide_text(data, 0)[0])
        elif kind == _SHEET:
            (number,) = struct.unpack_from("<I", data)
            sheet = linked.sheets[number] if number < len(linked.sheets) else str(number + 1)
        elif kind == _ROW:
            (row,) = struct.unpack_from("<I", data)
        elif kind in _CELLS:
            (column,) = struct.unpack_from("<I", data)
            if (sheet, row, column) not in seen:
                seen.add((sheet, row, column))
                yield sheet, cell_name(row + 1, column + 1), _value(kind, data)


def _names(data: bytes) -> list[str]:
    (count,) = struct.unpack_from("<I", data)
    names, at = [], 4
    for _ in range(min(count, _MOST_SHEETS)):
        name, at = wide_text(data, at)
        names.append(name)
    return names


def _value(kind: int, data: bytes) -> str:
    if kind == _REAL:
        return number_text(DOUBLE.unpack_from(data, 4)[0]).decode()
    if kind == _TEXT:
        return wide_text(data, 4)[0]
    return (error_text(data[4]) if kind == _ERROR else BOOLEANS[data[4] != 0]).decode()
