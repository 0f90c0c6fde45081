"""The values in a row of an Access database, by their types."""

from __future__ import annotations

import struct
import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from proofroom.extract.databases.table_sheet import Moment, Number, Value
from proofroom.extract.tabular.cell_columns import number_text

BOOLEAN, TEXT, OLE, MEMO = 1, 10, 11, 12
_EXTENDED: Final = 20
TYPES: Final = {
    BOOLEAN: "Yes/No",
    2: "Byte",
    3: "Integer",
    4: "Long",
    5: "Currency",
    6: "Single",
    7: "Double",
    8: "Date/Time",
    9: "Binary",
    TEXT: "Text",
    OLE: "OLE Object",
    MEMO: "Memo",
    15: "GUID",
    16: "Decimal",
    18: "Complex",
    19: "Large Number",
    _EXTENDED: "Date/Time Extended",
}
_SIGN: Final = 0x80
_DAYS: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - dates of paper carry no zone
_FIRST_DAY, _LAST_DAY = -657_435, 2_958_466
_FEWEST, _MOST = 6, 9
_COMPRESSED: Final = b"\xff\xfe"
_WHOLE: Final = {2: "<B", 3: "<h", 4: "<i", 18: "<i", 19: "<q"}


def value_of(kind: int, scale: int, data: bytes) -> Value:
    """Give the value of a field of fixed length, or binary; what does not fit its type stays bytes."""
    try:
        return _value(kind, scale, data)
    except struct.error:
        return data or None


def _value(kind: int, scale: int, data: bytes) -> Value:
    if kind in _WHOLE:
        return int(struct.unpack(_WHOLE[kind], data)[0])
    if kind in (6, 7, 8):
        return _real(kind, data)
    if kind == 5:
        return Number(_decimal(int.from_bytes(data, "little", signed=True), 4))
    if kind == 15 and len(data) == 16:
        return "{" + str(uuid.UUID(bytes_le=data)).upper() + "}"
    if kind == 16 and len(data) == 17:
        groups = struct.unpack("<4I", data[1:])
        number = groups[0] << 96 | groups[1] << 64 | groups[2] << 32 | groups[3]
        return Number(_decimal(-number if data[0] & _SIGN else number, scale))
    if kind == _EXTENDED:
        return data.rstrip(b"\0").decode("ascii", "replace") or None
    return data or None


def _real(kind: int, data: bytes) -> Value:
    """Give a number with a fraction, or a date."""
    if kind == 6:
        return _single(struct.unpack("<f", data)[0])
    (number,) = struct.unpack("<d", data)
    return float(number) if kind == 7 else moment(number)


def _decimal(number: int, scale: int) -> bytes:
    """Write a number with so many digits behind the point, without zeros that say nothing."""
    written = f"{Decimal(number).scaleb(-scale):f}"
    return (written.rstrip("0").rstrip(".") if "." in written else written).encode() or b"0"


def _single(number: float) -> Value:
    """Write a number of four bytes with the fewest digits that give it back."""
    for digits in range(_FEWEST, _MOST + 1):
        shorter = float(f"{number:.{digits}g}")
        try:
            if struct.unpack("<f", struct.pack("<f", shorter))[0] == number:
                return Number(number_text(shorter))
        except OverflowError:
            break
    return number


def moment(serial: float) -> Value:
    """Give a date as it is stored, as a count of days, and as it is shown; one in no calendar is a number."""
    if not _FIRST_DAY < serial < _LAST_DAY:
        return serial
    days = int(serial)
    # Before 1900 the day is negative, and the time of the day still counts forward.
    found = _DAYS + timedelta(days=days, seconds=round(abs(serial - days) * 86_400))
    raw = number_text(serial)
    if days == 0 and serial:
        return Moment(raw, found.time().isoformat().encode())
    shown = found.date().isoformat() if not found.hour + found.minute + found.second else found.isoformat()
    return Moment(raw, shown.encode())


def text_of(data: bytes, encoding: str) -> str:
    """Give a text: UTF-16, also with every second byte left out, or single bytes in Access 97."""
    if encoding != "utf-16-le":
        return data.decode(encoding, "replace")
    if not data.startswith(_COMPRESSED):
        return data.decode("utf-16-le", "replace")
    parts = data[2:].split(b"\0")
    # A NUL turns the leaving out off and on again.
    return "".join(
        part.decode("utf-16-le", "replace") if at % 2 else part.decode("latin-1")
        for at, part in enumerate(parts)
    )
