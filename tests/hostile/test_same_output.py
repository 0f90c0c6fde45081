"""The sandboxed child gives byte for byte what the same code gives without a sandbox: nothing goes missing silently."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

import proofroom.extract.formats as formats_package
from proofroom.extract.format import Source
from proofroom.extract.sandbox import Form, Sandbox
from proofroom.extract.worker import Formats, read_artifact
from proofroom.limits import DEFAULT
from proofroom.run.jobs import Ended, Job
from proofroom.run.pool import Pool

SAMPLES = Path(formats_package.__file__).parent / "samples"
SMALL = 100_000
HOW_MANY = 80
CRASH = b"crashed"


def sandboxed(form: Form, paths: list[Path]) -> dict[Path, bytes]:
    """Read files in the sandbox and give the bytes of each child."""
    said: dict[int, bytes] = {}

    def consume(job: Job, data: bytes) -> bool:
        said[job.id] = said.get(job.id, b"") + data
        return True

    def ended(job: Job, how: Ended) -> None:
        if how.state is not None:
            said[job.id] = CRASH

    def restart(job: Job) -> None:
        said.pop(job.id, None)

    with Pool(2, DEFAULT, Sandbox(form)) as pool:
        jobs = (Job(n, path, path.stat().st_size, os.fsencode(path.name)) for n, path in enumerate(paths))
        pool.run(jobs, consume, ended, restart)
    return {path: said[n] for n, path in enumerate(paths)}


@pytest.fixture(scope="session")
def in_process() -> Callable[[Path, Path], bytes]:
    """Give a reader that reads a file in a plain fork of this process, so that a crash ends no test run."""
    formats = Formats.built_in()

    def read(path: Path, into: Path) -> bytes:
        child = os.fork()
        if not child:
            status = 70
            try:
                with path.open("rb") as file, into.open("wb") as output:
                    source = Source(file, path.stat().st_size, DEFAULT, os.fsencode(path.name))
                    read_artifact(source, output.fileno(), formats)
                status = 0
            finally:
                os._exit(status)
        return into.read_bytes() if os.waitpid(child, 0)[1] == 0 else CRASH

    return read


def test_every_sample_gives_the_same_bytes(
    form: Form, in_process: Callable[[Path, Path], bytes], tmp_path: Path
) -> None:
    paths = [SAMPLES / one.sample for one in Formats.built_in().all]
    found = sandboxed(form, paths)
    assert {path.name for path in paths if found[path] != in_process(path, tmp_path / "frames")} == set()
    assert {path.name for path in paths if found[path] == CRASH} == set()


@pytest.mark.corpora
def test_public_files_give_the_same_bytes(
    form: Form, in_process: Callable[[Path, Path], bytes], corpora: Path, tmp_path: Path
) -> None:
    files = sorted(path for path in corpora.rglob("*") if path.is_file() and 0 < path.stat().st_size < SMALL)
    paths = random.Random(2).sample(files, min(HOW_MANY, len(files)))
    found = sandboxed(form, paths)
    assert {path.name for path in paths if found[path] != in_process(path, tmp_path / "frames")} == set()
    assert sum(said == CRASH for said in found.values()) <= len(paths) // 20
