"""Read SQL dumps (mysqldump, pg_dump, SQLite, SQL Server, Oracle): rows as tables, all else as text.

Each table is a sheet: row 1 names its columns, its rows follow from row 2 in the order in which the dump
gives them, from however many INSERT and COPY statements. Values are as written, without their quotes; NULL
is no cell. What is no row (comments, statements, procedures) stands at `para=N`, the line where it begins.
"""

from __future__ import annotations

from proofroom.extract.databases.dump_story import read_dump
from proofroom.extract.format import Format, Sink, Source


def read(source: Source, sink: Sink) -> None:
    """Read a dump; one that ends in the middle of a row is damaged, and what came before stands."""
    read_dump(source, sink)


FORMAT = Format(name="sqldump", media_types=frozenset(("application/sql",)), read=read, sample="sqldump.sql")
