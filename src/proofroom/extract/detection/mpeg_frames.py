"""Read the head of a frame of MPEG sound (ISO 11172-3): how long the frame is, and its rate."""

from __future__ import annotations

from typing import Final

_RATES: Final = (44_100, 48_000, 32_000)
_BITS_1: Final = (
    (0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
)
_BITS_2: Final = (
    (0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
)


def frame_length(head: bytes) -> int:
    """Give how long the frame is that begins so, 0 for none."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return 0
    version, layer = head[1] >> 3 & 3, 4 - (head[1] >> 1 & 3)
    bits, rate = head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or layer == 4 or bits in (0, 15) or rate == 3:
        return 0
    kilobits = (_BITS_1 if version == 3 else _BITS_2)[layer - 1][bits]
    samples = 384 if layer == 1 else 576 if layer == 3 and version != 3 else 1152
    unit = 4 if layer == 1 else 1
    return samples // 8 * kilobits * 1000 // frame_rate(head) + (head[2] >> 1 & 1) * unit


def frame_rate(head: bytes) -> int:
    """Give how many samples a second the frame has that begins so."""
    return _RATES[head[2] >> 2 & 3] >> {3: 0, 2: 1, 0: 2}[head[1] >> 3 & 3]
