"""Starts a worker in its sandbox, and says which layers this machine has."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final, Literal

from proofroom.extract.outside import Outside
from proofroom.extract.sandbox import landlock, seccomp

Form = Literal["bwrap", "ctypes", "none"]

MANDATORY: Final = (
    "user namespace",
    "net namespace",
    "pid namespace",
    "mount namespace",
    "landlock",
    "seccomp",
)
_PROBE_SECONDS: Final = 10
_SYSTEM_TREES: Final = ("/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache")


@dataclass(frozen=True, slots=True)
class Layers:
    """The layers found on this machine: which mandatory ones are missing, Landlock's version, bubblewrap's."""

    missing: tuple[str, ...]
    landlock_version: int
    bwrap: str | None
    mandatory: tuple[str, ...] = MANDATORY


@dataclass(frozen=True, slots=True)
class Sandbox:
    """How workers are started: by bubblewrap, by our own system calls, or (for a reason) without layers.

    `extra_trees` are further folders that a worker may read, and `formats` further modules of formats in
    them: the tests' own hostile ones.
    """

    form: Form
    extra_trees: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()

    @classmethod
    def best(cls) -> Sandbox:
        """Give the strongest form that works here."""
        layers = probe()
        if layers.missing:
            return cls("none")
        return cls("bwrap" if layers.bwrap and _works("bwrap") else "ctypes")

    def with_formats(self, outside: Sequence[Outside]) -> Sandbox:
        """Give the same sandbox with formats from outside, and with what of their folders is not readable yet."""
        readable = tuple(f"{tree.rstrip('/')}/" for tree in readable_trees())
        trees = {one.tree for one in outside if one.tree and not f"{one.tree}/".startswith(readable)}
        modules = tuple(one.module for one in outside)
        return replace(
            self, extra_trees=(*self.extra_trees, *sorted(trees)), formats=(*self.formats, *modules)
        )

    def start(self, memory_bytes: int, cpu_seconds: int) -> tuple[subprocess.Popen[bytes], socket.socket]:
        """Start a worker; gives its process and the parent's end of its control socket."""
        return self.start_worker("proofroom.extract.worker", memory_bytes, cpu_seconds)

    def start_worker(
        self, module: str, memory_bytes: int, cpu_seconds: int
    ) -> tuple[subprocess.Popen[bytes], socket.socket]:
        """Start a worker of this kind: the module that is its program."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        worker = [module, str(theirs.fileno()), self.form, str(memory_bytes), str(cpu_seconds)]
        program = [sys.executable, "-P", "-m", *worker, *self.formats]
        environment = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "LANG": "C.UTF-8",
            "ORT_DISABLE_TELEMETRY": "1",
        }
        if self.extra_trees:
            environment["PYTHONPATH"] = os.pathsep.join(self.extra_trees)
            program[1:2] = ["-c", _WITH_PATH.format(paths=list(self.extra_trees), module=module)]
            program[3:5] = []
        process = subprocess.Popen(
            program if self.form == "none" else self.entered(program),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(theirs.fileno(),),
            env=environment,
            cwd="/",
            # A key pressed in the terminal is for the pool, which ends its workers itself.
            start_new_session=True,
        )
        theirs.close()
        return process, ours

    def entered(self, program: Sequence[str], more_trees: Sequence[str] = ()) -> list[str]:
        """Give the command that enters the sandbox and becomes the program."""
        trees = readable_trees((*self.extra_trees, *more_trees))
        enter = [sys.executable, "-P", "-m", "proofroom.extract.sandbox.enter", self.form, str(os.getpid())]
        return [*enter, *trees, "--", *program]


_WITH_PATH: Final = (
    "import sys, runpy; sys.path[:0] = {paths!r}; sys.argv = ['worker', *sys.argv[1:]]; "
    "runpy.run_module({module!r}, run_name='__main__', alter_sys=True)"
)


def readable_trees(extra: Sequence[str] = ()) -> list[str]:
    """Give the folders a worker may read: the interpreter, its libraries, our code, the system's libraries.

    A tree inside another is left out; so is what does not exist here.
    """
    package = Path(__file__).resolve().parents[2]
    own = [
        sys.base_prefix,
        sys.prefix,
        sys.exec_prefix,
        os.path.dirname(os.path.realpath(sys.executable)),
        str(package),
    ]
    wanted = [os.path.realpath(one) if one.startswith(sys.base_prefix) else one for one in own]
    wanted += [one for one in _SYSTEM_TREES if os.path.exists(one)] + list(extra)
    kept: list[str] = []
    for one in sorted(set(wanted)):
        if not any(one == other or one.startswith(other.rstrip("/") + "/") for other in kept):
            kept.append(one)
    return kept


@cache
def probe() -> Layers:
    """Look which layers work here, by setting them up once in a process of its own."""
    missing = [] if sys.platform == "linux" else list(MANDATORY)
    abi = 0
    if sys.platform == "linux":
        abi = landlock.version()
        if not _works("ctypes"):
            missing += [name for name in MANDATORY if name.endswith("namespace")]
        if not abi:
            missing.append("landlock")
        if not seccomp.is_available():
            missing.append("seccomp")
    return Layers(tuple(missing), abi, _bwrap_version())


@cache
def _works(form: Form) -> bool:
    """Enter the sandbox once and run nothing in it."""
    sandbox = Sandbox(form)
    command = sandbox.entered([sys.executable, "-I", "-S", "-c", "pass"])
    try:
        done = subprocess.run(command, capture_output=True, timeout=_PROBE_SECONDS, check=False, cwd="/")
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _bwrap_version() -> str | None:
    path = shutil.which("bwrap")
    if path is None:
        return None
    try:
        done = subprocess.run(
            [path, "--version"], capture_output=True, timeout=_PROBE_SECONDS, check=True, text=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
