"""Tars: every member whatever made it, who packed it, and what is broken, linked, sparse or cut."""

from __future__ import annotations

import dataclasses
import io
import tarfile
from pathlib import Path

import pytest
from container_sink import read_container, sample

from proofroom.extract.formats.tar import FORMAT
from proofroom.limits import DEFAULT
from proofroom.model.states import Reason, State
from proofroom.world import hostile

LINKED, HARD = tarfile.SYMTYPE, tarfile.LNKTYPE


def packed(*members: tuple[str, bytes], form: int = tarfile.PAX_FORMAT, **more: str | int) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(data), 1_467_336_600
            for key, value in more.items():
                setattr(info, key, value)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def special(name: str, kind: bytes, target: str = "") -> bytes:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info.tobuf(tarfile.GNU_FORMAT)


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_long_names_and_owners_are_read_in_every_dialect(form: int) -> None:
    long = "文件夹/" * 60 + "名单.csv"
    kept = read_container(FORMAT, packed((long, b"1"), ("a", b""), form=form, uname="leaker", uid=501))
    assert kept.data == {long.encode(): b"1", b"a": b""}
    assert "uid=501" in kept.properties["tar:entry:1"][0]
    assert "mtime=1467336600" in kept.properties["tar:entry:1"][0]
    assert "owner=leaker" in kept.properties["tar:entry:1"][0]
    assert (kept.partial, kept.ended) == ([], None)


def test_names_stay_raw_and_doubles_and_prefixes_survive() -> None:
    raw = bytearray(packed(("aaaa", b"1"), ("../x", b"2"), ("../x", b"3"), form=tarfile.USTAR_FORMAT))
    raw[:4] = "名单".encode("gbk")
    raw[345:351] = b"before"
    raw[148:156] = b"%06o\0 " % (sum(raw[:148]) + 256 + sum(raw[156:512]))
    kept = read_container(FORMAT, bytes(raw))
    assert kept.names == [b"before/" + "名单".encode("gbk"), b"../x", b"../x"]
    assert [member.data for member in kept.members] == [b"1", b"2", b"3"]


def test_a_v7_tar_without_a_mark_is_read_and_its_folders_are_no_members() -> None:
    raw = bytearray(packed(("folder/", b""), ("old", b"1"), form=tarfile.USTAR_FORMAT))
    for start in (0, 512):
        raw[start + 156 : start + 345] = bytes(189)
        head = raw[start : start + 512]
        raw[start + 148 : start + 156] = b"%06o\0 " % (sum(head[:148]) + 256 + sum(head[156:]))
    assert read_container(FORMAT, bytes(raw)).data == {b"old": b"1"}


def test_links_devices_and_pipes_are_recorded_and_a_hard_link_gives_the_bytes_of_its_target() -> None:
    data = packed(("file", b"bytes"))[:1024] + b"".join(
        special(name, kind, target)
        for name, kind, target in (
            ("soft", LINKED, "/etc/passwd"),
            ("hard", HARD, "file"),
            ("again", HARD, "hard"),
            ("astray", HARD, "/etc/shadow"),
            ("pipe", tarfile.FIFOTYPE, ""),
            ("disk", tarfile.BLKTYPE, ""),
            ("folder", tarfile.DIRTYPE, ""),
        )
    )
    kept = read_container(FORMAT, data + bytes(1024))
    assert kept.fate(b"soft") == (State.REFUSED, Reason.SYMLINK)
    assert kept.fate(b"astray") == (State.REFUSED, Reason.SYMLINK)
    assert kept.fate(b"pipe") == (State.REFUSED, Reason.FIFO)
    assert kept.fate(b"disk") == (State.REFUSED, Reason.DEVICE)
    assert (kept.data[b"hard"], kept.data[b"again"]) == (b"bytes", b"bytes")
    assert b"folder" not in kept.names
    assert kept.properties["tar:link:2"] == ["/etc/passwd"]
    assert kept.ended is None


def test_remarks_in_pax_headers_are_kept() -> None:
    out = io.BytesIO()
    headers = {"comment": "for everybody"}
    with tarfile.open(fileobj=out, mode="w", pax_headers=headers) as archive:
        info = tarfile.TarInfo("a")
        info.pax_headers = {"SCHILY.xattr.user.from": "somewhere"}
        archive.addfile(info)
    kept = read_container(FORMAT, out.getvalue())
    assert kept.properties["tar:pax-global"] == ["comment=for everybody"]
    assert "SCHILY.xattr.user.from=somewhere" in kept.properties["tar:pax:1"]


def test_a_tar_cut_short_gives_what_arrived() -> None:
    whole = packed(("a", b"a" * 600), ("b", b"b" * 600))
    kept = read_container(FORMAT, whole[: 512 + 1024 + 512 + 100])
    assert kept.data[b"a"] == b"a" * 600
    assert kept.fate(b"b") == (State.DAMAGED, Reason.CUT_SHORT)
    assert kept.data[b"b"] == b"b" * 100
    assert kept.ended == (State.DAMAGED, Reason.CUT_SHORT)
    at_a_border = read_container(FORMAT, whole[: 512 + 1024])
    assert (at_a_border.names, at_a_border.ended) == ([b"a"], (State.DAMAGED, Reason.CUT_SHORT))


def test_a_broken_header_costs_only_its_member() -> None:
    whole = bytearray(packed(("a", b"1"), ("b", b"2"), ("c", b"3")))
    whole[1024] ^= 0xFF
    kept = read_container(FORMAT, bytes(whole))
    assert kept.data == {b"a": b"1", b"c": b"3"}
    assert (kept.partial, kept.ended) == ([Reason.DAMAGED_PART], None)


def test_what_stands_behind_the_end_mark_is_read_too() -> None:
    kept = read_container(FORMAT, packed(("a", b"1")) + packed(("hidden", b"2")) + b"rest" * 200)
    assert kept.data == {b"a": b"1", b"hidden": b"2"}
    assert kept.properties["tar:trailing-bytes"] == ["800"]
    assert kept.ended is None


def sparse(size: int, *extents: tuple[int, int]) -> bytes:
    """Write a GNU header of a file with holes; its written parts hold x."""
    info = tarfile.TarInfo("holes")
    info.type, info.size = b"S", sum(length for _, length in extents)
    head = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    fields = b"".join(b"%011o\0%011o\0" % extent for extent in extents)
    head[386 : 386 + len(fields)] = fields
    head[483:495] = b"\x80" + size.to_bytes(11, "big")
    head[148:156] = b"%06o\0 " % (sum(head[:148]) + 256 + sum(head[156:]))
    return bytes(head) + b"x" * info.size + bytes(-info.size % 512)


def test_holes_are_filled_with_zeros() -> None:
    rest = packed(("after", b"1"))
    kept = read_container(FORMAT, sparse(2_000, (100, 5), (1_000, 5), (2_000, 0)) + rest)
    assert kept.data[b"holes"] == bytes(100) + b"x" * 5 + bytes(895) + b"x" * 5 + bytes(995)
    assert kept.data[b"after"] == b"1"


@pytest.mark.parametrize(
    "headers",
    [
        {"GNU.sparse.map": "2,3,10,1", "GNU.sparse.realsize": "12", "GNU.sparse.name": "holes"},
        {"GNU.sparse.major": "1", "GNU.sparse.realsize": "12", "GNU.sparse.name": "holes"},
    ],
)
def test_holes_of_pax_are_filled_too(headers: dict[str, str]) -> None:
    out = io.BytesIO()
    data = b"xxxx"
    if "GNU.sparse.major" in headers:
        data = b"2\n2\n3\n10\n1\n".ljust(512, b"\0") + data
    with tarfile.open(fileobj=out, mode="w") as archive:
        info = tarfile.TarInfo("GNUSparseFile.0/holes")
        info.size, info.pax_headers = len(data), headers
        archive.addfile(info, io.BytesIO(data))
    assert read_container(FORMAT, out.getvalue()).data == {b"holes": b"\0\0xxx\0\0\0\0\0x\0"}


def test_a_terabyte_of_holes_is_refused_and_the_next_member_is_read() -> None:
    kept = read_container(FORMAT, sparse(1 << 40, (0, 5)) + packed(("after", b"1")))
    assert kept.fate(b"holes") == (State.REFUSED, Reason.LIMIT_MEMBER_BYTES)
    kept = read_container(FORMAT, sparse(1 << 30, (0, 5)) + packed(("after", b"1")))
    assert kept.fate(b"holes") == (State.REFUSED, Reason.LIMIT_EXPANSION)
    assert kept.data[b"after"] == b"1"


def test_written_parts_that_overlap_or_lead_outside_are_damage() -> None:
    kept = read_container(FORMAT, sparse(1 << 21, (100, 5), (0, 5)) + packed(("after", b"1")))
    assert kept.fate(b"holes") == (State.DAMAGED, Reason.NOT_WELL_FORMED)
    assert (kept.data[b"after"], kept.partial) == (b"1", [Reason.DAMAGED_PART])
    kept = read_container(FORMAT, sparse(1 << 21, (0, 1 << 20))[:1024])
    assert kept.fate(b"holes") == (State.DAMAGED, Reason.CUT_SHORT)


def test_too_many_members_are_cut_by_the_limit() -> None:
    limits = dataclasses.replace(DEFAULT, members=2)
    kept = read_container(FORMAT, packed(*((str(number), b"") for number in range(3))), limits=limits)
    assert (len(kept.members), kept.ended) == (2, (State.TRUNCATED, Reason.LIMIT_MEMBERS))


def test_a_tar_of_the_world_ends_as_its_truth_allows() -> None:
    kept = read_container(FORMAT, hostile.traversal_tar(blind=False).data or b"")
    assert kept.names == ["../出去.txt".encode(), "正常.txt".encode(), "链接".encode()]
    assert kept.fate("链接".encode()) == (State.REFUSED, Reason.SYMLINK)


def test_no_cut_and_no_flipped_byte_raises_anything_else() -> None:
    whole = packed(("长" * 90, b"first" * 20)) + sparse(3_000, (0, 5), (600, 5)) + packed(("b", b"1"))
    for at in range(0, len(whole), 11):
        read_container(FORMAT, whole[:at])
        read_container(FORMAT, whole[:at] + bytes((whole[at] ^ 0xFF,)) + whole[at + 1 :])
    assert read_container(FORMAT, b"no tar" * 200).ended == (State.DAMAGED, Reason.NOT_WELL_FORMED)


def test_the_sample_is_read_whole(root: Path) -> None:
    kept = read_container(FORMAT, sample(root, FORMAT))
    assert (kept.ended, kept.partial, len(kept.members)) == (None, [], 5)
