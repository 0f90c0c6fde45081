"""Read the table of shared strings of a workbook, a million a second where its writer was plain.

One bytes regex per piece reads `<si>` elements; the number of matches must equal the number of `<si`
starts, else that piece goes through expat, with the same result. Phonetic runs are left out. `_x000D_`
escapes are decoded as Excel does (ECMA-376 part 1, 22.9.2.19, ST_Xstring).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.format import utf8
from proofroom.extract.ooxml.package import DamagedPart
from proofroom.extract.ooxml.safe_xml import Attributes, SafeParser
from proofroom.extract.ooxml.xml_bytes import (
    NotPlain,
    Table,
    cut_pieces,
    decode_escapes,
    has_controls,
    is_plain,
    one_line_ends,
    unescape_all,
)
from proofroom.model.states import Reason

_ITEM: Final = re.compile(
    rb"<si>(?:<t(?: [^>]*)?>([^<]*)</t>(?:<phoneticPr[^>]*/>)?|((?:(?!</si>).)*))</si>", re.DOTALL
)
_TABLE: Final = Table(b"sst", b"sst", b"</si>")
_STARTS: Final = (b"<si>", b"<si ", b"<si/", b"<si\n", b"<si\t")
_PHONETIC: Final = re.compile(rb"<rPh[\s>].*?</rPh>", re.DOTALL)
_RUN_TEXT: Final = re.compile(rb"<t(?: [^>]*)?>([^<]*)</t>")
_RUN: Final = re.compile(rb"<r[\s>]")


@dataclass(slots=True)
class SharedStrings:
    """The texts in UTF-8 by their index, and the indexes (as written in cells) of those in several fonts."""

    texts: list[bytes] = field(default_factory=list)
    rich: set[bytes] = field(default_factory=set)
    longest: int = 0


def read_shared_strings(
    blocks: Iterable[bytes], failed: Callable[[Reason], None], *, fast: bool = True
) -> SharedStrings:
    """Read the whole table; damage is reported to `failed` and the texts before it are given."""
    handler = _Strings()
    parser = SafeParser(handler)
    found = handler.found
    try:
        for piece, plain in cut_pieces(blocks, _TABLE):
            if not (fast and plain and handler.between and _read_fast(one_line_ends(piece), found)):
                parser.feed(piece)
        parser.feed(b"", final=True)
    except DamagedPart as damaged:
        failed(damaged.reason)
    found.longest = max(map(len, found.texts), default=0)
    return found


def _read_fast(piece: bytes, found: SharedStrings) -> bool:
    """Read a piece of whole `<si>` elements; False (and nothing read) when they are not plain enough."""
    items = _ITEM.findall(piece)
    if len(items) != sum(map(piece.count, _STARTS)) or not is_plain(piece) or has_controls(piece):
        return False
    base = len(found.texts)
    texts = [text for text, _ in items]
    rich: list[bytes] = []
    for place, (_, complex_item) in enumerate(items):
        if complex_item:
            texts[place] = b"".join(_RUN_TEXT.findall(_PHONETIC.sub(b"", complex_item)))
            if _RUN.search(complex_item):
                rich.append(b"%d" % (base + place))
    try:
        texts = unescape_all(texts) if b"&" in piece else texts
    except NotPlain:
        return False
    found.texts += decode_escapes(texts) if b"_" in piece and b"_x" in piece else texts
    found.rich.update(rich)
    return True


class _Strings:
    """Takes the events of expat for whatever the regex did not read."""

    def __init__(self) -> None:
        self.found = SharedStrings()
        self.between = False
        self._pieces: list[str] = []
        self._depth_phonetic = 0
        self._in_text = self._is_rich = False

    def start(self, name: str, _attributes: Attributes) -> None:
        if name == "si":
            self._pieces = []
            self._is_rich = False
            self.between = False
        elif name == "sst":
            self.between = True
        elif name == "rPh":
            self._depth_phonetic += 1
        elif name == "r":
            self._is_rich = True
        elif name == "t":
            self._in_text = True

    def end(self, name: str) -> None:
        if name == "si":
            if self._is_rich:
                self.found.rich.add(b"%d" % len(self.found.texts))
            text = utf8("".join(self._pieces))
            self.found.texts += decode_escapes([text])
            self.between = True
        elif name == "rPh":
            self._depth_phonetic -= 1
        elif name == "t":
            self._in_text = False
        elif name == "sst":
            self.between = False

    def text(self, untrusted_text: str) -> None:
        if self._in_text and not self._depth_phonetic:
            self._pieces.append(untrusted_text)
