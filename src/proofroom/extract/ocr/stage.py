"""The OCR stage: pages that are pictures are drawn in the sandbox, read by engines, and kept page by page.

It comes after everything else and may take days, so it holds little and loses little: a few pictures at a
time, each page in the journal as soon as it is read, an artifact's pages in a segment when all are there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path
from typing import Final, Protocol

from proofroom.extract.inbox import BadFrame
from proofroom.extract.ocr import VERSION
from proofroom.extract.ocr.outcome import outcome_of
from proofroom.extract.ocr.page import PagePicture, PageReading
from proofroom.extract.ocr.picture_inbox import PictureInbox
from proofroom.extract.ocr.readings import (
    PageSize,
    content_of,
    from_text,
    label_of,
    rows_of_page,
    to_document,
    to_table,
    to_text,
)
from proofroom.extract.passwords.keyring import Keyring
from proofroom.extract.stage import Progress, Workers
from proofroom.limits import Limits
from proofroom.model.states import Reason
from proofroom.run.jobs import Ended, Job, Task
from proofroom.store.journal import Journal
from proofroom.store.members import Members
from proofroom.store.ocr_pages import DONE, FAILED, NO_ENGINE, OCR, OcrPages, PageDone, Waiting
from proofroom.store.results import Results

DPI: Final = 300
"""Dots per inch at which pages are drawn: the engines were measured with it, and less loses small characters."""

AT_ONCE: Final = 2
"""Pictures that are drawn before the engines take them; each holds up to 60 MB."""

SETTLE_SECONDS: Final = 600.0
"""So often is what was read put into segments and the index, so that it is found while the rest goes on."""


Only = Mapping[str, Collection[int]]
"""Artifacts, each with the pages that are to be read of it."""
Chosen = Sequence[tuple[Waiting, tuple[int, ...]]]


class Engines(Protocol):
    """Reads pictures of pages, several at a time, and tells of each as soon as it is done."""

    def read(self, pictures: Iterator[PagePicture], done: Callable[[int, PageReading | None], None]) -> None:
        """Take each picture when there is room for it; `done` gets its key and the reading.

        It gets None where the engine failed, and a reading without an engine where none here knows the script.
        """


@dataclass(frozen=True, slots=True)
class Using:
    """What a run of the stage works with: what draws, what reads, which engines these are, and on what CPU."""

    workers: Workers
    engines: Engines
    signature: str
    cpu: str
    settle: Callable[[], None]


@dataclass(frozen=True, slots=True)
class _Page:
    """One page under way."""

    artifact: str
    number: int
    size: PageSize
    began: float


def _chosen(one: Waiting, only: Only | None) -> tuple[int, ...]:
    """Give the pages of an artifact that are to be read now."""
    if only is None:
        return one.pages
    return tuple(page for page in one.pages if page in only[one.artifact])


class Recognition:
    """Reads every page of the case that waits for OCR."""

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
        self._pages = OcrPages(journal, limits.pages)
        self._open: dict[int, _Page] = {}
        self._left: dict[str, set[int]] = {}
        self._begun: set[str] = set()
        self._settled = time.monotonic()

    def run(self, using: Using, keyring: Keyring, progress: Progress, only: Only | None = None) -> int:
        """Read until nothing waits; gives how many pages that were. A kill loses the pages at hand, no others.

        `only` leaves all other artifacts and pages for later.
        """
        self._pages.repair(VERSION)
        total = 0
        try:
            for _, some in groupby(self._pages.waiting(using.signature), key=lambda one: one.kind):
                waiting = [(one, _chosen(one, only)) for one in some if only is None or one.artifact in only]
                count = sum(len(pages) for _, pages in waiting)
                total += count
                progress.begin(OCR, count, count)
                self._read(using, waiting, keyring, progress)
        except KeyboardInterrupt:
            self._settle(using)
            raise
        self._settle(using)
        return total

    def _read(self, using: Using, waiting: Chosen, keyring: Keyring, progress: Progress) -> None:
        """Read the pages of some artifacts."""
        for one, _ in waiting:
            self._left[one.artifact] = set(one.pages)
            if not one.pages:
                self._end(one.artifact)

        def done(key: int, reading: PageReading | None) -> None:
            page = self._open.pop(key)
            self._keep(page.artifact, self._done(page, reading, using))
            progress.advance(1, 1)
            if time.monotonic() - self._settled > SETTLE_SECONDS:
                self._settle(using)

        def not_drawn(job: Job, artifact: str, reason: Reason) -> None:
            self._keep(artifact, PageDone(job.page, FAILED, reason))
            progress.advance(1, 1)

        using.engines.read(self._pictures(using, waiting, keyring, not_drawn), done)

    def _pictures(
        self,
        using: Using,
        waiting: Chosen,
        keyring: Keyring,
        not_drawn: Callable[[Job, str, Reason], None],
    ) -> Iterator[PagePicture]:
        """Draw page after page, a few at a time, whenever the engines have room for more."""
        jobs = self._jobs(waiting, keyring)
        while some := list(islice(jobs, AT_ONCE)):
            inboxes = {job.id: PictureInbox() for job, _ in some}
            failed = self._draw(using.workers, [job for job, _ in some], inboxes)
            for job, artifact in some:
                drawn = inboxes.pop(job.id).picture(job.id) if job.id not in failed else None
                if drawn is None:
                    not_drawn(job, artifact, failed.get(job.id) or Reason.DAMAGED_PART)
                    continue
                picture, size = drawn
                self._open[job.id] = _Page(artifact, job.page, size, time.monotonic())
                yield picture

    def _draw(self, workers: Workers, jobs: list[Job], inboxes: dict[int, PictureInbox]) -> dict[int, Reason]:
        """Let children draw pages; gives for which that failed, and why."""
        failed: dict[int, Reason] = {}

        def consume(job: Job, untrusted: bytes) -> bool:
            try:
                inboxes[job.id].feed(untrusted)
            except BadFrame:
                return False
            return True

        def ended(job: Job, how: Ended) -> None:
            reason = how.reason if how.state is not None else inboxes[job.id].reason
            if reason:
                failed[job.id] = reason

        def restart(job: Job) -> None:
            inboxes[job.id] = PictureInbox()

        workers.run(iter(jobs), consume, ended, restart)
        return failed

    def _jobs(self, waiting: Chosen, keyring: Keyring) -> Iterator[tuple[Job, str]]:
        """Make a job for each page, with the passwords that fitted its file."""
        number = 0
        for one, pages in waiting:
            at = self._original(one.artifact) if one.home == "original" else self._members.path(one.artifact)
            name = bytes(one.untrusted_path).rsplit(b"/", 1)[-1]
            words = tuple(keyring.fitted().get(one.artifact, ()))
            for page in pages:
                number += 1
                yield Job(number, at, one.size, name, words, Task.PICTURE, page, DPI), one.artifact

    def _done(self, page: _Page, reading: PageReading | None, using: Using) -> PageDone:
        """Say what became of a page that engines have looked at."""
        seconds = time.monotonic() - page.began
        if reading is None:
            return PageDone(page.number, FAILED, Reason.OCR_FAILED, seconds=seconds)
        if not reading.engine:
            return PageDone(page.number, NO_ENGINE, Reason.OCR_PENDING, using.signature, seconds=seconds)
        document = to_document(reading, page.size, using.cpu)
        return PageDone(
            page.number,
            DONE,
            Reason.NONE,
            label_of(reading.engine),
            document["confidence"],
            len(document["lines"]),
            seconds,
            to_text(document),
        )

    def _keep(self, artifact: str, done: PageDone) -> None:
        """Keep a page, and end its artifact when it was the last one."""
        self._pages.keep(artifact, done)
        self._begun.add(artifact)
        left = self._left[artifact]
        left.discard(done.page)
        if not left:
            self._end(artifact)

    def _end(self, artifact: str) -> None:
        """Make valid what was read of an artifact so far; with its last page it is done."""
        pages = self._pages.of_artifact(artifact)
        read = [(one.page, from_text(one.reading)) for one in pages if one.reading is not None]
        rows = [row for page, document in read for row in rows_of_page(page, document)]
        pending = self._results.begin(artifact, OCR, VERSION)
        if rows:
            self._results.add(pending, OCR, to_table(artifact, 0, rows))
        state, reason = outcome_of(pages) if not self._left[artifact] else (None, Reason.NONE)

        def also() -> None:
            if state is not None:
                self._pages.end(artifact, state, reason)

        seconds = sum(one.seconds for one in pages)
        self._results.commit(pending, content_of(VERSION, read), seconds, also)
        self._begun.discard(artifact)

    def _settle(self, using: Using) -> None:
        """Put what was read into segments and let it be found, also of documents that are not done."""
        for artifact in sorted(self._begun):
            self._end(artifact)
        self._results.flush()
        using.settle()
        self._settled = time.monotonic()
