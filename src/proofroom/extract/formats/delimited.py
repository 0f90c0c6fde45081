"""Read delimited text (csv, tsv): every field of every record, in whatever encoding and dialect.

`cell=B2` counts records from 1: a record is one line, or several where a quoted field holds line ends;
blank lines count, and so does a first line `sep=;`. All values are texts as written; empty fields are
left out. A line whose quotes do not close is cut at every delimiter, its quotes kept, and counted in
`text:broken-quotes`. Bytes that do not decode are U+FFFD in their cell, counted in `text:undecodable`,
and leave the file `partly` read (`damaged-part`): what they said is not known.
"""

from __future__ import annotations

from typing import Final

from proofroom.extract.format import Format, Sink, Source
from proofroom.extract.tabular.dialect import Dialect, find_dialect
from proofroom.extract.tabular.lines import TextLines, encoding_of
from proofroom.extract.tabular.records import Records
from proofroom.extract.tabular.text_cells import TextCells
from proofroom.model.states import Reason

_ONLY_SHEET: Final = 0


def read(source: Source, sink: Sink) -> None:
    """Read a table; what a limit cuts or an encoding cannot say is told, the rest is given."""
    found = encoding_of(source)
    lines = TextLines(source, found.encoding)
    sink.meta("text:encoding", found.encoding)
    if found.alternatives:
        sink.meta("text:encoding-alternatives", " ".join(found.alternatives))
    sink.sheet(_ONLY_SHEET, "")
    records = Records(lines, _dialect(source, found.encoding))
    sink.meta("text:delimiter", {"\t": "tab"}.get(records.dialect.delimiter, records.dialect.delimiter))
    if records.dialect.quote != '"':
        sink.meta("text:quote", records.dialect.quote)
    columns = TextCells()
    try:
        before = 0
        for batch in records.batches():
            for cells in columns.of(batch, before + 1):
                sink.cells(_ONLY_SHEET, cells)
            before += len(batch.widths)
    finally:
        _send_damage(records, sink)


def _dialect(source: Source, encoding: str) -> Dialect:
    """Find the dialect from the first block of lines."""
    media_delimiter = "\t" if source.untrusted_name.lower().endswith((b".tsv", b".tab")) else ","
    return find_dialect(next(TextLines(source, encoding).blocks(), []), media_delimiter)


def _send_damage(records: Records, sink: Sink) -> None:
    """Tell what could not be decoded, and where quotes were not what they should be."""
    if records.broken:
        sink.meta("text:broken-quotes", str(records.broken))
    if records.unquoted_from:
        sink.meta("text:unquoted-from-row", str(records.unquoted_from))
    if records.lines.undecodable:
        sink.meta("text:undecodable", str(records.lines.undecodable))
        sink.partly(Reason.DAMAGED_PART)


FORMAT = Format(
    name="delimited",
    media_types=frozenset(("text/csv", "text/tab-separated-values")),
    read=read,
    sample="delimited.csv",
)
