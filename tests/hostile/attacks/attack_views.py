"""Not attacks but questions: what a child finds when it looks around."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import Any

from proofroom.extract.format import Sink, Source

_KINDS = {stat.S_IFREG: "file", stat.S_IFIFO: "pipe", stat.S_IFSOCK: "socket", stat.S_IFCHR: "device"}
_at_birth: list[str] = []


def _held() -> list[str]:
    """Give what this process holds open."""
    found = []
    for descriptor in range(1_024):
        try:
            mode = os.fstat(descriptor).st_mode
        except OSError:
            continue
        found.append(f"{descriptor} {_KINDS.get(stat.S_IFMT(mode), 'other')}")
    return found


def _look_at_birth() -> None:
    """Keep what the worker held when it forked this child: before the child has closed or received anything."""
    _at_birth[:] = _held()


os.register_at_fork(after_in_child=_look_at_birth)


def held(source: Source, sink: Sink, order: dict[str, Any]) -> None:
    """Tell what this child holds open, and what its worker held."""
    sink.meta("worker", ", ".join(_at_birth))
    sink.meta("child", ", ".join(_held()))


def modules(source: Source, sink: Sink, order: dict[str, Any]) -> None:
    """Tell which modules the worker has imported."""
    sink.meta("modules", " ".join(sorted({name.partition(".")[0] for name in sys.modules})))


def surroundings(source: Source, sink: Sink, order: dict[str, Any]) -> None:
    """Tell the environment, our number and what the root holds."""
    for name, value in os.environ.items():
        sink.meta(f"environment {name}", value)
    sink.meta("pid", str(os.getpid()))
    sink.meta("root", " ".join(sorted(one.name for one in Path("/").iterdir())))
    sink.meta("folder", str(Path.cwd()))


def order_told(source: Source, sink: Sink, order: dict[str, Any]) -> None:
    """Tell the name, size and passwords that the order gave."""
    sink.meta("name", source.untrusted_name.hex())
    sink.meta("size", str(source.size))
    sink.meta("passwords", str(sum(map(len, source.passwords))))
    sink.meta("last password", source.passwords[-1] if source.passwords else "")


ATTACKS = (held, modules, surroundings, order_told)
