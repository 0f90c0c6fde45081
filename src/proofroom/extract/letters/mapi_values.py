"""Write MAPI values (MS-OXCDATA 2.11) as text: numbers, times, texts by code page, bytes as hex."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Final

from proofroom.extract.containers.mail_words import encoding_of
from proofroom.extract.encoding import decode_counted, find_encoding
from proofroom.extract.letters.mapi_named import guid_text
from proofroom.extract.markup.charsets import codec_of_codepage
from proofroom.extract.ole.filetime import iso_time


class Kind(IntEnum):
    """The type of a value; several of one kind have `MANY` added."""

    SHORT = 0x02
    LONG = 0x03
    FLOAT = 0x04
    DOUBLE = 0x05
    CURRENCY = 0x06
    APP_TIME = 0x07
    ERROR = 0x0A
    BOOLEAN = 0x0B
    OBJECT = 0x0D
    INTEGER = 0x14
    STRING = 0x1E
    UNICODE = 0x1F
    TIME = 0x40
    GUID = 0x48
    SERVER_ID = 0xFB
    BINARY = 0x102


MANY: Final = 0x1000
WIDTHS: Final = {
    Kind.SHORT: 2,
    Kind.LONG: 4,
    Kind.FLOAT: 4,
    Kind.DOUBLE: 8,
    Kind.CURRENCY: 8,
    Kind.APP_TIME: 8,
    Kind.ERROR: 4,
    Kind.BOOLEAN: 2,
    Kind.INTEGER: 8,
    Kind.TIME: 8,
    Kind.GUID: 16,
}
"""Bytes of the values that have a fixed width."""

LONGEST_HEX: Final = 2_048
"""Bytes that are written as hex; longer ones are better kept as a member."""

_NUMBERS: Final = {
    Kind.SHORT: "<h",
    Kind.LONG: "<i",
    Kind.FLOAT: "<f",
    Kind.DOUBLE: "<d",
    Kind.INTEGER: "<q",
}
_WIDE: Final = "utf-16-le"
_PER_UNIT: Final = 10_000
_SPELLED: Final = re.compile(rb"[ -~]{6,}|(?:[ -~]\0){6,}")
_LONGEST_SPELLED: Final = 512
_UTF16_PAGES: Final = (1200, 1201)
_LOCALE_PAGES: Final = {
    0x04: 936,
    0x11: 932,
    0x12: 949,
    0x19: 1251,
    0x22: 1251,
    0x23: 1251,
    0x01: 1256,
    0x20: 1256,
    0x29: 1256,
    0x80: 1256,
    0x0D: 1255,
    0x08: 1253,
    0x1F: 1254,
    0x1E: 874,
    0x2A: 1258,
    0x05: 1250,
    0x0E: 1250,
    0x15: 1250,
    0x25: 1257,
    0x26: 1257,
    0x27: 1257,
}
_TRADITIONAL: Final = (0x0404, 0x0C04, 0x1404)
_LANGUAGE: Final = 0x3FF


def codec_of(codepages: tuple[int, ...], locale: int) -> str:
    """Choose the codec of a message's one-byte texts from its code pages and its locale; "" when none is said."""
    for page in codepages:
        if page and page not in _UTF16_PAGES and (codec := codec_of_codepage(page)):
            return codec
    page = 950 if locale in _TRADITIONAL else _LOCALE_PAGES.get(locale & _LANGUAGE, 0)
    return codec_of_codepage(page) if page else ""


class Texts:
    """Decodes the one-byte texts of a message: by the code page it declares unless they do not fit it."""

    def __init__(self, codec: str, sample: bytes) -> None:
        """Judge by the declared codec and by a sample of such texts."""
        self.undecodable = 0
        declared = codec or (find_encoding(sample, True).encoding if sample else "cp1252")
        self.codec = encoding_of(sample, declared, whole=True) or declared

    def decode(self, raw: bytes, kind: int) -> str:
        """Give a text without the NUL that ends it."""
        codec = _WIDE if kind == Kind.UNICODE else self.codec
        found = decode_counted(raw[: len(raw) & ~1] if codec == _WIDE else raw, codec)
        self.undecodable += found.undecodable
        return found.untrusted_text.rstrip("\0")


def shown(raw: bytes, kind: int, texts: Texts) -> str:
    """Write one value; the bytes of a fixed one must be there."""
    if kind in (Kind.STRING, Kind.UNICODE):
        return texts.decode(raw, kind)
    if kind in _NUMBERS:
        return str(struct.unpack_from(_NUMBERS[Kind(kind)], raw)[0])
    return _WRITTEN.get(kind, hexed)(raw)


def _time(raw: bytes) -> str:
    ticks = int.from_bytes(raw[:8], "little")
    return iso_time(ticks) or str(ticks)


def _currency(raw: bytes) -> str:
    """Write an amount of money, which is kept in ten thousandths."""
    amount = struct.unpack_from("<q", raw)[0]
    whole, rest = divmod(abs(amount), _PER_UNIT)
    return f"{'-' if amount < 0 else ''}{whole}.{rest:04d}"


def _app_time(raw: bytes) -> str:
    """Write days since the end of 1899 as a local time."""
    days = struct.unpack_from("<d", raw)[0]
    try:
        moment = datetime(1899, 12, 30) + timedelta(days=days)  # noqa: DTZ001 - a local time, as stored
    except (OverflowError, ValueError):
        return str(days)
    return moment.isoformat(timespec="seconds")


def hexed(raw: bytes) -> str:
    """Write bytes as hex, and behind them the words that stand in them: addresses stand in entry IDs."""
    words = " ".join(found.group().replace(b"\0", b"").decode("ascii") for found in _SPELLED.finditer(raw))
    more = f" … {len(raw)} bytes" if len(raw) > LONGEST_HEX else ""
    return raw[:LONGEST_HEX].hex() + more + (f" ({words[:_LONGEST_SPELLED]})" if words else "")


_WRITTEN: Final[dict[int, Callable[[bytes], str]]] = {
    Kind.BOOLEAN: lambda raw: "TRUE" if any(raw[:2]) else "FALSE",
    Kind.TIME: _time,
    Kind.APP_TIME: _app_time,
    Kind.CURRENCY: _currency,
    Kind.GUID: guid_text,
    Kind.ERROR: lambda raw: f"0x{int.from_bytes(raw[:4], 'little'):08X}",
}
