"""Read archives of web pages (WARC, ARC, also packed): every record with what was said and what was sent.

`record=N` is the address that was fetched; below it stand `field=NAME` (what the archive says), `http=NAME`
(what server or browser said, `http=line` its first line), `info=NAME` (notes of the crawler) and
`mismatch=NAME` (a stated digest, and the one that was found). What was sent is a member `record-N/ADDRESS`.
"""

from __future__ import annotations

from proofroom.extract.format import Format, Sink, Source
from proofroom.extract.saved.arc_records import read_arc
from proofroom.extract.saved.forward import forward
from proofroom.extract.saved.warc_records import read_warc


def read(source: Source, sink: Sink) -> None:
    """Read a file of records, whichever kind its first bytes say."""
    stream = forward(source, sink)
    if stream.peek(5) == b"WARC/":
        read_warc(stream, sink)
    else:
        read_arc(stream, sink)


FORMAT = Format(
    name="warc",
    media_types=frozenset(("application/warc", "application/x-internet-archive")),
    read=read,
    sample="warc.warc.gz",
)
