"""Read Office Open XML workbooks (xlsx, xlsm, xltx, xltm): every cell as written, and all around the cells.

Values, formulas, formats and flags come from our own pass over the sheet XML, because calamine gives
neither the stored number text nor formulas. Texts are decoded as Excel decodes them (`_x000D_` is a
carriage return). Comments, links, headers, shapes, charts, rules and pictures are lines at their address (the
text of a picture is the name of the member that holds it); so are the values that a pivot cache or another
workbook's copy kept, and texts that no cell shows any more. Media, embedded files and macros are members.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from proofroom.extract.format import Format, Sink, Source, Unreadable
from proofroom.extract.ooxml.annotations import people_of
from proofroom.extract.ooxml.cell_kinds import CellKinds
from proofroom.extract.ooxml.collection import no_collection
from proofroom.extract.ooxml.number_formats import read_number_formats
from proofroom.extract.ooxml.package import Package, copy_member, entry_name, open_package, plain_name
from proofroom.extract.ooxml.properties import send_properties
from proofroom.extract.ooxml.relationships import external_relationships, small_part
from proofroom.extract.ooxml.shared_strings import SharedStrings, read_shared_strings
from proofroom.extract.ooxml.sheet import SheetReader
from proofroom.extract.ooxml.workbook import Workbook, read_workbook
from proofroom.extract.tabular.left_over import send_left_over
from proofroom.extract.tabular.told import tell
from proofroom.extract.tabular.xlsx_facts import send_workbook_facts
from proofroom.extract.tabular.xlsx_linked import send_linked_books
from proofroom.extract.tabular.xlsx_pivots import send_xlsx_pivots
from proofroom.extract.tabular.xlsx_revisions import send_revisions
from proofroom.extract.tabular.xlsx_sheets import XlsxSheets
from proofroom.model.states import Reason, State

_PLUMBING: Final = re.compile(
    r"\[content_types\]\.xml|(?:.*/)?_rels/.*\.rels|xl/metadata\.xml|.*/|xl/theme/[^/]*\.xml|"
    r"xl/(?:slicercaches|timelinecaches)/[^/]*\.xml|xl/printersettings/.*|xl/charts/(?:style|colors)[0-9]*\.xml|"
    r"xl/richdata/rdrichvaluetypes\.xml|xl/diagrams/(?:colors|quickstyle|layout|drawing)[0-9]*\.xml",
    re.DOTALL,
)
_TAKEN_ANYWAY: Final = re.compile(r"xl/richdata/rdrichvalue\.xml", re.DOTALL)
"""Read for its pictures alone; what else it holds (stocks, places, people) is told by its text."""

_SPREADSHEET: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def read(source: Source, sink: Sink) -> None:
    """Read a workbook; what a damaged or missing part costs is said, the rest is given."""
    read_by(source, sink, fast=True)


def read_by(source: Source, sink: Sink, *, fast: bool) -> Counter[str]:
    """Read a workbook, with or without the regex path: both give the same cells (tests rely on it).

    Gives how many cells each path read.
    """
    package = open_package(source)
    workbook = read_workbook(package, sink.partly)
    send_properties(package, sink, sink.partly)
    styles = small_part(package, workbook.target("styles", "xl/styles.xml"), sink.partly)
    send_workbook_facts(package, workbook, styles, sink)
    send_linked_books(package, workbook, sink)
    people = _send_people(package, workbook, sink)
    formats = read_number_formats(styles, date1904=workbook.date1904)
    sink.number_formats(formats.codes)
    if formats.cut:
        sink.partly(Reason.LIMIT_TEXT_BYTES)
    strings = _strings(package, workbook, sink, fast=fast)
    reader = SheetReader(sink, CellKinds(formats), strings, fast=fast)
    sheets = XlsxSheets(package, workbook, sink, reader)
    sheets.people.update(people)
    for sheet in workbook.sheets:
        sheets.read(sheet)
    hints = {int(number): hint.decode("utf-8", "replace") for number, hint in strings.hints.items()}
    send_left_over(strings.texts, strings.use, sink, "ooxml", hints)
    send_xlsx_pivots(package, workbook, sink)
    send_revisions(package, workbook, sink)
    for arrow in external_relationships(package):
        if arrow.kind not in ("hyperlink", "externalLinkPath"):
            tell(sink, f"ooxml:external:{arrow.kind[:64]}", arrow.untrusted_target)
    _send_members(package, workbook, sink)
    if package.salvaged:
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)
    return reader.paths


def _strings(package: Package, workbook: Workbook, sink: Sink, *, fast: bool) -> SharedStrings:
    """Read the shared strings; a workbook may have none."""
    entry = package.find(workbook.target("sharedStrings", "xl/sharedStrings.xml"))
    if entry is None:
        return SharedStrings()
    with no_collection():
        return read_shared_strings(package.blocks(entry), sink.partly, fast=fast)


def _send_people(package: Package, workbook: Workbook, sink: Sink) -> dict[str, str]:
    """Send those who take part in threads as properties; give their names by their ids."""
    people: dict[str, str] = {}
    for arrow in workbook.related:
        if arrow.kind == "person" and not arrow.external:
            people |= people_of(small_part(package, arrow.untrusted_target, sink.partly))
    for name in filter(None, people.values()):
        tell(sink, "ooxml:person", name)
    return people


def _send_members(package: Package, workbook: Workbook, sink: Sink) -> None:
    """Hand out every part that was not read and is no mere plumbing; each keeps its path in the zip.

    Of two parts of the same name only the last is read: the others are handed out, whatever they are.
    """
    known = {plain_name(workbook.part)} | {plain_name(sheet.part) for sheet in workbook.sheets}
    for entry in package.entries:
        name = plain_name(entry_name(entry))
        if name.endswith("/"):
            continue
        second = package.by_name[name] is not entry
        read_already = name in package.used or name in known or _PLUMBING.fullmatch(name)
        if second or not read_already or _TAKEN_ANYWAY.fullmatch(name):
            copy_member(package, entry, sink)


FORMAT = Format(
    name="xlsx",
    media_types=frozenset(
        (
            f"{_SPREADSHEET}.sheet",
            f"{_SPREADSHEET}.template",
            "application/vnd.ms-excel.sheet.macroenabled.12",
            "application/vnd.ms-excel.template.macroenabled.12",
        )
    ),
    read=read,
    sample="xlsx.xlsx",
)
