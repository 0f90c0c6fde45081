"""Read dBase and FoxPro tables: every record as stored, also those marked as deleted, in the file's order.

`cell=B2` has no sheet: row 1 names the fields, record N stands in row N + 1. A deleted record keeps its
place, hidden; so does what lies behind the last record that the header counts. Texts of memo fields stand
in another file (.dbt, .fpt): the cell holds the number of their block, and the table is `partly` read
(`external-part`). `schema=1` says how the fields are declared.
"""

from __future__ import annotations

from proofroom.extract.databases.dbf_story import read_dbf
from proofroom.extract.format import Format, Sink, Source


def read(source: Source, sink: Sink) -> None:
    """Read a table; what is cut off is said, the rest is given."""
    read_dbf(source, sink)


FORMAT = Format(name="dbf", media_types=frozenset(("application/x-dbf",)), read=read, sample="dbf.dbf")
