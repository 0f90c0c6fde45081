"""Give all that a dBase table holds: its records in order, those that are deleted too, and its facts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from proofroom.extract.databases.blobs import Blobs
from proofroom.extract.databases.dbf_header import Header, read_header
from proofroom.extract.databases.dbf_texts import FieldTexts
from proofroom.extract.databases.dbf_values import Values
from proofroom.extract.databases.table_sheet import Column, TableSheet
from proofroom.extract.format import Line, Sink, Source, Unreadable
from proofroom.model.evidence import Flag, PieceKind
from proofroom.model.states import Reason, State

_ONLY_SHEET: Final = 0
_FIRST_ROW: Final = 2
_BLOCK: Final = 1 << 20
_SAMPLE: Final = 1 << 16
_DELETED: Final = ord("*")
_END: Final = 0x1A
_HIDDEN: Final = int(Flag.DELETED | Flag.HIDDEN_ROW)
_TEXTS: Final = "CV"


def read_dbf(source: Source, sink: Sink) -> None:
    """Read a table; raises Unreadable when it has no fields, or fewer records than it states."""
    header = read_header(source)
    texts = FieldTexts(header.encoding, _sample(source, header))
    values = Values(header, texts)
    named = [field for field in header.fields if not field.is_system]
    columns = [Column(texts.text(field.untrusted_name), field.kind) for field in named]
    declared = ", ".join(
        f"{column.untrusted_name} {field.declared}" for column, field in zip(columns, named, strict=True)
    )
    sink.lines([Line("schema=1", PieceKind.PARAGRAPH, declared)])
    _tell(header, texts, sink)
    found = deleted = 0
    try:
        with TableSheet(sink, _ONLY_SHEET, "", columns, Blobs(sink)) as sheet:
            for found, record in enumerate(_records(source, header), 1):
                hidden = record[0] == _DELETED or found > header.stated_records
                deleted += hidden
                sheet.row(found - 1 + _FIRST_ROW, values.of(record), _HIDDEN if hidden else 0)
    finally:
        texts.tell(sink)
        if deleted:
            sink.meta("dbf:deleted", str(deleted))
        if values.memos:
            sink.meta("dbf:memos", str(values.memos))
            sink.partly(Reason.EXTERNAL_PART)
    if found < header.stated_records:
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)


def _records(source: Source, header: Header) -> Iterator[bytes]:
    """Give the records, whole ones only, as far as there are any."""
    size, number = header.record, 0
    for block in _blocks(source, header):
        for start in range(0, len(block) - size + 1, size):
            number += 1
            if block[start] == _END and number > header.stated_records:
                return
            yield block[start : start + size]


def _blocks(source: Source, header: Header) -> Iterator[bytes]:
    """Give what follows the header in blocks of whole records."""
    at_a_time = max(_BLOCK // header.record, 1) * header.record
    source.untrusted.seek(header.begins)
    while block := source.untrusted.read(at_a_time):
        yield block


def _sample(source: Source, header: Header) -> bytes:
    """Gather what is not ASCII of the names and first texts."""
    some = [field.untrusted_name for field in header.fields if not field.untrusted_name.isascii()]
    places = [(field.at, field.at + field.width) for field in header.fields if field.kind in _TEXTS]
    length = 0
    for block in _blocks(source, header):
        if block.isascii():
            continue
        for first in range(0, len(block), header.record):
            texts = (block[first + start : first + end] for start, end in places)
            wide = [text.rstrip(b" \0") for text in texts if not text.isascii()]
            some += wide
            length += sum(map(len, wide))
            if length >= _SAMPLE:
                break
        else:
            continue
        break
    return b"\n".join(some)


def _tell(header: Header, texts: FieldTexts, sink: Sink) -> None:
    """Send what the header says."""
    sink.meta("dbf:version", f"{header.version:02x}")
    sink.meta("dbf:records", str(header.stated_records))
    if header.updated:
        sink.meta("dbf:updated", header.updated)
    if header.untrusted_container:
        sink.meta("dbf:container", texts.text(header.untrusted_container))
