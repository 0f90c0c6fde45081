"""Walk a web page and give its blocks in reading order, with what hides in and beside them.

A block is what a browser would set on lines of its own: a paragraph, heading, list item, table cell. Only
blocks that hold something are counted. Hidden text stays, with a flag.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Final, NamedTuple

from proofroom.extract.format import Sink
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.markup.html_head import PageFacts
from proofroom.extract.markup.html_tokens import Token
from proofroom.extract.markup.plain_text import put_whole
from proofroom.model.evidence import Flag, PieceKind

_VOID: Final = frozenset(
    ("area", "base", "br", "col", "embed", "frame", "hr", "img", "input", "link", "meta", "param", "source")
) | frozenset(("track", "wbr", "basefont", "bgsound", "keygen", "command", "isindex"))
_BLOCKS: Final = frozenset(
    (
        *("p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "dt", "dd", "td", "th", "caption", "tr"),
        *(
            "table",
            "thead",
            "tbody",
            "tfoot",
            "ul",
            "ol",
            "dl",
            "dir",
            "menu",
            "blockquote",
            "pre",
            "listing",
        ),
        *("xmp", "plaintext", "form", "fieldset", "legend", "section", "article", "header", "footer", "main"),
        *("nav", "aside", "figure", "figcaption", "address", "details", "summary", "option", "optgroup"),
        *("select", "textarea", "hr", "body", "head", "html", "center", "iframe", "frameset", "frame"),
        *("noscript", "noframes", "template", "dialog", "search", "hgroup", "marquee", "title", "text"),
    )
)
_VERBATIM: Final = frozenset(("pre", "listing", "xmp", "textarea", "plaintext"))
_ENDED_BY: Final = {
    "li": ("li",),
    "dt": ("dt", "dd"),
    "dd": ("dt", "dd"),
    "tr": ("tr",),
    "td": ("td", "th"),
    "th": ("td", "th"),
    "option": ("option",),
    "optgroup": ("option", "optgroup"),
    "rt": ("rt", "rp"),
    "rp": ("rt", "rp"),
}
_TABLE_PARTS: Final = frozenset(("table", "tr", "td", "th", "thead", "tbody", "tfoot", "caption"))
_TABLE_BORDER: Final = frozenset(("table", "template"))
_BORDER: Final = frozenset(("table", "td", "th", "caption", "template", "button", "object", "ul", "ol", "dl"))
_REACH: Final = 512
_DEEPEST: Final = 100_000
_HIDING: Final = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all|"
    r"(?:font-size|opacity)\s*:\s*0(?:\.0+)?(?![.\d])",
    re.IGNORECASE,
)
_SPACE: Final = re.compile(r"[ \t\n\r\f]+")
_BREAK: Final = re.compile(" *\x0b *")
_WIDE: Final = r"[\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff60\U00020000-\U0003ffff]"
_WIDE_WRAP: Final = re.compile(rf"(?<={_WIDE})[ \t\f\r]*\n[ \t\f\r\n]*(?={_WIDE})")
_SPOKEN: Final = (
    *("alt", "title", "aria-label", "placeholder", "summary", "label", "abbr", "standby", "alttext"),
    *("aria-description", "aria-valuetext", "data-title", "data-original-title", "data-content", "data-text"),
    *("data-tooltip", "data-caption"),
)
_MEANT: Final = ("content", "datetime", "data-value", "data-name")
"""What a page says for programs and does not show: microdata, exact times, values of its own."""


class _Open(NamedTuple):
    """An element that has begun."""

    name: str
    hidden: bool


class HtmlStory:
    """Takes the pieces of a page and gives its blocks."""

    def __init__(self, sink: Sink, lines: LineBatch) -> None:
        """Give lines to `lines`, everything else to the sink."""
        self._lines = lines
        self._facts = PageFacts(sink)
        self._stack: list[_Open] = []
        self._counts: Counter[str] = Counter()
        self._hidden = self._verbatim_open = 0
        self._number = 0
        self._comments = 0
        self._verbatim = False
        self._flags = Flag.NONE
        self._begin()

    def take(self, token: Token) -> None:
        """Take the next piece."""
        if token.kind == "text":
            self._text(token.untrusted_text)
        elif token.kind == "start":
            self._start(token)
        elif token.kind == "end":
            self._end(token.name)
        elif token.kind == "raw":
            if token.name in _VERBATIM:
                self._text(token.untrusted_text)
            else:
                self._facts.raw(token.name, token.untrusted_text)
        elif token.kind == "comment":
            self._comments += 1
            put_whole(
                self._lines, f"comment={self._comments}", PieceKind.COMMENT, token.untrusted_text.strip()
            )

    def finish(self) -> None:
        """Give what stands at the end."""
        self._flush()
        self._facts.finish()

    def _start(self, token: Token) -> None:
        """Take a start tag."""
        attributes = dict(reversed(token.attributes))
        name = token.name.rpartition(":")[2]
        if name in _BLOCKS:
            self._flush()
        if name in _BLOCKS and self._counts["p"]:
            self._close(("p",))
        if name in _ENDED_BY:
            self._close(_ENDED_BY[name])
        hidden = _is_hidden(name, attributes)
        if name not in _VOID and not token.closed and len(self._stack) < _DEEPEST:
            self._stack.append(_Open(name, hidden))
            self._counts[name] += 1
            self._hidden += hidden
            self._verbatim_open += name in _VERBATIM
        if name == "br":
            self._text("\x0b")
        if attributes or name == "script":
            self._beside(name, attributes, hidden=hidden)
            self._facts.element(name, attributes)

    def _end(self, name: str) -> None:
        """Take an end tag; one that ends nothing only breaks the line."""
        name = name.rpartition(":")[2]
        if name in _BLOCKS or name == "p":
            self._flush()
        self._facts.end(name)
        if self._counts[name]:
            self._close((name,))

    def _close(self, names: tuple[str, ...]) -> None:
        """End the innermost element of these names, and what is open in it, as far as its table or list."""
        border = _TABLE_BORDER if names[0] in _TABLE_PARTS else _BORDER
        for place in range(len(self._stack) - 1, max(len(self._stack) - _REACH, 0) - 1, -1):
            name = self._stack[place].name
            if name in names:
                for one in self._stack[place:]:
                    self._counts[one.name] -= 1
                    self._hidden -= one.hidden
                    self._verbatim_open -= one.name in _VERBATIM
                del self._stack[place:]
                return
            if name in border:
                return

    def _text(self, untrusted_text: str) -> None:
        """Put text where it belongs."""
        if self._counts["rt"]:
            self._aside.append(("ruby", untrusted_text.strip(), Flag.NONE))
        elif self._counts["rp"]:
            return
        elif self._counts["del"]:
            self._deleted.append(untrusted_text)
        else:
            self._pieces.append(untrusted_text)
            if self._verbatim_open:
                self._verbatim = True
            if self._hidden and not untrusted_text.isspace():
                self._flags |= Flag.HIDDEN_TEXT
            if self._counts["ins"] and not untrusted_text.isspace():
                self._flags |= Flag.INSERTED

    def _beside(self, name: str, attributes: dict[str, str], *, hidden: bool) -> None:
        """Keep what an element says besides its text: descriptions, addresses, values of fields."""
        flags = Flag.HIDDEN_TEXT if self._hidden or hidden else Flag.NONE
        for key in _SPOKEN:
            if key in attributes and name not in ("style", "link"):
                self._aside.append(("alt", attributes[key], flags))
        for key in _MEANT:
            if key in attributes and name != "meta":
                self._aside.append(("value", attributes[key], Flag.HIDDEN_TEXT))
        if name in ("a", "area"):
            target = attributes.get("href") or attributes.get("xlink:href", "")
            if not self._facts.embedded.take_address(target):
                self._aside.append(("link", target, flags))
        elif name in ("input", "param", "data", "meter", "button") or (
            name == "option" and "value" in attributes
        ):
            unseen = name != "button" and attributes.get("type", "").lower() in ("hidden", "password")
            self._aside.append(("value", attributes.get("value", ""), Flag.HIDDEN_TEXT if unseen else flags))

    def _begin(self) -> None:
        self._pieces: list[str] = []
        self._deleted: list[str] = []
        self._aside: list[tuple[str, str, Flag]] = []
        self._flags = Flag.NONE
        self._verbatim = False

    def _flush(self) -> None:
        """Give the block that ends here."""
        if not (self._pieces or self._deleted or self._aside):
            return
        text = _as_shown("".join(self._pieces), verbatim=self._verbatim)
        deleted = _as_shown("".join(self._deleted), verbatim=self._verbatim)
        asides = [one for one in self._aside if one[1].strip()]
        if text or deleted or asides:
            self._number += 1
            where = f"para={self._number}"
            put_whole(self._lines, where, PieceKind.PARAGRAPH, text, self._flags)
            if deleted:
                put_whole(self._lines, f"{where}&deleted=1", PieceKind.PARAGRAPH, deleted, Flag.DELETED)
            counts: Counter[str] = Counter()
            for name, aside, flags in asides:
                counts[name] += 1
                kind = PieceKind.META if name == "link" else PieceKind.NAME
                put_whole(self._lines, f"{where}&{name}={counts[name]}", kind, aside.strip(), flags)
        self._begin()


def _is_hidden(name: str, attributes: dict[str, str]) -> bool:
    """Tell whether an element hides what is in it."""
    style = attributes.get("style", "")
    return "hidden" in attributes or name == "template" or bool(style and _HIDING.search(style))


def _as_shown(text: str, *, verbatim: bool) -> str:
    """Set white space as a browser does: one blank, or nothing where only the source broke a Chinese line."""
    if verbatim:
        return text.replace("\x0b", "\n").strip("\r\n")
    return _BREAK.sub("\n", _SPACE.sub(" ", _WIDE_WRAP.sub("", text))).strip(" \n")
