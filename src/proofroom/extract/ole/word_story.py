"""Turn a stretch of a Word document's characters into paragraphs, and tell apart what hides in them.

A paragraph ends at its mark or at the end of a cell. Deleted text, the codes of fields, where links lead,
pictures and anchors are taken out of the text and kept beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.format import Unreadable
from proofroom.extract.ole.word_pieces import Piece, Pieces
from proofroom.extract.ole.word_runs import Looks
from proofroom.extract.ole.word_sprms import Look, Shape
from proofroom.extract.ole.word_styles import Styles
from proofroom.model.evidence import Flag
from proofroom.model.states import Reason, State

_CONTROL: Final = re.compile("([\x00-\x1f])")
_CELL: Final = "\x07"
_ENDS: Final = "\r\x07"
_PAGE: Final = "\x0c"
_FIELD_BEGINS, _FIELD_TURNS, _FIELD_ENDS = "\x13", "\x14", "\x15"
_SIGNS: Final = {"\t": "\t", "\n": "\n", "\x0b": "\n", "\x0e": "\n", "\x0c": "\n", "\x1e": "\u2011"}
_LINK: Final = re.compile(r'^\s*HYPERLINK\b\s*(?:"((?:[^"\\]|\\.)*)"|([^\s\\]\S*))?', re.IGNORECASE)
_PLACE: Final = re.compile(r'\\l\s+(?:"((?:[^"\\]|\\.)*)"|(\S+))')
_MOST_FIELDS: Final = 64


@dataclass(slots=True)
class Deleted:
    """Text that one author deleted in one go."""

    by: tuple[int, int]
    untrusted_text: str


@dataclass(slots=True)
class WordParagraph:
    """One paragraph: where its characters stand, its text, and what hangs on it."""

    start: int
    end: int = 0
    pieces: list[str] = field(default_factory=list)
    flags: Flag = Flag.NONE
    shape: Shape | None = None
    deleted: list[Deleted] = field(default_factory=list)
    inserted_by: dict[tuple[int, int], None] = field(default_factory=dict)
    codes: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    pictures: list[int] = field(default_factory=list)
    data: list[int] = field(default_factory=list)

    @property
    def untrusted_text(self) -> str:
        """The text as it reads, without what was deleted."""
        return "".join(self.pieces)


@dataclass(slots=True)
class _Field:
    """A field under way: its code, and whether its result has begun."""

    code: list[str] = field(default_factory=list)
    turned: bool = False


@dataclass(slots=True)
class Stories:
    """The text of one document with all that says how it looks; gives paragraphs of any stretch of it."""

    pieces: Pieces
    looks: Looks
    styles: Styles
    codecs: dict[int, str]
    sections: frozenset[int]
    most: int
    read: int = 0

    def paragraphs(self, start: int, end: int) -> Iterator[WordParagraph]:
        """Give the paragraphs from one character to another, in reading order; the ends of rows are none."""
        walk = _Walk(self, start)
        for piece in self.pieces.between(start, end):
            self.read += piece.end - piece.start
            if self.read > self.most:
                yield from walk.finish(piece.start)
                raise Unreadable(State.TRUNCATED, Reason.LIMIT_TEXT_BYTES)
            for first, look, text in self._stretches(piece):
                yield from walk.take(piece, first, look, text)
        yield from walk.finish(end)

    def _stretches(self, piece: Piece) -> Iterator[tuple[int, Look, str]]:
        """Cut a piece where the properties of its characters change."""
        width = 2 if piece.wide else 1
        start = piece.start
        for _, last, changes in self.looks.characters.between(piece.at, piece.until):
            look = self.looks.look(changes, piece.change)
            until = min(piece.start + -(-(last - piece.at) // width), piece.end)
            if until > start:
                part = Piece(start, until, piece.place(start), piece.wide)
                yield start, look, self.pieces.text(part, self.codecs.get(look.font, ""))
                start = until


class _Walk:
    """A walk along one stretch of characters."""

    def __init__(self, stories: Stories, start: int) -> None:
        self._stories = stories
        self._now = WordParagraph(start)
        self._fields: list[_Field] = []
        self._too_deep = 0
        self._by_style: bool | None = None

    def take(self, piece: Piece, first: int, look: Look, text: str) -> Iterator[WordParagraph]:
        """Take characters of one look; gives the paragraphs that end among them."""
        if self._by_style is None:
            self._by_style = self._style_hides(piece, first)
        if look.symbol and look.special and text:
            self._put(look, look.symbol * len(text))
            return
        at = first
        for part in _CONTROL.split(text) if _CONTROL.search(text) else (text,):
            if len(part) != 1 or part >= " ":
                if part:
                    self._put(look, part)
            elif part in _ENDS or (part == _PAGE and at + 1 in self._stories.sections):
                yield from self._close(part, piece, at)
                self._by_style = self._style_hides(piece, at + 1)
            else:
                self._control(look, part)
            at += len(part)

    def finish(self, end: int) -> Iterator[WordParagraph]:
        """Give what stands behind the last mark."""
        while self._fields:
            self._end_field()
        if self._now.pieces or self._now.deleted or self._now.codes or self._now.pictures:
            self._now.end = end
            yield self._now

    def _close(self, mark: str, piece: Piece, at: int) -> Iterator[WordParagraph]:
        """End a paragraph; a mark that only ends a row is none."""
        now, self._now = self._now, WordParagraph(at + 1)
        now.end = at + 1
        now.shape = self._stories.looks.shape(piece.place(at), piece.change)
        for one in self._fields:
            if not one.turned:
                one.code.append("\n")
        row_end = now.shape is not None and (now.shape.row_end or now.shape.inner_row_end)
        if mark == _CELL or row_end:
            row_end = row_end or (now.shape is None and not now.pieces)
        if not (row_end and not now.untrusted_text.strip()):
            yield now

    def _control(self, look: Look, sign: str) -> None:
        """Take a sign that is no text: fields, pictures, breaks, marks of notes."""
        if sign == _FIELD_BEGINS:
            if len(self._fields) < _MOST_FIELDS:
                self._fields.append(_Field())
            else:
                self._too_deep += 1
        elif sign == _FIELD_TURNS:
            if self._fields and not self._too_deep:
                self._hang_code(self._fields[-1])
                self._fields[-1].turned = True
        elif sign == _FIELD_ENDS:
            if self._too_deep:
                self._too_deep -= 1
            elif self._fields:
                self._end_field()
        elif sign == "\x01" and look.picture >= 0 and not look.is_object:
            (self._now.data if look.is_data else self._now.pictures).append(look.picture)
        elif sign in _SIGNS:
            self._put(look, _SIGNS[sign])

    def _end_field(self) -> None:
        """End a field; one without a result still has its code."""
        ended = self._fields.pop()
        if not ended.turned:
            self._hang_code(ended)

    def _hang_code(self, ended: _Field) -> None:
        """Hang the code of a field on the paragraph in which it stands, and where it leads."""
        code = "".join(ended.code).strip()
        if not code:
            return
        self._now.codes.append(code)
        found = _LINK.match(code)
        if found:
            place = _PLACE.search(code, found.end())
            target = _unquoted(found)
            if place:
                target += f"#{_unquoted(place)}"
            if target:
                self._now.links.append(target)

    def _put(self, look: Look, text: str) -> None:
        """Put text where it belongs: into the code of a field, among what was deleted, or into the paragraph."""
        code = next((one for one in reversed(self._fields) if not one.turned), None)
        now = self._now
        if code is not None:
            code.code.append(text)
        elif look.deleted:
            if now.deleted and now.deleted[-1].by == look.deleted_by:
                now.deleted[-1].untrusted_text += text
            else:
                now.deleted.append(Deleted(look.deleted_by, text))
        else:
            now.pieces.append(text)
            if look.inserted:
                now.flags |= Flag.INSERTED
                now.inserted_by.setdefault(look.inserted_by)
            if self._is_hidden(look):
                now.flags |= Flag.HIDDEN_TEXT

    def _is_hidden(self, look: Look) -> bool:
        """Tell whether text is hidden by itself, or by the style of its characters or its paragraph."""
        by_style = bool(self._by_style) or (look.style >= 0 and self._stories.styles.hides(look.style))
        return look.is_hidden(by_style=by_style)

    def _style_hides(self, piece: Piece, at: int) -> bool | None:
        """Tell whether the style of the paragraph that begins at a character hides it; None beyond the piece."""
        if at >= piece.end:
            return None
        shape = self._stories.looks.shape(piece.place(at), piece.change)
        return shape is not None and self._stories.styles.hides(shape.style)


def _unquoted(found: re.Match[str]) -> str:
    return (found[1] or found[2] or "").replace('\\"', '"').replace("\\\\", "\\")
