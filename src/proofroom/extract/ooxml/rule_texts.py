"""Write the rules of sheets for people: allowed values, conditions, filters; the same for all workbooks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from proofroom.model.where import cell_name

VALIDATIONS: Final = ("any", "whole", "decimal", "list", "date", "time", "length", "formula")
CONDITIONS: Final = (
    "", "cell", "formula", "colour scale", "data bar", "top", "icons"
)  # fmt: skip
_SIGNS: Final = ("between", "not between", "=", "<>", ">", "<", ">=", "<=")
_BETWEEN: Final = 2
_MOST_NAMED: Final = 16
_NO_SIGN: Final = ("list", "formula")


def rule_text(kinds: Sequence[str], kind: int, sign: int, formulas: Sequence[str]) -> str:
    """Write a rule such as `whole between 1 and 5`, `list "m,f"`, `formula A1>B1`; "" for one that allows all."""
    name = kinds[kind] if 0 <= kind < len(kinds) else f"rule {kind}"
    written = [formula for formula in formulas if formula]
    if name in ("any", "") or not written:
        return ""
    if name in _NO_SIGN or not 0 <= sign < len(_SIGNS):
        return f"{name} {written[0]}"
    if sign < _BETWEEN:
        return f"{name} {_SIGNS[sign]} {' and '.join(written)}"
    return f"{name} {_SIGNS[sign]} {written[0]}"


def range_names(ranges: Sequence[tuple[int, int, int, int]]) -> str:
    """Write ranges (from 1) such as `B2:B500 D2`; many end in `...`."""
    names = []
    for top, left, low, right in ranges[:_MOST_NAMED]:
        first, last = cell_name(top, left), cell_name(low, right)
        names.append(first if first == last else f"{first}:{last}")
    return " ".join(names) + (" ..." if len(ranges) > _MOST_NAMED else "")


def filter_text(tests: Sequence[str], *, either: bool) -> str:
    """Join the one or two comparisons of a filter."""
    return (" or " if either else " and ").join(test for test in tests if test)
