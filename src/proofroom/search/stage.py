"""The search stage: what was extracted goes into the index, artifact by artifact, and exactly once.

Before documents are put in, their artifacts are marked in the journal; a run that was killed between the
index's commit and the journal's deletes what is marked and puts it in again. An artifact is indexed anew
when what was extracted from it has changed.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from proofroom.errors import StaleIndex
from proofroom.model.evidence import PieceKind
from proofroom.search import VERSION
from proofroom.search.documents import (
    NAME,
    NAME_KEY,
    cell_texts,
    indexed_name,
    ocr_documents,
    piece_documents,
)
from proofroom.search.near import Sketching
from proofroom.store.index import Index, IndexDoc
from proofroom.store.journal import Journal
from proofroom.store.ocr_rows import preferred_rows
from proofroom.store.reading import Reading, equals

STAGE: Final = "search"
_COMMIT_AT: Final = 400_000
"""Cells and pieces between two commits of the index."""
_NAMES_AT_ONCE: Final = 50_000

_PENDING: Final = """select * from (select a.digest, a.size, a.cells + a.pieces as things,
    e.content || coalesce((select group_concat(o.stage || o.content, ' ') from
      (select * from results where artifact = e.artifact and stage >= 'ocr' and stage < 'ocs' order by stage) o), '')
      || coalesce((select stage from ocr_preferred p where p.artifact = e.artifact), '') as content,
    s.artifact is not null as again, s.content as before, s.version as version
  from artifacts a join results e on e.artifact = a.digest and e.stage = 'extract'
  left join results s on s.artifact = a.digest and s.stage = 'search')
  where not again or before is not content or version is not ? order by digest"""


class Progress(Protocol):
    """Told how the work goes."""

    def begin(self, stage: str, total: int, size: int) -> None:
        """Say that so many artifacts are to be done."""

    def advance(self, done: int, size: int) -> None:
        """Say that so many more are done."""


class Indexing:
    """Brings the index up to date with the store."""

    def __init__(self, folder: Path, journal: Journal, reading: Reading) -> None:
        """Index into the folder; an index of another version is deleted and built anew."""
        self._journal = journal
        self._reading = reading
        try:
            self._index = Index.open(folder)
        except StaleIndex:
            shutil.rmtree(folder, ignore_errors=True)
            self._index = Index.open(folder)
        if not self._index.count():
            with journal.transaction():
                journal.execute("delete from results where stage = ?", (STAGE,))
                journal.execute(
                    "insert or ignore into unindexed select artifact from results where stage = 'extract'"
                )
                journal.execute("delete from indexing")
                journal.execute("delete from meta where key = 'names'")

    def run(self, progress: Progress) -> int:
        """Index everything that is not indexed as it now stands; gives how many artifacts that were."""
        with self._index:
            pending = self._journal.rows(_PENDING, (VERSION,))
            stale = [row["digest"] for row in pending if row["again"]]
            marked = [row["key"] for row in self._journal.rows("select key from indexing")]
            if stale or marked:
                self._index.delete_artifacts(sorted({*stale, *marked}))
                with self._journal.transaction():
                    self._journal.execute("delete from indexing")
            progress.begin(STAGE, len(pending), sum(row["things"] for row in pending))
            batch: list[Any] = []
            things = 0
            for row in pending:
                batch.append(row)
                things += row["things"]
                if things >= _COMMIT_AT:
                    self._put(batch, progress)
                    batch, things = [], 0
            self._put(batch, progress)
            self._put_names()
            # What was read again with the same outcome did not have to be put in.
            self._journal.execute("delete from unindexed")
        return len(pending)

    def _put(self, batch: list[Any], progress: Progress) -> None:
        """Index a batch of artifacts and enter them as done."""
        if not batch:
            return
        with self._journal.transaction():
            self._journal.many(
                "insert or ignore into indexing values (?)", [(row["digest"],) for row in batch]
            )
        sketches: list[tuple[str, bytes]] = []
        self._index.put(self._documents(batch, sketches, progress))
        self._index.commit()
        with self._journal.transaction():
            self._journal.many(
                "insert or replace into results values (?, ?, ?, 0, ?)",
                [(row["digest"], STAGE, VERSION, row["content"]) for row in batch],
            )
            self._journal.many("insert or replace into sketches values (?, ?)", sketches)
            self._journal.execute("delete from indexing")

    def _documents(
        self, batch: list[Any], sketches: list[tuple[str, bytes]], progress: Progress
    ) -> Iterator[IndexDoc]:
        """Give the documents of a batch; on the way, cells are put in and the sketches of the texts made.

        One stream for all of it: most artifacts are small, and the index takes documents in larger portions.
        """
        for row in batch:
            digest, text = row["digest"], Sketching()
            self._put_all_cells(digest, text)
            for table in self._reading.batches("pieces", digest):
                text.add(table.filter(pc.invert(equals(table["kind"], int(PieceKind.META))))["text"])
                yield from piece_documents(digest, table)
            recognised = preferred_rows(self._reading, self._journal, digest)
            text.add(recognised.filter(equals(recognised["kind"], int(PieceKind.LINE)))["text"])
            yield from ocr_documents(digest, recognised)
            sketches.append((digest, text.sketch()))
            progress.advance(1, row["things"])

    def _put_all_cells(self, digest: str, text: Sketching) -> None:
        """Index the cells of one artifact."""
        sheets = {
            found["sheet"]: found["name"] for found in self._reading.of_artifact("sheets", digest).to_pylist()
        }
        columns = ("sheet", "row", "col", "flags", "raw", "shown")
        for table in self._reading.batches("cells", digest, columns):
            text.add(table["raw"])
            for sheet in table["sheet"].unique().to_pylist():
                self._put_cells(digest, sheet, sheets.get(sheet, ""), table)

    def _put_cells(self, digest: str, sheet: int, name: str, table: pa.Table) -> None:
        mine = (
            table
            if table["sheet"].combine_chunks().unique().to_pylist() == [sheet]
            else _of_sheet(table, sheet)
        )
        rows, columns = mine["row"].to_numpy(), mine["col"].to_numpy()
        self._index.put_cells(digest, name if sheet else None, rows, columns, cell_texts(mine))

    def _put_names(self) -> None:
        """Index the names of occurrences that are new since the last time."""
        last = int(self._journal.value("select value from meta where key = 'names'") or 0)
        while True:
            rows = self._journal.rows(
                "select * from occurrences where id > ? order by id limit ?", (last, _NAMES_AT_ONCE)
            )
            if not rows:
                return
            docs = []
            keys = [f"{NAME_KEY}{row['id']}" for row in rows]
            with self._journal.transaction():
                self._journal.many("insert or ignore into indexing values (?)", [(key,) for key in keys])
            for key, row in zip(keys, rows, strict=True):
                docs.append(IndexDoc(key, NAME, (("", 0),), indexed_name(self._journal, row)))
            self._index.put(docs)
            self._index.commit()
            last = rows[-1]["id"]
            with self._journal.transaction():
                self._journal.execute("insert or replace into meta values ('names', ?)", (str(last),))
                self._journal.execute("delete from indexing")


def _of_sheet(table: pa.Table, sheet: int) -> pa.Table:
    """Keep the rows of one sheet."""
    return table.filter(equals(table["sheet"], sheet))
