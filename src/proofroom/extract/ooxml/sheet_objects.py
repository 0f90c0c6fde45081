"""Read which embedded objects and controls stand on a sheet: their program, member, macro and cells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from proofroom.extract.format import Line
from proofroom.extract.ooxml.pins import Pins, Place
from proofroom.extract.ooxml.safe_xml import Element, whole_number
from proofroom.model.evidence import PieceKind

PLACED: Final = frozenset(("oleObject", "control"))
"""Elements of a sheet part that stand for an object or a control."""
_OBJECT: Final = "oleObject"
_CELLS: Final = ("linkedCell", "listFillRange")


@dataclass(frozen=True, slots=True)
class SheetObject:
    """One object or control; `relation` leads to its member or its settings, `preview` to its picture."""

    is_object: bool
    shape: str
    relation: str
    preview: str
    place: Place | None
    untrusted_name: str
    untrusted_link: str
    untrusted_macro: str
    untrusted_cells: str


def object_of(item: Element) -> SheetObject:
    """Take over what one element says; `altText` and the like stand in the drawing."""
    settings = next((one for one in item.children if one.name in ("objectPr", "controlPr")), Element(""))
    cells = " ".join(f"{name}={settings.get(name)}" for name in _CELLS if settings.get(name))
    name = item.get("progId") if item.name == _OBJECT else item.get("name")
    place = next((corner_of(anchor) for anchor in settings.all("anchor")), None)
    return SheetObject(
        item.name == _OBJECT,
        item.get("shapeId"),
        item.get("id"),
        settings.get("id"),
        place,
        name,
        item.get("link"),
        settings.get("macro"),
        cells,
    )


def corner_of(anchor: Element) -> Place | None:
    """Give the cell that a drawing is anchored to (stored from 0), None for one that floats."""
    for corner in anchor.children:
        if corner.name == "from":
            found = {child.name: whole_number(child.untrusted_text) for child in corner.children}
            row, column = found.get("row"), found.get("col")
            if row is not None and column is not None:
                return row + 1, column + 1
    return None


def object_lines(
    found: list[SheetObject], targets: dict[str, str], settings: dict[str, str], on: Pins
) -> Iterator[Line]:
    """Give each object and control once: Excel writes them again for programs that know only the older form.

    targets: the parts that relations lead to. settings: what the settings of controls say, by relation.
    """
    seen: set[tuple[str, str]] = set()
    for one in found:
        yield from on.picture_once(one.place, targets.get(one.preview, ""))
        if (one.shape, one.relation) in seen:
            continue
        seen.add((one.shape, one.relation))
        if one.is_object:
            yield from _object(one, targets.get(one.relation, ""), on)
        else:
            said = (one.untrusted_name, one.untrusted_cells, settings.get(one.relation, ""))
            yield from on.at("control", PieceKind.META, " ".join(filter(None, said)), one.place)
        if one.untrusted_macro:
            yield on.at_sheet("macro", PieceKind.META, one.untrusted_macro)


def _object(one: SheetObject, target: str, on: Pins) -> Iterator[Line]:
    """Give the member that holds an object, its program, and where it once lay."""
    for line in on.at("object", PieceKind.NAME, target or one.untrusted_name, one.place):
        yield line
        if target and one.untrusted_name:
            yield Line(f"{line.part}&program=1", PieceKind.META, one.untrusted_name, line.flags)
        if one.untrusted_link:
            yield Line(f"{line.part}&link=1", PieceKind.META, one.untrusted_link, line.flags)
