"""Read the workbook part: its sheets in order, date system, defined names, and the parts they point to."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from proofroom.extract.format import Unreadable
from proofroom.extract.ooxml.package import Package, entry_name, plain_name
from proofroom.extract.ooxml.relationships import Relationship, relationships
from proofroom.extract.ooxml.safe_xml import Element, is_true, parse_small, whole_number
from proofroom.model.evidence import Flag
from proofroom.model.states import Reason, State

_STATES: Final = {"hidden": Flag.HIDDEN_SHEET, "veryHidden": Flag.VERY_HIDDEN_SHEET}
_SHEET_KINDS: Final = ("worksheet", "xlMacrosheet", "xlIntlMacrosheet", "dialogsheet", "chartsheet")
_SHEET_PART: Final = re.compile(r"xl/worksheets/[^/]*\.xml")
ABOUT: Final = {
    "fileVersion": "file-version",
    "workbookPr": "workbook",
    "absPath": "folder",
    "workbookProtection": "protection",
    "fileSharing": "file-sharing",
    "calcPr": "calculation",
    "revisionPtr": "revision-pointer",
    "workbookView": "window",
    "customWorkbookView": "custom-view",
    "fileRecoveryPr": "file-recovery",
    "webPublishing": "web-publishing",
}
"""Elements of the workbook part that say something of its making, and under which name that is told."""

_LONGEST_NAME: Final = 4_096
_GUESSED: Final = "xl/workbook.xml"


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """One sheet: its number from 1, its name, whether it is hidden, its part ("" when missing), its kind."""

    index: int
    untrusted_name: str
    visibility: Flag
    part: str
    kind: str


@dataclass(frozen=True, slots=True)
class DefinedName:
    """A name that was given to cells or to a formula; `sheet` is the sheet that knows it, from 0, None for all."""

    untrusted_name: str
    untrusted_formula: str
    untrusted_comment: str
    hidden: bool
    sheet: int | None


@dataclass(slots=True)
class Workbook:
    """What the workbook part says.

    linked, pivots: the relationships of other workbooks and of pivot caches, in their order.
    """

    part: str
    sheets: list[SheetEntry] = field(default_factory=list)
    date1904: bool = False
    names: list[DefinedName] = field(default_factory=list)
    about: list[Element] = field(default_factory=list)
    linked: list[str] = field(default_factory=list)
    pivots: list[str] = field(default_factory=list)
    sheet_ids: list[str] = field(default_factory=list)
    related: list[Relationship] = field(default_factory=list)

    def target(self, kind: str, guessed: str) -> str:
        """Give the part of a kind that the workbook points to, or where one usually stands."""
        return next(
            (one.untrusted_target for one in self.related if one.kind == kind and not one.external), guessed
        )


def read_workbook(package: Package, failed: Callable[[Reason], None]) -> Workbook:
    """Read the workbook part; raises Unreadable when the package holds no sheet at all."""
    arrows = relationships(package, "", failed)
    named = [one.untrusted_target for one in arrows if one.kind == "officeDocument" and not one.external]
    part = next((name for name in named if package.find(name) is not None), _GUESSED)
    workbook = Workbook(part)
    if package.find(part) is not None:
        workbook.related = relationships(package, part, failed)
        _read_part(workbook, _parse(package, part, failed), failed)
        _guess_parts(package, workbook, failed)
    if not workbook.sheets:
        workbook.sheets = _guess_sheets(package)
        if not workbook.sheets:
            reason = Reason.CUT_SHORT if package.salvaged else Reason.NOT_WELL_FORMED
            raise Unreadable(State.DAMAGED, reason)
        failed(Reason.DAMAGED_PART)
    return workbook


def _parse(package: Package, part: str, failed: Callable[[Reason], None]) -> Element:
    """Parse the workbook part; one with unsafe entities or that needs a password ends the whole artifact."""
    entry = package.find(part)
    if entry is None:
        return Element("")
    reasons: list[Reason] = []
    tree = parse_small(package.blocks(entry), reasons.append)
    if Reason.ENTITY_EXPANSION in reasons:
        raise Unreadable(State.REFUSED, Reason.ENTITY_EXPANSION)
    if Reason.LOCKED_PART in reasons:
        raise Unreadable(State.LOCKED, Reason.PASSWORD_UNKNOWN)
    for reason in reasons:
        failed(reason)
    return tree


def _read_part(workbook: Workbook, tree: Element, failed: Callable[[Reason], None]) -> None:
    """Take over what the parsed part says."""
    arrows = {one.id: one for one in workbook.related}
    for element in tree.walk():
        if element.name in ABOUT:
            workbook.about.append(element)
            if element.name == "workbookPr":
                workbook.date1904 = is_true(element.get("date1904"))
        elif element.name == "definedName":
            workbook.names.append(_name(element))
        elif element.name == "externalReference":
            workbook.linked.append(element.get("id"))
        elif element.name == "pivotCache":
            workbook.pivots.append(element.get("id"))
        elif element.name == "sheet" and element.get("name"):
            arrow, name = arrows.get(element.get("id")), element.get("name")
            if len(name) > _LONGEST_NAME:
                failed(Reason.LIMIT_NAME)
            workbook.sheet_ids.append(element.get("sheetId"))
            workbook.sheets.append(
                SheetEntry(
                    len(workbook.sheets) + 1,
                    name[:_LONGEST_NAME],
                    _STATES.get(element.get("state"), Flag.NONE),
                    arrow.untrusted_target
                    if arrow and arrow.kind in _SHEET_KINDS and not arrow.external
                    else "",
                    arrow.kind if arrow else "",
                )
            )


def _name(element: Element) -> DefinedName:
    """Take one defined name."""
    said = "\n".join(filter(None, (element.get("comment"), element.get("description"), element.get("help"))))
    return DefinedName(
        element.get("name"),
        element.untrusted_text,
        said,
        is_true(element.get("hidden")),
        whole_number(element.get("localSheetId")),
    )


def _sheet_parts(package: Package) -> list[str]:
    """Give the parts that stand where sheets usually stand, in the order of their numbers."""
    names = dict.fromkeys(map(entry_name, package.entries))
    return sorted((name for name in names if _SHEET_PART.fullmatch(plain_name(name))), key=_in_order)


def _guess_parts(package: Package, workbook: Workbook, failed: Callable[[Reason], None]) -> None:
    """Give sheets whose part is lost those that no sheet names, when there are as many of them."""
    taken = {plain_name(sheet.part) for sheet in workbook.sheets if package.find(sheet.part) is not None}
    left = [name for name in _sheet_parts(package) if plain_name(name) not in taken]
    lost = [sheet for sheet in workbook.sheets if plain_name(sheet.part) not in taken]
    if lost and len(left) == len(lost):
        failed(Reason.DAMAGED_PART)
        for sheet, part in zip(lost, left, strict=True):
            workbook.sheets[sheet.index - 1] = replace(sheet, part=part, kind="worksheet")


def _guess_sheets(package: Package) -> list[SheetEntry]:
    """Find sheet parts by their place when the workbook part does not name them; their names are lost."""
    return [
        SheetEntry(place, part.rpartition("/")[2].removesuffix(".xml"), Flag.NONE, part, "worksheet")
        for place, part in enumerate(_sheet_parts(package), 1)
    ]


def _in_order(name: str) -> tuple[int, str]:
    """Sort sheet10.xml behind sheet2.xml."""
    digits = "".join(filter(str.isdecimal, name.rpartition("/")[2]))
    return whole_number(digits) or 0, name
