"""Compressed files: one member, several streams, what the header tells, and what is cut or wrong."""

from __future__ import annotations

import bz2
import dataclasses
import gzip
import io
import lzma
from pathlib import Path

import pytest
from container_sink import read_container, sample

from proofroom.extract.formats.gzip import FORMAT
from proofroom.limits import DEFAULT
from proofroom.model.states import Reason, State
from proofroom.world import archives, texts

DATA = bytes(range(256)) * 300
COMPRESS = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}


def zipped(data: bytes, name: str = "", moment: int = 1_467_336_600) -> bytes:
    out = io.BytesIO()
    with gzip.GzipFile(name, "wb", fileobj=out, mtime=moment) as packed:
        packed.write(data)
    return out.getvalue()


def test_the_member_has_the_name_that_the_header_holds_and_its_facts_are_kept() -> None:
    kept = read_container(FORMAT, zipped(DATA, "list.csv"), name=b"other.gz")
    assert kept.data == {b"list.csv": DATA}
    assert kept.properties == {
        "gzip:name": ["list.csv"],
        "gzip:header": ["mtime=1467336600 level=2 system=255"],
    }
    assert (kept.partial, kept.ended) == ([], None)


def test_every_field_of_the_header_is_read() -> None:
    plain = zipped(b"x")
    head = plain[:3] + b"\x1e" + plain[4:10] + b"\3\0abc" + b"../\xc3\xfb\0" + b"a remark\0" + b"\1\2"
    kept = read_container(FORMAT, head + plain[10:])
    assert kept.data == {b"../\xc3\xfb": b"x"}
    assert kept.properties["gzip:comment"] == ["a remark"]
    assert kept.properties["gzip:extra"] == ["616263"]


@pytest.mark.parametrize(
    ("name", "inner"),
    [
        (b"a/report.txt.gz", b"report.txt"),
        (b"backup.TGZ", b"backup.tar"),
        (b"x.txz", b"x.tar"),
        (b".gz", b"content"),
        (b"", b"content"),
        (b"noend", b"content"),
    ],
)
def test_without_a_stored_name_the_file_gives_its_own(name: bytes, inner: bytes) -> None:
    assert read_container(FORMAT, zipped(b"x"), name=name).names == [inner]


@pytest.mark.parametrize("ending", list(COMPRESS))
def test_several_streams_make_one_member_and_what_follows_is_counted(ending: str) -> None:
    stream = COMPRESS[ending](DATA)
    kept = read_container(FORMAT, stream + stream + b"no stream", name=f"a.{ending}".encode())
    assert kept.data == {b"a": DATA + DATA}
    trailing = {"gz": "gzip", "bz2": "bzip2", "xz": "xz"}[ending]
    assert kept.properties[f"{trailing}:trailing-bytes"] == ["9"]
    assert kept.ended is None


@pytest.mark.parametrize("ending", list(COMPRESS))
def test_a_file_cut_short_keeps_what_arrived(ending: str) -> None:
    noise = b"".join(hash_of(number) for number in range(40_000))
    stream = COMPRESS[ending](noise)
    kept = read_container(FORMAT, stream[: len(stream) - 70_000])
    assert noise.startswith(kept.members[0].data or b"?")
    assert len(kept.members[0].data or b"") > 500_000
    assert kept.members[0].ended == kept.ended == (State.DAMAGED, Reason.CUT_SHORT)


def hash_of(number: int) -> bytes:
    import hashlib

    return hashlib.sha256(str(number).encode()).digest()


def test_a_wrong_checksum_is_told_and_the_bytes_stay() -> None:
    stream = zipped(DATA)
    kept = read_container(FORMAT, stream[:-5] + bytes((stream[-5] ^ 1,)) + stream[-4:])
    assert kept.data == {b"content": DATA}
    assert kept.ended == (State.DAMAGED, Reason.BAD_CHECKSUM)
    kept = read_container(FORMAT, stream[:-1] + b"\1")
    assert kept.ended == (State.DAMAGED, Reason.BAD_CHECKSUM)


def test_an_xz_that_wants_too_much_memory_is_cut_by_our_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = lzma.compress(DATA, preset=9)
    monkeypatch.setattr("proofroom.extract.formats.gzip.LARGEST_WINDOW", 1 << 20)
    kept = read_container(FORMAT, stream)
    assert kept.ended == (State.TRUNCATED, Reason.LIMIT_MEMORY)


@pytest.mark.parametrize("ending", list(COMPRESS))
def test_a_bomb_is_cut_by_the_limits(ending: str) -> None:
    limits = dataclasses.replace(DEFAULT, member_bytes=1 << 20)
    kept = read_container(FORMAT, COMPRESS[ending](bytes(8 << 20)), limits=limits)
    assert kept.members[0].ended == (State.TRUNCATED, Reason.LIMIT_MEMBER_BYTES)
    assert len(kept.members[0].data or b"") <= 1 << 20


@pytest.mark.parametrize("ending", list(COMPRESS))
def test_no_cut_and_no_flipped_byte_raises_anything_else(ending: str) -> None:
    stream = COMPRESS[ending](b"some text " * 30) + zipped(b"x", "n")
    for at in range(len(stream)):
        read_container(FORMAT, stream[:at])
        read_container(FORMAT, stream[:at] + bytes((stream[at] ^ 0xFF,)) + stream[at + 1 :])


def test_a_file_of_the_world_is_read() -> None:
    inner = texts.note("里层", blind=False)
    kept = read_container(FORMAT, archives.gzipped(inner, "a.txt").data or b"")
    assert kept.data == {b"a.txt": inner.data}


def test_the_sample_is_read_whole(root: Path) -> None:
    kept = read_container(FORMAT, sample(root, FORMAT))
    assert (kept.ended, kept.partial, kept.names) == (None, [], [b"sample.txt"])
