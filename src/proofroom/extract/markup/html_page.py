"""Read one web page to its end: find its encoding, walk its tokens, give its blocks."""

from __future__ import annotations

import re
from typing import Final

from proofroom.extract.format import Sink, Source
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.markup.html_story import HtmlStory
from proofroom.extract.markup.html_tokens import tokens
from proofroom.extract.markup.text_stream import TextStream

_CHARSET: Final = re.compile(
    rb"<meta\s[^>]{0,512}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{1,64})|"
    rb"<\?xml\s[^>]{0,512}?encoding\s*=\s*[\"']\s*([A-Za-z0-9_.:-]{1,64})",
    re.IGNORECASE,
)


def read_page(source: Source, sink: Sink, lines: LineBatch, charset: str = "") -> None:
    """Read a page; `charset` is what its carrier declares, which counts where the page itself is silent."""
    stream = TextStream(source, lambda head: declared(head) or charset)
    story = HtmlStory(sink, lines)
    for token in tokens(stream):
        story.take(token)
    story.finish()
    stream.tell(sink)


def declared(head: bytes) -> str:
    """Find the encoding that a page declares in its first bytes."""
    found = _CHARSET.search(head)
    return next(filter(None, found.groups()), b"").decode("ascii") if found else ""
