"""Compound files of every other kind: what is a file in them comes out, what is not read is said."""

from __future__ import annotations

import random
import struct
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from ole_by_hand import catalog, chunks, compound, drawing, packed

from proofroom.extract.formats.compound import FORMAT
from proofroom.model.evidence import PieceKind
from proofroom.model.states import Reason, State

if TYPE_CHECKING:
    from conftest import Read

PDF = b"%PDF-1.4\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0" + b"j" * 40


def test_a_packed_file_comes_out_under_its_name_and_says_where_it_lay(read_with: Read) -> None:
    found = read_with(FORMAT, compound({"\x01Ole10Native": packed("名单.pdf", PDF, r"D:\办公\名单.pdf")}))
    assert found.members == {"名单.pdf": PDF}
    assert found.properties["ole:package-path"] == [r"名单.pdf D:\办公\名单.pdf", r"名单.pdf C:\Temp\x.tmp"]
    assert (found.ended, found.partial) == (None, [])


def test_a_packed_file_without_wide_names_is_decoded_by_detection(read_with: Read) -> None:
    data = packed("二〇一五年名单.pdf", PDF, "D:\\二〇一五年名单.pdf", wide=False)
    assert list(read_with(FORMAT, compound({"\x01Ole10Native": data})).members) == ["二〇一五年名单.pdf"]


def test_the_name_of_a_packed_file_never_leads_out(read_with: Read) -> None:
    found = read_with(FORMAT, compound({"\x01Ole10Native": packed("..", PDF, "")}))
    assert list(found.members) == ["packed"]


def test_a_packed_file_that_promises_more_than_there_is_is_partly_read(read_with: Read) -> None:
    data = packed("a.pdf", PDF, stated=1 << 30, wide=False)
    found = read_with(FORMAT, compound({"\x01Ole10Native": data}))
    assert (found.members, found.partial) == ({"a.pdf": PDF}, [Reason.DAMAGED_PART])


def test_files_in_streams_are_members_whatever_they_are_called(read_with: Read) -> None:
    found = read_with(FORMAT, compound({"Package": b"PK\3\4rest", "CONTENTS": PDF, "deep": {"x": JPEG}}))
    assert found.members == {"Package": b"PK\3\4rest", "CONTENTS": PDF, "deep/x": JPEG}
    assert found.partial == []


def test_a_storage_that_is_a_document_becomes_a_compound_file(read_with: Read) -> None:
    found = read_with(FORMAT, compound({"Item 1": {"WordDocument": b"w" * 5000, "1Table": b"t"}}))
    (name,) = found.members
    inner = read_with(FORMAT, found.members[name])
    assert inner.properties["ole:entry"][0].startswith("1 stream 1Table bytes=1 ")


def test_texts_in_a_stream_that_nobody_reads_are_found_and_the_stream_is_said_to_be_unread(
    read_with: Read,
) -> None:
    stream = b"\1\2\3" + "秘密文件 of the office".encode("utf-16-le") + b"\0\0\xfe\xff\1"
    found = read_with(FORMAT, compound({"Data": stream}))
    assert found.said == {"para=1": "秘密文件 of the office"}
    assert found.kinds == {"para=1": PieceKind.NAME}
    assert found.partial == [Reason.UNREAD_PART]


def test_noise_is_no_text(read_with: Read) -> None:
    noise = random.Random(1).randbytes(64_000)
    assert len(read_with(FORMAT, compound({"Data": noise})).said) <= 20


def test_a_drawing_of_visio_gives_the_texts_of_its_shapes(read_with: Read) -> None:
    found = read_with(FORMAT, compound({"VisioDocument": drawing("楼层平面图", "Room 3\nlocked")}))
    assert found.said["para=1"] == "楼层平面图"
    assert found.said["para=2"] == "Room 3\nlocked"
    assert found.kinds["para=1"] is PieceKind.SHAPE
    assert found.partial == [Reason.UNREAD_PART]


def test_a_drawing_whose_tree_leads_to_itself_ends(read_with: Read) -> None:
    data = bytearray(drawing("a text"))
    tree = struct.unpack_from("<I", data, 0x24 + 8)[0]
    struct.pack_into("<IIIIH", data, tree + 12, 0x14, 0, tree, 30, 0x50)
    assert read_with(FORMAT, compound({"VisioDocument": bytes(data)})).partial


@pytest.mark.parametrize("mark", [b"CHNKINK ", b"CHNKWKS "])
def test_paragraphs_of_publisher_and_works_are_read(read_with: Read, mark: bytes) -> None:
    tree = {"Quill": {"QuillSub": {"CONTENTS": chunks(mark, "第一段", "second paragraph")}}}
    found = read_with(FORMAT, compound(tree))
    assert found.said == {"para=1": "第一段", "para=2": "second paragraph"}
    assert found.partial == [Reason.UNREAD_PART]


def test_thumbnails_are_named_after_the_files_they_show(read_with: Read) -> None:
    head = struct.pack("<III", 12, 1, len(JPEG))
    found = read_with(
        FORMAT,
        compound(
            {
                "Catalog": catalog("现场.jpg", "scan.tif"),
                "1": head + JPEG,
                "2": head + JPEG,
                "21": head + JPEG,
            }
        ),
    )
    assert found.members == {"现场.jpg": JPEG, "scan.tif.jpg": JPEG, "thumbnail-21.jpg": JPEG}
    assert found.properties["ole:thumbnail"][0] == "现场.jpg 2012-12-14T23:06:40Z"


def test_the_picture_that_stands_for_an_object_is_a_member(read_with: Read) -> None:
    body = b"\1\0\0\0" + bytes(36) + b" EMF"
    stream = struct.pack("<IIIIiIIIII", 0xFFFFFFFF, 14, 4, 1, -1, 0, 0, 9, 9, len(body)) + body
    assert read_with(FORMAT, compound({"\x02OlePres000": stream})).members == {"OlePres000.emf": body}


def test_the_program_of_an_object_and_the_file_it_is_linked_to_are_properties(read_with: Read) -> None:
    program = bytes(28) + struct.pack("<I", 6) + b"Paint\0" + bytes(4) + struct.pack("<I", 7) + b"PBrush\0"
    path = "\\\\server\\share\\表.xls"
    moniker = (
        bytes.fromhex("0303000000000000c000000000000046") + struct.pack("<HI", 0, 2) + b"x\0" + bytes(24)
    )
    moniker += struct.pack("<IIH", 6 + 2 * len(path), 2 * len(path), 3) + path.encode("utf-16-le")
    found = read_with(FORMAT, compound({"\x01CompObj": program, "\x01Ole": bytes(20) + moniker}))
    assert found.properties["ole:program"] == ["Paint PBrush"]
    assert found.properties["ole:external"] == [path]


def test_the_directory_tells_classes_and_times(read_with: Read) -> None:
    clsid = bytes.fromhex("0b010200 0000 0000 c000000000000046".replace(" ", ""))
    found = read_with(FORMAT, compound({"x": PDF}, clsid))
    assert found.properties["ole:class"] == ["0002010B-0000-0000-C000-000000000046"]


def test_two_streams_with_one_name_both_come_out(read_with: Read) -> None:
    found = read_with(FORMAT, compound({"\x04x.pdf": PDF, "x.pdf": PDF + b"2"}))
    assert sorted(found.members) == ["x.pdf", "x~2.pdf"]


def test_storages_nested_without_end_end(read_with: Read) -> None:
    tree: dict[str, object] = {"x": PDF}
    for _ in range(80):
        tree = {"s": tree}
    found = read_with(FORMAT, compound(tree))  # type: ignore[arg-type]  # a tree of trees
    assert found.partial or found.ended


def test_an_empty_compound_file_gives_nothing_and_no_reason(read_with: Read) -> None:
    found = read_with(FORMAT, compound({}))
    assert (found.said, found.members, found.partial, found.ended) == ({}, {}, [], None)


def test_what_is_no_compound_file_is_damaged(read_with: Read) -> None:
    assert read_with(FORMAT, b"\xd0\xcf\x11\xe0").ended == (State.DAMAGED, Reason.NOT_WELL_FORMED)


def test_a_file_cut_anywhere_ends_in_a_state(read_with: Read, root: Path) -> None:
    data = (root / "src/proofroom/extract/formats/samples" / FORMAT.sample).read_bytes()
    for end in range(0, len(data), 499):
        found = read_with(FORMAT, data[:end])
        assert found.ended or found.partial, end


@pytest.mark.corpora
def test_a_drawing_of_the_corpora_is_read(read_with: Read, corpora: Path) -> None:
    found = read_with(FORMAT, (corpora / "tika" / "testVISIO.vsd").read_bytes())
    assert [found.said[f"para={number}"] for number in range(1, 6)] == [
        "text",
        "View",
        "Test View",
        "I am a test view",
        "Some random text, on a page",
    ]
