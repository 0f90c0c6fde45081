"""Find the samples of a track of subtitles in MP4 and QuickTime, and give their texts with their times."""

from __future__ import annotations

import codecs
import struct
from collections.abc import Iterator
from typing import Final

from proofroom.extract.media.boxes import Box, boxes, first
from proofroom.extract.media.giving import Recording, plain_text

_MOST: Final = 1_000_000
_LARGEST: Final = 1 << 16
_LARGEST_TABLE: Final = 16 << 20


def read_cues(recording: Recording, table: list[Box], track: int, scale: int) -> None:
    """Give every text of the track, each with the time at which it is seen."""
    described = first(table, b"stsd")
    web = described is not None and recording.at(described.at + 12, 4) == b"wvtt"
    start = 0
    for (place, length), duration in zip(
        _places(recording, table), _durations(recording, table), strict=False
    ):
        data = recording.at(place, min(length, _LARGEST))
        text = _web_text(recording, place, length) if web else _text(data)
        unit = scale or 1
        recording.cue(f"track={track}&", text, start / unit, (start + duration) / unit)
        start += duration


def _text(data: bytes) -> str:
    """Read a text whose length stands before it."""
    text = data[2 : 2 + int.from_bytes(data[:2], "big")]
    if text.startswith((codecs.BOM_UTF16_BE, codecs.BOM_UTF16_LE)):
        return text.decode("utf-16", "replace")
    return plain_text(text)


def _web_text(recording: Recording, at: int, length: int) -> str:
    """Read the texts of WebVTT, which lie in boxes of their own."""
    found = []
    for cue in boxes(recording, at, at + length):
        if cue.name == b"vttc":
            found += [
                plain_text(recording.at(one.at, min(one.length, _LARGEST)))
                for one in boxes(recording, cue.at, cue.at + cue.length)
                if one.name == b"payl"
            ]
    return "\n".join(found)


def _numbers(recording: Recording, box: Box | None, skip: int) -> list[int]:
    """Read a table of numbers of four bytes, behind its head."""
    if box is None:
        return []
    data = recording.at(box.at + skip, min(box.length - skip, _LARGEST_TABLE))
    return list(struct.unpack(f">{len(data) // 4}I", data[: len(data) & ~3]))


def _places(recording: Recording, table: list[Box]) -> Iterator[tuple[int, int]]:
    """Give where each sample stands and how long it is."""
    sizes_box = first(table, b"stsz")
    same = _numbers(recording, sizes_box, 4)[:2]
    sizes = _numbers(recording, sizes_box, 12)
    wide = first(table, b"co64")
    halves = _numbers(recording, wide, 8) if wide else []
    chunks = _numbers(recording, first(table, b"stco"), 8)
    chunks = [high << 32 | low for high, low in zip(halves[::2], halves[1::2], strict=False)] or chunks
    runs = _numbers(recording, first(table, b"stsc"), 8)
    at_chunk = {runs[at]: runs[at + 1] for at in range(0, len(runs) - 2, 3)}
    count = min(same[1] if len(same) > 1 else 0, _MOST)
    per_chunk = sample = 0
    for number, chunk in enumerate(chunks, 1):
        per_chunk = at_chunk.get(number, per_chunk)
        place = chunk
        for _ in range(min(per_chunk, count - sample)):
            size = same[0] or (sizes[sample] if sample < len(sizes) else 0)
            yield place, size
            place += size
            sample += 1


def _durations(recording: Recording, table: list[Box]) -> Iterator[int]:
    """Give how long each sample is seen, in units of the track."""
    numbers = _numbers(recording, first(table, b"stts"), 8)
    for count, duration in zip(numbers[::2], numbers[1::2], strict=False):
        for _ in range(min(count, _MOST)):
            yield duration
