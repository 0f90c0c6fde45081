"""One paragraph of a Word document: its text, what hangs on it, and who changed it when."""

from __future__ import annotations

from dataclasses import dataclass, field

from proofroom.model.evidence import Flag


@dataclass(frozen=True, slots=True)
class By:
    """Who made a tracked change, and when by the clock of that computer, as it is written."""

    untrusted_author: str = ""
    untrusted_date: str = ""


@dataclass(slots=True)
class Deleted:
    """Text that a tracked change deleted or moved away."""

    by: By
    pieces: list[str] = field(default_factory=list)

    @property
    def untrusted_text(self) -> str:
        """The deleted text."""
        return "".join(self.pieces)


@dataclass(slots=True)
class Paragraph:
    """One paragraph: its number in the part, its story's id, its text, and what hangs on it.

    style, use, level: what puts it in a list; None where it says nothing itself.
    """

    number: int
    story: str
    id: str = ""
    style: str = ""
    use: str | None = None
    level: int | None = None
    pieces: list[str] = field(default_factory=list)
    flags: Flag = Flag.NONE
    hidden_style: bool = False
    aside: dict[str, list[str]] = field(default_factory=dict)
    deleted: list[Deleted] = field(default_factory=list)
    inserted_by: dict[By, None] = field(default_factory=dict)
    code: list[str] = field(default_factory=list)

    @property
    def untrusted_text(self) -> str:
        """The text as it reads, without what was deleted."""
        return "".join(self.pieces)

    def hang(self, kind: str, untrusted_text: str) -> None:
        """Hang something on the paragraph: `field`, `link`, `alt`, `value`, `picture`, `object` or `ruby`."""
        if untrusted_text.strip():
            self.aside.setdefault(kind, []).append(untrusted_text)

    def delete(self, by: By, untrusted_text: str) -> None:
        """Add deleted text; what one person deleted at one time stays together."""
        if not self.deleted or self.deleted[-1].by != by:
            self.deleted.append(Deleted(by))
        self.deleted[-1].pieces.append(untrusted_text)

    def end_code(self) -> None:
        """Close a field code."""
        code, self.code = "".join(self.code).strip(), []
        self.hang("field", code)
