"""Reading the store: the valid rows of one artifact, around one address, or of everything.

Only row groups that the journal's `placed` rows name are read; the statistics of the address columns
let a reader skip the groups in which an address cannot stand.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from proofroom.errors import BadSegment
from proofroom.store.journal import Journal
from proofroom.store.schemas import SCHEMAS
from proofroom.store.segments import open_segment

_OPEN_FILES: Final = 64
_LEAST: Final = -(1 << 62)
_MOST: Final = 1 << 62

Bounds = tuple[NDArray[np.int64], NDArray[np.int64]]
"""The smallest and the largest values of a column, one of each for every row group."""


class Reading:
    """The reading side of the store; keeps recently used segments open."""

    def __init__(self, derived: Path, journal: Journal) -> None:
        """Read below the case's `derived` folder."""
        self._folder = derived / "segments"
        self._journal = journal
        self._files: OrderedDict[str, pq.ParquetFile] = OrderedDict()
        self._known_bounds: dict[tuple[str, str], Bounds] = {}
        self._shared: dict[tuple[str, tuple[str, ...]], tuple[str, int, pa.Table]] = {}

    def of_artifact(
        self,
        noun: str,
        artifact: str,
        *,
        between: tuple[str, int, int] | None = None,
        sheet: int | None = None,
        columns: Sequence[str] | None = None,
    ) -> pa.Table:
        """Give an artifact's rows of a noun, in the file's order.

        `between` is a column of integers with its first and last value: groups in which it cannot stand
        are not read. `sheet` keeps one sheet only.
        """
        found = []
        for row in self._placements(noun, artifact):
            groups = self._groups(row, between)
            if groups:
                found.append(self._read(noun, row, groups, columns))
        wanted = (
            SCHEMAS[noun]
            if columns is None
            else pa.schema([SCHEMAS[noun].field(n) for n in ["artifact", *columns]])
        )
        if not found:
            return wanted.empty_table()
        table = pa.concat_tables(found)
        keep = equals(table["artifact"], artifact)
        if sheet is not None:
            keep = pc.and_(keep, equals(table["sheet"], sheet))
        if between is not None:
            keep = pc.and_(keep, _is_inside(table[between[0]], between))
        return table.filter(keep)

    def _groups(self, placement: Any, between: tuple[str, int, int] | None) -> list[int]:
        """Give the row groups of a placement in which a value of the range can stand, by their statistics."""
        first, last = placement["first_group"], placement["last_group"]
        if between is None:
            return list(range(first, last + 1))
        name, low, high = between
        lows, highs = self._bounds(placement["segment"], name)
        inside = (lows[first : last + 1] <= high) & (highs[first : last + 1] >= low)
        return [int(group) + first for group in np.flatnonzero(inside)]

    def _bounds(self, segment: str, name: str) -> Bounds:
        """Give the smallest and the largest value of a column in every row group of a segment."""
        key = (segment, name)
        if key not in self._known_bounds:
            self._known_bounds[key] = _bounds(self._file(segment), name)
        return self._known_bounds[key]

    def holds(self, noun: str, artifact: str, between: tuple[str, int, int], sheet: int) -> bool:
        """Say whether an artifact has a row of that sheet with a value in the range."""
        name = between[0]
        for row in self._placements(noun, artifact):
            file = self._file(row["segment"])
            for group in self._groups(row, between):
                table = read_groups(file, [group], ["artifact", "sheet", name])
                keep = pc.and_(equals(table["artifact"], artifact), equals(table["sheet"], sheet))
                if pc.any(pc.and_(keep, _is_inside(table[name], between))).as_py():
                    return True
        return False

    def batches(self, noun: str, artifact: str, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """Give an artifact's rows of a noun one row group at a time, in the file's order."""
        for row in self._placements(noun, artifact):
            for group in range(row["first_group"], row["last_group"] + 1):
                table = self._read(noun, row, [group], columns)
                mine = table.filter(equals(table["artifact"], artifact))
                if mine.num_rows:
                    yield mine

    def _read(
        self, noun: str, placement: Any, groups: Sequence[int], columns: Sequence[str] | None
    ) -> pa.Table:
        """Read row groups of a placement; one that small artifacts share is kept for those that come next."""
        names = None if columns is None else ["artifact", *columns]
        segment, first = placement["segment"], placement["first_group"]
        if placement["last_group"] != first:
            return read_groups(self._file(segment), groups, names)
        key = (noun, tuple(names or ()))
        kept = self._shared.get(key)
        if kept is None or kept[:2] != (segment, first):
            kept = self._shared[key] = (segment, first, read_groups(self._file(segment), [first], names))
        return kept[2]

    def groups(self, segment: str, groups: Sequence[int], columns: Sequence[str]) -> Iterator[pa.Table]:
        """Give row groups of one segment, one at a time."""
        for group in groups:
            yield read_groups(self._file(segment), [group], columns)

    def valid_groups(self, noun: str) -> Iterator[tuple[Path, list[int], list[str] | None]]:
        """Give, per segment of a noun, its valid row groups, and its valid artifacts where some are dead."""
        for segment in self._journal.rows("select * from segments where noun = ? order by name", (noun,)):
            rows = self._journal.rows(
                "select artifact, first_group, last_group, rows from placed where segment = ?",
                (segment["name"],),
            )
            groups = sorted({g for row in rows for g in range(row["first_group"], row["last_group"] + 1)})
            dead = sum(row["rows"] for row in rows) < segment["rows"]
            yield (
                self._folder / segment["name"],
                groups,
                sorted({row["artifact"] for row in rows}) if dead else None,
            )

    def _placements(self, noun: str, artifact: str) -> list[Any]:
        return self._journal.rows(
            "select segment, first_group, last_group from placed where artifact = ? and noun = ? "
            "order by stage, ordinal",
            (artifact, noun),
        )

    def _file(self, name: str) -> pq.ParquetFile:
        """Give an open segment; the least recently used one is closed when too many are open."""
        if name in self._files:
            self._files.move_to_end(name)
        else:
            self._files[name] = open_segment(self._folder, name)
            if len(self._files) > _OPEN_FILES:
                self._files.popitem(last=False)[1].close()
        return self._files[name]


def equals(column: pa.ChunkedArray, value: str | int) -> pa.ChunkedArray:
    """Say which values of a column are this one."""
    # A value without its type costs a third of a millisecond: pyarrow looks for packages that may know it.
    return pc.equal(column, pa.scalar(value, pa.string() if isinstance(value, str) else pa.int64()))


def _is_inside(column: pa.ChunkedArray, between: tuple[str, int, int]) -> pa.ChunkedArray:
    """Say which values of a column of integers lie in a range."""
    low, high = (pa.scalar(value, pa.int64()) for value in between[1:])
    return pc.and_(pc.greater_equal(column, low), pc.less_equal(column, high))


def read_groups(
    file: pq.ParquetFile, groups: Sequence[int], columns: Sequence[str] | None = None
) -> pa.Table:
    """Read row groups of a segment; raises BadSegment when their pages are damaged."""
    try:
        return file.read_row_groups(list(groups), columns=None if columns is None else list(columns))
    except (OSError, pa.ArrowException) as failure:
        message = "a segment cannot be read: its pages are damaged"
        raise BadSegment(message) from failure


def _bounds(file: pq.ParquetFile, name: str) -> Bounds:
    """Read the bounds of a column's row groups; one without statistics may hold anything."""
    column = file.schema_arrow.get_field_index(name)
    lows, highs = [], []
    for group in range(file.num_row_groups):
        stats = file.metadata.row_group(group).column(column).statistics
        known = stats is not None and stats.has_min_max
        lows.append(stats.min if known else _LEAST)
        highs.append(stats.max if known else _MOST)
    return np.array(lows, np.int64), np.array(highs, np.int64)
