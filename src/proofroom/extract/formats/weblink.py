"""Read links kept as files (url, desktop, webloc): every line, where they lead, and what stands beside.

`link=N` are the addresses, `para=N` the lines of the file as they stand. Fields stand as `weblink:NAME`. Nothing is
ever followed.
"""

from __future__ import annotations

import codecs
import plistlib
import re
from typing import Final
from xml.parsers.expat import ExpatError

from proofroom.extract.encoding import decode_all, find_encoding
from proofroom.extract.format import Format, Line, Sink, Source, Unreadable
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.ole.filetime import iso_time
from proofroom.model.evidence import PieceKind
from proofroom.model.states import Reason, State

URL_FILE: Final = "application/x-mswinurl"
DESKTOP: Final = "application/x-desktop"
WEBLOC: Final = "application/x-webloc"
_LARGEST: Final = 16 << 20
_MOST: Final = 10_000
_GROUP: Final = re.compile(r"\s*\[([^\]]{1,200})\]")
_FIELD: Final = re.compile(r"\s*([A-Za-z0-9@_.-]{1,64}(?:\[[^\]]{1,40}\])?)\s*=\s*(.*)")
_PLACES: Final = frozenset(
    ("url", "baseurl", "orgurl", "exec", "iconfile", "workingdirectory", "tryexec", "path")
)
_COMMANDS: Final = frozenset(("exec", "tryexec"))
_STAMP: Final = re.compile(r"[0-9A-Fa-f]{16,20}\Z")

codecs.lookup("utf-7")  # a sealed worker can load no codec any more


def read(source: Source, sink: Sink) -> None:
    """Read a link; a list of Apple's gives its address, any other file its groups and fields."""
    data = source.untrusted.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise Unreadable(State.TRUNCATED, Reason.LIMIT_TEXT_BYTES)
    text = decode_all(data, find_encoding(data, True).encoding)
    with LineBatch(sink) as lines:
        for number, line in enumerate(text.splitlines(), 1):
            lines.put((("para", str(number)),), PieceKind.LINE, line)
    if not text.strip():
        raise Unreadable(State.EMPTY, Reason.NO_TEXT)
    found = _plist(data) if b"<plist" in data[:1_024] else _fields(text)
    if found is None:
        sink.partly(Reason.DAMAGED_PART)
        return
    places: list[str] = []
    for key, value in found[:_MOST]:
        sink.meta(f"weblink:{key}", value)
        name = key.rpartition(":")[2].partition("[")[0]
        if name in _PLACES and value and value not in places and name not in _COMMANDS:
            places.append(value)
    sink.lines([Line(f"link={number}", PieceKind.NAME, place) for number, place in enumerate(places, 1)])
    for number, (_, value) in enumerate([one for one in found if one[0] == "exec"][:1], 1):
        sink.lines([Line(f"action={number}", PieceKind.PARAGRAPH, value)])


def _fields(text: str) -> list[tuple[str, str]]:
    """Give the fields of all groups; those of another group than the first bear its name."""
    found: list[tuple[str, str]] = []
    group = first = ""
    for line in text.splitlines():
        begun = _GROUP.match(line)
        field = _FIELD.match(line)
        if begun:
            group = begun.group(1)
            first = first or group
        elif field:
            key, value = field.group(1).lower(), field.group(2).strip()
            place = "" if group.casefold() in (first.casefold(), "internetshortcut") else f"{group}:"
            if group.casefold().endswith(".w"):
                place, value = "", _seven(value)
            found.append((f"{place}{key}", value))
            if key == "modified" and _STAMP.match(value):
                found.append(("modified:utc", iso_time(int.from_bytes(bytes.fromhex(value[:16]), "little"))))
    return [(key, value) for key, value in dict.fromkeys(found) if value]


def _seven(value: str) -> str:
    """Undo UTF-7, in which a shortcut keeps what its code page cannot hold."""
    try:
        return value.encode("ascii").decode("utf-7")
    except UnicodeError:
        return value


def _plist(data: bytes) -> list[tuple[str, str]] | None:
    """Give the texts of a property list; None when it is none."""
    try:
        found = plistlib.loads(data)
    except (plistlib.InvalidFileException, ExpatError, ValueError, LookupError, TypeError, AttributeError,
            OverflowError, RecursionError):  # fmt: skip
        return None
    if not isinstance(found, dict):
        return None
    return [
        (str(key).lower()[:64], str(value)) for key, value in found.items() if isinstance(value, str | int)
    ]


FORMAT = Format("weblink", frozenset({URL_FILE, DESKTOP, WEBLOC}), read, sample="weblink.url")
