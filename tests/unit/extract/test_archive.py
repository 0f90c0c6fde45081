"""Old archives: every member of cab, iso, cpio, ar, deb, rpm, lha and xar; links, damage and cut ends told."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import pytest
from archive_by_hand import ar, cab, rpm, written
from container_sink import read_container, sample

from proofroom.extract.containers import archive_calls
from proofroom.extract.detect import detect
from proofroom.extract.format import Source
from proofroom.extract.formats.archive import FORMAT
from proofroom.limits import DEFAULT
from proofroom.model.states import Reason, State

FILES = (("a.txt", b"hello"), ("名单/一.csv", b"1,2\n" * 1_000))
DATA = {name.encode(): data for name, data in FILES}
WRITTEN = {
    "application/x-iso9660-image": written("iso9660", FILES),
    "application/x-cpio": written("cpio_newc", FILES),
    "application/x-xar": written("xar", FILES),
    "application/x-rpm": rpm(gzip.compress(written("cpio_newc", FILES))),
    "application/vnd.ms-cab-compressed": cab(DATA.items(), attributes=0xA0),
    "application/x-archive": ar(((b"a.txt/", b"hello"), (b"b/", b"odd"))),
    "application/vnd.debian.binary-package": ar(((b"debian-binary", b"2.0\n"), (b"data.tar.gz", b"x"))),
}
SHORT_ARS = ("application/x-archive", "application/vnd.debian.binary-package")


@pytest.mark.parametrize("media_type", WRITTEN)
def test_an_archive_is_recognised_by_its_content(media_type: str) -> None:
    data = WRITTEN[media_type]
    assert detect(Source(io.BytesIO(data), len(data), DEFAULT)).media_type == media_type
    assert media_type in FORMAT.media_types


@pytest.mark.parametrize("media_type", [name for name in WRITTEN if name not in SHORT_ARS])
def test_every_member_is_given_under_its_name(media_type: str) -> None:
    kept = read_container(FORMAT, WRITTEN[media_type])
    assert kept.data == DATA
    assert (kept.partial, kept.ended) == ([], None)


def test_libraries_and_packages_of_debian_give_their_members() -> None:
    assert read_container(FORMAT, WRITTEN["application/x-archive"]).data == {b"a.txt": b"hello", b"b": b"odd"}
    kept = read_container(FORMAT, WRITTEN["application/vnd.debian.binary-package"])
    assert kept.data == {b"debian-binary": b"2.0\n", b"data.tar.gz": b"x"}
    assert "mtime=2016-07-01T01:30:00Z" in kept.properties["ar:entry:1"][0]


@pytest.mark.parametrize("media_type", WRITTEN)
def test_what_is_cut_short_says_so_wherever_it_is_cut(media_type: str) -> None:
    whole = WRITTEN[media_type]
    complete = read_container(FORMAT, whole).data
    for end in range(9, len(whole) - 600, max(len(whole) // 17, 1)):
        kept = read_container(FORMAT, whole[:end])
        assert kept.ended is not None, end
        assert all(complete[name] == data or kept.fate(name) for name, data in kept.data.items()), end


@pytest.mark.parametrize("cut", [1, 3, 30, 61, 63])
def test_a_cut_header_of_an_ar_is_not_taken_for_its_end(cut: int) -> None:
    kept = read_container(FORMAT, WRITTEN["application/x-archive"][:-cut])
    assert kept.ended == (State.DAMAGED, Reason.CUT_SHORT)


def test_wrong_checksums_are_told_and_the_bytes_are_kept() -> None:
    kept = read_container(FORMAT, WRITTEN["application/vnd.ms-cab-compressed"].replace(b"hello", b"hallo"))
    assert kept.fate(b"a.txt") == (State.DAMAGED, Reason.BAD_CHECKSUM)
    assert kept.data[b"a.txt"] == b"hallo"
    assert kept.partial


def test_a_member_that_breaks_its_reader_costs_only_itself() -> None:
    names = [f"{number}.txt" for number in range(4)]
    data = bytearray(written("xar", [(name, name.encode() * 900) for name in names]))
    begins = [
        place for place in range(len(data) - 2) if data[place : place + 2] in (b"\x78\xda", b"\x78\x9c")
    ]
    data[begins[2] + 2 : begins[2] + 12] = b"\xff" * 10
    kept = read_container(FORMAT, bytes(data))
    assert kept.names == [name.encode() for name in names]
    assert [member.name for member in kept.members if member.ended] == [b"1.txt"]
    assert (set(kept.partial), kept.ended) == ({Reason.DAMAGED_PART}, None)


def test_names_in_old_encodings_stay_as_they_are() -> None:
    name = "名单.txt".encode("gbk")
    for data in (newc(name, b"1", 0o100644) + newc(b"TRAILER!!!", b"", 0), cab([(name, b"1")])):
        assert read_container(FORMAT, data).data == {name: b"1"}


def test_what_a_disc_says_of_itself_is_kept() -> None:
    kept = read_container(FORMAT, WRITTEN["application/x-iso9660-image"])
    assert kept.properties["iso:volume"] == ["CDROM"]
    assert kept.properties["iso:created"][0].endswith("+00:00")
    assert kept.properties["iso:joliet-volume"] == ["CDROM"]


def newc(name: bytes, data: bytes, mode: int, links: int = 1, node: int = 1) -> bytes:
    fields = (node, mode, 0, 0, links, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0)
    head = b"070701" + b"".join(b"%08X" % field for field in fields) + name + b"\0"
    return (head + bytes(-len(head) % 4)) + (data + bytes(-len(data) % 4))


def test_links_devices_and_pipes_are_recorded_and_never_followed() -> None:
    data = b"".join(
        (
            newc(b"soft", b"/etc/passwd", 0o120777),
            newc(b"pipe", b"", 0o010644),
            newc(b"disk", b"", 0o060644),
            newc(b"folder", b"", 0o040755),
            newc(b"one", b"", 0o100644, 2, 7),
            newc(b"two", b"bytes", 0o100644, 2, 7),
            newc(b"empty", b"", 0o100644),
            newc(b"TRAILER!!!", b"", 0),
        )
    )
    kept = read_container(FORMAT, data)
    assert kept.fate(b"soft") == (State.REFUSED, Reason.SYMLINK)
    assert kept.fate(b"pipe") == (State.REFUSED, Reason.FIFO)
    assert kept.fate(b"disk") == (State.REFUSED, Reason.DEVICE)
    assert kept.fate(b"one") == (State.REFUSED, Reason.SYMLINK)
    assert (kept.data[b"two"], kept.data[b"empty"]) == (b"bytes", b"")
    assert b"folder" not in kept.names
    assert kept.properties["cpio:link:1"] == ["/etc/passwd"]


def test_one_cabinet_of_a_set_says_that_it_is_one() -> None:
    kept = read_container(FORMAT, cab(DATA.items(), flags=3))
    assert kept.properties["cab:set"] == ["number=1 previous=before.cab next=after.cab"]
    assert Reason.PART_OF_SET in kept.partial


def test_without_the_library_of_the_system_the_reason_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_calls, "read_new", archive_calls.missing)
    kept = read_container(FORMAT, WRITTEN["application/x-cpio"])
    assert kept.ended == (State.UNKNOWN, Reason.NO_LIBRARY)


def test_noise_behind_every_mark_ends_in_a_state() -> None:
    for media_type, data in WRITTEN.items():
        for at in range(8, len(data), max(len(data) // 40, 1)):
            broken = bytearray(data)
            broken[at : at + 3] = b"\xff\x7f\xfe"
            read_container(FORMAT, bytes(broken), name=media_type.encode())


def test_a_bomb_is_cut_by_the_limits_of_what_unpacks_from_it() -> None:
    bomb = rpm(gzip.compress(written("cpio_newc", [("zeros", bytes(8 << 20))])))
    import dataclasses

    kept = read_container(FORMAT, bomb, limits=dataclasses.replace(DEFAULT, member_bytes=1 << 20))
    assert kept.fate(b"zeros") == (State.TRUNCATED, Reason.LIMIT_MEMBER_BYTES)


def test_the_sample_is_read(root: Path) -> None:
    kept = read_container(FORMAT, sample(root, FORMAT))
    assert (kept.names, kept.ended) == ([b"note.txt"], None)
