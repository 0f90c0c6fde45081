"""Unpack the compressed rich text of messages (LZFu, MS-OXRTFCP)."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import Final

_PACKED: Final = b"LZFu"
_PLAIN: Final = b"MELA"
_WINDOW: Final = 4_096
_HEAD: Final = 16
_KNOWN: Final = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript "
    b"\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    b"\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)


@dataclass(frozen=True, slots=True)
class Unpacked:
    """Rich text as far as it could be unpacked, and whether that is all of it."""

    rtf: bytes
    whole: bool


def unpack_rtf(packed: bytes) -> Unpacked:
    """Unpack compressed rich text; text that is not compressed at all is given as it is."""
    if packed.startswith(b"{\\rtf"):
        return Unpacked(packed, True)
    if len(packed) < _HEAD:
        return Unpacked(b"", not packed)
    length, raw_length, kind, checksum = struct.unpack_from("<II4sI", packed)
    body = packed[_HEAD : length + 4]
    if kind == _PLAIN:
        return Unpacked(packed[_HEAD : _HEAD + raw_length], len(packed) >= _HEAD + raw_length)
    if kind != _PACKED:
        return Unpacked(b"", False)
    out, ended = _decode(body)
    fits = zlib.crc32(body, 0xFFFFFFFF) ^ 0xFFFFFFFF == checksum
    return Unpacked(
        bytes(out[:raw_length]) if ended else bytes(out), ended and fits and len(out) >= raw_length
    )


def _decode(body: bytes) -> tuple[bytearray, bool]:
    """Undo the references into the last four kilobytes; says whether the mark of the end was reached."""
    out = bytearray(_KNOWN)
    start = len(_KNOWN)
    at, end = 0, len(body)
    while at < end:
        control = body[at]
        at += 1
        for bit in range(8):
            if at >= end:
                break
            if not control >> bit & 1:
                out.append(body[at])
                at += 1
                continue
            if at + 1 >= end:
                return out[start:], False
            reference = body[at] << 8 | body[at + 1]
            at += 2
            offset, length = reference >> 4, (reference & 15) + 2
            back = (len(out) - offset) % _WINDOW
            if not back:
                return out[start:], True
            if back > len(out):
                # Before the known beginning the window holds nothing but zeros.
                out += bytes(length)
                continue
            _repeat(out, back, length)
    return out[start:], False


def _repeat(out: bytearray, back: int, length: int) -> None:
    """Repeat what stands so far back; it may run into what it writes itself."""
    if back >= length:
        begin = len(out) - back
        out += out[begin : begin + length]
    else:
        for _ in range(length):
            out.append(out[-back])
