"""Walk a WordprocessingML part (body, header, notes, comments) paragraph by paragraph (ECMA-376 part 1, 17).

Paragraphs are numbered where they begin, so that a text box counts after the paragraph it hangs on.
Deleted, hidden and inserted text, field codes, links and alternative texts are told apart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.ooxml.safe_xml import Attributes, attribute
from proofroom.model.evidence import Flag

_OFF: Final = ("0", "false", "off")
_SKIPPED: Final = frozenset(
    ("rPrChange", "pPrChange", "sectPrChange", "tblPrChange", "tcPrChange", "trPrChange", "tblGridChange")
)
_SIGNS: Final = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011"}
_STORIES: Final = ("footnote", "endnote", "comment")
_SEPARATORS: Final = ("separator", "continuationSeparator", "continuationNotice")
_LINKS: Final = ("hyperlink", "hlinkClick", "hlinkHover", "hlinkMouseOver")
_HEX: Final = 16


@dataclass(slots=True)
class Paragraph:
    """One paragraph: its number in the part, its story's id, its text, and what hangs on it."""

    number: int
    story: str
    pieces: list[str] = field(default_factory=list)
    flags: Flag = Flag.NONE
    hidden_style: bool = False
    aside: dict[str, list[str]] = field(default_factory=dict)
    code: list[str] = field(default_factory=list)

    @property
    def untrusted_text(self) -> str:
        """The text as it reads, without what was deleted."""
        return "".join(self.pieces)

    def hang(self, kind: str, untrusted_text: str) -> None:
        """Hang something on the paragraph: `deleted`, `field`, `link`, `alt` or `ruby`."""
        if untrusted_text.strip():
            self.aside.setdefault(kind, []).append(untrusted_text)

    def end_code(self) -> None:
        """Close a field code."""
        code, self.code = "".join(self.code).strip(), []
        self.hang("field", code)


@dataclass(slots=True)
class _Run:
    """A run under way: whether its text is hidden."""

    hidden: bool = False


class WordStory:
    """Gives finished paragraphs to `take`, in reading order, and remembers what points into them."""

    def __init__(
        self, take: Callable[[Paragraph], None], targets: dict[str, str], hidden_styles: frozenset[str]
    ) -> None:
        """Resolve links by `targets` (relationship id to address); text in a hidden style is hidden."""
        self._take = take
        self._targets = targets
        self._hidden_styles = hidden_styles
        self._open: list[Paragraph] = []
        self._done: list[Paragraph] = []
        self._runs: list[_Run] = []
        self._inserted = self._deleted = self._ruby = self._skip = self._texts = 0
        self._reading = ""
        self._choices: list[int] = []
        self._story = ""
        self.numbered = 0
        self.comment_at: dict[str, int] = {}
        self.ranges: dict[str, int] = {}
        self.margins: list[tuple[str, str]] = []
        self.authors: list[str] = []
        self.backgrounds: list[str] = []

    def start(self, name: str, attributes: Attributes) -> None:
        """Take the start of an element."""
        if self._skip:
            self._skip += 1
            return
        if name in _SKIPPED or (name == "Fallback" and self._choices and self._texts > self._choices[-1]):
            self._skip = 1
        elif name in ("t", "delText", "instrText", "delInstrText"):
            self._reading = name
        elif name == "p":
            self.numbered += 1
            self._open.append(Paragraph(self.numbered, self._story))
        elif name == "r":
            self._runs.append(_Run(bool(self._open) and self._open[-1].hidden_style))
        elif name in _SIGNS:
            if self._runs or name == "br":
                self._put(_SIGNS[name])
        else:
            self._mark(name, attributes)

    def end(self, name: str) -> None:
        """Take the end of an element."""
        if self._skip:
            self._skip -= 1
        elif name in ("t", "delText", "instrText", "delInstrText"):
            self._reading = ""
        elif name == "p":
            self._close()
        elif name == "r" and self._runs:
            self._runs.pop()
        elif name in ("ins", "moveTo"):
            self._inserted -= 1
        elif name in ("del", "moveFrom"):
            self._deleted -= 1
        elif name == "rt":
            self._ruby -= 1
        elif name == "AlternateContent" and self._choices:
            self._choices.pop()

    def text(self, untrusted_text: str) -> None:
        """Take characters."""
        if self._reading and not self._skip:
            self._put(untrusted_text)

    def finish(self) -> None:
        """Give what a part that breaks off had begun."""
        while self._open:
            self._close()

    def _mark(self, name: str, attributes: Attributes) -> None:
        """Take an element that changes what the next text is, or that hangs something on the paragraph."""
        if name in ("ins", "moveTo"):
            self._inserted += 1
        elif name in ("del", "moveFrom"):
            self._deleted += 1
        elif name == "rt":
            self._ruby += 1
        elif name == "AlternateContent":
            self._choices.append(self._texts)
        elif name in _STORIES:
            kept = attribute(attributes, "type") not in _SEPARATORS
            self._story = attribute(attributes, "id") if kept else ""
            self.authors.append(attribute(attributes, "author"))
        elif name in ("headerReference", "footerReference"):
            self.margins.append((name.removesuffix("Reference"), attribute(attributes, "id")))
        elif name == "commentRangeStart":
            at = self._open[-1].number if self._open else self.numbered + 1
            self.ranges.setdefault(attribute(attributes, "id"), at)
        elif self._open:
            self._hang(self._open[-1], name, attributes)

    def _hang(self, paragraph: Paragraph, name: str, attributes: Attributes) -> None:
        """Take an element inside a paragraph."""
        if name == "vanish":
            if self._runs and attribute(attributes, "val") not in _OFF:
                self._runs[-1].hidden = True
        elif name == "rStyle":
            if self._runs and attribute(attributes, "val") in self._hidden_styles:
                self._runs[-1].hidden = True
        elif name == "pStyle":
            paragraph.hidden_style = attribute(attributes, "val") in self._hidden_styles
        elif name == "sym":
            self._put(_symbol(attribute(attributes, "char")))
        elif name == "fldChar":
            paragraph.end_code()
        elif name == "fldSimple":
            paragraph.hang("field", attribute(attributes, "instr"))
        elif name == "commentReference":
            self.comment_at.setdefault(attribute(attributes, "id"), paragraph.number)
        elif name in _LINKS:
            self._link(paragraph, attributes)
        else:
            _describe(paragraph, name, attributes)

    def _link(self, paragraph: Paragraph, attributes: Attributes) -> None:
        """Hang a link's target on the paragraph."""
        place = attribute(attributes, "anchor")
        target = self._targets.get(attribute(attributes, "id"), "")
        paragraph.hang("link", target + (f"#{place}" if place else ""))

    def _put(self, untrusted_text: str) -> None:
        """Put text where it belongs."""
        if not self._open:
            return
        paragraph = self._open[-1]
        self._texts += 1
        if "nstrText" in self._reading:
            paragraph.code.append(untrusted_text)
        elif self._deleted or self._reading == "delText":
            paragraph.aside.setdefault("deleted", [""])[0] += untrusted_text
        elif self._ruby:
            paragraph.hang("ruby", untrusted_text)
        else:
            paragraph.pieces.append(untrusted_text)
            if self._inserted > 0:
                paragraph.flags |= Flag.INSERTED
            if self._runs and self._runs[-1].hidden:
                paragraph.flags |= Flag.HIDDEN_TEXT

    def _close(self) -> None:
        """Close the innermost paragraph; what hangs below an outer one waits for it."""
        if not self._open:
            return
        paragraph = self._open.pop()
        paragraph.end_code()
        self._done.append(paragraph)
        if not self._open:
            done, self._done = sorted(self._done, key=lambda one: one.number), []
            for one in done:
                self._take(one)


def _describe(paragraph: Paragraph, name: str, attributes: Attributes) -> None:
    """Hang alternative texts, WordArt and links of shapes on the paragraph."""
    if name in ("docPr", "cNvPr"):
        for key in ("title", "descr"):
            paragraph.hang("alt", attribute(attributes, key))
    elif name == "textpath":
        paragraph.hang("alt", attribute(attributes, "string"))
    elif name in ("shape", "rect", "oval", "roundrect", "imagedata"):
        paragraph.hang("alt", attribute(attributes, "alt") or attribute(attributes, "title"))
        if name != "imagedata":
            paragraph.hang("link", attribute(attributes, "href"))


def _symbol(code: str) -> str:
    """Give a character of a symbol font by its hexadecimal number, in the private area where it stands."""
    try:
        return chr(int(code, _HEX))
    except (ValueError, OverflowError):
        return ""
