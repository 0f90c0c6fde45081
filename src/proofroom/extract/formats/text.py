"""Read plain text in any encoding: every line that is not blank, at the number an editor shows for it.

`para=N` counts physical lines from 1, blank ones included. A line of more than four million characters
goes on at `para=N&part=2`. Read block by block, so that a log of gigabytes needs no memory.
"""

from __future__ import annotations

from proofroom.extract.format import Format, Sink, Source, Unreadable
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.markup.plain_text import send_lines
from proofroom.extract.markup.text_stream import TextStream
from proofroom.model.states import Reason, State


def read(source: Source, sink: Sink) -> None:
    """Read the lines; say which encoding they are in and how many places of it could not be decoded."""
    stream = TextStream(source)
    with LineBatch(sink) as lines:
        anything = send_lines(stream, lines)
    stream.tell(sink)
    if not anything:
        raise Unreadable(State.EMPTY, Reason.NO_TEXT)


FORMAT = Format(name="text", media_types=frozenset(("text/plain",)), read=read, sample="text.txt")
