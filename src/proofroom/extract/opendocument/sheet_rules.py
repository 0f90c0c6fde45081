"""Read the rules of OpenDocument sheets: what may be typed, conditional formats, filters, database ranges, pivots."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.format import Line, Sink
from proofroom.extract.ooxml.safe_xml import Attributes, attribute
from proofroom.extract.tabular.pinned import Pinned
from proofroom.model.evidence import PieceKind
from proofroom.model.where import column_number

_MESSAGES: Final = ("table:help-message", "table:error-message")
_CONDITIONS: Final = (
    "calcext:condition",
    "calcext:date-is",
    "calcext:data-bar",
    "calcext:icon-set",
    "calcext:color-scale",
)
_TOLD: Final = {
    "table:database-source-sql": ("database-name", "sql-statement"),
    "table:database-source-table": ("database-name", "database-table-name"),
    "table:database-source-query": ("database-name", "query-name"),
    "table:sort-by": ("field-number", "order"),
    "table:subtotal-rule": ("group-by-field-number",),
    "table:source-cell-range": ("cell-range-address", "name"),
    "table:source-service": ("name", "source-name", "object-name", "user-name"),
    "table:data-pilot-field": ("source-field-name", "orientation"),
    "form:connection-resource": ("href",),
}
_OWN: Final = ("table:consolidation", "table:label-range", "table:dde-link")
_RANGE: Final = re.compile(r"(?:\$?(?:'((?:[^']|'')*)'|([^.'\s]*)))?\.\$?([A-Za-z]{1,7})\$?([0-9]{1,9})")
_MOST: Final = 65_536
_LONGEST: Final = 65_536


@dataclass(slots=True)
class _Rule:
    """A rule for what may be typed: what it says, what it tells whoever types, and the first cell it holds for."""

    told: str
    messages: list[str] = field(default_factory=list)
    on: Pinned | None = None
    row: int = 0
    column: int = 0


class OdsRules:
    """Takes elements around the tables of a spreadsheet."""

    def __init__(self, sink: Sink) -> None:
        """Give what belongs to no sheet to the sink as properties."""
        self._sink = sink
        self._rules: dict[str, _Rule] = {}
        self._rule: _Rule | None = None
        self._message: list[str] | None = None
        self._target = ""
        self._named: list[str] | None = None
        self._kind = ""
        self._lines: list[tuple[str, str, str]] = []

    def start(self, name: str, attributes: Attributes) -> None:
        """Take the start of an element."""
        if name == "table:content-validation":
            keys = ("condition", "base-cell-address")
            told = " ".join(filter(None, (attribute(attributes, key) for key in keys)))
            self._rule = _Rule(told)
            if len(self._rules) < _MOST:
                self._rules[attribute(attributes, "name")] = self._rule
        elif name in _MESSAGES:
            self._message = [attribute(attributes, "title")]
        elif name == "calcext:conditional-format":
            self._target = attribute(attributes, "target-range-address")
        elif name in _CONDITIONS:
            self._condition(name, attributes)
        elif name in ("table:database-range", "table:data-pilot-table"):
            self._kind = "database-range" if name == "table:database-range" else "pivot"
            self._target = attribute(attributes, "target-range-address")
            self._named = [f"{attribute(attributes, 'name')}={self._target}"]
        elif self._named is not None:
            self._in_range(name, attributes, self._named)
        elif name in _OWN:
            told = " ".join(value for value in attributes.values() if value)
            if told:
                self._sink.meta(f"odf:{name.partition(':')[2]}", told[:_LONGEST])

    def end(self, name: str) -> None:
        """Take the end of an element."""
        if name == "table:content-validation":
            self._rule = None
        elif name in _MESSAGES and self._message is not None:
            text, self._message = "\n".join(filter(None, self._message)), None
            if self._rule is not None and text.strip():
                self._rule.messages.append(text)
        elif name in ("table:database-range", "table:data-pilot-table") and self._named is not None:
            self._sink.meta(f"odf:{self._kind}", "; ".join(self._named)[:_LONGEST])
            self._named = None

    def takes(self, text: str) -> bool:
        """Take a paragraph of a message to whoever types."""
        if self._message is None:
            return False
        self._message.append(text)
        return True

    def use(self, name: str, on: Pinned, row: int, column: int) -> None:
        """Take the first cell that a rule holds for."""
        rule = self._rules.get(name)
        if rule is not None and rule.on is None:
            rule.on, rule.row, rule.column = on, row, column

    def lines(self, sheets: dict[str, Pinned]) -> Iterator[Line]:
        """Give rules, conditions and filters at their sheets, which are known now."""
        for rule in self._rules.values():
            if rule.on is None:
                self._sink.meta("odf:validation", " ".join((rule.told, *rule.messages))[:_LONGEST])
                continue
            yield rule.on.at_cell(rule.row, rule.column, "validation", PieceKind.META, rule.told)
            for text in rule.messages:
                yield rule.on.at_cell(rule.row, rule.column, "prompt", PieceKind.NOTE, text)
        self._rules = {}
        waiting, self._lines = self._lines, []
        for what, target, text in waiting:
            sheet, row, column = first_cell(target)
            on = sheets.get(sheet)
            if on is None:
                self._sink.meta(f"odf:{what}", f"{target} {text}"[:_LONGEST])
            elif what == "filter":
                yield on.at_sheet(what, PieceKind.META, text)
            else:
                yield on.at_cell(row, column, what, PieceKind.META, f"{target} {text}")

    def _in_range(self, name: str, attributes: Attributes, named: list[str]) -> None:
        """Take what a database range or a pivot table says of itself."""
        if name == "table:filter-condition":
            keys = ("field-number", "operator", "value")
            told = " ".join(attribute(attributes, key) for key in keys)
            if self._kind == "database-range":
                self._line("filter", f"field {told}")
            else:
                named.append(f"filter {told}")
        elif name in _TOLD:
            told = " ".join(filter(None, (attribute(attributes, key) for key in _TOLD[name])))
            named.append(f"{name.partition(':')[2]} {told}")

    def _condition(self, name: str, attributes: Attributes) -> None:
        keys = ("value", "date", "apply-style-name", "style", "icon-set-type")
        told = " ".join(filter(None, (attribute(attributes, key) for key in keys)))
        self._line("condition", told or name.partition(":")[2])

    def _line(self, what: str, text: str) -> None:
        if len(self._lines) < _MOST:
            self._lines.append((what, self._target, text))


def first_cell(untrusted_range: str) -> tuple[str, int, int]:
    """Give the sheet, row and column (from 1) of a range's first cell; "" and zeros when it is none."""
    found = _RANGE.match(untrusted_range)
    if not found or not int(found[4]):
        return "", 0, 0
    sheet = (found[1] or "").replace("''", "'") or found[2] or ""
    return sheet, int(found[4]), column_number(found[3].upper())
