"""Medical pictures: every field by its name, texts in their encoding, pixels said not to be read."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import TYPE_CHECKING

from proofroom.extract.detection.magic import media_type_of_beginning
from proofroom.extract.formats.dicom import FORMAT
from proofroom.model.states import Reason, State

if TYPE_CHECKING:
    from conftest import Read

EXPLICIT, IMPLICIT, BIG = b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2\0", b"1.2.840.10008.1.2.2\0"


def field(group: int, element: int, kind: bytes, value: bytes, order: str = "<", size: int = -1) -> bytes:
    value += bytes(len(value) % 2)
    size = len(value) if size < 0 else size
    head = struct.pack(f"{order}HH", group, element) + kind
    if kind in (b"OB", b"OW", b"SQ", b"UT", b"UN"):
        return head + bytes(2) + struct.pack(f"{order}I", size) + value
    return head + struct.pack(f"{order}H", size) + value


def bare(group: int, element: int, value: bytes) -> bytes:
    return struct.pack("<HHI", group, element, len(value)) + value


def medical(syntax: bytes, *parts: bytes) -> bytes:
    return bytes(128) + b"DICM" + field(2, 0x10, b"UI", syntax) + b"".join(parts)


def report() -> bytes:
    name = "王^测试".encode("gb18030")
    inside = bare(0xFFFE, 0xE000, field(0x40, 0xA160, b"UT", "报告正文".encode("gb18030")))
    return medical(
        EXPLICIT,
        field(8, 5, b"CS", b"GB18030 "),
        field(8, 0x20, b"DA", b"20170301"),
        field(0x10, 0x10, b"PN", name),
        field(0x28, 0x10, b"US", struct.pack("<H", 2)),
        field(0x40, 0xA730, b"SQ", inside + bare(0xFFFE, 0xE0DD, b""), size=0xFFFFFFFF),
        field(0x9999, 1, b"UN", b"abc"),
        field(0x7FE0, 0x10, b"OW", bytes(8)),
    )


def test_fields_are_read_by_name_and_reports_are_lines(read_with: Read) -> None:
    assert media_type_of_beginning(report()) == "application/dicom"
    found = read_with(FORMAT, report())
    assert found.properties["dicom:PatientName"] == ["王^测试"]
    assert found.properties["dicom:StudyDate"] == ["20170301"]
    assert found.properties["dicom:Rows"] == ["2"]
    assert found.properties["dicom:9999,0001"] == ["61626300 (4 bytes)"]
    assert found.said["field=1"] == "报告正文"
    assert found.said["field=1&name=1"] == "TextValue"
    assert (found.ended, found.partial) == (None, [Reason.UNREAD_PART])


def test_fields_without_kinds_and_in_big_order_are_read(read_with: Read) -> None:
    bared = medical(IMPLICIT, bare(0x10, 0x10, b"A^B "), bare(0x28, 0x10, struct.pack("<H", 7)))
    assert read_with(FORMAT, bared).properties["dicom:PatientName"] == ["A^B"]
    assert read_with(FORMAT, bared).properties["dicom:Rows"] == ["7"]
    big = medical(BIG, field(0x28, 0x10, b"US", struct.pack(">H", 7), ">"))
    assert read_with(FORMAT, big).properties["dicom:Rows"] == ["7"]


def test_a_jpeg_in_its_pixels_is_a_member(read_with: Read) -> None:
    pieces = (
        bare(0xFFFE, 0xE000, b"")
        + bare(0xFFFE, 0xE000, b"\xff\xd8\xff\xe0 pixels!")
        + bare(0xFFFE, 0xE0DD, b"")
    )
    found = read_with(FORMAT, medical(EXPLICIT, field(0x7FE0, 0x10, b"OB", pieces, size=0xFFFFFFFF)))
    assert found.members == {"picture-1.jpg": b"\xff\xd8\xff\xe0 pixels!"}
    assert (found.ended, found.partial) == (None, [])


def test_a_cut_anywhere_ends_in_a_state(read_with: Read) -> None:
    data = report()
    for cut in range(140, len(data) - 1, 5):
        ended = read_with(FORMAT, data[:cut]).ended
        assert ended in (None, (State.DAMAGED, Reason.CUT_SHORT))
    assert read_with(FORMAT, data[:-3]).ended == (State.DAMAGED, Reason.CUT_SHORT)


def test_nesting_without_end_ends(read_with: Read) -> None:
    deep = struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF) * 200_000
    assert read_with(FORMAT, medical(EXPLICIT, deep)).ended is None


def test_the_sample_is_read(read_with: Read) -> None:
    folder = Path(__file__).parents[3] / "src" / "proofroom" / "extract" / "formats" / "samples"
    assert "dicom:PatientName" in read_with(FORMAT, (folder / FORMAT.sample).read_bytes()).properties
