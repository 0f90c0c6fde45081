"""Send what an OpenDocument text or its pages give, each at its address, to the sink."""

from __future__ import annotations

import base64
import binascii
import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

from proofroom.extract.format import Sink
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.markup.plain_text import put_whole
from proofroom.extract.markup.word_paragraph import By, Paragraph
from proofroom.extract.opendocument.holders import BODY, Holder
from proofroom.model.evidence import Flag, PieceKind
from proofroom.model.states import Reason
from proofroom.model.where import format_parts

Address = tuple[tuple[str, str], ...]

_ASIDE: Final = {"field": PieceKind.META, "link": PieceKind.META}
_OF_COMMENT: Final = (
    ("author", PieceKind.NAME),
    ("initials", PieceKind.NAME),
    ("date", PieceKind.META),
    ("done", PieceKind.META),
)
_MARGINS: Final = {"header": PieceKind.HEADER, "footer": PieceKind.FOOTER}
_PLACEHOLDER: Final = re.compile(r"<[^<>]{1,40}>")
_MOST_AUTHORS: Final = 65_536


class Deliver:
    """Sends lines under addresses and counts what is sent under each."""

    def __init__(self, sink: Sink, lines: LineBatch) -> None:
        """Send to the sink."""
        self.sink = sink
        self.lines = lines
        self.counts: Counter[Address | tuple[Address, str]] = Counter()
        self._named: dict[str, Address] = {}
        self._authors: set[str] = set()
        self._binaries = 0

    def tell(self, key: str, untrusted_value: str) -> None:
        """Send a fact about the file."""
        self.sink.meta(key, untrusted_value)

    def binary(self, untrusted_base64: str) -> str:
        """Hand out a file that stands in the XML itself; gives the name of its member."""
        self._binaries += 1
        name = f"embedded/{self._binaries}"
        try:
            data = base64.b64decode("".join(untrusted_base64.split()), validate=True)
        except (binascii.Error, ValueError):
            self.sink.partly(Reason.DAMAGED_PART)
            return ""
        with self.sink.member(name.encode(), len(data)) as out:
            out.write(data)
        return name

    def next(self, above: Address, kind: str) -> Address:
        """Give the next address of a kind below another."""
        self.counts[above, kind] += 1
        return (*above, (kind, str(self.counts[above, kind])))

    def put(self, where: Address, kind: PieceKind, untrusted_text: str, flags: Flag = Flag.NONE) -> None:
        """Send one text; a very long one in parts."""
        put_whole(self.lines, format_parts(where), kind, untrusted_text, flags)

    def hanging(self, where: Address, hung: Paragraph, flags: Flag = Flag.NONE) -> None:
        """Send what hangs on a paragraph or a holder: deletions, links, fields, pictures, and who inserted."""
        for deleted in hung.deleted:
            place = self.next(where, "deleted")
            self.put(place, PieceKind.PARAGRAPH, deleted.untrusted_text, Flag.DELETED | flags)
            self.by(place, [deleted.by])
        for name, texts in hung.aside.items():
            for text in texts:
                self.put(self.next(where, name), _ASIDE.get(name, PieceKind.NAME), text, flags)
        self.by(where, hung.inserted_by)

    def by(self, where: Address, made: Iterable[By]) -> None:
        """Send who made a change, and when."""
        for one in made:
            if one.untrusted_author:
                self.put(self.next(where, "author"), PieceKind.NAME, one.untrusted_author)
            if one.untrusted_date:
                self.put(self.next(where, "date"), PieceKind.META, one.untrusted_date)

    def comment(self, above: Address, holder: Holder, flags: Flag = Flag.NONE) -> None:
        """Send a comment, who wrote it, when, and in answer to what."""
        where, facts = self.next(above, "comment"), holder.facts
        for name, kind in _OF_COMMENT:
            self.put((*where, (name, "1")), kind, facts.get(name, ""))
        answered = self._named.get(facts.get("answers", ""))
        if answered:
            self.put((*where, ("answers", "1")), PieceKind.META, format_parts(answered))
        if facts.get("name") and len(self._named) < _MOST_AUTHORS:
            self._named[facts["name"]] = where
        author = facts.get("author", "")
        if author and author not in self._authors and len(self._authors) < _MOST_AUTHORS:
            self._authors.add(author)
            self.sink.meta("odf:comment-author", author)
        self.put(where, PieceKind.COMMENT, holder.untrusted_text, holder.flags | flags)
        self.hanging(where, holder.hung)


class TextDelivery(Deliver):
    """Sends a text document: `above` stands before every address."""

    def paragraph(self, paragraph: Paragraph) -> None:
        """Send a paragraph of the body and what hangs on it."""
        where: Address = (("para", str(paragraph.number)),)
        self.put(where, PieceKind.PARAGRAPH, paragraph.untrusted_text, paragraph.flags)
        self.hanging(where, paragraph)

    def held(self, holder: Holder) -> None:
        """Send a note, a comment, a header, or what hangs on the document as a whole."""
        at: Address = (("para", str(holder.at)),) if holder.at else ()
        if holder.kind == "comment":
            self.comment(at, holder)
        elif holder.kind == "note":
            self._whole(self.next((), "note"), PieceKind.NOTE, holder)
        elif holder.kind in _MARGINS:
            if holder.untrusted_text.strip() or holder.hung.aside or holder.hung.deleted:
                self._whole(self.next((), holder.kind), _MARGINS[holder.kind], holder)
        elif holder.kind == "deleted":
            where = self.next((), "deleted")
            self.put(where, PieceKind.PARAGRAPH, holder.untrusted_text, Flag.DELETED)
            self.by(where, [By(holder.facts.get("author", ""), holder.facts.get("date", ""))])
        elif holder.kind == BODY:
            self.hanging((), holder.hung)

    def _whole(self, where: Address, kind: PieceKind, holder: Holder) -> None:
        """Send the whole text of a holder, the sign that stands for it, and what hangs on it."""
        self.put((*where, ("label", "1")), PieceKind.NAME, holder.facts.get("label", ""))
        self.put(where, kind, holder.untrusted_text, holder.flags)
        self.hanging(where, holder.hung)


class PageDelivery(Deliver):
    """Sends slides or pages of a drawing (`word` is `slide` or `page`), and masters."""

    def __init__(self, sink: Sink, lines: LineBatch, word: str) -> None:
        """Send to the sink."""
        super().__init__(sink, lines)
        self._word = word
        self._at: Address = ()
        self._flags = Flag.NONE
        self._name = ""
        self._notes = self._master = False

    def hanging(self, where: Address, hung: Paragraph, flags: Flag = Flag.NONE) -> None:
        """Send what hangs on a shape or page; that a page number is put in is not worth a word."""
        told = [text for text in hung.aside.pop("field", ()) if " " in text]
        if told:
            hung.aside["field"] = told
        super().hanging(where, hung, flags)

    def begin_page(self, kind: str, untrusted_name: str, flags: Flag) -> None:
        """Begin a slide, a page or a master."""
        self._at = self.next((), self._word if kind == "page" else kind)
        self._flags, self._name = flags, untrusted_name
        self._notes, self._master = False, kind == "master"
        self.put((*self._at, ("name", "1")), PieceKind.NAME, untrusted_name, flags)

    def notes(self, *, inside: bool) -> None:
        """Begin or end the notes of a page."""
        self._notes = inside

    def end_page(self, hung: Paragraph) -> None:
        """End a page: what hangs on none of its shapes stands beside it."""
        self.hanging(self._at, hung, self._flags)
        self._at, self._flags = (), Flag.NONE

    def paragraph(self, paragraph: Paragraph) -> None:
        """Send a paragraph that stands in no shape."""
        where = self.next(self._at, "shape")
        self.put(where, PieceKind.SHAPE, paragraph.untrusted_text, paragraph.flags | self._flags)
        self.hanging(where, paragraph, self._flags)

    def held(self, holder: Holder) -> None:
        """Send a shape, a note, a comment or a header."""
        if holder.kind == "comment":
            self.comment(self._at, holder, self._flags)
            return
        flags = holder.flags | self._flags
        if holder.kind == BODY:
            self.hanging(self._at, holder.hung, self._flags)
            return
        text = holder.untrusted_text
        where = self._at
        if text.strip() and not (self._master and _PLACEHOLDER.fullmatch(text.strip())):
            kind = _MARGINS.get(holder.kind, PieceKind.NOTE if self._notes else PieceKind.SHAPE)
            named = holder.kind if holder.kind in _MARGINS else "notes" if self._notes else "shape"
            kind = _MARGINS.get(holder.facts.get("class", ""), kind)
            where = self.next(self._at, named)
            self.put(where, kind, text, flags)
        self.hanging(where, holder.hung, self._flags)
