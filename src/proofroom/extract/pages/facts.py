"""What a PDF says about itself: own properties, XMP, and where the two disagree; versions and claims."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from proofroom.extract.pages.tree import LONGEST, entries, entry, is_dictionary, items, words
from proofroom.extract.pictures.packets import xmp_facts

_STANDARD: Final = (
    "Title", "Author", "Subject", "Keywords", "Creator", "Producer", "CreationDate", "ModDate", "Trapped",
)  # fmt: skip
_MOST: Final = 1_000
_SAME: Final = {
    "Title": "title",
    "Author": "creator",
    "Subject": "description",
    "Keywords": "Keywords",
    "Creator": "CreatorTool",
    "Producer": "Producer",
    "CreationDate": "CreateDate",
    "ModDate": "ModifyDate",
}
_DATE: Final = re.compile(r"\d+")
_SECONDS: Final = 14
_PACKET_END: Final = b"</x:xmpmeta>"


def document_facts(pdf: Any) -> Iterator[tuple[str, str]]:
    """Give versions, language, claims and what programs left in the catalog."""
    root = pdf.Root
    yield "pdf:catalog-version", words(entry(root, "/Version"))
    for name, extension in entries(entry(root, "/Extensions")):
        level = words(entry(extension, "/ExtensionLevel"))
        yield "pdf:extension", f"{name[1:]} {words(entry(extension, '/BaseVersion'))} {level}".strip()
    yield "pdf:language", words(entry(root, "/Lang"))
    yield "pdf:tagged", "1" if entry(root, "/MarkInfo", "/Marked") is True else ""
    for intent in items(entry(root, "/OutputIntents")):
        said = [words(entry(intent, key)) for key in ("/S", "/OutputConditionIdentifier", "/Info")]
        yield "pdf:output-intent", " ".join(filter(None, said))
    for name, piece in entries(entry(root, "/PieceInfo")):
        yield "pdf:program-data", f"{name[1:]} {words(entry(piece, '/LastModified'))}".strip()
    if is_dictionary(collection := entry(root, "/Collection")):
        yield "pdf:portfolio", words(entry(collection, "/View")) or "1"
    if is_dictionary(entry(root, "/AcroForm")):
        kind = "XFA" if entry(root, "/AcroForm", "/XFA") is not None else "AcroForm"
        yield "pdf:form", kind
    for name, _ in entries(entry(root, "/Perms")):
        yield "pdf:usage-rights", name[1:]


def own_properties(pdf: Any) -> Iterator[tuple[str, str]]:
    """Give the properties that a program added to the standard ones."""
    for name, value in entries(entry(pdf.trailer, "/Info"))[:_MOST]:
        if name[1:] not in _STANDARD:
            yield f"pdf:info:{name[1:]}", words(value)


def packet_facts(packets: Iterable[bytes]) -> Iterator[tuple[str, str]]:
    """Give what XMP packets say, each once."""
    for packet in dict.fromkeys(map(_without_wrapper, packets)):
        yield from xmp_facts(packet)


def _without_wrapper(packet: bytes) -> bytes:
    """Cut what is only packed around a packet, so that one that is found twice is told once."""
    start, end = packet.find(b"<x:xmpmeta"), packet.rfind(_PACKET_END)
    return packet[start : end + len(_PACKET_END)] if 0 <= start < end else packet.strip(b"\0 \r\n")


def claims(packet: bytes, info: Any) -> Iterator[tuple[str, str]]:
    """Give the standards that a document claims to keep."""
    found: dict[str, str] = {}
    for key, value in xmp_facts(packet):
        found.setdefault(key.removeprefix("xmp:"), value)
    if "part" in found:
        standard = "PDF/UA" if b"pdfuaid" in packet and b"pdfaid" not in packet else "PDF/A"
        yield "pdf:claims", f"{standard}-{found['part']}{found.get('conformance', '').lower()}"
    for key in ("/GTS_PDFXVersion", "/GTS_PDFVTVersion"):
        if claim := words(entry(info, key)):
            yield "pdf:claims", claim


def disagreements(packet: bytes, info: Any) -> Iterator[tuple[str, str]]:
    """Name the properties that the document's own list and its XMP packet give differently."""
    found: dict[str, list[str]] = {}
    for key, value in xmp_facts(packet):
        found.setdefault(key.removeprefix("xmp:"), []).append(value)
    for name, other in _SAME.items():
        own, theirs = words(entry(info, f"/{name}")), found.get(other, [])
        if not own or not theirs:
            continue
        if name.endswith("Date"):
            same = _digits(own) in {_digits(one) for one in theirs}
        else:
            same = "".join(own.split()) in {
                "".join(one.split()) for one in (*theirs, "".join(theirs), ", ".join(theirs))
            }
        if not same:
            yield "pdf:disagrees", f"{name}: {own} | XMP: {'; '.join(theirs)}"[:LONGEST]


def _digits(date: str) -> str:
    """Give the digits of a date up to its seconds: D:20150703101500 and 2015-07-03T10:15:00 are one."""
    date = re.split(r"[Zz+]|(?<=:\d\d)-", date, maxsplit=1)[0] if "T" in date else date
    return "".join(_DATE.findall(date))[:_SECONDS]
