"""Raw photos: their EXIF and previews are given, what the sensor saw is said not to be read."""

from __future__ import annotations

import io
import struct
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from proofroom.extract.detection.magic import media_type_of_beginning
from proofroom.extract.formats import image, rawphoto
from proofroom.model.states import Reason, State

if TYPE_CHECKING:
    from conftest import Read


def jpeg(side: int = 64, quality: int = 90) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize((side, side)).convert("RGB").save(out, "JPEG", quality=quality)
    return out.getvalue()


def directory(mark: bytes, *entries: tuple[int, int, int, bytes], more: bytes = b"") -> bytes:
    """Give a block like a TIFF: one directory; values longer than four bytes stand behind it."""
    at, body, tail = 8 + 2 + 12 * len(entries) + 4, struct.pack("<H", len(entries)), b""
    for tag, kind, count, value in entries:
        held = value.ljust(4, b"\0") if len(value) <= 4 else struct.pack("<I", at + len(tail))
        tail += value + bytes(len(value) % 2) if len(value) > 4 else b""
        body += struct.pack("<HHI", tag, kind, count) + held
    return mark + struct.pack("<I", 8) + body + bytes(4) + tail + more


def raw(mark: bytes = b"IIU\0") -> bytes:
    return directory(
        mark, (0x010F, 2, 8, b"FICTICAM"), (0x0110, 2, 9, b"Fict-100\0"), more=bytes(40) + jpeg()
    )


@pytest.mark.parametrize("mark", [b"IIU\0", b"IIRO", b"IIRS"])
def test_a_raw_photo_gives_its_camera_and_its_preview(read_with: Read, mark: bytes) -> None:
    data = raw(mark)
    assert media_type_of_beginning(data) == "image/x-raw-photo"
    found = read_with(rawphoto.FORMAT, data)
    assert found.properties["EXIF:Make"] == ["FICTICAM"]
    assert found.members == {"preview-1.jpg": jpeg()}
    assert (found.ended, found.partial) == (None, [Reason.UNREAD_PART])


def test_the_blocks_of_a_cr3_are_found(read_with: Read) -> None:
    block = directory(b"II*\0", (0x010F, 2, 8, b"FICTICAM"))
    box = struct.pack(">I", 8 + len(block)) + b"CMT1" + block
    data = struct.pack(">I", 24) + b"ftypcrx \0\0\0\1crx isom" + bytes(8) + box + jpeg()
    assert media_type_of_beginning(data) == "image/x-raw-photo"
    found = read_with(rawphoto.FORMAT, data)
    assert found.properties["EXIF:Make"] == ["FICTICAM"]
    assert list(found.members) == ["preview-1.jpg"]


def test_a_raf_names_its_camera(read_with: Read) -> None:
    data = b"FUJIFILMCCD-RAW 0201FF129502" + b"FinePix X100".ljust(32, b"\0") + bytes(100) + jpeg()
    found = read_with(rawphoto.FORMAT, data)
    assert found.properties["image:camera"] == ["FinePix X100"]
    assert list(found.members) == ["preview-1.jpg"]


def test_a_dng_is_a_picture_whose_preview_is_a_member(read_with: Read) -> None:
    held = jpeg()
    entries = [
        (0x00FE, 4, 1, struct.pack("<I", 1)),
        (0x0100, 4, 1, struct.pack("<I", 64)),
        (0x0101, 4, 1, struct.pack("<I", 64)),
        (0x0103, 3, 1, struct.pack("<H", 7)),
        (0x0106, 3, 1, struct.pack("<H", 32_803)),
    ]
    start = 8 + 2 + 12 * (len(entries) + 2) + 4
    entries += [(0x0111, 4, 1, struct.pack("<I", start)), (0x0117, 4, 1, struct.pack("<I", len(held)))]
    found = read_with(image.FORMAT, directory(b"II*\0", *entries, more=held))
    assert found.members == {"preview-1.jpg": held}
    assert Reason.UNREAD_PART in found.partial


def test_a_raw_photo_cut_to_its_mark_is_damaged(read_with: Read) -> None:
    assert read_with(rawphoto.FORMAT, b"IIU\0\x08").ended == (State.DAMAGED, Reason.NOT_WELL_FORMED)


def test_beginnings_without_end_cost_little(read_with: Read) -> None:
    for beginning in (b"\xff\xd8\xff\xe0", b"\xff\xd8\xff\xe0\0\2"):
        assert read_with(rawphoto.FORMAT, b"FOVb" + beginning * 100_000).ended is not None


def test_the_sample_is_read_whole(read_with: Read) -> None:
    folder = Path(__file__).parents[3] / "src" / "proofroom" / "extract" / "formats" / "samples"
    found = read_with(rawphoto.FORMAT, (folder / rawphoto.FORMAT.sample).read_bytes())
    assert list(found.members) == ["preview-1.jpg"]
