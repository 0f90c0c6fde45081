"""Writes tables as the databases that an office's programs leave: SQLite, dBase and a MySQL dump."""

from __future__ import annotations

import sqlite3
import struct

from proofroom.world.parts import Fact, Made, cell_name, part

_NAME_BYTES = 10
_MOST_BYTES = 254
_SIMPLIFIED = 0x4D
_VERSION_AT = 96
_VERSION = 3_040_000
_ESCAPES = str.maketrans({"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\0": "\\0"})
_PER_INSERT = 50


def _facts(rows: list[list[str]], sheet: str, deleted: frozenset[int] = frozenset()) -> list[Fact]:
    """Give the truth of every field that holds something; row 1 names the columns."""
    within = (("sheet", sheet),) if sheet else ()
    return [
        Fact(
            "cell",
            part(*within, ("cell", cell_name(row, column))),
            text,
            value=text,
            shown=text,
            hidden=("row",) if row in deleted else (),
        )
        for row, record in enumerate(rows, 1)
        for column, text in enumerate(record, 1)
        if text
    ]


def sqlite(rows: list[list[str]], table: str) -> Made:
    """Write rows (the first names the columns) as a table of SQLite, each field a text; empty ones are NULL."""
    database = sqlite3.connect(":memory:", isolation_level=None)
    database.execute("pragma page_size = 4096")
    names = [_quoted(name) for name in rows[0]]
    database.execute(f"create table {_quoted(table)} ({', '.join(f'{name} text' for name in names)})")
    marks = ", ".join("?" * len(names))
    statement = f"insert into {_quoted(table)} values ({marks})"  # noqa: S608 - the names are our own
    database.executemany(statement, [[text or None for text in record] for record in rows[1:]])
    data = bytearray(database.serialize())
    database.close()
    # The library writes its own version; the same world has the same bytes everywhere.
    struct.pack_into(">I", data, _VERSION_AT, _VERSION)
    numbered = [[*record, str(at) if at else "rowid"] for at, record in enumerate(rows)]
    return Made(bytes(data), "sqlite", _facts(numbered, table))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def dbf(rows: list[list[str]], deleted: frozenset[int] = frozenset()) -> Made:
    """Write rows (the first names the fields) as a dBase table in GB 18030; `deleted` rows are marked as such."""
    names = [_cut(name, _NAME_BYTES) for name in rows[0]]
    fields = [[_cut(text, _MOST_BYTES).rstrip(" ") for text in record] for record in rows[1:]]
    columns = list(zip(*fields, strict=True))
    widths = [max(1, *(len(text.encode("gb18030")) for text in column)) for column in columns]
    described = b"".join(
        name.encode("gb18030").ljust(11, b"\0") + b"C" + bytes(4) + bytes((width,)) + bytes(15)
        for name, width in zip(names, widths, strict=True)
    )
    body = b"".join(
        (b"*" if row in deleted else b" ")
        + b"".join(text.encode("gb18030").ljust(width) for text, width in zip(record, widths, strict=True))
        for row, record in enumerate(fields, 2)
    )
    head = struct.pack("<4BIHH", 3, 116, 7, 1, len(fields), 33 + len(described), 1 + sum(widths))
    data = head + bytes(17) + bytes((_SIMPLIFIED, 0, 0)) + described + b"\r" + body + b"\x1a"
    return Made(data, "dbf", _facts([names, *fields], "", deleted))


def _cut(text: str, size: int) -> str:
    """Cut a text so that it takes no more bytes than that."""
    while len(text.encode("gb18030")) > size:
        text = text[:-1]
    return text


def mysql(rows: list[list[str]], table: str) -> Made:
    """Write rows (the first names the columns) as a dump of MySQL; empty fields are NULL."""
    columns = ",\n".join(f"  `{name}` varchar(255) DEFAULT NULL" for name in rows[0])
    lines = [
        "-- MySQL dump 10.13",
        "/*!40101 SET NAMES utf8 */;",
        f"DROP TABLE IF EXISTS `{table}`;",
        f"CREATE TABLE `{table}` (\n{columns}\n) ENGINE=InnoDB DEFAULT CHARSET=utf8;",
    ]
    values = [
        "(" + ",".join(f"'{text.translate(_ESCAPES)}'" if text else "NULL" for text in row) + ")"
        for row in rows[1:]
    ]
    lines += [
        f"INSERT INTO `{table}` VALUES {','.join(values[at : at + _PER_INSERT])};"  # noqa: S608 - it is only written
        for at in range(0, len(values), _PER_INSERT)
    ]
    return Made(("\n".join([*lines, "-- Dump completed"]) + "\n").encode(), "sql", _facts(rows, table))
