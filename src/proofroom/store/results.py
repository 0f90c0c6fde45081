"""Results on their way to disk: small ones wait in the spool, large ones stream into segments.

An artifact's result becomes valid in one journal transaction, together with its members and its state;
before that nothing of it is seen. A redo replaces the `placed` rows in one transaction; a segment of
which more than 30 % is dead is written again without its dead rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from sqlite3 import Row
from typing import Final

import pyarrow as pa

from proofroom.errors import BadSegment
from proofroom.store.journal import Journal
from proofroom.store.reading import equals, read_groups
from proofroom.store.schemas import NOUNS, SCHEMAS
from proofroom.store.segments import CLOSE_AT, GROUP_ROWS, Placement, SegmentWriter, open_segment, sweep
from proofroom.store.spool import Spool

SMALL: Final = 8 << 20
"""Bytes of Arrow memory up to which a result waits in the spool."""
DEAD_SHARE: Final = 0.30


@dataclass(slots=True)
class Pending:
    """One artifact's result while it is being made."""

    artifact: str
    stage: str
    version: str
    tables: dict[str, list[pa.Table]] = field(default_factory=dict)
    held: int = 0
    writers: dict[str, SegmentWriter] = field(default_factory=dict)
    closed: list[SegmentWriter] = field(default_factory=list)
    placements: list[tuple[str, Placement]] = field(default_factory=list)


class Results:
    """The writing side of the store: spool, segments and the journal rows that make them valid."""

    def __init__(self, derived: Path, journal: Journal) -> None:
        """Open the store below the case's `derived` folder and delete what a kill left; raises BadSegment."""
        self.derived = derived
        self._folder = derived / "segments"
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._journal = journal
        for row in journal.rows("select distinct segment from placed"):
            # A run over a damaged store would report results that nobody can read.
            open_segment(self._folder, row["segment"]).close()
        self._spool = Spool(derived / "results.spool")
        sweep(self._folder, {row["name"] for row in journal.rows("select name from segments")})
        self._drop_unreadable()

    def begin(self, artifact: str, stage: str, version: str) -> Pending:
        """Begin the result of one artifact in one stage."""
        return Pending(artifact, stage, version)

    def add(self, pending: Pending, noun: str, table: pa.Table) -> None:
        """Take rows of a result, in order; a result that grows large moves to segments of its own."""
        pending.tables.setdefault(noun, []).append(table)
        pending.held += table.nbytes
        if pending.held > SMALL:
            self._spill(pending)

    def discard(self, pending: Pending) -> None:
        """Drop a result that is not to be."""
        for writer in pending.writers.values():
            writer.discard()
        for writer in pending.closed:
            (self._folder / writer.name).unlink(missing_ok=True)

    def commit(self, pending: Pending, content: str, seconds: float, also: Callable[[], None]) -> None:
        """Make a result valid in one transaction, with whatever else belongs to the same fact."""
        if pending.placements or pending.writers:
            self._spill(pending)
            for noun in list(pending.writers):
                self._close(pending, noun)
        spooled = None
        if pending.tables:
            spooled = self._spool.append({noun: _one(noun, some) for noun, some in pending.tables.items()})
        key = (pending.artifact, pending.stage)
        with self._journal.transaction():
            # What waits in the spool cannot be read yet: until it is moved, the rows before it stay valid.
            self._forget(*key, keep_placed=spooled is not None)
            if spooled:
                self._journal.execute("insert into spooled values (?, ?, ?, ?)", (*key, *spooled))
            for writer in pending.closed:
                self._enter_segment(writer)
            self._place(key, pending.version, pending.placements)
            self._journal.execute(
                "insert into results values (?, ?, ?, ?, ?)", (*key, pending.version, seconds, content)
            )
            also()
        if self._spool.size > CLOSE_AT:
            self.flush()

    def flush(self) -> None:
        """Move everything in the spool into segments, sorted by artifact."""
        waiting = self._journal.rows("select * from spooled order by artifact, stage")
        if not waiting:
            self._spool.clear()
            self._rewrite_dead()
            return
        frames = [(row, self._spool.read(row["file_offset"], row["length"])) for row in waiting]
        writers: list[SegmentWriter] = []
        placed: list[tuple[tuple[str, str], str, Placement]] = []
        # One stage to a segment: whoever reads an artifact's rows tells its stages apart by their segments.
        stages = sorted({row["stage"] for row in waiting})
        for noun, stage in product(NOUNS, stages):
            some = [
                (row, tables[noun])
                for row, tables in frames
                if row["stage"] == stage and noun in tables and tables[noun].num_rows
            ]
            if some:
                writer = SegmentWriter(self._folder, noun)
                placed += _write_together(writer, some)
                writers.append(writer)
        for writer in writers:
            writer.close()
        versions = {(row["artifact"], row["stage"]): row["version"] for row in self._versions()}
        with self._journal.transaction():
            for writer in writers:
                self._enter_segment(writer)
            self._journal.execute(
                "delete from placed where exists (select 1 from spooled s "
                "where s.artifact = placed.artifact and s.stage = placed.stage)"
            )
            for key, noun, placement in placed:
                self._place(key, versions[key], [(noun, placement)])
            self._journal.execute("delete from spooled")
        self._spool.clear()
        self._rewrite_dead()

    def close(self) -> None:
        """Move what waits into segments and close the spool."""
        self.flush()
        self._spool.close()

    def abandon(self) -> None:
        """Let go of the files as they are; what waits in the spool is found again at the next start."""
        self._spool.close()

    def _versions(self) -> list[Row]:
        return self._journal.rows(
            "select r.artifact, r.stage, r.version from results r join spooled s using (artifact, stage)"
        )

    def _spill(self, pending: Pending) -> None:
        """Write what is held in memory to the artifact's own segments."""
        for noun, some in pending.tables.items():
            writer = pending.writers.get(noun)
            if writer is None:
                writer = pending.writers[noun] = SegmentWriter(self._folder, noun)
            table = _one(noun, some)
            first, last = writer.add(table)
            placement = Placement(writer.name, first, last, table.num_rows)
            pending.placements.append((noun, placement))
            if writer.bytes_written > CLOSE_AT:
                self._close(pending, noun)
        pending.tables, pending.held = {}, 0

    def _close(self, pending: Pending, noun: str) -> None:
        writer = pending.writers.pop(noun)
        writer.close()
        pending.closed.append(writer)

    def _enter_segment(self, writer: SegmentWriter) -> None:
        size = (self._folder / writer.name).stat().st_size
        self._journal.execute(
            "insert into segments values (?, ?, ?, ?)", (writer.name, writer.noun, writer.rows, size)
        )

    def _place(
        self, key: tuple[str, str], version: str, placements: Iterable[tuple[str, Placement]], first: int = 0
    ) -> None:
        self._journal.many(
            "insert into placed values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (*key, version, noun, at.segment, at.first, at.last, at.rows, ordinal)
                for ordinal, (noun, at) in enumerate(placements, first)
            ],
        )

    def _forget(self, artifact: str, stage: str, *, keep_placed: bool = False) -> None:
        """Take an older result out of validity, or all of it but its rows."""
        for table in ("results", "spooled", "placed")[: 2 if keep_placed else 3]:
            self._journal.execute(f"delete from {table} where artifact = ? and stage = ?", (artifact, stage))

    def _drop_unreadable(self) -> None:
        """Forget spooled results whose frame a power failure cut: their artifacts are read again."""
        for row in self._journal.rows("select * from spooled"):
            try:
                self._spool.read(row["file_offset"], row["length"])
            except BadSegment:
                with self._journal.transaction():
                    self._forget(row["artifact"], row["stage"])
                    # What another stage made is missed, and made again, by that stage.
                    self._journal.execute(
                        "update artifacts set state = null where digest = ? and ? = 'extract'",
                        (row["artifact"], row["stage"]),
                    )

    def _rewrite_dead(self) -> None:
        """Write segments again that are more than 30 % dead, and delete those nobody needs."""
        live = {
            row["segment"]: row["rows"]
            for row in self._journal.rows("select segment, sum(rows) as rows from placed group by segment")
        }
        for row in self._journal.rows("select * from segments"):
            alive = live.get(row["name"], 0)
            if alive < row["rows"] * (1 - DEAD_SHARE):
                self._rewrite(row["name"], row["noun"], alive)

    def _rewrite(self, name: str, noun: str, alive: int) -> None:
        """Copy the valid rows of one segment into a new one and swap them in one transaction."""
        writer = SegmentWriter(self._folder, noun) if alive else None
        moved: list[tuple[tuple[str, str], str, Placement]] = []
        rows = self._journal.rows(
            "select * from placed where segment = ? order by artifact, first_group", (name,)
        )
        if writer:
            file = open_segment(self._folder, name)
            for row in rows:
                table = read_groups(file, range(row["first_group"], row["last_group"] + 1))
                table = table.filter(equals(table["artifact"], row["artifact"])).cast(SCHEMAS[noun])
                first, last = writer.add(table)
                at = Placement(writer.name, first, last, table.num_rows)
                moved.append(((row["artifact"], row["stage"]), row["version"], at))
            writer.close()
        with self._journal.transaction():
            self._journal.execute("delete from placed where segment = ?", (name,))
            self._journal.execute("delete from segments where name = ?", (name,))
            if writer:
                self._enter_segment(writer)
            for row, (key, version, at) in zip(rows, moved, strict=False):
                self._place(key, version, [(noun, at)], row["ordinal"])
        (self._folder / name).unlink(missing_ok=True)


def _one(noun: str, tables: list[pa.Table]) -> pa.Table:
    """Join tables of one noun into one with the noun's schema and one dictionary per column."""
    table = pa.concat_tables(tables) if len(tables) > 1 else tables[0]
    return table.unify_dictionaries().cast(SCHEMAS[noun])


def _write_together(
    writer: SegmentWriter, some: list[tuple[Row, pa.Table]]
) -> list[tuple[tuple[str, str], str, Placement]]:
    """Write many small results into one segment, several to a row group; gives where each stands."""
    placed: list[tuple[tuple[str, str], str, Placement]] = []
    group: list[tuple[Row, pa.Table]] = []
    held = 0

    def write() -> None:
        first, last = writer.add(_one(writer.noun, [one for _, one in group]))
        for row, one in group:
            at = Placement(writer.name, first, last, one.num_rows)
            placed.append(((row["artifact"], row["stage"]), writer.noun, at))
        group.clear()

    for row, table in some:
        if group and held + table.num_rows > GROUP_ROWS[writer.noun]:
            write()
            held = 0
        group.append((row, table))
        held += table.num_rows
    write()
    return placed
