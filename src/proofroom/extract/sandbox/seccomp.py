"""Seccomp: the lists of system calls that a worker and its children may make; all others are refused.

Three lists: the worker's (it forks and receives descriptors), the smaller one of the child that touches
hostile bytes (no new processes, programs, sockets, memory files, tracing, signals or filters), and that of a
separate program, which is the child's and what the C library needs to start one. A refused
call gives EPERM, so that a parser fails and does not hang. `clone3` answers ENOSYS, upon which glibc uses
`clone`, whose flags a filter can read. The lists were found by tracing the formats' samples and some hundred
public files: they need thirteen calls. What other versions of Python and of the C library may use besides
reaches nothing beyond the process.
"""

from __future__ import annotations

import ctypes
import platform
import struct
from collections.abc import Iterable, Mapping
from typing import Final

from proofroom.extract.sandbox.syscalls import PR_SET_NO_NEW_PRIVS, PR_SET_PDEATHSIG, PR_SET_SECCOMP, prctl

_X86_64: Final = {
    "read": 0, "write": 1, "close": 3, "stat": 4, "fstat": 5, "lstat": 6, "lseek": 8, "mmap": 9, "mprotect": 10,
    "munmap": 11, "brk": 12, "rt_sigaction": 13, "rt_sigprocmask": 14, "rt_sigreturn": 15, "ioctl": 16,
    "pread64": 17, "readv": 19, "writev": 20, "access": 21, "sched_yield": 24, "mremap": 25, "madvise": 28,
    "nanosleep": 35, "getpid": 39, "sendmsg": 46, "recvmsg": 47, "clone": 56, "execve": 59, "exit": 60, "wait4": 61,
    "fcntl": 72, "getcwd": 79, "gettimeofday": 96, "sysinfo": 99, "getppid": 110, "sigaltstack": 131, "prctl": 157,
    "arch_prctl": 158, "gettid": 186, "time": 201, "futex": 202, "sched_getaffinity": 204, "getdents64": 217,
    "set_tid_address": 218, "clock_gettime": 228, "clock_getres": 229, "clock_nanosleep": 230, "exit_group": 231,
    "openat": 257, "newfstatat": 262, "set_robust_list": 273, "prlimit64": 302, "getrandom": 318, "statx": 332,
    "rseq": 334, "pidfd_open": 434, "clone3": 435, "close_range": 436, "landlock_create_ruleset": 444,
    "landlock_add_rule": 445, "landlock_restrict_self": 446,
}  # fmt: skip

_TRACED: Final = (
    "read", "write", "close", "fstat", "lseek", "mmap", "munmap", "brk", "mremap", "openat", "newfstatat",
    "getdents64", "exit_group",
)  # fmt: skip
_PARSER: Final = (
    *_TRACED, "stat", "lstat", "statx", "mprotect", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn",
    "sigaltstack", "pread64", "readv", "writev", "sched_yield", "madvise", "nanosleep", "clock_nanosleep",
    "getpid", "gettid", "exit", "getcwd", "gettimeofday", "time", "clock_gettime", "clock_getres", "sysinfo",
    "futex", "getrandom",
)  # fmt: skip
_WORKER: Final = (
    *_PARSER, "sendmsg", "recvmsg", "wait4", "getppid", "set_robust_list", "prlimit64", "pidfd_open", "close_range",
    "landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self",
)  # fmt: skip
_TOOL: Final = (
    *_PARSER, "execve", "arch_prctl", "set_tid_address", "set_robust_list", "rseq", "prlimit64", "access",
    "sched_getaffinity",
)  # fmt: skip

_AUDIT_X86_64: Final = 0xC000003E
_ALLOW: Final = 0x7FFF0000
_ERRNO: Final = 0x00050000
_EPERM: Final = 1
_ENOSYS: Final = 38
_ENOTTY: Final = 25
_FORK: Final = 0x01200011
"""What glibc asks of `clone` to fork: no thread, no namespace, no memory in common."""
_TERMINAL: Final = (1, (0x5401,), _ENOTTY)
_DESCRIPTOR: Final = (1, (0, 1, 2, 3, 1030), _EPERM)
"""`fcntl` may copy a descriptor and tell of it, and not have the kernel send signals in our name."""

_Asked = tuple[int, tuple[int, ...], int]
"""Which argument is asked about, what it may be, and the error for all else."""
_PARSER_ASKED: Final[dict[str, _Asked]] = {"ioctl": _TERMINAL, "fcntl": _DESCRIPTOR}
_WORKER_ASKED: Final[dict[str, _Asked]] = {
    **_PARSER_ASKED,
    "clone": (0, (_FORK,), _EPERM),
    "prctl": (0, (PR_SET_PDEATHSIG, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS), _EPERM),
}
_LOAD: Final = 0x20
_EQUAL: Final = 0x15
_AT_LEAST: Final = 0x35
_RETURN: Final = 0x06
_NUMBER_AT: Final = 0
_ARCH_AT: Final = 4
_ARGUMENTS_AT: Final = 16
_X32: Final = 0x40000000
_MODE_FILTER: Final = 2


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def is_available() -> bool:
    """Say whether there are lists for this machine's processor."""
    return platform.machine() == "x86_64"


def restrict_worker() -> None:
    """Keep the worker to its list, for good."""
    _install(_WORKER_PROGRAM)


def restrict_parser() -> None:
    """Keep the child that touches hostile bytes to its list, for good."""
    _install(_PARSER_PROGRAM)


def restrict_tool() -> None:
    """Keep a process that becomes a separate program to that program's list, for good."""
    _install(_TOOL_PROGRAM)


def _install(program: bytes) -> None:
    buffer = ctypes.create_string_buffer(program, len(program))
    header = _Program(len(program) // 8, ctypes.addressof(buffer))
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    prctl(PR_SET_SECCOMP, _MODE_FILTER, ctypes.addressof(header))


def _assemble(names: Iterable[str], asked: Mapping[str, _Asked]) -> bytes:
    """Write the filter: the right processor, no x32 call, the calls asked about, and one of the numbers."""
    refuse = _ERRNO | _EPERM
    lines = [
        _line(_LOAD, _ARCH_AT),
        _line(_EQUAL, _AUDIT_X86_64, 1, 0),
        _line(_RETURN, refuse),
        _line(_LOAD, _NUMBER_AT),
        _line(_AT_LEAST, _X32, 0, 1),
        _line(_RETURN, refuse),
        _line(_EQUAL, _X86_64["clone3"], 0, 1),
        _line(_RETURN, _ERRNO | _ENOSYS),
    ]
    for name, (argument, values, error) in asked.items():
        lines.append(_line(_EQUAL, _X86_64[name], 0, 2 + 2 * len(values)))
        lines.append(_line(_LOAD, _ARGUMENTS_AT + 8 * argument))
        for value in values:
            lines += [_line(_EQUAL, value, 0, 1), _line(_RETURN, _ALLOW)]
        lines.append(_line(_RETURN, _ERRNO | error))
    for number in sorted({_X86_64[name] for name in names}):
        lines += [_line(_EQUAL, number, 0, 1), _line(_RETURN, _ALLOW)]
    lines.append(_line(_RETURN, refuse))
    return b"".join(lines)


def _line(code: int, value: int, when_true: int = 0, when_false: int = 0) -> bytes:
    """Write one instruction of the kernel's filter machine."""
    return struct.pack("<HBBI", code, when_true, when_false, value)


# Written once, before the first fork: for a child they are bytes.
_WORKER_PROGRAM: Final = _assemble(_WORKER, _WORKER_ASKED)
_PARSER_PROGRAM: Final = _assemble(_PARSER, _PARSER_ASKED)
_TOOL_PROGRAM: Final = _assemble(_TOOL, _PARSER_ASKED)
