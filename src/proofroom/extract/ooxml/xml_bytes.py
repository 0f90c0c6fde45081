"""Handle XML as bytes where a parser would be too slow: cut pieces, check them, resolve escapes.

The fast paths read only what is plain: UTF-8, no comments, no CDATA, no namespaces declared inside.
Everything else is left to expat.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from proofroom.extract.format import utf8
from proofroom.extract.ooxml.package import DamagedPart
from proofroom.model.states import Reason

LONGEST_ITEM: Final = 32 << 20
"""Bytes without a place to cut; Excel's largest row is far below, and beyond it expat reads alone."""

_NAMED: Final = {b"amp": b"&", b"lt": b"<", b"gt": b">", b"quot": b'"', b"apos": b"'"}
_REFERENCE: Final = re.compile(rb"&([^;&<]*;?)")
_NUMERIC: Final = re.compile(rb"#(?:x([0-9A-Fa-f]{1,6})|([0-9]{1,7}))\Z")
_ESCAPE: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_MAIN: Final = (
    b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    b"http://purl.oclc.org/ooxml/spreadsheetml/main",
)
_DECLARED: Final = re.compile(rb"""\A(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding\s*=\s*["']([^"']*)["']""")
_CONTROLS: Final = bytes(code for code in range(0x20) if code not in b"\t\n\r")
_NO_CHARACTERS: Final = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")
_LAST_CODE_POINT: Final = 0x10FFFF
_SURROGATES: Final = range(0xD800, 0xE000)
_FIRST_PRINTABLE: Final = 0x20


class NotPlain(Exception):
    """The bytes hold something that only a parser can judge."""


@dataclass(frozen=True, slots=True)
class Table:
    """Where the many items of a part stand: inside `element` of the root `root`, each ended by `after`."""

    root: bytes
    element: bytes
    after: bytes

    def opening(self, head: bytes) -> int:
        """Give the place behind the tag that opens the table, -1 while it is not there."""
        found = re.search(rb"<" + self.element + rb"(?:\s[^>]*)?>", head)
        return found.end() if found else -1


def cut_pieces(blocks: Iterable[bytes], table: Table) -> Iterator[tuple[bytes, bool]]:
    """Cut a stream where an item ends; say of each piece whether a regex may read it.

    The head up to the tag that opens the table, and all that follows its end, are for the parser, and
    so is everything once a comment, CDATA or declaration appears. The pieces joined are the stream.
    What is damaged in the middle raises DamagedPart after the pieces before it were given.
    """
    waiting = b""
    inside = plain = False
    broken: Reason | None = None
    stream = iter(blocks)
    while True:
        try:
            block = next(stream, b"")
        except DamagedPart as damaged:
            block, broken = b"", damaged.reason
        waiting += block
        if not block:
            yield waiting, False
            break
        if not inside:
            opening = table.opening(waiting)
            if opening < 0 and len(waiting) < LONGEST_ITEM:
                continue
            inside, plain = True, _is_plain_head(waiting[:opening], table)
            yield waiting[:opening], False
            waiting = waiting[opening:]
        cut = waiting.rfind(table.after) + len(table.after)
        # A single byte is looked for first: it is found at memory speed, a pair is not.
        declares = b"!" in waiting and b"<!" in waiting
        plain = plain and len(waiting) - cut < LONGEST_ITEM and not declares
        if not plain:
            yield waiting, False
            waiting = b""
        elif cut >= len(table.after):
            yield waiting[:cut], True
            waiting = waiting[cut:]
        plain = plain and b"</" + table.element not in waiting
    if broken is not None:
        raise DamagedPart(broken)


def _is_plain_head(head: bytes, table: Table) -> bool:
    """Tell whether a regex may read what follows: UTF-8, nothing declared, the usual default namespace."""
    declared = _DECLARED.search(head)
    if declared and declared.group(1).lower() not in (b"utf-8", b"utf8", b"us-ascii"):
        return False
    root = re.search(rb"<" + table.root + rb"\s([^>]*)>", head)
    if root is None or b"<!" in head:
        return False
    return any(b'xmlns="' + name + b'"' in root.group(1) for name in _MAIN) and head.count(b"xmlns=") == 1


def is_plain(piece: bytes) -> bool:
    """Tell whether a piece is valid UTF-8 without comments, CDATA and processing instructions.

    Single bytes are looked for first: they are found at memory speed, pairs are not.
    """
    if (b"!" in piece and b"<!" in piece) or (b"?" in piece and b"<?" in piece):
        return False
    if piece.isascii():
        return True
    try:
        piece.decode()
    except UnicodeDecodeError:
        return False
    return b"\xef\xbf" not in piece or not any(none in piece for none in _NO_CHARACTERS)


def has_controls(piece: bytes) -> bool:
    """Tell whether there are control characters that XML does not allow."""
    return len(piece.translate(None, _CONTROLS)) < len(piece)


def one_line_ends(piece: bytes) -> bytes:
    """Make CR LF and CR to LF, as every XML parser does (XML 1.0, 2.11)."""
    return piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in piece else piece


def unescape_all(values: Sequence[bytes]) -> list[bytes]:
    """Resolve the entities in many values; raises NotPlain for one that XML does not know."""
    return [_REFERENCE.sub(_resolve, value) if b"&" in value else value for value in values]


def _resolve(found: re.Match[bytes]) -> bytes:
    """Give the bytes of one entity reference."""
    name = found.group(1)
    if not name.endswith(b";"):
        raise NotPlain
    named = _NAMED.get(name[:-1])
    if named is not None:
        return named
    numeric = _NUMERIC.match(name[:-1])
    if numeric is None:
        raise NotPlain
    code = int(numeric.group(1), 16) if numeric.group(1) else int(numeric.group(2))
    if code > _LAST_CODE_POINT or code in _SURROGATES or (code < _FIRST_PRINTABLE and code not in b"\t\n\r"):
        raise NotPlain
    return chr(code).encode()


def decode_escapes(values: Sequence[bytes]) -> list[bytes]:
    """Resolve `_x000D_` escapes as Excel does (ECMA-376 part 1, ST_Xstring); `_x005F_` is a plain `_`."""
    return [_decode_escape(value) if b"_x" in value else value for value in values]


def _decode_escape(value: bytes) -> bytes:
    """Resolve the escapes of one text; halves of a surrogate pair are joined, a lone half is U+FFFD."""
    return utf8(_ESCAPE.sub(lambda found: chr(int(found.group(1), 16)), value.decode("utf-8", "replace")))
