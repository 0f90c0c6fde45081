"""Read web pages: every block of text in reading order, hidden ones too, and what stands beside them.

`para=N` counts blocks that hold something: paragraphs, headings, list items, table cells. Beside a block
stand `link` (addresses of links), `alt` (descriptions), `value` (fields of forms), `deleted` and `ruby`;
`comment=N` counts comments. Title, meta tags and addresses of what lies elsewhere are properties; pictures
and frames inside the page are members. Scripts are counted and style sheets are not applied, neither is
read as text, except that a script of the type JSON becomes a member. Nothing is ever fetched.
"""

from __future__ import annotations

import re
from typing import Final

from proofroom.extract.format import Format, Sink, Source
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.markup.html_story import HtmlStory
from proofroom.extract.markup.html_tokens import tokens
from proofroom.extract.markup.text_stream import TextStream

_CHARSET: Final = re.compile(
    rb"<meta\s[^>]{0,512}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{1,64})|"
    rb"<\?xml\s[^>]{0,512}?encoding\s*=\s*[\"']\s*([A-Za-z0-9_.:-]{1,64})",
    re.IGNORECASE,
)


def read(source: Source, sink: Sink) -> None:
    """Read a page; say which encoding it is in, which it declares, and how much of it did not fit."""
    stream = TextStream(source, declared)
    with LineBatch(sink) as lines:
        story = HtmlStory(sink, lines)
        for token in tokens(stream):
            story.take(token)
        story.finish()
    stream.tell(sink)


def declared(head: bytes) -> str:
    """Find the encoding that a page declares in its first bytes."""
    found = _CHARSET.search(head)
    return next(filter(None, found.groups()), b"").decode("ascii") if found else ""


FORMAT = Format(
    name="html", media_types=frozenset(("text/html", "application/xhtml+xml")), read=read, sample="html.html"
)
