"""RAR archives: every member of both generations, locked ones opened, sets and damage told."""

from __future__ import annotations

import dataclasses
import io
import random
import zlib
from pathlib import Path

import pytest
import rar_by_hand
from container_sink import Kept, read_container, sample
from rar_by_hand import Five, Four, New, Old, packed_five, packed_four

from proofroom.extract.containers import archive_calls
from proofroom.extract.detect import detect
from proofroom.extract.format import Source
from proofroom.extract.formats.rar import FORMAT
from proofroom.limits import DEFAULT
from proofroom.model.states import Reason, State

TEXT = b"".join(b"line %d of the list\n" % number for number in range(400))
CRC = zlib.crc32(TEXT)
NEW = New("名单/list.txt", packed_five(TEXT), crc=CRC, size=len(TEXT), method=3)
OLD = Old(b"list.txt", packed_four(TEXT), crc=CRC, size=len(TEXT), method=0x33)
UTF8 = "名单/list.txt".encode()


def rar(data: bytes, *passwords: str) -> Kept:
    return read_container(FORMAT, data, *passwords)


def test_both_generations_are_recognised_and_their_members_given() -> None:
    for data in (Five().written(New("a.txt", b"hello")), Four().written(Old(b"a.txt", b"hello"))):
        assert detect(Source(io.BytesIO(data), len(data), DEFAULT)).media_type == "application/vnd.rar"
        kept = rar(data)
        assert kept.data == {b"a.txt": b"hello"}
        assert (kept.partial, kept.ended) == ([], None)


def test_what_is_packed_is_unpacked_by_the_library() -> None:
    new = rar(Five().written(NEW, New("b", b"stored"), dataclasses.replace(NEW, name="c")))
    assert new.data == {UTF8: TEXT, b"b": b"stored", b"c": TEXT}
    assert (new.partial, new.ended) == ([], None)
    old = rar(Four().written(OLD, dataclasses.replace(OLD, name=b"folder\\c")))
    assert old.data == {b"list.txt": TEXT, b"folder/c": TEXT}
    assert (old.partial, old.ended) == ([], None)


def test_a_solid_archive_is_unpacked_in_one_go() -> None:
    later = [dataclasses.replace(NEW, name=str(number), version=0x40) for number in (1, 2)]
    kept = rar(Five().written(NEW, later[0], New("stored", b"x"), later[1], solid=True))
    assert kept.data == {UTF8: TEXT, b"1": TEXT, b"stored": b"x", b"2": TEXT}
    assert kept.ended is None


def test_what_the_library_cannot_unpack_is_named_and_the_rest_is_read() -> None:
    for one in (
        dataclasses.replace(OLD, flags=0x10),
        dataclasses.replace(OLD, version=20),
        dataclasses.replace(OLD, version=15, method=0x31),
    ):
        kept = rar(Four().written(Old(b"a", b"1"), one))
        assert kept.data[b"a"] == b"1"
        assert kept.fate(b"list.txt") == (State.UNKNOWN, Reason.UNSUPPORTED_VARIANT)
        assert kept.partial == [Reason.UNREAD_PART]
    seven = rar(Five().written(dataclasses.replace(NEW, version=1)))
    assert seven.fate(UTF8) == (State.UNKNOWN, Reason.UNSUPPORTED_VARIANT)


def test_without_the_library_only_what_is_packed_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_calls, "read_new", archive_calls.missing)
    kept = rar(Five().written(New("a", b"1"), NEW))
    assert kept.data[b"a"] == b"1"
    assert kept.fate(UTF8) == (State.UNKNOWN, Reason.NO_LIBRARY)
    assert kept.partial == [Reason.NO_LIBRARY]


@pytest.mark.parametrize("names", [False, True])
@pytest.mark.parametrize("check", [False, True])
def test_a_locked_rar_5_opens_with_its_password(names: bool, check: bool) -> None:  # noqa: FBT001 - a parameter
    data = Five("口令 2017", names=names, check=check).written(New("a", b"hello"), NEW, New("empty", b""))
    kept = rar(data, "wrong", "口令 2017")
    assert kept.data == {b"a": b"hello", UTF8: TEXT, b"empty": b""}
    assert kept.properties["rar:password-index"] == ["1"]
    assert (kept.partial, kept.ended) == ([], None)


@pytest.mark.parametrize("names", [False, True])
def test_a_locked_rar_4_opens_with_its_password(names: bool) -> None:  # noqa: FBT001 - a parameter
    kept = rar(Four("口令 2017", names=names).written(Old(b"a", b"hello"), OLD), "wrong", "口令 2017")
    assert kept.data == {b"a": b"hello", b"list.txt": TEXT}
    assert kept.properties["rar:password-index"] == ["1"]
    assert (kept.partial, kept.ended) == ([], None)


def test_without_the_password_names_are_listed_where_they_can_be_read() -> None:
    kept = rar(Five("secret").written(New("a", b"hello"), New("empty", b"")), "wrong")
    assert kept.fate(b"a") == (State.LOCKED, Reason.PASSWORD_UNKNOWN)
    assert kept.partial == [Reason.LOCKED_PART]
    assert "rar:password-index" not in kept.properties
    hidden = rar(Five("secret", names=True).written(New("a", b"hello")), "wrong")
    assert (hidden.members, hidden.ended) == ([], (State.LOCKED, Reason.PASSWORD_UNKNOWN))
    old = rar(Four("secret").written(Old(b"a", b"hello")), "wrong")
    assert old.fate(b"a") == (State.LOCKED, Reason.PASSWORD_UNKNOWN)
    assert rar(Four("secret", names=True).written(Old(b"a", b"hello"))).ended == (
        State.LOCKED,
        Reason.PASSWORD_UNKNOWN,
    )


def test_locks_that_cost_years_are_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    locked = Five("secret")
    monkeypatch.setattr(rar_by_hand, "ROUNDS", 30)
    kept = rar(locked.written(New("a", b"hello")), "secret")
    assert kept.fate(b"a") == (State.LOCKED, Reason.UNSUPPORTED_ENCRYPTION)


def test_a_wrong_checksum_is_told_and_the_bytes_are_kept() -> None:
    for data in (
        Five().written(New("a", b"hello", crc=1), New("b", b"good")),
        Four().written(Old(b"a", b"hello", crc=1), Old(b"b", b"good")),
    ):
        kept = rar(data)
        assert kept.fate(b"a") == (State.DAMAGED, Reason.BAD_CHECKSUM)
        assert kept.data == {b"a": b"hello", b"b": b"good"}
        assert kept.partial == [Reason.DAMAGED_PART]


def test_a_cut_archive_keeps_what_came_before_and_says_so() -> None:
    for whole in (Five().written(New("a", b"first"), NEW), Four().written(Old(b"a", b"first"), OLD)):
        for end in (len(whole) - 3, len(whole) - 200, 60):
            kept = rar(whole[:end])
            assert kept.ended == (State.DAMAGED, Reason.CUT_SHORT), end
            assert all(TEXT.startswith(one.data or b"") for one in kept.members if one.name != b"a")


def test_every_file_of_a_set_says_that_it_is_one() -> None:
    first = Five().written(New("a", b"1"), New("long", b"begin", after=True, size=9), volume=0, more=True)
    kept = rar(first)
    assert kept.data == {b"a": b"1", b"long": b"begin"}
    assert kept.fate(b"long") == (State.PARTLY, Reason.PART_OF_SET)
    assert set(kept.partial) == {Reason.PART_OF_SET}
    assert "volume=1 goes-on=1" in kept.properties["rar:archive"][0]
    second = rar(Five().written(New("long", b" end", before=True, size=9), New("b", b"2"), volume=1))
    assert second.fate(b"long") == (State.UNKNOWN, Reason.PART_OF_SET)
    assert second.data[b"b"] == b"2"
    assert "volume=2" in second.properties["rar:archive"][0]
    old = rar(Four().written(Old(b"long", b"begin", flags=2, size=9), flags=0x111, more=True))
    assert old.fate(b"long") == (State.PARTLY, Reason.PART_OF_SET)


def test_links_are_recorded_and_copies_give_the_bytes_of_what_they_repeat() -> None:
    kept = rar(
        Five().written(
            New("a", b"bytes"),
            New("copy", b"", link=(5, "a"), size=5),
            New("astray", b"", link=(4, "nowhere")),
            New("soft", b"", link=(1, "/etc/passwd"), system=1, attributes=0o120777),
            New("folder", b"", folder=True),
        )
    )
    assert kept.data[b"copy"] == b"bytes"
    assert kept.fate(b"astray") == (State.REFUSED, Reason.SYMLINK)
    assert kept.fate(b"soft") == (State.REFUSED, Reason.SYMLINK)
    assert b"folder" not in kept.names
    assert kept.properties["rar:link:4"] == ["/etc/passwd"]
    old = rar(Four().written(Old(b"soft", b"/etc/passwd", system=3, attributes=0o120777)))
    assert (old.fate(b"soft"), old.properties["rar:link:1"]) == (
        (State.REFUSED, Reason.SYMLINK),
        ["/etc/passwd"],
    )


def test_remarks_and_streams_behind_files_are_kept() -> None:
    kept = rar(
        Five().written(
            New("", "机密 list".encode(), service="CMT"),
            New("a.doc", b"text"),
            New("", b"[ZoneTransfer]", service="STM", stream=":Zone.Identifier"),
            New("", b"recovery", service="RR"),
        )
    )
    assert kept.properties["rar:comment"] == ["机密 list"]
    assert kept.data == {b"a.doc": b"text", b"a.doc:Zone.Identifier": b"[ZoneTransfer]"}
    old = rar(
        Four().written(
            Old(b"CMT", b"a remark", sub=b""),
            Old(b"a.doc", b"text"),
            Old(b"STM", b"[Zone]", sub=":Zone".encode("utf-16-le")),
        )
    )
    assert old.properties["rar:comment"] == ["a remark"]
    assert old.data == {b"a.doc": b"text", b"a.doc:Zone": b"[Zone]"}


def test_dates_and_makers_are_kept() -> None:
    new = rar(Five().written(New("a", b"1"))).properties["rar:entry:1"][0]
    assert new.startswith("mtime=2016-07-01T01:30:00Z size=1 packed=1 crc=")
    old = rar(Four().written(Old(b"a", b"1"))).properties["rar:entry:1"][0]
    assert "mtime=2016-07-01T11:17:22 " in old
    assert "system=windows" in old


def test_an_old_name_is_given_in_unicode_where_it_is_stored_so() -> None:
    # The high byte 0x4e stands first; then "as the plain name", two units in full, "as the plain name" again.
    packed = b"\x4e" + bytes((0b00101000,)) + b"a" + "名单".encode("utf-16-le") + b"b"
    kept = rar(Four().written(Old(b"a??b\0" + packed, b"1", flags=0x200)))
    assert kept.names == ["a名单b".encode()]
    raw = rar(Four().written(Old("名单".encode("gbk") + b"\\x", b"1")))
    assert raw.names == ["名单".encode("gbk") + b"\\x"]


def test_noise_in_an_archive_ends_in_a_state() -> None:
    chance = random.Random(11)
    wholes = [Five().written(NEW, New("b", b"2")), Four().written(OLD), Five("x", names=True).written(NEW)]
    for turn in range(240):
        broken = bytearray(wholes[turn % 3])
        for _ in range(chance.randrange(1, 8)):
            broken[chance.randrange(8, len(broken))] = chance.randrange(256)
        rar(bytes(broken), "x")


def test_a_bomb_is_cut_by_the_limits() -> None:
    bomb = Five().written(New("zeros", packed_five(bytes(300_000)), crc=0, size=300_000, method=3))
    kept = read_container(FORMAT, bomb, limits=dataclasses.replace(DEFAULT, member_bytes=1_000))
    assert kept.fate(b"zeros") == (State.TRUNCATED, Reason.LIMIT_MEMBER_BYTES)


def test_the_sample_is_read(root: Path) -> None:
    kept = rar(sample(root, FORMAT))
    assert (kept.names, kept.ended) == ([b"note.txt"], None)
