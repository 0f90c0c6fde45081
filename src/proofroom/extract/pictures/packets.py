"""Read the packets that programs leave in pictures: XMP, IPTC and the name of a colour profile."""

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
_IPTC_RESOURCE: Final = 0x0404
_RESOURCE: Final = b"8BIM"
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


def iptc_facts(resources: bytes) -> Iterator[tuple[str, str]]:
    """Give the IPTC records among Photoshop's image resources, and the numbers of all of these."""
    numbers: list[str] = []
    for number, body in _resources(resources):
        numbers.append(f"{number:04X}")
        if number == _IPTC_RESOURCE:
            yield from _records(body)
    if numbers:
        yield "photoshop:resources", " ".join(numbers)


def _resources(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Walk through image resources: signature, number, name, length, body, each on an even place."""
    at = 0
    for _ in range(_MOST):
        if data[at : at + 4] != _RESOURCE or at + 7 > len(data):
            return
        name = data[at + 6] + 1
        body = at + 6 + name + name % 2
        length = int.from_bytes(data[body : body + 4])
        yield int.from_bytes(data[at + 4 : at + 6]), data[body + 4 : body + 4 + length]
        at = body + 4 + length + length % 2


def _records(data: bytes) -> Iterator[tuple[str, str]]:
    """Walk through IPTC data sets (IIM 4.2): mark, record, number, length, value."""
    at = 0
    for _ in range(_MOST):
        if len(data) < at + 5 or data[at] != _RECORD:
            return
        record, number, length = data[at + 1], data[at + 2], int.from_bytes(data[at + 3 : at + 5])
        if length & 0x8000:
            return
        value = data[at + 5 : at + 5 + length]
        if record > 1:
            yield f"iptc:{_IPTC_NAMES.get((record, number), f'{record}:{number}')}", decode_short(value)
        at += 5 + length


def profile_name(profile: bytes) -> str:
    """Give the name of a colour profile (ISO 15076-1, 9.2.41), or nothing."""
    for number in range(min(int.from_bytes(profile[128:132]), 128)):
        entry = profile[132 + 12 * number : 144 + 12 * number]
        if entry[:4] == b"desc":
            start, length = int.from_bytes(entry[4:8]), int.from_bytes(entry[8:12])
            return _description(profile[start : start + min(length, _MOST)])
    return ""


def _description(tag: bytes) -> str:
    """Give a profile's description in either of its two forms."""
    if tag[:4] == b"desc":
        return decode_short(tag[12 : 12 + int.from_bytes(tag[8:12])])
    if tag[:4] == b"mluc" and len(tag) >= 28:
        start = int.from_bytes(tag[24:28])
        return tag[start : start + int.from_bytes(tag[20:24])].decode("utf-16-be", "replace").strip("\0")
    return ""
