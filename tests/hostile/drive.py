"""A program: runs attacks through the real pool and the real collector, and prints what became of them as JSON.

    python drive.py FORM < RUNS

It is a program of its own so that the same attacks can be made by root and by a normal user. Behind every
attack comes an honest file, handed to the same worker: its frames must always be the same.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sys
import tempfile
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from proofroom.extract.collect import Collector
from proofroom.extract.formats import docx
from proofroom.extract.inbox import BadFrame
from proofroom.extract.sandbox import Sandbox, probe
from proofroom.limits import DEFAULT
from proofroom.model.states import Reason
from proofroom.model.where import parse_parts
from proofroom.run.jobs import Ended, Job
from proofroom.run.pool import Pool

ATTACKS = Path(__file__).resolve().parent / "attacks"
MAGIC = b"An attack\0\1\2\3"
HONEST = Path(docx.__file__).parent / "samples" / docx.FORMAT.sample


class Watched:
    """A sandbox that counts the workers it starts."""

    def __init__(self, form: str) -> None:
        """Start workers in this form."""
        self.started = 0
        self._sandbox = Sandbox(form, (str(ATTACKS),), ("hostile_format",))

    def start(self, memory_bytes: int, cpu_seconds: int) -> Any:
        self.started += 1
        return self._sandbox.start(memory_bytes, cpu_seconds)


class Discard:
    """A member's bytes, counted and dropped."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._size = 0

    def write(self, data: bytes) -> None:
        self._size += len(data)

    def finish(self) -> tuple[str, int]:
        return "0" * 64, self._size


@dataclass
class Outcome:
    """What became of one file."""

    state: str = ""
    reason: str = ""
    said: dict[str, str] = field(default_factory=dict)
    rows: int = 0
    members: list[list[str]] = field(default_factory=list)
    frames: str = ""
    restarts: int = 0
    worker: int = 0
    seconds: float = 0.0


class Take:
    """Takes what one child says, as the stage does: what a liar said is dropped."""

    def __init__(self, restarts: int) -> None:
        """Begin with nothing; so many children have died over this file."""
        self.tables: list[Any] = []
        self.hash = hashlib.sha256()
        self.restarts = restarts
        self.worker = 0
        self.collector = Collector("0" * 64, DEFAULT, lambda noun, table: self.tables.append(table), Discard)

    def consume(self, untrusted: bytes, worker: int) -> bool:
        self.worker = self.worker or worker
        self.hash.update(untrusted)
        try:
            self.collector.feed(untrusted)
        except BadFrame:
            return False
        return True

    def outcome(self, how: Ended, worker: int) -> Outcome:
        found = self.collector.finish()
        state, reason = (how.state, how.reason) if how.state else (found.state, found.reason)
        if reason is Reason.BAD_FRAME:
            self.tables, found.members = [], []
        pieces = [
            row
            for table in self.tables
            for row in table.to_pylist()
            if row.get("part", "").startswith("meta=")
        ]
        return Outcome(
            state.value if state else "",
            reason.value,
            {_key(row["part"]): row["text"] for row in pieces},
            sum(table.num_rows for table in self.tables),
            [[one.untrusted_name.decode(), one.state.value if one.state else ""] for one in found.members],
            self.hash.hexdigest(),
            self.restarts,
            self.worker or worker,
            how.wall_seconds,
        )


def _key(part: str) -> str:
    """Give the name of the property that stands at an address."""
    return parse_parts(part)[0][1]


def run(
    form: str, limits: dict[str, int], files: list[tuple[bytes, dict[str, Any]]], folder: Path
) -> dict[str, Any]:
    """Run files through one worker, in their order."""
    sandbox = Watched(form)
    takes: dict[int, Take] = {}
    outcomes: dict[int, Outcome] = {}

    def jobs() -> Any:
        for number, (data, extra) in enumerate(files):
            path = folder / f"{number}.bin"
            path.write_bytes(data)
            takes[number] = Take(0)
            name = bytes.fromhex(extra.get("name", "")) or b"file.attack"
            yield Job(number, path, len(data), name, tuple(extra.get("passwords", ())))

    def consume(job: Job, untrusted: bytes) -> bool:
        return takes[job.id].consume(untrusted, sandbox.started)

    def ended(job: Job, how: Ended) -> None:
        outcomes[job.id] = takes[job.id].outcome(how, sandbox.started)

    def restart(job: Job) -> None:
        takes[job.id] = Take(takes[job.id].restarts + 1)

    with Pool(1, replace(DEFAULT, **limits), sandbox) as pool:
        zygote = _zygote(pool)
        pool.run(jobs(), consume, ended, restart)
    return {
        "outcomes": [asdict(outcomes[n]) for n in range(len(files))],
        "zygote": zygote,
        "started": sandbox.started,
    }


def _zygote(pool: Pool) -> dict[str, str]:
    """Look at the worker from outside, where a process cannot lie about itself, once it is ready."""
    hand = pool._hands[0]
    while not hand.ready:
        reports = hand.reports.receive(hand.control)
        if reports is None:
            raise RuntimeError(f"the worker ended before it was ready: {hand.process.wait()}")
        for report in reports:
            hand.take(report)
    pid = _youngest(hand.process.pid)
    status = Path(f"/proc/{pid}/status").read_text("utf-8")
    return dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)


def _youngest(pid: int) -> int:
    """Go down from a process to the last of its line."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    while children.is_file() and (found := children.read_text("ascii").split()):
        pid = int(found[-1])
        children = Path(f"/proc/{pid}/task/{pid}/children")
    return pid


def main() -> None:
    """Run what standard input asks for."""
    signal.alarm(300)
    form, asked = sys.argv[1], json.load(sys.stdin)
    if probe().missing:
        json.dump({"missing": probe().missing}, sys.stdout)
        return
    honest = HONEST.read_bytes()
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="proofroom-hostile-") as name:
        folder = Path(name)
        secret = folder / "case" / "secret"
        secret.parent.mkdir()
        secret.write_bytes(b"secret")
        places = [str(folder), str(secret.parent), str(ATTACKS), *asked.get("places", ())]
        told = {"places": places, "files": [str(secret), str(ATTACKS / "hostile_format.py"), sys.executable]}
        for group in asked["groups"]:
            files: list[tuple[bytes, dict[str, Any]]] = [(honest, {})]
            for attack in group["attacks"]:
                order = {**told, **attack}
                files += [(MAGIC + json.dumps(order).encode(), attack), (honest, {})]
            found[group["name"]] = run(form, group["limits"], files, folder)
        found["left"] = [*sorted(path.name for path in secret.parent.iterdir()), secret.read_bytes().decode()]
    found["user"] = os.getuid()
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
