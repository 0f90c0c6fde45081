"""Read TNEF, the envelope `winmail.dat` in which Outlook sends what mail cannot carry (MS-OXTNEF).

Attributes of the envelope stand as `tnef:NAME`, properties as `mapi:NAME`, headers as `mail:NAME`; the lines of
the plain text as `para=N`. Web pages, rich text and attachments are members; an attached item is an envelope of
its own.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.containers.giving import give
from proofroom.extract.format import Format, Sink, Source, Unreadable
from proofroom.extract.letters import attachments
from proofroom.extract.letters.mapi_bag import Bag
from proofroom.extract.letters.mapi_values import Kind, Texts
from proofroom.extract.letters.message import send_message
from proofroom.extract.letters.tnef_records import Attribute, TnefStream, read_properties, read_rows
from proofroom.model.states import Reason, State

_CODEPAGE, _PROPERTIES, _RECIPIENTS = 0x00069007, 0x00069003, 0x00069004
_BEGIN, _TITLE, _DATA, _ICON, _ATTACHED = 0x00069002, 0x00018010, 0x0006800F, 0x00068011, 0x00069005
_TEXTS: Final = {
    0x00078008: (0x001A, "message-class"),
    0x00018004: (0x0037, "subject"),
    0x00018009: (0, "message-id"),
    0x0001800A: (0, "parent-id"),
    0x0001800B: (0, "conversation-id"),
    0x0002800C: (0x1000, ""),
    0x00070006: (0, "original-message-class"),
    0x00069001: (0, "attachment-transport-name"),
}
_DATES: Final = {
    0x00038005: "date-sent",
    0x00038006: "date-received",
    0x00038020: "date-modified",
    0x00030006: "date-start",
    0x00030007: "date-end",
    0x00038012: "attachment-created",
    0x00038013: "attachment-modified",
}
_NUMBERS: Final = {
    0x00089006: "version",
    0x0004800D: "priority",
    0x00068007: "message-status",
    0x00040009: "request-response",
    0x00040008: "aid-owner",
}
_PEOPLE: Final = {0x00008000: "from", 0x00060000: "owner", 0x00060001: "sent-for", 0x00060002: "delegate"}
_LONG_NAME, _DATA_TAG = 0x3704, 0x3701
_MESSAGE: Final = bytes.fromhex("0703020000000000c000000000000046")
_GUID: Final = 16


@dataclass(slots=True)
class _Attached:
    """One attachment under way: its properties, its title, and where its bytes stand."""

    bag: Bag = field(default_factory=Bag)
    title: bytes = b""
    data: Attribute | None = None
    icon: Attribute | None = None


def read(source: Source, sink: Sink) -> None:
    """Read an envelope; what is damaged costs what stands behind it, which is said."""
    stream = TnefStream(source.untrusted, source.size)
    envelope = _Envelope(stream, sink)
    for one in stream.attributes():
        envelope.take(one)
    envelope.end()
    if stream.damaged:
        sink.partly(Reason.DAMAGED_PART)
    if stream.cut:
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)


class _Envelope:
    """One envelope on its way to the sink."""

    def __init__(self, stream: TnefStream, sink: Sink) -> None:
        self._stream = stream
        self._sink = sink
        self._bag = Bag()
        self._codepage = 0
        self._legacy: dict[int, bytes] = {}
        self._recipients: list[Bag] = []
        self._attached: list[_Attached] = []

    def take(self, one: Attribute) -> None:
        """Take the next attribute."""
        if one.id == _BEGIN:
            self._attached.append(_Attached())
        elif one.id in (_TITLE, _DATA, _ICON, _ATTACHED):
            self._take_attached(one)
        elif one.id == _CODEPAGE:
            self._codepage = int.from_bytes(self._stream.read(one)[:4], "little")
            self._sink.meta("tnef:codepage", str(self._codepage))
        elif one.id == _PROPERTIES:
            self._bag = read_properties(self._stream.read(one))
        elif one.id == _RECIPIENTS:
            self._recipients = read_rows(self._stream.read(one))
        elif one.id in _TEXTS:
            self._legacy[one.id] = self._stream.read(one).rstrip(b"\0")
        else:
            self._fact(one.id, self._stream.read(one))

    def end(self) -> None:
        """Send the message, then what is attached."""
        self._bag.codepage = self._codepage
        for number, raw in self._legacy.items():
            tag, _ = _TEXTS[number]
            if tag and self._bag.get(tag) is None:
                self._bag.add(tag, Kind.STRING, (raw,))
        legacy = Texts(self._bag.texts().codec, b"\n".join(self._legacy.values()))
        for number, raw in self._legacy.items():
            if _TEXTS[number][1] and raw:
                self._sink.meta(f"tnef:{_TEXTS[number][1]}", legacy.decode(raw, Kind.STRING))
        texts = send_message(self._sink, self._bag, self._recipients)
        for place, one in enumerate(self._attached, 1):
            self._send(one, place, texts)

    def _take_attached(self, one: Attribute) -> None:
        if not self._attached:
            self._attached.append(_Attached())
        attached = self._attached[-1]
        if one.id == _TITLE:
            attached.title = self._stream.read(one).rstrip(b"\0")
        elif one.id == _DATA:
            attached.data = one
        elif one.id == _ICON:
            attached.icon = one
        else:
            attached.bag = read_properties(self._stream.read(one))

    def _fact(self, number: int, raw: bytes) -> None:
        """Send an attribute that is a date, a number or a person; of an unknown one its bytes."""
        if number in _DATES:
            value = _date(raw)
        elif number in _NUMBERS:
            value = str(int.from_bytes(raw, "little"))
        else:
            value = Texts("", raw).decode(raw, Kind.STRING) if number in _PEOPLE else raw[:2_048].hex()
        name = _DATES.get(number) or _NUMBERS.get(number) or _PEOPLE.get(number) or f"0x{number:08X}"
        self._sink.meta(
            f"tnef:{name}", "".join(sign if sign.isprintable() else " " for sign in value).strip()
        )

    def _send(self, one: _Attached, place: int, above: Texts) -> None:
        """Send one attachment: its facts, its icon, and its bytes or what stands for them."""
        if one.title and one.bag.get(0x3707, _LONG_NAME) is None:
            one.bag.add(_LONG_NAME, Kind.STRING, (one.title,))
        texts = one.bag.texts(above)
        attachments.send_attachment_facts(self._sink, one.bag, texts, place)
        if one.icon is not None and one.icon.length:
            give(
                self._sink, b"attachment-%d-icon.wmf" % place, one.icon.length, self._stream.blocks(one.icon)
            )
        inner = one.bag.raw(_DATA_TAG)
        if one.data is not None and one.data.length:
            name = attachments.attachment_name(one.bag, texts, place)
            give(self._sink, name, one.data.length, self._stream.blocks(one.data))
        elif inner:
            is_item = inner.startswith(_MESSAGE)
            name = attachments.attachment_name(one.bag, texts, place, ".tnef" if is_item else "")
            give(self._sink, name, len(inner) - _GUID, _behind_guid(inner))
        elif one.data is not None:
            give(self._sink, attachments.attachment_name(one.bag, texts, place), 0, ())
        else:
            attachments.send_without_data(self._sink, one.bag, texts, place)


def _behind_guid(inner: bytes) -> Iterator[bytes]:
    """Give an attached object without the name of its interface."""
    yield inner[_GUID:]


def _date(raw: bytes) -> str:
    """Write a date of seven numbers (year, month, day, hour, minute, second, weekday), which names no zone."""
    if len(raw) < 12:
        return raw.hex()
    year, month, day, hour, minute, second = struct.unpack_from("<6H", raw)
    return f"{year:04d}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}"


FORMAT = Format(
    name="tnef",
    media_types=frozenset(("application/vnd.ms-tnef",)),
    read=read,
    sample="tnef.dat",
)
