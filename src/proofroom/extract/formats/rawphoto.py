"""Read raw photos that are no TIFF (RAF, ORF, RW2, CR3, MRW, X3F, CRW): EXIF, maker notes and the previews inside.

What the sensor saw is not decoded, so every one is `partly` (`unread-part`); its preview is the whole picture.
Raw photos that are a TIFF (DNG, NEF, CR2, ARW) are read as pictures.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Final

import exifread

from proofroom.extract.format import Format, Sink, Source, Unreadable
from proofroom.extract.pictures.exif import read_exif
from proofroom.extract.pictures.inner import Inner
from proofroom.extract.pictures.previews import jpegs_inside
from proofroom.extract.pictures.short_texts import decode_short
from proofroom.model.states import Reason, State

_MOST_IN_MEMORY: Final = 256 << 20
_TIFF_LIKE: Final = (b"IIRO", b"IIRS", b"MMOR", b"IIU\0")
_CANON_BLOCKS: Final = (b"CMT1", b"CMT2", b"CMT3", b"CMT4")
_MINOLTA: Final = b"\0MRM"
_FUJI: Final = b"FUJIFILMCCD-RAW "
_REACH: Final = 1 << 20

# exifread tells of every odd field on standard error, in words of the file.
logging.getLogger(exifread.__name__).setLevel(logging.CRITICAL + 1)


def read(source: Source, sink: Sink) -> None:
    """Give what a raw photo says of itself, and the pictures inside it."""
    source.untrusted.seek(0)
    data = source.untrusted.read(_MOST_IN_MEMORY)
    inner, told = Inner(), False
    if data.startswith(_FUJI):
        sink.meta("image:camera", decode_short(data[28:60]))
        told = True
    for block in _blocks(data):
        exif = read_exif(block)
        for key, value in exif.untrusted_fields:
            if value.strip():
                sink.meta(key[:128], value)
                told = True
        inner.add("thumbnail.jpg", exif.thumbnail)
    for number, preview in enumerate(jpegs_inside(data), 1):
        inner.add(f"preview-{number}.jpg", preview)
    for name, preview in inner.pictures:
        with sink.member(name.encode(), len(preview)) as out:
            out.write(preview)
    if not told and not inner.pictures:
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)
    sink.partly(Reason.UNREAD_PART)


def _blocks(data: bytes) -> Iterator[bytes]:
    """Give the blocks in which the properties of a photo stand, each like a TIFF."""
    if data.startswith(_TIFF_LIKE):
        yield data
    for mark in _CANON_BLOCKS if data[4:8] == b"ftyp" else ():
        at = data.find(mark, 0, _REACH)
        if at >= 4:
            yield data[at + 4 : at - 4 + max(int.from_bytes(data[at - 4 : at]), 8)]
    if data.startswith(_MINOLTA):
        at = data.find(b"\0TTW", 0, _REACH)
        if at >= 0:
            yield data[at + 8 : at + 8 + int.from_bytes(data[at + 4 : at + 8])]


FORMAT = Format(
    name="rawphoto", media_types=frozenset(("image/x-raw-photo",)), read=read, sample="rawphoto.rw2"
)
