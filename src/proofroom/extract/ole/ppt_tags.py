"""Read what newer programs and add-ins hang on a presentation, a slide or a shape (MS-PPT 2.11.21 and on)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from proofroom.extract.ole.ppt_records import Kind, Record, Records
from proofroom.extract.ole.ppt_text import string, strings

_OWN: Final = "___PPT"


def newer(records: Records, page: Record, *kinds: int) -> Iterator[Record]:
    """Give the records of these kinds that PowerPoint 2000 and later hung on a slide or a document."""
    for tags in _tags(records, page):
        for tag in records.of(tags, Kind.BINARY_TAG):
            name = records.first(tag, Kind.STRING)
            data = records.first(tag, Kind.BINARY_DATA)
            if name is None or data is None or not string(records, name).startswith(_OWN):
                continue
            inner = Record(data.kind, data.instance, True, data.at, data.start, data.end)
            yield from records.deep(inner, kinds)


def user_tags(records: Records, page: Record) -> Iterator[tuple[str, str]]:
    """Give the names and values that add-ins hung on a page, a shape or the document."""
    for tag in records.deep(page, (Kind.STRING_TAG,)):
        told = strings(records, tag)
        if told.get(0) or told.get(1):
            yield told.get(0, ""), told.get(1, "")


def _tags(records: Records, page: Record) -> Iterator[Record]:
    """Give the tags of a slide, or of a document, whose tags lie in a list."""
    yield from records.of(page, Kind.PROG_TAGS)
    for listed in records.of(page, Kind.LIST):
        yield from records.of(listed, Kind.PROG_TAGS)
