"""Follow the text of an OpenDocument file element by element (ODF 1.3 part 3): paragraphs and all that hangs on them.

Paragraphs of the body are numbered where they begin, so that a text box counts after the paragraph it hangs
on; notes, comments, deletions and shapes hold theirs without numbers. White space counts as ODF says (6.1.2).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, Protocol

from proofroom.extract.markup.word_paragraph import By, Paragraph
from proofroom.extract.ooxml.safe_xml import Attributes, attribute
from proofroom.extract.opendocument.changes import Changes
from proofroom.extract.opendocument.holders import BODY, Holder
from proofroom.extract.opendocument.styles import Styles
from proofroom.model.evidence import Flag

_SPACES: Final = re.compile(r"[ \t\r\n]{2,}|[\t\r\n]")
_MOST: Final = 65_536

Start = Callable[[str, Attributes], None]
End = Callable[[str], None]


class Receiver(Protocol):
    """Takes what a text gives."""

    def paragraph(self, paragraph: Paragraph) -> None:
        """Take a paragraph of the body."""

    def held(self, holder: Holder) -> None:
        """Take a note, a comment, a shape, a header or a deletion to which nothing points."""

    def tell(self, key: str, untrusted_value: str) -> None:
        """Take a fact about the file."""

    def binary(self, untrusted_base64: str) -> str:
        """Take a file that stands in the XML itself; gives the name of its member."""


class Flow:
    """Takes the elements of one part and gives finished paragraphs and holders to the receiver."""

    def __init__(self, styles: Styles, receiver: Receiver) -> None:
        """Read with these styles."""
        self.styles = styles
        self.receiver = receiver
        self.changes = Changes()
        self.numbered = 0
        self.first: dict[str, int] = {}
        self.bookmarks: dict[str, None] = {}
        self._holders = [Holder(BODY)]
        self._open: list[tuple[Paragraph, Holder]] = []
        self._done: list[Paragraph | Holder] = []
        self._looks: list[tuple[bool, str]] = []
        self._sections: list[bool] = []
        self._inserted: dict[str, By] = {}
        self._capture: list[str] | None = None
        self._captured: Callable[[str], None] = _nowhere
        self._inside = 0
        self._blank = True
        self._starts: dict[str, Start] = {}
        self._ends: dict[str, End] = {}

    def register(self, starts: dict[str, Start], ends: dict[str, End]) -> None:
        """Let others read elements too."""
        self._starts |= starts
        self._ends |= ends

    def start(self, name: str, attributes: Attributes) -> None:
        """Take the start of an element."""
        if self._capture is not None:
            self._inside += 1
            return
        reader = self._starts.get(name)
        if reader is not None:
            reader(name, attributes)

    def end(self, name: str) -> None:
        """Take the end of an element."""
        if self._capture is not None:
            if self._inside:
                self._inside -= 1
                return
            text, self._capture = "".join(self._capture), None
            self._captured(text)
        reader = self._ends.get(name)
        if reader is not None:
            reader(name)

    def text(self, untrusted_text: str) -> None:
        """Take characters; outside of paragraphs they only lay out the XML."""
        if self._capture is not None:
            self._capture.append(untrusted_text)
            return
        if not self._open or self._open[-1][1] is not self._holders[-1]:
            return
        text = _SPACES.sub(" ", untrusted_text)
        if self._blank and text.startswith(" "):
            text = text[1:]
        if text:
            self._blank = text.endswith(" ")
            self.put(text)

    def finish(self) -> None:
        """Give what a part that breaks off had begun, and what nothing in the text points to."""
        if self._capture is not None:
            self._inside = 0
            self.end("")
        while len(self._holders) > 1 or self._open:
            if self._open and self._open[-1][1] is self._holders[-1]:
                self.end_paragraph()
            else:
                self.end_holder()
        for change in self.changes.unused():
            orphan = Holder("deleted", flags=Flag.DELETED, pieces=[change.text])
            orphan.facts = {"author": change.author, "date": change.date}
            self.receiver.held(orphan)
        if self._holders[0].hung.aside:
            self.receiver.held(self._holders[0])
            self._holders[0] = Holder(BODY)

    def capture(self, done: Callable[[str], None]) -> None:
        """Keep what stands in the element that has just begun away from the text."""
        self._capture, self._captured, self._inside = [], done, 0

    def put(self, text: str) -> None:
        """Put text into the open paragraph as it stands there."""
        if not self._open:
            return
        paragraph = self._open[-1][0]
        paragraph.pieces.append(text)
        if self._inserted:
            by = next(reversed(self._inserted.values()))
            paragraph.flags |= Flag.INSERTED
            paragraph.inserted_by[by] = None
        hidden, font = self._looks[-1] if self._looks else (False, "")
        if hidden or any(self._sections):
            paragraph.flags |= Flag.HIDDEN_TEXT
        if font and len(self.styles.used) < _MOST:
            self.styles.used[font] += len(text)
            self.first.setdefault(font, paragraph.number)

    def sign(self, text: str) -> None:
        """Put a sign that is an element of its own, if a paragraph is open here."""
        if self._open and self._open[-1][1] is self._holders[-1]:
            self._blank = False
            self.put(text)

    def hang(self, kind: str, untrusted_text: str) -> None:
        """Hang something on the open paragraph, or on what holds it."""
        self.nearest().hang(kind, untrusted_text)

    def nearest(self) -> Paragraph:
        """Give the open paragraph; where none is, what stands for the holder as a whole."""
        holder = self._holders[-1]
        return self._open[-1][0] if self._open and self._open[-1][1] is holder else holder.hung

    @property
    def holder(self) -> Holder:
        """What holds the next paragraph."""
        return self._holders[-1]

    def begin_holder(self, kind: str) -> Holder:
        """Open a holder at the paragraph that is open."""
        at = self._open[-1][0].number if self._open else 0
        if not at and self._holders[-1].kind != BODY:
            at = self._holders[-1].at
        hidden = Flag.HIDDEN_TEXT if any(self._sections) else Flag.NONE
        holder = Holder(kind, at, hidden)
        holder.lists = self.styles.lists.aside([])
        self._holders.append(holder)
        return holder

    def end_holder(self) -> Holder:
        """Close the innermost holder; what ends with the body goes out after the paragraph it hangs on."""
        holder = self._holders.pop()
        while self._open and self._open[-1][1] is holder:
            self.end_paragraph(holder)
        self._blank = False
        self.styles.lists.aside(holder.lists)
        if holder.kind == "deleted":
            self.changes.deleted(holder.untrusted_text)
        elif holder.kind == "inner":
            self.hang("value", holder.untrusted_text)
        elif holder.kind != "change":
            self._give(holder)
        return holder

    def begin_paragraph(self, attributes: Attributes) -> Paragraph:
        """Open a paragraph."""
        holder = self._holders[-1]
        number = 0
        if holder.kind == BODY:
            self.numbered += 1
            number = self.numbered
        style = attribute(attributes, "style-name") or attribute(attributes, "cond-style-name")
        paragraph = Paragraph(number, "", style=style)
        hidden = self.styles.hides("paragraph", style)
        self._looks.append((hidden, self.styles.font_of("paragraph", style)))
        self._open.append((paragraph, holder))
        self._blank = True
        return paragraph

    def end_paragraph(self, holder: Holder | None = None) -> None:
        """Close the innermost paragraph of the innermost holder."""
        if not self._open or self._open[-1][1] is not (holder or self._holders[-1]):
            return
        paragraph, holder = self._open.pop()
        del self._looks[-1:]
        if self._blank and paragraph.pieces and paragraph.pieces[-1].endswith(" "):
            paragraph.pieces[-1] = paragraph.pieces[-1][:-1]
        self._blank = False
        if holder.kind == BODY:
            self._give(paragraph)
        else:
            holder.take(paragraph)

    def look(self, family: str, style: str) -> None:
        """Begin a run of text in a style."""
        hidden, font = self._looks[-1] if self._looks else (False, "")
        self._looks.append(
            (hidden or self.styles.hides(family, style), self.styles.font_of(family, style) or font)
        )

    def end_look(self) -> None:
        """End a run of text."""
        del self._looks[-1:]

    def section(self, *, hidden: bool) -> None:
        """Begin a section."""
        self._sections.append(hidden)

    def end_section(self) -> None:
        """End a section."""
        del self._sections[-1:]

    def insert(self, number: str, by: By | None) -> None:
        """Begin what somebody inserted, or end it."""
        if by is None:
            self._inserted.pop(number, None)
        elif len(self._inserted) < _MOST:
            self._inserted[number] = by

    def _give(self, one: Paragraph | Holder) -> None:
        """Give in order: what hangs below an outer paragraph waits for it."""
        self._done.append(one)
        if self._open or len(self._holders) > 1:
            return
        done, self._done = sorted(self._done, key=_order), []
        for each in done:
            if isinstance(each, Paragraph):
                self.receiver.paragraph(each)
            else:
                self.receiver.held(each)


def _order(one: Paragraph | Holder) -> tuple[int, bool]:
    """Order by paragraph; what hangs on one comes after it."""
    return (one.number, False) if isinstance(one, Paragraph) else (one.at, True)


def _nowhere(_text: str) -> None:
    """Drop what is captured for nobody."""
