"""Give a section page by page: what stands on each in reading order, who wrote it when, and what it no longer shows."""

from __future__ import annotations

from typing import Final

from proofroom.extract.format import Sink
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.markup.plain_text import put_whole
from proofroom.extract.onenote import names
from proofroom.extract.onenote.files import Files
from proofroom.extract.onenote.notebook import Id, Notebook, NoteObject, Space
from proofroom.extract.onenote.page import Page
from proofroom.extract.onenote.values import ids_of, text_of
from proofroom.model.evidence import PieceKind
from proofroom.model.states import Reason

_CONTENT: Final = 1
_MOST_TOLD: Final = 1_000


class Story:
    """One notebook on its way to the sink."""

    def __init__(self, notebook: Notebook, sink: Sink, lines: LineBatch, files: Files) -> None:
        """Give lines to `lines`, files through `files`, all else to the sink."""
        self._notebook = notebook
        self._sink = sink
        self._lines = lines
        self._files = files

    def tell(self) -> None:
        """Give the section, its pages in their order, then spaces that it does not list."""
        listed = self._listed()
        spaces = self._notebook.spaces
        pages = [spaces[one] for one in listed if one in spaces]
        others = [
            space for space in spaces.values() if space.id not in listed and not self._is_section(space)
        ]
        number = 0
        for space in [*pages, *others]:
            if not any(found.kind & names.GRAPH or found.file for found in space.objects.values()):
                continue
            number += 1
            if space.id not in listed and listed and number <= _MOST_TOLD:
                self._sink.meta("onenote:unlisted-page", str(number))
            page = Page(space, number, self._sink, self._lines, self._files)
            page.lost = self._notebook.damaged
            page.tell()
        self._files.rest()
        if any(space.locked for space in spaces.values()):
            self._sink.partly(Reason.LOCKED_PART)

    def _is_section(self, space: Space) -> bool:
        return any(found.kind == names.SECTION for found in space.objects.values())

    def _listed(self) -> dict[Id, None]:
        """Find which spaces the section lists as its pages, and tell its name."""
        listed: dict[Id, None] = {}
        for space in self._notebook.spaces.values():
            if not self._is_section(space):
                continue
            for key in names.SECTION_NAMES:
                for found in space.objects.values():
                    if name := text_of(found.properties, key):
                        self._sink.meta("onenote:section", name)
            for series in self._series(space):
                for one in ids_of(series.properties, names.PAGES):
                    listed.setdefault(one)
        self._table_of_contents()
        return listed

    def _series(self, space: Space) -> list[NoteObject]:
        """Give the groups of pages of a section in their order, then those that it has dropped."""
        root = space.objects.get(space.roots.get(_CONTENT, (b"", 0)))
        order = [] if root is None else ids_of(root.properties, names.ELEMENTS)
        known = [space.objects[one] for one in order if one in space.objects]
        return known + [found for one, found in space.objects.items() if one not in order]

    def _table_of_contents(self) -> None:
        """Give the names of the files that a table of contents lists."""
        objects = [found for space in self._notebook.spaces.values() for found in space.objects.values()]
        listed = dict.fromkeys(text_of(found.properties, names.CHILD_FILE) for found in objects)
        for number, name in enumerate(filter(None, listed), 1):
            put_whole(self._lines, f"outline={number}", PieceKind.NAME, name)
