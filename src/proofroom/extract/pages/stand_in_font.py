"""Give PDFium one font for all that a document does not embed: a box of one size for every character.

The sandbox has no fonts, and PDFium drops a text of one character whose shape it does not know, such as
the 男 or 女 in a cell. With this font it keeps it, and the places of lines are the same on every machine.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import c_char_p, memmove
from typing import Any, Final

from pypdfium2 import raw as pdfium

_EM: Final = 1000
_RISE, _FALL = 800, -200
_HANDLE: Final = 1
_MAGIC: Final = 0x5F0F3CF5


def _cmap() -> bytes:
    """Map every character to glyph 1 (format 13, many to one)."""
    groups = struct.pack(">III", 0x20, 0x10FFFF, 1)
    table = struct.pack(">HHIII", 13, 0, 16 + len(groups), 0, 1) + groups
    return struct.pack(">HHHHI", 0, 1, 3, 10, 12) + table


def _box() -> bytes:
    """Draw a box that fills the square of a character."""
    corners = ((50, _FALL), (50, _RISE), (950, _RISE), (950, _FALL))
    head = struct.pack(">hhhhhHH", 1, 50, _FALL, 950, _RISE, 3, 0)
    steps = b""
    for axis in (0, 1):
        before = 0
        for corner in corners:
            steps += struct.pack(">h", corner[axis] - before)
            before = corner[axis]
    return (head + bytes((1,) * 4) + steps).ljust(36, b"\0")


def _font() -> bytes:
    """Write the smallest TrueType font that holds two glyphs, both the box."""
    box = _box()
    tables = {
        b"cmap": _cmap(),
        b"glyf": box * 2,
        b"head": struct.pack(
            ">IIIIHHQQhhhhHHhhh",
            0x10000,
            0x10000,
            0,
            _MAGIC,
            0,
            _EM,
            0,
            0,
            50,
            _FALL,
            950,
            _RISE,
            0,
            8,
            2,
            0,
            0,
        ),
        b"hhea": struct.pack(
            ">IhhhHhhhhhhhhhhhH", 0x10000, _RISE, _FALL, 0, _EM, 50, 50, 950, 1, 0, 0, 0, 0, 0, 0, 0, 2
        ),
        b"hmtx": struct.pack(">HhHh", _EM, 50, _EM, 50),
        b"loca": struct.pack(">HHH", 0, len(box) // 2, len(box)),
        b"maxp": struct.pack(">IHHHHHHHHHHHHHH", 0x10000, 2, 4, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0),
        b"post": struct.pack(">IIhhIIIII", 0x30000, 0, 0, 0, 0, 0, 0, 0, 0),
    }
    place, directory, body = 12 + 16 * len(tables), b"", b""
    for name, table in tables.items():
        directory += struct.pack(">4sIII", name, 0, place + len(body), len(table))
        body += table.ljust((len(table) + 3) // 4 * 4, b"\0")
    return struct.pack(">IHHHH", 0x10000, len(tables), 128, 3, 0) + directory + body


_DATA: Final = _font()
_LATIN: Final = (0, 1)
"""Windows' numbers of the character sets that PDFium's own fonts have: ANSI and default."""
_ITS_OWN: Final = (b"Helvetica", b"Times-", b"Courier")
"""How the names begin that PDFium gives to the standard fonts of PDF, however a document calls them."""
_drawing: list[bool] = []


def is_stand_in(size: int) -> bool:
    """Say whether a font of that many bytes is the one that stands in."""
    return size == len(_DATA)


def _map_font(*wanted: Any) -> int:
    """Answer every wish with the one font, but for those that PDFium has itself, whose widths files leave out.

    While pages are drawn it draws all Latin text in its own fonts.
    """
    if wanted[3] not in _LATIN:
        return _HANDLE
    face = pdfium.cast(wanted[5], c_char_p).value or b""
    return 0 if _drawing or face.startswith(_ITS_OWN) else _HANDLE


@contextmanager
def own_shapes() -> Iterator[None]:
    """Let documents that are opened meanwhile draw Latin text in PDFium's own fonts, not as boxes."""
    _drawing.append(True)
    try:
        yield
    finally:
        _drawing.pop()


def _font_data(_info: Any, _font: Any, table: int, buffer: Any, size: int) -> int:
    """Give the whole font; single tables are not asked for by their names here."""
    if table:
        return 0
    if buffer and size >= len(_DATA):
        memmove(buffer, _DATA, len(_DATA))
    return len(_DATA)


def _face_name(*_asked: Any) -> int:
    return 0


def _nothing(*_told: Any) -> None:
    """Take note of nothing."""


def install() -> Any:
    """Make the font PDFium's only system font; gives what must be kept as long as PDFium is used."""
    info = pdfium.FPDF_SYSFONTINFO()
    info.version = 1
    for name, answer in (
        ("EnumFonts", _nothing),
        ("MapFont", _map_font),
        ("GetFont", _face_name),
        ("GetFontData", _font_data),
        ("GetFaceName", _face_name),
        ("GetFontCharset", _face_name),
        ("DeleteFont", _nothing),
    ):
        setattr(info, name, type(getattr(info, name))(answer))
    pdfium.FPDF_SetSystemFontInfo(info)
    return info
