"""Send the texts of a workbook's table that no cell shows, and whether cells use the others in its order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from proofroom.extract.format import Sink
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.markup.plain_text import put_whole
from proofroom.extract.ooxml.string_use import StringUse
from proofroom.model.evidence import Flag, PieceKind


class Texts(Protocol):
    """Texts by their number."""

    def __getitem__(self, number: int, /) -> bytes:
        """Give the text of one number."""

    def __len__(self) -> int:
        """Give how many there are."""


def send_left_over(
    texts: Texts, use: StringUse, sink: Sink, prefix: str, hints: Mapping[int, str] | None = None
) -> None:
    """Send them at their numbers in the table, hidden; hints are reading aids that no cell took."""
    count = len(texts)
    if not count:
        return
    left = use.left_over(count)
    said = f"{count} texts, {len(left)} that no cell shows, {use.out_of_order} steps back in order of use"
    sink.meta(f"{prefix}:shared-strings", said)
    with LineBatch(sink) as lines:
        for number in left:
            text = texts[number].decode("utf-8", "replace")
            put_whole(lines, f"leftover={number + 1}", PieceKind.BODY, text, Flag.HIDDEN_TEXT)
            if hint := (hints or {}).get(number):
                put_whole(lines, f"leftover={number + 1}&ruby=1", PieceKind.NOTE, hint, Flag.HIDDEN_TEXT)
