"""What holds paragraphs of an OpenDocument text: the body, a note, a comment, a shape, a header, a deletion."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.markup.word_paragraph import Paragraph
from proofroom.extract.opendocument.lists import OpenList
from proofroom.model.evidence import Flag

BODY: Final = "body"


@dataclass(slots=True)
class Holder:
    """One holder: of what kind, at which paragraph it stands, its text, and what hangs on it.

    hung: what hangs on the holder as a whole, kept as on a paragraph without a number.
    facts: what it says of itself: `author`, `date`, `initials`, `label`, `name`, `answers`, `done`.
    lists: the lists that were open around it.
    """

    kind: str
    at: int = 0
    flags: Flag = Flag.NONE
    pieces: list[str] = field(default_factory=list)
    hung: Paragraph = field(default_factory=lambda: Paragraph(0, ""))
    facts: dict[str, str] = field(default_factory=dict)
    lists: list[OpenList] = field(default_factory=list)

    @property
    def untrusted_text(self) -> str:
        """The text: paragraphs and rows as lines, cells with a tab between."""
        return "".join(self.pieces).strip("\n")

    def take(self, paragraph: Paragraph) -> None:
        """Take a finished paragraph into the text; what hung on it hangs on the holder."""
        text = paragraph.untrusted_text
        labels = paragraph.aside.pop("label", [])
        # What is inside a holder has no address of its own: the number of a list stands before its text.
        if labels and text.strip():
            text = f"{labels[0]} {text}"
        self.pieces.append(text)
        self.pieces.append("\n")
        self.flags |= paragraph.flags
        hung = self.hung
        hung.inserted_by |= paragraph.inserted_by
        hung.deleted += paragraph.deleted
        for kind, texts in paragraph.aside.items():
            hung.aside.setdefault(kind, []).extend(texts)

    def end_cell(self) -> None:
        """End a cell of a table: the break of its last paragraph gives way to a tab."""
        self._end("\n", "\t")

    def end_row(self) -> None:
        """End a row of a table."""
        self._end("\t", "\n")

    def _end(self, last: str, sign: str) -> None:
        if self.pieces and self.pieces[-1] == last:
            self.pieces.pop()
        self.pieces.append(sign)
