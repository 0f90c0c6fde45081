"""What stands between a stage and a face: it measures costs, lets partial results be found, and pauses."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, Protocol, runtime_checkable

from proofroom.case.costs import CONTAINERS, MAIL, cost_class
from proofroom.case.meter import Load
from proofroom.extract.stage import Workers
from proofroom.run.jobs import Ended, Job
from proofroom.run.pausing import Pausing

_LEAST_SECONDS: Final = 30.0
_SHARE: Final = 0.2
"""What was read is put into the index after half a minute, and then whenever the run has grown by a fifth.

A fixed time would leave a long run with thousands of small segments; so it is some forty in ten hours.
"""


class Progress(Protocol):
    """Told how the work goes."""

    def begin(self, stage: str, total: int, size: int) -> None:
        """Say that so many things of so many bytes are to be done."""

    def advance(self, done: int, size: int) -> None:
        """Say that so many more are done."""


@runtime_checkable
class Costing(Protocol):
    """A face that also wants to know what each class of things costs."""

    def expect(self, loads: Mapping[str, Load], growing: int) -> None:
        """Say what is left, by class, and how many of it may hold more."""

    def spent(self, name: str, size: int, seconds: float, *, contained: bool) -> None:
        """Say what one thing of a class has cost."""


@runtime_checkable
class Attending(Protocol):
    """A face that also wants to know what is under way."""

    def at_work(self, sizes: Sequence[int]) -> None:
        """Say how many bytes each thing has that is being read just now."""


class Silent:
    """Takes the progress of what is no stage of its own."""

    def begin(self, stage: str, total: int, size: int) -> None:
        """Begin."""

    def advance(self, done: int, size: int) -> None:
        """Go on."""


class Pausable:
    """Progress of a stage that works alone: between one thing and the next it can be paused."""

    def __init__(self, progress: Progress, pausing: Pausing) -> None:
        """Pass everything on."""
        self._progress = progress
        self._pausing = pausing

    def begin(self, stage: str, total: int, size: int) -> None:
        """Pass it on."""
        self._pausing.wait()
        self._progress.begin(stage, total, size)

    def advance(self, done: int, size: int) -> None:
        """Pass it on, and pause when that is asked for."""
        self._progress.advance(done, size)
        self._pausing.wait()


class Weighed:
    """Progress of the stage extract: tells the face what waits, by class, whenever a level begins."""

    def __init__(self, progress: Progress, waiting: Callable[[], Mapping[str, Load]]) -> None:
        """Pass everything on; `waiting` counts what waits."""
        self._progress = progress
        self._waiting = waiting

    def begin(self, stage: str, total: int, size: int) -> None:
        """Pass it on, with the classes where the face wants them."""
        self._progress.begin(stage, total, size)
        if isinstance(self._progress, Costing):
            loads = self._waiting()
            self._progress.expect(loads, sum(loads.get(one, (0, 0))[0] for one in (CONTAINERS, MAIL)))

    def advance(self, done: int, size: int) -> None:
        """Pass it on."""
        self._progress.advance(done, size)


class _UnderWay:
    """Which jobs were given to workers and have not ended."""

    def __init__(self, face: Attending | None) -> None:
        self._face = face
        self._sizes: dict[int, int] = {}
        self._ahead: int | None = None

    def handed_out(self, jobs: Iterator[Job]) -> Iterator[Job]:
        """Pass the jobs on."""
        for job in jobs:
            self._ahead, self._sizes[job.id] = job.id, job.size
            yield job
            # Only whoever asks for the next one has given this one to a worker.
            self._ahead = None
            self._tell()

    def ended(self, job: Job) -> None:
        """Let a job go."""
        self._sizes.pop(job.id, None)
        self._tell()

    def _tell(self) -> None:
        if self._face is not None:
            self._face.at_work(tuple(size for one, size in self._sizes.items() if one != self._ahead))


class WatchedPool:
    """A pool that tells what each job has cost, and now and then lets what was read so far be found."""

    def __init__(
        self,
        pool: Workers,
        progress: object,
        settle: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Run jobs in the pool; `settle` puts what was read into segments and the index."""
        self._pool = pool
        self._clock = clock
        self._costing = progress if isinstance(progress, Costing) else None
        self._attending = progress if isinstance(progress, Attending) else None
        self._settle = settle
        self._began = self._settled = clock()

    def run(
        self,
        jobs: Iterator[Job],
        consume: Callable[[Job, bytes], bool],
        ended: Callable[[Job, Ended], None],
        restart: Callable[[Job], None],
    ) -> None:
        """Run every job; each ends exactly once."""
        under_way = _UnderWay(self._attending)

        def watched(job: Job, how: Ended) -> None:
            under_way.ended(job)
            name = cost_class(job.untrusted_name)
            if self._costing is not None:
                contained = name in (CONTAINERS, MAIL)
                self._costing.spent(name, job.size, how.wall_seconds, contained=contained)
            ended(job, how)
            if self._is_due():
                self._settle()
                self._settled = self._clock()

        self._pool.run(under_way.handed_out(jobs), consume, watched, restart)

    def _is_due(self) -> bool:
        """Say whether it is time to let what was read be found."""
        now = self._clock()
        return now - self._settled > max(_LEAST_SECONDS, _SHARE * (now - self._began))
