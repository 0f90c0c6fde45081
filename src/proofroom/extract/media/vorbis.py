"""Read the comments that FLAC, Vorbis, Opus, Speex and Theora share, and the pictures in them."""

from __future__ import annotations

import binascii
from typing import Final

from proofroom.extract.media.giving import Recording, plain_text

_MOST: Final = 10_000
_LYRICS: Final = ("LYRICS", "UNSYNCEDLYRICS")


def read_comments(recording: Recording, data: bytes) -> None:
    """Read a block of comments: the program, then NAME=VALUE pairs."""
    maker, at = _counted(data, 0)
    recording.fact("vorbis:vendor", plain_text(maker))
    count = int.from_bytes(data[at : at + 4], "little")
    at += 4
    for _ in range(min(count, _MOST)):
        if at + 4 > len(data):
            recording.damaged = True
            return
        comment, at = _counted(data, at)
        name, _, value = comment.partition(b"=")
        key = plain_text(name).upper()
        if key == "METADATA_BLOCK_PICTURE":
            try:
                read_picture(recording, binascii.a2b_base64(value))
            except binascii.Error:
                recording.damaged = True
        elif key in _LYRICS:
            recording.text("lyrics", plain_text(value))
        else:
            recording.fact(f"vorbis:{key}", plain_text(value))


def read_picture(recording: Recording, data: bytes) -> None:
    """Read a picture block: its type, what it is called, its bytes."""
    _, at = _counted(data, 4, "big")
    label, at = _counted(data, at, "big")
    picture, _ = _counted(data, at + 16, "big")
    recording.fact("vorbis:picture", plain_text(label))
    recording.picture(picture)


def _counted(data: bytes, at: int, order: str = "little") -> tuple[bytes, int]:
    """Take bytes whose length stands before them."""
    length = int.from_bytes(data[at : at + 4], "big" if order == "big" else "little")
    return data[at + 4 : at + 4 + length], at + 4 + length
