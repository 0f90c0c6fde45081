"""Read SQLite databases page by page: each table as a sheet, its statement, and what was deleted and not wiped.

Row 1 of a sheet names the columns, the rows of the table follow in the order of their row ids; a column
`rowid` stands last where no column bears it. NULL is no cell, an empty text is one. `schema=N` is the
statement in the N-th row of the schema (tables, indexes, views, triggers), `leftover=7:3311` a deleted
record by its page and byte: its row id, then its values. Nothing of the file is executed.
"""

from __future__ import annotations

from proofroom.extract.databases.sqlite_story import read_sqlite
from proofroom.extract.format import Format, Sink, Source


def read(source: Source, sink: Sink) -> None:
    """Read a database; what broken pages cost is said, the rest is given."""
    read_sqlite(source, sink)


FORMAT = Format(
    name="sqlite", media_types=frozenset(("application/vnd.sqlite3",)), read=read, sample="sqlite.sqlite"
)
