"""Collect the tracked changes of an OpenDocument text: who inserted, who deleted what, and when."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.markup.word_paragraph import By
from proofroom.extract.ooxml.safe_xml import Attributes, attribute

KINDS: Final = ("text:insertion", "text:deletion", "text:format-change")
_MOST: Final = 1_000_000


@dataclass(slots=True)
class Change:
    """One change: of what kind, by whom and when, and the text that it took away."""

    kind: str = ""
    author: str = ""
    date: str = ""
    text: str = ""
    used: bool = False

    @property
    def by(self) -> By:
        """Who made it, and when."""
        return By(self.author, self.date)


@dataclass(slots=True)
class Changes:
    """The changes by their ids; the text points to them."""

    authors: dict[str, None] = field(default_factory=dict)
    _by_id: dict[str, Change] = field(default_factory=dict)
    _open: Change | None = None

    def begin(self, attributes: Attributes) -> None:
        """Open a changed region."""
        self._open = Change()
        if len(self._by_id) < _MOST:
            self._by_id[attribute(attributes, "id")] = self._open

    def kind(self, name: str) -> None:
        """Take what was done."""
        if self._open is not None:
            self._open.kind = name

    def fact(self, name: str, text: str) -> None:
        """Take who made the change, or when."""
        if self._open is None:
            return
        if name == "author":
            self._open.author = text
            self.authors[text] = None
        elif name == "date":
            self._open.date = text

    def deleted(self, text: str) -> None:
        """Take the text that was deleted."""
        if self._open is not None:
            self._open.text += text

    def end(self) -> None:
        """Close a changed region."""
        self._open = None

    def find(self, attributes: Attributes) -> Change | None:
        """Give the change that a place in the text points to."""
        return self._by_id.get(attribute(attributes, "change-id"))

    def unused(self) -> list[Change]:
        """Give deletions that no place in the text points to."""
        return [one for one in self._by_id.values() if one.text and not one.used]

    @property
    def open(self) -> bool:
        """Whether a changed region is open."""
        return self._open is not None
