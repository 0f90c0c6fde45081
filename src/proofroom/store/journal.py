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
from proofroom.store.journal_schema import SCHEMA, STEPS, VERSION

_TRIES: Final = 4
_TRY_SECONDS: Final = 0.05
"""Whoever only asks whether somebody writes holds the lock for an instant, which is no reason to give up."""


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
            self._execute_all(SCHEMA)
            self._sql.execute("insert into meta values ('version', '1')")

    def _step_up(self) -> int:
        """Take the steps to our version; gives it. Another process may take them at the same moment."""
        with self.transaction():
            before = int(self.value("select value from meta where key = 'version'"))
            for version in range(before + 1, VERSION + 1):
                self._execute_all(STEPS[version])
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
