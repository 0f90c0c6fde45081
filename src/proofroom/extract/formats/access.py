"""Read Access databases (mdb, accdb; Access 97 to 365): each table as a sheet, deleted rows behind the others.

Row 1 names the columns, the rows follow in the order of their pages. Deleted rows that were not overwritten
stand behind them, hidden; tables of the program itself are hidden sheets. Dates are stored as a count of
days and shown as dates. `schema=N` says how the N-th table is declared. Tables that lie in other files are
named (`external-part`). Files encrypted by Access 2007 and newer end `locked`.
"""

from __future__ import annotations

from proofroom.extract.databases.jet_story import read_access
from proofroom.extract.format import Format, Sink, Source


def read(source: Source, sink: Sink) -> None:
    """Read a database; what broken pages cost is said, the rest is given."""
    read_access(source, sink)


FORMAT = Format(
    name="access", media_types=frozenset(("application/x-msaccess",)), read=read, sample="access.mdb"
)
