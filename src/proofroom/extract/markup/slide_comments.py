"""Read the comments of a slide deck with who wrote them and when (ECMA-376 part 1, 19.4; MS-PPTX 2.6 for threads)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.ooxml.safe_xml import Element
from proofroom.model.evidence import Flag, PieceKind

_COMMENTS = ("cm", "reply")


class Author(NamedTuple):
    """Who comments: a name and its initials, as the deck lists them."""

    untrusted_name: str = ""
    untrusted_initials: str = ""


def comment_authors(parts: Iterable[Element]) -> dict[str, Author]:
    """Give the authors of comments by their ids, of both kinds of comments."""
    return {
        one.get("id"): Author(one.get("name"), one.get("initials"))
        for part in parts
        for one in part.walk()
        if one.name in ("cmAuthor", "author")
    }


class Comments:
    """Sends the comments of slides, each after its date and its author; each author once as a property."""

    def __init__(self, lines: LineBatch, authors: dict[str, Author], tell: Callable[[str], None]) -> None:
        """Send to `lines`; `tell` takes each author that commented."""
        self._lines = lines
        self._authors = authors
        self._tell = tell
        self._named: set[str] = set()

    def send(self, parts: Iterable[Element], slide: tuple[tuple[str, str], ...], flags: Flag) -> None:
        """Send comments and the answers to them, in the order of the file."""
        number = 0
        for comment in (one for part in parts for one in part.walk() if one.name in _COMMENTS):
            text = _own_text(comment)
            if not text.strip():
                continue
            number += 1
            where = (*slide, ("comment", str(number)))
            author = self._authors.get(comment.get("authorId"), Author())
            about = {
                "date": comment.get("dt") or comment.get("created"),
                "author": author.untrusted_name,
                "initials": author.untrusted_initials,
            }
            for name, told in about.items():
                if told.strip():
                    self._lines.put((*where, (name, "1")), PieceKind.META, told, flags)
            self._lines.put(where, PieceKind.COMMENT, text, flags)
            self._name(author.untrusted_name)

    def _name(self, untrusted_name: str) -> None:
        if untrusted_name and untrusted_name not in self._named:
            self._named.add(untrusted_name)
            self._tell(untrusted_name)


def _own_text(comment: Element) -> str:
    """Give a comment's own text, without that of the answers to it."""
    lines = []
    for child in comment.children:
        if child.name == "text":
            lines.append(child.untrusted_text)
        elif child.name == "txBody":
            lines += ["".join(one.untrusted_text for one in line.all("t")) for line in child.all("p")]
    return "\n".join(lines)
