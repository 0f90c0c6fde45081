"""Walk the boxes of MP4 and QuickTime (ISO 14496-12): each has a length, a name, and content or boxes inside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from proofroom.extract.media.giving import Recording

_MOST: Final = 200_000


class Box(NamedTuple):
    """One box: its name, where its content stands, and how long that is."""

    name: bytes
    at: int
    length: int


def boxes(recording: Recording, at: int, end: int) -> Iterator[Box]:
    """Give the boxes side by side from a place on; one that reaches too far is cut to what is there."""
    for _ in range(_MOST):
        head = recording.at(at, 16)
        if len(head) < 8 or at + 8 > end:
            return
        length, skip = int.from_bytes(head[:4], "big"), 8
        if length == 1:
            length, skip = int.from_bytes(head[8:16], "big"), 16
        elif not length:
            length = end - at
        if length < skip:
            # Four zeros end the list of a user's data; anything else is damage.
            recording.damaged = recording.damaged or any(head[:4])
            return
        if at + length > end:
            recording.damaged = recording.damaged or at + length > recording.size
            length = end - at
        yield Box(head[4:8], at + skip, length - skip)
        at += length


def inside(recording: Recording, box: Box, skip: int = 0) -> list[Box]:
    """Give the boxes inside a box, behind so many bytes of its own."""
    return list(boxes(recording, box.at + skip, box.at + box.length))


def first(found: list[Box], name: bytes) -> Box | None:
    """Give the first box of a name."""
    return next((box for box in found if box.name == name), None)
