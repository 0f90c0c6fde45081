"""A program: tries one layer of the sandbox alone, without the others, and prints what came of it as JSON.

python alone.py LAYER < ORDER
"""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent / "attacks"))

from attack_neighbours import every_call
from system_calls import attempt, call

from proofroom.extract.sandbox import landlock, seccomp
from proofroom.extract.sandbox.bounds import bound

Told = dict[str, str]


class Notes:
    """Takes what an attack tells."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.told: Told = {}

    def meta(self, key: str, value: str) -> None:
        """Take a note."""
        self.told[key] = value


def _network(order: dict[str, Any]) -> Told:
    """Reach for what listens outside."""
    datagram = socket.socket(type=socket.SOCK_DGRAM)
    return {
        **_streams(order),
        "udp": attempt(datagram.sendto, b"out", ("127.0.0.1", order["datagram port"])),
        "far": attempt(datagram.sendto, b"out", ("192.0.2.1", 53)),
        "unix": attempt(socket.socket(socket.AF_UNIX).connect, order["socket"]),
    }


def _streams(order: dict[str, Any]) -> Told:
    """Connect to what listens outside, but not by a path."""
    return {
        "tcp": attempt(socket.socket().connect, ("127.0.0.1", order["port"])),
        "abstract": attempt(socket.socket(socket.AF_UNIX).connect, "\0" + order["abstract"]),
    }


def _files(order: dict[str, Any]) -> Told:
    """Read and write outside."""
    folder = order["folder"]
    return {
        "read": attempt(os.open, f"{folder}/secret", os.O_RDONLY),
        "write": attempt(os.open, f"{folder}/secret", os.O_WRONLY),
        "make": attempt(os.open, f"{folder}/made", os.O_CREAT | os.O_WRONLY),
        "folder": attempt(os.mkdir, f"{folder}/made"),
        "cut": attempt(os.truncate, f"{folder}/secret", 0),
        "delete": attempt(os.unlink, f"{folder}/secret"),
        "rename": attempt(os.rename, f"{folder}/secret", f"{folder}/other"),
        "link": attempt(os.symlink, "x", f"{folder}/made"),
    }


def namespaces(order: dict[str, Any]) -> Told:
    """Be in the namespaces, without Landlock, call lists and limits."""
    if os.getpid() != 1:
        raise RuntimeError("not in a process namespace: everybody would be signalled")
    told = {**_network(order), **_files(order), "host": socket.gethostname()}
    told["root"] = attempt(os.open, "/made", os.O_CREAT | os.O_WRONLY)
    told["code"] = attempt(os.open, f"{Path(__file__).parent}/made", os.O_CREAT | os.O_WRONLY)
    told["passwd"] = attempt(os.open, "/etc/passwd", os.O_RDONLY)
    told["proc"] = attempt(os.open, "/proc", os.O_RDONLY)
    told["parent"] = attempt(os.kill, order["pid"], 0)
    told["everybody"] = attempt(os.kill, -1, signal.SIGKILL)
    told["mount"] = call(165, b"none", b"/", b"tmpfs", 0, None)
    told["become root"] = attempt(os.setuid, 0)
    return told


def landlock_alone(order: dict[str, Any]) -> Told:
    """Be in a Landlock domain, without anything else."""
    landlock.restrict()
    told = {**_streams(order), **_files(order)}
    told["listen"] = attempt(socket.socket().bind, ("127.0.0.1", 0))
    told["parent"] = attempt(os.kill, os.getppid(), 0)
    told["program"] = attempt(os.execve, "/usr/bin/env", ["env"], {})
    told["mount"] = call(165, b"none", b"/", b"tmpfs", 0, None)
    return told


def calls(order: dict[str, Any]) -> Told:
    """Be kept to the parsers' list of calls, without anything else."""
    seccomp.restrict_parser()
    notes = Notes()
    every_call(None, notes, order)  # type: ignore[arg-type]
    return notes.told


def limits(order: dict[str, Any]) -> Told:
    """Be bounded, without anything else; as nobody, because process limits do not bind root."""
    if not os.getuid():
        os.setresgid(65534, 65534, 65534)
        os.setresuid(65534, 65534, 65534)
    bound(256 << 20, 60)
    told = {}
    held: list[bytes] = []
    try:
        while len(held) < 4_096:
            held.append(bytes(1 << 20))
    except MemoryError:
        told["eaten"] = str(len(held))
    held.clear()
    told["reserve"] = call(9, None, 64 << 30, 0, 0x4022, -1, 0)
    told["shared"] = call(9, None, 1 << 30, 3, 0x21, -1, 0)
    file = os.memfd_create("x")
    told["first byte"] = attempt(os.write, file, b"x")
    told["fork"] = attempt(os.fork)
    told["raise"] = attempt(_raise_memory)
    copies = 0
    while attempt(os.dup, 0) != "EMFILE":
        copies += 1
    told["copies"] = str(copies)
    return told


def _raise_memory() -> None:
    try:
        resource.setrlimit(resource.RLIMIT_AS, (1 << 40, 1 << 40))
    except ValueError as refused:
        raise PermissionError(1, "") from refused


LAYERS = {"namespaces": namespaces, "landlock": landlock_alone, "calls": calls, "limits": limits}

if __name__ == "__main__":
    asked = json.load(sys.stdin)
    print(json.dumps(LAYERS[sys.argv[1]](asked)))  # noqa: T201 - a program answers on its standard output
