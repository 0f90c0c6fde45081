"""Read pictures (JPEG, PNG, GIF, BMP, TIFF, WebP, AVIF, HEIC): what they tell of themselves, and their pixels.

Every property is given as it stands; the EXIF thumbnail is a member. The pixels are decoded once, to
prove that they can be, and a small copy is given as stored (not turned). Pages of a TIFF and pictures that
look like pages of text wait for OCR (`image:pages-for-ocr`); a photo does not.
Pixels of HEIC are not read, only its EXIF.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Final

import exifread
from PIL import Image

from proofroom.extract.format import Format, Sink, Source, Unreadable
from proofroom.extract.pages.numbers import number_ranges
from proofroom.extract.pictures.as_page import picture_page
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
from proofroom.extract.pictures.heic import heic_exif, heic_size, is_heic
from proofroom.extract.pictures.jpeg_walk import JpegWalk, walk_jpeg
from proofroom.extract.pictures.packets import iptc_facts, profile_name, xmp_facts
from proofroom.extract.pictures.page_like import LONG_SIDE, is_large_enough, is_page_of_text
from proofroom.extract.pictures.png_walk import SIGNATURE, XMP_KEY, PngWalk, walk_png
from proofroom.extract.pictures.short_texts import decode_short
from proofroom.model.states import Reason, State

_MOST_IN_MEMORY: Final = 256 << 20
_TIFF: Final = (b"II*\0", b"MM\0*")
_SHOWN_BYTES: Final = 16
_JPEG: Final = ("JPEG", "MPO")
_LENDS_EXIF: Final = ("WEBP", "AVIF")
_PLAIN_INFO: Final = (
    "dpi",
    "gamma",
    "duration",
    "loop",
    "background",
    "transparency",
    "compression",
    "aspect",
)

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
        self._walk: JpegWalk | PngWalk | None = None
        source.untrusted.seek(0)
        self._head = source.untrusted.read(64)

    def read(self) -> None:
        """Send what the file tells, then its pixels."""
        exif = self._own_walk()
        picture = open_picture(self._source.untrusted)
        if picture is not None:
            self._send(_header_facts(picture))
            exif = exif or _exif_of(picture)
        self._send_exif(exif)
        if picture is not None:
            self._pixels(picture)
        elif is_heic(self._head):
            width, height = heic_size(self._source.untrusted)
            self._send([("image:format", "HEIC"), ("image:width", str(width)), ("image:height", str(height))])
            self._sink.partly(Reason.UNREAD_PART)
        else:
            raise self._damage()

    def _own_walk(self) -> bytes:
        """Walk through the file where we know its form; gives its EXIF block."""
        stream = self._source.untrusted
        if self._head.startswith(b"\xff\xd8"):
            stream.seek(0)
            walk = walk_jpeg(stream.read(_MOST_IN_MEMORY))
            self._walk = walk
            self._send(walk.facts())
            for comment in walk.comments:
                self._sink.meta("jpeg:comment", decode_short(comment))
            self._send(iptc_facts(walk.photoshop))
            self._send_trailing("jpeg", walk.end)
            return walk.exif
        if self._head.startswith(SIGNATURE):
            self._walk = walk_png(stream)
            self._send(self._walk.facts())
            self._send_trailing("png", self._walk.end)
            if self._walk.text_cut:
                self._sink.partly(Reason.LIMIT_TEXT_BYTES)
            return self._walk.exif
        if self._head.startswith(_TIFF):
            stream.seek(0)
            return stream.read(_MOST_IN_MEMORY)
        return heic_exif(stream) if is_heic(self._head) else b""

    def _send_trailing(self, name: str, end: int) -> None:
        """Say how many bytes follow the end of the picture, and how they begin."""
        if 0 <= end < self._source.size:
            self._source.untrusted.seek(end)
            begin = self._source.untrusted.read(_SHOWN_BYTES)
            self._sink.meta(f"{name}:trailing-bytes", str(self._source.size - end))
            self._sink.meta(f"{name}:trailing-begin", begin.hex())

    def _send_exif(self, block: bytes) -> None:
        """Send every EXIF field and the thumbnail; a block of which nothing can be read is said to be damaged."""
        if not block:
            return
        exif = read_exif(block)
        self._send(exif.untrusted_fields)
        for name in exif.unread:
            self._sink.meta("EXIF:unread", name)
        if exif.thumbnail:
            with self._sink.member(b"thumbnail.jpg", len(exif.thumbnail)) as out:
                out.write(exif.thumbnail)
        if exif.nothing_read:
            self._sink.partly(Reason.DAMAGED_PART)

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
        if frames.broken:
            self._sink.partly(Reason.DAMAGED_PART)
        if page or frames.pages > 1:
            self._sink.meta("image:pages-for-ocr", number_ranges(range(1, max(frames.pages, 1) + 1)))
            self._sink.partly(Reason.OCR_PENDING)

    def _larger(self, picture: Image.Image) -> Image.Image:
        """Give a larger copy of the first frame; a JPEG was decoded at a part of its size."""
        if picture.format in _JPEG:
            again = open_picture(self._source.untrusted)
            if again is not None:
                again.draft("RGB", (LONG_SIDE, LONG_SIDE))
                again.load()
                return again
        return on_white(picture)

    def _damage(self, broken: BaseException | None = None) -> Unreadable:
        """Say what is wrong with a picture whose pixels cannot be read."""
        if isinstance(self._walk, PngWalk) and self._walk.text_cut:
            return Unreadable(State.TRUNCATED, Reason.LIMIT_TEXT_BYTES)
        cut = self._walk.end < 0 if self._walk is not None else "truncated" in str(broken).lower()
        return Unreadable(State.DAMAGED, Reason.CUT_SHORT if cut else Reason.NOT_WELL_FORMED)

    def _send(self, facts: Iterator[tuple[str, str]] | list[tuple[str, str]]) -> None:
        for key, value in facts:
            if value.strip():
                self._sink.meta(key[:128], value)


def _header_facts(picture: Image.Image) -> Iterator[tuple[str, str]]:
    """Give what Pillow reads without decoding."""
    yield "image:format", picture.format or ""
    yield "image:width", str(picture.width)
    yield "image:height", str(picture.height)
    yield "image:mode", picture.mode
    info = picture.info
    for key in _PLAIN_INFO:
        value = info.get(key)
        # A JPEG without a resolution has one in Pillow all the same; its own stands in jpeg:jfif and EXIF.
        if isinstance(value, int | float | tuple) and not (key == "dpi" and picture.format in _JPEG):
            yield f"image:{key}", " ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    if isinstance(info.get("comment"), bytes) and picture.format == "GIF":
        yield "gif:comment", decode_short(info["comment"])
    profile = info.get("icc_profile")
    if isinstance(profile, bytes):
        yield "icc:bytes", str(len(profile))
        yield "icc:description", profile_name(profile)
    packet = info.get("xmp", info.get(XMP_KEY))
    if isinstance(packet, str | bytes) and packet:
        yield from xmp_facts(packet.encode("utf-8", "replace") if isinstance(packet, str) else packet)


def _exif_of(picture: Image.Image) -> bytes:
    """Give the EXIF block that Pillow found in a WebP or AVIF, without the name some put in front."""
    block = picture.info.get("exif")
    return (
        block.removeprefix(b"Exif\0\0") if isinstance(block, bytes) and picture.format in _LENDS_EXIF else b""
    )


FORMAT = Format(
    name="image",
    media_types=frozenset(
        (
            "image/jpeg",
            "image/png",
            "image/gif",
            "image/bmp",
            "image/tiff",
            "image/webp",
            "image/heic",
            "image/avif",
        )
    ),
    read=read,
    sample="image.jpg",
    picture=picture_page,
)
