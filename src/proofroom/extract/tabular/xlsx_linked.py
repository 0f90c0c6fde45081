"""Read the other workbooks that an .xlsx names, and what was last seen in their cells (ECMA-376 part 1, 18.14)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.format import Sink
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.markup.plain_text import put_whole
from proofroom.extract.ooxml.package import Package
from proofroom.extract.ooxml.ranges import parse_range
from proofroom.extract.ooxml.relationships import relationships, stream_part
from proofroom.extract.ooxml.safe_xml import Attributes, is_true, whole_number
from proofroom.extract.ooxml.workbook import Workbook
from proofroom.extract.tabular.biff_values import BOOLEANS
from proofroom.extract.tabular.told import tell
from proofroom.model.evidence import PieceKind
from proofroom.model.where import cell_name, format_parts

_LINKED: Final = "externalLink"


def send_linked_books(package: Package, workbook: Workbook, sink: Sink) -> None:
    """Send where the other workbooks lie and what was last seen in them, in the order of their numbers."""
    with LineBatch(sink) as lines:
        for number, part in enumerate(_parts(workbook), 1):
            book = _LinkedBook(number, sink, lines)
            for link in relationships(package, part, sink.partly):
                book.lies_at(link.untrusted_target)
            stream_part(package, part, book, sink.partly)


def _parts(workbook: Workbook) -> list[str]:
    """Give the parts of linked workbooks, as formulas number them: `[1]` is the first one that is listed."""
    arrows = {one.id: one for one in workbook.related if one.kind == _LINKED and not one.external}
    listed = [arrows[number] for number in workbook.linked if number in arrows]
    rest = [one for number, one in arrows.items() if number not in workbook.linked]
    return list(dict.fromkeys(one.untrusted_target for one in (*listed, *rest)))


@dataclass(slots=True)
class _LinkedBook:
    """Takes the events of one part: a workbook, or a program that gives values (DDE)."""

    number: int
    sink: Sink
    lines: LineBatch
    _sheets: list[str] = field(default_factory=list)
    _sheet: str = ""
    _cell: str = ""
    _boolean: bool = False
    _pieces: list[str] | None = None
    _service: str = ""
    _width: int = 1
    _count: int = -1
    _seen: set[tuple[str, str]] = field(default_factory=set)
    _places: int = 0

    def lies_at(self, untrusted_place: str) -> None:
        """Tell where the workbook or the program is found."""
        tell(self.sink, "ooxml:external-link", untrusted_place)
        self._places += 1
        where: tuple[tuple[str, str], ...] = (("linked-book", str(self.number)),)
        if self._places > 1:
            where = (*where, ("value", str(self._places)))
        self.lines.put(where, PieceKind.META, untrusted_place)

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "sheetName":
            self._sheets.append(attributes.get("val", ""))
        elif name == "sheetData":
            place = whole_number(attributes.get("sheetId", "")) or 0
            self._sheet = self._sheets[place] if place < len(self._sheets) else str(place + 1)
        elif name == "cell":
            self._cell, self._boolean = attributes.get("r", ""), attributes.get("t") == "b"
        elif name in ("v", "val"):
            self._pieces = []
        elif name == "definedName":
            named = f"{attributes.get('name', '')}={attributes.get('refersTo', '')}"
            tell(self.sink, "ooxml:external-name", named)
        else:
            self._start_item(name, attributes)

    def _start_item(self, name: str, attributes: Attributes) -> None:
        """Take what belongs to the values that a program gives."""
        if name == "ddeLink":
            self._service = f"{attributes.get('ddeService', '')}|{attributes.get('ddeTopic', '')}"
            self.lies_at(self._service)
        elif name == "oleLink":
            tell(self.sink, "ooxml:external-program", attributes.get("progId", ""))
        elif name in ("ddeItem", "oleItem"):
            self._sheet, self._width = attributes.get("name", ""), 1
            tell(self.sink, "ooxml:external-item", f"{self._service}!{self._sheet}")
        elif name == "values":
            self._width = max(1, whole_number(attributes.get("cols", "")) or 1)
            self._count = -1
        elif name == "value":
            self._count += 1
            self._cell = cell_name(self._count // self._width + 1, self._count % self._width + 1)
            self._boolean = attributes.get("t") == "b"

    def end(self, name: str) -> None:
        if name not in ("v", "val") or self._pieces is None:
            return
        text, self._pieces = "".join(self._pieces), None
        if self._boolean:
            text = BOOLEANS[is_true(text)].decode()
        if parse_range(self._cell) is None or not text or (self._sheet, self._cell) in self._seen:
            return
        self._seen.add((self._sheet, self._cell))
        where = (("linked-book", str(self.number)), ("sheet", self._sheet), ("cell", self._cell))
        put_whole(self.lines, format_parts(where), PieceKind.BODY, text)

    def text(self, untrusted_text: str) -> None:
        if self._pieces is not None:
            self._pieces.append(untrusted_text)
