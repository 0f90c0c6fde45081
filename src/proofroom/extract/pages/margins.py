"""What a PDF annotation says beside its text: author, dates, subject, replies, what a field offers, what it covers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from proofroom.extract.format import Sink
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.pages.actions import Actions
from proofroom.extract.pages.appearances import Appearances
from proofroom.extract.pages.box import Box, around
from proofroom.extract.pages.tree import (
    box_of,
    entry,
    is_dictionary,
    items,
    key_of,
    number,
    one_part,
    whole,
    words,
)
from proofroom.model.evidence import Flag, PieceKind
from proofroom.model.where import Parts

_MOST_ON_A_PAGE: Final = 10_000
_MOST_OPTIONS: Final = 10_000
_DEEPEST: Final = 32
_UNSEEN: Final = 2 | 32
"""The flags Hidden and NoView of an annotation."""
_QUIET: Final = ("Link", "Widget", "Popup")
_BESIDE: Final = (
    ("author", "/T"),
    ("subject", "/Subj"),
    ("modified", "/M"),
    ("created", "/CreationDate"),
    ("state", "/State"),
    ("intent", "/IT"),
)
_TEXTS: Final = ("author", "subject", "state")
_FIELD: Final = (("tip", "/TU"), ("default", "/DV"), ("export-name", "/TM"))
_CORNERS: Final = 8


@dataclass(slots=True)
class Margins:
    """Reads the annotations of pages; keeps which of them are opaque, and which objects were met."""

    sink: Sink
    actions: Actions
    appearances: Appearances
    widgets: set[tuple[int, int]] = field(default_factory=set)

    def opaque(self, page: Any) -> list[Box]:
        """Give the places that marks for redaction and filled boxes among the annotations of a page cover."""
        covered: list[Box] = []
        for note in _notes(page):
            if whole(entry(note, "/F")) & _UNSEEN:
                continue
            kind = words(entry(note, "/Subtype"))
            box = box_of(entry(note, "/Rect"))
            if kind == "Redact":
                covered += _quads(entry(note, "/QuadPoints")) or ([box] if box else [])
            elif (
                kind == "Square" and box and items(entry(note, "/IC")) and number(entry(note, "/CA"), 1) >= 1
            ):
                covered.append(box)
        return covered

    def read(self, page: Any, page_number: int, lines: LineBatch) -> None:
        """Send what the annotations of a page say beside their text, and what they would do."""
        numbers = {key_of(note): place for place, note in enumerate(_notes(page), 1)}
        for place, note in enumerate(_notes(page), 1):
            where: Parts = (("page", str(page_number)), ("annotation", str(place)))
            with one_part(self.sink):
                self._note(note, where, numbers, lines)

    def _note(
        self, note: Any, where: Parts, numbers: dict[tuple[int, int] | None, int], lines: LineBatch
    ) -> None:
        flags = Flag.HIDDEN_TEXT if whole(entry(note, "/F")) & _UNSEEN else Flag.NONE
        kind = words(entry(note, "/Subtype"))
        if (key := key_of(note)) is not None:
            self.widgets.add(key)
        self.actions.of(note, where, lines)
        said = value_text(inherited(note, "/V")) if kind == "Widget" else words(entry(note, "/Contents"))
        self.appearances.take(note, where, said, flags)
        if kind == "Widget":
            send_field(note, where, lines, flags)
            return
        if kind in _QUIET:
            return
        lines.put((*where, ("kind", "1")), PieceKind.META, kind, flags)
        for name, key_name in _BESIDE:
            piece = PieceKind.NAME if name in _TEXTS else PieceKind.META
            lines.put((*where, (name, "1")), piece, words(entry(note, key_name)), flags)
        above = numbers.get(key_of(entry(note, "/IRT")) or (0, 0))
        if above:
            lines.put((*where, ("reply", "1")), PieceKind.META, str(above), flags)
        rich = plain(words(entry(note, "/RC")))
        if rich and "".join(rich.split()) != "".join(words(entry(note, "/Contents")).split()):
            lines.put((*where, ("rich", "1")), PieceKind.COMMENT, rich, flags)
        popup = words(entry(note, "/Popup", "/Contents"))
        if popup != words(entry(note, "/Contents")):
            lines.put((*where, ("popup", "1")), PieceKind.COMMENT, popup, flags)


def send_field(note: Any, where: Parts, lines: LineBatch, flags: Flag) -> None:
    """Send what a form field offers: tip, default, export name, and the values one can choose from."""
    for name, key in _FIELD:
        lines.put((*where, (name, "1")), PieceKind.NAME, value_text(inherited(note, key)), flags)
    for place, option in enumerate(islice(items(inherited(note, "/Opt")), _MOST_OPTIONS), 1):
        said = " = ".join(dict.fromkeys(map(words, items(option) or [option])))
        lines.put((*where, ("option", str(place))), PieceKind.NAME, said, flags)
    rich = plain(value_text(inherited(note, "/RV")))
    if rich and "".join(rich.split()) != "".join(value_text(inherited(note, "/V")).split()):
        lines.put((*where, ("rich", "1")), PieceKind.NAME, rich, flags)


def value_text(value: Any) -> str:
    """Give a field's value as text; several values one per line."""
    return "\n".join(filter(None, map(words, items(value) or [value])))


def inherited(thing: Any, key: str) -> Any:
    """Give an entry of a field or of the fields it belongs to."""
    for _ in range(_DEEPEST):
        if not is_dictionary(thing):
            return None
        if (value := thing.get(key)) is not None:
            return value
        thing = thing.get("/Parent")
    return None


def plain(rich: str) -> str:
    """Give the text of a rich text without its marks; what is no such text comes back as it is."""
    out, inside = [], False
    for piece in rich.replace("<", "\0<").replace(">", ">\0").split("\0"):
        inside = piece.startswith("<")
        if not inside:
            out.append(piece)
        elif piece.startswith(("</p", "<br")):
            out.append("\n")
    text = "".join(out)
    for code, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#13;", "\n"), ("&amp;", "&")):
        text = text.replace(code, character)
    return text.strip()


def _notes(page: Any) -> Iterator[Any]:
    """Give the annotations of a page, whatever they are; their places count."""
    return islice(items(entry(page, "/Annots")), _MOST_ON_A_PAGE)


def _quads(points: Any) -> list[Box]:
    """Read groups of four corners as boxes."""
    sides = [number(one) for one in items(points)]
    found = []
    for start in range(0, len(sides) - _CORNERS + 1, _CORNERS):
        corners = sides[start : start + _CORNERS]
        found.append(around([Box(x, y, x, y) for x, y in zip(corners[::2], corners[1::2], strict=True)]))
    return found
