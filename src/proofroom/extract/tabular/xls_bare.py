"""Read workbooks without a compound file around them: Excel 2, 3 and 4, and bare streams of later ones.

Before Excel 5 a file is one sheet, or a workspace of several (Excel 4), and formats stand before the cells.
"""

from __future__ import annotations

import struct
from typing import Final

from proofroom.extract.encoding import decode_all
from proofroom.extract.format import Sink, Source, Unreadable
from proofroom.extract.ole.properties import codec_of
from proofroom.extract.tabular.biff_globals import BIFF2, BIFF5, BIFF8, BoundSheet, Globals, read_globals
from proofroom.extract.tabular.biff_names import add_name
from proofroom.extract.tabular.biff_records import BEGINNINGS, BOF, EOF, records, text_at
from proofroom.extract.tabular.xls import read_workbook
from proofroom.model.evidence import Flag
from proofroom.model.states import Reason, State

_VERSIONS: Final = {0x09: BIFF2, 0x0209: 0x0300, 0x0409: 0x0400, BOF: BIFF5}
_WORKBOOK, _WORKSPACE = 0x05, 0x0100
_LARGEST: Final = 512 << 20
_SHEET: Final = "Sheet1"
_CODE_PAGE, _DATES, _LOCKED, _USER, _SHEET_HEAD = 0x42, 0x22, 0x2F, 0x5C, 0x8F
_FORMATS, _STYLES, _NAMES = (0x1E, 0x041E), (0x0243, 0x0443), (0x18, 0x0218)
_MAC: Final = 0x8000
_COUNT_AT: Final = 2


def read_bare_xls(source: Source, sink: Sink) -> None:
    """Read a workbook; one that has a password is locked, as these versions were in ways of their own."""
    source.untrusted.seek(0)
    data = source.untrusted.read(_LARGEST)
    try:
        kind, _, version, holds = struct.unpack_from("<HHHH", data)
        whole_book = kind == BOF and holds == _WORKBOOK
        known = read_globals(data) if whole_book else _old_globals(data, _VERSIONS[kind])
        if kind == BOF and not whole_book:
            known.version = max(BIFF5, version)
            known.codec = "" if version >= BIFF8 else known.codec
    except (struct.error, KeyError):
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED) from None
    if known.locked_at >= 0:
        raise Unreadable(State.LOCKED, Reason.UNSUPPORTED_ENCRYPTION)
    if not read_workbook(data, known, sink):
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)


def _old_globals(data: bytes, version: int) -> Globals:
    """Read formats, styles and names, and find the sheets: one, or those of a workspace."""
    known = Globals(version=version, codec="cp1252")
    depth, name, workspace = 0, _SHEET, False
    formats: list[str] = []
    for kind, start, end in records(data, 0):
        if kind in BEGINNINGS:
            depth += 1
            holds = struct.unpack_from("<H", data, start + 2)[0]
            if depth == 1 and holds == _WORKSPACE:
                workspace = True
            elif depth == (2 if workspace else 1):
                known.sheets.append(BoundSheet(start - 4, 0, name, Flag.NONE))
        elif kind == EOF:
            depth -= 1
            if depth <= 0:
                known.whole = True
                break
        elif kind == _SHEET_HEAD and end - start >= 5:
            name = decode_all(data[start + 5 : min(start + 5 + data[start + 4], end)], known.codec)
        elif kind in _FORMATS:
            at = start + (_COUNT_AT if kind == _FORMATS[1] else 0)
            formats.append(text_at(data, at, end, count_size=1, codec=known.codec))
        else:
            _take(known, data, kind, start, end)
    known.codes |= dict(enumerate(formats))
    if version == BIFF2:
        known.styles = list(range(len(formats)))
    return known


def _take(known: Globals, data: bytes, kind: int, start: int, end: int) -> None:
    """Take over what one record says of the whole workbook."""
    if kind == _CODE_PAGE and end - start >= 2:
        page = struct.unpack_from("<H", data, start)[0]
        known.codec = "mac-roman" if page == _MAC else codec_of(page if page not in (0x8001, 367) else 1252)
    elif kind == _DATES:
        known.date1904 = data[start : start + 1] == b"\1"
    elif kind == _LOCKED:
        known.locked_at = start - 4
    elif kind == _USER and end > start:
        known.told.append(("user", text_at(data, start, end, count_size=1, codec=known.codec).strip(" \0")))
    elif kind in _STYLES and end - start >= 2:
        known.styles.append(data[start + 1])
    elif kind in _NAMES and end - start >= 6:
        _name(known, data, start, end)


def _name(known: Globals, data: bytes, start: int, end: int) -> None:
    """Take one defined name."""
    if known.version == BIFF2:
        flags, _, _, length, size = struct.unpack_from("<5B", data, start)
        at = start + 5
    else:
        flags, _, length, size = struct.unpack_from("<HBBH", data, start)
        at = start + 6
    name = decode_all(data[at : min(at + length, end)], known.codec)
    at += length
    add_name(known.names, name, flags, 0, data[at : min(at + size, end)], data[at + size : end])
