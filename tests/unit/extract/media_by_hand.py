"""Write small recordings of many kinds byte by byte, without any sound in them."""

from __future__ import annotations

import base64
import struct

JPEG = b"\xff\xd8\xff\xe0cover"


def synchsafe(number: int) -> bytes:
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


def frame(name: bytes, content: bytes) -> bytes:
    return name + synchsafe(len(content)) + b"\0\0" + content


def id3(*frames: bytes) -> bytes:
    data = b"".join(frames) + bytes(16)
    return b"ID3\4\0\0" + synchsafe(len(data)) + data


MPEG_FRAME = b"\xff\xfb\x90\x00" + bytes(413)
"""A frame of layer 3: 128 kbit at 44,100, two channels."""


def box(name: bytes, *inside: bytes) -> bytes:
    data = b"".join(inside)
    return struct.pack(">I", 8 + len(data)) + name + data


def item(name: bytes, kind: int, value: bytes) -> bytes:
    return box(name, box(b"data", struct.pack(">II", kind, 0), value))


def mp4(brand: bytes = b"M4A ") -> bytes:
    """Make a film of subtitles: dates, a place, tags of both kinds, a cover, two texts with their times."""
    texts = [b"\0\5hello", "\0\6第二".encode()]
    head = box(b"ftyp", brand, bytes(4), b"isom") + box(b"mdat", *texts)
    at = len(box(b"ftyp", brand, bytes(4), b"isom")) + 8
    table = box(
        b"stbl",
        box(b"stsd", struct.pack(">II", 0, 1), box(b"tx3g", bytes(8))),
        box(b"stts", struct.pack(">IIII", 0, 1, 2, 1_500)),
        box(b"stsz", struct.pack(">IIIII", 0, 0, 2, len(texts[0]), len(texts[1]))),
        box(b"stsc", struct.pack(">IIIII", 0, 1, 1, 2, 1)),
        box(b"stco", struct.pack(">III", 0, 1, at)),
    )
    media = box(
        b"mdia",
        box(b"mdhd", struct.pack(">IIIIIHH", 0, 3_500_000_000, 0, 1_000, 3_000, 0, 0)),
        box(b"hdlr", bytes(8), b"sbtl", bytes(12), b"Subtitles\0"),
        box(b"minf", table),
    )
    keys = box(b"keys", struct.pack(">II", 0, 1), box(b"mdta", b"com.apple.quicktime.make"))
    named = box(b"meta", keys, box(b"ilst", item(b"\0\0\0\1", 1, b"A camera")))
    known = box(
        b"meta",
        bytes(4),
        box(b"hdlr", bytes(8), b"mdir", bytes(13)),
        box(
            b"ilst",
            item(b"\xa9nam", 1, "名字".encode()),
            item(b"covr", 13, JPEG),
            item(b"\xa9lyr", 1, b"la la"),
        ),
    )
    place = box(b"\xa9xyz", struct.pack(">HH", 18, 0), b"+43.8256+087.6168/")
    movie = box(
        b"moov",
        box(b"mvhd", struct.pack(">IIIII", 0, 3_500_000_000, 3_500_000_060, 1_000, 62_500), bytes(80)),
        box(b"trak", box(b"tkhd", bytes(84)), media),
        box(b"udta", place, known),
        named,
    )
    return head + movie


def comments(*pairs: str) -> bytes:
    packed = b"".join(struct.pack("<I", len(pair.encode())) + pair.encode() for pair in ("maker", *pairs)[1:])
    return struct.pack("<I", 5) + b"maker" + struct.pack("<I", len(pairs)) + packed


def picture_block() -> bytes:
    parts = struct.pack(">II", 3, 10) + b"image/jpeg" + struct.pack(">I", 5) + b"front" + bytes(16)
    return parts + struct.pack(">I", len(JPEG)) + JPEG


def flac() -> bytes:
    packed = 44_100 << 44 | 1 << 41 | 15 << 36 | 88_200
    blocks = [
        (0, bytes(10) + packed.to_bytes(8, "big") + bytes(range(16))),
        (4, comments("TITLE=名字", "LYRICS=la la")),
        (6 | 0x80, picture_block()),
    ]
    return b"fLaC" + b"".join(bytes((kind,)) + len(data).to_bytes(3, "big") + data for kind, data in blocks)


def ogg() -> bytes:
    def page(number: int, granule: int, *packets: bytes) -> bytes:
        sizes = b""
        for packet in packets:
            sizes += b"\xff" * (len(packet) // 255) + bytes((len(packet) % 255,))
        head = b"OggS\0\0" + struct.pack("<QIII", granule, 7, number, 0) + bytes((len(sizes),))
        return head + sizes + b"".join(packets)

    picture = base64.b64encode(picture_block()).decode()
    tags = b"OpusTags" + comments("ARTIST=甲", f"METADATA_BLOCK_PICTURE={picture}", "NOTE=" + "x" * 400)
    return page(0, 0, b"OpusHead\1\2" + bytes(9)) + page(1, 0, tags) + page(2, 96_000, b"sound")


def chunk(name: bytes, data: bytes, order: str = "<") -> bytes:
    return name + struct.pack(order + "I", len(data)) + data + bytes(len(data) & 1)


def wav() -> bytes:
    form = struct.pack("<HHIIHH", 1, 1, 8_000, 8_000, 1, 8)
    info = b"INFO" + chunk(b"INAM", "名字".encode("gb18030")) + chunk(b"ICRD", b"2016-05-04")
    bext = (
        b"a field note".ljust(256, b"\0")
        + b"maker".ljust(64, b"\0")
        + b"2016-05-04"
        + b"03:02:01"
        + bytes(264)
    )
    label = b"adtl" + chunk(b"labl", bytes(4) + b"he arrives\0")
    inside = [chunk(b"fmt ", form), chunk(b"bext", bext), chunk(b"LIST", info), chunk(b"LIST", label)]
    return chunk(b"RIFF", b"WAVE" + b"".join(inside) + chunk(b"data", bytes(16_000)))


def avi() -> bytes:
    head = struct.pack("<14I", 40_000, 0, 0, 0, 250, 0, 1, 0, 640, 480, 0, 0, 0, 0)
    stream = b"strl" + chunk(b"strh", b"vidsMJPG" + bytes(40))
    lists = chunk(b"LIST", b"hdrl" + chunk(b"avih", head) + chunk(b"LIST", stream))
    return chunk(
        b"RIFF", b"AVI " + lists + chunk(b"IDIT", b"WED MAY 04 03:02:01 2016\n\0") + chunk(b"LIST", b"movi")
    )


def aiff() -> bytes:
    common = struct.pack(">HIH", 2, 88_200, 16) + b"\x40\x0e\xac\x44" + bytes(6)
    return chunk(b"FORM", b"AIFF" + chunk(b"COMM", common, ">") + chunk(b"NAME", b"a name", ">"), ">")


def element(number: int, *inside: bytes) -> bytes:
    data = b"".join(inside)
    name = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return name + (1 << 56 | len(data)).to_bytes(8, "big") + data


def matroska() -> bytes:
    info = element(
        0x1549A966,
        element(0x7BA9, "名字".encode()),
        element(0x4489, struct.pack(">d", 62_500.0)),
        element(0x4461, struct.pack(">q", 86_400 * 10**9)),
    )
    track = element(0xAE, element(0xD7, b"\2"), element(0x83, b"\x11"), element(0x86, b"S_TEXT/UTF8"))
    file = element(0x1941A469, element(0x61A7, element(0x466E, b"a/list.txt"), element(0x465C, b"attached")))
    tag = element(
        0x1254C367, element(0x7373, element(0x67C8, element(0x45A3, b"PLACE"), element(0x4487, b"here")))
    )
    display = element(0x80, element(0x85, b"Part one"))
    chapter = element(0x1043A770, element(0x45B9, element(0xB6, element(0x91, b"\x3b\x9a\xca\0"), display)))
    block = element(0xA0, element(0xA1, b"\x82\0\x0a\0" + "第一".encode()), element(0x9B, b"\x05\xdc"))
    cluster = element(0x1F43B675, element(0xE7, b"\x03\xe8"), block)
    segment = element(0x18538067, info, element(0x1654AE6B, track), file, tag, chapter, cluster)
    return element(0x1A45DFA3, element(0x4282, b"matroska")) + segment


def windows_media() -> bytes:
    def thing(guid: str, data: bytes) -> bytes:
        return bytes.fromhex(guid) + struct.pack("<Q", 24 + len(data)) + data

    title = "名字\0".encode("utf-16-le")
    made = struct.pack("<QQ", 131_067_361_210_000_000, 0)
    file = thing(
        "a1dcab8c47a9cf118ee400c00c205365", bytes(24) + made + struct.pack("<Q", 625_000_000) + bytes(40)
    )
    content = thing("3326b2758e66cf11a6d900aa0062ce6c", struct.pack("<5H", len(title), 0, 0, 0, 0) + title)
    picture = b"\3" + struct.pack("<I", len(JPEG)) + "image/jpeg\0front\0".encode("utf-16-le") + JPEG
    name = "WM/Picture\0".encode("utf-16-le")
    value = struct.pack("<H", len(name)) + name + struct.pack("<HH", 1, len(picture)) + picture
    more = thing("40a4d0d207e3d21197f000a0c95ea850", struct.pack("<H", 1) + value)
    inside = file + content + more
    return (
        bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
        + struct.pack("<QIH", 30 + len(inside), 3, 0x201)
        + inside
    )
