"""Pausing: what is under way is ended, nothing new is begun, and whoever asked otherwise is heard within a second."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from proofroom.limits import DEFAULT
from proofroom.run.jobs import Ended, Job
from proofroom.run.pausing import HELD, Paused, Pausing
from proofroom.run.pool import Pool

if TYPE_CHECKING:
    from conftest import Small, Went


def jobs(asks: Callable[..., Path], count: int) -> Iterator[Job]:
    for number in range(count):
        path = asks("held", f"{number}")
        yield Job(number, path, 10, path.name.encode())


def test_to_stop_ends_what_is_under_way_and_begins_nothing(
    small: Small, asks: Callable[..., Path], went: Went
) -> None:
    pausing = Pausing()
    begun: list[int] = []

    def noted() -> Iterator[Job]:
        for job in jobs(asks, 50):
            begun.append(job.id)
            yield job

    def end(job: Job, how: Ended) -> None:
        went.end(job, how)
        if len(went.ended) == 5:
            pausing.stop()

    with Pool(2, DEFAULT, small, pausing) as pool, pytest.raises(Paused):
        pool.run(noted(), went.consume, end, went.restart)
    ended = {int(name) for name in went.states()}
    assert 5 <= len(ended) <= 7
    # At most one was looked at ahead, and that one was not begun in any child.
    assert len(begun) - len(ended) <= 1


def test_what_died_before_a_stop_is_not_tried_again_now(
    small: Small, asks: Callable[..., Path], went: Went
) -> None:
    pausing = Pausing()

    def end(job: Job, how: Ended) -> None:
        went.end(job, how)
        pausing.stop()

    files = [asks("dies"), asks("held", "one")]
    each = (Job(n, path, 10, path.name.encode()) for n, path in enumerate(files))
    with Pool(1, DEFAULT, small, pausing) as pool, pytest.raises(Paused):
        pool.run(each, went.consume, end, went.restart)
    assert set(went.states()) == {"one"}


def test_a_marker_holds_and_its_end_lets_go(
    small: Small, asks: Callable[..., Path], went: Went, tmp_path: Path
) -> None:
    marker = tmp_path / "pause"
    told: list[str] = []
    pausing = Pausing(marker, told.append)
    held: list[tuple[int, float]] = []

    def end(job: Job, how: Ended) -> None:
        went.end(job, how)
        if len(went.ended) == 3:
            marker.touch()
            threading.Thread(target=let_go).start()

    def let_go() -> None:
        until = time.monotonic() + 20
        while marker.read_text().strip() != HELD and time.monotonic() < until:
            time.sleep(0.05)
        count = len(went.ended)
        time.sleep(0.5)
        held.append((count, len(went.ended)))
        marker.unlink()

    with Pool(2, DEFAULT, small, pausing) as pool:
        # Slow enough that the marker is seen before all is done.
        pool.run((job for job in jobs(asks, 40) if not time.sleep(0.05)), went.consume, end, went.restart)
    assert len(went.states()) == 40
    assert held[0][0] == held[0][1] < 40
    assert [words.split(",")[0] for words in told] == ["Holding", "Going on"]


def test_a_marker_that_was_taken_away_stays_away(tmp_path: Path) -> None:
    marker = tmp_path / "pause"
    marker.touch()
    pausing = Pausing(marker)
    assert pausing.holds()
    marker.unlink()
    pausing.idle()
    assert not marker.exists()


def test_where_nothing_is_under_way_a_stop_is_heard_while_it_holds(tmp_path: Path) -> None:
    marker = tmp_path / "pause"
    marker.touch()
    pausing = Pausing(marker)
    threading.Timer(0.2, pausing.stop).start()
    with pytest.raises(Paused):
        pausing.wait()
    assert marker.read_text().strip() == HELD


def test_a_marker_that_an_earlier_run_left_does_not_hold_a_new_one(tmp_path: Path) -> None:
    marker = tmp_path / "pause"
    marker.touch()
    pausing = Pausing(marker)
    pausing.clear()
    pausing.wait()
    assert not marker.exists()


def test_time_in_which_a_child_waited_for_us_is_not_its_own(
    small: Small, asks: Callable[..., Path], went: Went
) -> None:
    slow = [True]

    def end(job: Job, how: Ended) -> None:
        went.end(job, how)
        if slow:
            slow.clear()
            time.sleep(2.5)  # as when what was read is put into the index

    files = [asks("held", "first"), asks("held", "second"), asks("held", "third")]
    each = (Job(n, path, 10, path.name.encode()) for n, path in enumerate(files))
    with Pool(2, replace(DEFAULT, wall_seconds=2), small) as pool:
        pool.run(each, went.consume, end, went.restart)
    assert set(went.states().values()) == {""}
