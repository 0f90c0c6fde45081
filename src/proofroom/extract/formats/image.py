"""Read pictures (JPEG, PNG, GIF, BMP, TIFF, WebP, AVIF, HEIC, PSD and rarer ones): what they tell, and their pixels.

Every property is given as it stands. Pictures inside the picture (thumbnails, previews, further pictures) and
what is appended behind its end are members. The pixels of every frame are decoded once, to prove that they can
be, and a small copy is given as stored (not turned). Pages of a TIFF and pictures that look like pages of text
wait for OCR (`image:pages-for-ocr`); a photo does not. Layers of a Photoshop file stand at `layer=N`.
Pixels of HEIC, JPEG XL and of what a sensor saw are not read (`partly`).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Final

import exifread
from PIL import Image

from proofroom.extract.format import Format, Sink, Source, Unreadable
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.pages.numbers import number_ranges
from proofroom.extract.pictures.as_page import picture_page
from proofroom.extract.pictures.behind import give_behind
from proofroom.extract.pictures.decode import (
    BROKEN,
    check_size,
    first_frame,
    on_white,
    open_picture,
    other_frames,
    quietly,
)
from proofroom.extract.pictures.exif import read_exif
from proofroom.extract.pictures.header import JPEG, header_facts, lent_exif, take_tags
from proofroom.extract.pictures.heic import heic_size, is_heic
from proofroom.extract.pictures.inner import Inner
from proofroom.extract.pictures.layered import layers
from proofroom.extract.pictures.page_like import LONG_SIDE, is_large_enough, is_page_of_text
from proofroom.extract.pictures.rarer import is_unread, kind_by_name
from proofroom.extract.pictures.walks import MOST_IN_MEMORY, walk
from proofroom.model.evidence import Flag, PieceKind
from proofroom.model.states import Reason, State

_HEAD: Final = 64

# exifread tells of every odd field on standard error, in words of the file.
logging.getLogger(exifread.__name__).setLevel(logging.CRITICAL + 1)


def read(source: Source, sink: Sink) -> None:
    """Read a picture; what its metadata cannot tell costs only the metadata."""
    with quietly():
        _Picture(source, sink).read()


class _Picture:
    """One picture on its way to the sink."""

    def __init__(self, source: Source, sink: Sink) -> None:
        self._source = source
        self._sink = sink
        source.untrusted.seek(0)
        self._head = source.untrusted.read(_HEAD)
        self._form, self._inner = "", Inner()

    def read(self) -> None:
        """Send what the file tells, then its pixels."""
        stream = self._source.untrusted
        self._form, self._inner = walk(stream, self._head, self._source.size)
        inner = self._inner
        if inner.text_cut:
            self._sink.partly(Reason.LIMIT_TEXT_BYTES)
        picture = open_picture(stream)
        if picture is not None:
            take_tags(inner, picture)
            self._send(header_facts(picture))
            inner.exif = inner.exif or lent_exif(picture)
        self._send(inner.facts)
        raw = self._send_exif(inner)
        for name, data in inner.pictures:
            with self._sink.member(name.encode(), len(data)) as out:
                out.write(data)
        give_behind(self._source, self._sink, self._form, inner)
        self._send_layers()
        self._send_pixels(picture, raw=raw)

    def _send_pixels(self, picture: Image.Image | None, *, raw: bool) -> None:
        """Prove the pixels, or say that they are of a kind that is not read."""
        if raw or is_unread(self._head):
            self._sink.partly(Reason.UNREAD_PART)
        if picture is not None:
            self._pixels(picture)
        elif is_heic(self._head):
            width, height = heic_size(self._source.untrusted)
            self._send([("image:format", "HEIC"), ("image:width", str(width)), ("image:height", str(height))])
            self._sink.partly(Reason.UNREAD_PART)
        elif not raw and not is_unread(self._head):
            raise self._damage()

    def _send_exif(self, inner: Inner) -> bool:
        """Send every EXIF field, the thumbnail and previews; tells whether a sensor's own picture is in it."""
        if not inner.exif:
            return False
        exif = read_exif(inner.exif)
        self._send(exif.untrusted_fields)
        for name in exif.unread:
            self._sink.meta("EXIF:unread", name)
        inner.add("thumbnail.jpg", exif.thumbnail)
        for number, preview in enumerate(exif.previews, 1):
            inner.add(f"preview-{number}.jpg", preview)
        if exif.nothing_read:
            self._sink.partly(Reason.DAMAGED_PART)
        return exif.is_raw

    def _send_layers(self) -> None:
        """Send the names and words of a Photoshop file's layers."""
        if self._form != "psd":
            return
        self._source.untrusted.seek(0)
        with LineBatch(self._sink) as lines:
            for number, layer in enumerate(layers(self._source.untrusted.read(MOST_IN_MEMORY)), 1):
                flags = Flag.HIDDEN_TEXT if layer.hidden else Flag.NONE
                where = (("layer", str(number)),)
                lines.put((*where, ("name", "1")), PieceKind.NAME, layer.untrusted_name, flags)
                lines.put(where, PieceKind.PARAGRAPH, layer.untrusted_words, flags)

    def _pixels(self, picture: Image.Image) -> None:
        """Decode the frames and send a small copy of the first."""
        limits, size = self._source.limits, picture.size
        check_size(picture, limits)
        bilevel = picture.mode == "1"
        try:
            width, height, rgb = first_frame(picture)
            page = is_large_enough(*size) and (
                bilevel
                or is_page_of_text(
                    Image.frombytes("RGB", (width, height), rgb), lambda: self._larger(picture)
                )
            )
        except BROKEN as broken:
            raise self._damage(broken) from broken
        self._sink.pixels(width, height, rgb)
        frames = other_frames(picture, limits)
        if frames.count > 1:
            self._sink.meta("image:frames", str(frames.count))
            self._send(frames.told)
        if frames.broken:
            self._sink.partly(Reason.DAMAGED_PART)
        if page or frames.pages > 1:
            self._sink.meta("image:pages-for-ocr", number_ranges(range(1, max(frames.pages, 1) + 1)))
            self._sink.partly(Reason.OCR_PENDING)

    def _larger(self, picture: Image.Image) -> Image.Image:
        """Give a larger copy of the first frame; a JPEG was decoded at a part of its size."""
        if picture.format in JPEG:
            again = open_picture(self._source.untrusted)
            if again is not None:
                again.draft("RGB", (LONG_SIDE, LONG_SIDE))
                again.load()
                return again
        return on_white(picture)

    def _damage(self, broken: BaseException | None = None) -> Unreadable:
        """Say what is wrong with a picture whose pixels cannot be read."""
        if self._inner.text_cut:
            return Unreadable(State.TRUNCATED, Reason.LIMIT_TEXT_BYTES)
        walked = self._form in ("jpeg", "png")
        cut = self._inner.end == -1 if walked else "truncated" in str(broken).lower()
        return Unreadable(State.DAMAGED, Reason.CUT_SHORT if cut else Reason.NOT_WELL_FORMED)

    def _send(self, facts: Iterable[tuple[str, str]]) -> None:
        for key, value in facts:
            if value.strip():
                self._sink.meta(key[:128], value)


FORMAT = Format(
    name="image",
    media_types=frozenset(
        (
            *("image/jpeg", "image/png", "image/gif", "image/bmp", "image/tiff", "image/webp", "image/heic"),
            *("image/avif", "image/vnd.adobe.photoshop", "image/jp2", "image/jxl", "image/x-portable-anymap"),
            *(
                "image/x-pcx",
                "image/x-tga",
                "image/x-sgi",
                "image/vnd.ms-dds",
                "image/x-sun-raster",
                "image/qoi",
            ),
            *("image/jxr", "image/x-xcf", "image/vnd.djvu"),
        )
    ),
    read=read,
    sample="image.jpg",
    recognise=kind_by_name,
    picture=picture_page,
)
