"""Give all that an SQL dump holds: the rows of its tables as sheets, every other statement as text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from proofroom.extract.databases import dump_copy
from proofroom.extract.databases.create_table import parse_create_table
from proofroom.extract.databases.dump_statements import BLANK, Statements
from proofroom.extract.databases.dump_tables import Table, Tables, typed
from proofroom.extract.databases.dump_text import Cursor, DumpText, escapes_with_backslash
from proofroom.extract.databases.dump_values import Unfinished, Values
from proofroom.extract.databases.sql_tokens import tokens
from proofroom.extract.format import Sink, Source, Unreadable
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.markup.plain_text import put_whole
from proofroom.model.evidence import PieceKind
from proofroom.model.states import Reason, State

_NAME: Final = r"""(?>"(?:[^"]|"")*+"|`(?:[^`]|``)*+`|\[[^\]\n]*+\]|[^\W\d][\w$\#@]*+)"""
_TABLE: Final = rf"(?P<table>{_NAME}(?:\s*\.\s*{_NAME}){{0,3}})"
_COLUMNS: Final = rf"(?:\s*\((?P<columns>(?>{_NAME}|[\s,])*+)\))?"
_INSERT: Final = re.compile(
    rf"""(?:INSERT|REPLACE)\s+(?:(?:IGNORE|LOW_PRIORITY|DELAYED|HIGH_PRIORITY|OR\s+\w+)\s+)*(?:INTO\s+)?
    {_TABLE}{_COLUMNS}\s*(?:OVERRIDING\s+\w+\s+VALUE\s+)?VALUES?\s*(?=\()""",
    re.VERBOSE | re.IGNORECASE,
)
_COPY: Final = re.compile(
    rf"COPY\s+{_TABLE}{_COLUMNS}\s+FROM\s+stdin\b[^;\n]*;[^\n]*\n", re.VERBOSE | re.IGNORECASE
)
_CREATE: Final = re.compile(
    rf"""CREATE\s+(?:(?:GLOBAL|LOCAL|TEMP|TEMPORARY|UNLOGGED|FOREIGN|EXTERNAL|COLUMN)\s+)*TABLE\s+
    (?:IF\s+NOT\s+EXISTS\s+)?{_TABLE}""",
    re.VERBOSE | re.IGNORECASE,
)
_USE: Final = re.compile(rf"(?:USE|\\connect)\s+(?P<table>{_NAME})", re.VERBOSE | re.IGNORECASE)
_BEHIND: Final = re.compile(r"(?:ON|RETURNING|AS|SELECT|FROM)\b", re.IGNORECASE)


def read_dump(source: Source, sink: Sink) -> None:
    """Read a dump; raises Unreadable when it ends in the middle of a row."""
    text = DumpText(source)
    try:
        with LineBatch(sink) as lines, Tables(sink) as tables:
            _Reader(text, lines, tables).read()
    finally:
        text.tell(sink)


class _Reader:
    """Reads one dump."""

    def __init__(self, text: DumpText, lines: LineBatch, tables: Tables) -> None:
        self._cursor = Cursor(text)
        escaping = escapes_with_backslash(self._cursor.untrusted_text)
        self._statements = Statements(self._cursor, escaping=escaping)
        self._values = Values(self._cursor, escaping=escaping)
        self._tables = tables
        self._lines = lines
        self._line = 0
        self._waiting = ""

    def read(self) -> None:
        """Read statement by statement; what is left when one does not end is given as text."""
        try:
            while self._skip():
                line = self._cursor.line
                self._keep(line, self._statements.comment() or self._rows() or self._other())
        except Unfinished:
            self._keep(self._cursor.line, self._rest())
            raise Unreadable(State.DAMAGED, Reason.CUT_SHORT) from None
        finally:
            self._send()

    def _skip(self) -> bool:
        """Go over blanks and ends of statements; false at the end."""
        cursor = self._cursor
        while True:
            found = BLANK.match(cursor.untrusted_text, cursor.at)
            cursor.go(found.end() if found else cursor.at)
            if cursor.at < len(cursor.untrusted_text):
                return True
            if not cursor.more():
                return False

    def _rows(self) -> str:
        """Read the rows of an INSERT or COPY, if one stands here; gives what stands behind them, or " "."""
        cursor = self._cursor
        found = _INSERT.match(cursor.untrusted_text, cursor.at)
        if found is not None:
            cursor.go(found.end())
            self._insert(*self._target(found))
            if _BEHIND.match(cursor.untrusted_text, cursor.at):
                return self._statements.statement()
            return " "
        found = _COPY.match(cursor.untrusted_text, cursor.at)
        if found is not None:
            cursor.go(found.end())
            self._copy(*self._target(found))
            return " "
        return ""

    def _target(self, found: re.Match[str]) -> tuple[Table, list[int]]:
        """Give the table that rows go to, and where their values belong."""
        table = self._tables.find(_named(found["table"]))
        return table, table.places(_names(found["columns"])) if found["columns"] else []

    def _insert(self, table: Table, places: Sequence[int]) -> None:
        """Read rows in brackets with commas between them."""
        cursor = self._cursor
        while self._skip_blanks() == "(":
            cursor.go(cursor.at + 1)
            try:
                table.row(self._values.row(), places)
            except Unfinished:
                table.row(self._values.begun, places)
                raise
            self._tables.count_row()
            if self._skip_blanks() != ",":
                return
            cursor.go(cursor.at + 1)

    def _copy(self, table: Table, places: Sequence[int]) -> None:
        """Read the rows of a COPY block."""
        columns = [table.columns[place] for place in places] or table.columns
        for fields in dump_copy.rows(self._cursor):
            behind = [None] * max(len(fields) - len(columns), 0)
            values = [
                None if field is None else typed(field, column)
                for field, column in zip(fields, [*columns, *behind], strict=False)
            ]
            table.row(values, places)
            self._tables.count_row()

    def _skip_blanks(self) -> str:
        """Go over blanks; gives the next sign, "" at the end."""
        cursor = self._cursor
        while True:
            text = cursor.untrusted_text
            at = cursor.at
            while at < len(text) and text[at].isspace():
                at += 1
            cursor.go(at)
            if at < len(text):
                return text[at]
            if not cursor.more():
                return ""

    def _other(self) -> str:
        """Read any other statement; one that makes a table names its columns."""
        statement = self._statements.statement()
        found = _CREATE.match(statement)
        if found is not None:
            columns = [one.column for one in parse_create_table(statement[found.end() :]).columns]
            if columns:
                self._tables.find(_named(found["table"]), columns)
            return statement
        found = _USE.match(statement)
        if found is not None:
            self._tables.database = _named(found["table"])
        return statement

    def _rest(self) -> str:
        """Give all that is left."""
        cursor = self._cursor
        return cursor.go(len(cursor.untrusted_text))

    def _keep(self, line: int, untrusted_text: str) -> None:
        """Keep a text at its line; what begins on the same line as the one before it goes with it."""
        if line != self._line:
            self._send()
            self._line = line
        self._waiting += untrusted_text

    def _send(self) -> None:
        """Send the text that waits."""
        put_whole(self._lines, f"para={self._line}", PieceKind.PARAGRAPH, self._waiting.strip())
        self._waiting = ""


def _named(untrusted_name: str) -> str:
    """Give a name without its quotes: `db`.`t` is db.t."""
    return ".".join(token.untrusted_text for token in tokens(untrusted_name) if token.kind != "mark")


def _names(untrusted_columns: str) -> list[str]:
    """Give the names in a list of columns."""
    return [token.untrusted_text for token in tokens(untrusted_columns) if token.kind != "mark"]
