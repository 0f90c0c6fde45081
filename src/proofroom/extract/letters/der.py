"""Walk ASN.1 in DER or BER (X.690) within fixed bounds: lengths that lie end where their container does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

SEQUENCE, SET, INTEGER, OCTETS, OID, BITS = 0x30, 0x31, 0x02, 0x04, 0x06, 0x03
_CONSTRUCTED: Final = 0x20
_DEEPEST: Final = 64
_MOST: Final = 100_000
_TEXTS: Final = {
    0x0C: "utf-8",
    0x13: "ascii",
    0x14: "latin-1",
    0x16: "ascii",
    0x1A: "ascii",
    0x1E: "utf-16-be",
    0x1C: "utf-32-be",
}
_UTC_TIME, _GENERAL_TIME = 0x17, 0x18
_LAST_OF_THIS: Final = 50


class NotDer(Exception):
    """The bytes are no ASN.1 here."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value: its tag, where it begins, where its content stands, and where the next one begins."""

    data: bytes
    tag: int
    start: int
    begin: int
    end: int
    next: int

    @property
    def content(self) -> bytes:
        """The bytes between its length and its end."""
        return self.data[self.begin : self.end]

    @property
    def encoded(self) -> bytes:
        """All of its bytes, as a signature covers them."""
        return self.data[self.start : self.next]

    @property
    def inside(self) -> list[Value]:
        """The values it is made of; what is damaged ends the list."""
        return list(self.walk())

    def walk(self) -> Iterator[Value]:
        """Give the values it is made of, up to damage."""
        at = self.begin
        for _ in range(_MOST):
            if at >= self.end:
                return
            try:
                one = read_value(self.data, at, self.end)
            except NotDer:
                return
            if one.tag == 0:
                return
            yield one
            at = one.next

    def pieces(self, depth: int = 0) -> Iterator[bytes]:
        """Give the bytes of a string, which BER may cut into several ones."""
        if not self.tag & _CONSTRUCTED:
            yield self.content
        elif depth < _DEEPEST:
            for one in self.walk():
                yield from one.pieces(depth + 1)


def read_value(data: bytes, at: int, end: int | None = None, depth: int = 0) -> Value:
    """Read the value that begins there; raises NotDer when none does. A length beyond the end is cut to it."""
    end = len(data) if end is None else end
    if at + 2 > end or depth > _DEEPEST:
        raise NotDer
    tag, first = data[at], data[at + 1]
    begin = at + 2
    if tag & 0x1F == 0x1F:
        raise NotDer
    if first == 0x80:
        if not tag & _CONSTRUCTED:
            raise NotDer
        close = _close(data, begin, end, depth)
        return Value(data, tag, at, begin, close, min(close + 2, end))
    length = first
    if first > 0x80:
        count = first & 0x7F
        if count > 8 or begin + count > end:
            raise NotDer
        length = int.from_bytes(data[begin : begin + count], "big")
        begin += count
    stop = min(begin + length, end)
    return Value(data, tag, at, begin, stop, stop)


def _close(data: bytes, begin: int, end: int, depth: int) -> int:
    """Find the two zeros that end a value of no stated length."""
    at = begin
    while at + 2 <= end and data[at : at + 2] != b"\0\0":
        at = read_value(data, at, end, depth + 1).next
    return min(at, end)


def oid_text(value: Value) -> str:
    """Write an object identifier with dots."""
    numbers: list[int] = []
    number = 0
    for byte in value.content[:128]:
        number = number << 7 | byte & 0x7F
        if not byte & 0x80:
            numbers.append(number)
            number = 0
    if not numbers:
        return ""
    top = min(numbers[0] // 40, 2)
    return ".".join(map(str, (top, numbers[0] - 40 * top, *numbers[1:])))


def text(value: Value) -> str:
    """Decode a string by its kind; an old eight-bit one that is UTF-8 or GBK is read as that."""
    raw = b"".join(value.pieces())
    if value.tag in (0x13, 0x14, 0x16) and not raw.isascii():
        for codec in ("utf-8", "gb18030"):
            try:
                return raw.decode(codec)
            except UnicodeError:
                continue
    codec = _TEXTS.get(value.tag, "")
    return raw.decode(codec, "replace") if codec else raw.hex()


def time(value: Value) -> str:
    """Write a time as ISO, in UTC; what is none as it stands."""
    raw = value.content.decode("ascii", "replace")
    digits = raw[2:] if value.tag == _GENERAL_TIME else raw
    try:
        year = int(raw[:4]) if value.tag == _GENERAL_TIME else int(raw[:2])
        if value.tag == _UTC_TIME:
            year += 2000 if year < _LAST_OF_THIS else 1900
        seconds = int(digits[10:12]) if digits[10:12].isdigit() else 0
        moment = datetime(  # noqa: DTZ001 - UTC, or made so below
            year, int(digits[2:4]), int(digits[4:6]), int(digits[6:8]), int(digits[8:10]), min(seconds, 59)
        )
        zone = raw[-5:]
        if zone[:1] in ("+", "-") and zone[1:].isdigit():
            minutes = int(zone[1:3]) * 60 + int(zone[3:5])
            moment -= timedelta(minutes=-minutes if zone[0] == "-" else minutes)
    except (ValueError, OverflowError):
        return raw
    return f"{moment.isoformat()}Z"
