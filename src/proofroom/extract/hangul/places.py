"""Count paragraphs of a document by what they stand in: the body, a header, a note, a box."""

from __future__ import annotations

from collections import Counter
from typing import Final

from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.markup.plain_text import put_whole
from proofroom.model.evidence import PieceKind

BODY: Final = "para"
KINDS: Final = {
    BODY: PieceKind.PARAGRAPH,
    "header": PieceKind.HEADER,
    "footer": PieceKind.FOOTER,
    "note": PieceKind.NOTE,
    "shape": PieceKind.SHAPE,
    "comment": PieceKind.COMMENT,
}


class Places:
    """Gives paragraphs to the lines, each under the next number of its kind."""

    def __init__(self, lines: LineBatch) -> None:
        """Give to the lines."""
        self._lines = lines
        self._counts: Counter[str] = Counter()

    def put(self, name: str, untrusted_text: str, links: list[str], alts: list[str]) -> None:
        """Give one paragraph with what hangs on it; one without any sign is not counted."""
        text = untrusted_text.strip("\n\r")
        if not (text.strip() or any(links) or any(alts)):
            return
        self._counts[name] += 1
        part = f"{name}={self._counts[name]}"
        put_whole(self._lines, part, KINDS[name], text)
        for number, link in enumerate(filter(None, links), 1):
            put_whole(self._lines, f"{part}&link={number}", PieceKind.META, link)
        for number, alt in enumerate(filter(None, alts), 1):
            put_whole(self._lines, f"{part}&alt={number}", PieceKind.NAME, alt)
