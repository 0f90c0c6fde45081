"""Read web pages: every block of text in reading order, hidden ones too, and what stands beside them.

`para=N` counts blocks that hold something: paragraphs, headings, list items, table cells. Beside a block
stand `link` (addresses of links), `alt` (descriptions), `value` (fields of forms), `deleted` and `ruby`;
`comment=N` counts comments. Title, meta tags and addresses of what lies elsewhere are properties; pictures
and frames inside the page are members. Scripts are counted and style sheets are not applied, neither is
read as text, except that a script of the type JSON becomes a member. Nothing is ever fetched.
"""

from __future__ import annotations

from proofroom.extract.format import Format, Sink, Source
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.markup.html_page import read_page


def read(source: Source, sink: Sink) -> None:
    """Read a page; say which encoding it is in, which it declares, and how much of it did not fit."""
    with LineBatch(sink) as lines:
        read_page(source, sink, lines)


FORMAT = Format(
    name="html", media_types=frozenset(("text/html", "application/xhtml+xml")), read=read, sample="html.html"
)
