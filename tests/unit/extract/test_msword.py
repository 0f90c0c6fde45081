"""Word documents of the binary format: every text at its address, and what hides beside it."""

from __future__ import annotations

import dataclasses
import struct
from pathlib import Path
from typing import TYPE_CHECKING

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
)

from proofroom.extract.formats.msword import FORMAT
from proofroom.extract.ole.compound_copy import Node, write_compound
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
