"""Open pictures with Pillow, prove that their pixels can be read, and make a small copy."""

from __future__ import annotations

import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from PIL import AvifImagePlugin, Image

from proofroom.extract.format import Unreadable
from proofroom.limits import Limits
from proofroom.model.states import Reason, State

SMALL: Final = 256
"""The longer side of the small copy, in pixels."""

BROKEN: Final = (
    OSError,
    SyntaxError,
    ValueError,
    ArithmeticError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    RuntimeError,
    EOFError,
    BufferError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)
"""What Pillow's readers raise at damage. MemoryError is none of it: the worker knows what to make of that."""

_FORMATS: Final = (
    *("JPEG", "PNG", "GIF", "BMP", "DIB", "TIFF", "WEBP", "AVIF", "JPEG2000", "PSD"),
    *("PPM", "PCX", "DCX", "TGA", "SGI", "DDS", "SUN", "QOI"),
)
_NEW_SUBFILE: Final = 254
_REDUCED: Final = 1
_PLAIN: Final = (int, float, tuple)
_FRAME_INFO: Final = ("duration", "timestamp", "blend", "disposal", "dpi", "compression")
_PAGE_TAGS: Final = {
    254: "kind", 259: "compression", 269: "DocumentName", 270: "ImageDescription", 271: "Make", 272: "Model",
    285: "PageName", 297: "PageNumber", 305: "Software", 306: "DateTime", 315: "Artist", 316: "HostComputer",
    33_432: "Copyright",
}  # fmt: skip
_LONGEST: Final = 65_536
_ROUGH: Final = 16_000_000
_BITS: Final = 255

# All plug-ins now: the sandbox allows no import later. No thread: it allows none. Our own limit of pixels.
Image.init()
AvifImagePlugin.DEFAULT_MAX_THREADS = 1
Image.MAX_IMAGE_PIXELS = None


@dataclass(slots=True)
class Frames:
    """What became of a picture's frames: how many there are, how many are pages, how many are broken, how each is."""

    count: int = 1
    pages: int = 1
    broken: int = 0
    told: list[tuple[str, str]] = field(default_factory=list)


@contextmanager
def quietly() -> Iterator[None]:
    """Let no warning of Pillow out: it may quote the file, and costs time."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def open_picture(stream: BinaryIO) -> Image.Image | None:
    """Open a picture, which reads its header only; None when Pillow cannot."""
    stream.seek(0)
    try:
        return Image.open(stream, formats=_FORMATS)
    except BROKEN:
        return None


def check_size(picture: Image.Image, limits: Limits) -> None:
    """Raise before decoding when a picture says it has more pixels than allowed."""
    if picture.width * picture.height > limits.pixels:
        raise Unreadable(State.TRUNCATED, Reason.LIMIT_PIXELS)


def first_frame(picture: Image.Image) -> tuple[int, int, bytes]:
    """Decode the first frame and give a small copy of it as RGB; raises one of `BROKEN` at damage.

    A JPEG is decoded at an eighth of its size where that is enough. All its bytes are read for that, so
    one that is cut short is found out all the same.
    """
    picture.draft("RGB", (SMALL, SMALL))
    picture.load()
    small = _small(picture)
    return small.width, small.height, small.tobytes()


def other_frames(picture: Image.Image, limits: Limits) -> Frames:
    """Decode the other frames; raises Unreadable where a limit cuts them."""
    frames = Frames(pages=int(is_page(picture)), told=list(_frame_facts(picture, 1)))
    pixels = picture.width * picture.height
    while True:
        try:
            picture.seek(frames.count)
        except EOFError:
            return frames
        except BROKEN:
            frames.broken += 1
            return frames
        if frames.count >= limits.pages:
            raise Unreadable(State.TRUNCATED, Reason.LIMIT_PAGES)
        frames.count += 1
        pixels += picture.width * picture.height
        if pixels > limits.pixels:
            raise Unreadable(State.TRUNCATED, Reason.LIMIT_PIXELS)
        frames.pages += is_page(picture)
        frames.told += _frame_facts(picture, frames.count)
        try:
            picture.load()
        except BROKEN:
            frames.broken += 1


def _frame_facts(picture: Image.Image, number: int) -> Iterator[tuple[str, str]]:
    """Say how one frame is: its size, how long it shows, and what the tags of a TIFF's page say."""
    told = [f"{number}: {picture.width}x{picture.height} {picture.mode}"]
    told += [f"{key}={picture.info[key]}" for key in _FRAME_INFO if isinstance(picture.info.get(key), _PLAIN)]
    told += [f"disposal={picture.disposal_method}"] if hasattr(picture, "disposal_method") else []
    yield "image:frame", " ".join(told)
    tags = getattr(picture, "tag_v2", {}) if picture.format == "TIFF" else {}
    for tag, name in _PAGE_TAGS.items():
        value = tags.get(tag)
        if isinstance(value, str | int | tuple):
            shown = " ".join(map(str, value)) if isinstance(value, tuple) else str(value)
            yield f"tiff:page-{number}:{name}", shown[:_LONGEST]


def is_page(picture: Image.Image) -> bool:
    """Say whether a frame is a page of its own, as in a TIFF; frames of an animation are not."""
    tags = getattr(picture, "tag_v2", None)
    if tags is None or picture.format != "TIFF":
        return False
    kind = tags.get(_NEW_SUBFILE, 0)
    return not (isinstance(kind, int) and kind & _REDUCED)


def _small(picture: Image.Image) -> Image.Image:
    """Make a copy that fits a square, in RGB; the proportions stay as far as whole pixels allow."""
    scale = max(picture.width, picture.height) / SMALL
    size = picture.size
    if scale > 1:
        size = (max(1, round(picture.width / scale)), max(1, round(picture.height / scale)))
    if picture.width * picture.height > _ROUGH:
        # Every n-th pixel first: what follows may need four bytes for each pixel.
        picture = picture.resize(
            (min(picture.width, 8 * size[0]), min(picture.height, 8 * size[1])), Image.Resampling.NEAREST
        )
    ready = plain(picture)
    return (ready.resize(size, Image.Resampling.BOX) if ready.size != size else ready).convert("RGB")


def on_white(picture: Image.Image) -> Image.Image:
    """Give a decoded frame as RGB; what is transparent shows white."""
    if not picture.has_transparency_data:
        return plain(picture).convert("RGB")
    clear = picture.convert("RGBA")
    flat = Image.new("RGB", clear.size, "white")
    flat.paste(clear, mask=clear.getchannel("A"))
    return flat


def plain(picture: Image.Image) -> Image.Image:
    """Give a picture in a form that can be made smaller; deep greys are spread over the range they use."""
    if picture.mode.startswith(("I", "F")):
        deep = picture.convert("F")
        extremes = deep.getextrema()
        low, high = (float(one) for one in extremes if isinstance(one, int | float))
        factor = _BITS / (high - low) if high > low else 0.0
        return deep.point(lambda value: value * factor - low * factor).convert("L")
    if picture.mode in ("L", "RGB"):
        return picture
    return picture.convert("L" if picture.mode in ("1", "LA", "La") else "RGB")
