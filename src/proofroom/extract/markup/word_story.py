"""Walk a WordprocessingML part (body, header, notes, comments) paragraph by paragraph (ECMA-376 part 1, 17).

Paragraphs are numbered where they begin, so that a text box counts after the paragraph it hangs on.
Deleted, hidden and inserted text, field codes, links and alternative texts are told apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.markup.word_aside import describe, entries_of, symbol
from proofroom.extract.markup.word_paragraph import By, Paragraph
from proofroom.extract.markup.word_styles import Styles
from proofroom.extract.ooxml.safe_xml import Attributes, attribute, whole_number
from proofroom.model.evidence import Flag

_OFF: Final = ("0", "false", "off")
_SKIPPED: Final = frozenset(
    ("rPrChange", "pPrChange", "sectPrChange", "tblPrChange", "tcPrChange", "trPrChange", "tblGridChange")
)
_SIGNS: Final = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011"}
_STORIES: Final = ("footnote", "endnote", "comment")
_SEPARATORS: Final = ("separator", "continuationSeparator", "continuationNotice")
_FONTS: Final = ("ascii", "hAnsi", "eastAsia", "cs")
_OF_RUN: Final = ("vanish", "rStyle", "rFonts")
_ENTRIES: Final = ("sdtPr", "ffData", "docPartPr")
_INSERTED: Final = ("ins", "moveTo")
_CHANGES: Final = ("ins", "moveTo", "del", "moveFrom")
_FIRST_EASTERN: Final = "\u2e80"
_MOST_TOLD: Final = 65_536


@dataclass(slots=True)
class Gathered:
    """What all parts of a document together tell of how it was made, each value once.

    fonts: how many characters stand in a font that their run names, and the paragraph of the body that is first.
    """

    rsids: dict[str, None] = field(default_factory=dict)
    changers: dict[str, None] = field(default_factory=dict)
    bookmarks: dict[str, None] = field(default_factory=dict)
    languages: dict[str, None] = field(default_factory=dict)
    fonts: Counter[str] = field(default_factory=Counter)
    first: dict[str, int] = field(default_factory=dict)

    def take(self, name: str, attributes: Attributes) -> None:
        """Take what an element tells of its making."""
        if name in ("p", "r", "tr", "sectPr"):
            for key, value in attributes.items():
                if "rsid" in key and len(self.rsids) < _MOST_TOLD:
                    self.rsids[value] = None
        elif name == "bookmarkStart" and len(self.bookmarks) < _MOST_TOLD:
            self.bookmarks[attribute(attributes, "name")] = None
        elif name == "lang" and len(self.languages) < _MOST_TOLD:
            self.languages.update(dict.fromkeys(attributes.values()))
        elif (name in _SKIPPED or name in _CHANGES) and len(self.changers) < _MOST_TOLD:
            self.changers[attribute(attributes, "author")] = None


@dataclass(frozen=True, slots=True)
class Remark:
    """Who wrote a comment, with which initials, and when."""

    by: By
    initials: str


@dataclass(slots=True)
class _Run:
    """A run under way: whether its text is hidden, and the fonts it names by kind of character."""

    hidden: bool = False
    fonts: dict[str, str] = field(default_factory=dict)


class WordStory:
    """Gives finished paragraphs to `take`, in reading order, and remembers what points into them."""

    def __init__(
        self,
        take: Callable[[Paragraph], None],
        targets: dict[str, str],
        styles: Styles,
        gathered: Gathered | None = None,
    ) -> None:
        """Resolve links by `targets` (relationship id to address); text in a hidden style is hidden."""
        self._take = take
        self._targets = targets
        self._styles = styles
        self._gathered = gathered
        self._open: list[Paragraph] = []
        self._done: list[Paragraph] = []
        self._runs: list[_Run] = []
        self._inserted: list[By] = []
        self._deleted: list[By] = []
        self._waiting: list[str] = []
        self._ruby = self._skip = self._texts = self._entries = 0
        self._reading = ""
        self._choices: list[int] = []
        self._story = ""
        self.numbered = 0
        self.comment_at: dict[str, int] = {}
        self.ranges: dict[str, int] = {}
        self.margins: list[tuple[str, str]] = []
        self.remarks: dict[str, Remark] = {}

    def start(self, name: str, attributes: Attributes) -> None:
        """Take the start of an element."""
        if self._skip:
            self._skip += 1
            return
        if self._gathered:
            self._gathered.take(name, attributes)
        if name in _SKIPPED or (name == "Fallback" and self._choices and self._texts > self._choices[-1]):
            self._skip = 1
        elif name in ("t", "delText", "instrText", "delInstrText"):
            self._reading = name
        elif name == "p":
            self._begin(attributes)
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
        elif name in _CHANGES:
            changes = self._inserted if name in _INSERTED else self._deleted
            if changes:
                changes.pop()
        elif name in _ENTRIES:
            self._entries -= 1
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
        if name in _CHANGES:
            changes = self._inserted if name in _INSERTED else self._deleted
            changes.append(_by(attributes))
        elif name in _ENTRIES:
            self._entries += 1
        elif self._entries:
            self._waiting += entries_of(name, attributes)
        elif name == "rt":
            self._ruby += 1
        elif name == "AlternateContent":
            self._choices.append(self._texts)
        elif name in _STORIES:
            kept = attribute(attributes, "type") not in _SEPARATORS
            self._story = attribute(attributes, "id") if kept else ""
            if name == "comment":
                remark = Remark(_by(attributes), attribute(attributes, "initials"))
                self.remarks.setdefault(self._story, remark)
        elif name in ("headerReference", "footerReference"):
            self.margins.append((name.removesuffix("Reference"), attribute(attributes, "id")))
        elif name == "commentRangeStart":
            at = self._open[-1].number if self._open else self.numbered + 1
            self.ranges.setdefault(attribute(attributes, "id"), at)
        elif self._open:
            self._hang(self._open[-1], name, attributes)

    def _hang(self, paragraph: Paragraph, name: str, attributes: Attributes) -> None:
        """Take an element inside a paragraph."""
        if name in _OF_RUN:
            if self._runs:
                self._dress(self._runs[-1], name, attributes)
        elif name == "pStyle":
            paragraph.style = attribute(attributes, "val")
            paragraph.hidden_style = paragraph.style in self._styles.hidden
        elif name in ("numId", "ilvl"):
            _put_in_list(paragraph, name, attribute(attributes, "val"))
        elif name == "sym":
            self._put(symbol(attribute(attributes, "char")))
        elif name == "fldChar":
            paragraph.end_code()
        elif name == "fldSimple":
            paragraph.hang("field", attribute(attributes, "instr"))
        elif name == "commentReference":
            self.comment_at.setdefault(attribute(attributes, "id"), paragraph.number)
        else:
            describe(paragraph, name, attributes, self._targets)

    def _dress(self, run: _Run, name: str, attributes: Attributes) -> None:
        """Take how a run looks: hidden by itself or its style, and its fonts."""
        if name == "rFonts":
            run.fonts = {key: attribute(attributes, key) for key in _FONTS}
        elif name == "vanish":
            run.hidden |= attribute(attributes, "val") not in _OFF
        else:
            run.hidden |= attribute(attributes, "val") in self._styles.hidden

    def _begin(self, attributes: Attributes) -> None:
        """Open a paragraph."""
        self.numbered += 1
        paragraph = Paragraph(self.numbered, self._story, attribute(attributes, "paraId"))
        self._open.append(paragraph)

    def _put(self, untrusted_text: str) -> None:
        """Put text where it belongs."""
        if not self._open:
            return
        paragraph = self._open[-1]
        self._texts += 1
        if "nstrText" in self._reading:
            paragraph.code.append(untrusted_text)
        elif self._deleted or self._reading == "delText":
            paragraph.delete(self._deleted[-1] if self._deleted else By(), untrusted_text)
        elif self._ruby:
            paragraph.hang("ruby", untrusted_text)
        else:
            self._keep(paragraph, untrusted_text)

    def _keep(self, paragraph: Paragraph, untrusted_text: str) -> None:
        """Keep text that the paragraph shows, and how it stands there."""
        paragraph.pieces.append(untrusted_text)
        if self._inserted:
            paragraph.flags |= Flag.INSERTED
            paragraph.inserted_by[self._inserted[-1]] = None
        if not self._runs:
            return
        run = self._runs[-1]
        if run.hidden:
            paragraph.flags |= Flag.HIDDEN_TEXT
        if run.fonts and self._gathered:
            wide = untrusted_text[:1] >= _FIRST_EASTERN
            font = run.fonts["eastAsia"] if wide else run.fonts["ascii"] or run.fonts["hAnsi"]
            if font and len(self._gathered.fonts) < _MOST_TOLD:
                self._gathered.fonts[font] += len(untrusted_text)
                self._gathered.first.setdefault(font, paragraph.number)

    def _close(self) -> None:
        """Close the innermost paragraph; what hangs below an outer one waits for it."""
        if not self._open:
            return
        paragraph = self._open.pop()
        paragraph.end_code()
        for text in self._waiting:
            paragraph.hang("value", text)
        self._waiting = []
        self._done.append(paragraph)
        if not self._open:
            done, self._done = sorted(self._done, key=lambda one: one.number), []
            for one in done:
                self._take(one)


def _by(attributes: Attributes) -> By:
    """Give who made a change and when."""
    return By(attribute(attributes, "author"), attribute(attributes, "date"))


def _put_in_list(paragraph: Paragraph, name: str, value: str) -> None:
    """Take what a paragraph says of the list it stands in."""
    if name == "numId":
        paragraph.use = value
    else:
        paragraph.level = whole_number(value)
