"""The pages of an Access database (Jet 3 and 4, ACE): its header, its pages, and the rows that lie on them."""

from __future__ import annotations

import struct
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.decrepit.ciphers.algorithms import ARC4
from cryptography.hazmat.primitives.ciphers import Cipher

from proofroom.extract.format import Source, Unreadable
from proofroom.extract.markup.charsets import codec_of_codepage
from proofroom.model.states import Reason, State

DATA, TABLE = 1, 2
"""The kinds of page that we read: rows, and the definition of a table."""

DELETED, ELSEWHERE = 0x8000, 0x4000
"""Marks at the place of a row: it is deleted; it lies on another page."""

_HEAD: Final = 4_096
_HEADER_KEY: Final = bytes.fromhex("c7da396b")
_HIDDEN: Final = slice(0x18, 0x98)
_HIDDEN_JET3: Final = slice(0x18, 0x96)
_KEPT: Final = 64
_OFFSET: Final = 0x1FFF
_CATALOG: Final = 2


class Broken(Exception):
    """A page or row breaks the rules of the format; what stands around it is read all the same."""


@dataclass(frozen=True, slots=True)
class Header:
    """What the first page says."""

    version: int
    page_size: int
    code_page: int
    key: bytes
    created: float
    has_password: bool

    @property
    def is_jet3(self) -> bool:
        """Tell whether Access 97 or older wrote it: small pages, texts of single bytes."""
        return self.version == 0

    @property
    def encoding(self) -> str:
        """Name the encoding of texts."""
        return (codec_of_codepage(self.code_page) or "cp1252") if self.is_jet3 else "utf-16-le"


def read_header(source: Source) -> Header:
    """Read the header; raises Unreadable when it is cut short."""
    source.untrusted.seek(0)
    head = source.untrusted.read(_HEAD)
    if len(head) < _HIDDEN.stop:
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)
    version = head[0x14]
    hidden = _HIDDEN if version else _HIDDEN_JET3
    head = head[: hidden.start] + rc4(_HEADER_KEY, head[hidden]) + head[hidden.stop :]
    (created,) = struct.unpack_from("<d", head, 0x72) if version else (0.0,)
    return Header(
        version=version,
        page_size=4_096 if version else 2_048,
        code_page=struct.unpack_from("<H", head, 0x3C)[0],
        key=head[0x3E:0x42],
        created=created,
        has_password=_has_password(head, created) if version else any(head[0x42:0x56]),
    )


def _has_password(head: bytes, created: float) -> bool:
    """Tell whether the password's place holds more than the day of creation, which lies over it."""
    if not 0 <= created < 1 << 31:
        return False
    mask = struct.pack("<i", int(created))
    return head[0x42:0x6A] != mask * 10


def rc4(key: bytes, data: bytes) -> bytes:
    """Undo RC4; a key that is written twice is the same key, and long enough for the library."""
    return Cipher(ARC4(key * 4), None).decryptor().update(data)


class Pages:
    """Gives pages in the clear by their number, from 0, and rows by page and place."""

    def __init__(self, source: Source, header: Header) -> None:
        """Give the pages of a file with this header; raises Unreadable when the catalog cannot be read."""
        self.header = header
        self.size = header.page_size
        self.count = source.size // self.size
        self._stream = source.untrusted
        self._known: OrderedDict[int, bytes] = OrderedDict()
        self._rows_at = 8 if header.is_jet3 else 12
        self._check()

    def _check(self) -> None:
        """See whether the first table can be read; behind a cipher that we do not know it cannot."""
        try:
            begins = self.page(_CATALOG)[:2]
        except Broken:
            raise Unreadable(State.DAMAGED, Reason.CUT_SHORT) from None
        if begins != b"\2\1":
            if any(self.header.key):
                raise Unreadable(State.LOCKED, Reason.UNSUPPORTED_ENCRYPTION)
            raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)

    def page(self, number: int) -> bytes:
        """Give a page; raises Broken when the file has no whole page of that number."""
        page = self._known.get(number)
        if page is not None:
            self._known.move_to_end(number)
            return page
        if not 0 < number < self.count:
            raise Broken
        self._stream.seek(number * self.size)
        page = self._stream.read(self.size)
        if len(page) < self.size:
            raise Broken
        if any(self.header.key):
            (key,) = struct.unpack("<I", self.header.key)
            page = rc4(struct.pack("<I", key ^ number), page)
        self._known[number] = page
        if len(self._known) > _KEPT:
            self._known.popitem(last=False)
        return page

    def places(self, page: bytes) -> tuple[int, ...]:
        """Give where the rows of a page begin, with their marks; raises Broken when it is no page of rows."""
        if page[0] != DATA:
            raise Broken
        (count,) = struct.unpack_from("<H", page, self._rows_at)
        if self._rows_at + 2 + 2 * count > self.size:
            raise Broken
        return struct.unpack_from(f"<{count}H", page, self._rows_at + 2)

    def span(self, places: tuple[int, ...], at: int) -> tuple[int, int]:
        """Give where a row begins and ends; raises Broken when there is no such row."""
        if not 0 <= at < len(places):
            raise Broken
        start = places[at] & _OFFSET
        end = self.size if at == 0 else places[at - 1] & _OFFSET
        if not self._rows_at <= start <= end <= self.size:
            raise Broken
        return start, end

    def row(self, number: int, at: int) -> bytes:
        """Give the bytes of a row; raises Broken."""
        page = self.page(number)
        start, end = self.span(self.places(page), at)
        return page[start:end]

    def owner(self, page: bytes) -> int:
        """Give the page of the table that a page of rows belongs to."""
        return int(struct.unpack_from("<I", page, 4)[0])


def pointer(value: int) -> tuple[int, int]:
    """Take a pointer apart: the page, and the row on it."""
    return value >> 8, value & 0xFF
