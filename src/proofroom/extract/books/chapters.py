"""Give a book chapter by chapter, and every file of it that is no chapter as a member."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Final

from proofroom.extract.books.opf import Book, Item, encrypted, package_documents, read_book
from proofroom.extract.containers.giving import MOST_FACTS, withhold
from proofroom.extract.format import Sink, Source, Unreadable
from proofroom.extract.markup.html_page import read_page
from proofroom.extract.markup.placed import PlacedLines, PlacedSink
from proofroom.extract.ooxml.package import (
    DamagedPart,
    copy_member,
    entry_bytes,
    entry_name,
    open_package,
    plain_name,
)
from proofroom.model.evidence import PieceKind
from proofroom.model.states import Reason, State

_PAGES: Final = ("application/xhtml+xml", "text/html", "text/x-oeb1-document", "application/x-dtbook+xml")
_PLUMBING: Final = ("mimetype", "meta-inf/container.xml", "meta-inf/encryption.xml")
_ELSEWHERE: Final = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//|[a-z][a-z0-9+.-]+:", re.IGNORECASE)


class BookReader:
    """One book on its way to the sink."""

    def __init__(self, source: Source, sink: Sink) -> None:
        """Open the package of the book."""
        self._source = source
        self._sink = sink
        self._package = open_package(source)
        self._locked = encrypted(self._package, sink.partly)
        self._told: set[tuple[str, str]] = set()
        self._read: set[str] = set()
        self._chapter = self._heading = 0

    def read(self) -> None:
        """Read every rendition of the book, then hand out what is left."""
        documents = package_documents(self._package, self._sink.partly)
        with PlacedLines(self._sink) as lines:
            for path in documents:
                book = read_book(self._package, path, self._sink.partly)
                for key, value in book.facts:
                    self._tell(f"epub:{key}", value)
                self._outline(book, lines)
                for item in book.spine:
                    self._item(item, lines)
        self._members()
        if self._package.salvaged:
            raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)
        if not documents:
            raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)

    def _outline(self, book: Book, lines: PlacedLines) -> None:
        """Give the table of contents."""
        lines.place = ""
        for label, path in book.contents:
            self._heading += 1
            where = ("outline", str(self._heading))
            lines.put((where,), PieceKind.NAME, label)
            lines.put((where, ("link", "1")), PieceKind.META, path)

    def _item(self, item: Item, lines: PlacedLines) -> None:
        """Give one chapter; a picture in its place stays a member, one that nobody can open is told there."""
        self._chapter += 1
        if self._chapter <= MOST_FACTS:
            aside = "" if item.linear else " linear=no"
            self._sink.meta(f"epub:chapter:{self._chapter}", f"{item.path}{aside}")
        name = plain_name(item.path)
        entry = self._package.find(item.path)
        if entry is None:
            self._sink.partly(Reason.DAMAGED_PART)
            return
        # A file that stands in the order twice is read at its first place.
        if name in self._read or self._locked.get(name) or not self._is_page(item):
            return
        self._read.add(name)
        self._package.used.add(name)
        lines.place = f"chapter={self._chapter}"
        sink = PlacedSink(
            self._sink, entry_bytes(entry) + b"/", lambda key, value: self._page(key, value, lines)
        )
        data = self._content(item)
        read_page(Source(BytesIO(data), len(data), self._source.limits), sink, lines)

    def _is_page(self, item: Item) -> bool:
        return item.media_type in _PAGES or item.path.lower().endswith((".xhtml", ".html", ".htm"))

    def _content(self, item: Item) -> bytes:
        """Unpack a chapter as far as it can be."""
        entry = self._package.find(item.path)
        pieces: list[bytes] = []
        try:
            pieces.extend(self._package.blocks(entry) if entry is not None else ())
        except DamagedPart:
            self._sink.partly(Reason.DAMAGED_PART)
        return b"".join(pieces)

    def _page(self, key: str, value: str, lines: PlacedLines) -> None:
        """Take a property of a chapter: its title has a place; addresses inside the book are no news."""
        if key == "html:title":
            lines.put((("name", "1"),), PieceKind.NAME, value)
        elif key == "html:external" and not _ELSEWHERE.match(value):
            return
        elif not key.startswith("text:") or key == "text:undecodable":
            self._tell(key, value)

    def _tell(self, key: str, value: str) -> None:
        """Tell a property, each value once."""
        if value and (key, value) not in self._told:
            if len(self._told) < MOST_FACTS:
                self._told.add((key, value))
            self._sink.meta(key, value)

    def _members(self) -> None:
        """Hand out every file that was not read as text; an encrypted one is withheld."""
        package = self._package
        for entry in package.entries:
            name = plain_name(entry_name(entry))
            if name.endswith("/") or (name in _PLUMBING and package.by_name[name] is entry):
                continue
            if self._locked.get(name):
                withhold(self._sink, entry_bytes(entry), State.LOCKED, Reason.UNSUPPORTED_ENCRYPTION)
                continue
            if name in self._locked:
                self._tell("epub:masked-font", entry_name(entry))
            if name not in self._read or package.by_name[name] is not entry:
                copy_member(package, entry, self._sink)
