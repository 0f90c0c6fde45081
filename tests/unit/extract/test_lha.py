"""LHA archives: members under headers of all four levels, names in any encoding, damage told."""

from __future__ import annotations

import io
import random
from pathlib import Path

import pytest
from archive_by_hand import lha
from container_sink import read_container, sample

from proofroom.extract.detect import detect
from proofroom.extract.format import Source
from proofroom.extract.formats.lha import FORMAT
from proofroom.limits import DEFAULT
from proofroom.model.states import Reason, State

FILES = ((b"folder/a.txt", b"hello"), ("folder/名单.csv".encode("gbk"), b"1,2\n" * 1_000))


@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_members_are_given_under_their_raw_names(level: int) -> None:
    data = lha(FILES, level)
    assert detect(Source(io.BytesIO(data), len(data), DEFAULT)).media_type == "application/x-lzh-compressed"
    kept = read_container(FORMAT, data)
    assert kept.data == dict(FILES)
    assert (kept.partial, kept.ended) == ([], None)
    moment = "mtime=2016-07-01T01:30:00Z" if level > 1 else "mtime=2016-07-01T11:16:00"
    assert kept.properties["lha:entry:1"][0].startswith(moment)


@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_a_wrong_checksum_costs_only_its_member(level: int) -> None:
    kept = read_container(FORMAT, lha(FILES, level).replace(b"hello", b"hallo"))
    assert kept.fate(b"folder/a.txt") == (State.DAMAGED, Reason.BAD_CHECKSUM)
    assert kept.data[b"folder/a.txt"] == b"hallo"
    assert kept.data[FILES[1][0]] == FILES[1][1]
    assert (kept.partial, kept.ended) == ([Reason.DAMAGED_PART], None)


@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_what_is_cut_short_says_so(level: int) -> None:
    whole = lha(FILES, level)
    for end in (30, len(whole) // 2, len(whole) - 5):
        kept = read_container(FORMAT, whole[:end])
        assert kept.partial or kept.ended, end
        assert all(dict(FILES)[one.name] == one.data or one.ended for one in kept.members)


def test_links_and_folders_are_no_files() -> None:
    linked = read_container(FORMAT, lha([(b"x/soft|/etc/passwd", b"")], 2, mode=0o120777))
    assert linked.fate(b"x/soft") == (State.REFUSED, Reason.SYMLINK)
    assert linked.properties["lha:link:1"] == ["/etc/passwd"]
    assert read_container(FORMAT, lha([(b"x/y", b"")], 2, mode=0o040755)).members == []


def test_an_unknown_method_is_named() -> None:
    data = bytearray(lha([(b"a", b"hello")]))
    data[2:7] = b"-lh1-"
    data[1] = sum(data[2 : 2 + data[0]]) & 0xFF
    kept = read_container(FORMAT, bytes(data))
    assert kept.fate(b"a") == (State.UNKNOWN, Reason.UNSUPPORTED_VARIANT)
    assert kept.partial == [Reason.UNREAD_PART]


def test_noise_ends_in_a_state() -> None:
    chance = random.Random(3)
    for turn in range(200):
        broken = bytearray(lha(FILES, turn % 4))
        for _ in range(chance.randrange(1, 10)):
            broken[chance.randrange(min(len(broken), 120))] = chance.randrange(256)
        read_container(FORMAT, bytes(broken))


def test_the_sample_is_read(root: Path) -> None:
    kept = read_container(FORMAT, sample(root, FORMAT))
    assert (kept.names, kept.ended) == ([b"note.txt"], None)
