"""Landlock: this process and its children may read what is mounted, and write, run or reach nothing."""

from __future__ import annotations

import ctypes
import os
from functools import cache
from typing import Final

from proofroom.extract.sandbox.syscalls import LIBC, PR_SET_NO_NEW_PRIVS, prctl, syscall

_CREATE: Final = 444
_ADD_RULE: Final = 445
_RESTRICT: Final = 446
_VERSION: Final = 1
_PATH_BENEATH: Final = 1
_EXECUTE: Final = 1
_READ_FILE: Final = 1 << 2
_READ_DIR: Final = 1 << 3
_FILE_RIGHTS: Final = ((1, 13), (2, 14), (3, 15), (5, 16))
"""From which version of the interface on there are how many rights on files."""
_NET_VERSION: Final = 4
_NET_RIGHTS: Final = 0b11
_SCOPE_VERSION: Final = 6
_SCOPES: Final = 0b11
"""Abstract sockets and signals: a child cannot signal its zygote."""


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def version() -> int:
    """Give the version of the kernel's interface, 0 where there is none."""
    result = int(LIBC.syscall(ctypes.c_long(_CREATE), None, ctypes.c_size_t(0), ctypes.c_uint32(_VERSION)))
    return max(result, 0)


def restrict(*, run: bool = False) -> None:
    """Enter a new domain, for good: read-only files, no network, no signals to the outside.

    `run` is for a process that still has to become the program it is for.
    Raises OSError where the kernel has no Landlock; the caller decides what that means.
    """
    rules, size = _rules()
    ruleset = syscall(_CREATE, ctypes.addressof(rules), size, 0)
    try:
        root = os.open("/", os.O_PATH | os.O_CLOEXEC)
        try:
            beneath = _Beneath(_READ_FILE | _READ_DIR | (_EXECUTE if run else 0), root)
            syscall(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.addressof(beneath), 0)
        finally:
            os.close(root)
        prctl(PR_SET_NO_NEW_PRIVS, 1)
        syscall(_RESTRICT, ruleset, 0)
    finally:
        os.close(ruleset)


@cache
def _rules() -> tuple[_Ruleset, int]:
    """Give what this kernel can be asked to refuse, and the size of it; a child finds it made."""
    abi = version()
    files = (1 << max(count for since, count in _FILE_RIGHTS if since <= max(abi, 1))) - 1
    rules = _Ruleset(
        files, _NET_RIGHTS if abi >= _NET_VERSION else 0, _SCOPES if abi >= _SCOPE_VERSION else 0
    )
    # An older kernel refuses a structure with fields it does not know, so it gets only those it does.
    return rules, 8 if abi < _NET_VERSION else 16 if abi < _SCOPE_VERSION else 24
