"""Zips: every file in them is found, whatever the directory says, and no bomb gets far."""

from __future__ import annotations

import dataclasses
import io
import stat
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from container_sink import read_container, sample
from zip_by_hand import by_hand

from proofroom.extract.formats.zip import FORMAT
from proofroom.limits import DEFAULT
from proofroom.model.states import Reason, State
from proofroom.world import archives, hostile, texts, zips

FIRST, SECOND = "名单.csv".encode(), b"note.txt"


def packed(*members: tuple[str | bytes, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    return zips.pack(list(members), method=method)


def test_members_are_given_under_their_raw_names_and_folders_are_none() -> None:
    gbk = "导出/名单.csv".encode("gbk")
    kept = read_container(FORMAT, packed(("folder/", b""), (gbk, b"1"), ("名单.csv", b"2"), ("empty", b"")))
    assert kept.data == {gbk: b"1", FIRST: b"2", b"empty": b""}
    assert (kept.partial, kept.ended) == ([], None)


def test_what_the_directory_says_of_an_entry_is_kept() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.comment = "名单备份，请查收".encode("gbk")
        info = zipfile.ZipInfo("a", (2016, 7, 1, 9, 30, 2))
        info.create_system, info.comment = 3, b"by hand"
        info.extra = (
            b"UT\5\0\1" + (1_467_336_600).to_bytes(4, "little") + b"ux\x0b\0\1\4\xf5\1\0\0\4\x14\0\0\0"
        )
        archive.writestr(info, b"x" * 9)
    kept = read_container(FORMAT, out.getvalue())
    fact = kept.properties["zip:entry:1"][0]
    for part in ("date=2016-07-01T09:30:02", "method=0", "system=3", "extra=5455:5,7875:11", "size=9"):
        assert part in fact.split(" ")
    assert "mtime=2016-07-01T01:30:00Z uid=501 gid=20" in fact
    assert kept.properties["zip:entry:1:comment"] == ["by hand"]
    assert kept.properties["zip:comment"] == ["名单备份，请查收"]


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_every_method_of_the_standard_library_is_unpacked(method: int) -> None:
    data = bytes(range(256)) * 4_000
    assert read_container(FORMAT, packed(("a", data), method=method)).data == {b"a": data}


def test_deflate64_is_unpacked_and_an_unknown_method_is_said() -> None:
    from inflate64 import Deflater

    coder = Deflater()
    data = b"deflate sixty-four " * 9_000
    body = coder.deflate(data) + coder.flush()
    kept = read_container(FORMAT, by_hand(b"a", body, method=9, crc=zlib.crc32(data), size=len(data)))
    assert (kept.data, kept.members[0].ended) == ({b"a": data}, None)
    kept = read_container(FORMAT, by_hand(b"a", b"?", method=98))
    assert kept.fate(b"a") == (State.UNKNOWN, Reason.UNSUPPORTED_VARIANT)
    assert kept.partial == [Reason.UNREAD_PART]


def test_doubles_empty_names_and_names_with_nul_survive() -> None:
    names = [b"a.txt", b"a.txt", b"", b"nul\0.txt", b"../../x", b"/etc/y", b"..\\z", b"C:\\w"]
    with pytest.warns(UserWarning, match="Duplicate"):
        data = packed(*((name.replace(b"\0", b"#"), b"1") for name in names))
    kept = read_container(FORMAT, data.replace(b"nul#", b"nul\0"))
    assert kept.names == names
    assert all(member.data == b"1" for member in kept.members)


def test_links_and_devices_are_recorded_without_bytes_and_a_link_tells_where_it_leads() -> None:
    kept = read_container(FORMAT, by_hand(b"way", b"/etc/passwd", mode=stat.S_IFLNK | 0o777))
    assert kept.fate(b"way") == (State.REFUSED, Reason.SYMLINK)
    assert kept.properties["zip:link:1"] == ["/etc/passwd"]
    kept = read_container(FORMAT, by_hand(b"pipe", b"", mode=stat.S_IFIFO))
    assert kept.fate(b"pipe") == (State.REFUSED, Reason.FIFO)
    assert read_container(FORMAT, by_hand(b"d", b"", mode=stat.S_IFBLK)).fate(b"d") == (
        State.REFUSED,
        Reason.DEVICE,
    )


def test_a_wrong_checksum_damages_only_its_member_and_the_bytes_stay() -> None:
    kept = read_container(FORMAT, hostile._bad_checksum())
    assert kept.data[b"a.txt"] == b"the bytes will NOT match" + b"the bytes will not match" * 3
    assert kept.fate(b"a.txt") == (State.DAMAGED, Reason.BAD_CHECKSUM)
    assert (kept.partial, kept.ended) == ([Reason.DAMAGED_PART], None)


def test_a_zip_cut_short_gives_what_arrived() -> None:
    whole = packed(("a", b"a" * 900), ("b", b"b" * 900), method=zipfile.ZIP_STORED)
    kept = read_container(FORMAT, whole[:-60])
    assert kept.data == {b"a": b"a" * 900, b"b": b"b" * 900}
    assert kept.ended == (State.DAMAGED, Reason.CUT_SHORT)
    kept = read_container(FORMAT, whole[: whole.index(b"b" * 9) + 100])
    assert kept.fate(b"b") == (State.DAMAGED, Reason.CUT_SHORT)
    assert [len(member.data or b"") for member in kept.members] == [900, 99]
    assert read_container(FORMAT, b"PK\3\4").ended == (State.DAMAGED, Reason.NOT_WELL_FORMED)


def test_a_cut_zip_gives_members_of_any_name_that_follow_one_another() -> None:
    whole = packed(("a", b"1" * 90), ("line\nbreak", b"2" * 90), ("", b"3" * 90), ("z", b"4" * 90))
    kept = read_container(FORMAT, whole[: whole.index(b"PK\1\2")])
    assert [member.name for member in kept.members] == [b"a", b"line\nbreak", b"", b"z"]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_sizes_that_stand_behind_the_data_are_found_without_a_directory(method: int) -> None:
    inner = packed(("inside", b"not of this zip"), method=zipfile.ZIP_STORED)
    out = io.BytesIO()
    with zipfile.ZipFile(_Pipe(out), "w") as archive:
        archive.writestr(zipfile.ZipInfo("a"), b"first " * 100, method)
        archive.writestr(zipfile.ZipInfo("b.zip"), inner, method)
    kept = read_container(FORMAT, out.getvalue()[: out.getvalue().rindex(b"PK\1\2") - 30])
    assert kept.data[b"a"] == b"first " * 100
    if method == zipfile.ZIP_DEFLATED:
        assert kept.names == [b"a", b"b.zip"]
        assert kept.data[b"b.zip"] == inner
    assert all(member.ended is None for member in kept.members[:1])
    assert kept.ended == (State.DAMAGED, Reason.CUT_SHORT)


class _Pipe:
    """Takes bytes and cannot seek, so that sizes stand behind the data."""

    def __init__(self, out: io.BytesIO) -> None:
        self._out = out

    def write(self, data: bytes) -> int:
        return self._out.write(data)

    def flush(self) -> None:
        return None


def test_an_entry_taken_out_of_the_directory_is_found_and_said() -> None:
    whole = bytearray(packed(("kept", b"1" * 50), ("gone", b"2" * 50), ("last", b"3" * 50)))
    at = whole.index(b"PK\1\2", whole.index(b"PK\1\2") + 1)
    length = 46 + len("gone")
    del whole[at : at + length]
    end = whole.index(b"PK\5\6")
    whole[end + 8 : end + 16] = struct.pack("<HHI", 2, 2, 2 * length)
    kept = read_container(FORMAT, bytes(whole))
    assert kept.names == [b"kept", b"last", b"gone"]
    assert kept.data[b"gone"] == b"2" * 50
    assert any(key.startswith("zip:unlisted:") for key in kept.properties)
    assert kept.ended is None


def test_bytes_before_and_behind_a_zip_do_not_hide_it() -> None:
    whole = packed(("a", b"1"))
    kept = read_container(FORMAT, b"MZ" + bytes(5_000) + whole + b"tail" * 1_000)
    assert kept.data == {b"a": b"1"}
    assert kept.properties["zip:prefix-bytes"] == ["5002"]
    assert kept.properties["zip:trailing-bytes"] == ["4000"]
    both = read_container(FORMAT, packed(("old", b"0")) + whole)
    assert both.names == [b"a", b"old"]


def test_a_large_zip_tells_its_sizes_in_extra_fields() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive, archive.open("a", "w", force_zip64=True) as member:
        member.write(b"large")
    assert read_container(FORMAT, out.getvalue()).data == {b"a": b"large"}
    lying = out.getvalue().replace(struct.pack("<Q", 5), b"\xff" * 8)
    assert read_container(FORMAT, lying).names == [b"a"]


def test_entries_that_share_their_bytes_are_refused_but_for_the_first() -> None:
    whole = packed(("a", b"1"), ("b", b"2"), method=zipfile.ZIP_STORED)
    second = whole.index(b"PK\1\2", whole.index(b"PK\1\2") + 1)
    kept = read_container(FORMAT, whole[: second + 42] + bytes(4) + whole[second + 46 :])
    assert kept.fate(b"a") is None
    assert kept.fate(b"b") == (State.REFUSED, Reason.NOT_WELL_FORMED)
    assert kept.partial == [Reason.DAMAGED_PART]


def test_an_entry_that_leads_nowhere_is_damaged_and_the_others_are_read() -> None:
    whole = packed(("a", b"1"), ("b", b"2"))
    second = whole.index(b"PK\1\2", whole.index(b"PK\1\2") + 1)
    kept = read_container(FORMAT, whole[: second + 42] + b"\0\0\0\x70" + whole[second + 46 :])
    assert kept.members[1].ended == (State.DAMAGED, Reason.CUT_SHORT)
    assert kept.data[b"a"] == b"1"


def test_a_bomb_is_cut_by_the_limits_and_its_count_too() -> None:
    limits = dataclasses.replace(DEFAULT, member_bytes=1 << 20, expanded_bytes=3 << 20, members=3)
    bomb = packed(*((str(number), bytes(2 << 20)) for number in range(5)))
    kept = read_container(FORMAT, bomb, limits=limits)
    assert kept.members[0].ended == (State.TRUNCATED, Reason.LIMIT_MEMBER_BYTES)
    assert kept.ended == (State.TRUNCATED, Reason.LIMIT_EXPANDED_BYTES)
    many = packed(*((str(number), b"") for number in range(5)))
    assert read_container(FORMAT, many, limits=limits).ended == (State.TRUNCATED, Reason.LIMIT_MEMBERS)


def test_zips_of_the_world_end_as_its_truth_allows() -> None:
    inner = texts.note("里层", blind=False)
    kept = read_container(FORMAT, archives.zipped([("说明.txt", inner)], encoding="gbk").data or b"")
    assert kept.data == {"说明.txt".encode("gbk"): inner.data}
    kept = read_container(FORMAT, hostile.traversal_zip(blind=False).data or b"")
    assert kept.names[:3] == [
        "../../出去.txt".encode(),
        "/etc/绝对.txt".encode(),
        "..\\..\\反斜杠.txt".encode(),
    ]


@pytest.mark.parametrize("step", [1, 7])
def test_no_cut_and_no_flipped_byte_raises_anything_else(step: int) -> None:
    whole = packed(("a", b"first" * 20), (FIRST, b"second" * 20)) + b"x"
    for at in range(0, len(whole), step):
        if step == 1:
            read_container(FORMAT, whole[:at])
        read_container(FORMAT, whole[:at] + bytes((whole[at] ^ 0xFF,)) + whole[at + 1 :], "x")


def test_the_sample_is_read_whole(root: Path) -> None:
    kept = read_container(FORMAT, sample(root, FORMAT))
    assert (kept.ended, kept.partial) == (None, [Reason.LOCKED_PART])
    assert len(kept.members) == 8


def test_what_an_entry_says_beyond_the_directory_is_kept() -> None:
    name = "名.txt".encode("gb18030")
    path = struct.pack("<BI", 1, zlib.crc32(name)) + "名.txt".encode()
    times = struct.pack("<Biii", 7, 1_000_000_000, 1_100_000_000, 1_200_000_000)
    extra = struct.pack("<HH", 0x7075, len(path)) + path + struct.pack("<HH", 0x5455, len(times)) + times
    head = struct.pack(
        "<4s5H3I2H", b"PK\3\4", 20, 0, 0, 0x6000, 0x4A21, zlib.crc32(b"x"), 1, 1, len(name), len(extra)
    )
    local = head + name + extra + b"x"
    listed = struct.pack(
        "<4s6H3I5H2I",
        b"PK\1\2",
        20,
        20,
        0,
        0,
        0x6001,
        0x4A22,
        zlib.crc32(b"x"),
        1,
        1,
        len(name),
        0,
        0,
        0,
        0,
        0,
        0,
    )
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 1, 1, len(listed + name), len(local), 0)
    kept = read_container(FORMAT, local + listed + name + end)
    told = {key: values[0] for key, values in kept.properties.items()}
    assert told["zip:unicode-path:1"] == "名.txt"
    assert told["zip:local-date:1"] == "2017-01-01T12:00:00"
    assert "atime=2004-11-09T11:33:20Z ctime=2008-01-10T21:20:00Z" in told["zip:local-times:1"]
