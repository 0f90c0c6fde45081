"""Read what stands in the boxes of JPEG 2000 (ISO/IEC 15444-1) and JPEG XL (18181-2) beside the pixels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from proofroom.extract.pictures.heif_items import boxes
from proofroom.extract.pictures.inner import Inner
from proofroom.extract.pictures.packets import iptc_records, xmp_facts
from proofroom.extract.pictures.profile import profile_facts
from proofroom.extract.pictures.short_texts import LONGEST, decode_short

_UUIDS: Final = {
    bytes.fromhex("be7acfcb97a942e89c71999491e3afac"): "xmp",
    b"JpgTiffExif->JP2": "exif",
    bytes.fromhex("0537cdab9d0c4431a72afa561f2a113e"): "exif",
    bytes.fromhex("33c7a4d2b81d4723a0baf1a3e097ad38"): "iptc",
}
_MOST_NAMED: Final = 64
_NAKED_JXL: Final = b"\xff\x0a"
_RATIOS: Final = ((0, 0), (1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))
_WIDTHS: Final = (9, 13, 18, 30)


def boxes_inner(data: bytes) -> Inner:
    """Give the texts and blocks that stand in the boxes of a JPEG 2000 or JPEG XL file."""
    inner, names = Inner(), list[str]()
    for kind, body in boxes(data):
        if len(names) < _MOST_NAMED:
            names.append(kind.decode("latin-1").strip())
        if kind == b"xml ":
            inner.facts += (
                xmp_facts(body)
                if b"xpacket" in body[:64] or b"xmpmeta" in body[:256]
                else [("image:xml", _text(body))]
            )
        elif kind == b"uuid":
            _known(inner, _UUIDS.get(body[:16], body[:16].hex()), body[16:])
        elif kind == b"Exif":
            inner.exif = inner.exif or body[4 + int.from_bytes(body[:4]) :]
        elif kind == b"jp2h":
            inner.facts += [
                fact
                for name, held in boxes(body)
                if name == b"colr" and held[:1] == b"\2"
                for fact in profile_facts(held[3:])
            ]
        elif kind in (b"jxlc", b"jxlp"):
            inner.facts += _jxl_size(body[4:] if kind == b"jxlp" else body)
    if names:
        inner.facts.append(("image:boxes", " ".join(names)))
    if data.startswith(_NAKED_JXL):
        inner.facts += _jxl_size(data[:64])
    return inner


def _known(inner: Inner, kind: str, body: bytes) -> None:
    """Take a box that a number names."""
    if kind == "xmp":
        inner.facts += xmp_facts(body)
    elif kind == "exif":
        inner.exif = inner.exif or body.removeprefix(b"Exif\0\0")
    elif kind == "iptc":
        inner.facts += iptc_records(body)
    else:
        inner.facts.append(("image:uuid", f"{kind} {len(body)} bytes"))


def _text(body: bytes) -> str:
    return decode_short(body[: 4 * LONGEST])


def _jxl_size(stream: bytes) -> Iterator[tuple[str, str]]:
    """Give width and height, which stand bit by bit at the beginning (ISO/IEC 18181-1, D.2)."""
    if not stream.startswith(_NAKED_JXL):
        return
    bits, at = int.from_bytes(stream[2:18], "little"), 0

    def take(count: int) -> int:
        nonlocal at
        at += count
        return bits >> at - count & (1 << count) - 1

    def side(*, small: bool) -> int:
        return (take(5) + 1) * 8 if small else take(_WIDTHS[take(2)]) + 1

    small = bool(take(1))
    height = side(small=small)
    above, below = _RATIOS[take(3)]
    width = height * above // below if above else side(small=small)
    yield "image:width", str(width)
    yield "image:height", str(height)
