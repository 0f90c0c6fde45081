"""Read JSON and JSON lines: every value at its pointer, numbers as written, and the names of objects.

`pointer=/a/0/b` is RFC 6901; of JSON lines the first step is the number of the line, from 0. What is no JSON
is given as lines of text, `para=N`, from the place of the damage on, and the file ends `damaged`; of JSON
lines a bad one costs only itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from proofroom.extract.format import Format, Sink, Source, Unreadable
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.markup.json_story import Broken, JsonStory
from proofroom.extract.markup.plain_text import put_whole, send_lines
from proofroom.extract.markup.text_stream import TextBuffer, TextStream
from proofroom.model.evidence import PieceKind
from proofroom.model.states import Reason, State

_LONGEST_FIRST: Final = 1 << 24


def read(source: Source, sink: Sink) -> None:
    """Read one value, or one for each line when the first line is a value and others follow."""
    stream = TextStream(source)
    many = _is_lines(stream)
    stream.again()
    with LineBatch(sink) as lines:
        story = JsonStory(sink, lines, source.limits.name_bytes)
        broken = _read_lines(stream, story, lines, sink) if many else _read_whole(stream, story, lines)
    stream.tell(sink)
    if broken in (Reason.LIMIT_DEPTH, Reason.LIMIT_NAME):
        raise Unreadable(State.TRUNCATED, broken)
    if broken:
        raise Unreadable(State.DAMAGED, broken)


def _is_lines(stream: TextStream) -> bool:
    """Tell whether the first line that holds something is a whole value and another one begins below it."""
    text = ""
    for block in stream.blocks():
        text += block
        first, _, rest = text.lstrip().partition("\n")
        if rest.strip() or len(text) > _LONGEST_FIRST:
            break
    first, _, rest = text.lstrip().partition("\n")
    if not rest.lstrip().startswith(("{", "[", '"')):
        return False
    try:
        json.loads(first, parse_int=str)
    except (ValueError, RecursionError):
        return False
    return True


def _read_whole(stream: TextStream, story: JsonStory, lines: LineBatch) -> Reason:
    """Read one value; give the text from a damage on as lines."""
    buffer = TextBuffer(stream)
    try:
        story.value(buffer)
        if story.rest_is_blank(buffer):
            return Reason.NONE
        reason, position = Reason.NOT_WELL_FORMED, buffer.position
    except Broken as broken:
        reason, position = broken.reason, broken.position
    stream.again()
    send_lines(stream, lines, first=position)
    return reason


def _read_lines(stream: TextStream, story: JsonStory, lines: LineBatch, sink: Sink) -> Reason:
    """Read one value from each line; a line that is none is given as text."""
    reason = Reason.NONE
    for number, (line, whole) in enumerate(_lines(stream)):
        if not line.strip("\ufeff \t\r"):
            continue
        buffer = TextBuffer(_Once(line))
        try:
            story.value(buffer, f"/{number}")
            if story.rest_is_blank(buffer):
                continue
            found = Reason.NOT_WELL_FORMED
        except Broken as broken:
            found = broken.reason
        put_whole(lines, f"para={number + 1}", PieceKind.PARAGRAPH, line.rstrip("\r"))
        if found in (Reason.LIMIT_DEPTH, Reason.LIMIT_NAME):
            reason = reason or found
        elif whole:
            sink.partly(Reason.DAMAGED_PART)
        else:
            reason = reason or Reason.CUT_SHORT
    return reason


def _lines(stream: TextStream) -> Iterator[tuple[str, bool]]:
    """Give the lines, and whether each has an end; only LF ends one, since strings may hold the others."""
    waiting: list[str] = []
    for block in stream.blocks():
        first, *more = block.split("\n")
        waiting.append(first)
        for line in more:
            yield "".join(waiting), True
            waiting = [line]
    yield "".join(waiting), False


class _Once:
    """One line as a stream."""

    def __init__(self, untrusted_text: str) -> None:
        self._text = untrusted_text

    def read(self, _size: int = 0) -> str:
        """Give the line, and then nothing."""
        text, self._text = self._text, ""
        return text


FORMAT = Format(
    name="json",
    media_types=frozenset(("application/json", "application/x-ndjson")),
    read=read,
    sample="json.json",
)
