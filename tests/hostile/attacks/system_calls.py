"""System calls by number, and what came of them as a word: `EPERM`, or `done 3`."""

from __future__ import annotations

import ctypes
import errno
from collections.abc import Callable

LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.syscall.restype = ctypes.c_long


def call(number: int, *arguments: int | bytes | ctypes.Array[ctypes.c_char] | None) -> str:
    """Call the kernel and say what came of it."""
    ctypes.set_errno(0)
    given = [ctypes.c_long(one) if isinstance(one, int) else one for one in arguments]
    result = LIBC.syscall(ctypes.c_long(number), *given)
    return named(ctypes.get_errno()) if result < 0 else f"done {result}"


def attempt(function: Callable[..., object], *arguments: object) -> str:
    """Call a function of Python and say what came of it."""
    try:
        result = function(*arguments)
    except OSError as refused:
        return named(refused.errno or 0)
    return f"done {str(result)[:80]}"


def named(code: int) -> str:
    """Give the name of an errno."""
    return errno.errorcode.get(code, f"errno {code}")
