"""With one layer taken away the others still keep the worker, and so the next file, out of a child's hands."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from attack_neighbours import weak_spots

from proofroom.extract.collect import Collector
from proofroom.extract.sandbox import Form, Sandbox, landlock
from proofroom.limits import DEFAULT
from proofroom.model.where import parse_parts
from proofroom.run.jobs import Ended, Job
from proofroom.run.pool import Pool

HERE = Path(__file__).resolve().parent


@dataclass
class Weakened:
    """Starts workers that lack one layer."""

    form: Form
    layer: str

    def start(self, memory_bytes: int, cpu_seconds: int) -> tuple[subprocess.Popen[bytes], socket.socket]:
        """Start one."""
        ours, theirs = socket.socketpair()
        told = [
            self.layer,
            str(theirs.fileno()),
            self.form,
            str(memory_bytes),
            str(cpu_seconds),
            "hostile_format",
        ]
        program = [sys.executable, "-P", str(HERE / "weakened.py"), *told]
        process = subprocess.Popen(
            Sandbox(self.form, (str(HERE),)).entered(program),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(theirs.fileno(),),
            cwd="/",
            start_new_session=True,
        )
        theirs.close()
        return process, ours


@pytest.fixture(params=["calls", "calls of the child", "landlock"])
def weakened(request: pytest.FixtureRequest, form: Form) -> Weakened:
    """Give workers without one layer."""
    return Weakened(form, request.param)


def said(sandbox: Weakened, path: Path) -> dict[str, str]:
    """Let a child look for weak spots and give what it found; the same worker must read the next file as before."""
    found: list[dict[str, str]] = []
    frames: list[bytes] = []
    ends: list[Ended] = []

    def consume(job: Job, data: bytes) -> bool:
        frames[job.id :] = [*frames[job.id : job.id + 1], b""][:1]
        frames[job.id] += data
        return True

    def ended(job: Job, how: Ended) -> None:
        ends.append(how)

    with Pool(1, replace(DEFAULT, wall_seconds=30), sandbox) as pool:
        worker = pool._hands[0].process.pid
        files = [path.with_name("honest"), path, path.with_name("honest")]
        pool.run((Job(n, one, 10, b"") for n, one in enumerate(files)), consume, ended, lambda job: None)
        assert pool._hands[0].process.pid == worker
    assert [how.state for how in ends] == [None] * 3
    assert frames[0] == frames[2]
    collector = Collector("0" * 64, DEFAULT, lambda noun, table: found.extend(table.to_pylist()), _no_member)
    collector.feed(frames[1])
    return {parse_parts(row["part"])[0][1]: row["text"] for row in found}


def _no_member() -> None:
    raise AssertionError


def test_the_worker_stays_out_of_reach(weakened: Weakened, attack_file: Callable[..., Path]) -> None:
    path = attack_file(weak_spots.__name__)
    path.with_name("honest").write_bytes(b"")
    told = said(weakened, path)
    if weakened.layer != "landlock" and landlock.version() < 6:
        told = {what: how for what, how in told.items() if not what.startswith("signal")}
    assert {what: how for what, how in told.items() if not how.startswith("E")} == {}
    assert len(told) > 10
