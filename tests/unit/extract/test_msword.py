"""Word documents of the binary format: every text at its address, and what hides beside it."""

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
    HIDDEN,
    INSERTED,
    ROW_END,
    SPECIAL,
    TEXT_AT,
    Doc,
    ends,
    places,
    sttb,
    word_6,
)

from proofroom.extract.detect import detect
from proofroom.extract.format import Source
from proofroom.extract.formats.msword import FORMAT
from proofroom.extract.ole.compound_copy import Node, write_compound
from proofroom.limits import DEFAULT
from proofroom.model.evidence import Flag, PieceKind
from proofroom.model.states import Reason, State

if TYPE_CHECKING:
    from conftest import Read

AT_JUNE_12 = 30 | 8 << 6 | 12 << 11 | 6 << 16 | 115 << 20
CUT = (State.DAMAGED, Reason.CUT_SHORT)


def plain(text: str, **more: object) -> bytes:
    return dataclasses.replace(Doc({"main": text}), **more).write()


def stream_file(*nodes: Node) -> bytes:
    return b"".join(write_compound(Node("", inside=list(nodes))))


def test_the_sample_holds_every_kind_of_text(read_with: Read) -> None:
    sample = Path(__file__).parents[3] / "src/proofroom/extract/formats/samples/msword.doc"
    found = read_with(FORMAT, sample.read_bytes())
    assert found.said == {
        "para=1": "通知",
        "para=2": "第一段",
        "para=2&deleted=1": "删去",
        "para=3": "甲",
        "para=4": "乙",
        "para=5": "链接完",
        "para=5&field=1": 'HYPERLINK "http://example.org/"',
        "para=5&link=1": "http://example.org/",
        "header=1": "页眉",
        "note=1": "脚注",
        "para=2&comment=1": "批注",
        "para=2&comment=1&author=1": "办公室",
    }
    assert found.kinds["note=1"] == PieceKind.NOTE
    assert (found.ended, found.partial, found.members) == (None, [], {})


def test_empty_paragraphs_count_and_the_ends_of_rows_do_not(read_with: Read) -> None:
    text = "a\r\rb\x07c\x07\x07d\x0be\tf\r"
    found = read_with(FORMAT, plain(text, shapes=[(7, 8, b"\0\0" + ROW_END)]))
    assert found.said == {"para=1": "a", "para=3": "b", "para=4": "c", "para=5": "d\ne\tf"}


def test_a_page_break_divides_only_where_a_section_ends(read_with: Read) -> None:
    sections = {"sections": places(0, 2, 6) + bytes(24)}
    assert read_with(FORMAT, plain("a\x0cb\x0cc\r", tables=sections)).said == {
        "para=1": "a",
        "para=2": "b\nc",
    }


def test_hidden_inserted_and_deleted_text_is_told_apart(read_with: Read) -> None:
    when = struct.pack("<HI", 0x6864, AT_JUNE_12) + struct.pack("<HH", 0x4863, 1)
    looks = [(0, 2, HIDDEN), (5, 7, INSERTED + bytes.fromhex("04480100")), (7, 9, DELETED + when)]
    authors = {"revision-authors": sttb("Unknown", "甲")}
    found = read_with(FORMAT, plain("暗处x\rz新字旧字\r", looks=[(0, 2, HIDDEN), *looks[1:]], tables=authors))
    assert found.said == {
        "para=1": "暗处x",
        "para=2": "z新字",
        "para=2&author=1": "甲",
        "para=2&deleted=1": "旧字",
        "para=2&deleted=1&author=1": "甲",
        "para=2&deleted=1&date=1": "2015-06-12T08:30",
    }
    assert found.flags["para=1"] == Flag.HIDDEN_TEXT
    assert found.flags["para=2"] == Flag.INSERTED
    assert found.flags["para=2&deleted=1"] == Flag.DELETED


def style(kind: int, base: int, *changes: bytes) -> bytes:
    body = struct.pack("<HHHHH", 0, kind | base << 4, len(changes), 0, 0) + struct.pack(
        "<HHH", 1, ord("s"), 0
    )
    for change in changes:
        body += struct.pack("<H", len(change)) + change + bytes(len(change) % 2)
    return struct.pack("<H", len(body)) + body


def styles(*lines: bytes) -> bytes:
    return struct.pack("<HHH", 4, len(lines), 10) + b"".join(lines)


def test_a_style_hides_by_itself_and_by_the_one_it_is_based_on(read_with: Read) -> None:
    sheet = styles(
        style(1, 0xFFF, b"\0\0", b""),
        style(1, 0, b"\1\0", HIDDEN),
        style(1, 1, b"\2\0", b""),
        style(2, 3, b""),
        style(2, 0xFFF, HIDDEN),
    )
    shown = bytes.fromhex("3c0800")
    text = "seen\rby style\rby base\rshown\rby run\r"
    found = read_with(
        FORMAT,
        plain(
            text,
            tables={"styles": sheet},
            shapes=[
                (0, 5, b"\0\0"),
                (5, 14, b"\1\0"),
                (14, 22, b"\2\0"),
                (22, 28, b"\1\0"),
                (28, 35, b"\0\0"),
            ],
            looks=[(22, 28, shown), (28, 30, bytes.fromhex("304a0400"))],
        ),
    )
    hidden = [part for part, flags in found.flags.items() if flags & Flag.HIDDEN_TEXT]
    assert hidden == ["para=2", "para=3", "para=5"]


def test_codes_of_nested_fields_and_where_they_lead(read_with: Read) -> None:
    text = '\x13 IF \x13 DATE \x14today\x15 = "x" \x14yes\x15 '
    text += '\x13 HYPERLINK "a b" \\l "mark" \x14go\x15\x13 XE "hidden" \x15\r'
    found = read_with(FORMAT, plain(text)).said
    assert found["para=1"] == "yes go"
    assert [found[f"para=1&field={number}"] for number in (1, 2, 3, 4)] == [
        "DATE",
        'IF today = "x"',
        'HYPERLINK "a b" \\l "mark"',
        'XE "hidden"',
    ]
    assert found["para=1&link=1"] == "a b#mark"


def test_a_symbol_stands_for_itself_and_marks_of_notes_do_not(read_with: Read) -> None:
    symbol = SPECIAL + bytes.fromhex("096a020071f0")
    found = read_with(FORMAT, plain("a\x02b(c(d)\x1e\r", looks=[(1, 2, SPECIAL), (3, 4, symbol)])).said
    assert found == {"para=1": "ab\uf071c(d)\u2011"}


def test_notes_headers_and_footers_have_their_own_numbers(read_with: Read) -> None:
    texts = {
        "main": "body\r",
        "notes": "\x02 first\r\x02 second\r\r",
        "headers": "even\rodd\rfoot\r\r",
        "endnotes": "\x02 end\r\r",
    }
    tables = {
        "note-texts": ends("\x02 first\r", "\x02 second\r"),
        "endnote-texts": ends("\x02 end\r"),
        "headers": places(*[0] * 6, 0, 5, 9, 9, 14, 14, 14, 15),
    }
    found = read_with(FORMAT, Doc(texts, tables=tables).write()).said
    assert found == {
        "para=1": "body",
        "note=1": " first",
        "note=2": " second",
        "note=3": " end",
        "header=1": "even",
        "header=2": "odd",
        "footer=1": "foot",
    }


def test_text_that_no_table_divides_is_not_lost(read_with: Read) -> None:
    texts = {"main": "body\r", "notes": "note without a table\r", "comments": "comment without a table\r"}
    found = read_with(FORMAT, Doc(texts).write()).said
    assert found == {
        "para=1": "body",
        "note=1": "note without a table",
        "comment=1": "comment without a table",
    }


def test_a_comment_stands_at_its_paragraph_with_its_author(read_with: Read) -> None:
    mark = bytes(20) + struct.pack("<H", 1) + bytes(8)
    texts = {"main": "one\rtwo\x05\r", "comments": "\x05says\r\x05more\r\r"}
    tables = {
        "comment-places": places(7, 7, 9) + mark * 2,
        "comment-texts": ends("\x05says\r", "\x05more\r"),
        "comment-authors": b"".join(
            struct.pack("<H", len(name)) + name.encode("utf-16-le") for name in ("甲", "乙")
        ),
    }
    found = read_with(FORMAT, Doc(texts, tables=tables).write()).said
    assert found["para=2&comment=1"] == "says"
    assert found["para=2&comment=2"] == "more"
    assert found["para=2&comment=2&author=1"] == "乙"


def test_a_text_box_follows_the_paragraph_it_hangs_on(read_with: Read) -> None:
    texts = {"main": "one\x08\rtwo\r", "boxes": "in the box\rloose\r\r"}
    box = bytes(14) + struct.pack("<II", 1026, 0)
    loose = bytes(14) + struct.pack("<II", 7, 0)
    tables = {
        "shapes": places(3, 9) + struct.pack("<I", 1026) + bytes(22),
        "box-texts": places(0, 11, 17, 18) + box + loose + bytes(22),
    }
    found = read_with(FORMAT, Doc(texts, tables=tables).write()).said
    assert found == {"para=1": "one", "para=2": "in the box", "para=3": "two", "para=4": "loose"}


def level(start: int, way: int, text: str) -> bytes:
    head = struct.pack("<IBB9s", start, way, 0, bytes(9)) + bytes(13)
    return head + struct.pack("<H", len(text)) + text.encode("utf-16-le")


def test_lists_are_counted_as_word_shows_them(read_with: Read) -> None:
    levels = [level(1, 0x27, "第\0条"), level(1, 4, "\0.\x01)"), *[level(1, 0, "\x02")] * 7]
    table = struct.pack("<H", 1) + struct.pack("<II", 99, 0) + bytes(20)
    uses = struct.pack("<I", 1) + struct.pack("<I", 99) + bytes(12) + struct.pack("<I", 0xFFFFFFFF)
    tables = {"lists": table, "levels": b"".join(levels), "list-uses": uses}
    doc = Doc({"main": "a\rb\rc\rd\r"}, tables={})
    at = bytes.fromhex("0b460100")
    down = at + bytes.fromhex("0a2601")
    doc.shapes = [(0, 2, b"\0\0" + at), (2, 4, b"\0\0" + down), (4, 6, b"\0\0" + at), (6, 8, b"\0\0")]
    doc.tables = {"lists": tables["lists"]}
    doc.loose_after_lists = tables["levels"]
    doc.tables["list-uses"] = uses
    found = read_with(FORMAT, doc.write()).said
    assert {part: text for part, text in found.items() if "label" in part} == {
        "para=1&label=1": "第一条",
        "para=2&label=1": "一.a)",
        "para=3&label=1": "第二条",
    }


def test_pieces_are_read_in_their_order_in_one_and_two_bytes(read_with: Read) -> None:
    doc = Doc({"main": "world hello " + "." * 9}, tail="naïve".encode("cp1252"))
    tail = TEXT_AT + 2 * len(doc.text)
    doc.pieces = [
        (0, 6, TEXT_AT + 12, b"\0\0"),
        (6, 11, TEXT_AT, b"\0\0"),
        (11, 16, TEXT_AT, struct.pack("<H", 0x41 << 1 | 1 << 8)),
        (16, 21, tail * 2 | 0x40000000, b"\0\0"),
    ]
    found = read_with(FORMAT, doc.write())
    assert found.said == {"para=1": "hello worldnaïve", "para=1&deleted=1": "world"}
    assert found.ended is None


def test_what_a_quick_save_left_behind_is_found(read_with: Read) -> None:
    gone = "这一段话在保存之前已经删掉。The secret meeting was moved."
    doc = Doc({"main": "left\r"}, tail=gone.encode("utf-16-le"))
    found = read_with(FORMAT, doc.write())
    assert found.said["para=1"] == "left"
    assert gone in " ".join(text for part, text in found.said.items() if part.startswith("leftover="))
    assert found.flags["leftover=1"] == Flag.DELETED


def test_word_6_is_decoded_by_the_language_it_names(read_with: Read) -> None:
    chinese = word_6("通知\r第二段\r".encode("gb18030"), language=0x0804)
    russian = word_6("Дом\r".encode("cp1251"), language=0x0419)
    assert read_with(FORMAT, stream_file(Node.of_bytes("WordDocument", chinese))).said == {
        "para=1": "通知",
        "para=2": "第二段",
    }
    assert read_with(FORMAT, stream_file(Node.of_bytes("WordDocument", russian))).said == {"para=1": "Дом"}


def test_word_6_hides_and_deletes_with_its_own_numbers(read_with: Read) -> None:
    hidden, deleted, unknown = b"\x55\x01\x5c\x01", b"\x41\x01", b"\xf0\x5c\x01"
    looks = [(0, 6, hidden), (6, 13, b""), (13, 17, deleted), (17, 18, b""), (18, 22, unknown)]
    data = word_6(b"secre\rseen, gone\rdark\r", looks=looks)
    found = read_with(FORMAT, data)
    assert found.said == {"para=1": "secre", "para=2": "seen, g", "para=2&deleted=1": "one", "para=3": "dark"}
    assert found.flags["para=1"] == Flag.HIDDEN_TEXT
    assert found.flags["para=3"] == Flag.NONE


def test_word_6_is_known_and_read_without_a_compound_file(read_with: Read) -> None:
    data = word_6(b"bare text\r")
    assert read_with(FORMAT, data).said == {"para=1": "bare text"}
    assert detect(Source(io.BytesIO(data), len(data), DEFAULT, b"x.doc")).media_type == "application/msword"


def test_of_word_2_the_text_is_read_and_the_rest_is_said(read_with: Read) -> None:
    data = bytearray(word_6(b"old text\r"))
    data[:4] = b"\xdb\xa5\x2d\0"
    found = read_with(FORMAT, bytes(data))
    assert found.said == {"para=1": "old text"}
    assert found.partial == [Reason.UNSUPPORTED_VARIANT]


def test_facts_of_its_making_are_told(read_with: Read) -> None:
    settings = bytearray(48)
    struct.pack_into("<IIIHI", settings, 20, AT_JUNE_12, AT_JUNE_12, 0, 7, 90)
    variables = sttb("key", extra=b"\0\0\0\0") + struct.pack("<H", 5) + "value".encode("utf-16-le")
    tables = {
        "settings": bytes(settings),
        "saved-by": sttb("甲", "C:\\名单.doc"),
        "associated": sttb("", "Normal.dot"),
        "variables": variables,
        "bookmarks": sttb("mark"),
    }
    told = read_with(FORMAT, plain("x\r", tables=tables, flags=0x1220)).properties
    assert told["doc:created"] == ["2015-06-12T08:30"]
    assert (told["doc:saved-by"], told["doc:saved-as"]) == (["甲"], ["C:\\名单.doc"])
    assert (told["doc:template"], told["doc:bookmark"]) == (["Normal.dot"], ["mark"])
    assert (told["doc:variable:key"], told["doc:edit-minutes"], told["doc:quick-saves"]) == (
        ["value"],
        ["90"],
        ["2"],
    )


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
    few = dataclasses.replace(DEFAULT, password_attempts=2)
    assert read_with(FORMAT, data, limits=few, passwords=("secret17",)).ended == (
        State.LOCKED,
        Reason.PASSWORD_UNKNOWN,
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
