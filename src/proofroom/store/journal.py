"""The journal: one SQLite file that knows the state of every occurrence and artifact of a case.

It is derived: rebuilt from the custody log and the originals when it is deleted. It is written in
transactions, each of which leaves the case in a state from which a run resumes. Write-ahead logging
keeps readers and the one writer out of each other's way.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from proofroom.errors import BadJournal, CaseBusy, CaseFull, CaseTooNew

VERSION: Final = 5
_TRIES: Final = 4
_TRY_SECONDS: Final = 0.05
"""Whoever only asks whether somebody writes holds the lock for an instant, which is no reason to give up."""

_SCHEMA: Final = """
create table meta (key text primary key, value text not null) without rowid;
create table occurrences (
  id integer primary key, delivery text not null, path_bytes blob not null, path text not null,
  parent integer references occurrences(id), root integer, digest text, size integer not null,
  depth integer not null, kind text not null, mtime_ns integer, state text, reason text not null default '',
  expanded integer not null default 0);
create unique index received_once on occurrences(delivery, path_bytes) where parent is null;
create index occurrences_digest on occurrences(digest);
create index occurrences_parent on occurrences(parent);
create index occurrences_root on occurrences(root);
create index occurrences_expanded on occurrences(expanded);
create table artifacts (
  digest text primary key, size integer not null, home text not null, media_type text not null default '',
  format text not null default '', state text, reason text not null default '',
  cells integer not null default 0, pieces integer not null default 0) without rowid;
create table members (
  artifact text not null, ordinal integer not null, name blob not null, digest text, size integer not null,
  state text, reason text not null default '', primary key (artifact, ordinal)) without rowid;
create table results (
  artifact text not null, stage text not null, version text not null, seconds real not null,
  content text not null, primary key (artifact, stage)) without rowid;
create table spooled (
  artifact text not null, stage text not null, file_offset integer not null, length integer not null,
  primary key (artifact, stage)) without rowid;
create table placed (
  artifact text not null, stage text not null, version text not null, noun text not null, segment text not null,
  first_group integer not null, last_group integer not null, rows integer not null, ordinal integer not null,
  primary key (artifact, stage, noun, ordinal)) without rowid;
create index placed_segment on placed(segment);
create table indexing (key text primary key) without rowid;
create table fitted (artifact text primary key, password text not null) without rowid;
create table segments (
  name text primary key, noun text not null, rows integer not null, bytes integer not null) without rowid;
"""

_STEPS: Final = {
    2: """
alter table artifacts add column before_state text;
alter table artifacts add column before_reason text;
create table ocr_wanted (
  artifact text primary key, pages text not null, kind text not null, asked text not null default '',
  wanted integer not null default 0, covered integer not null default 0, state text,
  reason text not null default '') without rowid;
create table ocr_pages (
  artifact text not null, stage text not null, page integer not null, state text not null, reason text not null,
  engine text not null default '', confidence integer not null default 0, lines integer not null default 0,
  seconds real not null default 0, reading text, primary key (artifact, stage, page)) without rowid;
create table ocr_layers (
  artifact text not null, stage text not null, slot integer not null, file text not null, engine text not null,
  done integer not null default 0, primary key (artifact, stage)) without rowid;
create table ocr_preferred (artifact text primary key, stage text not null) without rowid;
""",
    # Whatever lets an artifact be read again, what it was before stays on record.
    3: """
create table history (
  id integer primary key, artifact text not null, version text not null, state text not null, reason text not null,
  format text not null, cells integer not null, pieces integer not null, seconds real not null,
  content text not null, until text not null);
create index history_artifact on history(artifact);
create trigger history_kept before update of state on artifacts when new.state is null and old.state is not null
begin insert into history (artifact, version, state, reason, format, cells, pieces, seconds, content, until)
select old.digest, r.version, old.state, old.reason, old.format, old.cells, old.pieces, r.seconds, r.content,
strftime('%Y-%m-%dT%H:%M:%SZ', 'now') from results r where r.artifact = old.digest and r.stage = 'extract'; end;
""",
    # Passwords lie in keys/ alone; here stand keyed hashes of them. What one had opened is read once more.
    4: """
update artifacts set state = null where digest in (select artifact from fitted);
drop table fitted;
create table fitted (
  artifact text not null, password text not null, source text not null, primary key (artifact, password)
  ) without rowid;
create table tries (
  artifact text primary key, tried integer not null, sources text not null, offered integer not null,
  is_cut integer not null, mark text not null, width integer not null, words blob not null) without rowid;
create table tried_words (password text primary key, number integer not null) without rowid;
""",
    # By its sketch a text shows which others it is nearly a copy of; the search stage makes them.
    5: """
create table sketches (artifact text primary key, sketch blob not null) without rowid;
""",
}
"""What each later version adds; an older journal takes the steps it lacks when it is opened."""


class Journal:
    """Opens the journal of a case, for one writer or for any number of readers."""

    def __init__(self, path: Path, *, writing: bool = False, reading_only: bool = False) -> None:
        """Open it, making it where it is missing; raises BadJournal, CaseTooNew or CaseBusy."""
        self.path = path
        self._lock: int | None = None
        if writing:
            self._lock = _lock(path.with_suffix(".lock"))
        fresh = not path.exists()
        if not fresh and not writing and path.stat().st_size == 0:
            raise BadJournal("the journal is empty")  # a new one would tell of a case without files
        try:
            mode = "rwc"
            if reading_only or (not writing and not os.access(path.parent, os.W_OK)):
                reading_only, mode = True, _read_only_mode(path)
            self._sql = sqlite3.connect(
                f"{path.resolve().as_uri()}?mode={mode}", uri=True, isolation_level=None, timeout=30
            )
            self._sql.row_factory = sqlite3.Row
            if not reading_only:
                self._sql.execute("pragma journal_mode=wal")
            self._sql.execute("pragma synchronous=normal")
            if fresh or not self.rows("select 1 from sqlite_master where name = 'meta'"):
                self._create()
            version = int(self.value("select value from meta where key = 'version'") or 0)
            if version < VERSION and not reading_only:
                version = self._step_up()
        except sqlite3.DatabaseError as failure:
            self.close()
            message = f"the journal cannot be read: {failure}"
            raise BadJournal(message) from failure
        except BadJournal:
            self.close()
            raise
        if version < VERSION:
            self.close()
            raise BadJournal("an older Proofroom made the journal", remedy="Run `proofroom run CASE` once.")
        if version > VERSION:
            self.close()
            message = f"the journal has version {version}, this Proofroom knows {VERSION}"
            raise CaseTooNew(message)

    def _create(self) -> None:
        with self.transaction():
            self._execute_all(_SCHEMA)
            self._sql.execute("insert into meta values ('version', '1')")

    def _step_up(self) -> int:
        """Take the steps to our version; gives it. Another process may take them at the same moment."""
        with self.transaction():
            before = int(self.value("select value from meta where key = 'version'"))
            for version in range(before + 1, VERSION + 1):
                self._execute_all(_STEPS[version])
            self._sql.execute("update meta set value = ? where key = 'version'", (str(VERSION),))
        return VERSION

    def _execute_all(self, statements: str) -> None:
        for statement in statements.split(";\n"):
            if statement.strip():
                self._sql.execute(statement)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Do everything inside, or nothing of it."""
        self.execute("begin immediate")
        try:
            yield
        except BaseException:
            self._sql.execute("rollback")
            raise
        self.execute("commit")

    def execute(self, statement: str, values: Sequence[Any] | dict[str, Any] = ()) -> int:
        """Run one statement; gives the number of rows it changed."""
        try:
            return self._sql.execute(statement, values).rowcount
        except sqlite3.DatabaseError as failure:
            raise _explain(failure) from failure

    def insert(self, statement: str, values: Sequence[Any]) -> int:
        """Insert one row; gives its id."""
        try:
            return self._sql.execute(statement, values).lastrowid or 0
        except sqlite3.DatabaseError as failure:
            raise _explain(failure) from failure

    def many(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run one statement for many rows."""
        try:
            self._sql.executemany(statement, rows)
        except sqlite3.DatabaseError as failure:
            raise _explain(failure) from failure

    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        """Give all rows of a query."""
        try:
            return self._sql.execute(statement, values).fetchall()
        except sqlite3.DatabaseError as failure:
            raise _explain(failure) from failure

    def each(self, statement: str, values: Sequence[Any] = ()) -> Iterator[sqlite3.Row]:
        """Give the rows of a query one by one, for lists that may be long."""
        # Not `yield from`: a list that is cut (`| head`) ends after the journal was closed, and its cursor with it.
        for row in self._sql.execute(statement, values):  # noqa: UP028 - see above
            yield row

    def value(self, statement: str, values: Sequence[Any] = ()) -> Any:
        """Give the first value of the first row, or None."""
        try:
            row = self._sql.execute(statement, values).fetchone()
        except sqlite3.DatabaseError as failure:
            raise _explain(failure) from failure
        return None if row is None else row[0]

    def check(self) -> None:
        """Read the whole file and check it; raises BadJournal."""
        verdict = self.value("pragma quick_check")
        if verdict != "ok":
            message = f"the journal is corrupt: {verdict}"
            raise BadJournal(message)

    def close(self) -> None:
        """Close the file and give up the lock."""
        if hasattr(self, "_sql"):
            self._sql.close()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _read_only_mode(path: Path) -> str:
    """Say how to open a journal that may not be written to; one without a log of writes beside it cannot change."""
    if os.access(path.parent, os.W_OK):
        return "ro"
    log = path.with_name(f"{path.name}-wal")
    return "ro&immutable=1" if not log.exists() or not log.stat().st_size else "ro"


def _lock(path: Path) -> int:
    """Take the case's one writer's lock; raises CaseBusy when another process holds it."""
    held = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    left = _TRIES
    while True:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            left -= 1
            if not left:
                os.close(held)
                message = "another process is writing to this case"
                raise CaseBusy(message) from None
            time.sleep(_TRY_SECONDS)
        else:
            return held


def is_written(path: Path) -> bool:
    """Say whether a process is writing to the case of this journal."""
    try:
        lock = os.open(path.with_suffix(".lock"), os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(lock)
    return False


def _explain(failure: sqlite3.DatabaseError) -> BadJournal | CaseFull:
    """Say in our words what SQLite found."""
    if "full" in str(failure):
        return CaseFull("the disk of the case is full")
    return BadJournal(f"the journal cannot be used: {failure}")
