"""What is drawn on the sheets of old workbooks: comments, boxes, pictures, objects, each at its cell."""

from __future__ import annotations

import struct

from xls_by_hand import read, record, wide, workbook

from proofroom.model.states import Reason


def test_comments_links_and_shapes_stand_at_their_cells() -> None:
    def drawn(number: int, text: str) -> bytes:
        return (
            record(0x5D, struct.pack("<4H", 0x15, 0x12, 25, number) + bytes(14))
            + record(0x01B6, bytes(10) + struct.pack("<HHI", len(text), 16, 0))
            + record(0x3C, b"\1" + text.encode("utf-16-le"))
            + record(0x3C, bytes(16))
        )

    url = "http://a.example/\0".encode("utf-16-le")
    link = (
        struct.pack("<4H", 2, 2, 1, 1)
        + bytes(16)
        + struct.pack("<II", 2, 3)
        + bytes.fromhex("e0c9ea79f9bace118c8200aa004ba90b")
        + struct.pack("<I", len(url))
        + url
    )
    cells = (
        drawn(1, "批注")
        + drawn(2, "a box")
        + record(0x1C, struct.pack("<4H", 4, 0, 0, 1) + wide("办公室"))
        + record(0x01B8, link)
    )
    keeper = read(workbook(cells))
    assert keeper.said == {
        "sheet=Blatt&cell=A5&comment=1": "批注",
        "sheet=Blatt&cell=A5&comment=1&author=1": "办公室",
        "sheet=Blatt&cell=B3&link=1": "http://a.example/",
        "sheet=Blatt&shape=1": "a box",
    }
    assert keeper.properties["ole:comment-author"] == ["办公室"]


def test_pictures_become_members() -> None:
    png = b"\x89PNG-not-really"
    blip = struct.pack("<HHI", 0x6E00, 0xF01E, 17 + len(png)) + bytes(17) + png
    entry = struct.pack("<HHI", 2, 0xF007, 36 + len(blip)) + bytes(36) + blip
    store = struct.pack("<HHI", 0x1F, 0xF001, len(entry)) + entry
    group = struct.pack("<HHI", 0xF, 0xF000, len(store)) + store
    data = workbook(b"", first=record(0xEB, group[:40]) + record(0x3C, group[40:]))
    assert read(data).members == {"pictures/1.png": png}
    broken = workbook(b"", first=record(0xEB, group[:-4]))
    assert read(broken).partial == [Reason.DAMAGED_PART]
