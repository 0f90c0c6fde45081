"""Read the options of drawn shapes (MS-ODRAW 2.2.9): name, description, picture, link, word art, hidden."""

from __future__ import annotations

import struct
from typing import Final

from proofroom.extract.ole.text_runs import narrow_text

PICTURE: Final = 0x0104
WORD_ART: Final = 0x00C0
NAME: Final = 0x0380
DESCRIPTION: Final = 0x0381
LINK: Final = 0x0382
TOOLTIP: Final = 0x038D
TABLE: Final = 0x039F
DRAWING: Final = 0x03A9
_SWITCHES: Final = 0x03BF
_HIDDEN: Final = 1 << 1
_USES_HIDDEN: Final = 1 << 17
_PROPERTY: Final = struct.Struct("<HI")
_MONIKER_VERSION: Final = 24
_NUMBER: Final = 0x3FFF
_COMPLEX: Final = 0x8000


class Options:
    """The options of one shape: plain numbers, and bytes where an option has some."""

    def __init__(self) -> None:
        """Begin with none."""
        self.numbers: dict[int, int] = {}
        self.blobs: dict[int, bytes] = {}

    def add(self, body: bytes, count: int) -> None:
        """Add a table of options: `count` numbers first, then the bytes of those that have some."""
        place = _PROPERTY.size * count
        for at in range(0, min(place, len(body) - _PROPERTY.size + 1), _PROPERTY.size):
            option, value = _PROPERTY.unpack_from(body, at)
            if option & _COMPLEX:
                self.blobs[option & _NUMBER] = body[place : place + value]
                place += value
            else:
                self.numbers[option & _NUMBER] = value

    def text(self, option: int) -> str:
        """Give an option that is a text, "" where there is none."""
        text = self.blobs.get(option, b"").decode("utf-16-le", "replace").partition("\0")[0]
        return text.replace("\r", "\n").strip()

    @property
    def hidden(self) -> bool:
        """Tell whether the shape is not shown."""
        switches = self.numbers.get(_SWITCHES, 0)
        return bool(switches & _HIDDEN and switches & _USES_HIDDEN)


def link_target(moniker: bytes) -> str:
    """Give where a shape's own hyperlink leads ([MS-OSHARED] 2.3.7.1): the address inside its moniker."""
    marks = (
        (bytes.fromhex("e0c9ea79f9bace118c8200aa004ba90b"), _url),
        (bytes.fromhex("0303000000000000c000000000000046"), _file),
    )
    for mark, read in marks:
        at = moniker.find(mark)
        if at >= 0:
            return read(moniker[at + len(mark) :])
    return ""


def _url(data: bytes) -> str:
    """Read a URL moniker: its length, then UTF-16."""
    if len(data) < 4:
        return ""
    length = struct.unpack_from("<I", data)[0]
    return data[4 : 4 + length].decode("utf-16-le", "replace").partition("\0")[0]


def _file(data: bytes) -> str:
    """Read a file moniker: its path in UTF-16 where it has one, else in one byte a sign."""
    if len(data) < 6:
        return ""
    length = struct.unpack_from("<I", data, 2)[0]
    behind = 6 + length + _MONIKER_VERSION
    if behind + 10 <= len(data):
        whole, size = struct.unpack_from("<II", data, behind)
        if whole and size <= len(data) - behind - 10:
            return data[behind + 10 : behind + 10 + size].decode("utf-16-le", "replace").partition("\0")[0]
    return narrow_text(data[6 : 6 + length])
