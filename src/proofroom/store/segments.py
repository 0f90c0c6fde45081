"""Segments: Parquet files of one kind of noun of many artifacts, written once and never changed.

A segment is written under a temporary name, synced, and renamed; only the journal's `placed` rows say
which of its row groups are valid. A segment is closed at 64 MB. Row groups are small (pyarrow's default
of a million rows makes 100 rows around a cell cost 97 ms instead of a few).
"""

from __future__ import annotations

import os
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from proofroom.errors import BadSegment, CaseFull
from proofroom.store.schemas import SCHEMAS

CLOSE_AT: Final = 64 << 20
GROUP_ROWS: Final = {
    "cells": 20_000,
    "pieces": 10_000,
    "sheets": 10_000,
    "merges": 10_000,
    "boxes": 20_000,
    "ocr": 10_000,
}
_DISK_FULL: Final = (28, 122)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the rows of one artifact stand: a segment and its row groups, first and last included."""

    segment: str
    first: int
    last: int
    rows: int


class SegmentWriter:
    """Writes one segment; rows given to one `add` begin a new row group."""

    def __init__(self, folder: Path, noun: str) -> None:
        """Begin a segment of that noun in the case's `derived/segments` folder."""
        self.noun = noun
        self.name = f"{noun}-{uuid.uuid4().hex}.parquet"
        self.groups = 0
        self.rows = 0
        self._final = folder / self.name
        self._partial = folder / f"{self.name}.partial"
        # Statistics on the address columns let a reader skip groups; on texts they cost and help nobody.
        stats = [field.name for field in SCHEMAS[noun] if field.type != pa.string()]
        names = [field.name for field in SCHEMAS[noun]]
        self._file = self._partial.open("xb")
        self._writer = pq.ParquetWriter(
            self._file,
            SCHEMAS[noun],
            compression="zstd",
            compression_level=3,
            write_statistics=stats,
            use_dictionary=[name for name in names if name not in ("row", "seq", "part")],
        )

    @property
    def bytes_written(self) -> int:
        """Bytes in the file so far."""
        return self._file.tell()

    def add(self, table: pa.Table) -> tuple[int, int]:
        """Write rows in groups of the noun's size; gives the first and last group they stand in."""
        first = self.groups
        size = GROUP_ROWS[self.noun]
        try:
            self._writer.write_table(table, row_group_size=size)
        except OSError as failure:
            raise _full(failure) from failure
        self.groups += max(1, -(-table.num_rows // size)) if table.num_rows else 0
        self.rows += table.num_rows
        return first, self.groups - 1

    def close(self) -> None:
        """Finish the file, make it durable, and give it its name."""
        try:
            self._writer.close()
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
        except OSError as failure:
            raise _full(failure) from failure
        self._partial.rename(self._final)

    def discard(self) -> None:
        """Drop the file: its artifact is read again or not at all."""
        self._writer.close()
        self._file.close()
        self._partial.unlink(missing_ok=True)


def _full(failure: OSError) -> BadSegment | CaseFull:
    """Say in our words that the disk is full, or that the segment could not be written."""
    if failure.errno in _DISK_FULL or "No space left" in str(failure):
        return CaseFull("the disk of the case is full")
    return BadSegment(f"a segment could not be written: errno {failure.errno}")


def open_segment(folder: Path, name: str) -> pq.ParquetFile:
    """Open a segment for reading; raises BadSegment when it is missing or damaged."""
    try:
        return pq.ParquetFile(folder / name, memory_map=True)
    except (OSError, pa.ArrowInvalid) as failure:
        message = f"the segment {name} cannot be read"
        raise BadSegment(message) from failure


def sweep(folder: Path, referenced: set[str]) -> list[str]:
    """Delete files that no journal row names (left by a kill); gives their names."""
    swept = []
    for path in folder.iterdir():
        if path.name not in referenced:
            path.unlink()
            swept.append(path.name)
    return swept
