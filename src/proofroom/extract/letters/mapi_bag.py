"""Hold the MAPI properties of a message, recipient or attachment, wherever they were kept, and send them as facts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.format import Sink
from proofroom.extract.letters.mapi_names import tag_name
from proofroom.extract.letters.mapi_values import LONGEST_HEX, MANY, WIDTHS, Kind, Texts, codec_of, shown
from proofroom.extract.letters.threads import conversation

_FIRST_NAMED: Final = 0x8000
_SAMPLE: Final = 1 << 16
_MESSAGE_CODEPAGE, _INTERNET_CODEPAGE, _LOCALE = 0x3FFD, 0x3FDE, 0x3FF1
_CONVERSATION_INDEX: Final = 0x0071
_LOOKS: Final = ("common:0x85C2", "common:0x85C3", "common:0x85C4")
"""The theme that the program draws every message with: no content, and the same in all of them."""

_STRINGS: Final = (Kind.STRING, Kind.UNICODE)


@dataclass(frozen=True, slots=True)
class Property:
    """One property: its number, the kind of its values, and their bytes (several only of a multiple one)."""

    tag: int
    kind: int
    values: tuple[bytes, ...]


@dataclass(slots=True)
class Bag:
    """Properties in the order in which they stand; `names` gives those beyond 0x8000 their names."""

    names: dict[int, str] = field(default_factory=dict)
    properties: list[Property] = field(default_factory=list)
    damaged: bool = False
    size: int = 0
    codepage: int = 0

    def add(self, tag: int, kind: int, values: tuple[bytes, ...]) -> None:
        """Take one property; values too short for their kind are damage."""
        width = WIDTHS.get(Kind(kind & ~MANY), 0) if kind & ~MANY in set(Kind) else 0
        if any(len(value) < width for value in values):
            self.damaged = True
            return
        self.properties.append(Property(tag, kind, values))

    def get(self, *tags: int) -> Property | None:
        """Give the first property that is there and not empty, of several that say the same."""
        for tag in tags:
            for one in self.properties:
                if one.tag == tag and one.values and one.kind != Kind.ERROR and any(one.values):
                    return one
        return None

    def number(self, tag: int) -> int:
        """Give a number; 0 when there is none."""
        found = self.get(tag)
        if found is None or found.kind not in (Kind.LONG, Kind.SHORT, Kind.BOOLEAN, Kind.INTEGER):
            return 0
        return int.from_bytes(found.values[0], "little", signed=True)

    def raw(self, *tags: int) -> bytes:
        """Give the bytes of a value, b"" when there is none."""
        found = self.get(*tags)
        return found.values[0] if found else b""

    def text(self, texts: Texts, *tags: int) -> str:
        """Give the first of several texts that is there, "" when there is none."""
        for tag in tags:
            found = self.get(tag)
            if found is not None and found.kind in _STRINGS:
                text = texts.decode(found.values[0], found.kind)
                if text.strip():
                    return text
        return ""

    def named(self, name: str) -> Property | None:
        """Give a named property by the name it has in our keys."""
        return next((one for one in self.properties if self.names.get(one.tag) == name), None)

    def texts(self, above: Texts | None = None) -> Texts:
        """Give the decoder of this bag's one-byte texts; what declares no code page has that of what holds it."""
        pages = (self.number(_MESSAGE_CODEPAGE), self.codepage, self.number(_INTERNET_CODEPAGE))
        sample = bytearray()
        for one in self.properties:
            if one.kind & ~MANY == Kind.STRING and len(sample) < _SAMPLE:
                sample += b"\n".join(value[:_SAMPLE].rstrip(b"\0") for value in one.values) + b"\n"
        codec = codec_of(pages, self.number(_LOCALE)) or (above.codec if above else "")
        return Texts(codec, bytes(sample))

    def key(self, one: Property) -> str:
        """Give the key of a property without its namespace."""
        if one.tag < _FIRST_NAMED:
            return tag_name(one.tag)
        return self.names.get(one.tag, f"0x{one.tag:04X}")

    def facts(self, texts: Texts, leave: frozenset[int]) -> Iterator[tuple[str, str]]:
        """Give every property as (key, text), each value on its own, but those in `leave`."""
        for one in self.properties:
            if one.tag in leave:
                continue
            key = self.key(one)
            for value in one.values:
                if (
                    one.kind & ~MANY != Kind.OBJECT
                    and (text := shown(value, one.kind & ~MANY, texts)).strip()
                ):
                    yield key, text
            if one.tag == _CONVERSATION_INDEX and one.values:
                yield from (("conversation-time", when) for when in conversation(one.values[0]).times)


def send_long(bag: Bag, sink: Sink, leave: frozenset[int]) -> None:
    """Hand out bytes that are too long for a fact as members under the name of their property."""
    for one in bag.properties:
        if (
            one.tag in leave
            or one.kind & ~MANY not in (Kind.BINARY, Kind.SERVER_ID)
            or bag.key(one) in _LOOKS
        ):
            continue
        for number, value in enumerate(one.values, 1):
            if len(value) > LONGEST_HEX:
                name = bag.key(one).replace("/", "_").replace(":", "-")
                ending = f"-{number}.bin" if len(one.values) > 1 else ".bin"
                with sink.member(f"properties/{name}{ending}".encode("utf-8", "replace"), len(value)) as out:
                    out.write(value)
