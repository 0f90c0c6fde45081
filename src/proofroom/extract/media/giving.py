"""Give what a recording says of itself: facts, texts with their times, pictures and files inside."""

from __future__ import annotations

import re
from collections import Counter
from typing import BinaryIO, Final

from proofroom.extract.containers.giving import give, text_of
from proofroom.extract.format import Sink, Source
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.markup.plain_text import put_whole
from proofroom.model.evidence import PieceKind

LARGEST: Final = 64 << 20
"""Bytes of one part of a container that are read into memory."""

_MOST_FACTS: Final = 20_000
_LONGEST_KEY: Final = 128
_LONGEST: Final = 1 << 16
_ENDINGS: Final = (
    (b"\xff\xd8", "jpg"),
    (b"\x89PNG", "png"),
    (b"GIF8", "gif"),
    (b"BM", "bmp"),
    (b"RIFF", "webp"),
)
_ODD: Final = re.compile(r"[\x00-\x1f/\\]")


class Recording:
    """One recording: its bytes by place, and the sink."""

    def __init__(self, source: Source, sink: Sink, lines: LineBatch) -> None:
        """Read from the source, give texts to `lines` and all else to the sink."""
        self.size = source.size
        self.sink = sink
        self.damaged = False
        self._stream: BinaryIO = source.untrusted
        self._lines = lines
        self._counts: Counter[str] = Counter()
        self._facts = 0

    def at(self, place: int, length: int) -> bytes:
        """Give the bytes at a place, fewer at the end; never more than fit into memory."""
        if place < 0 or place >= self.size:
            return b""
        self._stream.seek(place)
        return self._stream.read(max(min(length, LARGEST, self.size - place), 0))

    def fact(self, key: str, untrusted_value: str) -> None:
        """Give one property, if it says something."""
        value = untrusted_value.strip("\0 \r\n\t")
        if value and self._facts < _MOST_FACTS:
            self._facts += 1
            self.sink.meta(key[:_LONGEST_KEY], value[:_LONGEST])

    def text(self, name: str, untrusted_text: str) -> None:
        """Give a text such as lyrics, under the next number of its kind."""
        if untrusted_text.strip("\0 \r\n"):
            self._counts[name] += 1
            text = untrusted_text.strip("\0").replace("\r\n", "\n")
            put_whole(self._lines, f"{name}={self._counts[name]}", PieceKind.PARAGRAPH, text)

    def cue(self, place: str, untrusted_text: str, start: float, end: float) -> None:
        """Give one subtitle with the time at which it is seen."""
        if not untrusted_text.strip("\0 \r\n"):
            return
        self._counts[place] += 1
        part = f"{place}cue={self._counts[place]}"
        put_whole(self._lines, part, PieceKind.PARAGRAPH, untrusted_text.strip("\0\r\n"))
        put_whole(self._lines, f"{part}&from=1", PieceKind.META, clock(start))
        if end > start:
            put_whole(self._lines, f"{part}&to=1", PieceKind.META, clock(end))

    def picture(self, data: bytes, untrusted_name: str = "") -> None:
        """Hand out a picture that the container holds: a cover, a poster."""
        ending = next((ending for mark, ending in _ENDINGS if data.startswith(mark)), "bin")
        self.file(data, untrusted_name or "", f"cover.{ending}")

    def file(self, data: bytes, untrusted_name: str, otherwise: str) -> None:
        """Hand out a file that the container holds, under its number and its name."""
        if data:
            self._counts["file"] += 1
            plain = _ODD.sub("_", untrusted_name.replace("\\", "/").rpartition("/")[2])[:255]
            name = f"{self._counts['file']:03}-{plain or otherwise}"
            give(self.sink, name.encode("utf-8", "replace"), len(data), iter((data,)))


def clock(seconds: float) -> str:
    """Write a stretch of time as hours, minutes and seconds with three digits: `00:01:02.500`."""
    thousandths = round(max(min(seconds, 1e9), 0) * 1000)
    rest, thousandths = divmod(thousandths, 1000)
    minutes, seconds = divmod(rest, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}.{thousandths:03}"


def plain_text(data: bytes) -> str:
    """Decode a short text of no stated encoding: UTF-8 where it fits, else what it looks like."""
    try:
        return data.decode("utf-8").strip("\0")
    except UnicodeDecodeError:
        return text_of(data)
