"""Read electronic books (EPUB 2 and 3): their chapters in reading order, and every other file as a member.

`chapter=N` counts the spine; below it stand the addresses of a web page (`chapter=3&para=7`), `name=1` is its
title. `outline=N` and its `link=1` are the table of contents. What the book says of itself is `epub:NAME`.
Files under a seller's lock are members without bytes; fonts that are only masked are given as they stand.
"""

from __future__ import annotations

from proofroom.extract.books.chapters import BookReader
from proofroom.extract.format import Format, Sink, Source


def read(source: Source, sink: Sink) -> None:
    """Read a book; what a damaged chapter costs is said, the rest is given."""
    BookReader(source, sink).read()


FORMAT = Format(name="epub", media_types=frozenset(("application/epub+zip",)), read=read, sample="epub.epub")
