"""Read what a colour profile (ISO 15076-1) says of itself: names, maker, when and by what it was made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from proofroom.extract.pictures.short_texts import decode_short

_HEAD: Final = 128
_MOST_TAGS: Final = 128
_LONGEST: Final = 4_096
_TEXTS: Final = {
    b"desc": "icc:description",
    b"cprt": "icc:copyright",
    b"dmnd": "icc:device-maker",
    b"dmdd": "icc:device-model",
    b"vued": "icc:viewing",
    b"targ": "icc:target",
}
_SIGNS: Final = (
    ("icc:program", slice(4, 8)), ("icc:class", slice(12, 16)), ("icc:space", slice(16, 20)),
    ("icc:platform", slice(40, 44)), ("icc:maker", slice(48, 52)), ("icc:model", slice(52, 56)),
    ("icc:creator", slice(80, 84)),
)  # fmt: skip


def profile_facts(profile: bytes) -> Iterator[tuple[str, str]]:
    """Give what a profile says of itself, as far as it can be read."""
    yield "icc:bytes", str(len(profile))
    if len(profile) < _HEAD:
        return
    yield "icc:version", f"{profile[8]}.{profile[9] >> 4}"
    for key, place in _SIGNS:
        yield key, profile[place].decode("latin-1").strip("\0 ")
    year, month, day, hour, minute, second = (int.from_bytes(profile[at : at + 2]) for at in range(24, 36, 2))
    if year:
        yield "icc:created", f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"
    yield "icc:identity", profile[84:100].hex().strip("0") and profile[84:100].hex()
    for number in range(min(int.from_bytes(profile[128:132]), _MOST_TAGS)):
        entry = profile[132 + 12 * number : 144 + 12 * number]
        if entry[:4] in _TEXTS:
            start, length = int.from_bytes(entry[4:8]), int.from_bytes(entry[8:12])
            yield _TEXTS[entry[:4]], _text(profile[start : start + min(length, _LONGEST)])


def _text(tag: bytes) -> str:
    """Give a text in any of its forms; of several languages the first."""
    if tag[:4] == b"desc":
        return decode_short(tag[12 : 12 + int.from_bytes(tag[8:12])])
    if tag[:4] == b"text":
        return decode_short(tag[8:])
    if tag[:4] == b"mluc" and len(tag) >= 28:
        start = int.from_bytes(tag[24:28])
        return tag[start : start + int.from_bytes(tag[20:24])].decode("utf-16-be", "replace").strip("\0")
    return ""
