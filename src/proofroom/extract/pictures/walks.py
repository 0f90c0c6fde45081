"""Walk through a picture file by its own form, whatever its pixels: facts, inner pictures, EXIF, and where it ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO, Final

from proofroom.extract.pictures.blocks_walk import bmp_end, walk_gif, walk_webp
from proofroom.extract.pictures.heic import heic_exif, is_heif
from proofroom.extract.pictures.heif_items import heif_inner
from proofroom.extract.pictures.inner import Inner
from proofroom.extract.pictures.jpeg_inner import jpeg_inner
from proofroom.extract.pictures.jpeg_walk import walk_jpeg
from proofroom.extract.pictures.layered import psd_inner
from proofroom.extract.pictures.more_boxes import boxes_inner
from proofroom.extract.pictures.png_walk import SIGNATURE, walk_png

MOST_IN_MEMORY: Final = 256 << 20
_TIFF: Final = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_WHOLE: Final[tuple[tuple[str, tuple[bytes, ...], Callable[[bytes], Inner]], ...]] = (
    ("gif", (b"GIF8",), walk_gif),
    ("psd", (b"8BPS",), psd_inner),
    ("jp2", (b"\0\0\0\x0cjP  ", b"\0\0\0\x0cJXL ", b"\xff\x0a"), boxes_inner),
    ("tiff", _TIFF, lambda data: Inner(exif=data)),
    ("jpeg", (b"\xff\xd8",), lambda data: jpeg_inner(walk_jpeg(data), data)),
)


def walk(stream: BinaryIO, head: bytes, size: int) -> tuple[str, Inner]:
    """Give the name of a picture's form and what a walk through it finds; of other forms "" and nothing."""
    stream.seek(0)
    for name, beginnings, reader in _WHOLE:
        if head.startswith(beginnings):
            return name, reader(stream.read(MOST_IN_MEMORY))
    if head.startswith(SIGNATURE):
        png = walk_png(stream)
        return "png", Inner(facts=list(png.facts()), exif=png.exif, end=png.end, text_cut=png.text_cut)
    if head.startswith(b"RIFF"):
        return "webp", walk_webp(stream, size)
    if head.startswith(b"BM"):
        return "bmp", Inner(end=bmp_end(head, size))
    if is_heif(head):
        inner = heif_inner(stream)
        inner.exif = inner.exif or heic_exif(stream)
        return "heif", inner
    return "", Inner()
