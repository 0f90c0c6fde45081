"""Between a stage and a face: costs are told, what was read is let be found now and then, and work pauses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from proofroom.case.watching import Pausable, Silent, WatchedPool, Weighed
from proofroom.model.states import Reason
from proofroom.run.jobs import Ended, Job
from proofroom.run.pausing import Paused, Pausing


class Slow:
    """Workers that do nothing, in so many seconds of a clock for each job."""

    def __init__(self, seconds: float) -> None:
        """Begin at some time."""
        self.seconds, self.now = seconds, 1_000.0

    def run(
        self,
        jobs: Iterator[Job],
        consume: Callable[[Job, bytes], bool],
        ended: Callable[[Job, Ended], None],
        restart: Callable[[Job], None],
    ) -> None:
        """Run every job."""
        for job in jobs:
            self.now += self.seconds
            ended(job, Ended(None, Reason.NONE, self.seconds))


class Face(Silent):
    """A face that remembers what it was told of costs."""

    def __init__(self) -> None:
        """Know nothing."""
        self.costs: list[tuple[str, int, float, bool]] = []
        self.loads: dict[str, tuple[int, int]] = {}
        self.growing = -1

    def expect(self, loads: Mapping[str, tuple[int, int]], growing: int) -> None:
        """Take what is left."""
        self.loads, self.growing = dict(loads), growing

    def spent(self, name: str, size: int, seconds: float, *, contained: bool) -> None:
        """Take what one thing has cost."""
        self.costs.append((name, size, seconds, contained))


def settlings(seconds: float, count: int) -> list[float]:
    """Run so many jobs and give when what was read was let be found, in seconds from the beginning."""
    workers, found = Slow(seconds), list[float]()
    pool = WatchedPool(workers, Silent(), lambda: found.append(workers.now - 1_000), lambda: workers.now)
    jobs = (Job(number, Path("x"), 1, b"x.txt") for number in range(count))
    pool.run(jobs, lambda job, data: True, lambda job, how: None, lambda job: None)
    return found


def test_what_was_read_is_found_early_and_a_long_run_is_not_cut_into_crumbs() -> None:
    found = settlings(1.0, 36_000)
    assert found[0] == pytest.approx(31, abs=1)
    assert len(found) < 50
    assert all(later - sooner <= 0.2 * later + 2 for sooner, later in pairwise(found) if sooner > 200)


def test_a_short_run_is_indexed_once_at_its_end() -> None:
    assert settlings(0.1, 200) == []


def test_each_job_tells_its_class_and_its_cost() -> None:
    face, workers = Face(), Slow(2.0)
    ended: list[int] = []
    pool = WatchedPool(workers, face, lambda: None)
    jobs = iter([Job(1, Path("x"), 5, b"a.xlsx"), Job(2, Path("x"), 6, b"b.ZIP")])
    pool.run(jobs, lambda job, data: True, lambda job, how: ended.append(job.id), lambda job: None)
    assert face.costs == [("workbooks", 5, 2.0, False), ("containers", 6, 2.0, True)]
    assert ended == [1, 2]


class Ahead(Slow):
    """Workers of which each has one job for a while; the next is asked for before one is given out, as by the pool."""

    def run(
        self,
        jobs: Iterator[Job],
        consume: Callable[[Job, bytes], bool],
        ended: Callable[[Job, Ended], None],
        restart: Callable[[Job], None],
    ) -> None:
        """Run two jobs at once, then a third."""
        given = [next(jobs), next(jobs)]
        last = next(jobs)
        for job in given:
            ended(job, Ended(None, Reason.NONE, self.seconds))
        next(jobs, None)
        ended(last, Ended(None, Reason.NONE, self.seconds))


class Attentive(Silent):
    """A face that remembers what was under way."""

    def __init__(self) -> None:
        """Know nothing."""
        self.told: list[tuple[int, ...]] = []

    def at_work(self, sizes: Sequence[int]) -> None:
        """Take what is under way."""
        self.told.append(tuple(sizes))


@pytest.mark.parametrize(
    ("workers", "told"), [(Ahead(1.0), [(5,), (5, 6), (6,), (), (7,), ()]), (Slow(1.0), [()] * 6)]
)
def test_a_face_is_told_what_is_under_way_and_nothing_that_waits(
    workers: Slow, told: list[tuple[int, ...]]
) -> None:
    face = Attentive()
    jobs = (Job(size, Path("x"), size, b"x.txt") for size in (5, 6, 7))
    pool = WatchedPool(workers, face, lambda: None)
    pool.run(jobs, lambda job, data: True, lambda job, how: None, lambda job: None)
    assert face.told == told


def test_a_face_is_told_what_waits_whenever_a_level_begins() -> None:
    face = Face()
    weighed = Weighed(face, lambda: {"containers": (3, 30), "text": (7, 70)})
    weighed.begin("extract", 10, 100)
    assert (face.loads["text"], face.growing) == ((7, 70), 3)
    Weighed(Silent(), lambda: pytest.fail("nobody wanted to know")).begin("extract", 1, 1)


def test_work_that_goes_alone_stops_between_two_things() -> None:
    pausing = Pausing()
    progress = Pausable(Silent(), pausing)
    progress.begin("search", 2, 2)
    progress.advance(1, 1)
    pausing.stop()
    with pytest.raises(Paused):
        progress.advance(1, 1)
    assert issubclass(Paused, KeyboardInterrupt)
