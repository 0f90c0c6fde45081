"""A separate program over hostile bytes: shut in, bounded, ended with all that it started, and never waited for."""

from __future__ import annotations

import sys
import threading
import time

import pytest

from proofroom.extract.sandbox import Form, Sandbox
from proofroom.extract.sandbox.tool import ToolAnswer, ToolBounds, run_tool
from proofroom.model.states import Reason

SMALL = ToolBounds(memory_bytes=512 << 20, cpu_seconds=1, wall_seconds=20, output_bytes=1 << 20)


def shell(form: Form, script: str, bounds: ToolBounds = SMALL, untrusted: bytes = b"") -> ToolAnswer:
    return run_tool(Sandbox(form), ["/bin/sh", "-c", script], untrusted, bounds)


def python(form: Form, code: str) -> bytes:
    return run_tool(Sandbox(form), [sys.executable, "-ISc", code], b"", SMALL).untrusted_output


def test_a_program_gets_its_input_and_gives_its_answer(form: Form) -> None:
    given = bytes(range(256)) * 5_000
    bounds = ToolBounds(output_bytes=len(given))
    assert run_tool(Sandbox(form), ["/bin/cat"], given, bounds) == ToolAnswer(given, Reason.NONE)


def test_a_program_can_start_no_other(form: Form) -> None:
    assert b"child" not in shell(form, "(echo child)").untrusted_output
    # One may become another, which is as shut in as the first.
    assert shell(form, "exec /bin/echo other").untrusted_output == b"other\n"
    assert shell(form, "exec /bin/sh -c '(echo child)'").untrusted_output == b""


@pytest.mark.parametrize(
    "what",
    [
        "import socket; socket.socket()",
        "import socket; socket.socket(socket.AF_UNIX)",
        "import socket; socket.socketpair()",
        "open('/left-by-a-program', 'w')",
        "open('/tmp/left-by-a-program', 'w')",
        "open('/etc/passwd')",
        "import os; os.kill(1, 0) or os.kill(-1, 9)",
        "import os; os.listdir('/proc')",
    ],
)
def test_a_program_can_open_no_socket_and_no_file(form: Form, what: str) -> None:
    code = f"""
try:
    exec({what!r})
except OSError as refused:
    print(type(refused).__name__)
else:
    print("done")
"""
    assert python(form, code).strip() in {b"PermissionError", b"FileNotFoundError", b"OSError"}


@pytest.mark.parametrize(
    ("script", "bounds", "reason"),
    [
        ("while :; do :; done", SMALL, Reason.LIMIT_CPU),
        ("read never <&1; exec sleep 60", ToolBounds(wall_seconds=1), Reason.LIMIT_WALL),
        ("while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done", SMALL, Reason.LIMIT_OUTPUT),
        ("exec 1>&-; exec sleep 60", ToolBounds(wall_seconds=1), Reason.LIMIT_WALL),
        ("echo half; kill -9 $$", SMALL, Reason.WORKER_DIED),
        ("echo half; exit 3", SMALL, Reason.WORKER_DIED),
    ],
)
def test_a_program_that_goes_wrong_is_ended_and_says_why(
    form: Form, script: str, bounds: ToolBounds, reason: Reason
) -> None:
    assert shell(form, script, bounds).reason is reason


def test_a_program_that_is_not_there_is_no_trouble(form: Form) -> None:
    assert run_tool(Sandbox(form), ["/usr/bin/no-such-program"], b"", SMALL).reason is Reason.WORKER_DIED


def test_a_program_may_not_have_more_memory_than_its_bound(form: Form) -> None:
    assert shell(form, "a=aaaaaaaaaaaaaaaa; while :; do a=$a$a; done").reason is not Reason.NONE


def test_a_program_is_ended_when_the_run_is(form: Form) -> None:
    stop = threading.Event()
    threading.Timer(0.5, stop.set).start()
    began = time.monotonic()
    answer = run_tool(Sandbox(form), ["/bin/sleep", "60"], b"", ToolBounds(), stopped=stop.is_set)
    assert answer.reason is Reason.LIMIT_WALL
    assert time.monotonic() - began < 30
