"""Read the pivot caches of an .xlsx: the source values of pivot tables (ECMA-376 part 1, 18.10).

A cache keeps them also where the source was deleted, filtered, or lay in a workbook that nobody handed over.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.format import Sink
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.ooxml.package import Package
from proofroom.extract.ooxml.relationships import Relationship, relationships, stream_part
from proofroom.extract.ooxml.safe_xml import Attributes, is_true, whole_number
from proofroom.extract.ooxml.workbook import Workbook
from proofroom.extract.tabular.biff_values import BOOLEANS
from proofroom.extract.tabular.pivot_cache import Field, PivotCache
from proofroom.extract.tabular.told import tell

_VALUES: Final = frozenset("nsdbem")
_DEFINITION, _RECORDS = "pivotCacheDefinition", "pivotCacheRecords"
_IN_RECORD: Final = 3
"""Where the values of a row stand: records, row, value; what is deeper says how a value of a cube is found."""


def send_xlsx_pivots(package: Package, workbook: Workbook, sink: Sink) -> None:
    """Send the values of every pivot cache of the workbook, in the order in which it lists them."""
    arrows = {one.id: one for one in workbook.related if one.kind == _DEFINITION and not one.external}
    order = [number for number in workbook.pivots if number in arrows]
    order += [number for number in arrows if number not in workbook.pivots]
    with LineBatch(sink) as lines:
        for place, number in enumerate(dict.fromkeys(order), 1):
            _send(package, arrows[number].untrusted_target, place, lines, sink)


def _send(package: Package, part: str, number: int, lines: LineBatch, sink: Sink) -> None:
    """Send one cache."""
    cache = PivotCache(number, lines)
    definition = _Definition(cache)
    stream_part(package, part, definition, sink.partly)
    arrows = relationships(package, part, sink.partly)
    _send_facts(definition, arrows, number, sink)
    for arrow in arrows:
        if arrow.kind == _RECORDS and not arrow.external:
            stream_part(package, arrow.untrusted_target, _Records(cache), sink.partly)
    cache.finish()


def _send_facts(definition: _Definition, arrows: list[Relationship], number: int, sink: Sink) -> None:
    """Send how many rows the source had and where it lay, and who refreshed the cache and when."""
    source, facts = definition.source, definition.facts
    book = next((one.untrusted_target for one in arrows if one.external), "")
    name = source.get("name", "") or source.get("ref", "")
    where = f"{source['sheet']}!{name}" if source.get("sheet") else name
    rows = f" {facts['recordCount']} rows" if facts.get("recordCount") else ""
    place = " ".join(filter(None, (book, where)))
    tell(sink, "ooxml:pivot-cache", f"{number}:{rows}" + (f" from {place}" if place else ""))
    for key in ("refreshedBy", "refreshedDate", "refreshedDateIso"):
        tell(sink, f"ooxml:pivot-{key.replace('refreshed', 'refreshed-').lower()}", facts.get(key, ""))


def _value(name: str, attributes: Attributes) -> str:
    """Give one value as it is written; truth in words."""
    stored = attributes.get("v", "")
    return BOOLEANS[is_true(stored)].decode() if name == "b" else stored


@dataclass(slots=True)
class _Definition:
    """Takes the fields of a cache and the values that they list."""

    cache: PivotCache
    facts: Attributes = field(default_factory=dict)
    source: Attributes = field(default_factory=dict)
    _listing: int = 0
    _depth: int = 0

    def start(self, name: str, attributes: Attributes) -> None:
        self._depth += 1
        if name == "pivotCacheDefinition":
            self.facts = attributes
        elif name == "worksheetSource":
            self.source = attributes
        elif name == "cacheField":
            in_rows = attributes.get("databaseField", "1").strip() not in ("0", "false")
            self.cache.fields.append(Field(attributes.get("name", ""), in_rows=in_rows))
        elif name == "sharedItems":
            self._listing = self._depth
        elif name in _VALUES and self._listing and self._depth == self._listing + 1 and self.cache.fields:
            self.cache.fields[-1].items.append(_value(name, attributes))

    def end(self, name: str) -> None:
        self._depth -= 1
        if name == "sharedItems":
            self._listing = 0

    def text(self, untrusted_text: str) -> None:
        pass


@dataclass(slots=True)
class _Records:
    """Takes the rows of a cache."""

    cache: PivotCache
    _fields: list[Field] = field(default_factory=list)
    _row: list[str] = field(default_factory=list)
    _depth: int = 0

    def start(self, name: str, attributes: Attributes) -> None:
        self._depth += 1
        if name == "pivotCacheRecords":
            self.cache.begin()
            self._fields = [one for one in self.cache.fields if one.in_rows]
        elif self._depth == _IN_RECORD - 1:
            self._row = []
        elif self._depth == _IN_RECORD:
            if name == "x":
                place = len(self._row)
                item = whole_number(attributes.get("v", ""))
                known = place < len(self._fields) and item is not None
                self._row.append(self._fields[place].use(item or 0) if known else "")
            elif name in _VALUES:
                self._row.append(_value(name, attributes))

    def end(self, _name: str) -> None:
        self._depth -= 1
        if self._depth == _IN_RECORD - 2 and self._row:
            self.cache.row(self._row)
            self._row = []

    def text(self, untrusted_text: str) -> None:
        pass
