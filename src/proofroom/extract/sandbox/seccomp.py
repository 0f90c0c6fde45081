"""Seccomp: the lists of system calls that a worker and its children may make; all others are refused.

Two lists: the worker's (it forks and receives descriptors) and the smaller one of the child that touches
hostile bytes (no new processes, programs, sockets, memory files, tracing, signals or filters). A refused
call gives EPERM, so that a parser fails and does not hang. `clone3` answers ENOSYS, upon which glibc uses
`clone`, whose flags a filter can read. The lists were found by tracing the formats' samples.
"""

from __future__ import annotations

import ctypes
import platform
import struct
from collections.abc import Iterable
from typing import Final

from proofroom.extract.sandbox.syscalls import PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, prctl

_X86_64: Final = {
    "read": 0, "write": 1, "close": 3, "stat": 4, "fstat": 5, "lstat": 6, "poll": 7, "lseek": 8, "mmap": 9,
    "mprotect": 10, "munmap": 11, "brk": 12, "rt_sigaction": 13, "rt_sigprocmask": 14, "rt_sigreturn": 15,
    "pread64": 17, "readv": 19, "writev": 20, "access": 21, "select": 23, "sched_yield": 24, "mremap": 25,
    "madvise": 28, "dup": 32, "dup2": 33, "nanosleep": 35, "getpid": 39, "sendmsg": 46, "recvmsg": 47,
    "clone": 56, "fork": 57, "exit": 60, "wait4": 61, "uname": 63, "fcntl": 72, "getcwd": 79, "readlink": 89,
    "gettimeofday": 96, "getrlimit": 97, "getrusage": 98, "sysinfo": 99, "times": 100, "getuid": 102,
    "getgid": 104, "geteuid": 107, "getegid": 108, "getppid": 110, "sigaltstack": 131, "prctl": 157,
    "setrlimit": 160, "gettid": 186, "time": 201, "futex": 202, "sched_getaffinity": 204, "getdents64": 217,
    "set_tid_address": 218, "clock_gettime": 228, "clock_getres": 229, "clock_nanosleep": 230,
    "exit_group": 231, "openat": 257, "newfstatat": 262, "readlinkat": 267, "faccessat": 269, "pselect6": 270,
    "ppoll": 271, "set_robust_list": 273, "dup3": 292, "prlimit64": 302, "seccomp": 317, "getrandom": 318,
    "statx": 332, "rseq": 334, "pidfd_open": 434, "close_range": 436, "faccessat2": 439,
    "landlock_create_ruleset": 444, "landlock_add_rule": 445, "landlock_restrict_self": 446, "clone3": 435,
    "ioctl": 16,
}  # fmt: skip

_PARSER: Final = (
    "read", "write", "close", "stat", "fstat", "lstat", "poll", "lseek", "mmap", "mprotect", "munmap", "brk",
    "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "pread64", "readv", "writev", "access", "select",
    "sched_yield", "mremap", "madvise", "dup", "nanosleep", "getpid", "exit", "uname", "fcntl", "getcwd",
    "readlink", "gettimeofday", "getrlimit", "getrusage", "sysinfo", "times", "getuid", "getgid", "geteuid",
    "getegid", "getppid", "sigaltstack", "gettid", "time", "futex", "sched_getaffinity", "getdents64",
    "clock_gettime", "clock_getres", "clock_nanosleep", "exit_group", "openat", "newfstatat", "readlinkat",
    "faccessat", "faccessat2", "pselect6", "ppoll", "set_robust_list", "getrandom", "statx", "rseq",
)  # fmt: skip
_WORKER: Final = (
    *_PARSER, "dup2", "dup3", "sendmsg", "recvmsg", "clone", "fork", "wait4", "prctl", "setrlimit", "prlimit64",
    "seccomp", "pidfd_open", "close_range", "set_tid_address", "landlock_create_ruleset", "landlock_add_rule",
    "landlock_restrict_self",
)  # fmt: skip

_AUDIT_X86_64: Final = 0xC000003E
_ALLOW: Final = 0x7FFF0000
_ERRNO: Final = 0x00050000
_EPERM: Final = 1
_ENOSYS: Final = 38
_ENOTTY: Final = 25
_TCGETS: Final = 0x5401
_LOAD: Final = 0x20
_EQUAL: Final = 0x15
_AT_LEAST: Final = 0x35
_RETURN: Final = 0x06
_NUMBER_AT: Final = 0
_ARCH_AT: Final = 4
_SECOND_ARGUMENT_AT: Final = 24
_X32: Final = 0x40000000
_MODE_FILTER: Final = 2


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def is_available() -> bool:
    """Say whether there are lists for this machine's processor."""
    return platform.machine() == "x86_64"


def restrict_worker() -> None:
    """Keep the worker to its list, for good."""
    _install(_WORKER)


def restrict_parser() -> None:
    """Keep the child that touches hostile bytes to its list, for good."""
    _install(_PARSER)


def _install(names: Iterable[str]) -> None:
    program = _assemble([_X86_64[name] for name in names])
    buffer = ctypes.create_string_buffer(program, len(program))
    header = _Program(len(program) // 8, ctypes.addressof(buffer))
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    prctl(PR_SET_SECCOMP, _MODE_FILTER, ctypes.addressof(header))


def _assemble(numbers: list[int]) -> bytes:
    """Write the filter: the right processor, no x32 call, one of the numbers, and terminals asked about only."""
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
        _line(_EQUAL, _X86_64["ioctl"], 0, 4),
        _line(_LOAD, _SECOND_ARGUMENT_AT),
        _line(_EQUAL, _TCGETS, 0, 1),
        _line(_RETURN, _ALLOW),
        _line(_RETURN, _ERRNO | _ENOTTY),
    ]
    for number in sorted(set(numbers)):
        lines += [_line(_EQUAL, number, 0, 1), _line(_RETURN, _ALLOW)]
    lines.append(_line(_RETURN, refuse))
    return b"".join(lines)


def _line(code: int, value: int, when_true: int = 0, when_false: int = 0) -> bytes:
    """Write one instruction of the kernel's filter machine."""
    return struct.pack("<HBBI", code, when_true, when_false, value)
