"""What a Word file carries beside its text, how it opens under a password, and what becomes of damage."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import struct
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msoffcrypto.method.rc4 import DocumentRC4
from word_by_hand import (
    DELETED,
    SPECIAL,
    TEXT_AT,
    Doc,
)

from proofroom.extract.detect import detect
from proofroom.extract.format import Source
from proofroom.extract.formats.msword import FORMAT
from proofroom.extract.ole.compound_copy import Node, write_compound
from proofroom.limits import DEFAULT
from proofroom.model.states import Reason, State

if TYPE_CHECKING:
    from conftest import Read

CUT = (State.DAMAGED, Reason.CUT_SHORT)


def plain(text: str, **more: object) -> bytes:
    return dataclasses.replace(Doc({"main": text}), **more).write()


def stream_file(*nodes: Node) -> bytes:
    return b"".join(write_compound(Node("", inside=list(nodes))))


def style(kind: int, base: int, *changes: bytes) -> bytes:
    body = struct.pack("<HHHHH", 0, kind | base << 4, len(changes), 0, 0) + struct.pack(
        "<HHH", 1, ord("s"), 0
    )
    for change in changes:
        body += struct.pack("<H", len(change)) + change + bytes(len(change) % 2)
    return struct.pack("<H", len(body)) + body


def styles(*lines: bytes) -> bytes:
    return struct.pack("<HHH", 4, len(lines), 10) + b"".join(lines)


def picture(data: bytes, alt: str) -> bytes:
    text = (alt + "\0").encode("utf-16-le")
    options = (
        struct.pack("<HHI", 1 << 4 | 3, 0xF00B, 6 + len(text)) + struct.pack("<HI", 0xC381, len(text)) + text
    )
    shape = struct.pack("<HHI", 0xF, 0xF004, len(options)) + options
    blip = struct.pack("<HHI", 0x6E0 << 4, 0xF01E, 17 + len(data)) + bytes(17) + data
    head = struct.pack("<IHH", 68 + len(shape + blip), 68, 100).ljust(68, b"\0")
    return head + shape + blip


def drawn(data: bytes) -> bytes:
    packed = zlib.compress(data)
    head = struct.pack("<I", len(data)) + bytes(24) + struct.pack("<IBB", len(packed), 0, 0xFE)
    return struct.pack("<HHI", 0x3D4 << 4, 0xF01A, 16 + len(head + packed)) + bytes(16) + head + packed


def test_pictures_of_the_text_and_of_the_store_are_members(read_with: Read) -> None:
    png = b"\x89PNG\r\n\x1a\n picture"
    emf = b"\x01\0\0\0 a drawing" * 20
    store = drawn(emf)
    entry = struct.pack("<HHI", 2, 0xF007, 36 + len(store)) + bytes(36) + store
    inner = struct.pack("<HHI", 0xF, 0xF001, len(entry)) + entry
    looks = [(0, 1, SPECIAL + bytes.fromhex("036a00000000"))]
    drawings = struct.pack("<HHI", 0xF, 0xF000, len(inner)) + inner
    found = read_with(
        FORMAT, plain("\x01\r", looks=looks, data=picture(png, "甲的照片"), tables={"drawings": drawings})
    )
    assert found.members == {"pictures/1.png": png, "pictures/2.emf": emf}
    assert found.said == {"para=1&alt=1": "甲的照片"}


def packed_file(name: bytes, data: bytes) -> bytes:
    path = b"C:\\TEMP\\" + name + b"\0"
    body = b"\2\0" + name + b"\0C:\\" + name + b"\0" + struct.pack("<HHI", 0, 3, len(path)) + path
    body += struct.pack("<I", len(data)) + data
    return struct.pack("<I", len(body)) + body


def test_embedded_objects_come_out_as_files_of_their_own(read_with: Read) -> None:
    inner = [Node.of_bytes(name, data) for name, data in Doc({"main": "inner\r"}).streams_of().items()]
    pool = Node(
        "ObjectPool",
        inside=[
            Node("_1", inside=[Node.of_bytes("\x01Ole10Native", packed_file(b"list.txt", b"names"))]),
            Node("_2", inside=inner),
            Node("_3", inside=[Node.of_bytes("Package", b"PK\3\4...")]),
            Node("_4", inside=[Node.of_bytes("\x03LinkInfo", b"\x0b\0C:\\list.doc\0")]),
        ],
    )
    found = read_with(FORMAT, plain("x\r", streams=[pool]))
    assert found.members["ObjectPool/_1/list.txt"] == b"names"
    assert found.members["ObjectPool/_3/Package"] == b"PK\3\4..."
    assert read_with(FORMAT, found.members["ObjectPool/_2.doc"]).said == {"para=1": "inner"}
    assert found.said["object=1&link=1"] == "C:\\list.txt"
    assert found.said["object=4&link=1"] == "C:\\list.doc"


def test_what_lies_beside_the_document_is_handed_out(read_with: Read) -> None:
    store = Node("MsoDataStore", inside=[Node("id", inside=[Node.of_bytes("Item", b"<a/>")])])
    found = read_with(FORMAT, plain("x\r", streams=[store, Node.of_bytes("Signature", b"signed")]))
    assert found.members == {"data/1.xml": b"<a/>", "Signature": b"signed"}


def key_of_word(password: bytes) -> tuple[int, bytes]:
    """Derive the array of the oldest obfuscation from its bits, by another way than the library."""

    def turned(value: int, bits: int, width: int) -> int:
        return (value << bits | value >> (width - bits)) & ((1 << width) - 1)

    key, base, end = 0, 0x8000, 0xFFFF
    for sign in reversed(password):
        for bit in range(8):
            base = turned(base, 1, 16)
            base ^= 0x1020 if base & 1 else 0
            key ^= base if (sign & 0x7F) >> bit & 1 else 0
            end = turned(end, 1, 16)
            end ^= 0x1020 if end & 1 else 0
    key ^= end
    filled = (password + bytes.fromhex("bbffffbaffffb98000be0f00bf0f00"))[:16]
    array = bytes(turned(one ^ (key >> 8 * (place & 1) & 0xFF), 7, 8) for place, one in enumerate(filled))
    verifier = 0
    for sign in (*reversed(password), len(password)):
        verifier = turned(verifier, 1, 15) ^ sign
    return (verifier ^ 0xCE4B) << 16 | key, array


def obfuscated(data: bytes, array: bytes) -> bytes:
    hidden = (one ^ array[place % 16] for place, one in enumerate(data))
    return bytes(new if one and new else one for one, new in zip(data, hidden, strict=True))


def test_an_obfuscated_document_opens_with_its_password(read_with: Read) -> None:
    key, array = key_of_word(b"secret17")
    streams = Doc({"main": "under a password\r"}, flags=0x9300, key=key).streams_of()
    main = streams["WordDocument"]
    locked = {name: obfuscated(data, array) for name, data in streams.items()}
    locked["WordDocument"] = main[:0x44] + locked["WordDocument"][0x44:]
    data = stream_file(*(Node.of_bytes(name, one) for name, one in locked.items()))
    assert read_with(FORMAT, data).ended == (State.LOCKED, Reason.PASSWORD_UNKNOWN)
    found = read_with(FORMAT, data, passwords=("wrong", "secret17"))
    assert found.ended == (State.READ, Reason.DECRYPTED)
    assert found.properties["ole:password-index"] == ["1"]
    assert read_with(FORMAT, found.members["decrypted"]).said == {"para=1": "under a password"}


def test_an_encrypted_document_opens_with_its_password(read_with: Read) -> None:
    salt, plain_verifier = bytes(range(16)), bytes(16)

    def crypt(data: bytes) -> bytes:
        return bytes(DocumentRC4.decrypt("secret17", salt, io.BytesIO(data), 0x200).read())

    clear = plain_verifier + hashlib.md5(plain_verifier).digest()
    verifier = crypt(clear)
    head = struct.pack("<HH", 1, 1) + salt + verifier
    doc = Doc({"main": "under a password\r"}, flags=0x1300, key=len(head), before_tables=head)
    streams = doc.streams_of()
    locked = {name: crypt(data) for name, data in streams.items()}
    locked["WordDocument"] = streams["WordDocument"][:0x44] + locked["WordDocument"][0x44:]
    locked["1Table"] = head + locked["1Table"][len(head) :]
    data = stream_file(*(Node.of_bytes(name, one) for name, one in locked.items()))
    found = read_with(FORMAT, data, passwords=("secret17",))
    assert found.ended == (State.READ, Reason.DECRYPTED)
    assert read_with(FORMAT, found.members["decrypted"]).said == {"para=1": "under a password"}
    none = dataclasses.replace(DEFAULT, password_attempts=0)
    assert read_with(FORMAT, data, limits=none, passwords=("secret17",)).ended == (
        State.LOCKED,
        Reason.LIMIT_PASSWORDS,
    )


def test_encryption_nobody_knows_is_said(read_with: Read) -> None:
    doc = Doc({"main": "x\r"}, flags=0x1300, key=52, before_tables=struct.pack("<HH", 9, 9) + bytes(48))
    assert read_with(FORMAT, doc.write()).ended == (State.LOCKED, Reason.UNSUPPORTED_ENCRYPTION)


def test_a_file_cut_short_gives_what_is_there(read_with: Read) -> None:
    doc = Doc({"main": "".join(f"line {number}\r" for number in range(4000))})
    streams = doc.streams_of()
    streams["WordDocument"] = streams["WordDocument"][: TEXT_AT + 20_000]
    found = read_with(FORMAT, stream_file(*(Node.of_bytes(name, one) for name, one in streams.items())))
    assert found.ended == CUT
    assert found.said["para=1"] == "line 0"
    assert len(found.said) > 500
    whole = doc.write()
    assert all(
        read_with(FORMAT, whole[:length]).ended is not None for length in range(0, len(whole) - 512, 9_973)
    )


def test_a_file_whose_directory_is_lost_still_gives_its_text(read_with: Read) -> None:
    lines = [f"line {number}" for number in range(2_000)]
    whole = plain("\r".join(lines) + "\r", looks=[(0, 7, DELETED)])
    lost = whole[: whole.index("Root Entry".encode("utf-16-le"))]
    assert detect(Source(io.BytesIO(lost), len(lost), DEFAULT, b"x.doc")).media_type == "application/msword"
    found = read_with(FORMAT, lost)
    assert found.ended == CUT
    assert [found.said[f"para={number}"] for number in range(2, 2_001)] == lines[1:]
    assert found.said["para=1&deleted=1"] == "line 0\r".strip()
    few = read_with(FORMAT, whole[: TEXT_AT + 10_000])
    assert few.ended == CUT
    assert few.said["para=1"] == "line 0"


def test_text_without_its_list_of_pieces_is_read_in_one_and_two_bytes(read_with: Read) -> None:
    latin = "A long line of Latin letters in one byte each.\r"
    chinese = "这一段是中文，每个字两个字节。\r"
    main = bytearray(Doc({"main": chinese}).streams_of()["WordDocument"])
    start = TEXT_AT + 2 * len(chinese)
    main[start:] = latin.encode()
    struct.pack_into("<I", main, 0x1C, len(main))
    struct.pack_into("<I", main, 0x4C, len(chinese + latin))
    found = read_with(FORMAT, stream_file(Node.of_bytes("WordDocument", bytes(main))))
    assert found.said["para=1"] == "这一段是中文，每个字两个字节。"
    assert found.said["para=2"] == latin.strip()


def test_a_missing_table_stream_is_said_and_the_text_is_read(read_with: Read) -> None:
    streams = Doc({"main": "text without tables\r"}).streams_of()
    found = read_with(FORMAT, stream_file(Node.of_bytes("WordDocument", streams["WordDocument"])))
    assert found.ended == CUT
    assert found.said["para=1"] == "text without tables"


def test_pieces_that_share_their_bytes_end_at_the_limit(read_with: Read) -> None:
    doc = Doc({"main": "bomb " * 200 + "\r"})
    doc.pieces = [(1000 * number, 1000 * (number + 1), TEXT_AT, b"\0\0") for number in range(500)]
    few = dataclasses.replace(DEFAULT, text_bytes=50_000)
    found = read_with(FORMAT, doc.write(), limits=few)
    assert found.ended == (State.TRUNCATED, Reason.LIMIT_TEXT_BYTES)


@pytest.mark.parametrize("fill", [b"\xff", b"\0", b"\x7f", b"\x80"])
def test_tables_full_of_lies_end_in_a_state(read_with: Read, fill: bytes) -> None:
    sample = (Path(__file__).parents[3] / "src/proofroom/extract/formats/samples/msword.doc").read_bytes()
    for start in range(512, len(sample), 61):
        lied = sample[:start] + fill * 8 + sample[start + 8 :]
        found = read_with(FORMAT, lied)
        assert found.ended is None or found.ended[0] in set(State)


def test_a_style_based_on_itself_and_fields_without_end_do_no_harm(read_with: Read) -> None:
    sheet = styles(style(1, 0, b"\0\0", b""))
    found = read_with(FORMAT, plain("\x13" * 5_000 + "x\r", tables={"styles": sheet}))
    assert "x" in {text.strip() for text in found.said.values()}


def test_embedded_objects_outlive_the_text(read_with: Read) -> None:
    pool = Node("ObjectPool", inside=[Node("_3", inside=[Node.of_bytes("Package", b"PK\3\4...")])])
    found = read_with(FORMAT, stream_file(pool, Node.of_bytes("WordDocument", b"")))
    assert found.members == {"ObjectPool/_3/Package": b"PK\3\4..."}
    assert found.ended == CUT


def test_no_word_document_is_said(read_with: Read) -> None:
    assert read_with(FORMAT, stream_file(Node.of_bytes("Other", b"x"))).ended == (
        State.DAMAGED,
        Reason.NOT_WELL_FORMED,
    )
    assert read_with(FORMAT, b"no").ended == (State.DAMAGED, Reason.NOT_WELL_FORMED)


@pytest.mark.corpora
def test_real_documents_are_read_whole(read_with: Read, corpora: Path) -> None:
    names = (
        "testWORD_2006ml",
        "testWORD_numbered_list",
        "test_TIKA-1251",
        "testWPSAttachment",
        "testWORD_macros",
    )
    for name in names:
        found = read_with(FORMAT, (corpora / "tika" / f"{name}.doc").read_bytes())
        assert (found.ended, found.partial) == (None, []), name
    locked = (corpora / "tika" / "testWORD_protected_passtika.doc").read_bytes()
    found = read_with(FORMAT, locked, passwords=("tika",))
    assert read_with(FORMAT, found.members["decrypted"]).said
