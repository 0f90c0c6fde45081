"""Read every other compound file: embedded objects, macros, Visio, Publisher, Works, Thumbs.db, and what is unknown.

Properties and the directory's own facts are given of each. Streams and storages that are a file of a known
kind become members. Texts stand at `para=N`: of shapes and paragraphs where the layout is known (Visio from
version 5, Publisher, Works), otherwise as runs of readable signs (kind `name`); what is not read makes the
file `partly`, reason `unread-part`. Macros stand at `macro=N&line=M`.
"""

from __future__ import annotations

from proofroom.extract.format import Format, Sink, Source
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.ole.compound_walk import Walk
from proofroom.extract.ole.properties import send_ole_properties
from proofroom.extract.ole.streams import Streams
from proofroom.model.states import Reason


def read(source: Source, sink: Sink) -> None:
    """Read a compound file; what no reader knows is said."""
    streams = Streams.of(source)
    streams.send_facts(sink)
    send_ole_properties(streams, sink)
    with LineBatch(sink) as lines:
        walk = Walk(streams, sink, lines)
        walk.storage(streams.root)
        walk.unreachable()
    if not streams.whole:
        sink.partly(Reason.DAMAGED_PART)


FORMAT = Format(
    name="compound",
    media_types=frozenset(
        (
            "application/x-ole-storage",
            "application/vnd.visio",
            "application/x-mspublisher",
            "application/vnd.ms-works",
        )
    ),
    read=read,
    sample="compound.ole",
)
