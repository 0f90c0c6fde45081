"""What isolation costs: `python benchmarks/workers.py [JOBS]`, over the small public test files.

Ours: two sandboxed workers, one sealed child per file. The peer: the same readers in one process, in a loop,
without any isolation. Both give the same bytes (compared file by file); the loop's frames go through a pipe
to a process that drops them. Further rows: the same workers without any layer, and poison among the jobs.
"""

from __future__ import annotations

import hashlib
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from measure import ROOT, head, in_turn, report

from proofroom.extract.format import Source
from proofroom.extract.sandbox import Sandbox
from proofroom.extract.worker import Formats, read_artifact
from proofroom.limits import DEFAULT
from proofroom.model.states import State
from proofroom.run.jobs import Ended, Job
from proofroom.run.pool import Pool

CORPORA = ROOT.parent / "shared" / "corpora"
LARGEST = 200 << 10
WORKERS = 2


def small_files() -> list[Path]:
    """Give the public test files of at most 200 KB, always in the same order."""
    found = [path for path in CORPORA.rglob("*") if path.is_file() and 0 < path.stat().st_size <= LARGEST]
    return sorted(found, key=lambda path: hashlib.sha256(path.name.encode()).digest())


class InProcess:
    """The same readers without isolation."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        """Read these jobs."""
        self._jobs = jobs
        self._formats = Formats.built_in()
        self.digests: dict[int, str] = {}

    def run(self) -> None:
        """Read every job into a file in memory, and keep the digest of its frames."""
        output = os.memfd_create("frames")
        for job in self._jobs:
            os.lseek(output, 0, os.SEEK_SET)
            data = job.path.read_bytes()
            source = Source(io.BytesIO(data), job.size, DEFAULT, job.untrusted_name)
            read_artifact(source, output, self._formats)
            size = os.lseek(output, 0, os.SEEK_CUR)
            self.digests[job.id] = hashlib.sha256(os.pread(output, size, 0)).hexdigest()
        os.close(output)


class Sandboxed:
    """Two workers."""

    def __init__(self, jobs: Sequence[Job], sandbox: Sandbox) -> None:
        """Read these jobs in workers of this kind."""
        self._jobs = jobs
        self._sandbox = sandbox
        self._hashes: dict[int, hashlib._Hash] = {}
        self.ended: dict[int, Ended] = {}

    def run(self) -> None:
        """Start the workers, read every job, end the workers."""
        self._hashes = {job.id: hashlib.sha256() for job in self._jobs}
        self.ended = {}
        with Pool(WORKERS, DEFAULT, self._sandbox) as pool:
            pool.run(iter(self._jobs), self._consume, self._end, self._again)

    def _consume(self, job: Job, data: bytes) -> bool:
        self._hashes[job.id].update(data)
        return True

    def _end(self, job: Job, how: Ended) -> None:
        self.ended[job.id] = how

    def _again(self, job: Job) -> None:
        self._hashes[job.id] = hashlib.sha256()

    def digests(self) -> dict[int, str]:
        """Give the digest of each job's frames."""
        return {number: found.hexdigest() for number, found in self._hashes.items()}


def jobs_of(files: Sequence[Path], count: int) -> list[Job]:
    """Repeat the files until there are so many jobs."""
    chosen = [files[number % len(files)] for number in range(count)]
    return [Job(number, path, path.stat().st_size, path.name.encode()) for number, path in enumerate(chosen)]


def main() -> None:
    """Measure and print the rows."""
    files = small_files()
    jobs = jobs_of(files, int(sys.argv[1]) if len(sys.argv) > 1 else 2_000)
    head()
    loop, sealed = InProcess(jobs), Sandboxed(jobs, Sandbox.best())
    ours, peer = in_turn(sealed.run, loop.run)
    same = sum(loop.digests[number] == found for number, found in sealed.digests().items())
    name = f"{len(jobs)} jobs over {len(files)} small files, 2 workers"
    report(name, ours, peer, "s", of="in-process loop, no isolation")
    print(f"| the same bytes, file by file | {same} | {len(jobs)} | jobs | {same / len(jobs):.3f} | |")
    layers, bare = in_turn(sealed.run, Sandboxed(jobs, Sandbox("none")).run)
    report("the same workers, with and without layers", layers, bare, "s", of="the same forks without layers")
    crashed = [how for how in sealed.ended.values() if how.state is State.CRASHED]
    print(f"| jobs without an end | {len(jobs) - len(sealed.ended)} | 0 | jobs | | |")
    print(f"| jobs that crashed | {len(crashed)} | 0 | jobs | | |")


if __name__ == "__main__":
    if CORPORA.is_dir():
        main()
    else:
        print("no public test files: shared/corpora is not beside this folder")
