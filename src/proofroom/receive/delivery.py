"""A delivery: everything below a source, copied in or named with the reason why not.

What the log already has of a delivery is skipped, so one that was interrupted goes on where it stopped, and
the log holds each act once however often that happens. Copies are made by a few threads (hashing and copying
let each other run) and logged in the order of the walk, in batches that become durable together.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from proofroom.errors import BadSource
from proofroom.model.custody import Act, Event
from proofroom.model.states import Reason, State
from proofroom.receive.copying import Copied, Copier
from proofroom.receive.custody import CustodyLog
from proofroom.receive.names import path_facts
from proofroom.receive.vault import Vault
from proofroom.receive.walk import Found, Source

BATCH_FILES: Final = 512
BATCH_BYTES: Final = 512 << 20
_THREADS: Final = 2
_AHEAD: Final = 8
_SMALL: Final = 64 << 10
"""Bytes up to which handing a file to a thread costs more than copying it."""
_DAMAGED: Final = (Reason.CHANGED_WHILE_READ, Reason.READ_ERROR)


class Progress(Protocol):
    """Told how the work goes."""

    def begin(self, stage: str, total: int, size: int) -> None:
        """Say that so many files of so many bytes are to be done; 0 where nobody knows yet."""

    def advance(self, done: int, size: int) -> None:
        """Say that so many more are done."""


@dataclass(slots=True)
class Delivery:
    """What one delivery did."""

    id: str
    found: int = 0
    new: int = 0
    bytes: int = 0
    waiting: list[dict[str, Any]] = field(default_factory=list)
    waiting_bytes: int = 0


class Receiving:
    """Copies one delivery into a case, in batches that become durable together."""

    def __init__(self, vault: Vault, custody: CustodyLog, by: str, clock: Callable[[], str]) -> None:
        """Copy into the vault and log under a member's handle; `clock` gives the time of an act."""
        self._vault = vault
        self._custody = custody
        self._by = by
        self._clock = clock

    def receive(self, path: Path, delivery: Delivery, done: set[bytes], progress: Progress) -> Delivery:
        """Copy everything that is not done yet; raises SourceLost or CaseFull with the rest safely kept."""
        self._vault.prepare()
        progress.begin("receive", 0, 0)
        source = Source(path)
        try:
            self._receive(source, delivery, done, progress)
        finally:
            source.close()
            # Also when the source was lost or the disk is full: what came whole is kept and logged.
            self._settle(delivery)
        return delivery

    def _receive(self, source: Source, delivery: Delivery, done: set[bytes], progress: Progress) -> None:
        copier = Copier(self._vault)
        ahead: deque[tuple[Found, Future[Copied] | Copied]] = deque()
        with ThreadPoolExecutor(_THREADS) as pool:
            try:
                for found in source.walk():
                    delivery.found += 1
                    if found.untrusted_path not in done:
                        ahead.append((found, self._begin(pool, copier, source, found)))
                    if len(ahead) >= _AHEAD:
                        self._take(source, *ahead.popleft(), delivery, progress)
                while ahead:
                    self._take(source, *ahead.popleft(), delivery, progress)
            except BaseException:
                copier.stop()  # what still waits is closed unread, and copied when the delivery goes on
                raise

    def _begin(
        self, pool: ThreadPoolExecutor, copier: Copier, source: Source, found: Found
    ) -> Future[Copied] | Copied:
        """Open what was found and begin to copy it, or say why not; what is small is copied at once."""
        if found.reason is not Reason.NONE:
            return Copied(None, 0, found.reason)
        opened = source.open(found)
        if isinstance(opened, Reason):
            return Copied(None, 0, opened)
        return copier.copy(opened) if found.size <= _SMALL else pool.submit(copier.copy, opened)

    def _take(
        self,
        source: Source,
        found: Found,
        begun: Future[Copied] | Copied,
        delivery: Delivery,
        progress: Progress,
    ) -> None:
        """Take one copy, or the reason why there is none, into the batch; a full batch is settled."""
        copied = begun if isinstance(begun, Copied) else begun.result()
        if copied.failure is not None:
            source.judge(copied.failure)
        delivery.waiting.append(_facts(delivery.id, found, copied))
        delivery.waiting_bytes += copied.size
        delivery.new += 1
        delivery.bytes += copied.size
        if len(delivery.waiting) >= BATCH_FILES or delivery.waiting_bytes >= BATCH_BYTES:
            self._settle(delivery)
        progress.advance(1, copied.size)

    def _settle(self, delivery: Delivery) -> None:
        """Make the batch durable, then log it, then move it to its place.

        The batch is taken out first: whatever happens, nothing is logged twice; what is not logged is
        copied again when the delivery goes on.
        """
        batch, delivery.waiting, delivery.waiting_bytes = delivery.waiting, [], 0
        if batch:
            self._vault.sync()
            time = self._clock()
            self._custody.append([Event(Act.RECEIVED, time, self._by, facts) for facts in batch])
            self._vault.settle(facts["digest"] for facts in batch if facts["digest"] is not None)


def check_source(case: Path, source: Path) -> None:
    """Raise BadSource when the source cannot be opened, or it and the case lie in one another by any path."""
    Source(source).close()
    here, there = case.resolve(), source.resolve()
    for inner, outer in ((here, there), (there, here)):
        for folder in (inner, *inner.parents):
            try:
                same = os.path.samefile(folder, outer)
            except OSError:
                continue
            if same:
                raise BadSource(
                    "the source and the case lie in one another", remedy="Put the case somewhere else."
                )


def _facts(delivery: str, found: Found, copied: Copied) -> dict[str, Any]:
    """Give what the custody log says of one received thing."""
    facts: dict[str, Any] = {
        "delivery": delivery,
        "kind": found.kind,
        "digest": copied.digest,
        "bytes": copied.size,
        "mtime_ns": None if found.mtime_ns is None else str(found.mtime_ns),
    }
    facts |= path_facts(found.untrusted_path)
    if copied.reason is not Reason.NONE:
        state = State.DAMAGED if copied.reason in _DAMAGED else State.REFUSED
        facts |= {"state": state.value, "reason": copied.reason.value}
        if found.size != copied.size:
            facts["listed_bytes"] = found.size
    return facts
