"""Each layer alone, without the others: what it stops by itself, so that no layer rests on another."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from proofroom.extract.sandbox import Form, Sandbox, landlock, probe, seccomp

HERE = Path(__file__).resolve().parent
NO_FILE = {"ENOENT", "EROFS", "EACCES"}


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[dict[str, Any]]:
    """Listen outside, in every way, and check afterwards that nobody came and that nothing changed."""
    (tmp_path / "secret").write_text("secret")
    internet = (socket.socket(), socket.socket(type=socket.SOCK_DGRAM))
    local = (socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX))
    name = f"proofroom-{os.getpid()}-{tmp_path.name}"
    with internet[0] as stream, internet[1] as datagram, local[0] as unix, local[1] as abstract:
        stream.bind(("127.0.0.1", 0))
        datagram.bind(("127.0.0.1", 0))
        unix.bind(str(tmp_path / "socket"))
        abstract.bind("\0" + name)
        for one in (stream, unix, abstract):
            one.listen()
        tmp_path.chmod(0o777)
        yield {
            "port": stream.getsockname()[1],
            "datagram port": datagram.getsockname()[1],
            "socket": str(tmp_path / "socket"),
            "abstract": name,
            "folder": str(tmp_path),
            "pid": os.getpid(),
        }
        assert [one for one in (stream, unix, abstract, datagram) if came(one)] == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["secret", "socket"]
    assert (tmp_path / "secret").read_text() == "secret"


def came(listening: socket.socket) -> bool:
    """Say whether somebody has connected, or sent something."""
    listening.setblocking(False)
    try:
        if listening.type is socket.SOCK_DGRAM:
            listening.recv(1)
        else:
            listening.accept()[0].close()
    except BlockingIOError:
        return False
    return True


def tried(layer: str, order: dict[str, Any], command: list[str] | None = None) -> dict[str, str]:
    """Try a layer in a process of its own."""
    program = command or [sys.executable, str(HERE / "alone.py"), layer]
    done = subprocess.run(
        program, input=json.dumps(order), capture_output=True, text=True, check=False, cwd="/"
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    told: dict[str, str] = json.loads(done.stdout)
    return told


def test_the_namespaces_alone_hide_files_processes_and_the_network(
    form: Form, outside: dict[str, Any]
) -> None:
    entered = Sandbox(form, (str(HERE),)).entered([sys.executable, str(HERE / "alone.py"), "namespaces"])
    told = tried("namespaces", outside, entered)
    assert told["far"] == "ENETUNREACH"
    # Bubblewrap gives its network a loopback of its own, in which nobody listens.
    assert told["tcp"] in {"ENETUNREACH", "ECONNREFUSED"}
    assert (told["unix"], told["abstract"]) == ("ENOENT", "ECONNREFUSED")
    for what in ("read", "write", "make", "folder", "cut", "delete", "rename", "link", "passwd", "proc"):
        assert told[what] == "ENOENT", what
    assert {told["root"], told["code"]} <= NO_FILE
    assert told["parent"] == told["everybody"] == "ESRCH"
    assert (told["mount"], told["become root"]) in {("EPERM", "EPERM"), ("EPERM", "EINVAL")}
    assert told["host"] == "sandbox"


def test_landlock_alone_refuses_writing_running_connecting_and_signals(outside: dict[str, Any]) -> None:
    if not landlock.version():
        pytest.skip("this kernel has no Landlock")
    told = tried("landlock", outside)
    # Connecting by a path is left to the namespaces and the call list, and so are datagrams.
    assert told["read"].startswith("done")
    for what in ("write", "make", "folder", "cut", "delete", "link", "program"):
        assert told[what] == "EACCES", what
    assert told["rename"] in {"EACCES", "EXDEV"}
    assert told["mount"] == "EPERM"
    if landlock.version() >= 4:
        assert told["tcp"] == told["listen"] == "EACCES"
    if landlock.version() >= 6:
        assert told["abstract"] == told["parent"] == "EPERM"


def test_the_call_list_alone_refuses_every_call_that_is_not_on_it() -> None:
    if not seccomp.is_available():
        pytest.skip("there is no call list for this processor")
    told = tried("calls", {})
    assert (told["let through"], told["let through as x32"]) == ("[]", "[]")
    assert int(told["refused"]) > 500


def test_the_limits_alone_bound_memory_files_processes_and_descriptors() -> None:
    told = tried("limits", {})
    assert 100 < int(told["eaten"]) < 256
    assert told["reserve"] == told["shared"] == "ENOMEM"
    assert told["first byte"] == "EFBIG"
    assert told["fork"] == "EAGAIN"
    assert told["raise"] == "EPERM"
    assert int(told["copies"]) < 16


def test_the_best_form_here_is_one_that_works(form: Form) -> None:
    best = Sandbox.best()
    assert best.form in {"bwrap", "ctypes"}
    assert not probe().missing
