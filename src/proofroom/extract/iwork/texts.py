"""Give the paragraphs of a text with what hangs on it: links, comments, and what was deleted in it."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from proofroom.extract.iwork.messages import Message
from proofroom.extract.iwork.objects import AUTHOR, COMMENT, HIGHLIGHT, LINK, Archived, Objects

_LINKS, _HIGHLIGHTS, _DELETIONS, _FOOTNOTES = 11, 23, 22, 16
_TEXT: Final = 3
_ENDS: Final = re.compile("[\n\x04\x05\x0c\u2029]")
_ODD: Final = re.compile("[\x00-\x08\x0e-\x1f\ufffc]")
_SINCE: Final = datetime(2001, 1, 1, tzinfo=UTC)
_FARTHEST: Final = 1e10
_Range = tuple[int, int, int]
_MOST_REPLIES: Final = 1_000


@dataclass(slots=True)
class Comment:
    """A comment: its text, who wrote it, and when."""

    text: str
    author: str
    created: str


@dataclass(slots=True)
class Paragraph:
    """A paragraph as it is shown, what was deleted from it, and what hangs on it."""

    text: str
    deleted: str = ""
    links: list[str] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)


def paragraphs(storage: Archived, objects: Objects) -> list[Paragraph]:
    """Give the paragraphs of a text."""
    message = storage.message
    text = "".join(message.texts(_TEXT))
    gone = [one for one in _ranges(message, _DELETIONS, len(text)) if one[2]]
    links, notes = _ranges(message, _LINKS, len(text)), _ranges(message, _HIGHLIGHTS, len(text))
    found: list[Paragraph] = []
    start = 0
    for end in [*(one.start() for one in _ENDS.finditer(text)), len(text)]:
        inside = [(max(a, start), min(b, end)) for a, b, _ in _within(gone, start, end)]
        one = Paragraph(_kept(text, start, end, inside), "".join(_plain(text[a:b]) for a, b in inside))
        for at, _, number in _within(links, start, end):
            link = _link(objects, number)
            one.links += [link] if link and at >= start else []
        for at, _, number in _within(notes, start, end):
            highlight = objects.find(number, HIGHLIGHT) if at >= start else None
            one.comments += comments(objects, highlight.message.reference(1)) if highlight else []
        found.append(one)
        start = end + 1
    return found


def _within(ranges: list[_Range], start: int, end: int) -> list[_Range]:
    """Give the ranges that touch a stretch of text; they stand in order and do not overlap."""
    first = bisect_right(ranges, start, key=lambda one: one[1])
    last = bisect_right(ranges, end, key=lambda one: one[0])
    return ranges[first:last]


def comments(objects: Objects, number: int) -> list[Comment]:
    """Give a comment and the replies to it."""
    found: list[Comment] = []
    waiting = [number]
    seen: set[int] = set()
    while waiting and len(seen) < _MOST_REPLIES:
        number = waiting.pop(0)
        comment = objects.find(number, COMMENT)
        if comment is None or number in seen:
            continue
        seen.add(number)
        message = comment.message
        author = objects.find(message.reference(3), AUTHOR)
        name = author.message.text(1) if author else ""
        found.append(Comment(message.text(1), name, moment(message.message(2).double(1))))
        waiting += message.references(4)
    return found


def moment(seconds: float) -> str:
    """Write a time that is counted from the year 2001 on (UTC); "" for none."""
    if not seconds or not abs(seconds) < _FARTHEST:
        return ""
    return f"{(_SINCE + timedelta(seconds=seconds)).isoformat(timespec='seconds').removesuffix('+00:00')}Z"


def _ranges(message: Message, name: int, length: int) -> list[_Range]:
    """Give where each entry of a table begins, where the next one does, and what it refers to (0 ends one)."""
    entries = sorted((one.number(1), one.reference(2)) for one in message.message(name).messages(1))
    ends = [*(start for start, _ in entries[1:]), length]
    return [(start, end, number) for (start, number), end in zip(entries, ends, strict=False)]


def _link(objects: Objects, number: int) -> str:
    field_of_link = objects.find(number, LINK)
    return field_of_link.message.text(2) if field_of_link else ""


def _kept(text: str, start: int, end: int, gone: list[tuple[int, int]]) -> str:
    """Give a stretch of text without what was deleted in it."""
    pieces, at = [], start
    for first, last in gone:
        pieces.append(text[at:first])
        at = max(at, last)
    return _plain("".join([*pieces, text[at:end]]))


def _plain(text: str) -> str:
    return _ODD.sub("", text.replace("\u2028", "\n"))
