"""The earlier revisions of a PDF: where each ends, what it says of itself, and what only it holds."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from ctypes import byref, c_ulong
from dataclasses import dataclass
from typing import Any, BinaryIO, Final, cast

import pikepdf
import pypdfium2
from pypdfium2 import raw as pdfium

from proofroom.extract.format import Sink
from proofroom.extract.pages.aside import page_annotations
from proofroom.extract.pages.lines import Surroundings, page_text
from proofroom.extract.pages.things import Thing, page_things
from proofroom.extract.pages.tree import BROKEN, entry, items, words

_MOST_TOLD: Final = 64
_MOST_COMPARED: Final = 16
_MOST_PAGES: Final = 500
_MOST_PAGES_IN_ALL: Final = 2_000
_MOST_BYTES: Final = 256 << 20
_CHUNK: Final = 1 << 20
_START: Final = re.compile(rb"startxref\s+(\d{1,12})")
_TAIL: Final = 2_048
_OBJECT: Final = re.compile(rb"\d\s+\d+\s+obj\b")
_OVERLAP: Final = 32


class Beginning(io.RawIOBase):
    """The first so many bytes of a file, as a file of their own."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        """Look at the beginning of a stream that can be read anywhere."""
        super().__init__()
        self._stream = stream
        self._size = size
        self._at = 0

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def seekable(self) -> bool:
        """Say that it can be read anywhere."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(base + offset, 0)
        return self._at

    def tell(self) -> int:
        """Say where we are."""
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Read on, at most to the end of the beginning."""
        self._stream.seek(self._at)
        data = self._stream.read(max(min(len(buffer), self._size - self._at), 0))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


def beginning(stream: BinaryIO, size: int) -> BinaryIO:
    """Give the first so many bytes of a file as a file of their own, without copying them."""
    return cast("BinaryIO", io.BufferedReader(Beginning(stream, size)))


@dataclass(frozen=True, slots=True)
class Revision:
    """One state of a document in which it was saved: its number from 1, where it ends, what it says of itself."""

    number: int
    end: int
    whole: bool
    told: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        """Tell it in one line."""
        state = () if self.whole else (("state", "does not open"),)
        said = (("end", str(self.end)), *self.told, *state)
        return "; ".join(f"{key}={value}" for key, value in said if value)


def revisions(stream: BinaryIO, ends: Sequence[int], password: str | None) -> list[Revision]:
    """Look at the places where the document was once complete, the last ones up to a bound."""
    found = []
    for number, mark in [*enumerate(ends, 1)][-_MOST_TOLD:]:
        end = _with_line_end(stream, mark)
        own = _own(stream, end, password or "")
        told = (("startxref", _table(stream, end)), *(own or ()))
        found.append(Revision(number, end, own is not None, told))
    return found


def _with_line_end(stream: BinaryIO, end: int) -> int:
    """Give the end behind the line's own end, so that a revision is byte for byte the file it once was."""
    stream.seek(end)
    following = stream.read(2)
    return end + (2 if following == b"\r\n" else 1 if following[:1] in (b"\n", b"\r") else 0)


def _table(stream: BinaryIO, end: int) -> str:
    start = max(end - _TAIL, 0)
    stream.seek(start)
    found = _START.findall(stream.read(end - start))
    return found[-1].decode("ascii") if found else ""


def _own(stream: BinaryIO, end: int, password: str) -> tuple[tuple[str, str], ...] | None:
    """Give what a revision says of itself; None when it is no document of its own."""
    if end > _MOST_BYTES:
        return None
    try:
        with pikepdf.open(
            beginning(stream, end),
            password=password,
            access_mode=pikepdf.AccessMode.stream,
            suppress_warnings=True,
            attempt_recovery=False,
            inherit_page_attributes=False,
        ) as pdf:
            info = entry(pdf.trailer, "/Info")
            ids = [
                bytes(one).hex()
                for one in items(entry(pdf.trailer, "/ID"))
                if isinstance(one, pikepdf.String)
            ]
            return (
                ("id", " ".join(ids)),
                ("pages", str(len(pdf.pages))),
                *((key[1:], words(entry(info, key))) for key in ("/CreationDate", "/ModDate", "/Producer")),
            )
    except (*BROKEN, OSError):
        return None


def send_earlier(
    stream: BinaryIO, found: Sequence[Revision], size: int, opened: tuple[Any, str | None], sink: Sink
) -> None:
    """Hand out the last earlier revision that holds something the document does not hold any more.

    That member is read like any file, and so hands out the one before it: a chain in which each stands once.
    `size` is where the last revision of the document ends.
    """
    pdf, password = opened
    ends = [*(one.end for one in found[1:]), size]
    changed = [
        one
        for one, end in zip(found, ends, strict=False)
        if one.whole and one.end < end and _has_objects(stream, one.end, end)
    ]
    now = held_by(pdf) if changed else None
    left = _MOST_PAGES_IN_ALL
    for revision in changed[: -_MOST_COMPARED - 1 : -1]:
        left -= len(pdf)
        said = _held(stream, revision.end, password) if left >= 0 else None
        if now is None or said is None or not said <= now:
            with sink.member(b"revision-%d.pdf" % revision.number, revision.end) as out:
                for block in _blocks(stream, 0, revision.end):
                    out.write(block)
            return


def _has_objects(stream: BinaryIO, start: int, end: int) -> bool:
    """Say whether objects stand between two places; some programs add nothing but a second table."""
    tail = b""
    for block in _blocks(stream, start, end):
        if _OBJECT.search(tail + block):
            return True
        tail = block[-_OVERLAP:]
    return False


def _blocks(stream: BinaryIO, start: int, end: int) -> Iterator[bytes]:
    place = start
    while place < end:
        stream.seek(place)
        block = stream.read(min(_CHUNK, end - place))
        if not block:
            return
        place += len(block)
        yield block


def _held(stream: BinaryIO, end: int, password: str | None) -> set[str] | None:
    """Give what stands in a revision; None when it does not open or is too large to compare."""
    try:
        pdf = pypdfium2.PdfDocument(beginning(stream, end), password=password)
    except (pypdfium2.PdfiumError, OSError, ValueError):
        return None
    try:
        return held_by(pdf)
    finally:
        pdf.close()


def held_by(pdf: Any) -> set[str] | None:
    """Give the lines, notes, pictures and attached files of an open document, to compare two revisions by."""
    found: set[str] = set()
    if len(pdf) > _MOST_PAGES:
        return None
    for number in range(len(pdf)):
        page = pdfium.FPDF_LoadPage(pdf, number)
        if not page:
            continue
        try:
            things = page_things(page)
            found.update(line.untrusted_text for line in page_text(page, (), Surroundings()).lines)
            found.update(note.untrusted_text for note in page_annotations(pdf, None, page))
            found.update(_picture(thing) for thing in things if thing.kind == pdfium.FPDF_PAGEOBJ_IMAGE)
        finally:
            pdfium.FPDF_ClosePage(page)
    for number in range(min(pdfium.FPDFDoc_GetAttachmentCount(pdf), _MOST_PAGES)):
        size = c_ulong()
        pdfium.FPDFAttachment_GetFile(pdfium.FPDFDoc_GetAttachment(pdf, number), None, 0, byref(size))
        found.add(f"file of {size.value} bytes")
    return found


def _picture(thing: Thing) -> str:
    return f"picture of {pdfium.FPDFImageObj_GetImageDataRaw(thing.handle, None, 0)} bytes"
