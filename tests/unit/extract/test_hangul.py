"""Documents of Hangul: paragraphs at their places, notes and headers apart, pictures as members, locks said."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import TYPE_CHECKING

from ole_by_hand import compound

from proofroom.extract.detect import detect
from proofroom.extract.format import Source
from proofroom.extract.formats.hangul import FORMAT
from proofroom.limits import DEFAULT
from proofroom.model.states import Reason, State

if TYPE_CHECKING:
    from conftest import Read

    Zipped = Callable[[Mapping[str, str | bytes]], bytes]


def record(kind: int, level: int, data: bytes) -> bytes:
    size = len(data)
    head = kind | level << 10 | min(size, 0xFFF) << 20
    return struct.pack("<I", head) + (struct.pack("<I", size) if size >= 0xFFF else b"") + data


def paragraph(text: str, level: int = 0) -> bytes:
    return record(0x42, level, bytes(22)) + record(0x43, level + 1, (text + "\r").encode("utf-16-le"))


def control(name: bytes, level: int, data: bytes = b"") -> bytes:
    return record(0x47, level, name[::-1] + data)


def link(address: str) -> bytes:
    raw = address.encode("utf-16-le")
    return control(b"%hlk", 1, bytes(5) + struct.pack("<H", len(raw) // 2) + raw)


SECTION = (
    paragraph("첫째 문단")
    + control(b"head", 1)
    + record(0x48, 2, bytes(6))
    + paragraph("머리말", 2)
    + paragraph("\x0b" + "a" * 6 + "\x0b" + "둘째")
    + control(b"tbl ", 1)
    + paragraph("칸", 2)
    + paragraph("see")
    + link("https\\://example.org/;1;0;0;")
)


def document(section: bytes = SECTION, flags: int = 1) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    packed = packer.compress(section) + packer.flush()
    picture = zlib.compressobj(wbits=-15)
    head = b"HWP Document File".ljust(32, b"\0") + bytes((0, 1, 0, 5)) + struct.pack("<I", flags)
    return compound(
        {
            "FileHeader": head.ljust(256, b"\0"),
            "DocInfo": b"\0",
            "BodyText": {"Section0": packed if flags & 1 else section},
            "BinData": {"BIN0001.png": picture.compress(b"\x89PNG") + picture.flush()},
            "PrvText": "미리 보기".encode("utf-16-le"),
        }
    )


def test_paragraphs_headers_tables_and_links_stand_at_their_places(read_with: Read) -> None:
    found = read_with(FORMAT, document())
    assert found.ended is None
    assert not found.partial
    assert found.said == {
        "para=1": "첫째 문단",
        "header=1": "머리말",
        "para=2": "둘째",
        "para=3": "칸",
        "para=4": "see",
        "para=4&link=1": "https://example.org/",
    }


def test_pictures_preview_and_version_are_kept(read_with: Read) -> None:
    found = read_with(FORMAT, document())
    assert found.members == {"BIN0001.png": b"\x89PNG"}
    assert found.properties["hwp:version"] == ["5.0.1.0"]
    assert found.properties["hwp:preview"] == ["미리 보기"]


def test_a_document_that_is_not_packed_is_read(read_with: Read) -> None:
    assert read_with(FORMAT, document(flags=0)).said["para=1"] == "첫째 문단"


def test_long_paragraphs_are_read_whole(read_with: Read) -> None:
    assert read_with(FORMAT, document(paragraph("가" * 5_000))).said == {"para=1": "가" * 5_000}


def test_locked_documents_are_locked(read_with: Read) -> None:
    for flags in (3, 5, 17):
        found = read_with(FORMAT, document(flags=flags))
        assert found.ended == (State.LOCKED, Reason.UNSUPPORTED_ENCRYPTION)
        assert found.properties["hwp:preview"] == ["미리 보기"]


def test_a_section_that_breaks_off_keeps_what_came_before(read_with: Read) -> None:
    found = read_with(FORMAT, document(SECTION + b"\x42\0\0\x70rest"))
    assert found.partial == [Reason.DAMAGED_PART]
    assert found.said["para=1"] == "첫째 문단"
    whole = document()
    for at in range(512, len(whole), 301):
        read_with(FORMAT, whole[:at])
        read_with(FORMAT, whole[:at] + bytes((whole[at] ^ 0xFF,)) + whole[at + 1 :])


HWPX = (
    '<hs:sec xmlns:hs="urn:s" xmlns:hp="urn:p"><hp:p><hp:run><hp:ctrl><hp:header><hp:subList><hp:p><hp:run>'
    "<hp:t>머리말</hp:t></hp:run></hp:p></hp:subList></hp:header></hp:ctrl><hp:t>첫째<hp:tab/>문단</hp:t></hp:run>"
    '</hp:p><hp:p><hp:run><hp:ctrl><hp:fieldBegin type="HYPERLINK"><hp:parameters><hp:stringParam name="Path">'
    "https\\://example.org/;1;0</hp:stringParam></hp:parameters></hp:fieldBegin></hp:ctrl><hp:t>see</hp:t></hp:run>"
    "</hp:p></hs:sec>"
)
PARTS: dict[str, str | bytes] = {
    "mimetype": "application/hwp+zip",
    "Contents/section0.xml": HWPX,
    "Contents/content.hpf": '<p><metadata><title>제목</title><meta name="creator">갑</meta></metadata></p>',
    "BinData/image1.png": b"\x89PNG",
}


def test_the_newer_kind_is_read_alike(read_with: Read, zipped: Zipped) -> None:
    found = read_with(FORMAT, zipped(PARTS))
    assert found.ended is None
    assert found.said == {
        "header=1": "머리말",
        "para=1": "첫째\t문단",
        "para=2": "see",
        "para=2&link=1": "https://example.org/",
    }
    assert found.properties == {"hwp:title": ["제목"], "hwp:creator": ["갑"]}
    assert found.members == {"BinData/image1.png": b"\x89PNG"}


def test_a_newer_one_under_a_password_is_locked(read_with: Read, zipped: Zipped) -> None:
    manifest = '<m:manifest xmlns:m="urn:m"><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>'
    found = read_with(FORMAT, zipped({**PARTS, "META-INF/manifest.xml": manifest}))
    assert found.ended == (State.LOCKED, Reason.UNSUPPORTED_ENCRYPTION)


def test_they_are_told_by_their_content(zipped: Zipped) -> None:
    def kind(data: bytes) -> str:
        return detect(Source(BytesIO(data), len(data), DEFAULT, b"x")).media_type

    assert kind(document()) == "application/x-hwp"
    assert kind(zipped(PARTS)) == "application/hwp+zip"
