"""The fields of a dBase or FoxPro record, by their types."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from proofroom.extract.databases.dbf_header import Field, Header
from proofroom.extract.databases.dbf_texts import FieldTexts
from proofroom.extract.databases.table_sheet import Moment, Number, Value

_NUMBER: Final = re.compile(rb"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?\Z")
_DAY: Final = re.compile(rb"(\d{4})(\d\d)(\d\d)\Z")
_BLANK: Final = b" \0"
_JULIAN: Final = 1_721_425
"""What the count of days of FoxPro says on 1 January of the year 1."""
_MILLISECONDS_OF_A_DAY: Final = 86_400_000
_MEMOS: Final = "MGPW"
_FRACTION: Final = 10_000
_POINTER, _EIGHT = 4, 8
_LATEST: Final = 1e15
_SIGN: Final = 0x80

Read = Callable[[bytes], Value]


class Values:
    """Reads the fields of records; `memos` counts those whose text stands in a memo file beside the table."""

    def __init__(self, header: Header, texts: FieldTexts) -> None:
        """Choose how each field is read."""
        self.memos = 0
        self._texts = texts
        self._seven = header.is_seven
        self._fields = [
            (field.at, field.at + field.width, self._reader(field, header))
            for field in header.fields
            if not field.is_system
        ]
        self._flags = next((field for field in header.fields if field.kind == "0" and field.is_system), None)
        self._bits = _flag_bits(header)

    def of(self, record: bytes) -> list[Value]:
        """Give the fields of a record, in the order of the header."""
        values = [read(record[start:end]) for start, end, read in self._fields]
        if self._flags is not None:
            self._apply(record, values)
        return values

    def _apply(self, record: bytes, values: list[Value]) -> None:
        """Take out what is flagged as null; cut what is flagged as shorter than its field."""
        flags = self._flags
        if flags is None:
            return
        bits = int.from_bytes(record[flags.at : flags.at + flags.width], "little")
        for bit, place, is_length in self._bits:
            start, end, _read = self._fields[place]
            if is_length:
                data = record[start:end]
                data = data[: data[-1]] if bits >> bit & 1 and data else data
                values[place] = data if isinstance(values[place], bytes) else self._texts.text(data) or None
            elif bits >> bit & 1:
                values[place] = None

    def _reader(self, field: Field, header: Header) -> Read:
        """Choose how a field is read."""
        kind = field.kind
        if kind in _MEMOS or (kind == "B" and not header.is_foxpro):
            return self._memo
        known: dict[str, Read] = {
            "N": self._number,
            "F": self._number,
            "D": self._day,
            "L": _truth,
            "I": self._whole,
            "+": self._whole,
            "O": _double_reversed,
            "B": _double,
            "Y": _currency,
            "T": _moment,
            "Q": _bytes,
            "@": _moment_reversed,
        }
        if kind == "C" and field.is_binary and header.is_foxpro:
            return _bytes
        return known.get(kind, self._text)

    def _text(self, data: bytes) -> Value:
        """Read a text; blanks behind it fill the field and are not part of it."""
        return self._texts.text(data.rstrip(_BLANK)) or None

    def _number(self, data: bytes) -> Value:
        """Read a number that is written in digits, as written."""
        written = data.strip(_BLANK)
        return Number(written) if _NUMBER.match(written) else self._texts.text(written) or None

    def _day(self, data: bytes) -> Value:
        """Read a day; one that is in no calendar stays a text."""
        found = _DAY.match(data)
        if found is None:
            return self._text(data)
        try:
            day = date(*map(int, found.groups()))
        except ValueError:
            return self._text(data)
        return Moment(data, day.isoformat().encode())

    def _whole(self, data: bytes) -> Value:
        """Read a binary number; dBase 7 writes the first byte first and turns the sign over."""
        if self._seven:
            return int.from_bytes(bytes((data[0] ^ _SIGN,)) + data[1:], "big", signed=True) if data else None
        return int.from_bytes(data, "little", signed=True)

    def _memo(self, data: bytes) -> Value:
        """Give the block of a text that stands in the memo file; 0 and blank stand for none."""
        written = data.strip(_BLANK)
        # FoxPro's pointers are binary and of four bytes, dBase writes ten digits.
        binary = len(data) == _POINTER
        block = int.from_bytes(data, "little") if binary else int(written) if written.isdigit() else 0
        self.memos += block > 0
        return block or None


def _truth(data: bytes) -> Value:
    letter = data[:1].upper()
    return {b"T": True, b"Y": True, b"F": False, b"N": False}.get(letter)


def _double(data: bytes) -> Value:
    return float(struct.unpack("<d", data)[0]) if len(data) == _EIGHT else data or None


def _double_reversed(data: bytes) -> Value:
    """Read a number of dBase 7: a positive one has its sign turned over, of a negative one every bit is."""
    if len(data) != _EIGHT or not data.strip(b"\0"):
        return None
    positive = data[0] & _SIGN
    plain = bytes((data[0] ^ _SIGN,)) + data[1:] if positive else bytes(byte ^ 0xFF for byte in data)
    return float(struct.unpack(">d", plain)[0])


def _currency(data: bytes) -> Value:
    amount = int.from_bytes(data, "little", signed=True)
    sign = b"-" if amount < 0 else b""
    whole, rest = divmod(abs(amount), _FRACTION)
    return Number(b"%s%d.%04d" % (sign, whole, rest))


def _moment(data: bytes) -> Value:
    return _of_days(*struct.unpack("<ii", data)) if len(data) == _EIGHT else None


def _moment_reversed(data: bytes) -> Value:
    if len(data) != _EIGHT or not data.strip(b"\0"):
        return None
    milliseconds = _double_reversed(data)
    if not isinstance(milliseconds, float) or not 0 <= milliseconds < _LATEST:
        return None
    days, rest = divmod(int(milliseconds), _MILLISECONDS_OF_A_DAY)
    return _of_days(days + _JULIAN - 1, rest)


def _of_days(days: int, milliseconds: int) -> Value:
    """Give a moment from a count of days and milliseconds; what is in no calendar stays two numbers."""
    if days == 0:
        return None
    try:
        day = date(1, 1, 1) + timedelta(days=days - _JULIAN - 1)
    except OverflowError:
        return f"{days} {milliseconds}"
    seconds, rest = divmod(max(milliseconds, 0), 1000)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return Moment(f"{day.isoformat()}T{clock}{f'.{rest:03}' if rest else ''}".encode())


def _bytes(data: bytes) -> Value:
    return data if data.strip(b"\0") else None


def _flag_bits(header: Header) -> list[tuple[int, int, bool]]:
    """Give the bits of FoxPro's flags: (bit, place of the field, whether it says that the field is not full)."""
    bits: list[tuple[int, int, bool]] = []
    places = [field for field in header.fields if not field.is_system]
    for place, field in enumerate(places):
        if field.kind in "VQ":
            bits.append((len(bits), place, True))
        if field.is_nullable:
            bits.append((len(bits), place, False))
    return bits
