"""Read the workbook part: its sheets in order, date system, defined names, and the parts they point to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.format import Unreadable
from proofroom.extract.ooxml.package import DamagedPart, Package, entry_name
from proofroom.extract.ooxml.relationships import Relationship, relationships
from proofroom.extract.ooxml.safe_xml import Element, parse_small
from proofroom.model.evidence import Flag
from proofroom.model.states import Reason, State

_STATES: Final = {"hidden": Flag.HIDDEN_SHEET, "veryHidden": Flag.VERY_HIDDEN_SHEET}
_SHEET_KINDS: Final = ("worksheet", "xlMacrosheet", "xlIntlMacrosheet", "dialogsheet", "chartsheet")
_GUESSED: Final = "xl/workbook.xml"


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """One sheet: its number from 1, its name, whether it is hidden, its part ("" when missing), its kind."""

    index: int
    untrusted_name: str
    visibility: Flag
    part: str
    kind: str


@dataclass(slots=True)
class Workbook:
    """What the workbook part says."""

    part: str
    sheets: list[SheetEntry] = field(default_factory=list)
    date1904: bool = False
    names: list[tuple[str, str, bool]] = field(default_factory=list)
    related: list[Relationship] = field(default_factory=list)

    def target(self, kind: str, guessed: str) -> str:
        """Give the part of a kind that the workbook points to, or where one usually stands."""
        return next(
            (one.untrusted_target for one in self.related if one.kind == kind and not one.external), guessed
        )


def read_workbook(package: Package, failed: Callable[[Reason], None]) -> Workbook:
    """Read the workbook part; raises Unreadable when the package holds no sheet at all."""
    arrows = relationships(package, "", failed)
    part = next((one.untrusted_target for one in arrows if one.kind == "officeDocument"), _GUESSED)
    entry = package.find(part) or package.find(_GUESSED)
    workbook = Workbook(part)
    if entry is not None:
        workbook.related = relationships(package, part, failed)
        _read_part(workbook, _parse(package, part, failed))
    if not workbook.sheets:
        workbook.sheets = _guess_sheets(package)
        if not workbook.sheets:
            raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)
        failed(Reason.DAMAGED_PART)
    return workbook


def _parse(package: Package, part: str, failed: Callable[[Reason], None]) -> Element:
    """Parse the workbook part; one that declares entities refuses the whole artifact."""
    entry = package.find(part)
    if entry is None:
        return Element("")
    reasons: list[Reason] = []
    tree = parse_small(package.blocks(entry), reasons.append)
    if Reason.ENTITY_EXPANSION in reasons:
        raise Unreadable(State.REFUSED, Reason.ENTITY_EXPANSION)
    for reason in reasons:
        failed(reason)
    return tree


def _read_part(workbook: Workbook, tree: Element) -> None:
    """Take over what the parsed part says."""
    arrows = {one.id: one for one in workbook.related}
    for element in tree.walk():
        if element.name == "workbookPr":
            workbook.date1904 = element.get("date1904") in ("1", "true")
        elif element.name == "definedName":
            hidden = element.get("hidden") in ("1", "true")
            workbook.names.append((element.get("name"), element.untrusted_text, hidden))
        elif element.name == "sheet" and element.get("name"):
            arrow = arrows.get(element.get("id"))
            workbook.sheets.append(
                SheetEntry(
                    len(workbook.sheets) + 1,
                    element.get("name"),
                    _STATES.get(element.get("state"), Flag.NONE),
                    arrow.untrusted_target if arrow and arrow.kind in _SHEET_KINDS else "",
                    arrow.kind if arrow else "",
                )
            )


def _guess_sheets(package: Package) -> list[SheetEntry]:
    """Find sheet parts by their place when the workbook part does not name them; their names are lost."""
    parts = sorted(
        name
        for name in (entry_name(entry) for entry in package.entries)
        if name.lower().startswith("xl/worksheets/") and name.lower().endswith(".xml")
    )
    return [
        SheetEntry(place, part.rpartition("/")[2].removesuffix(".xml"), Flag.NONE, part, "worksheet")
        for place, part in enumerate(parts, 1)
    ]


def small_part(package: Package, part: str, failed: Callable[[Reason], None]) -> Element:
    """Parse a part that may be missing; nothing is damaged by its absence."""
    entry = package.find(part)
    if entry is None:
        return Element("")
    try:
        return parse_small(package.blocks(entry), failed)
    except DamagedPart as damaged:
        failed(damaged.reason)
        return Element("")
