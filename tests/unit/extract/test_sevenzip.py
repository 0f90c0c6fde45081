"""7z archives: every member through every chain of coders, without a thread, and no bomb gets far."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import lzma
import struct
import threading
import zlib
from pathlib import Path

import py7zr
import pytest
from container_sink import read_container, sample
from py7zr import properties as known

from proofroom.extract.formats.sevenzip import FORMAT
from proofroom.limits import DEFAULT
from proofroom.model.states import Reason, State
from proofroom.world import archives, texts

PROGRAM = b"".join(b"\xe8" + struct.pack("<I", number * 7) + b"\x90\x55" for number in range(3_000))
CHAINS: dict[str, list[dict[str, int]]] = {
    "copy": [{"id": known.FILTER_COPY}],
    "lzma": [{"id": known.FILTER_LZMA}],
    "lzma2": [{"id": known.FILTER_LZMA2, "preset": 6}],
    "delta": [{"id": known.FILTER_DELTA, "dist": 3}, {"id": known.FILTER_LZMA2, "preset": 6}],
    "x86": [{"id": known.FILTER_X86}, {"id": known.FILTER_LZMA2, "preset": 6}],
    "x86-lzma": [{"id": known.FILTER_X86}, {"id": known.FILTER_LZMA}],
    "arm": [{"id": known.FILTER_ARM}, {"id": known.FILTER_LZMA2, "preset": 6}],
    "bzip2": [{"id": known.FILTER_BZIP2}],
    "deflate": [{"id": known.FILTER_DEFLATE}],
    "deflate64": [{"id": known.FILTER_DEFLATE64}],
    "zstd": [{"id": known.FILTER_ZSTD, "level": 3}],
    "x86-bzip2": [{"id": known.FILTER_X86}, {"id": known.FILTER_BZIP2}],
}


def packed(
    *members: tuple[str, bytes],
    filters: list[dict[str, int]] | None = None,
    password: str | None = None,
    names_too: bool = False,
) -> bytes:
    out = io.BytesIO()
    with py7zr.SevenZipFile(
        out, "w", filters=filters, password=password, header_encryption=names_too
    ) as archive:
        for name, data in members:
            archive.writestr(data, name)
    return out.getvalue()


@pytest.fixture(autouse=True)
def _no_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every thread, as the sandbox does."""

    def refuse(thread: threading.Thread) -> None:
        raise AssertionError(thread)

    monkeypatch.setattr(threading.Thread, "start", refuse)


@pytest.mark.parametrize("chain", list(CHAINS))
def test_every_chain_of_coders_is_unpacked(chain: str) -> None:
    data = packed(("名单/a.csv", PROGRAM), ("b", b"2"), ("c", b""), filters=CHAINS[chain])
    kept = read_container(FORMAT, data)
    assert kept.data == {"名单/a.csv".encode(): PROGRAM, b"b": b"2", b"c": b""}
    assert (kept.partial, kept.ended) == ([], None)


def test_what_is_said_of_an_entry_is_kept() -> None:
    inner = texts.note("里层", blind=False)
    kept = read_container(FORMAT, archives.sevened([("a.txt", inner), ("b.txt", inner)]).data or b"")
    assert kept.data == {b"a.txt": inner.data, b"b.txt": inner.data}
    fact = kept.properties["7z:entry:1"][0].split(" ")
    assert {"mtime=2016-07-01T01:30:00Z", f"size={len(inner.data or b'')}", "folder=1"} <= set(fact)


@pytest.mark.parametrize("names_too", [False, True])
def test_a_known_password_opens_it_and_is_named_by_its_place(*, names_too: bool) -> None:
    data = packed(("a", b"secret" * 50), ("b", b"2"), password="密码", names_too=names_too)
    kept = read_container(FORMAT, data, "wrong", "密码")
    assert kept.data == {b"a": b"secret" * 50, b"b": b"2"}
    assert kept.properties["7z:password-index"] == ["1"]
    assert "密码" not in str(kept.properties)


def test_without_the_password_members_are_locked_or_the_archive_is() -> None:
    kept = read_container(FORMAT, packed(("a", b"1"), ("b", b"2"), password="right"), "wrong")
    assert [member.ended for member in kept.members] == [(State.LOCKED, Reason.PASSWORD_UNKNOWN)] * 2
    assert (kept.partial[0], kept.ended) == (Reason.LOCKED_PART, None)
    kept = read_container(FORMAT, packed(("a", b"1"), password="right", names_too=True), "wrong")
    assert (kept.members, kept.ended) == ([], (State.LOCKED, Reason.PASSWORD_UNKNOWN))


def test_ppmd_is_said_to_be_unread_since_it_would_start_a_thread() -> None:
    ppmd = [{"id": known.FILTER_PPMD, "order": 6, "mem": 24}]
    kept = read_container(FORMAT, packed(("a", b"text " * 40), filters=ppmd))
    assert kept.fate(b"a") == (State.UNKNOWN, Reason.UNSUPPORTED_VARIANT)
    assert kept.partial == [Reason.UNREAD_PART]


def test_a_wrong_checksum_damages_only_its_member() -> None:
    data = bytearray(packed(("a", b"first"), ("b", b"second"), filters=CHAINS["copy"]))
    data[data.index(b"first")] ^= 1
    kept = read_container(FORMAT, bytes(data))
    assert kept.fate(b"a") == (State.DAMAGED, Reason.BAD_CHECKSUM)
    assert kept.data == {b"a": b"girst", b"b": b"second"}
    assert kept.partial == [Reason.DAMAGED_PART]


def test_a_solid_folder_that_breaks_damages_what_follows() -> None:
    noise = b"".join(hashlib.sha256(bytes((one, two))).digest() for one in range(99) for two in range(99))
    whole = bytearray(packed(("a", b"1" * 9), ("b", noise), ("c", b"3")))
    whole[60_000:140_000] = b"\xff" * 80_000
    kept = read_container(FORMAT, bytes(whole))
    assert kept.data[b"a"] == b"1" * 9
    assert noise.startswith((kept.data[b"b"] or b"?")[:50_000])
    assert [member.ended for member in kept.members[1:]] == [(State.DAMAGED, Reason.NOT_WELL_FORMED)] * 2
    assert kept.data[b"c"] is None


def by_hand(header: bytes, packed_bytes: bytes = b"") -> bytes:
    start = struct.pack("<QQI", len(packed_bytes), len(header), zlib.crc32(header))
    return b"7z\xbc\xaf\x27\x1c\0\4" + struct.pack("<I", zlib.crc32(start)) + start + packed_bytes + header


def named(*names: str) -> bytes:
    held = b"\0" + b"".join(name.encode("utf-16-le", "surrogatepass") + b"\0\0" for name in names)
    return b"\x11" + bytes((len(held),)) + held


def one_folder(coder: bytes, body: bytes, size: int, names: bytes, count: int = 1) -> bytes:
    streams = b"\6\0\1\x09" + _number(len(body)) + b"\0"
    streams += b"\7\x0b\1\0\1" + coder + b"\x0c" + _number(size) + b"\0"
    return by_hand(b"\1\4" + streams + b"\0" + b"\5" + bytes((count,)) + names + b"\0\0", body)


def _number(value: int) -> bytes:
    return b"\xff" + struct.pack("<Q", value)


def test_odd_names_doubles_and_backslashes_survive() -> None:
    names = named("..\\x", "..\\x", "\udc00lone")
    empty = b"\x0e\1\xe0\x0f\1\xe0"
    kept = read_container(FORMAT, by_hand(b"\1\5\3" + empty + names + b"\0\0"))
    assert kept.names == [b"..\\x", b"..\\x", b"\xed\xb0\x80lone"]


def test_links_are_refused_and_tell_where_they_lead() -> None:
    attributes = b"\x15\6\1\0" + struct.pack("<I", 0xA1FF8000)
    kept = read_container(FORMAT, one_folder(b"\1\0", b"/etc/passwd", 11, named("way") + attributes))
    assert kept.fate(b"way") == (State.REFUSED, Reason.SYMLINK)
    assert kept.properties["7z:link:1"] == ["/etc/passwd"]


def test_bcj2_and_unknown_methods_are_said() -> None:
    kept = read_container(FORMAT, one_folder(b"\4\x03\x03\x01\x1b", b"x" * 9, 9, named("a")))
    assert kept.fate(b"a") == (State.UNKNOWN, Reason.UNSUPPORTED_VARIANT)


def test_an_archive_cut_short_is_told_and_a_header_that_lies_is_damage() -> None:
    whole = packed(("a", b"1" * 100))
    for length in (10, 40, len(whole) - 1):
        assert read_container(FORMAT, whole[:length]).ended == (State.DAMAGED, Reason.CUT_SHORT)
    for header in (
        b"\1\5" + _number(1 << 40),
        b"\1\4\6\0" + _number(1 << 50),
        b"\1\4\7\x0b" + _number(1 << 30),
    ):
        assert read_container(FORMAT, by_hand(header)).ended == (State.DAMAGED, Reason.NOT_WELL_FORMED)
    more = one_folder(b"\1\0", b"12345", 5, named("a", "b"), 2)
    kept = read_container(FORMAT, more)
    assert kept.fate(b"b") == (State.DAMAGED, Reason.NOT_WELL_FORMED)
    fewer = read_container(FORMAT, one_folder(b"\1\0", b"12345", 5, b"", 0))
    assert fewer.partial == [Reason.DAMAGED_PART]


def test_a_window_of_four_gigabytes_costs_no_memory() -> None:
    body = lzma.compress(b"x" * 50, lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA2}])
    kept = read_container(FORMAT, one_folder(b"\x21\x21\1\x28", body, 50, named("a")))
    assert kept.data == {b"a": b"x" * 50}
    kept = read_container(FORMAT, one_folder(b"\x21\x21\1\x28", body, 1 << 40, named("a")))
    assert kept.fate(b"a") == (State.TRUNCATED, Reason.LIMIT_MEMORY)


@pytest.mark.parametrize("chain", ["lzma2", "deflate", "zstd", "bzip2"])
def test_a_bomb_is_cut_by_the_limits_and_the_next_member_is_read(chain: str) -> None:
    limits = dataclasses.replace(DEFAULT, member_bytes=1 << 20, expanded_bytes=3 << 20)
    bomb = packed(("big", bytes(2 << 20)), ("after", b"1"), filters=CHAINS[chain])
    kept = read_container(FORMAT, bomb, limits=limits)
    assert kept.fate(b"big") == (State.TRUNCATED, Reason.LIMIT_MEMBER_BYTES)
    assert kept.data[b"after"] == b"1"
    many = packed(*((str(number), bytes(1 << 20)) for number in range(5)), filters=CHAINS[chain])
    assert read_container(FORMAT, many, limits=limits).ended == (State.TRUNCATED, Reason.LIMIT_EXPANDED_BYTES)


def test_no_cut_and_no_flipped_byte_raises_anything_else() -> None:
    whole = packed(("a", b"first" * 20), ("b", b"2"), filters=CHAINS["x86"])
    plain = one_folder(b"\1\0", b"12345", 5, named("a") + b"\x15\6\1\0" + bytes(4))
    for data in (whole, plain):
        for at in range(len(data)):
            read_container(FORMAT, data[:at])
            read_container(FORMAT, data[:at] + bytes((data[at] ^ 0xFF,)) + data[at + 1 :])
    header = plain[37:]
    for at in range(len(header)):
        for byte in (0, 1, 0x7F, 0xFF):
            read_container(FORMAT, by_hand(header[:at] + bytes((byte,)) + header[at + 1 :], b"12345"), "x")


def test_the_sample_is_read_whole(root: Path) -> None:
    kept = read_container(FORMAT, sample(root, FORMAT))
    assert (kept.ended, kept.partial, kept.names) == (None, [], ["名单.txt".encode(), b"empty"])
