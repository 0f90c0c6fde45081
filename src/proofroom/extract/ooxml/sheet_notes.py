"""Say in words what rules the cells of a sheet: allowed values, conditions, filters, scenarios, protection, view.

Each element of the sheet part is turned into short notes as soon as it ends, so that a sheet with very many
rules needs no more memory than its notes. The words are those of .xls and .xlsb (`rule_texts`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from proofroom.extract.ooxml.ranges import Range, parse_range
from proofroom.extract.ooxml.rule_texts import CONDITIONS, VALIDATIONS, filter_text, range_names, rule_text
from proofroom.extract.ooxml.safe_xml import Element, is_true, whole_number
from proofroom.model.evidence import PieceKind

_KINDS: Final = dict(
    zip(("none", "whole", "decimal", "list", "date", "time", "textLength", "custom"), range(8), strict=True)
)
_CONDITIONS: Final = {"cellIs": 1, "expression": 2}
_SIGNS: Final = (
    "between", "notBetween", "equal", "notEqual", "greaterThan", "lessThan", "greaterThanOrEqual",
    "lessThanOrEqual",
)  # fmt: skip
_COMPARED: Final = {
    "equal": "=", "notEqual": "<>", "greaterThan": ">", "lessThan": "<", "greaterThanOrEqual": ">=",
    "lessThanOrEqual": "<=",
}  # fmt: skip
_DATE_PARTS: Final = ("year", "month", "day", "hour", "minute", "second")
_MOST_RANGES: Final = 8_192


@dataclass(frozen=True, slots=True)
class SheetNote:
    """One note: what it is, at which cell (None for the sheet as a whole), and what hangs below it."""

    what: str
    kind: PieceKind
    untrusted_text: str
    place: tuple[int, int] | None = None
    below: tuple[tuple[str, str, PieceKind, str], ...] = ()


def notes_of(item: Element) -> Iterator[SheetNote]:
    """Give the notes that one element of a sheet part makes."""
    reader = _READERS.get(item.name)
    if reader is not None:
        for note in reader(item):
            if note.untrusted_text.strip():
                yield note


def _ranges(item: Element) -> list[Range]:
    """Give the ranges that a rule holds for; newer rules have them as an element of their own."""
    stated = item.get("sqref") or " ".join(one.untrusted_text for one in item.all("sqref")[:1])
    found = (parse_range(one) for one in stated.split(maxsplit=_MOST_RANGES)[:_MOST_RANGES])
    return [one for one in found if one is not None]


def _formulas(item: Element, *names: str) -> list[str]:
    """Give formulas; newer rules have them in an element inside."""
    return [
        "".join(part.untrusted_text for part in one.walk()).strip()
        for one in item.children
        if one.name in names
    ]


def _at(ranges: list[Range], what: str, kind: PieceKind, text: str) -> Iterator[SheetNote]:
    if ranges and text:
        yield SheetNote(what, kind, text, ranges[0][:2])


def _validation(item: Element) -> Iterator[SheetNote]:
    """Give which values are allowed, and what is said to whoever enters one."""
    ranges = _ranges(item)
    formulas = _formulas(item, "formula1", "formula2")
    rule = rule_text(VALIDATIONS, _KINDS.get(item.get("type", "none"), 0), _sign(item), formulas)
    yield from _at(ranges, "validation", PieceKind.META, f"{range_names(ranges)} {rule}" if rule else "")
    for title, text in (("promptTitle", "prompt"), ("errorTitle", "error")):
        said = "\n".join(filter(None, (item.get(title), item.get(text))))
        yield from _at(ranges, "prompt", PieceKind.NOTE, said)


def _sign(item: Element) -> int:
    operator = item.get("operator", "between")
    return _SIGNS.index(operator) if operator in _SIGNS else len(_SIGNS)


def _conditions(item: Element) -> Iterator[SheetNote]:
    """Give the conditions for ranges, in their order."""
    ranges = _ranges(item)
    for rule in item.children:
        if rule.name == "cfRule":
            text = _condition(rule)
            yield from _at(
                ranges, "condition", PieceKind.META, f"{range_names(ranges)} {text}" if text else ""
            )


def _condition(rule: Element) -> str:
    """Write one condition; one without a formula by its name."""
    kind, formulas = rule.get("type"), [one for one in _formulas(rule, "formula", "f") if one]
    if formulas:
        return rule_text(CONDITIONS, _CONDITIONS.get(kind, 2), _sign(rule), formulas)
    if kind == "top10":
        best = "bottom" if is_true(rule.get("bottom")) else "top"
        return f"{best} {rule.get('rank')}{'%' if is_true(rule.get('percent')) else ''}"
    if kind in ("duplicateValues", "uniqueValues", "aboveAverage"):
        return "belowAverage" if kind == "aboveAverage" and rule.get("aboveAverage", "1") == "0" else kind
    return (
        " ".join(filter(None, (kind, rule.get("text"), rule.get("timePeriod")))) if rule.get("text") else ""
    )


def _filter(item: Element) -> Iterator[SheetNote]:
    """Give what each column of a range is filtered for."""
    for column in item.all("filterColumn"):
        number = whole_number(column.get("colId"))
        tests = [test for one in column.walk() for test in _test(one)]
        both = any(is_true(one.get("and")) for one in column.all("customFilters"))
        text = filter_text(tests, either=not both)
        if text and number is not None:
            yield SheetNote("filter", PieceKind.META, f"column {number + 1}: {text}")


def _test(one: Element) -> Iterator[str]:
    """Give the comparison that one element of a filter makes."""
    if one.name == "filters" and is_true(one.get("blank")):
        yield "= blank"
    elif one.name == "filter":
        yield f'= "{one.get("val")}"'
    elif one.name == "customFilter":
        yield f'{_COMPARED.get(one.get("operator", "equal"), "=")} "{one.get("val")}"'
    elif one.name == "top10":
        best = "top" if is_true(one.get("top", "1")) else "bottom"
        yield f"{best} {one.get('val')}{'%' if is_true(one.get('percent')) else ''}"
    elif one.name == "dynamicFilter":
        yield one.get("type")
    elif one.name == "dateGroupItem":
        parts = (one.get(name) for name in _DATE_PARTS)
        yield "= " + "-".join(part.zfill(2) for part in parts if part)


def _scenario(item: Element) -> Iterator[SheetNote]:
    """Give a scenario: its name, who made it and why, and the values it puts into cells."""
    texts = [item.get("name"), item.get("user"), item.get("comment")]
    if is_true(item.get("hidden")):
        texts.append("hidden")
    values = tuple(
        ("value", one.get("r"), PieceKind.BODY, one.get("val"))
        for one in item.children
        if one.name == "inputCells" and parse_range(one.get("r")) and one.get("val")
    )
    unique = {value[1]: value for value in values}
    yield SheetNote(
        "scenario", PieceKind.NOTE, "\n".join(filter(None, texts)) or "-", below=tuple(unique.values())
    )


def _protected(item: Element) -> Iterator[SheetNote]:
    """Give a range that only some may change, and who (by their security descriptor)."""
    said = [item.get("name"), item.get("sqref"), item.get("securityDescriptor")]
    said += [one.untrusted_text for one in item.all("securityDescriptor")]
    yield SheetNote("meta=protected-range", PieceKind.META, " ".join(filter(None, said)))


def _sparkline(item: Element) -> Iterator[SheetNote]:
    """Give which cells a chart inside a cell shows."""
    yield from _at(_ranges(item), "sparkline", PieceKind.META, " ".join(_formulas(item, "f")))


def _view(item: Element) -> Iterator[SheetNote]:
    """Give which cell was chosen and which was first in sight when the sheet was saved."""
    said = [f"top={item.get('topLeftCell')}"] if item.get("topLeftCell") else []
    said += [f"chosen={one.get('sqref') or one.get('activeCell')}" for one in item.all("selection")]
    if is_true(item.get("tabSelected")):
        said.append("in front")
    yield SheetNote("meta=view", PieceKind.META, " ".join(said))


def _all_attributes(name: str) -> Callable[[Element], Iterator[SheetNote]]:
    """Make a reader that gives all attributes of an element as one fact."""

    def read(item: Element) -> Iterator[SheetNote]:
        said = " ".join(f"{key.rpartition(' ')[2]}={value}" for key, value in item.attributes.items())
        yield SheetNote(f"meta={name}", PieceKind.META, said)

    return read


def _one_attribute(name: str, attribute: str) -> Callable[[Element], Iterator[SheetNote]]:
    """Make a reader that gives one attribute of an element as a fact."""

    def read(item: Element) -> Iterator[SheetNote]:
        yield SheetNote(f"meta={name}", PieceKind.META, item.get(attribute))

    return read


def _outline(item: Element) -> Iterator[SheetNote]:
    """Give how deep rows and columns are grouped."""
    rows, columns = item.get("outlineLevelRow"), item.get("outlineLevelCol")
    said = [f"rows={rows}" if rows else "", f"columns={columns}" if columns else ""]
    yield SheetNote("meta=outline", PieceKind.META, " ".join(filter(None, said)))


_UID: Final = _one_attribute("uid", "uid")
_READERS: Final[dict[str, Callable[[Element], Iterator[SheetNote]]]] = {
    "dataValidation": _validation,
    "conditionalFormatting": _conditions,
    "autoFilter": _filter,
    "scenario": _scenario,
    "protectedRange": _protected,
    "sparkline": _sparkline,
    "sheetView": _view,
    "sheetProtection": _all_attributes("protection"),
    "sheetPr": _one_attribute("code-name", "codeName"),
    "sheetFormatPr": _outline,
    "dimension": _one_attribute("dimension", "ref"),
    "worksheet": _UID,
    "macrosheet": _UID,
    "dialogsheet": _UID,
    "chartsheet": _UID,
}
HEADS: Final = frozenset(("worksheet", "macrosheet", "dialogsheet", "chartsheet"))
"""Elements that hold the whole sheet: of these only their attributes are looked at."""

NOTED: Final = frozenset(_READERS) - HEADS
"""Elements that are read as a whole."""
