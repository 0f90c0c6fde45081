"""Archives cut into several files: each file says that it is one of a set, and gives what it holds alone."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pytest
from container_sink import read_container

from proofroom.extract.detect import detect
from proofroom.extract.format import Source
from proofroom.extract.formats import sevenzip
from proofroom.extract.formats import zip as zips
from proofroom.extract.formats.set_part import FORMAT
from proofroom.extract.worker import Formats
from proofroom.limits import DEFAULT
from proofroom.model.states import Reason, State

ALL = Formats.built_in().all
NOISE = bytes(range(256)) * 16


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("first.txt", b"a" * 300)
        archive.writestr("second.txt", b"b" * 300)
    return out.getvalue()


def kind(name: bytes, data: bytes) -> str:
    return detect(Source(io.BytesIO(data), len(data), DEFAULT, name), ALL).media_type


@pytest.mark.parametrize("name", [b"a.zip.002", b"list.7z.017", b"all.z01", b"data.Z02"])
def test_a_later_file_of_a_set_is_recognised_by_its_name(name: bytes) -> None:
    assert kind(name, NOISE) == "application/x-part-of-set"
    assert read_container(FORMAT, NOISE).ended == (State.UNKNOWN, Reason.PART_OF_SET)


def test_a_name_alone_makes_no_part_of_a_set() -> None:
    assert kind(b"log.002", b"a plain log file\n" * 9) == "text/plain"
    assert kind(b"data.bin", NOISE) != "application/x-part-of-set"
    assert kind(b"002", NOISE) != "application/x-part-of-set"


def test_the_first_file_of_a_cut_zip_gives_what_it_holds() -> None:
    kept = read_container(zips.FORMAT, zipped()[:500], name=b"all.zip.001")
    assert kept.data[b"first.txt"] == b"a" * 300
    assert kept.fate(b"second.txt") == (State.DAMAGED, Reason.CUT_SHORT)
    assert kept.ended == (State.PARTLY, Reason.PART_OF_SET)
    marked = read_container(zips.FORMAT, b"PK\7\x08" + zipped()[:500])
    assert marked.ended == (State.PARTLY, Reason.PART_OF_SET)
    cut = read_container(zips.FORMAT, zipped()[:500], name=b"all.zip")
    assert cut.ended == (State.DAMAGED, Reason.CUT_SHORT)


def test_the_last_file_of_a_cut_zip_names_what_lies_in_the_others() -> None:
    whole = bytearray(zipped())
    end = whole.rindex(b"PK\5\6")
    second = whole.index(b"PK\3\4", 4)
    start = int.from_bytes(whole[end + 16 : end + 20], "little")
    whole[end + 4 : end + 8] = b"\1\0\1\0"
    whole[end + 16 : end + 20] = (start - second).to_bytes(4, "little")
    central = whole.index(b"PK\1\2", whole.index(b"PK\1\2") + 4)
    whole[central + 34 : central + 36] = b"\1\0"
    whole[central + 42 : central + 46] = bytes(4)
    first = whole.index(b"PK\1\2")
    whole[first + 42 : first + 46] = (77).to_bytes(4, "little")
    kept = read_container(zips.FORMAT, bytes(whole[second:]))
    assert kept.fate(b"first.txt") == (State.UNKNOWN, Reason.PART_OF_SET)
    assert kept.data[b"second.txt"] == b"b" * 300
    assert kept.properties["zip:volume"] == ["2"]
    assert Reason.PART_OF_SET in kept.partial


def test_the_first_file_of_a_cut_7z_says_so_where_its_name_does() -> None:
    head = b"7z\xbc\xaf\x27\x1c\0\4" + bytes(24)
    tail = struct.pack("<QQI", 1_000_000, 100, 0)
    data = head[:8] + struct.pack("<I", zlib.crc32(tail)) + tail + NOISE
    assert read_container(sevenzip.FORMAT, data, name=b"all.7z.001").ended == (
        State.UNKNOWN,
        Reason.PART_OF_SET,
    )
    assert read_container(sevenzip.FORMAT, data, name=b"all.7z").ended == (State.DAMAGED, Reason.CUT_SHORT)
