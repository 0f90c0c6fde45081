"""Read single values out of properties: texts, times, and the first object that one refers to."""

from __future__ import annotations

import re
import struct
from datetime import UTC, datetime, timedelta
from typing import Final

from proofroom.extract.onenote.names import TEXT, TEXT_ONE_BYTE
from proofroom.extract.onenote.notebook import Id, NoteObject, Properties

_SINCE: Final = datetime(1980, 1, 1, tzinfo=UTC)
_SINCE_LONG: Final = datetime(1601, 1, 1, tzinfo=UTC)
_LATEST: Final = 2_650_467_743_999_999_999
_LINK: Final = re.compile('\ufddfHYPERLINK "([^"\ufddf]*)"')
_HOLLOW: Final = re.compile("[\ufddf\ufffc]")


def text_of(properties: Properties, name: int) -> str:
    """Give a text in UTF-16, without the NUL at its end."""
    value = properties.get(name)
    return value.decode("utf-16-le", "replace").rstrip("\0") if isinstance(value, bytes) else ""


def written(found: NoteObject) -> tuple[str, list[str]]:
    """Give what an object says, and where the links in it lead."""
    text = text_of(found.properties, TEXT)
    plain = found.properties.get(TEXT_ONE_BYTE)
    if not text and isinstance(plain, bytes):
        text = plain.decode("latin-1").rstrip("\0")
    links = _LINK.findall(text)
    return _HOLLOW.sub("", _LINK.sub("", text)).replace("\x0b", "\n"), links


def time_of(properties: Properties, name: int) -> str:
    """Give a time in seconds since 1980, or in units of 100 ns since 1601, as UTC; "" for none."""
    value = properties.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not value:
        return ""
    if name >> 26 == 5:
        moment = _SINCE + timedelta(seconds=value)
    elif value <= _LATEST:
        moment = _SINCE_LONG + timedelta(microseconds=value // 10)
    else:
        return ""
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def ids_of(properties: Properties, name: int) -> list[Id]:
    """Give the objects that a property refers to."""
    value = properties.get(name)
    if not isinstance(value, list):
        return []
    return [one for one in value if isinstance(one, tuple)]


def sets_of(properties: Properties, name: int) -> list[Properties]:
    """Give the sets of properties that a property holds."""
    value = properties.get(name)
    if not isinstance(value, list):
        return []
    return [one for one in value if isinstance(one, dict)]


def place_of(properties: Properties, top: int, left: int) -> tuple[float, float]:
    """Give how far down and how far right something stands on its page; what says nothing stands at the top."""
    return _number(properties.get(top)), _number(properties.get(left))


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int):
        return 0.0
    found = float(struct.unpack("<f", struct.pack("<I", value & 0xFFFFFFFF))[0])
    return found if abs(found) < 1e9 else 0.0
