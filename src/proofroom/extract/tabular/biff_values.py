"""Unpack the values that old and binary workbooks share: numbers of four bytes, errors, truth values."""

from __future__ import annotations

import struct
from typing import Final

ERRORS: Final = {
    0x00: b"#NULL!",
    0x07: b"#DIV/0!",
    0x0F: b"#VALUE!",
    0x17: b"#REF!",
    0x1D: b"#NAME?",
    0x24: b"#NUM!",
    0x2A: b"#N/A",
    0x2B: b"#GETTING_DATA",
}
BOOLEANS: Final = (b"FALSE", b"TRUE")
DOUBLE: Final = struct.Struct("<d")


def rk_number(packed: int) -> float:
    """Unpack a number of four bytes (MS-XLS 2.5.217): 30 bits of a whole number or of a binary one."""
    if packed & 2:
        value = float((packed >> 2) - (1 << 30 if packed & 0x80000000 else 0))
    else:
        value = DOUBLE.unpack(struct.pack("<II", 0, packed & 0xFFFFFFFC))[0]
    return value / 100 if packed & 1 else value


def error_text(code: int) -> bytes:
    """Give the text of an error, its number where it has none."""
    return ERRORS.get(code, b"#%d" % code)
