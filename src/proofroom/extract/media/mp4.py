"""Read MP4, QuickTime, M4A and 3GP: dates, places, devices, tracks, covers, subtitles."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from proofroom.extract.containers.giving import MOST_FACTS
from proofroom.extract.media.boxes import Box, boxes, first, inside
from proofroom.extract.media.giving import Recording, plain_text
from proofroom.extract.media.mp4_samples import read_cues

_SINCE: Final = datetime(1904, 1, 1)  # noqa: DTZ001 - UTC by the standard, local by some cameras: written as it is stored
_TEXTS: Final = (b"text", b"sbtl", b"subt")
_KNOWN: Final = frozenset(
    (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"uuid", b"meta")
) | frozenset(
    (
        b"moof",
        b"mfra",
        b"sidx",
        b"styp",
        b"pdin",
        b"emsg",
        b"PICT",
        b"udta",
        b"prft",
        b"ssix",
        b"jP  ",
        b"beam",
    )
)
_XMP: Final = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_DATA_TEXT, _DATA_WIDE, _JPEG, _PNG = 1, 2, 13, 14
_LARGEST_ITEM: Final = 32 << 20
_DEEPEST: Final = 8


def read_mp4(recording: Recording) -> None:
    """Read every box but the sound and the pictures themselves."""
    found = False
    for box in boxes(recording, 0, recording.size):
        if box.name == b"ftyp":
            data = recording.at(box.at, min(box.length, 256))
            recording.fact("mp4:brands", plain_text(b" ".join([data[:4], *_fours(data[8:])])))
        elif box.name == b"moov":
            found = True
            _movie(recording, box)
        elif box.name in (b"udta", b"meta"):
            _user_data(recording, box)
        elif box.name == b"uuid" and recording.at(box.at, 16) == _XMP:
            recording.file(recording.at(box.at + 16, box.length - 16), "xmp.xml", "xmp.xml")
        elif box.name == b"moof":
            found = True
        elif box.name not in _KNOWN:
            # What stands behind the film and is no part of it may be anything.
            recording.fact("mp4:unknown-box", f"{plain_text(box.name)} at {box.at}, {box.length} bytes")
    recording.damaged = recording.damaged or not found


def _movie(recording: Recording, box: Box) -> None:
    """Read what is said of the whole, then its tracks."""
    tracks = 0
    for one in inside(recording, box):
        if one.name == b"mvhd":
            created, changed, scale, duration = _times(recording.at(one.at, min(one.length, 120)))
            recording.fact("media:created", moment(created))
            recording.fact("media:modified", moment(changed))
            if scale:
                recording.fact("media:duration", f"{duration / scale:.1f}")
        elif one.name == b"trak":
            tracks += 1
            if tracks <= MOST_FACTS:
                _track(recording, one, tracks)
        elif one.name in (b"udta", b"meta"):
            _user_data(recording, one)


def _track(recording: Recording, box: Box, number: int) -> None:
    """Tell what a track is, when it was made; of subtitles give the texts."""
    found = inside(recording, box)
    media = first(found, b"mdia")
    within = inside(recording, media) if media else []
    handler, header, information = (first(within, name) for name in (b"hdlr", b"mdhd", b"minf"))
    kind = recording.at(handler.at + 8, 4) if handler else b""
    created, _, scale, _ = _times(recording.at(header.at, 40)) if header else (0, 0, 0, 0)
    table = first(inside(recording, information), b"stbl") if information else None
    samples = inside(recording, table) if table else []
    described = first(samples, b"stsd")
    codec = recording.at(described.at + 12, 4) if described else b""
    facts = [plain_text(kind), plain_text(codec)]
    shown = first(found, b"tkhd")
    if shown and kind == b"vide":
        size = recording.at(shown.at + shown.length - 8, 8)
        facts.append(f"{int.from_bytes(size[:2], 'big')}x{int.from_bytes(size[4:6], 'big')}")
    recording.fact(f"media:track:{number}", " ".join([*facts, moment(created)]))
    if handler and handler.length > 24:
        recording.fact(
            f"media:track:{number}:handler",
            plain_text(recording.at(handler.at + 24, 200)[:200]).lstrip("\x0c\x1f"),
        )
    for one in found:
        if one.name in (b"udta", b"meta"):
            _user_data(recording, one)
    if kind in _TEXTS:
        read_cues(recording, samples, number, scale)


def _times(data: bytes) -> tuple[int, int, int, int]:
    """Read when something was created and changed, its units per second, its duration."""
    wide = 8 if data[:1] == b"\1" else 4
    numbers = []
    at = 4
    for width in (wide, wide, 4, wide):
        numbers.append(int.from_bytes(data[at : at + width], "big"))
        at += width
    return numbers[0], numbers[1], numbers[2], numbers[3]


def moment(seconds: int) -> str:
    """Write a time that is counted from 1904 on; "" for none, and for what is no date."""
    if not seconds:
        return ""
    try:
        return f"{(_SINCE + timedelta(seconds=seconds)).isoformat()}Z"
    except OverflowError:
        return ""


def _user_data(recording: Recording, box: Box, depth: int = 0) -> None:
    """Read what cameras and programs add: tags, places, covers, lyrics."""
    # A box called meta has four bytes of its own, but not in QuickTime.
    skip = 4 if box.name == b"meta" and recording.at(box.at, 4) == bytes(4) else 0
    found = inside(recording, box, skip)
    keys = first(found, b"keys")
    names = _keys(recording, keys) if keys else []
    for one in found:
        if one.name == b"meta" and depth < _DEEPEST:
            _user_data(recording, one, depth + 1)
        elif one.name == b"ilst":
            for item in inside(recording, one):
                _item(recording, item, names)
        elif one.name[:1] == b"\xa9":
            data = recording.at(one.at, min(one.length, 1 << 16))
            length = int.from_bytes(data[:2], "big")
            _tell(recording, one.name, plain_text(data[4 : 4 + length]))
        elif one.name in (
            b"name",
            b"auth",
            b"titl",
            b"dscp",
            b"cprt",
            b"perf",
            b"gnre",
            b"manu",
            b"modl",
            b"date",
        ):
            data = recording.at(one.at, min(one.length, 1 << 16))
            recording.fact(f"mp4:{plain_text(one.name)}", plain_text(data.lstrip(b"\0")))
        elif one.name == b"loci":
            _place(recording, recording.at(one.at, min(one.length, 1 << 12)))
        elif one.name == b"XMP_":
            recording.file(recording.at(one.at, one.length), "xmp.xml", "xmp.xml")


def _keys(recording: Recording, box: Box) -> list[str]:
    """Read the names to which items refer by their number."""
    return [plain_text(recording.at(one.at, min(one.length, 256))) for one in inside(recording, box, 8)]


def _item(recording: Recording, box: Box, names: list[str]) -> None:
    """Give one item: its name is four letters, the number of a name, or spelled out."""
    number = int.from_bytes(box.name, "big")
    found = inside(recording, box)
    name = (
        names[number - 1] if 0 < number <= len(names) else plain_text(box.name.replace(b"\xa9", "©".encode()))
    )
    if box.name == b"----":
        spelled = [
            recording.at(one.at + 4, min(one.length - 4, 256))
            for one in found
            if one.name in (b"mean", b"name")
        ]
        name = ":".join(map(plain_text, spelled))
    for one in found:
        if one.name != b"data" or one.length < 8:
            continue
        kind = int.from_bytes(recording.at(one.at, 4), "big") & 0xFFFFFF
        data = recording.at(one.at + 8, min(one.length - 8, _LARGEST_ITEM))
        if kind in (_JPEG, _PNG) or box.name == b"covr":
            recording.picture(data)
        elif box.name == b"\xa9lyr":
            recording.text("lyrics", plain_text(data))
        elif kind == _DATA_TEXT:
            recording.fact(f"mp4:{name}", plain_text(data))
            _location(recording, name, plain_text(data))
        elif kind == _DATA_WIDE:
            recording.fact(f"mp4:{name}", data.decode("utf-16-be", "replace"))
        elif len(data) <= 8:
            recording.fact(f"mp4:{name}", str(int.from_bytes(data, "big")))


def _tell(recording: Recording, name: bytes, value: str) -> None:
    """Give a tag of QuickTime; that of a place also under a name of ours."""
    key = plain_text(name.replace(b"\xa9", "©".encode()))
    recording.fact(f"mp4:{key}", value)
    _location(recording, key, value)


def _location(recording: Recording, key: str, value: str) -> None:
    if key.endswith(("xyz", "location.ISO6709")):
        recording.fact("media:location", value)


def _place(recording: Recording, data: bytes) -> None:
    """Read where a 3GP was taken: a name, then longitude, latitude and altitude."""
    name, _, rest = data[6:].partition(b"\0")
    numbers = [int.from_bytes(rest[at : at + 4], "big", signed=True) / 65_536 for at in (1, 5, 9)]
    recording.fact("mp4:loci", plain_text(name))
    recording.fact("media:location", f"{numbers[1]:+.4f}{numbers[0]:+.4f}{numbers[2]:+.1f}/")


def _fours(data: bytes) -> list[bytes]:
    return [data[at : at + 4] for at in range(0, len(data) & ~3, 4)]
