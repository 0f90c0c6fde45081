"""Give one page of a picture file as OCR wants it: decoded, upright as its file says, on white, of bounded size."""

from __future__ import annotations

from typing import Final

from PIL import Image

from proofroom.extract.format import MOST_PICTURE_PIXELS, Picture, Source, Unreadable
from proofroom.extract.pictures.decode import BROKEN, check_size, is_page, on_white, open_picture, quietly
from proofroom.model.states import Reason, State

_ORIENTATION: Final = 274
_UPRIGHT: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ON_ITS_SIDE: Final = (5, 6, 7, 8)


def picture_page(source: Source, number: int, _dpi: int) -> Picture:
    """Decode one page (from 1) of a picture file; of a TIFF the frames that are pages count. Raises Unreadable."""
    with quietly():
        picture = open_picture(source.untrusted)
        if picture is None:
            raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)
        check_size(picture, source.limits)
        try:
            _seek(picture, number, source.limits.pages)
            check_size(picture, source.limits)
            return _drawn(picture)
        except BROKEN as broken:
            raise Unreadable(State.DAMAGED, Reason.DAMAGED_PART) from broken


def _seek(picture: Image.Image, number: int, most: int) -> None:
    """Go to a page."""
    if picture.format != "TIFF":
        return
    pages = frame = 0
    while frame < most:
        picture.seek(frame)
        pages += is_page(picture)
        if pages == number or not (pages or getattr(picture, "n_frames", 1) > 1):
            return
        frame += 1
    raise Unreadable(State.TRUNCATED, Reason.LIMIT_PAGES)


def _drawn(picture: Image.Image) -> Picture:
    """Decode the frame at hand; a JPEG that is far too large is decoded at a part of its size."""
    wide, high = picture.size
    # Pillow turns a TIFF by itself, its size too.
    orientation = None if picture.format == "TIFF" else picture.getexif().get(_ORIENTATION)
    scale = (MOST_PICTURE_PIXELS / (wide * high)) ** 0.5
    if scale < 1:
        picture.draft("RGB", (int(wide * scale), int(high * scale)))
    picture.load()
    flat = on_white(picture)
    if flat.width * flat.height > MOST_PICTURE_PIXELS:
        scale = (MOST_PICTURE_PIXELS / (flat.width * flat.height)) ** 0.5
        size = (max(1, int(flat.width * scale)), max(1, int(flat.height * scale)))
        flat = flat.resize(size, Image.Resampling.BOX)
    if orientation in _UPRIGHT:
        flat = flat.transpose(_UPRIGHT[orientation])
    shown = (high, wide) if orientation in _ON_ITS_SIDE else (wide, high)
    return Picture(flat.width, flat.height, flat.tobytes(), shown)
