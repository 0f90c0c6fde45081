"""Read an .xls workbook (Excel 5 to 2003, BIFF5 and BIFF8) in its compound file, and say what is not read."""

from __future__ import annotations

import struct
from typing import Final

from proofroom.extract.format import Sink, Source, Unreadable
from proofroom.extract.tabular.biff_globals import Globals, read_globals
from proofroom.extract.tabular.biff_pictures import send_pictures
from proofroom.extract.tabular.biff_sheet import BiffSheet
from proofroom.extract.tabular.compound import Compound
from proofroom.extract.tabular.ole_properties import send_ole_properties
from proofroom.extract.tabular.xls_locked import send_decrypted
from proofroom.model.states import Reason, State

_STREAMS: Final = ("Workbook", "Book")
_READ: Final = frozenset(
    (
        *("workbook", "book", "\x01compobj", "\x01ole", "\x05summaryinformation"),
        "\x05documentsummaryinformation",
    )
)


def read_xls(source: Source, sink: Sink) -> None:
    """Read a workbook; one under a password is handed out in the clear, or ends `locked`."""
    compound = Compound(source)
    send_ole_properties(compound, sink)
    streams = [name for name in _STREAMS if compound.has(name)]
    data = compound.stream(streams[0]) if streams else None
    if data is None:
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)
    try:
        known = read_globals(data)
    except struct.error:
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED) from None
    if known.locked_at >= 0:
        send_decrypted(source, sink, streams[0], data, known.locked_at)
    _send_told(known, sink)
    whole = _read_sheets(data, known, sink)
    send_pictures(data, known.drawings, sink)
    if len(streams) > 1 or {name.partition("/")[0].lower() for name in compound.names} - _READ:
        sink.partly(Reason.UNREAD_PART)
    if not whole:
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)


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
    whole = known.whole
    for index, sheet in enumerate(known.sheets, 1):
        sink.sheet(index, sheet.untrusted_name, sheet.visibility)
        try:
            whole = BiffSheet(data, index, sheet, known, sink).read() and whole
        except struct.error:
            whole = False
    return whole
