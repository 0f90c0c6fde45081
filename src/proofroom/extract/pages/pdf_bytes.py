"""Read from the bytes of a PDF what its reader does not tell: where revisions end, and its XMP packets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final

_BLOCK: Final = 1 << 20
_MOST_BYTES: Final = 512 << 20
_OVERLAP: Final = 16
_MOST_ENDS: Final = 4_096
_SHOWN_ENDS: Final = 64
_MOST_PACKETS: Final = 4
_LONGEST_PACKET: Final = 1 << 18
_LEAST_REST: Final = 16
_HEAD: Final = 1_024
_MARKS: Final = re.compile(rb"%%EOF|<x:xmpmeta|/Encrypt\b")
_OBJECT: Final = re.compile(rb"\d+ \d+ obj\b")
_CATALOG: Final = re.compile(rb"/Type\s*/Catalog\b")
_NUMBER: Final = re.compile(rb"(\d{1,10})\s+\d+\s+obj\b")
_LONGEST_CATALOG: Final = 4_096
_MOST_MENDED: Final = 256 << 20
_HEADER: Final = re.compile(rb"%PDF-(\d\.\d)")


@dataclass(slots=True)
class PdfBytes:
    """What the bytes tell: header, ends of revisions, packets, and whether the file breaks off."""

    version: str = ""
    header_at: int = 0
    linearized: bool = False
    ends: list[int] = field(default_factory=list)
    packets: list[bytes] = field(default_factory=list)
    trailing: int = 0
    breaks_off: bool = False
    encrypt_at: list[int] = field(default_factory=list)

    @property
    def revision_ends(self) -> list[int]:
        """Where the document was once complete; a linearized file has an end mark after its first page too."""
        return self.ends[1:] if self.linearized else self.ends

    def facts(self) -> Iterator[tuple[str, str]]:
        """Give the facts as properties."""
        yield "pdf:header-version", self.version
        if self.header_at:
            yield "pdf:header-offset", str(self.header_at)
        if self.linearized:
            yield "pdf:linearized", "1"
        # A linearized file has an end mark after its first page too.
        yield "pdf:revisions", str(max(len(self.ends) - self.linearized, 0))
        more = f" (+{len(self.ends) - _SHOWN_ENDS})" if len(self.ends) > _SHOWN_ENDS else ""
        yield "pdf:revision-ends", " ".join(map(str, self.ends[:_SHOWN_ENDS])) + more
        if self.trailing >= _LEAST_REST:
            yield "pdf:trailing-bytes", str(self.trailing)


def scan_pdf(stream: BinaryIO, size: int) -> PdfBytes:
    """Scan the bytes once, block by block; never raises."""
    found = PdfBytes()
    stream.seek(0)
    head = stream.read(_HEAD)
    header = _HEADER.search(head)
    if header:
        found.version, found.header_at = header.group(1).decode("ascii"), header.start()
    found.linearized = b"/Linearized" in head
    packets: list[int] = []
    for place, mark in _marks(stream, min(size, _MOST_BYTES)):
        if mark == b"%%EOF":
            if len(found.ends) < _MOST_ENDS:
                found.ends.append(place + len(mark))
        elif mark == b"/Encrypt":
            found.encrypt_at = [*found.encrypt_at, place][-_MOST_PACKETS:]
        elif len(packets) < _MOST_PACKETS:
            packets.append(place)
    found.packets = [packet for place in packets if (packet := _packet(stream, place))]
    last = found.ends[-1] if found.ends else 0
    stream.seek(last)
    rest = stream.read(_BLOCK).strip()
    found.trailing = size - last if found.ends and rest else 0
    found.breaks_off = not found.ends or bool(_OBJECT.search(rest))
    return found


def mended(stream: BinaryIO) -> bytes:
    """Give a document that breaks off, with a trailer that names its catalog; b"" when that did not arrive."""
    stream.seek(0)
    data = stream.read(_MOST_MENDED)
    for catalog in _CATALOG.finditer(data):
        before = data[max(catalog.start() - _LONGEST_CATALOG, 0) : catalog.start()]
        numbers = _NUMBER.findall(before)
        if numbers:
            return data + b"\nendobj\ntrailer\n<< /Root %s 0 R >>\nstartxref\n0\n%%%%EOF\n" % numbers[-1]
    return b""


def _marks(stream: BinaryIO, size: int) -> Iterator[tuple[int, bytes]]:
    """Find the marks and their places; a mark across two blocks is found once."""
    at, tail = 0, b""
    stream.seek(0)
    while at < size and (block := stream.read(min(_BLOCK, size - at))):
        data, start = tail + block, at - len(tail)
        for mark in _MARKS.finditer(data):
            if mark.end() > len(tail):
                yield start + mark.start(), mark.group()
        at += len(block)
        tail = data[-_OVERLAP:]


def _packet(stream: BinaryIO, place: int) -> bytes:
    """Give an XMP packet that begins at a place, or nothing when it has no end."""
    stream.seek(place)
    data = stream.read(_LONGEST_PACKET)
    end = data.find(b"</x:xmpmeta>")
    return data[: end + len(b"</x:xmpmeta>")] if end >= 0 else b""
