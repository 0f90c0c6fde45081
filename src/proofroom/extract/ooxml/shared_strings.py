"""Read the table of shared strings of a workbook, a million a second where its writer was plain.

Items that are nothing but a text are split at what stands between them, others are read by a regex that
knows every byte around the texts; where it does not, the piece goes through expat, with the same result.
Phonetic runs are kept beside the texts. `_x000D_` escapes are decoded as Excel does (ECMA-376 part 1,
22.9.2.19, ST_Xstring).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.format import utf8
from proofroom.extract.ooxml.package import DamagedPart
from proofroom.extract.ooxml.safe_xml import Attributes, SafeParser
from proofroom.extract.ooxml.string_use import StringUse
from proofroom.extract.ooxml.text_table import TextTable
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

_TEXT: Final = rb'<t(?: xml:space="preserve")?>([^<]*+)</t>'
_ATTRIBUTES: Final = rb'(?: [A-Za-z][A-Za-z0-9]*+="[^"<>&\x00-\x1f]*+")*'
_RUN: Final = (
    rb"<r>(?:<rPr>(?:<[A-Za-z]++"
    + _ATTRIBUTES
    + rb"/>)*</rPr>)?"
    + _TEXT.replace(b"([^<]*+)", b"[^<]*+")
    + rb"</r>"
)
_ITEM: Final = re.compile(
    rb"<si>(?:" + _TEXT + rb"|<t ?/>|((?:" + _RUN + rb")+))?"
    rb"((?:<rPh"
    + _ATTRIBUTES
    + rb"><t>[^<]*+</t></rPh>)*)(?:<phoneticPr"
    + _ATTRIBUTES
    + rb"/>)?</si>|<si ?/>"
)
_RUN_TEXT: Final = re.compile(_TEXT)
_START, _BETWEEN, _END = b"<si><t>", b"</t></si><si><t>", b"</t></si>"
_PRESERVED: Final = b'<t xml:space="preserve">'
_MOST_DIGITS: Final = 9
_TABLE: Final = Table(b"sst", b"sst", b"</si>")


@dataclass(slots=True)
class SharedStrings:
    """The texts in UTF-8 by their index, and the indexes (as written in cells) of those in several fonts.

    hints: reading aids by the same indexes. use: which texts cells show, noted as they are resolved.
    """

    texts: TextTable = field(default_factory=TextTable)
    rich: set[bytes] = field(default_factory=set)
    hints: dict[bytes, bytes] = field(default_factory=dict)
    use: StringUse = field(default_factory=StringUse)

    @property
    def longest(self) -> int:
        """Give the length of the longest text."""
        return self.texts.longest

    def resolve(self, indexes: list[bytes], missing: Callable[[], None]) -> list[bytes]:
        """Give the texts for many indexes; `missing` is called where there is none, which gives b""."""
        different = dict.fromkeys(indexes)
        if b"".join(different).isdigit() and b"" not in different:
            try:
                numbers = list(map(int, different))
                known = dict(zip(different, self.texts.take(numbers), strict=True))
            except (ValueError, IndexError):
                pass
            else:
                self.use.note(numbers, len(self.texts))
                return list(map(known.__getitem__, indexes))
        return [self._one(index.strip(), missing) for index in indexes]

    def _one(self, index: bytes, missing: Callable[[], None]) -> bytes:
        """Resolve one index that may be none; a string that does not exist is missing, not invented."""
        if not index:
            return b""
        if index.isdigit() and len(index) <= _MOST_DIGITS and int(index) < len(self.texts):
            self.use.note([int(index)], len(self.texts))
            return self.texts[int(index)]
        missing()
        return b""


def read_shared_strings(
    blocks: Iterable[bytes], failed: Callable[[Reason], None], *, fast: bool = True
) -> SharedStrings:
    """Read the whole table; damage is reported to `failed` and the texts before it are given."""
    handler = _Strings()
    parser = SafeParser(handler, whole=True)
    found = handler.found
    try:
        for piece, plain in cut_pieces(blocks, _TABLE):
            if not (fast and plain and handler.between and _read_fast(one_line_ends(piece), found)):
                parser.feed(piece)
        parser.feed(b"", final=True)
    except DamagedPart as damaged:
        failed(damaged.reason)
    return found


def _read_fast(piece: bytes, found: SharedStrings) -> bool:
    """Read a piece of whole `<si>` elements; False (and nothing read) when they are not plain enough."""
    if not is_plain(piece) or has_controls(piece) or b"]]>" in piece:
        return False
    try:
        texts, rich, hints = _plain_items(piece) or _items(piece, len(found.texts))
        texts = unescape_all(texts) if b"&" in piece else texts
    except NotPlain:
        return False
    found.texts.extend(decode_escapes(texts) if b"_x" in piece else texts)
    found.rich.update(rich)
    found.hints |= hints
    return True


_Items = tuple[list[bytes], list[bytes], dict[bytes, bytes]]


def _plain_items(piece: bytes) -> _Items | None:
    """Read items that are nothing but a text, as nearly all are; None where others are among them."""
    if _PRESERVED in piece:
        piece = piece.replace(_PRESERVED, b"<t>")
    if not (piece.startswith(_START) and piece.endswith(_END)):
        return None
    texts = piece[len(_START) : -len(_END)].split(_BETWEEN)
    return (texts, [], {}) if piece.count(b"<") == 4 * len(texts) else None


def _items(piece: bytes, base: int) -> _Items:
    """Read items one by one; gives their texts, the indexes of those in several fonts, and reading aids."""
    texts: list[bytes] = []
    rich: list[bytes] = []
    hints: dict[bytes, bytes] = {}
    at = 0
    while at < len(piece):
        item = _ITEM.match(piece, at)
        if item is None:
            raise NotPlain
        text, runs, aids = item.groups(b"")
        if aids:
            hint = b"".join(unescape_all(_RUN_TEXT.findall(aids)))
            hints[b"%d" % (base + len(texts))] = decode_escapes([hint])[0]
        if runs:
            rich.append(b"%d" % (base + len(texts)))
            text = b"".join(_RUN_TEXT.findall(runs))
        texts.append(text)
        at = item.end()
    return texts, rich, hints


class _Strings:
    """Takes the events of expat for whatever the regex did not read."""

    def __init__(self) -> None:
        self.found = SharedStrings()
        self.between = False
        self._pieces: list[str] = []
        self._aids: list[str] = []
        self._depth_phonetic = 0
        self._in_text = self._is_rich = False

    def start(self, name: str, _attributes: Attributes) -> None:
        if name == "si":
            self._pieces, self._aids = [], []
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
            if any(self._aids):
                hint = decode_escapes([utf8("".join(self._aids))])[0]
                self.found.hints[b"%d" % len(self.found.texts)] = hint
            text = utf8("".join(self._pieces))
            self.found.texts.append(decode_escapes([text])[0])
            self.between = True
        elif name == "rPh":
            self._depth_phonetic -= 1
        elif name == "t":
            self._in_text = False
        elif name == "sst":
            self.between = False

    def text(self, untrusted_text: str) -> None:
        if self._in_text:
            (self._aids if self._depth_phonetic else self._pieces).append(untrusted_text)
