"""Streams of old and rare packers: one member each, its checksum compared, cut ends told."""

from __future__ import annotations

import lzma
import sys
from pathlib import Path

import pytest
from archive_by_hand import written
from container_sink import read_container, sample

from proofroom.extract.formats import gzip as streams
from proofroom.extract.formats.packed import FORMAT
from proofroom.model.states import Reason, State

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

TEXT = b"".join(b"line %d of the list\n" % number for number in range(5_000))
PACKED = {name: written("raw", [("list", TEXT)], name) for name in ("compress", "lzip", "lz4")}


@pytest.mark.parametrize(
    ("name", "file", "member"),
    [
        ("compress", b"list.tar.Z", b"list.tar"),
        ("lzip", b"list.tlz", b"list.tar"),
        ("lz4", b"a/list.csv.lz4", b"list.csv"),
    ],
)
def test_a_packed_stream_gives_its_one_member(name: str, file: bytes, member: bytes) -> None:
    kept = read_container(FORMAT, PACKED[name], name=file)
    assert kept.data == {member: TEXT}
    assert (kept.partial, kept.ended) == ([], None)


@pytest.mark.parametrize("name", ["lzip", "lz4"])
def test_a_packed_stream_cut_short_keeps_what_it_held(name: str) -> None:
    kept = read_container(FORMAT, PACKED[name][: len(PACKED[name]) * 2 // 3])
    assert kept.ended == (State.DAMAGED, Reason.CUT_SHORT)
    assert all(TEXT.startswith(member.data or b"") for member in kept.members)


@pytest.mark.parametrize("name", ["lzip", "lz4"])
def test_a_changed_byte_is_told(name: str) -> None:
    data = bytearray(PACKED[name])
    data[len(data) // 2] ^= 0x55
    kept = read_container(FORMAT, bytes(data))
    assert kept.ended is not None
    assert kept.ended[0] is State.DAMAGED


def test_noise_behind_a_mark_ends_in_a_state() -> None:
    for head in (b"\x1f\x9d\x90", b"LZIP\1\x0c", b"\x04\x22\x4d\x18\x64\x40"):
        kept = read_container(FORMAT, head + bytes(range(256)) * 4)
        assert kept.ended is None or kept.ended[0] is State.DAMAGED


def test_zstandard_gives_all_its_frames_and_passes_over_what_is_none() -> None:
    skipped = b"\x50\x2a\x4d\x18" + (70_000).to_bytes(4, "little") + bytes(70_000)
    data = zstd.compress(TEXT) + skipped + zstd.compress(b"the end")
    kept = read_container(streams.FORMAT, data + b"after", name=b"list.csv.zst")
    assert kept.data == {b"list.csv": TEXT + b"the end"}
    assert kept.properties["zstd:trailing-bytes"] == ["5"]
    cut = read_container(streams.FORMAT, zstd.compress(TEXT)[:-50])
    assert cut.ended == (State.DAMAGED, Reason.CUT_SHORT)


def test_lzma_without_a_wrapper_is_unpacked() -> None:
    data = lzma.compress(TEXT, lzma.FORMAT_ALONE)
    kept = read_container(streams.FORMAT, data, name=b"list.csv.lzma")
    assert (kept.data, kept.ended) == ({b"list.csv": TEXT}, None)
    assert read_container(streams.FORMAT, data[:-50]).ended == (State.DAMAGED, Reason.CUT_SHORT)


def test_the_sample_is_read(root: Path) -> None:
    kept = read_container(FORMAT, sample(root, FORMAT))
    assert (kept.names, kept.ended) == ([b"content"], None)
