"""Read an .xls workbook (Excel 5 to 2003, BIFF5 and BIFF8) in its compound file, and say what is not read."""

from __future__ import annotations

import struct
from collections import Counter
from typing import Final

from proofroom.extract.format import Sink, Source, Unreadable
from proofroom.extract.ole.compound import Compound
from proofroom.extract.ole.properties import send_ole_properties
from proofroom.extract.tabular.biff_globals import Globals, read_globals
from proofroom.extract.tabular.biff_pictures import send_pictures
from proofroom.extract.tabular.biff_sheet import BiffSheet
from proofroom.extract.tabular.pinned import Counts
from proofroom.extract.tabular.xls_locked import send_decrypted
from proofroom.model.states import Reason, State

_STREAMS: Final = ("Workbook", "Book")
_SECTOR: Final = 512
_LARGEST_SALVAGED: Final = 512 << 20
_BEGINNING: Final = bytes.fromhex("0908100000060500")
_READ: Final = frozenset(
    (
        *("workbook", "book", "\x01compobj", "\x01ole", "\x05summaryinformation"),
        "\x05documentsummaryinformation",
    )
)


def read_xls(source: Source, sink: Sink) -> None:
    """Read a workbook; one under a password is handed out in the clear, or ends `locked`."""
    try:
        compound = Compound(source)
    except Unreadable:
        compound = None
    streams = [name for name in _STREAMS if compound is not None and compound.has(name)]
    data = compound.stream(streams[0]) if compound is not None and streams else None
    if compound is None or data is None:
        _salvage(source, sink)
        return
    send_ole_properties(compound, sink)
    known = _globals(data)
    if known.locked_at >= 0:
        send_decrypted(source, sink, streams[0], data, known.locked_at)
    whole = _read(data, known, sink)
    if len(streams) > 1 or {name.partition("/")[0].lower() for name in compound.names} - _READ:
        sink.partly(Reason.UNREAD_PART)
    if not whole:
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)


def _salvage(source: Source, sink: Sink) -> None:
    """Read a workbook whose directory, which stands at the end, did not arrive: from where its records begin."""
    source.untrusted.seek(0)
    data = source.untrusted.read(_LARGEST_SALVAGED)
    start = next((at for at in range(0, len(data), _SECTOR) if data.startswith(_BEGINNING, at)), -1)
    if start < 0:
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)
    known = _globals(data[start:])
    if known.locked_at >= 0:
        raise Unreadable(State.LOCKED, Reason.PASSWORD_UNKNOWN)
    _read(data[start:], known, sink)
    raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)


def _globals(data: bytes) -> Globals:
    """Read what holds for all sheets; raises Unreadable where there is no workbook of Excel 5 or later."""
    try:
        return read_globals(data)
    except struct.error:
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED) from None


def _read(data: bytes, known: Globals, sink: Sink) -> bool:
    """Give all that is read of a workbook; gives whether it reaches its end."""
    _send_told(known, sink)
    whole = _read_sheets(data, known, sink)
    send_pictures(data, known.drawings, sink)
    return whole


def _send_told(known: Globals, sink: Sink) -> None:
    """Send what the workbook says about itself: user, names, links, date system."""
    for name, value in known.told:
        if value:
            sink.meta(f"ole:{name}", value)
    if known.date1904:
        sink.meta("ole:date-system", "1904")
    sink.number_formats(known.number_formats[0].codes)


def _read_sheets(data: bytes, known: Globals, sink: Sink) -> bool:
    """Read the sheets in their order; gives whether all of them reach their end."""
    whole, damaged = known.whole, known.damaged
    read: set[int] = set()
    counts: Counts = Counter()
    for index, sheet in enumerate(known.sheets, 1):
        sink.sheet(index, sheet.untrusted_name, sheet.visibility)
        if sheet.at in read:
            damaged = True  # two names for one place: a bomb, if each were read
            continue
        read.add(sheet.at)
        try:
            whole = BiffSheet(data, index, sheet, known, sink, counts).read() and whole
        except struct.error:
            whole = False
    if damaged:
        sink.partly(Reason.DAMAGED_PART)
    return whole
