"""Give what the head of a picture says as Pillow reads it, and what a TIFF keeps of other programs in its tags."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from PIL import Image

from proofroom.extract.pictures.inner import Inner
from proofroom.extract.pictures.packets import iptc_records, xmp_facts
from proofroom.extract.pictures.photoshop import take_resources
from proofroom.extract.pictures.png_walk import XMP_KEY
from proofroom.extract.pictures.profile import profile_facts

JPEG: Final = ("JPEG", "MPO")
_LENDS_EXIF: Final = ("WEBP", "AVIF")
_PLAIN_INFO: Final = (
    *("dpi", "gamma", "duration", "loop", "background", "transparency", "compression", "aspect"),
    *("hotspot", "version", "interlace", "srgb"),
)
_IPTC, _PHOTOSHOP = 33_723, 34_377


def header_facts(picture: Image.Image) -> Iterator[tuple[str, str]]:
    """Give what Pillow reads without decoding."""
    yield "image:format", picture.format or ""
    yield "image:width", str(picture.width)
    yield "image:height", str(picture.height)
    yield "image:mode", picture.mode
    info = picture.info
    for key in _PLAIN_INFO:
        value = info.get(key)
        # A JPEG without a resolution has one in Pillow all the same; its own stands in jpeg:jfif and EXIF.
        if isinstance(value, int | float | tuple) and not (key == "dpi" and picture.format in JPEG):
            yield f"image:{key}", " ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    profile = info.get("icc_profile")
    if isinstance(profile, bytes):
        yield from profile_facts(profile)
    packet = info.get("xmp", info.get(XMP_KEY))
    if isinstance(packet, str | bytes) and packet:
        yield from xmp_facts(packet.encode("utf-8", "replace") if isinstance(packet, str) else packet)


def lent_exif(picture: Image.Image) -> bytes:
    """Give the EXIF block that Pillow found in a WebP or AVIF, without the name some put in front."""
    block = picture.info.get("exif")
    return (
        block.removeprefix(b"Exif\0\0") if isinstance(block, bytes) and picture.format in _LENDS_EXIF else b""
    )


def take_tags(inner: Inner, picture: Image.Image) -> None:
    """Take what programs leave in tags of a TIFF: IPTC records and Photoshop's resources."""
    tags = getattr(picture, "tag_v2", None)
    if tags is None or picture.format != "TIFF":
        return
    take_resources(inner, _as_bytes(tags.get(_PHOTOSHOP)))
    for order in ("little", "big"):
        found = list(iptc_records(_as_bytes(tags.get(_IPTC), order)))
        if found:
            inner.facts += found
            return


def _as_bytes(value: object, order: str = "little") -> bytes:
    """Give a tag's value as bytes, also one that was written as a row of numbers."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, tuple) and value and isinstance(value[0], bytes):
        return value[0]
    numbers = value if isinstance(value, tuple) else (value,)
    whole = [one for one in numbers if isinstance(one, int) and 0 <= one < 1 << 32]
    return b"".join(one.to_bytes(4, "little" if order == "little" else "big") for one in whole)
