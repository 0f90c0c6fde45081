"""Read Windows Media (wma, wmv) and AMR, and tell what other sound and film is of which nothing is read."""

from __future__ import annotations

from typing import Final

from proofroom.extract.media.giving import Recording, plain_text
from proofroom.extract.ole.filetime import iso_time

_FILE: Final = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
_CONTENT: Final = bytes.fromhex("3326b2758e66cf11a6d900aa0062ce6c")
_MORE_CONTENT: Final = bytes.fromhex("40a4d0d207e3d21197f000a0c95ea850")
_HEAD: Final = 30
_MOST: Final = 10_000
_WIDE_KINDS: Final = {2: 4, 3: 4, 4: 8, 5: 2}
_AMR_SIZES: Final = (13, 14, 16, 18, 20, 21, 27, 32, 6)
_WIDE_SIZES: Final = (18, 24, 33, 37, 41, 47, 51, 59, 61, 6)
_FRAMES_PER_SECOND: Final = 50
_COUNTED: Final = 8 << 20


def read_windows_media(recording: Recording) -> None:
    """Read the objects of the head: dates, duration, titles, pictures."""
    end = min(int.from_bytes(recording.at(16, 8), "little"), recording.size)
    at = _HEAD
    for _ in range(_MOST):
        head = recording.at(at, 24)
        length = int.from_bytes(head[16:24], "little")
        if len(head) < 24 or length < 24 or at >= end:
            break
        data = recording.at(at + 24, length - 24)
        if head.startswith(_FILE) and len(data) >= 80:
            recording.fact("media:created", iso_time(int.from_bytes(data[24:32], "little")))
            recording.fact("media:duration", f"{int.from_bytes(data[40:48], 'little') / 1e7:.1f}")
        elif head.startswith(_CONTENT):
            at_text = 10
            for place, name in enumerate(("title", "author", "copyright", "description", "rating")):
                size = int.from_bytes(data[2 * place : 2 * place + 2], "little")
                recording.fact(f"asf:{name}", _wide(data[at_text : at_text + size]))
                at_text += size
        elif head.startswith(_MORE_CONTENT):
            _more(recording, data)
        at += length


def _more(recording: Recording, data: bytes) -> None:
    """Read named values: texts, numbers, pictures."""
    at = 2
    for _ in range(min(int.from_bytes(data[:2], "little"), _MOST)):
        size = int.from_bytes(data[at : at + 2], "little")
        name = _wide(data[at + 2 : at + 2 + size])
        at += 2 + size
        kind = int.from_bytes(data[at : at + 2], "little")
        size = int.from_bytes(data[at + 2 : at + 4], "little")
        value = data[at + 4 : at + 4 + size]
        at += 4 + size
        if kind == 0:
            recording.fact(f"asf:{name}", _wide(value))
        elif kind in _WIDE_KINDS:
            recording.fact(f"asf:{name}", str(int.from_bytes(value, "little")))
        elif name == "WM/Picture":
            _picture(recording, value)


def _picture(recording: Recording, value: bytes) -> None:
    """Hand out a picture, behind its kind, its type and what it is called."""
    at = 5
    for _ in range(2):
        while at + 1 < len(value) and (value[at] or value[at + 1]):
            at += 2
        at += 2
    recording.picture(value[at:])


def _wide(data: bytes) -> str:
    return data.decode("utf-16-le", "replace").rstrip("\0")


def read_amr(recording: Recording) -> None:
    """Count the frames of recorded speech, fifty to the second."""
    wide = recording.at(0, 9) == b"#!AMR-WB\n"
    sizes = _WIDE_SIZES if wide else _AMR_SIZES
    start = 9 if wide else 6
    data = recording.at(start, _COUNTED)
    at = frames = 0
    while at < len(data):
        kind = data[at] >> 3 & 0xF
        at += sizes[kind] if kind < len(sizes) else 1
        frames += 1
    recording.fact("media:codec", "AMR-WB" if wide else "AMR")
    whole = frames * max(recording.size - start, 0) / max(len(data), 1)
    recording.fact("media:duration", f"{whole / _FRAMES_PER_SECOND:.1f}")


def read_nothing(recording: Recording) -> None:
    """Say only what it is."""
    recording.fact("media:codec", plain_text(recording.at(0, 3)) if recording.at(0, 3) == b"FLV" else "MPEG")
