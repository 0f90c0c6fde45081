"""Compound files: streams as they are, never more than there is, and macros in clear text."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING

import olefile

from proofroom.extract.format import Unreadable
from proofroom.extract.ole.compound_copy import Node, write_compound
from proofroom.extract.ole.streams import Streams
from proofroom.extract.ole.vba import decompress, send_macros
from proofroom.model.states import Reason, State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from proofroom.model.evidence import Flag, PieceKind

SMALL, LARGE = b"small stream", bytes(range(256)) * 40


def compound(*nodes: Node) -> bytes:
    return b"".join(write_compound(Node("", inside=list(nodes))))


def nested() -> bytes:
    inner = Node("Inner", inside=[Node.of_bytes("Small", SMALL), Node.of_bytes("Large", LARGE)])
    return compound(Node.of_bytes("Top", LARGE), Node("Pool", inside=[inner, Node.of_bytes("Empty", b"")]))


def opened(data: bytes) -> Streams:
    return Streams(io.BytesIO(data))


def test_every_stream_is_what_another_reader_sees() -> None:
    streams, other = opened(nested()), olefile.OleFileIO(nested())
    seen = {entry.path: streams.read(entry) for entry in streams.entries if entry.is_stream}
    assert seen == {"/".join(path): other.openstream(path).read() for path in other.listdir()}


def test_names_are_found_in_any_case_and_storages_know_what_lies_in_them() -> None:
    streams = opened(nested())
    assert streams.stream("pool/INNER/small") == SMALL
    pool = streams.find("Pool")
    assert pool is not None
    assert sorted(entry.name for entry in streams.inside(pool)) == ["Empty", "Inner"]
    assert streams.stream("Pool") is None
    assert not streams.has("Inner")


def test_a_loop_in_the_table_gives_no_more_than_the_file_has() -> None:
    data = bytearray(nested())
    table = (struct.unpack_from("<I", data, 76)[0] + 1) * 512
    for sector in range(100):
        struct.pack_into("<I", data, table + 4 * sector, 0)
    try:
        streams = opened(bytes(data))
    except Unreadable:
        return
    assert all(len(streams.read(entry)) <= len(data) for entry in streams.entries)


def test_a_directory_that_bites_its_tail_ends() -> None:
    data = bytearray(nested())
    directory = (struct.unpack_from("<I", data, 48)[0] + 1) * 512
    for number in range(5):
        struct.pack_into("<III", data, directory + 128 * number + 68, number, number, 1)
    assert len(opened(bytes(data)).entries) < 8


def test_a_file_cut_short_keeps_what_is_there_and_says_so() -> None:
    data = nested()
    states: set[State] = set()
    for length in range(0, len(data), 300):
        try:
            streams = opened(data[:length])
        except Unreadable as ended:
            states.add(ended.state)
        else:
            assert all(len(streams.read(entry)) <= length for entry in streams.entries)
    assert states == {State.DAMAGED}


def test_a_size_that_lies_ends_at_the_chain() -> None:
    data = bytearray(compound(Node.of_bytes("Large", LARGE)))
    place = data.find("Large".encode("utf-16-le"))
    struct.pack_into("<Q", data, place + 120, 1 << 31)
    entry = opened(bytes(data)).find("Large")
    assert entry is not None
    streams = opened(bytes(data))
    assert streams.read(entry) == LARGE
    assert not streams.is_whole(entry)


def literal(text: bytes) -> bytes:
    """Pack text as macros are packed, without a single copy."""
    out = b"\x01"
    for start in range(0, len(text), 2_000):
        piece = text[start : start + 2_000]
        body = b"".join(b"\0" + piece[at : at + 8] for at in range(0, len(piece), 8))
        out += struct.pack("<H", 0xB000 | len(body) - 1) + body
    return out


def record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HI", kind, len(body)) + body


def project(source: bytes, *, listed: bool = True, at: int = 7) -> bytes:
    modules = b"".join(
        (
            record(0x19, b"Modul\xe9"),
            record(0x1A, b"Modul\xe9"),
            record(0x31, struct.pack("<I", at)),
            record(0x2B, b""),
        )
    )
    version = struct.pack("<HIIH", 9, 4, 1, 2)
    listing = record(3, struct.pack("<H", 1252)) + version + (modules if listed else b"")
    module = Node.of_bytes("Modulé", b"p-codes" + literal(source))
    vba = Node("VBA", inside=[Node.of_bytes("dir", literal(listing)), module])
    return compound(Node("Macros", inside=[vba]))


def macros(data: bytes) -> tuple[dict[str, str], Reason]:
    found: dict[str, str] = {}

    def put(parts: Sequence[tuple[str, str]], kind: PieceKind, text: str, flags: Flag) -> None:
        found["&".join(f"{name}={value}" for name, value in parts)] = text

    return found, send_macros(opened(data), "Macros", put)


SOURCE = b'Attribute VB_Name = "Modul"\r\nSub A()\r\n  MsgBox "\xe9"\r\nEnd Sub'


def test_the_source_of_a_macro_is_given_line_by_line() -> None:
    found, ended = macros(project(SOURCE))
    assert ended is Reason.NONE
    assert found == {
        "macro=1": "Modulé",
        "macro=1&line=1": 'Attribute VB_Name = "Modul"',
        "macro=1&line=2": "Sub A()",
        "macro=1&line=3": '  MsgBox "é"',
        "macro=1&line=4": "End Sub",
    }


def test_macros_that_the_list_hides_or_misplaces_are_found() -> None:
    assert macros(project(SOURCE, listed=False))[0]["macro=1&line=2"] == "Sub A()"
    assert macros(project(SOURCE, at=9_999))[0]["macro=1&line=4"] == "End Sub"


def test_copies_are_unpacked_and_lies_about_them_end() -> None:
    packed = bytes.fromhex(
        "01 19 B0 00 61 61 61 62 63 64 65 82 66 00 70 61 67 68 69 6A 01 38 08 61 6B 6C 00 30 6D 6E 6F 70"
    )
    assert decompress(packed.replace(b"\x06\x70", b"\x06\x70"))[0].startswith(b"aaabcde")
    assert decompress(b"\x01\x02\xb0\x01\xff\xff")[1] is False
    assert decompress(b"\x02anything") == (b"", False)
    bomb = b"\x01" + (struct.pack("<H", 0xB000 | 3) + b"\x02a\xff\x0f") * 100_000
    assert len(decompress(bomb)[0]) < 17 << 20
