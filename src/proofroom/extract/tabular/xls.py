"""Read an .xls workbook (Excel 5 to 2003, BIFF5 and BIFF8) in its compound file, and say what is not read."""

from __future__ import annotations

import struct
from collections import Counter
from typing import Final

from proofroom.extract.format import Sink, Source, Unreadable
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.ole.compound_walk import Walk
from proofroom.extract.ole.directory import Entry
from proofroom.extract.ole.properties import send_ole_properties
from proofroom.extract.ole.streams import Streams
from proofroom.extract.tabular.biff_globals import Globals, read_globals
from proofroom.extract.tabular.biff_names import cached_cells
from proofroom.extract.tabular.biff_pictures import Pictures
from proofroom.extract.tabular.biff_pivots import send_pivot_caches
from proofroom.extract.tabular.biff_sheet import BiffSheet
from proofroom.extract.tabular.left_over import send_left_over
from proofroom.extract.tabular.pinned import Counts
from proofroom.extract.tabular.xls_locked import send_decrypted
from proofroom.model.evidence import PieceKind
from proofroom.model.states import Reason, State

_STREAMS: Final = ("workbook", "book")
_PIVOTS: Final = "_sx_db_cur"
_SECTOR: Final = 512
_LARGEST_SALVAGED: Final = 512 << 20
_BEGINNING: Final = bytes.fromhex("0908100000060500")
_LONGEST_PROPERTY: Final = 65_536


def read_xls(source: Source, sink: Sink) -> None:
    """Read a workbook; one under a password is handed out in the clear, or ends `locked`."""
    try:
        streams = Streams.of(source)
    except Unreadable:
        _salvage(source, sink)
        return
    found = _workbooks(streams)
    if not found:
        _salvage(source, sink)
        return
    streams.send_facts(sink)
    send_ole_properties(streams, sink)
    data = streams.read(found[0])
    known = _globals(data)
    if known.locked_at >= 0:
        send_decrypted(source, sink, found[0].name, data, known.locked_at)
    whole = read_workbook(data, known, sink)
    for other in found[1:]:
        _hand_out(streams, other, sink)
    with LineBatch(sink) as lines:
        send_pivot_caches(streams, _PIVOTS, sink, lines)
        walk = Walk(streams, sink, lines)
        walk.storage(streams.root, skip=(*_STREAMS, _PIVOTS))
        walk.unreachable()
    if not whole or not streams.whole:
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)


def _workbooks(streams: Streams) -> list[Entry]:
    """Give the streams that hold a workbook, that of the newer Excel first: a file may hold both."""
    entries = [streams.find(name) for name in _STREAMS]
    return [entry for entry in entries if entry is not None and entry.is_stream]


def _hand_out(streams: Streams, entry: Entry, sink: Sink) -> None:
    """Hand out the workbook of an older Excel, which stands beside the one that was read, for its own reading."""
    with sink.member(f"{entry.name}.xls".encode(), entry.size) as out:
        for block in streams.blocks(entry):
            out.write(block)


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
    read_workbook(data[start:], known, sink)
    raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)


def _globals(data: bytes) -> Globals:
    """Read what holds for all sheets; raises Unreadable where there is no workbook of Excel 5 or later."""
    try:
        return read_globals(data)
    except struct.error:
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED) from None


def read_workbook(data: bytes, known: Globals, sink: Sink) -> bool:
    """Give all that is read of a workbook's stream; gives whether it reaches its end."""
    _send_told(known, sink)
    pictures = Pictures(b"".join(data[start:end] for start, end in known.drawings))
    whole = _read_sheets(data, known, sink, pictures.names)
    send_left_over(known.texts, known.use, sink, "ole", known.hints)
    _send_linked(data, known, sink)
    pictures.send(sink)
    return whole


def _send_told(known: Globals, sink: Sink) -> None:
    """Send what the workbook says about itself: user, names, links, date system."""
    for name, value in (*known.told, *known.names.told):
        if value:
            _tell(sink, f"ole:{name}", value)
    for key, text, whole in known.names.told_names(known.formulas):
        _tell(sink, f"ole:{key}", text)
        if not whole:
            sink.partly(Reason.UNREAD_PART)
    if known.date1904:
        sink.meta("ole:date-system", "1904")
    sink.number_formats(known.number_formats[0].codes)
    if known.number_formats[0].cut:
        sink.partly(Reason.LIMIT_TEXT_BYTES)


def _tell(sink: Sink, key: str, untrusted_value: str) -> None:
    """Send a property; one that is too long is cut, and that is said."""
    if len(untrusted_value) > _LONGEST_PROPERTY:
        sink.partly(Reason.LIMIT_TEXT_BYTES)
    sink.meta(key, untrusted_value[:_LONGEST_PROPERTY])


def _read_sheets(data: bytes, known: Globals, sink: Sink, pictures: dict[int, str]) -> bool:
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
            whole = BiffSheet(data, index, sheet, known, sink, counts, pictures).read() and whole
        except struct.error:
            whole = False
    if damaged:
        sink.partly(Reason.DAMAGED_PART)
    return whole


def _send_linked(data: bytes, known: Globals, sink: Sink) -> None:
    """Send what was last seen in the cells of other workbooks; of one that stands there twice the first."""
    seen: set[tuple[int, str, str]] = set()
    with LineBatch(sink) as lines:
        for number, linked in enumerate(known.names.scope.books, 1):
            lines.put((("linked-book", str(number)),), PieceKind.META, linked.untrusted_path)
        try:
            for book, sheet, cell, text in cached_cells(known.names, data):
                if text and (book, sheet, cell) not in seen:
                    seen.add((book, sheet, cell))
                    where = (("linked-book", str(book)), ("sheet", sheet), ("cell", cell))
                    lines.put(where, PieceKind.BODY, text)
        except (struct.error, IndexError):
            sink.partly(Reason.DAMAGED_PART)
