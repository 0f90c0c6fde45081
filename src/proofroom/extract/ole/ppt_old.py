"""Give the texts of presentations of PowerPoint 4 and 95, whose structure we do not read: as runs of signs."""

from __future__ import annotations

from typing import Final

from proofroom.extract.format import Sink, Unreadable
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.ole.streams import Streams
from proofroom.extract.ole.text_runs import narrow_runs
from proofroom.model.evidence import PieceKind
from proofroom.model.states import Reason, State

_STREAMS: Final = ("text_content", "pp40", "powerpoint document")


def send_old(streams: Streams, sink: Sink) -> None:
    """Send each text once, as paragraphs; the presentation ends `partly`, or `damaged` where there is none."""
    found = [one for one in streams.entries if one.is_stream and one.name.lower() in _STREAMS]
    told = dict.fromkeys(text for one in found for text in narrow_runs(streams.read(one)))
    if not told:
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)
    with LineBatch(sink) as lines:
        for number, text in enumerate(told, 1):
            lines.put((("para", str(number)),), PieceKind.PARAGRAPH, text)
    sink.partly(Reason.UNREAD_PART)
