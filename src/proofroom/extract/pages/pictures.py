"""The pictures on PDF pages: handed out with their page and place, but for scans of whole pages.

A page that is one picture, or strips of one, is for the eyes of OCR; handing out its picture as well would
double the size of every scan. What stands in the file as a picture file (JPEG, JPEG 2000) is handed out as
it is, with all that it says of itself; anything else is written as PNG.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Sequence
from ctypes import byref, c_uint, create_string_buffer, string_at
from dataclasses import dataclass, field
from typing import Any, Final

from PIL import Image
from pypdfium2 import raw as pdfium

from proofroom.extract.format import Line, Sink, Unreadable
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.pages.box import Box, as_shown
from proofroom.extract.pages.things import Thing
from proofroom.limits import Limits
from proofroom.model.evidence import PieceKind
from proofroom.model.states import Reason, State
from proofroom.model.where import format_parts

_MOST_OF_A_PAGE: Final = 0.8
_ALL_ACROSS: Final = 0.9
_LEAST_PIXELS: Final = 64
_MOST_PICTURES: Final = 5_000
_MOST_BYTES: Final = 512 << 20
_LARGEST: Final = 40_000_000
_NAME_BYTES: Final = 64
_FILES: Final = {"DCTDecode": "jpg", "JPXDecode": "jp2"}
_MODES: Final = {
    pdfium.FPDFBitmap_Gray: ("L", "L"),
    pdfium.FPDFBitmap_BGR: ("RGB", "BGR"),
    pdfium.FPDFBitmap_BGRx: ("RGB", "BGRX"),
    pdfium.FPDFBitmap_BGRA: ("RGBA", "BGRA"),
}

Image.init()


@dataclass(slots=True)
class Pictures:
    """Hands out the pictures of one document, each once, and counts what it leaves to OCR."""

    sink: Sink
    limits: Limits
    scans: list[int] = field(default_factory=list)
    _given: dict[bytes, str] = field(default_factory=dict)
    _bytes: int = 0

    def of_page(self, page: int, things: Sequence[Thing], shown: tuple[Box, int], lines: LineBatch) -> None:
        """Hand out the pictures of a page; `shown` is the part of it that is shown, and its quarter turns."""
        whole, turns = shown
        pictures = [thing for thing in things if thing.kind == pdfium.FPDF_PAGEOBJ_IMAGE]
        if not pictures:
            return
        boxes = [thing.box.within(whole) for thing in pictures]
        if _is_scan(boxes, whole):
            self.scans.append(page)
            return
        for number, (thing, box) in enumerate(zip(pictures, boxes, strict=True), 1):
            name = self._hand_out(thing, page, number)
            if name:
                part = format_parts((("page", str(page)), ("picture", str(number))))
                lines.add(Line(part, PieceKind.NAME, name, box=as_shown(box, whole, turns)))

    def _hand_out(self, thing: Thing, page: int, number: int) -> str:
        """Hand out one picture; gives its name, that of the first of those that are the same."""
        width, height = c_uint(), c_uint()
        known = pdfium.FPDFImageObj_GetImagePixelSize(thing.handle, byref(width), byref(height))
        pixels = width.value * height.value if known else 0
        if pixels < _LEAST_PIXELS:
            return ""
        if len(self._given) >= _MOST_PICTURES or self._bytes > _MOST_BYTES:
            self.sink.partly(Reason.LIMIT_MEMBERS)
            return ""
        raw = _data(pdfium.FPDFImageObj_GetImageDataRaw, thing.handle)
        filters = _filters(thing.handle)
        kind = _FILES.get(filters[-1], "") if filters else ""
        digest = hashlib.sha256(
            raw + b"%d %d %s" % (width.value, height.value, "/".join(filters).encode())
        ).digest()
        if digest in self._given:
            return self._given[digest]
        name = f"page-{page}/picture-{number}.{kind or 'png'}"
        self._given[digest] = name
        data = raw if kind and len(filters) == 1 else b""
        with self.sink.member(name.encode(), len(data) if data else -1) as out:
            if not data and pixels > min(self.limits.pixels, _LARGEST):
                raise Unreadable(State.TRUNCATED, Reason.LIMIT_PIXELS)
            data = data or (_decoded(thing.handle) if kind else b"") or _png(thing.handle)
            self._bytes += len(data)
            if len(data) > self.limits.member_bytes:
                raise Unreadable(State.TRUNCATED, Reason.LIMIT_MEMBER_BYTES)
            out.write(data)
        return name


def _is_scan(boxes: Iterable[Box], whole: Box) -> bool:
    """Say whether pictures are a page as a whole: one over most of it, or strips from edge to edge that cover it."""
    strips = [
        box
        for box in boxes
        if box.width >= _ALL_ACROSS * whole.width or box.height >= _ALL_ACROSS * whole.height
    ]
    return whole.area > 0 and sum(box.area for box in strips) >= _MOST_OF_A_PAGE * whole.area


def _filters(handle: Any) -> list[str]:
    """Give the filters by which a picture is packed, outermost first."""
    found = []
    for number in range(min(max(pdfium.FPDFImageObj_GetImageFilterCount(handle), 0), 8)):
        buffer = create_string_buffer(_NAME_BYTES)
        size = pdfium.FPDFImageObj_GetImageFilter(handle, number, buffer, _NAME_BYTES)
        found.append(buffer.raw[: max(size - 1, 0)].decode("latin-1") if size <= _NAME_BYTES else "?")
    return found


def _data(ask: Any, handle: Any) -> bytes:
    size = ask(handle, None, 0)
    if not 0 < size <= _MOST_BYTES:
        return b""
    buffer = create_string_buffer(size)
    ask(handle, buffer, size)
    return buffer.raw


def _decoded(handle: Any) -> bytes:
    """Give a picture file that is packed once more, unpacked down to the file."""
    data = _data(pdfium.FPDFImageObj_GetImageDataDecoded, handle)
    return data if data.startswith((b"\xff\xd8\xff", b"\0\0\0\x0cjP", b"\xff\x4f\xff\x51")) else b""


def _png(handle: Any) -> bytes:
    """Draw a picture in its own pixels and write it as PNG."""
    bitmap = pdfium.FPDFImageObj_GetBitmap(handle)
    if not bitmap:
        raise Unreadable(State.DAMAGED, Reason.DAMAGED_PART)
    try:
        mode = _MODES.get(pdfium.FPDFBitmap_GetFormat(bitmap))
        if mode is None:
            raise Unreadable(State.PARTLY, Reason.UNSUPPORTED_VARIANT)
        size = pdfium.FPDFBitmap_GetWidth(bitmap), pdfium.FPDFBitmap_GetHeight(bitmap)
        stride = pdfium.FPDFBitmap_GetStride(bitmap)
        pixels = string_at(pdfium.FPDFBitmap_GetBuffer(bitmap), stride * size[1])
    finally:
        pdfium.FPDFBitmap_Destroy(bitmap)
    out = io.BytesIO()
    Image.frombuffer(mode[0], size, pixels, "raw", mode[1], stride, 1).save(out, "PNG")
    return out.getvalue()
