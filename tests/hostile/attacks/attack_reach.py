"""Attacks that reach out: sockets of every family, channels between processes, terminals."""

from __future__ import annotations

import ctypes
from typing import Any

from system_calls import call

from proofroom.extract.format import Sink, Source

_FAMILIES = {
    "unix": 1, "inet": 2, "ax25": 3, "inet6": 10, "netlink": 16, "packet": 17, "rds": 21, "can": 29, "tipc": 30,
    "bluetooth": 31, "alg": 38, "nfc": 39, "vsock": 40, "kcm": 41, "qipcrtr": 42, "smc": 43, "xdp": 44,
}  # fmt: skip
_KINDS = {"stream": 1, "datagram": 2, "raw": 3, "packets": 5}
_MPTCP = 262
_CHANNELS = {
    "connect": 42, "accept": 43, "sendto": 44, "recvfrom": 45, "sendmsg": 46, "recvmsg": 47, "bind": 49,
    "listen": 50, "setsockopt": 54, "accept4": 288, "recvmmsg": 299, "sendmmsg": 307, "pipe": 22, "pipe2": 293,
    "eventfd2": 290, "signalfd4": 289, "timerfd_create": 283, "epoll_create1": 291, "inotify_init1": 294,
    "fanotify_init": 300, "shmget": 29, "shmat": 30, "semget": 64, "msgget": 68, "mq_open": 240, "vmsplice": 278,
    "splice": 275, "tee": 276, "sendfile": 40, "copy_file_range": 326,
}  # fmt: skip


def sockets(source: Source, sink: Sink, order: dict[str, Any]) -> None:
    """Make sockets of every family and kind, alone and in pairs."""
    for family, number in _FAMILIES.items():
        for kind, of_kind in _KINDS.items():
            sink.meta(f"{family} {kind}", call(41, number, of_kind, 0))
    sink.meta("multipath", call(41, 2, 1, _MPTCP))
    sink.meta("pair", call(53, 1, 1, 0, ctypes.create_string_buffer(8)))


def channels(source: Source, sink: Sink, order: dict[str, Any]) -> None:
    """Use every other channel by which something can get out of a process."""
    for name, number in _CHANNELS.items():
        sink.meta(name, call(number, 0, 0, 0, 0))


def terminal(source: Source, sink: Sink, order: dict[str, Any]) -> None:
    """Type into the terminal of whoever started us (TIOCSTI), take it over, and paste (TIOCLINUX)."""
    letter = ctypes.create_string_buffer(b"x")
    for name, number in (("TIOCSTI", 0x5412), ("TIOCSCTTY", 0x540E), ("TIOCLINUX", 0x541C)):
        for descriptor in range(3):
            sink.meta(f"{name} {descriptor}", call(16, descriptor, number, letter))
    high = 0x5401 | 1 << 32
    sink.meta("TCGETS, with more bits than the kernel reads", call(16, 0, high, letter))


ATTACKS = (sockets, channels, terminal)
