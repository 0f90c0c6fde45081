"""Give the main page of something saved as text, and whatever it is made of as members."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import Final

from proofroom.extract.format import Sink, Source
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.markup.html_page import read_page

LARGEST_PAGE: Final = 128 << 20
"""Bytes of a main page that are read as text; a larger one is a member and is read as a file of its own."""


def held(blocks: Iterable[bytes]) -> tuple[bytes, Iterable[bytes]]:
    """Give what fits into memory, and the blocks that come after it."""
    waiting = iter(blocks)
    pieces: list[bytes] = []
    size = 0
    for block in waiting:
        pieces.append(block)
        size += len(block)
        if size > LARGEST_PAGE:
            break
    return b"".join(pieces), waiting


def give_page(source: Source, sink: Sink, data: bytes, charset: str) -> None:
    """Read the main page: its text stands at `para=N`, as that of any web page."""
    with LineBatch(sink) as lines:
        read_page(Source(BytesIO(data), len(data), source.limits), sink, lines, charset)
