"""Read Matroska and WebM (RFC 9559): dates, programs, tracks, tags, chapters, attached files, subtitles."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from proofroom.extract.media.giving import Recording, plain_text

_SEGMENT, _INFO, _TRACKS, _TRACK = 0x18538067, 0x1549A966, 0x1654AE6B, 0xAE
_ATTACHED, _FILE, _TAGS, _TAG, _SIMPLE = 0x1941A469, 0x61A7, 0x1254C367, 0x7373, 0x67C8
_CHAPTERS, _EDITION, _CHAPTER, _DISPLAY = 0x1043A770, 0x45B9, 0xB6, 0x80
_CLUSTER, _GROUP, _BLOCK, _SIMPLE_BLOCK, _BLOCK_DURATION, _TIME = 0x1F43B675, 0xA0, 0xA1, 0xA3, 0x9B, 0xE7
_SCALE, _DURATION, _DATE, _VIDEO = 0x2AD7B1, 0x4489, 0x4461, 0xE0
_TEXTS: Final = {0x7BA9: "title", 0x4D80: "muxer", 0x5741: "writer", 0x7384: "file-name"}
_UNKNOWN: Final = -1
_MOST: Final = 5_000_000
_SUBTITLES: Final = 0x11
_SINCE: Final = datetime(2001, 1, 1)  # noqa: DTZ001 - UTC stands behind it
_SMALL: Final = 1 << 16


class Element(NamedTuple):
    """One element: its number, where its content stands, and how long that is."""

    number: int
    at: int
    length: int


def elements(recording: Recording, at: int, end: int) -> Iterator[Element]:
    """Give the elements side by side; one of unknown length reaches to the end."""
    for _ in range(_MOST):
        head = recording.at(at, 12)
        if not head or at >= end:
            return
        number, width = _variable(head, 0, keep=True)
        length, more = _variable(head, width, keep=False)
        if not width or not more:
            recording.damaged = True
            return
        start = at + width + more
        if length == _UNKNOWN:
            # A cluster that does not know its length, as of a broadcast, stands open: what is in it follows it.
            length = 0 if number == _CLUSTER else end - start
        if start + length > end:
            recording.damaged = recording.damaged or start + length > recording.size
            length = max(end - start, 0)
        yield Element(number, start, length)
        at = start + length


def _variable(data: bytes, at: int, *, keep: bool) -> tuple[int, int]:
    """Read a number that says its own width; `keep` leaves the bit that says so."""
    if at >= len(data) or not data[at]:
        return 0, 0
    width = 9 - data[at].bit_length()
    raw = data[at : at + width]
    if len(raw) < width:
        return 0, 0
    value = int.from_bytes(raw, "big")
    if keep:
        return value, width
    value &= (1 << 7 * width) - 1
    return (_UNKNOWN if value == (1 << 7 * width) - 1 else value), width


class Matroska:
    """One file on its way to the sink."""

    def __init__(self, recording: Recording) -> None:
        """Nothing is known yet."""
        self._recording = recording
        self._scale = 1_000_000
        self._subtitles: set[int] = set()
        self._tracks = 0
        self._time = 0

    def read(self) -> None:
        """Read every element but sound and pictures."""
        recording = self._recording
        for element in elements(recording, 0, recording.size):
            if element.number == _SEGMENT:
                self._segment(element)

    def _segment(self, segment: Element) -> None:
        for one in self._inside(segment):
            if one.number in (_TRACKS, _ATTACHED, _TAGS):
                take = {_TRACKS: self._track, _ATTACHED: self._file, _TAGS: self._tags}[one.number]
                for inner in self._inside(one):
                    take(inner)
            elif one.number == _INFO:
                self._info(one)
            elif one.number == _CHAPTERS:
                self._chapters(one, 0)
            elif self._subtitles:
                for inner in self._inside(one) if one.number == _CLUSTER else (one,):
                    self._timed(inner)

    def _inside(self, element: Element) -> Iterator[Element]:
        return elements(self._recording, element.at, element.at + element.length)

    def _bytes(self, element: Element) -> bytes:
        return self._recording.at(element.at, min(element.length, _SMALL))

    def _number(self, element: Element) -> int:
        return int.from_bytes(self._recording.at(element.at, min(element.length, 8)), "big")

    def _info(self, info: Element) -> None:
        """Tell what is said of the whole."""
        duration = 0.0
        for one in self._inside(info):
            if one.number in _TEXTS:
                self._recording.fact(f"media:{_TEXTS[one.number]}", plain_text(self._bytes(one)))
            elif one.number == _SCALE:
                self._scale = self._number(one) or self._scale
            elif one.number == _DURATION:
                data = self._bytes(one)
                duration = (
                    struct.unpack(">d" if len(data) == 8 else ">f", data)[0] if len(data) in (4, 8) else 0.0
                )
            elif one.number == _DATE:
                since = int.from_bytes(self._bytes(one)[:8], "big", signed=True)
                moment = _SINCE + timedelta(microseconds=since // 1000)
                self._recording.fact("media:created", f"{moment.isoformat(timespec='seconds')}Z")
        seconds = duration * self._scale / 1e9
        if 0 < seconds < 1e9:
            self._recording.fact("media:duration", f"{seconds:.1f}")

    def _track(self, track: Element) -> None:
        """Tell what a track is."""
        if track.number != _TRACK:
            return
        found = {one.number: one for one in self._inside(track)}
        self._tracks += 1
        kind = self._number(found[0x83]) if 0x83 in found else 0
        number = self._number(found[0xD7]) if 0xD7 in found else 0
        facts = [plain_text(self._bytes(found[key])) for key in (0x86, 0x22B59C, 0x536E) if key in found]
        if _VIDEO in found:
            size = {
                one.number: self._number(one)
                for one in self._inside(found[_VIDEO])
                if one.number in (0xB0, 0xBA)
            }
            facts.append(f"{size.get(0xB0, 0)}x{size.get(0xBA, 0)}")
        self._recording.fact(f"media:track:{self._tracks}", " ".join(facts))
        if kind == _SUBTITLES and facts and facts[0].startswith("S_TEXT"):
            self._subtitles.add(number)

    def _file(self, file: Element) -> None:
        """Hand out an attached file."""
        found = {one.number: one for one in self._inside(file)} if file.number == _FILE else {}
        if 0x465C in found:
            name = plain_text(self._bytes(found[0x466E])) if 0x466E in found else ""
            data = self._recording.at(found[0x465C].at, found[0x465C].length)
            self._recording.damaged = self._recording.damaged or len(data) < found[0x465C].length
            self._recording.file(data, name, "attached.bin")

    def _tags(self, element: Element, depth: int = 0) -> None:
        """Tell tags; one may stand in another."""
        name = value = ""
        for one in self._inside(element):
            if one.number == 0x45A3:
                name = plain_text(self._bytes(one))
            elif one.number == 0x4487:
                value = plain_text(self._bytes(one))
            elif one.number == _SIMPLE and depth < 8:
                self._tags(one, depth + 1)
        if value:
            self._recording.fact(f"matroska:{name}", value)

    def _chapters(self, element: Element, depth: int) -> None:
        """Give the titles of chapters with the times at which they begin."""
        start, titles = 0, []
        for one in self._inside(element):
            if one.number in (_EDITION, _CHAPTER) and depth < 8:
                self._chapters(one, depth + 1)
            elif one.number == 0x91:
                start = self._number(one)
            elif one.number == _DISPLAY:
                titles += [plain_text(self._bytes(text)) for text in self._inside(one) if text.number == 0x85]
        for title in titles:
            self._recording.cue("outline=1&", title, start / 1e9, start / 1e9)

    def _timed(self, one: Element) -> None:
        """Take what stands in a stretch of time: when it begins, and the subtitles in it."""
        if one.number == _TIME:
            self._time = self._number(one)
        elif one.number == _SIMPLE_BLOCK:
            self._block(one, self._time, 0)
        elif one.number == _GROUP:
            found = {inner.number: inner for inner in self._inside(one)}
            duration = self._number(found[_BLOCK_DURATION]) if _BLOCK_DURATION in found else 0
            if _BLOCK in found:
                self._block(found[_BLOCK], self._time, duration)

    def _block(self, block: Element, time: int, duration: int) -> None:
        head = self._recording.at(block.at, 12)
        track, width = _variable(head, 0, keep=False)
        if track not in self._subtitles:
            return
        data = self._recording.at(block.at + width + 3, min(block.length - width - 3, _SMALL))
        start = (time + int.from_bytes(head[width : width + 2], "big", signed=True)) * self._scale / 1e9
        self._recording.cue(f"track={track}&", plain_text(data), start, start + duration * self._scale / 1e9)
