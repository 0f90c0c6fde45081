"""What crosses the control socket between the pool and a zygote: four small messages and the order of a job.

    pool → zygote   "F"                              fork a child
    pool → child    length u32, JSON, 2 descriptors  the order: what to do, name, size, limits …; file, answer pipe
    zygote → pool   report                           "R" ready · "S" started (pid, and its pidfd) · "E" ended

The order is sent behind the "F" and is read by the child alone: while a child lives the zygote only waits
for its end. Reports have a fixed length, so that a stream socket will do, which every system has.
"""

from __future__ import annotations

import base64
import json
import socket
import struct
from dataclasses import dataclass
from typing import Any, Final

FORK: Final = b"F"
READY: Final = b"R"
STARTED: Final = b"S"
ENDED: Final = b"E"
OUT_OF_MEMORY: Final = 71
"""The exit status of a child that had not even the memory to say that it has none."""

_REPORT: Final = struct.Struct("<ciqd")
_LENGTH: Final = struct.Struct("<I")
_DESCRIPTOR: Final = struct.Struct("=i")
_ROOM: Final = 1 << 16
_FIRST: Final = 1 << 15
_CLOSE_ON_EXEC: Final = getattr(socket, "MSG_CMSG_CLOEXEC", 0)
"""What is received is not for the programs that the pool starts meanwhile."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a child is told about its artifact; its bytes and the answer pipe come as descriptors.

    task, page and dpi are those of `run.jobs.Job`.
    """

    untrusted_name: bytes
    size: int
    limits: dict[str, int]
    passwords: tuple[str, ...]
    task: str = "read"
    page: int = 0
    dpi: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """What a zygote says: how far it is; for a child its pid or exit status, its CPU seconds and peak memory."""

    kind: bytes
    number: int
    memory: int
    cpu_seconds: float
    descriptor: int | None


def _receive(control: socket.socket, most: int) -> tuple[bytes, list[int]]:
    """Take what is there, with at most so many descriptors (`recv_fds` of Python forgets its flags)."""
    room = socket.CMSG_SPACE(most * _DESCRIPTOR.size)
    data, beside, _, _ = control.recvmsg(_ROOM, room, _CLOSE_ON_EXEC)
    found: list[int] = []
    for level, kind, content in beside:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            whole = content[: len(content) - len(content) % _DESCRIPTOR.size]
            found += (one for (one,) in _DESCRIPTOR.iter_unpack(whole))
    return data, found


def send_order(control: socket.socket, order: Order, artifact: int, output: int) -> None:
    """Tell the zygote to fork, and the child what to do."""
    fields: dict[str, Any] = {
        "name": base64.b64encode(order.untrusted_name).decode(),
        "size": order.size,
        "limits": order.limits,
        "passwords": order.passwords,
        "task": order.task,
        "page": order.page,
        "dpi": order.dpi,
    }
    data = json.dumps(fields).encode()
    control.sendall(FORK)
    data = _LENGTH.pack(len(data)) + data
    # The descriptors travel with the first bytes; the rest follows as the child reads.
    sent = socket.send_fds(control, [data[:_FIRST]], [artifact, output])
    if sent < len(data):
        control.sendall(data[sent:])


def receive_order(control: socket.socket) -> tuple[Order, tuple[int, int]]:
    """Take an order, in the child; gives it and the descriptors of the artifact and of the answer pipe."""
    data, descriptors = _receive(control, 2)
    artifact, output = descriptors
    size = _LENGTH.unpack_from(data)[0]
    pieces, have = [data], len(data) - _LENGTH.size
    while have < size:
        more = control.recvmsg(min(_ROOM, size - have))[0]
        if not more:
            raise EOFError
        pieces.append(more)
        have += len(more)
    fields = json.loads(b"".join(pieces)[_LENGTH.size :])
    name, passwords = base64.b64decode(fields["name"]), tuple(fields["passwords"])
    what = (fields["task"], fields["page"], fields["dpi"])
    return Order(name, fields["size"], fields["limits"], passwords, *what), (artifact, output)


def send_report(
    control: socket.socket,
    kind: bytes,
    number: int = 0,
    descriptor: int | None = None,
    cpu_seconds: float = 0.0,
    memory: int = 0,
) -> None:
    """Tell the pool how far the zygote is; a child's pidfd travels with it."""
    data = _REPORT.pack(kind, number, memory, cpu_seconds)
    if descriptor is None:
        # Not `send`: the zygote may make no other call than `sendmsg`.
        control.sendmsg([data])
    else:
        socket.send_fds(control, [data], [descriptor])


class Reports:
    """Cuts what a zygote sends into reports."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._data = b""
        self._descriptors: list[int] = []

    def receive(self, control: socket.socket) -> list[Report] | None:
        """Take what is there to be taken; None when the zygote is gone."""
        try:
            data, descriptors = _receive(control, 8)
        except OSError:
            return None
        if not data:
            return None
        self._data += data
        self._descriptors += descriptors
        found = []
        while len(self._data) >= _REPORT.size:
            kind, number, memory, cpu = _REPORT.unpack_from(self._data)
            self._data = self._data[_REPORT.size :]
            descriptor = self._descriptors.pop(0) if kind == STARTED and self._descriptors else None
            found.append(Report(kind, number, memory, cpu, descriptor))
        return found
