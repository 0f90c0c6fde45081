"""Take the web page or plain text out of rich text that only wraps it (MS-OXRTFEX)."""

from __future__ import annotations

import io
from dataclasses import dataclass
from itertools import islice
from typing import Final

from proofroom.extract.format import Source
from proofroom.extract.markup.charsets import codec_of_codepage
from proofroom.extract.markup.rtf_group import Fonts, Group
from proofroom.extract.markup.rtf_tokens import Kind, RtfToken, RtfTokens
from proofroom.extract.markup.rtf_words import SIGNS, SYMBOLS
from proofroom.limits import DEFAULT

_LOOKED_AT: Final = 12
_DEEPEST: Final = 100_000
_WRAPPED: Final = {"fromhtml": "html", "fromtext": "text"}
_LEFT_OUT: Final = frozenset(
    (
        *("fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "mhtmltag", "generator", "pntext"),
        *("listtable", "listoverridetable", "rsidtbl", "formatConverter", "xmlnstbl", "themedata"),
    )
)
_CHARSETS: Final = {"ansi": "cp1252", "mac": "mac-roman", "pc": "cp437", "pca": "cp850"}
_BREAKS: Final = {"par": "\r\n", "line": "\r\n", "row": "\r\n", "sect": "\r\n", "page": "\r\n"}
_TAGS: Final = {
    "lquote": "&lsquo;",
    "rquote": "&rsquo;",
    "ldblquote": "&ldquo;",
    "rdblquote": "&rdquo;",
    "bullet": "&bull;",
    "endash": "&ndash;",
    "emdash": "&mdash;",
    "~": "&nbsp;",
    "_": "&shy;",
}
_NEGATIVE: Final = 0x10000
_TOP: Final = 0x110000


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """What rich text wraps: `html`, `text` or "" for nothing, and the text itself as far as it could be read."""

    kind: str
    untrusted_text: str = ""
    whole: bool = True


def unwrap(rtf: bytes) -> Unwrapped:
    """Take out what is wrapped; rich text that is itself the message wraps nothing."""
    kind = ""
    for token in islice(RtfTokens(Source(io.BytesIO(rtf), len(rtf), DEFAULT)), _LOOKED_AT):
        kind = kind or _WRAPPED.get(token.word if token.kind is Kind.WORD else "", "")
    if not kind:
        return Unwrapped("")
    reading = _Unwrapping(rtf, web=kind == "html")
    whole = reading.read()
    text = "".join(reading.pieces)
    return Unwrapped(kind, text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"), whole)


@dataclass(slots=True)
class _State:
    """What holds in a group: its letters, and whether its text is wanted."""

    letters: Group
    left_out: bool = False
    tag: bool = False
    replaced: bool = False
    table: bool = False
    starred: bool = False


class _Unwrapping:
    """Walks the rich text and keeps what belongs to the page."""

    def __init__(self, rtf: bytes, *, web: bool) -> None:
        self.pieces: list[str] = []
        self._tokens = RtfTokens(Source(io.BytesIO(rtf), len(rtf), DEFAULT))
        self._web = web
        self._fonts = Fonts()
        self._now = _State(Group(None))
        self._above: list[_State] = []
        self._bytes = bytearray()
        self._skip = 0

    def read(self) -> bool:
        """Read to the end; tells whether it was there and everything could be decoded."""
        for token in self._tokens:
            if token.kind in (Kind.TEXT, Kind.BYTE):
                self._take_bytes(token.data, plain=token.kind is Kind.TEXT)
                continue
            self._flush()
            if token.kind is Kind.OPEN:
                if len(self._above) >= _DEEPEST:
                    return False
                self._above.append(self._now)
                now = self._now
                self._now = _State(now.letters.inner(), now.left_out, now.tag, now.replaced, now.table)
                self._skip = 0
            elif token.kind is Kind.CLOSE:
                self._skip = 0
                if self._above:
                    self._now = self._above.pop()
                if not self._above:
                    break
            else:
                self._control(token)
        self._flush()
        return not self._above and not self._fonts.undecodable

    def _take_bytes(self, data: bytes, *, plain: bool) -> None:
        if self._skip:
            skipped = min(self._skip, len(data))
            self._skip -= skipped
            data = data[skipped:]
        self._bytes += data
        if plain and data and data[-1] > 0x7F and self._fonts.waits(bytes(self._bytes), self._font):
            self._tokens.take_one = True

    @property
    def _font(self) -> int:
        """The font that bytes are set in; inside a tag the document's own code page holds."""
        return -1 if self._now.tag else self._now.letters.font

    def _flush(self) -> None:
        if self._bytes:
            data = bytes(self._bytes)
            self._bytes.clear()
            if self._wanted:
                self.pieces.append(self._fonts.decode(data, self._font))

    @property
    def _wanted(self) -> bool:
        now = self._now
        return not now.left_out and not now.replaced

    def _put(self, text: str) -> None:
        if self._wanted:
            self.pieces.append(text)

    def _control(self, token: RtfToken) -> None:
        """Take a control word or sign."""
        word, now = token.word, self._now
        if token.kind is Kind.SIGN:
            if self._skip and word != "*":
                self._skip -= 1
            elif word == "*":
                now.starred = True
            else:
                self._symbol(word)
            return
        number = token.number
        if word == "u":
            value = (number or 0) + (_NEGATIVE if (number or 0) < 0 else 0)
            self._put(chr(value) if 0 < value < _TOP else "")
            self._skip = now.letters.skip_after_unicode
            return
        self._skip = 0
        if word == "bin":
            for _ in self._tokens.take(min(max(number or 0, 0), self._tokens.left)):
                pass
        elif word == "htmlrtf":
            now.replaced = number != 0
        elif word == "htmltag":
            now.tag, now.left_out, now.replaced = True, not self._web, False
        elif word in _LEFT_OUT or (now.starred and word != "htmltag"):
            now.left_out, now.table = True, word == "fonttbl"
        else:
            self._letters(word, number)
        now.starred = False

    def _letters(self, word: str, number: int | None) -> None:
        """Take what says how bytes are decoded, or stands for a character."""
        if self._now.table and number is not None:
            self._fonts.word(word, number)
        elif word in _CHARSETS:
            self._fonts.document = _CHARSETS[word]
        elif word == "ansicpg":
            self._fonts.document = codec_of_codepage(number or 0) or self._fonts.document
        elif word == "deff":
            self._fonts.default = number or 0
        elif word in _BREAKS:
            self._put(_BREAKS[word])
        elif word in SIGNS:
            self._symbol(word)
        else:
            self._now.letters.letters(word, number)

    def _symbol(self, sign: str) -> None:
        """Put a character; in the text of a page it is written as HTML writes it."""
        if self._web and not self._now.tag and sign in _TAGS:
            self._put(_TAGS[sign])
        elif sign in "\r\n":
            self._put("\r\n")
        else:
            self._put(SYMBOLS.get(sign, SIGNS.get(sign, "")))
