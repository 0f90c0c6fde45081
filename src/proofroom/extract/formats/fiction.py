"""Read electronic books of one XML file (FictionBook, fb2): chapters, notes, facts; pictures as members.

`chapter=N` counts sections as they begin, `chapter=N&para=M` their own paragraphs; what stands before the first
section is `para=N`, notes are `note=N`. What the book says of itself is `fb2:NAME`.
"""

from __future__ import annotations

import re
from typing import Final

from proofroom.extract.books.fiction import Fiction
from proofroom.extract.format import Format, Sink, Source, Unreadable
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.markup.html_page import declared
from proofroom.extract.markup.text_stream import TextStream
from proofroom.extract.ooxml.package import DamagedPart
from proofroom.extract.ooxml.safe_xml import SafeParser
from proofroom.model.states import Reason, State

_DECLARATION: Final = re.compile(r"\s*<\?xml\s[^>]*?\?>")


def read(source: Source, sink: Sink) -> None:
    """Read a book; one that breaks off keeps what came before."""
    stream = TextStream(source, declared)
    broken = Reason.NONE
    with LineBatch(sink) as lines:
        book = Fiction(sink, lines)
        parser = SafeParser(book)
        try:
            for number, block in enumerate(stream.blocks()):
                text = block if number else _DECLARATION.sub("", block, count=1).lstrip()
                parser.feed(text.encode("utf-8", "replace"))
            parser.feed(b"", final=True)
        except DamagedPart as damaged:
            broken = damaged.reason
    stream.tell(sink)
    if broken is Reason.ENTITY_EXPANSION:
        raise Unreadable(State.REFUSED, broken)
    if broken or not book.found:
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)


FORMAT = Format(
    name="fiction", media_types=frozenset(("application/x-fictionbook+xml",)), read=read, sample="fiction.fb2"
)
