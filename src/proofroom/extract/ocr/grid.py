"""Ruled tables in scans: the ruled lines, the grid they make, and its cells with their spans."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from proofroom.extract.ocr.looked import GridCell

_SHORTEST: Final = 24
_LONGEST_PART: Final = 60
"""A rule is at least a sixtieth of the page's longer side,"""
_LETTERS: Final = 1.25
"""and so many times as long as lines of text are high: no stroke of a letter is."""
_FILLED: Final = 0.9
_COVERED: Final = 0.6
"""So much of the edge between two cells must be ruled for them to be two."""
_MOST_LINES: Final = 200
_NARROWEST: Final = 10
"""Ruled lines closer than this are one, drawn double."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A ruled line: where it lies across its direction (`at`), from where to where, and how thick it is."""

    at: float
    start: int
    end: int
    thick: int


@dataclass(frozen=True, slots=True)
class Rules:
    """The ruled lines of a page."""

    level: tuple[Rule, ...]
    upright: tuple[Rule, ...]


def rules_of(ink: npt.NDArray[np.bool_], line_height: float = 0.0) -> Rules:
    """Find the ruled lines of a page from its ink, which also holds lines of text of this height."""
    shortest = max(_SHORTEST, max(ink.shape) // _LONGEST_PART, round(_LETTERS * line_height))
    return Rules(tuple(_rules(ink, shortest)), tuple(_rules(np.ascontiguousarray(ink.T), shortest)))


def without_rules(grey: npt.NDArray[np.uint8], rules: Rules) -> npt.NDArray[np.uint8]:
    """Paint the ruled lines of a grey page over in white."""
    page = grey.copy()
    for rule in rules.level:
        half = rule.thick // 2 + 2
        page[max(0, int(rule.at) - half) : int(rule.at) + half + 1, rule.start : rule.end] = 255
    for rule in rules.upright:
        half = rule.thick // 2 + 2
        page[rule.start : rule.end, max(0, int(rule.at) - half) : int(rule.at) + half + 1] = 255
    return page


def _rules(ink: npt.NDArray[np.bool_], shortest: int) -> Iterator[Rule]:
    """Find the level rules: long runs of ink, put together from one row of pixels to the next."""
    open_rules: list[list[int]] = []
    for row, runs in _runs(ink, shortest):
        still = []
        for rule in open_rules:
            if rule[3] < row - 2:
                yield from _closed(rule, shortest)
            else:
                still.append(rule)
        open_rules = still
        for start, end in runs:
            met = [rule for rule in open_rules if rule[0] <= end + 2 and start <= rule[1] + 2]
            open_rules = [rule for rule in open_rules if rule not in met]
            starts, ends = [start, *(rule[0] for rule in met)], [end, *(rule[1] for rule in met)]
            open_rules.append([min(starts), max(ends), min([row, *(rule[2] for rule in met)]), row])
    for rule in open_rules:
        yield from _closed(rule, shortest)


def _closed(rule: list[int], shortest: int) -> Iterator[Rule]:
    """Give a finished rule, unless it is as thick as a picture."""
    start, end, top, bottom = rule
    if bottom - top + 1 <= max(_NARROWEST, shortest // 4):
        yield Rule((top + bottom) / 2, start, end, bottom - top + 1)


def _runs(ink: npt.NDArray[np.bool_], shortest: int) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """Give the rows of pixels that hold a long run of ink, with where the runs begin and end."""
    if ink.shape[1] <= shortest:
        return
    sums = np.zeros((ink.shape[0], ink.shape[1] + 1), np.int32)
    np.cumsum(ink, axis=1, out=sums[:, 1:])
    filled = (sums[:, shortest:] - sums[:, :-shortest]) >= _FILLED * shortest
    for row in np.flatnonzero(filled.any(axis=1)):
        edges = np.diff(np.concatenate(([0], filled[row].view(np.int8), [0])))
        starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
        pairs = zip(starts.tolist(), (ends - 1 + shortest).tolist(), strict=True)
        yield int(row), list(pairs)


def tables_of(rules: Rules) -> tuple[list[GridCell], Rules]:
    """Give the cells of all tables, and the rules that make them; a frame around one text is no table."""
    cells: list[GridCell] = []
    level: list[Rule] = []
    upright: list[Rule] = []
    for across, down in _joined(rules):
        ys, xs = _positions(across), _positions(down)
        if not (2 <= len(ys) <= _MOST_LINES and 2 <= len(xs) <= _MOST_LINES):
            continue
        found = _cells(1 + (cells[-1].table if cells else 0), ys, xs, across, down)
        if len(found) > 1:
            cells += found
            level += across
            upright += down
    return cells, Rules(tuple(level), tuple(upright))


def _joined(rules: Rules) -> list[tuple[list[Rule], list[Rule]]]:
    """Group the rules that meet; groups from top to bottom."""
    groups: list[tuple[list[Rule], list[Rule]]] = []
    waiting_level, waiting_upright = list(rules.level), list(rules.upright)
    while waiting_level:
        across, down = [waiting_level.pop(0)], list[Rule]()
        grown = True
        while grown:
            more_down = [one for one in waiting_upright if any(_meet(other, one) for other in across)]
            waiting_upright = [one for one in waiting_upright if one not in more_down]
            down += more_down
            more_across = [one for one in waiting_level if any(_meet(one, other) for other in down)]
            waiting_level = [one for one in waiting_level if one not in more_across]
            across += more_across
            grown = bool(more_down or more_across)
        groups.append((across, down))
    return sorted(groups, key=lambda group: min(rule.at for rule in group[0]))


def _meet(level: Rule, upright: Rule) -> bool:
    """Say whether a level and an upright rule touch or cross."""
    near = _NARROWEST + max(level.thick, upright.thick)
    return (
        level.start - near <= upright.at <= level.end + near
        and upright.start - near <= level.at <= upright.end + near
    )


def _positions(rules: Sequence[Rule]) -> list[float]:
    """Give where rules lie, those that are one taken together."""
    groups: list[list[float]] = []
    for at in sorted(rule.at for rule in rules):
        if groups and at - groups[-1][-1] < _NARROWEST:
            groups[-1].append(at)
        else:
            groups.append([at])
    return [sum(group) / len(group) for group in groups]


def _cells(
    table: int, ys: list[float], xs: list[float], across: Sequence[Rule], down: Sequence[Rule]
) -> list[GridCell]:
    """Make the cells of one table: fields without a rule between them are one."""
    rows, columns = len(ys) - 1, len(xs) - 1
    owner = {(r, c): (r, c) for r in range(rows) for c in range(columns)}

    def root(field: tuple[int, int]) -> tuple[int, int]:
        while owner[field] != field:
            field = owner[field]
        return field

    for r, c in list(owner):
        if c + 1 < columns and not _ruled(down, xs[c + 1], ys[r], ys[r + 1]):
            owner[max(root((r, c)), root((r, c + 1)))] = min(root((r, c)), root((r, c + 1)))
        if r + 1 < rows and not _ruled(across, ys[r + 1], xs[c], xs[c + 1]):
            owner[max(root((r, c)), root((r + 1, c)))] = min(root((r, c)), root((r + 1, c)))
    members: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for one in owner:
        members.setdefault(root(one), []).append(one)
    return [_cell(table, fields, ys, xs) for _, fields in sorted(members.items())]


def _ruled(rules: Sequence[Rule], at: float, start: float, end: float) -> bool:
    """Say whether a rule lies on most of an edge."""
    pieces = sorted(
        (max(rule.start, start), min(rule.end, end)) for rule in rules if abs(rule.at - at) < _NARROWEST
    )
    covered, reached = 0.0, start
    for first, last in pieces:
        covered += max(0.0, last - max(first, reached))
        reached = max(reached, last)
    return covered >= _COVERED * (end - start)


def _cell(table: int, fields: list[tuple[int, int]], ys: list[float], xs: list[float]) -> GridCell:
    rows, columns = [r for r, _ in fields], [c for _, c in fields]
    top, left, bottom, right = min(rows), min(columns), max(rows), max(columns)
    edges = (int(xs[left]), int(ys[top]), int(xs[right + 1]), int(ys[bottom + 1]))
    return GridCell(table, top + 1, left + 1, bottom - top + 1, right - left + 1, *edges)
