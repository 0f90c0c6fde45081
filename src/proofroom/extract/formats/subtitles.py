"""Read subtitles and timed transcripts (SubRip .srt, WebVTT .vtt): every cue with the time it is heard.

`cue=N` counts cues from 1 in the order of the file; `cue=N&from=1` and `cue=N&to=1` are its times as they are
written. What stands outside any cue (WebVTT's header, notes, styles; lines without a time) is `para=N`, the
number of its first line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from proofroom.extract.format import Format, Line, Sink, Source, Unreadable, with_facts
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.markup.plain_text import put_whole
from proofroom.extract.markup.text_stream import TextStream
from proofroom.model.evidence import PieceKind
from proofroom.model.states import Reason, State

SUBRIP: Final = "application/x-subrip"
WEBVTT: Final = "text/vtt"
_CLOCK: Final = r"(?:\d{1,4}:)?\d{1,2}:\d{2}[,.]\d{1,3}"
_TIMES: Final = re.compile(rf"\s*({_CLOCK})\s*-->\s*({_CLOCK})")
_HEAD: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:(WEBVTT)(?=[ \t\r\n]|\Z)"
    rb"|(?:\d{1,9}[ \t]*\r?\n)?(?:\d{1,4}:)?\d{1,2}:\d{2}[,.]\d{1,3}[ \t]*-->)"
)
_NUMBER: Final = re.compile(r"\s*\d{1,9}\s*\Z")
_ENDS: Final = re.compile("\r\n|[\r\n]")
_LONGEST_LINE: Final = 1 << 20
_LONGEST_CUE: Final = 1 << 22


def recognise(head: bytes, _extension: str) -> str:
    """Recognise the first cue, or the word with which WebVTT begins."""
    found = _HEAD.match(head)
    return "" if found is None else WEBVTT if found.group(1) else SUBRIP


def read(source: Source, sink: Sink) -> None:
    """Read every cue; says in which encoding they are."""
    stream = TextStream(source)
    with LineBatch(sink) as lines:
        cues = _Cues(lines)
        for number, line in enumerate(_lines(stream), 1):
            cues.take(number, line)
        cues.end()
    stream.tell(sink)
    if not cues.count:
        raise Unreadable(State.EMPTY, Reason.NO_TEXT)


class _Cues:
    """Puts lines together to cues: a time begins one, a blank line ends it."""

    def __init__(self, lines: LineBatch) -> None:
        self._lines = lines
        self._times: tuple[str, str] | None = None
        self._name: dict[str, str] = {}
        self._held: list[str] = []
        self._length = 0
        self._first = 0
        self.count = 0

    def take(self, number: int, untrusted_line: str) -> None:
        """Take one line of the file."""
        times = _TIMES.match(untrusted_line)
        if times:
            # The line before a time is a cue's number or name, not what was said.
            named = self._held and (self._times is None or _NUMBER.match(self._held[-1]))
            name = self._held.pop() if named else ""
            self.end()
            self._times = (times.group(1), times.group(2))
            self._name = {} if not name or _NUMBER.match(name) else {"name": name}
        elif not untrusted_line.strip():
            self.end()
        else:
            self._first = self._first if self._held else number
            self._held.append(untrusted_line)
            self._length += len(untrusted_line)
            if self._length > _LONGEST_CUE:
                raise Unreadable(State.TRUNCATED, Reason.LIMIT_TEXT_BYTES)

    def end(self) -> None:
        """Give what was put together."""
        text, times = "\n".join(self._held), self._times
        self._held, self._length, self._times = [], 0, None
        if times is None:
            put_whole(self._lines, f"para={self._first}", PieceKind.PARAGRAPH, text)
            return
        self.count += 1
        cue = Line(f"cue={self.count}", PieceKind.PARAGRAPH, text)
        for line in with_facts(cue, **self._name, **{"from": times[0], "to": times[1]}):
            self._lines.add(line)


def _lines(stream: TextStream) -> Iterator[str]:
    """Give the lines of a text; one that is too long in parts."""
    waiting = ""
    for block in stream.blocks():
        *whole, waiting = _ENDS.split(waiting + block)
        yield from whole
        while len(waiting) > _LONGEST_LINE:
            yield waiting[:_LONGEST_LINE]
            waiting = waiting[_LONGEST_LINE:]
    yield waiting


FORMAT = Format(
    name="subtitles",
    media_types=frozenset((SUBRIP, WEBVTT)),
    read=read,
    sample="subtitles.srt",
    recognise=recognise,
)
