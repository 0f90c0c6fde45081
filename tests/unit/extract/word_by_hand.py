"""Writes Word documents of the binary format by hand, so that tests know every byte of them (MS-DOC; Word 6)."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from itertools import accumulate

from proofroom.extract.ole.compound_copy import Node, write_compound

TEXTS = ("main", "notes", "headers", "macros", "comments", "endnotes", "boxes", "header-boxes")
TABLES = {
    "styles": 1, "note-places": 2, "note-texts": 3, "comment-places": 4, "comment-texts": 5, "sections": 6,
    "headers": 11, "characters": 12, "paragraphs": 13, "fonts": 15, "bookmarks": 21, "settings": 31,
    "associated": 32, "pieces": 33, "comment-authors": 36, "shapes": 40, "endnote-places": 46,
    "endnote-texts": 47, "drawings": 50, "revision-authors": 51, "box-texts": 56, "variables": 60,
    "saved-by": 71, "lists": 73, "list-uses": 74,
}  # fmt: skip
TEXT_AT = 0x400
PAGE = 512
HIDDEN = bytes.fromhex("3c0801")
DELETED = bytes.fromhex("000801")
INSERTED = bytes.fromhex("010801")
SPECIAL = bytes.fromhex("550801")
ROW_END = bytes.fromhex("162401172401")


@dataclass
class Doc:
    """A document: its texts, runs of looks `(first, end, sprms)` by character, tables, pictures, other streams."""

    texts: dict[str, str] = field(default_factory=dict)
    looks: list[tuple[int, int, bytes]] = field(default_factory=list)
    shapes: list[tuple[int, int, bytes]] = field(default_factory=list)
    tables: dict[str, bytes] = field(default_factory=dict)
    data: bytes = b""
    flags: int = 0x1200
    version: int = 193
    streams: list[Node] = field(default_factory=list)
    pieces: list[tuple[int, int, int, bytes]] | None = None
    tail: bytes = b""
    key: int = 0
    before_tables: bytes = b""
    loose_after_lists: bytes = b""

    @property
    def text(self) -> str:
        """All texts as they follow each other."""
        return "".join(self.texts.get(name, "") for name in TEXTS)

    def streams_of(self) -> dict[str, bytes]:
        """Give the streams of the document."""
        body = self.text.encode("utf-16-le") + self.tail
        body += bytes(-len(body) % PAGE)
        tables = dict(self.tables)
        pages, places = b"", {}
        for kind, runs in (("characters", self.looks), ("paragraphs", self.shapes)):
            if runs:
                page = (TEXT_AT + len(body) + len(pages)) // PAGE
                pages += self._page(kind, runs)
                places[kind] = struct.pack("<III", TEXT_AT, TEXT_AT + 2 * len(self.text), page)
        tables |= places
        tables.setdefault("pieces", self._clx())
        table, at = self.before_tables, {}
        for name, content in tables.items():
            at[name] = (len(table), len(content))
            table += content + (self.loose_after_lists if name == "lists" else b"")
        head = self._head(at, TEXT_AT + len(body) + len(pages))
        return {"WordDocument": head.ljust(TEXT_AT, b"\0") + body + pages, "1Table": table, "Data": self.data}

    def write(self) -> bytes:
        """Give the whole file."""
        root = Node("", clsid=bytes.fromhex("0609020000000000c000000000000046"))
        root.inside = [Node.of_bytes(name, data) for name, data in self.streams_of().items()] + self.streams
        return b"".join(write_compound(root))

    def _clx(self) -> bytes:
        pieces = self.pieces if self.pieces is not None else [(0, len(self.text), TEXT_AT, b"\0\0")]
        places = struct.pack(f"<{len(pieces) + 1}I", *(one[0] for one in pieces), pieces[-1][1])
        lines = b"".join(b"\0\0" + struct.pack("<I", at) + change for _, _, at, change in pieces)
        return b"\x02" + struct.pack("<I", len(places + lines)) + places + lines

    def _head(self, at: dict[str, tuple[int, int]], size: int) -> bytes:
        head = struct.pack("<HHHHHHHI", 0xA5EC, self.version, 0, 0x0804, 0, self.flags, 0xBF, self.key)
        head = head.ljust(0x18, b"\0") + struct.pack("<II", TEXT_AT, TEXT_AT + 2 * len(self.text))
        head += struct.pack("<H28x", 14) + struct.pack("<H", 22) + struct.pack("<I8x", size)
        head += struct.pack("<8i", *(len(self.texts.get(name, "")) for name in TEXTS))
        head = head.ljust(0x98, b"\0") + struct.pack("<H", 93)
        pairs = [(0, 0)] * 93
        for name, pair in at.items():
            pairs[TABLES[name]] = pair
        return head + b"".join(struct.pack("<II", *pair) for pair in pairs)

    def _page(self, kind: str, runs: list[tuple[int, int, bytes]]) -> bytes:
        """Write one page of properties; what lies between runs has none."""
        filled, before = [], 0
        for first, end, sprms in runs:
            if first > before:
                filled.append((before, first, b""))
            filled.append((first, end, sprms))
            before = end
        if before < len(self.text):
            filled.append((before, len(self.text), b""))
        width = 1 if kind == "characters" else 13
        places = [TEXT_AT + 2 * one[0] for one in filled] + [TEXT_AT + 2 * filled[-1][1]]
        page = bytearray(struct.pack(f"<{len(places)}I", *places) + bytes(width * len(filled)))
        first = 4 * len(places)
        for number, (_, _, sprms) in enumerate(filled):
            if sprms or kind == "paragraphs":
                page += bytes(len(page) % 2)
                page[first + width * number] = len(page) // 2
                if kind == "characters":
                    page += bytes((len(sprms),)) + sprms
                else:
                    body = (sprms or b"\0\0") + bytes((len(sprms or b"\0\0") + 1) % 2)
                    page += bytes(((len(body) + 1) // 2,)) + body
        return bytes(page).ljust(PAGE - 1, b"\0") + bytes((len(filled),))


def places(*numbers: int) -> bytes:
    """Write places in a text."""
    return struct.pack(f"<{len(numbers)}I", *numbers)


def ends(*stories: str) -> bytes:
    """Write the places between stories, with the one behind the last that the format wants."""
    found = list(accumulate((len(story) for story in stories), initial=0))
    return places(*found, found[-1] + 1)


def sttb(*texts: str, extra: bytes = b"") -> bytes:
    """Write a table of texts."""
    lines = (struct.pack("<H", len(text)) + text.encode("utf-16-le") + extra for text in texts)
    return struct.pack("<HHH", 0xFFFF, len(texts), len(extra)) + b"".join(lines)


def word_6(
    text: bytes,
    *,
    language: int = 0x0409,
    version: int = 101,
    looks: list[tuple[int, int, bytes]] | None = None,
) -> bytes:
    """Give the stream of a document of Word 6: text of one byte a character, runs of looks in the same stream."""
    head = struct.pack("<HHHHHHHI", 0xA5DC, version, 0, language, 0, 0, 0, 0).ljust(0x18, b"\0")
    start = 0x300
    head += struct.pack("<II", start, start + len(text))
    head = head.ljust(0x34, b"\0") + struct.pack("<I", len(text))
    out = bytearray(head.ljust(start, b"\0") + text)
    out += bytes(-len(out) % PAGE)
    if looks:
        number = len(out) // PAGE
        page = bytearray(
            struct.pack(f"<{len(looks) + 1}I", *(start + one[0] for one in looks), start + looks[-1][1])
        )
        lines, at = bytearray(), PAGE - 1
        for _, _, sprms in looks:
            at -= (len(sprms) + 2) & ~1
            at &= ~1
            lines.append(at // 2 if sprms else 0)
        page = (page + lines).ljust(PAGE - 1, b"\0") + bytes((len(looks),))
        for (_, _, sprms), place in zip(looks, lines, strict=True):
            if sprms:
                page[2 * place : 2 * place + 1 + len(sprms)] = bytes((len(sprms),)) + sprms
        out += page
        struct.pack_into("<II", out, 0xB8, len(out), 10)
        out += struct.pack("<IIH", start, start + len(text), number)
    return bytes(out)
