"""The objects behind the pages of a PDF, read with qpdf: what hangs on them, what hides in them, what they would do."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import Any, BinaryIO, Final

import pikepdf

from proofroom.extract.format import Sink, Source, Unreadable
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.pages import layers as optional
from proofroom.extract.pages.actions import Actions
from proofroom.extract.pages.appearances import Appearances
from proofroom.extract.pages.bombs import page_swells, swells
from proofroom.extract.pages.box import Box
from proofroom.extract.pages.census import Census, take
from proofroom.extract.pages.encryption import opened_facts
from proofroom.extract.pages.facts import (
    claims,
    disagreements,
    document_facts,
    own_properties,
    packet_facts,
)
from proofroom.extract.pages.fields import send_fields, signatures
from proofroom.extract.pages.files import Files
from proofroom.extract.pages.margins import Margins
from proofroom.extract.pages.outline import destinations, page_labels, send_descriptions, send_outline
from proofroom.extract.pages.tree import (
    BROKEN,
    LONGEST,
    entry,
    first_bytes,
    is_dictionary,
    items,
    key_of,
    one_part,
    tree_leaves,
    words,
)
from proofroom.model.evidence import PieceKind
from proofroom.model.states import Reason, State
from proofroom.model.where import Parts

_MOST_FILES_OF_A_PAGE: Final = 10_000


def open_structure(stream: BinaryIO, password: str | None) -> Any:
    """Open the objects of a document; None when they are too damaged for qpdf or the password does not fit."""
    try:
        return pikepdf.open(
            stream,
            password=password or "",
            access_mode=pikepdf.AccessMode.stream,
            suppress_warnings=True,
            inherit_page_attributes=False,
        )
    except (*BROKEN, OSError):
        return None


def refuse_bombs(pdf: Any) -> None:
    """Refuse a document in which a packet would swell as soon as it is opened with PDFium; raises Unreadable."""
    try:
        found = swells(entry(pdf.Root, "/Metadata"))
    except BROKEN:
        return
    if found:
        raise Unreadable(State.TRUNCATED, Reason.LIMIT_EXPANSION)


@dataclass(slots=True)
class Structure:
    """The objects of one document on their way to the sink."""

    pdf: Any
    source: Source
    sink: Sink
    pages: list[Any] = field(default_factory=list)
    anything: bool = False
    census: Census = field(default_factory=Census)
    _hidden: frozenset[tuple[int, int]] = frozenset()
    _numbers: dict[tuple[int, int] | None, int] = field(default_factory=dict)
    _actions: Actions = field(default_factory=Actions)
    _margins: Margins = field(init=False)
    _files: Files = field(init=False)

    def __post_init__(self) -> None:
        """List the pages."""
        self._margins = Margins(self.sink, self._actions, Appearances(self.sink))
        self._files = Files(self.sink, self.source.limits)
        with one_part(self.sink):
            self.pages = [page.obj for page in islice(self.pdf.pages, self.source.limits.pages)]
            self._numbers = {key_of(page): number for number, page in enumerate(self.pages, 1)}

    def before(self) -> None:
        """Send what the document says about itself, and learn which of its layers are hidden."""
        with one_part(self.sink):
            facts = list(opened_facts(self.pdf))
            for key, value in (*facts, *document_facts(self.pdf), *own_properties(self.pdf)):
                self._meta(key, value)
            if ("pdf:permissions-whole", "no") in facts:
                self.sink.partly(Reason.BAD_CHECKSUM)
        with one_part(self.sink):
            self._layers()

    def packets(self, untrusted_packets: list[bytes]) -> None:
        """Send what all XMP packets say, those in the bytes too, and where they and the own properties differ."""
        current = entry(self.pdf.Root, "/Metadata")
        packet = first_bytes(current, LONGEST * 4) if isinstance(current, pikepdf.Stream) else b""
        info = entry(self.pdf.trailer, "/Info")
        for key, value in packet_facts(filter(None, (packet, *self.census.packets, *untrusted_packets))):
            self._meta(key, value)
        with one_part(self.sink):
            for key, value in (*claims(packet, info), *disagreements(packet, info)):
                self._meta(key, value)

    def _layers(self) -> None:
        found = optional.layers(self.pdf.Root)
        for name, off, _ in found:
            self._meta("pdf:layer", f"{name} (hidden)" if off else name)
        self._hidden = frozenset(key for _, off, key in found if off and key is not None)

    def marked_copy(self) -> bytes:
        """Give a copy in which hidden layers can be told by PDFium; b"" when it can already."""
        found: list[bytes] = []
        with one_part(self.sink):
            found.append(optional.marked_copy(self.pdf, self._hidden, self.source.size))
        return b"".join(found)

    def is_bomb(self, number: int) -> bool:
        """Say whether a page, from 1, would unpack or draw so much that it must not be loaded."""
        found: list[bool] = []
        if number <= len(self.pages):
            with one_part(self.sink):
                found.append(page_swells(self.pages[number - 1]))
        return any(found)

    def opaque_notes(self, number: int) -> list[Box]:
        """Give what annotations cover on a page, from 1."""
        found: list[Box] = []
        if number <= len(self.pages):
            with one_part(self.sink):
                found = self._margins.opaque(self.pages[number - 1])
        return found

    def page(self, number: int, lines: LineBatch) -> None:
        """Send what hangs on a page beside what PDFium tells, and the files pinned to it."""
        if number > len(self.pages):
            return
        page = self.pages[number - 1]
        with one_part(self.sink):
            self._actions.of(page, (("page", str(number)),), lines)
            self._margins.read(page, number, lines)
        for place, note in enumerate(islice(items(entry(page, "/Annots")), _MOST_FILES_OF_A_PAGE), 1):
            if is_dictionary(file := entry(note, "/FS")):
                with one_part(self.sink):
                    fallback = f"page-{number}-annotation-{place}"
                    name = self._files.hand_out(file, fallback) or words(entry(file, "/UF")) or words(file)
                    where: Parts = (("page", str(number)), ("annotation", str(place)), ("file", "1"))
                    lines.put(where, PieceKind.NAME, name or words(entry(file, "/F")))

    def survey(self) -> None:
        """Walk over all objects once; tells the fonts."""
        self.census = take(self.pdf)
        for font in self.census.fonts:
            self._meta("pdf:font", font)
        if self.census.damaged:
            self._meta("pdf:damaged-objects", str(self.census.damaged))

    def after(self) -> None:
        """Send what belongs to the whole document, and the files that hang elsewhere or nowhere."""
        root = self.pdf.Root
        with LineBatch(self.sink) as lines:
            self._margins.appearances.send(lines)
            with one_part(self.sink):
                names = destinations(root)
                headings = send_outline(root, self._numbers, names, self._actions, lines)
                self.anything = self.anything or headings > 0
            with one_part(self.sink):
                self._meta("pdf:page-labels", page_labels(root))
            with one_part(self.sink):
                send_descriptions(root, self._numbers, lines)
            with one_part(self.sink):
                send_fields(root, self._margins.widgets, self._actions, lines)
            with one_part(self.sink):
                self._actions.of(root, (), lines)
                self._actions.send(entry(root, "/OpenAction"), "OpenAction", (), lines)
                for name, action in tree_leaves(entry(root, "/Names", "/JavaScript"), "/Names"):
                    self._actions.send(action, words(name), (), lines)
            for action in self.census.actions:
                if key_of(action) is not None and key_of(action) not in self._actions.seen:
                    with one_part(self.sink):
                        self._actions.send(action, "unused", (), lines)
        with one_part(self.sink):
            for told in signatures(root, self.source.size):
                self._meta("pdf:signature", told)
        for kind, count in self._actions.kinds.items():
            self._meta("pdf:actions", f"{kind} {count}")

    def files(self) -> None:
        """Hand out the files in the list of names, and those that hang elsewhere or nowhere."""
        with one_part(self.sink):
            self._files.named(self.pdf.Root)
        for number, file in enumerate(self.census.files, 1):
            with one_part(self.sink):
                self._files.hand_out(file, f"file-object-{number}")
        self.anything = self.anything or self._files.count > 0

    def _meta(self, key: str, value: str) -> None:
        if value.strip():
            self.sink.meta(key, value[:LONGEST])
