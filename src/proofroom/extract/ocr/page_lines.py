"""Number the pages and lines of a text layer that another engine made, and hand them to the sink."""

from __future__ import annotations

from typing import Final

from proofroom.extract.format import NO_CONFIDENCE, Line, Unreadable
from proofroom.extract.markup.batches import LineBatch
from proofroom.limits import Limits
from proofroom.model.evidence import PieceKind
from proofroom.model.states import Reason, State

LONGEST_LINE: Final = 1 << 16
"""Characters of one line at the most; what is longer goes on in the next."""

Box = tuple[int, int, int, int]


class PageLines:
    """Gives each line its address `page=P&line=L`, both from 1; lines without a visible character do not count."""

    def __init__(self, lines: LineBatch, limits: Limits) -> None:
        """Give to the lines."""
        self._lines = lines
        self._limits = limits
        self.page = self._line = 0

    def begin_page(self) -> None:
        """Begin the next page; raises Unreadable when there are more than a document may have."""
        if self.page >= self._limits.pages:
            raise Unreadable(State.TRUNCATED, Reason.LIMIT_PAGES)
        self.page += 1
        self._line = 0

    def add(self, untrusted_text: str, box: Box | None = None, confidence: int = NO_CONFIDENCE) -> None:
        """Take one line; one before the first page begins it."""
        text = " ".join(untrusted_text.split())
        if not text:
            return
        if not self.page:
            self.begin_page()
        for start in range(0, len(text), LONGEST_LINE):
            self._line += 1
            part = f"page={self.page}&line={self._line}"
            some = text[start : start + LONGEST_LINE]
            self._lines.add(Line(part, PieceKind.LINE, some, box=box, confidence=confidence))
