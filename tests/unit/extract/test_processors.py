"""What is imported with one processor in sight plans for no threads, and works where none may be started."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from proofroom.extract.sandbox.processors import one_processor

SEALED = """
from proofroom.extract.sandbox import seccomp
from proofroom.extract.sandbox.processors import one_processor
with one_processor():
    from proofroom.extract.opendocument.locks import Argon2id
seccomp.restrict_parser()
deriving = Argon2id(salt=bytes(16), length=32, iterations=1, lanes=4, memory_cost=64)
print(len(deriving.derive(b"start")))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process its processors")
def test_one_processor_is_seen_inside_and_all_of_them_afterwards() -> None:
    every = os.sched_getaffinity(0)
    with one_processor():
        assert len(os.sched_getaffinity(0)) == 1
    assert os.sched_getaffinity(0) == every


@pytest.mark.skipif(sys.platform != "linux", reason="there is no seccomp elsewhere")
def test_keys_of_four_lanes_are_derived_where_no_thread_may_start() -> None:
    done = subprocess.run([sys.executable, "-c", SEALED], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.returncode) == ("32", 0)
