"""Give one page of a section: its paragraphs, pictures and files in reading order, then what it no longer shows."""

from __future__ import annotations

from dataclasses import dataclass

from proofroom.extract.format import Sink
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.markup.plain_text import put_whole
from proofroom.extract.onenote import names
from proofroom.extract.onenote.files import Files
from proofroom.extract.onenote.notebook import Id, NoteObject, Space
from proofroom.extract.onenote.values import ids_of, place_of, sets_of, text_of, time_of, written
from proofroom.model.evidence import Flag, PieceKind
from proofroom.model.states import Reason

_CONTENT, _ABOUT, _SAVED = 1, 2, 4


@dataclass(frozen=True, slots=True)
class _By:
    """Who wrote a paragraph last, and when."""

    author: str = ""
    modified: str = ""


class Page:
    """One page on its way to the sink, under its number."""

    def __init__(self, space: Space, number: int, sink: Sink, lines: LineBatch, files: Files) -> None:
        """Give lines to `lines`, files through `files`."""
        self.lost = False
        self._space = space
        self._place = f"page={number}"
        self._sink = sink
        self._lines = lines
        self._files = files
        self._number = self._leftover = 0
        self._seen: set[Id] = set()
        self._said: set[str] = set()
        self._unread: set[int] = set()

    def tell(self) -> None:
        """Give the page."""
        self._about()
        for role in sorted(self._space.roots):
            self._walk(self._space.roots[role])
        if self._space.roots.get(_CONTENT) not in self._space.objects:
            # Where the page begins is lost: everything is given in the order in which it was written.
            for identity in list(self._space.objects):
                self._walk(identity)
        self._left_over()
        for kind in sorted(self._unread):
            self._sink.meta("onenote:unread-kind", f"{kind:#x}")
        if self._unread:
            self._sink.partly(Reason.UNREAD_PART)

    def _about(self) -> None:
        """Give the title of the page, who made and changed it, and when."""
        about = self._root(_ABOUT)
        saved = self._root(_SAVED)
        page = next((one for one in self._space.objects.values() if one.kind == names.PAGE), NoteObject(0))
        title = text_of(about.properties, names.TITLE)
        self._said.add(title.strip())
        self._put(f"{self._place}&name=1", title, PieceKind.NAME)
        self._put(f"{self._place}&created=1", time_of(about.properties, names.CREATED_LONG))
        self._put(f"{self._place}&modified=1", time_of(saved.properties, names.MODIFIED_LONG))
        self._put(f"{self._place}&author=1", text_of(page.properties, names.AUTHOR))
        self._put(f"{self._place}&author=2", self._author(saved, names.LAST_AUTHOR))

    def _root(self, role: int) -> NoteObject:
        found = self._space.objects.get(self._space.roots.get(role, (b"", 0)))
        return found or NoteObject(0)

    def _walk(self, root: Id) -> None:
        """Visit a node and what belongs to it, in reading order."""
        waiting: list[tuple[Id, _By]] = [(root, _By())]
        while waiting:
            identity, by = waiting.pop()
            found = self._space.objects.get(identity)
            if found is None or identity in self._seen:
                continue
            self._seen.add(identity)
            modified = time_of(found.properties, names.MODIFIED)
            author = self._author(found, names.LAST_AUTHOR)
            by = _By(author or by.author, modified or by.modified)
            self._node(found, by)
            below = [one for name in names.CHILDREN for one in self._children(found, name)]
            waiting.extend((one, by) for one in reversed(below))

    def _children(self, found: NoteObject, name: int) -> list[Id]:
        """Give what belongs to a node; boxes on a page are read from top to bottom."""
        children = ids_of(found.properties, name)
        if found.kind == names.PAGE and name == names.ELEMENTS:
            children.sort(key=self._height)
        return children

    def _height(self, identity: Id) -> tuple[float, float]:
        found = self._space.objects.get(identity)
        return place_of(found.properties, names.TOP, names.LEFT) if found else (0.0, 0.0)

    def _node(self, found: NoteObject, by: _By) -> None:
        """Give what one node says or holds."""
        if found.kind & names.GRAPH and found.kind not in names.KNOWN:
            self._unread.add(found.kind)
        text, links = written(found)
        named = text_of(found.properties, names.EMBEDDED_NAME) or text_of(
            found.properties, names.PICTURE_NAME
        )
        alt = text_of(found.properties, names.ALT)
        holds = [
            one
            for key in (*names.PICTURE_FILES, names.EMBEDDED_FILE)
            for one in ids_of(found.properties, key)
        ]
        if not (text.strip() or alt.strip() or holds):
            return
        self._number += 1
        part = f"{self._place}&para={self._number}"
        self._said.add(text.strip())
        put_whole(self._lines, part, PieceKind.PARAGRAPH, text, self._flags(found))
        self._put(f"{part}&alt=1", alt, PieceKind.NAME)
        for number, link in enumerate([*links, *filter(None, [text_of(found.properties, names.LINK)])], 1):
            self._put(f"{part}&link={number}", link)
        for number, label in enumerate(self._tags(found), 1):
            self._put(f"{part}&label={number}", label, PieceKind.NAME)
        self._put(f"{part}&author=1", by.author)
        self._put(f"{part}&modified=1", by.modified)
        self._held(part, found, holds, named)

    def _held(self, part: str, found: NoteObject, holds: list[Id], named: str) -> None:
        """Hand out what a node holds, and say where it once lay."""
        number = 0
        icons = {one for key in names.PICTURE_FILES for one in ids_of(found.properties, key)}
        for one in holds:
            file = self._space.objects.get(one)
            self._seen.add(one)
            own = "" if found.kind == names.EMBEDDED and one in icons else named
            name = self._files.take(file.file, file.extension, own) if file else ""
            if name:
                number += 1
                kind = "object" if found.kind == names.EMBEDDED else "picture"
                self._put(f"{part}&{kind}={number}", name)
        self._put(f"{part}&source=1", text_of(found.properties, names.SOURCE_PATH))

    def _flags(self, found: NoteObject) -> Flag:
        """Tell whether a text is hidden by all of its formats."""
        formats = [self._space.objects.get(one) for one in ids_of(found.properties, names.FORMATS)]
        hidden = formats and all(
            one is not None and one.properties.get(names.HIDDEN) is True for one in formats
        )
        return Flag.HIDDEN_TEXT if hidden else Flag.NONE

    def _tags(self, found: NoteObject) -> list[str]:
        """Give the labels of the tags on a paragraph."""
        named = [
            one for tag in sets_of(found.properties, names.TAGS) for one in ids_of(tag, names.TAG_DEFINITION)
        ]
        objects = (self._space.objects.get(one) for one in named)
        return [text_of(one.properties, names.TAG_LABEL) for one in objects if one is not None]

    def _author(self, found: NoteObject, name: int) -> str:
        """Give the name of the author to whom a property refers."""
        objects = (self._space.objects.get(one) for one in ids_of(found.properties, name))
        return next((text_of(one.properties, names.AUTHOR) for one in objects if one is not None), "")

    def _left_over(self) -> None:
        """Give texts and files that lie in the page's space and that it does not show any more."""
        # Where the way to a text is lost, nobody can say that the page does not show it.
        gone = Flag.NONE if self.lost else Flag.DELETED
        earlier = [found for _, found in self._space.earlier]
        dropped = [found for one, found in self._space.objects.items() if one not in self._seen]
        for found in [*earlier, *dropped]:
            text, _ = written(found)
            if text.strip() and text.strip() not in self._said:
                self._said.add(text.strip())
                self._leftover += 1
                part = f"{self._place}&leftover={self._leftover}"
                put_whole(self._lines, part, PieceKind.PARAGRAPH, text, gone)
                self._put(f"{part}&modified=1", time_of(found.properties, names.MODIFIED))
            if found.file:
                self._files.take(found.file, found.extension, "")

    def _put(self, part: str, text: str, kind: PieceKind = PieceKind.META) -> None:
        put_whole(self._lines, part, kind, text)
