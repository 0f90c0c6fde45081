"""Read the packets that programs leave in pictures: XMP and IPTC."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from proofroom.extract.ooxml.safe_xml import Element, parse_small
from proofroom.extract.pictures.short_texts import LONGEST, decode_short
from proofroom.model.states import Reason

_MOST: Final = 2_048
_SYNTAX: Final = ("RDF", "Description", "xmpmeta", "xapmeta")
_SYNTAX_ATTRIBUTES: Final = ("about", "xmptk", "parseType", "lang", "type", "resource")
_LISTS: Final = ("Seq", "Bag", "Alt", "li")
_RECORD: Final = 0x1C
_CHARSET: Final = (1, 90)
_WIDEST: Final = 4
_IPTC_NAMES: Final = {
    (2, 5): "ObjectName", (2, 7): "EditStatus", (2, 15): "Category", (2, 25): "Keywords",
    (2, 40): "SpecialInstructions", (2, 55): "DateCreated", (2, 60): "TimeCreated",
    (2, 62): "DigitalCreationDate", (2, 65): "OriginatingProgram", (2, 70): "ProgramVersion",
    (2, 80): "By-line", (2, 85): "By-lineTitle", (2, 90): "City", (2, 92): "Sublocation",
    (2, 95): "Province", (2, 101): "Country", (2, 103): "OriginalTransmissionReference",
    (2, 105): "Headline", (2, 110): "Credit", (2, 115): "Source", (2, 116): "CopyrightNotice",
    (2, 118): "Contact", (2, 120): "Caption", (2, 122): "Writer",
}  # fmt: skip


def xmp_facts(packet: bytes) -> Iterator[tuple[str, str]]:
    """Give an XMP packet as it stands, and its properties by name; a broken one only as it stands."""
    yield "xmp:packet", packet.decode("utf-8", "replace").strip("\0 \r\n")[:LONGEST]
    failed: list[Reason] = []
    top = parse_small([packet.strip(b"\0 \r\n")], failed.append)
    for key, value in islice(_properties(top), _MOST):
        yield f"xmp:{key}", value[:LONGEST]


def _properties(top: Element) -> Iterator[tuple[str, str]]:
    """Give attributes and texts of an XMP tree by the name of the property they belong to."""
    waiting = [(top, "")]
    while waiting:
        element, above = waiting.pop()
        name = above if element.name in _LISTS or element.name in _SYNTAX else element.name
        for key, value in element.attributes.items():
            local = key.rpartition(" ")[2]
            if value.strip() and local not in _SYNTAX_ATTRIBUTES:
                yield local, value
        if not element.children and element.untrusted_text.strip() and name:
            yield name, element.untrusted_text.strip()
        waiting.extend((child, name) for child in reversed(element.children))


def iptc_records(data: bytes) -> Iterator[tuple[str, str]]:
    """Walk through IPTC data sets (IIM 4.2): mark, record, number, length, value."""
    at = 0
    for _ in range(_MOST):
        if len(data) < at + 5 or data[at] != _RECORD:
            return
        record, number, length = data[at + 1], data[at + 2], int.from_bytes(data[at + 3 : at + 5])
        at += 5
        if length & 0x8000:
            # The length of a long value stands behind the length of that length.
            wide = length & 0x7FFF
            if wide > _WIDEST:
                return
            length = int.from_bytes(data[at : at + wide])
            at += wide
        value = data[at : at + length]
        name = _IPTC_NAMES.get((record, number), f"{record}:{number}")
        yield (
            f"iptc:{name}",
            value.hex() if number == 0 or (record, number) == _CHARSET else decode_short(value),
        )
        at += length
