"""Read the tables, pivot tables, slicers and questions to databases that hang on a sheet of an .xlsx."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from proofroom.extract.format import Line, Sink
from proofroom.extract.ooxml.package import Package
from proofroom.extract.ooxml.pins import Pins
from proofroom.extract.ooxml.relationships import Relationship, relationships, small_part
from proofroom.extract.ooxml.safe_xml import Element
from proofroom.extract.ooxml.sheet_notes import notes_of
from proofroom.extract.tabular.formula_scope import quoted
from proofroom.extract.tabular.told import tell
from proofroom.model.evidence import PieceKind
from proofroom.model.states import Reason

_SLICERS: Final = ("slicer", "timeline")


@dataclass(slots=True)
class SheetTables:
    """Reads what stands in parts of their own beside the sheet part."""

    package: Package
    sink: Sink

    def lines(self, arrow: Relationship, on: Pins) -> Iterator[Line]:
        """Give what one part hangs on a sheet; nothing for a part of another kind."""
        reader = _READERS.get(arrow.kind)
        if reader is not None and not arrow.external:
            part = arrow.untrusted_target
            yield from reader(self, small_part(self.package, part, self.sink.partly), part, on)

    def _table(self, tree: Element, part: str, on: Pins) -> Iterator[Line]:
        """Tell a table's name, range and columns; give its filter, and what it asks a database for."""
        for table in tree.all("table"):
            name = table.get("displayName") or table.get("name")
            columns = [one.get("name") for one in table.all("tableColumn")]
            where = f"{quoted(on.untrusted_sheet)}!{table.get('ref')}"
            tell(self.sink, "ooxml:table", f"{name}={where}: {', '.join(columns)}")
            tell(self.sink, "ooxml:table-comment", table.get("comment"))
            for item in table.all("autoFilter"):
                for note in notes_of(item):
                    yield on.at_sheet(note.what, note.kind, f"{name} {note.untrusted_text}")
        for arrow in relationships(self.package, part, self.sink.partly):
            yield from self.lines(arrow, on) if arrow.kind == "queryTable" else ()

    def _query(self, tree: Element, _part: str, _on: Pins) -> Iterator[Line]:
        """Tell a table that is filled from elsewhere, with the columns that it once had."""
        for query in tree.all("queryTable"):
            deleted = [one.get("name") for one in query.all("deletedField")]
            said = f"{query.get('name')} connection={query.get('connectionId')}"
            tell(
                self.sink, "ooxml:query-table", said + (f" deleted: {', '.join(deleted)}" if deleted else "")
            )
        yield from ()

    def _pivot(self, tree: Element, _part: str, on: Pins) -> Iterator[Line]:
        """Give a pivot table's name and range, and the names that were given to its fields and items."""
        for table in tree.all("pivotTableDefinition"):
            ranges = [one.get("ref") for one in table.all("location")]
            said = [" ".join((table.get("name"), *ranges))]
            for one in table.walk():
                if one.name in ("pivotField", "dataField") and one.get("name"):
                    said.append(one.get("name"))
                elif one.name == "item" and one.get("n"):
                    said.append(one.get("n"))
            yield on.at_sheet("pivot", PieceKind.META, "\n".join(said))

    def _slicer(self, tree: Element, _part: str, on: Pins) -> Iterator[Line]:
        """Give the headings of what chooses among the rows of a table."""
        for one in tree.walk():
            if one.name in _SLICERS:
                yield on.at_sheet("slicer", PieceKind.SHAPE, one.get("caption") or one.get("name"))


_Read = Callable[[SheetTables, Element, str, Pins], Iterator[Line]]
_READERS: Final[dict[str, _Read]] = {
    "table": SheetTables._table,  # noqa: SLF001 - the table of this class's own readers
    "queryTable": SheetTables._query,  # noqa: SLF001 - the same
    "pivotTable": SheetTables._pivot,  # noqa: SLF001 - the same
    "slicer": SheetTables._slicer,  # noqa: SLF001 - the same
    "timeline": SheetTables._slicer,  # noqa: SLF001 - the same
}


def control_settings(package: Package, part: str, failed: Callable[[Reason], None]) -> str:
    """Give what a control's own part says: its kind, the cells that it reads and writes, its choices."""
    said: list[str] = []
    for one in small_part(package, part, failed).walk():
        if one.name == "formControlPr":
            said += [
                f"{key}={one.get(key)}"
                for key in ("objectType", "fmlaLink", "fmlaRange", "fmlaMacro")
                if one.get(key)
            ]
        elif one.name == "item" and one.get("val"):
            said.append(one.get("val"))
    return " ".join(said)
