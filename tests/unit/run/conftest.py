"""Pools of real workers that start at once, and what became of the jobs that they were given."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from proofroom.limits import DEFAULT
from proofroom.model.states import State
from proofroom.run.jobs import Ended, Job
from proofroom.run.pool import Pool


@dataclass
class Small:
    """Starts small workers without layers, all of them ill in the same way, and remembers them."""

    attacks: Path
    marker: Path
    illness: str = "none"
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, memory_bytes: int, cpu_seconds: int) -> tuple[subprocess.Popen[bytes], socket.socket]:
        """Start one."""
        ours, theirs = socket.socketpair()
        program = [
            sys.executable,
            str(Path(__file__).with_name("small_worker.py")),
            self.illness,
            str(self.marker),
        ]
        process = subprocess.Popen(
            [*program, str(theirs.fileno()), "none", str(memory_bytes), str(cpu_seconds), "hostile_format"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(theirs.fileno(),),
            env={**os.environ, "PYTHONPATH": str(self.attacks)},
            start_new_session=True,
        )
        theirs.close()
        self.processes.append(process)
        return process, ours


@dataclass
class Went:
    """What a pool told about the jobs of one run."""

    ended: list[tuple[str, str, str]] = field(default_factory=list)
    restarted: list[str] = field(default_factory=list)
    bytes: dict[str, int] = field(default_factory=dict)
    believed: Callable[[Job, bytes], bool] = lambda job, data: True

    def consume(self, job: Job, data: bytes) -> bool:
        """Take bytes."""
        self.bytes[job.path.name] = self.bytes.get(job.path.name, 0) + len(data)
        return self.believed(job, data)

    def end(self, job: Job, how: Ended) -> None:
        """Take an end."""
        self.ended.append(
            (job.path.name, how.state.value if isinstance(how.state, State) else "", how.reason.value)
        )

    def restart(self, job: Job) -> None:
        """Take a second try."""
        self.restarted.append(job.path.name)

    def states(self) -> dict[str, str]:
        """Give each job's state; each must have ended once."""
        assert len({name for name, _, _ in self.ended}) == len(self.ended)
        return {name: state for name, state, _ in self.ended}


@pytest.fixture
def small(root: Path, tmp_path: Path) -> Iterator[Small]:
    """Give workers that start at once; none may be left when the test is over."""
    made = Small(root / "tests" / "hostile" / "attacks", tmp_path / "marker")
    yield made
    assert [process.args for process in made.processes if process.poll() is None] == []


@pytest.fixture
def went() -> Went:
    """Give something that takes what a pool tells."""
    return Went()


@pytest.fixture
def asks(tmp_path: Path) -> Callable[..., Path]:
    """Give a maker of files that ask for what a child shall do."""

    def make(attack: str, name: str = "", **more: object) -> Path:
        path = tmp_path / (name or attack)
        path.write_bytes(b"An attack\0\1\2\3" + json.dumps({"attack": attack, **more}).encode())
        return path

    return make


@pytest.fixture
def run(small: Small) -> Callable[..., Went]:
    """Run files through a pool, give what it told."""

    def through(files: list[Path], workers: int = 1, went: Went | None = None, **limits: Any) -> Went:
        kept = went or Went()
        passwords = limits.pop("passwords", ())
        jobs = (Job(n, path, 10, path.name.encode(), passwords) for n, path in enumerate(files))
        with Pool(workers, replace(DEFAULT, **limits), small) as pool:
            pool.run(jobs, kept.consume, kept.end, kept.restart)
        return kept

    return through
