"""Make lines for what is pinned to the cells of a sheet or to the sheet itself, numbering what shares a place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from proofroom.extract.format import Line
from proofroom.model.evidence import Flag, PieceKind
from proofroom.model.where import Parts, cell_name, format_parts

Place = tuple[int, int]


@dataclass(slots=True)
class Pins:
    """Makes lines at the cells of one sheet, numbering what shares a cell.

    counts is shared by the sheets of a workbook: two of the same name must not use an address twice.
    """

    untrusted_sheet: str
    flags: Flag
    hidden_at: Callable[[int, int], Flag]
    counts: Counter[tuple[str, ...]] = field(default_factory=Counter)
    _pictures: set[tuple[Place | None, str]] = field(default_factory=set)

    def line(self, place: Place, what: str, kind: PieceKind, untrusted_text: str) -> Line:
        """Give a line at a cell: the next comment, link or picture there."""
        parts = (("sheet", self.untrusted_sheet), ("cell", cell_name(*place)))
        flags = self.flags | self.hidden_at(*place)
        return Line(format_parts((*parts, self._next(what, *parts[1]))), kind, untrusted_text, flags)

    def at_sheet(self, what: str, kind: PieceKind, untrusted_text: str, more: Flag = Flag.NONE) -> Line:
        """Give a line that belongs to the sheet as a whole: a header, a footer, a shape, a floating picture."""
        return Line(self.next_at_sheet(what), kind, untrusted_text, self.flags | more)

    def at(self, what: str, kind: PieceKind, untrusted_text: str, place: Place | None) -> Iterator[Line]:
        """Give a line at a cell, or at the sheet where it floats; none for an empty text."""
        if untrusted_text:
            if place is None:
                yield self.at_sheet(what, kind, untrusted_text)
            else:
                yield self.line(place, what, kind, untrusted_text)

    def picture(self, place: Place | None, target: str) -> Line:
        """Give the line that names a picture, at its cell or, where it floats, at the sheet."""
        self._pictures.add((place, target))
        if place is None:
            return self.at_sheet("picture", PieceKind.NAME, target)
        return self.line(place, "picture", PieceKind.NAME, target)

    def picture_once(self, place: Place | None, target: str) -> Iterator[Line]:
        """Give the line that names a picture, unless it was given there: older and newer drawings repeat each other."""
        if target and (place, target) not in self._pictures:
            yield self.picture(place, target)

    def fact(self, name: str, untrusted_text: str) -> Line:
        """Give what the sheet says of itself; of several facts of one name the second has `value=2`."""
        parts: Parts = (("sheet", self.untrusted_sheet), ("meta", name))
        number = self._next("meta", name)[1]
        if number != "1":
            parts = (*parts, ("value", number))
        return Line(format_parts(parts), PieceKind.META, untrusted_text, self.flags)

    def next_at_sheet(self, what: str) -> str:
        """Give the address of the next thing of a kind on the sheet."""
        return format_parts((("sheet", self.untrusted_sheet), self._next(what)))

    def _next(self, what: str, *at: str) -> tuple[str, str]:
        key = (self.untrusted_sheet, what, *at)
        self.counts[key] += 1
        return what, str(self.counts[key])
