"""The few system calls that Python does not offer, by ctypes: namespaces, mounts, prctl."""

from __future__ import annotations

import ctypes
import os
from typing import Final

CLONE_NEWNS: Final = 0x00020000
CLONE_NEWCGROUP: Final = 0x02000000
CLONE_NEWUTS: Final = 0x04000000
CLONE_NEWIPC: Final = 0x08000000
CLONE_NEWUSER: Final = 0x10000000
CLONE_NEWPID: Final = 0x20000000
CLONE_NEWNET: Final = 0x40000000

MS_NOSUID: Final = 2
MS_NODEV: Final = 4
MS_BIND: Final = 4096
MS_REC: Final = 16384
MS_PRIVATE: Final = 1 << 18
MNT_DETACH: Final = 2

PR_SET_PDEATHSIG: Final = 1
PR_SET_DUMPABLE: Final = 4
PR_SET_SECCOMP: Final = 22
PR_CAPBSET_DROP: Final = 24
PR_SET_NO_NEW_PRIVS: Final = 38

_PIVOT_ROOT: Final = 155
_SYS_CAPSET: Final = 126
_MOUNT_SETATTR: Final = 442
_AT_FDCWD: Final = -100
_AT_RECURSIVE: Final = 0x8000
_RDONLY_NOSUID_NODEV: Final = 1 | 2 | 4
_MOST_DESCRIPTORS: Final = 1 << 16
_LAST_CAP: Final = 63

LIBC: Final = ctypes.CDLL(None, use_errno=True)
LIBC.syscall.restype = ctypes.c_long


def _check(result: int, what: str) -> int:
    """Raise OSError with the call's name when it failed."""
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")
    return result


def unshare(flags: int) -> None:
    """Leave the namespaces named by the flags for new ones."""
    _check(LIBC.unshare(ctypes.c_int(flags)), "unshare")


def mount(source: str | None, target: str, kind: str | None, flags: int, data: str | None = None) -> None:
    """Mount something; names are UTF-8 or whatever the file system holds."""
    encoded = [None if text is None else os.fsencode(text) for text in (source, target, kind, data)]
    _check(
        LIBC.mount(encoded[0], encoded[1], encoded[2], ctypes.c_ulong(flags), encoded[3]), f"mount {target}"
    )


def make_read_only(target: str) -> None:
    """Make a mount and all mounts inside it read-only, without devices and set-user-ID programs."""
    attributes = (ctypes.c_uint64 * 4)(_RDONLY_NOSUID_NODEV, 0, 0, 0)
    number, size = ctypes.c_long(_MOUNT_SETATTR), ctypes.c_size_t(ctypes.sizeof(attributes))
    place, flags = ctypes.c_int(_AT_FDCWD), ctypes.c_uint(_AT_RECURSIVE)
    result = LIBC.syscall(number, place, os.fsencode(target), flags, attributes, size)
    _check(result, f"mount_setattr {target}")


def close_all_but(*kept: int) -> None:
    """Close every descriptor but 0, 1, 2 and those given."""
    at = 3
    for one in sorted(kept):
        os.closerange(at, one)
        at = one + 1
    os.closerange(at, _MOST_DESCRIPTORS)


def unmount(target: str) -> None:
    """Detach a mount at once, whoever uses it."""
    _check(LIBC.umount2(os.fsencode(target), MNT_DETACH), f"umount {target}")


def pivot_root(new: str, old: str) -> None:
    """Make `new` the root and put the old one at `old`, inside it."""
    _check(LIBC.syscall(ctypes.c_long(_PIVOT_ROOT), os.fsencode(new), os.fsencode(old)), "pivot_root")


def prctl(option: int, value: int, pointer: int = 0) -> None:
    """Set a property of this process."""
    result = LIBC.prctl(ctypes.c_int(option), ctypes.c_ulong(value), ctypes.c_ulong(pointer), 0, 0)
    _check(result, f"prctl {option}")


def syscall(number: int, *arguments: int) -> int:
    """Call the kernel by number with plain integers."""
    return _check(
        LIBC.syscall(ctypes.c_long(number), *(ctypes.c_long(one) for one in arguments)), f"call {number}"
    )


def drop_capabilities() -> None:
    """Give up every capability, also those a later program could regain."""
    for capability in range(_LAST_CAP + 1):
        # Those that do not exist, or that we never had the right to drop, are refused: nothing is lost.
        LIBC.prctl(ctypes.c_int(PR_CAPBSET_DROP), ctypes.c_ulong(capability), 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    data = (ctypes.c_uint32 * 6)()
    _check(LIBC.syscall(ctypes.c_long(_SYS_CAPSET), header, data), "capset")
