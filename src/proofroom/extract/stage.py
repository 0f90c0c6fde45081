"""The extract stage: every artifact that is not read yet goes through the sandbox, level by level.

Level by level means: first all received files, then everything found inside them, and so on. So the
places at which limits cut are decided by the cache alone, not by which worker was faster.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from proofroom.base.canonical import dumps
from proofroom.extract import VERSION
from proofroom.extract.collect import Collector
from proofroom.extract.collected import Collected
from proofroom.extract.inbox import BadFrame
from proofroom.extract.names import name_texts
from proofroom.extract.outside import Outside, described
from proofroom.extract.passwords.keyring import Keyring
from proofroom.extract.passwords.offers import Offers
from proofroom.limits import Limits
from proofroom.model.states import Reason, State
from proofroom.run.jobs import Ended, Job
from proofroom.store.journal import Journal
from proofroom.store.members import Members, NewMember
from proofroom.store.occurrences import Occurrences
from proofroom.store.ocr_pages import PAGE, PICTURE, OcrPages
from proofroom.store.results import Pending, Results

STAGE: Final = "extract"


class Workers(Protocol):
    """Anything that runs jobs in sandboxed children: the local pool, later a cluster."""

    def run(
        self,
        jobs: Iterator[Job],
        consume: Callable[[Job, bytes], bool],
        ended: Callable[[Job, Ended], None],
        restart: Callable[[Job], None],
    ) -> None:
        """Run every job; each ends exactly once."""


class Progress(Protocol):
    """Told how the work goes."""

    def begin(self, stage: str, total: int, size: int) -> None:
        """Say that so many artifacts of so many bytes are to be done."""

    def advance(self, done: int, size: int) -> None:
        """Say that so many more are done."""


@dataclass(slots=True)
class _Live:
    """One artifact under way."""

    digest: str
    size: int
    pending: Pending
    collector: Collector
    opened: list[NewMember]


class Extraction:
    """Reads every artifact of the case that has no state yet."""

    def __init__(
        self,
        journal: Journal,
        results: Results,
        members: Members,
        original: Callable[[str], Path],
        limits: Limits,
    ) -> None:
        """Work on the case's store; `original` gives where a received artifact's bytes stand."""
        self._journal = journal
        self._results = results
        self._members = members
        self._original = original
        self._limits = limits
        self._occurrences = Occurrences(journal, limits)
        self._offers: Offers | None = None
        self._ocr = OcrPages(journal, limits.pages)
        self._live: dict[int, _Live] = {}

    def run(self, workers: Workers, keyring: Keyring, progress: Progress) -> int:
        """Read until nothing is left; gives how many artifacts were read. Resumes after a kill.

        When all is read, the passwords that a person gave and the strings that the cache itself offers are
        tried on what is locked; what that opens may offer more.
        """
        self._let_other_versions_go()
        offers = self._offers = Offers(self._journal, self._results, keyring, self._limits)
        offers.begin()
        try:
            done = self._read_all(workers, progress)
            while offers.renew():
                done += self._read_all(workers, progress)
        finally:
            offers.settle()
        self._occurrences.drop_orphans()
        self._results.flush()
        return done

    def compare_outside(self, outside: Sequence[Outside]) -> None:
        """Let what formats from outside have read, and what nobody could read, be read again when those changed."""
        at_hand = dumps(described(outside)).decode()
        if (self._journal.value("select value from meta where key = 'outside'") or "[]") == at_hand:
            return
        with self._journal.transaction():
            self._journal.execute("insert or replace into meta values ('outside', ?)", (at_hand,))
            self._journal.execute(
                "update artifacts set state = null where reason = ? or format like 'outside:%'",
                (Reason.NO_FORMAT.value,),
            )

    def _let_other_versions_go(self) -> None:
        """Let everything be read again that another version of this stage has read."""
        with self._journal.transaction():
            self._journal.execute(
                "update artifacts set state = null where digest in "
                "(select artifact from results where stage = ? and version is not ?)",
                (STAGE, VERSION),
            )

    def _read_all(self, workers: Workers, progress: Progress) -> int:
        """Read level by level what has no state yet."""
        done = 0
        while True:
            self._occurrences.expand(name_texts)
            waiting = self._occurrences.pending()
            if not waiting:
                self._results.flush()
                return done
            progress.begin(STAGE, len(waiting), sum(row["size"] for row in waiting))

            def ended(job: Job, how: Ended) -> None:
                self._ended(job, how)
                progress.advance(1, job.size)

            workers.run(iter(self._jobs(waiting)), self._consume, ended, self._restart)
            done += len(waiting)

    def _jobs(self, waiting: list[Any]) -> Iterator[Job]:
        """Make the jobs of one level; each begins its result when it is handed out."""
        for number, row in enumerate(waiting):
            digest = row["digest"]
            at = self._original(digest) if row["home"] == "original" else self._members.path(digest)
            name = bytes(row["path_bytes"]).rsplit(b"/", 1)[-1]
            self._live[number] = self._begin(digest, row["size"])
            yield Job(number, at, row["size"], name, self._offers.of(digest) if self._offers else ())

    def _begin(self, digest: str, size: int) -> _Live:
        pending = self._results.begin(digest, STAGE, VERSION)
        opened: list[NewMember] = []

        def member() -> NewMember:
            opened.append(self._members.new())
            return opened[-1]

        collector = Collector(
            digest, self._limits, lambda noun, table: self._results.add(pending, noun, table), member
        )
        return _Live(digest, size, pending, collector, opened)

    def _consume(self, job: Job, untrusted: bytes) -> bool:
        """Collect what a child says; False when it breaks the rules of the wire."""
        try:
            self._live[job.id].collector.feed(untrusted)
        except BadFrame:
            return False
        return True

    def _restart(self, job: Job) -> None:
        """Drop what a child that died had given, and begin again."""
        live = self._live[job.id]
        self._drop(live)
        self._live[job.id] = self._begin(live.digest, live.size)

    def _drop(self, live: _Live) -> None:
        self._results.discard(live.pending)
        if live.opened:
            live.opened[-1].discard()

    def _ended(self, job: Job, how: Ended) -> None:
        """Make the artifact's result valid, in whatever state it ended."""
        live = self._live.pop(job.id)
        if how.reason is Reason.BAD_FRAME:
            # Nothing that a child said is kept once it broke the rules of the wire.
            self._drop(live)
            live = self._begin(live.digest, live.size)
        found = live.collector.finish()
        if how.state is not None:
            found.state, found.reason = how.state, how.reason
        elif found.state is None:
            found.state, found.reason = State.CRASHED, Reason.WORKER_DIED
        content = live.collector.content()
        self._results.commit(live.pending, content, how.wall_seconds, lambda: self._enter(live.digest, found))

    def _enter(self, digest: str, found: Collected) -> None:
        """Enter an artifact's state and members; inside the transaction of its result."""
        state = found.state.value if found.state else None
        values = [
            state,
            found.reason.value,
            found.media_type,
            found.format,
            found.cells,
            found.pieces,
            digest,
        ]
        self._journal.execute(
            "update artifacts set state = ?, reason = ?, media_type = ?, format = ?, cells = ?, pieces = ?, "
            "before_state = null, before_reason = null where digest = ?",
            values,
        )
        kind = PICTURE if found.media_type.startswith("image/") else PAGE
        self._ocr.want(digest, found.pages_for_ocr, kind)
        members = [
            (
                digest,
                n,
                one.untrusted_name,
                one.digest,
                one.size,
                one.state and one.state.value,
                one.reason.value,
            )
            for n, one in enumerate(found.members)
        ]
        self._occurrences.enter_members(digest, members)
        if self._offers is not None:
            self._offers.note(digest, found)
