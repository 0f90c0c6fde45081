"""Find the pictures inside an EXIF block or a raw photo: the thumbnail, previews, and those in a maker's own notes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from proofroom.extract.pictures.jpeg_walk import walk_jpeg

_JPEG_START: Final = b"\xff\xd8\xff"
_MOST: Final = 16
_SMALLEST: Final = 256
_MOST_STARTS: Final = 64
_MOST_MARKERS: Final = 10_000
_SECOND: Final = frozenset(bytes((code,)) for code in (*range(0xE0, 0xF0), 0xC0, 0xC4, 0xDB, 0xFE))
_SENSOR: Final = (32_803, 34_892)
"""PhotometricInterpretation of what a sensor saw: a mosaic of colours, or linear light."""
_JPEG_INSIDE: Final = (6, 7, 34_892)
_REDUCED: Final = 1
_CR2: Final = b"CR"
_LOSSLESS: Final = "SOF3"

Tags = Mapping[str, Any]


def first_value(tags: Tags, key: str) -> int:
    """Give the first number of a field, 0 when there is none."""
    values = getattr(tags.get(key), "values", None)
    return values[0] if isinstance(values, list) and values and isinstance(values[0], int) else 0


def thumbnail(tags: Tags, block: bytes) -> bytes:
    """Give the JPEG that the second directory points to, or nothing."""
    start = first_value(tags, "Thumbnail JPEGInterchangeFormat")
    length = first_value(tags, "Thumbnail JPEGInterchangeFormatLength")
    found = block[start : start + length] if start > 0 else b""
    return found if found.startswith(_JPEG_START[:2]) else b""


def is_raw(tags: Tags, block: bytes) -> bool:
    """Tell whether a directory describes what a sensor saw."""
    keys = (key for key in tags if key.endswith(" PhotometricInterpretation"))
    return block[8:10] == _CR2 or any(first_value(tags, key) in _SENSOR for key in keys)


def previews(tags: Tags, block: bytes) -> list[bytes]:
    """Give the JPEGs that any directory points to, and those inside the maker's notes."""
    found: list[bytes] = []
    for start, length in _pointed(tags, block):
        data = block[start : start + length] if 0 < start < len(block) else b""
        if data.startswith(_JPEG_START) and len(found) < _MOST and data not in found and _is_picture(data):
            found.append(data)
    notes = tags.get("EXIF MakerNote")
    start, length = getattr(notes, "field_offset", 0), getattr(notes, "field_length", 0)
    if isinstance(start, int) and isinstance(length, int) and start > 0 and length > _SMALLEST:
        found += [one for one in jpegs_inside(block[start : start + length]) if one not in found]
    return found[:_MOST]


def _pointed(tags: Tags, block: bytes) -> Iterator[tuple[int, int]]:
    """Give place and length of what directories point to as a JPEG of its own."""
    groups = dict.fromkeys(key.partition(" ")[0] for key in tags)
    for group in groups:
        yield (
            first_value(tags, f"{group} JPEGInterchangeFormat"),
            first_value(tags, f"{group} JPEGInterchangeFormatLength"),
        )
        reduced = first_value(tags, f"{group} SubfileType") & _REDUCED or block[8:10] == _CR2
        if reduced and first_value(tags, f"{group} Compression") in _JPEG_INSIDE:
            yield first_value(tags, f"{group} StripOffsets"), first_value(tags, f"{group} StripByteCounts")


def jpegs_inside(data: bytes) -> list[bytes]:
    """Find whole JPEGs in bytes of no known form, as cameras put them into their raw photos."""
    found: list[bytes] = []
    at = 0
    for _ in range(_MOST_STARTS):
        at = data.find(_JPEG_START, at)
        if at < 0 or len(found) >= _MOST:
            break
        end = _end_of(data, at) if data[at + 3 : at + 4] in _SECOND else -1
        if end > at + _SMALLEST:
            found.append(data[at:end])
        at = max(end, at + len(_JPEG_START))
    return found


def _end_of(data: bytes, at: int) -> int:
    """Give where a JPEG that begins here ends, or -1 when it is none that can be shown."""
    walk = walk_jpeg(data, at, _MOST_MARKERS)
    return walk.end if walk.end > 0 and 0 not in walk.size and _LOSSLESS not in walk.segments else -1


def _is_picture(data: bytes) -> bool:
    walk = walk_jpeg(data, 0, _MOST_MARKERS)
    return 0 not in walk.size and _LOSSLESS not in walk.segments
