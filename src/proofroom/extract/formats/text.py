"""Read plain text in any encoding: every line that is not blank, at the number an editor shows for it.

`para=N` counts physical lines from 1, blank ones included. A line of more than four million characters
goes on at `para=N&part=2`. Read block by block, so that a log of gigabytes needs no memory. Control characters
that no text holds are kept where they stand and counted; NULs behind the end are padding and no damage.
"""

from __future__ import annotations

import re
from typing import Final

from proofroom.extract.format import Format, Sink, Source, Unreadable
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.markup.plain_text import send_lines
from proofroom.extract.markup.text_stream import BLOCK, TextStream
from proofroom.model.states import Reason, State

# Terminals write BEL, BS, SUB and ESC, Word writes VT, and NEL ends a line.
_CONTROL: Final = re.compile(r"[\x00-\x06\x0e-\x19\x1c-\x1f\x7f-\x84\x86-\x9f]")


class _Watched(TextStream):
    """A text whose control characters are counted on the way."""

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self.controls = 0
        self.damaged = self._padding = False

    def read(self, size: int = BLOCK) -> str:
        """Give the next text; what follows NULs shows that they were no padding."""
        text = super().read(size)
        controls = len(_CONTROL.findall(text))
        self.controls += controls
        bare = text.rstrip("\0")
        self.damaged |= bool(bare) and (self._padding or controls > len(text) - len(bare))
        self._padding |= len(bare) < len(text)
        return text


def read(source: Source, sink: Sink) -> None:
    """Read the lines; say which encoding they are in and how many places of it are damaged."""
    stream = _Watched(source)
    with LineBatch(sink) as lines:
        anything = send_lines(stream, lines)
    stream.tell(sink)
    if stream.controls:
        sink.meta("text:control-characters", str(stream.controls))
    if stream.damaged and not stream.undecodable:
        sink.partly(Reason.DAMAGED_PART)
    if not anything:
        raise Unreadable(State.EMPTY, Reason.NO_TEXT)


FORMAT = Format(name="text", media_types=frozenset(("text/plain",)), read=read, sample="text.txt")
