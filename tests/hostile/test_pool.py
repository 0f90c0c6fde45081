"""The pool with real sandboxes: whoever is killed, nothing is lost and no process is left behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from proofroom.extract.sandbox import Form, Sandbox
from proofroom.limits import DEFAULT
from proofroom.run.jobs import Ended, Job
from proofroom.run.pool import Pool

HERE = Path(__file__).resolve().parent
ATTACKS = HERE / "attacks"
MANY = 2_000

PARENT = """
import sys
from pathlib import Path
from proofroom.extract.sandbox import Sandbox
from proofroom.limits import DEFAULT
from proofroom.run.jobs import Job
from proofroom.run.pool import Pool
form, attacks, marker, *files = sys.argv[1:]
jobs = (Job(n, Path(name), 10, b"") for n, name in enumerate(files))
def consume(job, data):
    print("at work", flush=True)
    return True
with Pool(2, DEFAULT, Sandbox(form, (attacks, marker), ("hostile_format",))) as pool:
    pool.run(jobs, consume, lambda job, how: None, lambda job: None)
"""


def marked(marker: Path) -> list[int]:
    """Give the processes whose arguments hold a marker."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                if os.fsencode(marker) in (entry / "cmdline").read_bytes():
                    found.append(int(entry.name))
    return found


def none_left(marker: Path) -> bool:
    """Wait a little for the kernel to end them all."""
    end = time.monotonic() + 20
    while marked(marker) and time.monotonic() < end:
        time.sleep(0.05)
    return marked(marker) == []


@pytest.fixture(params=["none", "ctypes", "bwrap"])
def any_form(request: pytest.FixtureRequest) -> Form:
    """Give every form, also the one without layers."""
    chosen: Form = request.param
    if chosen != "none" and Sandbox.best().form == "none":
        pytest.skip("this machine has no sandbox")
    if chosen == "bwrap" and Sandbox.best().form != "bwrap":
        pytest.skip("bubblewrap is not installed, or does not work here")
    return chosen


@pytest.fixture
def marker(tmp_path: Path) -> Path:
    """Give a folder whose name stands in the arguments of every process of one test."""
    folder = tmp_path / f"marker-{os.getpid()}-{time.monotonic_ns()}"
    folder.mkdir()
    return folder


def test_a_parent_that_is_killed_leaves_no_process_behind(
    any_form: Form, marker: Path, attack_file: Callable[..., Path]
) -> None:
    files = [str(attack_file("sleep")) for _ in range(2)]
    program = [sys.executable, "-c", PARENT, any_form, str(ATTACKS), str(marker), *files]
    with subprocess.Popen(program, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        assert [parent.stdout.readline(), parent.stdout.readline()] == [b"at work\n"] * 2
        assert len(marked(marker)) >= 5
        parent.kill()
    assert none_left(marker)


def test_an_interruption_leaves_no_process_behind(
    any_form: Form, marker: Path, attack_file: Callable[..., Path]
) -> None:
    def interrupted(job: Job, data: bytes) -> bool:
        raise KeyboardInterrupt

    jobs = [Job(n, attack_file("sleep"), 10, b"") for n in range(2)]
    sandbox = Sandbox(any_form, (str(ATTACKS), str(marker)), ("hostile_format",))
    with pytest.raises(KeyboardInterrupt), Pool(2, DEFAULT, sandbox) as pool:
        pool.run(iter(jobs), interrupted, lambda job, how: None, lambda job: None)
    assert none_left(marker)


def test_a_worker_that_is_killed_from_outside_loses_nothing(
    form: Form, marker: Path, attack_file: Callable[..., Path]
) -> None:
    ended: dict[int, Ended] = {}
    killed: list[int] = []

    def consume(job: Job, data: bytes) -> bool:
        # The last of its line is the child at work, the one above it its worker.
        if job.id in {5, 11} and len(killed) < 2 and data:
            killed.append(max(marked(marker)))
            os.kill(killed[-1], signal.SIGKILL)
        return True

    path = attack_file("held")
    sandbox = Sandbox(form, (str(ATTACKS), str(marker)), ("hostile_format",))
    with Pool(1, DEFAULT, sandbox) as pool:
        jobs = (Job(n, path, 10, b"") for n in range(16))
        pool.run(jobs, consume, lambda job, how: ended.update({job.id: how}), lambda job: None)
    assert len(killed) == 2
    assert {job: how.state for job, how in ended.items()} == dict.fromkeys(range(16))


def test_two_thousand_jobs_leave_no_descriptor_and_no_process(
    marker: Path, attack_file: Callable[..., Path]
) -> None:
    sandbox = Sandbox(Sandbox.best().form, (str(ATTACKS), str(marker)), ("hostile_format",))
    path, ended = attack_file("held"), []
    before = len(list(Path("/proc/self/fd").iterdir()))
    with Pool(2, replace(DEFAULT, worker_jobs=700), sandbox) as pool:
        jobs = (Job(n, path, 10, b"") for n in range(MANY))
        pool.run(jobs, lambda job, data: True, lambda job, how: ended.append(how.state), lambda job: None)
        assert len(marked(marker)) < 10
    assert ended == [None] * MANY
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    assert none_left(marker)


def test_the_tests_own_marker_is_found(marker: Path) -> None:
    program = [sys.executable, "-c", "print(flush=True); import sys; sys.stdin.read()", str(marker)]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert marked(marker) == [process.pid]
