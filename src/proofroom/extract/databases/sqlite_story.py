"""Give all that an SQLite file holds: facts, statements, the rows of every table, and what is left over."""

from __future__ import annotations

from typing import Final

from proofroom.extract.databases.blobs import Blobs, is_file
from proofroom.extract.databases.sqlite_leftovers import Leftovers, Place
from proofroom.extract.databases.sqlite_pages import Broken, Header, Pages, read_header
from proofroom.extract.databases.sqlite_records import Texts, decode_record
from proofroom.extract.databases.sqlite_schema import Entry, Layout, schema
from proofroom.extract.databases.sqlite_tree import Trees
from proofroom.extract.databases.table_sheet import TableSheet
from proofroom.extract.format import Line, Sink, Source, Unreadable
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.markup.plain_text import put_whole
from proofroom.extract.tabular.cell_columns import number_text
from proofroom.model.evidence import Flag, PieceKind
from proofroom.model.states import Reason, State

_FIRST_ROW: Final = 2
_LONGEST_HEX: Final = 256
_DELETED: Final = Flag.DELETED | Flag.HIDDEN_TEXT


def read_sqlite(source: Source, sink: Sink) -> None:
    """Read a database; raises Unreadable when nothing of it can be read, or when it is cut short."""
    header = read_header(source)
    reader = _Reader(source, sink, header)
    _tell_header(header, sink)
    try:
        reader.read()
    finally:
        reader.tell()
    if source.size < header.stated_pages * header.page_size or source.size % header.page_size:
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)


def _tell_header(header: Header, sink: Sink) -> None:
    """Send what the header says."""
    facts = {
        "page-size": header.page_size,
        "pages": header.stated_pages,
        "free-pages": header.free_pages,
        "user-version": header.user_version,
        "application-id": header.application_id,
        "changes": header.changes,
        "written-by": header.written_by,
    }
    for key, number in facts.items():
        if number:
            sink.meta(f"sqlite:{key}", str(number))
    sink.meta("sqlite:encoding", header.encoding)
    if header.is_wal:
        # What was last written may stand in a file `-wal` beside this one; that is an occurrence of its own.
        sink.meta("sqlite:journal", "wal")


class _Reader:
    """Reads one database."""

    def __init__(self, source: Source, sink: Sink, header: Header) -> None:
        self._pages = Pages(source, header)
        self._sink = sink
        self._trees = Trees(self._pages)
        self._texts = Texts(header.encoding)
        self._blobs = Blobs(sink)
        self._leftovers = Leftovers(self._pages, self._texts)
        self._walked: list[int] = []

    def read(self) -> None:
        """Give statements first, then the tables, then what is left over."""
        entries = list(schema(self._trees, self._texts))
        with LineBatch(self._sink) as lines:
            for entry in entries:
                put_whole(lines, f"schema={entry.number}", PieceKind.PARAGRAPH, entry.untrusted_sql)
        index = 0
        for entry in entries:
            if entry.kind == "table" and entry.root > 0:
                index += 1
                self._table(index, entry)
            elif entry.kind == "table":
                self._sink.meta("sqlite:virtual-table", entry.untrusted_name)
        self._leftovers.on_free_pages()
        self._give_leftovers()

    def tell(self) -> None:
        """Say what was broken, or written in another encoding than the file says."""
        for encoding, count in sorted(self._texts.foreign.items()):
            self._sink.meta("sqlite:texts-in-other-encoding", f"{encoding} {count}")
        if self._texts.undecodable:
            self._sink.meta("text:undecodable", str(self._texts.undecodable))
        if self._trees.damage:
            self._sink.meta("sqlite:broken", str(self._trees.damage))
        if self._trees.damage or self._texts.undecodable:
            self._sink.partly(Reason.DAMAGED_PART)
        if self._leftovers.full:
            self._sink.partly(Reason.UNREAD_PART)

    def _table(self, index: int, entry: Entry) -> None:
        """Give the rows of one table."""
        layout = Layout(entry.untrusted_sql, of_index=self._trees.is_index(entry.root))
        self._leftovers.expect(layout.stored)
        self._walked.append(entry.root)
        records = self._trees.records(entry.root, self._leftovers.on_page)
        number = _FIRST_ROW - 1
        with TableSheet(self._sink, index, entry.untrusted_name, layout.columns, self._blobs) as sheet:
            for number, (rowid, record) in enumerate(records, _FIRST_ROW):
                try:
                    values = decode_record(record, self._texts)
                    fields = layout.row(rowid, values) if layout.known else [*values, rowid]
                except Broken:
                    self._trees.damage += 1
                else:
                    sheet.row(number, fields)

    def _give_leftovers(self) -> None:
        """Drop stale copies of what is still there, and give the rest."""
        if not self._leftovers:
            return
        counted = self._trees.damage
        self._trees.forget()
        for root in self._walked:
            for rowid, record in self._trees.records(root):
                self._leftovers.still_there(rowid, record)
        self._trees.damage = counted
        self._leftovers.settle()
        with LineBatch(self._sink) as lines:
            for (rowid, record), place in self._leftovers.records.items():
                self._leftover(lines, place, str(rowid), record)
            for place, record in self._leftovers.stumps.items():
                self._leftover(lines, place, "", record)
            for place, text in self._leftovers.runs.items():
                lines.add(Line(_address(place), PieceKind.NAME, text, _DELETED))

    def _leftover(self, lines: LineBatch, place: Place, rowid: str, record: bytes) -> None:
        """Give a deleted record: its row id ("" where it is lost) and values between tabs; files are members."""
        texts = [rowid]
        for at, value in enumerate(decode_record(record, self._texts), 1):
            if not isinstance(value, bytes):
                number = isinstance(value, float) and number_text(value).decode()
                texts.append(number or ("" if value is None else str(value)))
                continue
            texts.append(f"X'{value[:_LONGEST_HEX].hex().upper()}'")
            if is_file(value) or len(value) > _LONGEST_HEX:
                with self._sink.member(f"leftover/{place[0]}:{place[1]}/{at}".encode(), len(value)) as out:
                    out.write(value)
        put_whole(lines, _address(place), PieceKind.PARAGRAPH, "\t".join(texts), _DELETED)


def _address(place: Place) -> str:
    return f"leftover={place[0]}:{place[1]}"
