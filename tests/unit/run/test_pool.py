"""The pool: every job ends exactly once, whatever happens to its child, its worker or the pool itself."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from proofroom.errors import BrokenEvidence, MissingTool
from proofroom.limits import DEFAULT
from proofroom.run import hand
from proofroom.run.jobs import Job
from proofroom.run.pool import Pool
from proofroom.run.wire import Order, send_order

if TYPE_CHECKING:
    from conftest import Small, Went

Run = Callable[..., Any]
Asks = Callable[..., Path]


def test_every_job_ends_once_and_two_workers_share_them(run: Run, asks: Asks, small: Small) -> None:
    files = [asks("held", f"{n}") for n in range(60)]
    went = run(files, workers=2)
    assert went.states() == {path.name: "" for path in files}
    assert len(small.processes) == 2


def test_a_worker_has_its_next_file_before_the_last_one_is_written_down(small: Small, asks: Asks) -> None:
    files = [asks("held", f"{n}") for n in range(5)]
    under_way: list[bool] = []
    with Pool(1, DEFAULT, small) as pool:
        pool.run(
            (Job(n, path, 10, path.name.encode()) for n, path in enumerate(files)),
            lambda job, data: True,
            lambda job, how: under_way.append(pool._hands[0].job is not None),
            lambda job: None,
        )
    assert under_way == [True, True, True, True, False]


def test_no_job_at_all_is_no_work(run: Run) -> None:
    assert run([], workers=2).ended == []


def test_what_dies_is_tried_once_more_alone_when_all_else_is_done(run: Run, asks: Asks) -> None:
    files = [asks("dies"), *(asks("held", f"{n}") for n in range(10))]
    went = run(files, workers=2)
    assert went.states()["dies"] == "crashed"
    assert went.restarted == ["dies"]
    assert went.ended[-1] == ("dies", "crashed", "worker-died")


def test_three_poison_files_are_named_and_all_others_are_done(run: Run, asks: Asks) -> None:
    poison = [asks("dies"), asks("sleep"), asks("output")]
    files = [asks("held", f"{n}") for n in range(12)]
    files[3:3], files[6:6], files[9:9] = poison[:1], poison[1:2], poison[2:]
    went = run(files, workers=2, wall_seconds=1, output_bytes=4 << 20)
    reasons = {name: reason for name, _, reason in went.ended if reason}
    assert reasons == {"dies": "worker-died", "sleep": "limit-wall", "output": "limit-output"}
    assert len(went.states()) == 15


@pytest.mark.parametrize("attack", ["raises", "panics"])
def test_an_exception_that_no_format_expects_ends_the_file_and_tells_nothing(
    run: Run, asks: Asks, attack: str
) -> None:
    assert run([asks(attack)]).ended == [(attack, "crashed", "worker-died")]


def test_a_child_that_ends_well_is_asked_for_its_last_word(run: Run, asks: Asks, went: Went) -> None:
    said: list[bytes] = []

    def believed(job: Job, data: bytes) -> bool:
        said.append(data)
        return data != b""

    went.believed = believed
    assert run([asks("held")], went=went).ended == [("held", "crashed", "bad-frame")]
    assert said.count(b"") == 1
    assert went.restarted == []


def test_nobody_is_forked_from_the_worker_of_a_liar(run: Run, asks: Asks, went: Went, small: Small) -> None:
    went.believed = lambda job, data: job.path.name != "liar"
    run([asks("held", "liar"), asks("held", "next")], went=went)
    assert went.ended == [("liar", "crashed", "bad-frame"), ("next", "", "")]
    assert len(small.processes) == 2


def test_a_worker_is_replaced_after_so_many_jobs(run: Run, asks: Asks, small: Small) -> None:
    run([asks("held", f"{n}") for n in range(7)], worker_jobs=3)
    assert len(small.processes) == 3


def test_a_worker_that_is_killed_amid_its_job_loses_nothing(
    run: Run, asks: Asks, went: Went, small: Small
) -> None:
    killed = []

    def believed(job: Job, data: bytes) -> bool:
        if len(went.ended) in {3, 9} and len(killed) < 2 and small.processes[-1].poll() is None:
            killed.append(small.processes[-1].pid)
            os.kill(killed[-1], signal.SIGKILL)
        return True

    went.believed = believed
    files = [asks("held", f"{n}") for n in range(20)]
    assert run(files, went=went).states() == {path.name: "" for path in files}
    assert len(killed) == 2


def test_a_worker_that_is_killed_amid_a_long_job_is_noticed_and_the_job_tried_again(
    run: Run, asks: Asks, went: Went, small: Small
) -> None:
    def believed(job: Job, data: bytes) -> bool:
        if data:
            os.kill(small.processes[-1].pid, signal.SIGKILL)
        return True

    went.believed = believed
    assert run([asks("sleep")], went=went, wall_seconds=2).ended == [("sleep", "crashed", "worker-died")]
    assert went.restarted == ["sleep"]


def test_a_child_that_dies_before_it_took_its_order_is_tried_again(
    run: Run, asks: Asks, small: Small
) -> None:
    small.illness = "dies_before_the_order"
    assert run([asks("held"), asks("held", "next")]).states() == {"held": "", "next": ""}


def test_an_order_that_was_not_taken_is_not_taken_for_a_command(run: Run, asks: Asks, small: Small) -> None:
    small.illness = "dies_before_the_order"
    # The first byte of what stays in the socket is then the one that tells a worker to fork.
    password = "x" * ((ord("F") - length_of_order("held", "")) % 256)
    assert length_of_order("held", password) % 256 == ord("F")
    went = run([asks("held"), asks("held", "next")], passwords=(password,))
    assert went.states() == {"held": "", "next": ""}


def length_of_order(name: str, password: str) -> int:
    """Give the length of an order as it is sent, without its first five bytes."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        send_order(ours, Order(name.encode(), 10, asdict(DEFAULT), (password,)), 0, 1)
        return len(theirs.recv(1 << 16)) - 5


def test_a_worker_that_stands_still_does_not_hold_the_pool_up(
    run: Run, asks: Asks, small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hand, "_DEATH_SECONDS", 0.5)
    small.illness = "stops"
    went = run([asks("held"), asks("held", "next")], wall_seconds=1)
    assert went.ended == [("held", "timed-out", "limit-wall"), ("next", "", "")]


def test_an_order_that_a_stuck_worker_never_takes_ends_in_time(
    run: Run, asks: Asks, small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hand, "_ORDER_SECONDS", 0.5)
    small.illness = "stops"
    went = run([asks("held"), asks("held", "next")], passwords=("x" * (1 << 20),), wall_seconds=60)
    assert went.states() == {"held": "", "next": ""}
    assert went.restarted == ["held"]


def test_without_descriptors_of_processes_the_whole_worker_is_killed(
    run: Run, asks: Asks, small: Small
) -> None:
    small.illness = "no_pidfd"
    went = run([asks("sleep"), asks("held")], wall_seconds=1)
    assert went.ended == [("sleep", "timed-out", "limit-wall"), ("held", "", "")]


def test_a_worker_that_ends_before_it_is_ready_is_not_started_for_ever(
    run: Run, asks: Asks, small: Small
) -> None:
    small.illness = "ends_at_once"
    with pytest.raises(MissingTool, match="before it has begun"):
        run([asks("held")])
    assert len(small.processes) < 9


def test_a_worker_that_never_gets_ready_is_not_waited_for_for_ever(
    run: Run, asks: Asks, small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hand, "_START_SECONDS", 0.2)
    small.illness = "never_ready"
    with pytest.raises(MissingTool):
        run([asks("held")])


def test_evidence_that_is_gone_stops_the_run(run: Run, asks: Asks, tmp_path: Path) -> None:
    with pytest.raises(BrokenEvidence):
        run([asks("held"), tmp_path / "gone"])


def test_evidence_that_became_a_link_stops_the_run(run: Run, asks: Asks, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(asks("held"))
    with pytest.raises(BrokenEvidence):
        run([tmp_path / "link"])


def test_an_interruption_leaves_no_process_behind(asks: Asks, small: Small, went: Went) -> None:
    def interrupted(job: Job, data: bytes) -> bool:
        raise KeyboardInterrupt

    jobs = [Job(n, asks("sleep" if n else "held", f"{n}"), 10, b"") for n in range(2)]
    with pytest.raises(KeyboardInterrupt), Pool(2, DEFAULT, small) as pool:
        pool.run(iter(jobs), interrupted, went.end, went.restart)
    assert [process.poll() for process in small.processes if process.poll() is None] == []


def test_a_start_that_fails_leaves_no_process_behind(small: Small) -> None:
    start, calls = small.start, []

    def failing(memory_bytes: int, cpu_seconds: int) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise OSError
        return start(memory_bytes, cpu_seconds)

    small.start = failing
    with pytest.raises(OSError), Pool(2, DEFAULT, small):  # noqa: PT011 - any will do, it is ours
        pass
    assert [process.poll() for process in small.processes] != [None]


def test_descriptors_do_not_leak_over_many_jobs(asks: Asks, small: Small, went: Went) -> None:
    def held() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    path = asks("held")
    before = held()
    with Pool(2, replace(DEFAULT, worker_jobs=200), small) as pool:
        pool.run(
            (Job(n, path, 10, b"") for n in range(500)), went.consume, lambda job, how: None, went.restart
        )
        during = held()
    assert during - before < 8
    assert held() == before


def test_passwords_of_any_number_reach_the_child(run: Run, asks: Asks, went: Went) -> None:
    kept: list[bytes] = []

    def believed(job: Job, data: bytes) -> bool:
        kept.append(data)
        return True

    went.believed = believed
    run([asks("order_told")], went=went, passwords=tuple(f"{n:0>100}" for n in range(3_000)))
    assert b"300000" in b"".join(kept)


def test_a_run_ends_soon_after_its_last_job(run: Run, asks: Asks) -> None:
    began = time.monotonic()
    run([asks("held")])
    assert time.monotonic() - began < 30
