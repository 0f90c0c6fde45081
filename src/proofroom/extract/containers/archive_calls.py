"""The calls of libarchive, the system's library for old archives, and what it calls back to read a stream.

libarchive-c loads the library. The calls are made here, since the package passes over the warnings by which the
library says that something is damaged. What is called back is made once, at import: a sealed child can make no
such thing any more.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from typing import Any, BinaryIO, Final

from proofroom.extract.containers.giving import BLOCK
from proofroom.extract.format import Unreadable
from proofroom.model.states import Reason, State

_SYSTEM_LIBRARY: Final = "libarchive.so.13"
_NAMED: Final = "LIBARCHIVE"

# Without this the package starts a program (ldconfig) to look for the library.
with suppress(OSError):
    ctypes.CDLL(_SYSTEM_LIBRARY)
    os.environ[_NAMED] = _SYSTEM_LIBRARY
try:
    from libarchive import ffi
except (
    OSError,
    TypeError,
    AttributeError,
):  # what the package raises where the library is missing or too old
    ffi = None
os.environ.pop(_NAMED, None)  # a worker's environment is the one we give it

FATAL: Final = -30
"""What the library says when it can go no further."""

_LARGEST: Final = (1 << 63) - 1
_WHENCE: Final = (os.SEEK_SET, os.SEEK_CUR, os.SEEK_END)


def _call(name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
    """Give a call of the library without the package's checks."""
    if ffi is None:
        return missing
    function = ffi.libarchive[f"archive_{name}"]
    function.restype, function.argtypes = result, arguments
    made: Callable[..., Any] = function
    return made


def missing(*_arguments: object) -> None:
    """Say that there is no library, in the place of any call of it."""
    raise Unreadable(State.UNKNOWN, Reason.NO_LIBRARY)


_P, _INT, _LONG = ctypes.c_void_p, ctypes.c_int, ctypes.c_int64
_ON_READ: Final = ctypes.CFUNCTYPE(ctypes.c_ssize_t, _P, _P, ctypes.POINTER(_P))
_ON_SEEK: Final = ctypes.CFUNCTYPE(_LONG, _P, _P, _LONG, _INT)

read_new = _call("read_new", _P)
read_free = _call("read_free", _INT, _P)
read_open = _call("read_open2", _INT, _P, _P, _P, _ON_READ, _P, _P)
set_seek = _call("read_set_seek_callback", _INT, _P, _ON_SEEK)
next_header = _call("read_next_header2", _INT, _P, _P)
data_block = _call(
    "read_data_block", _INT, _P, ctypes.POINTER(_P), ctypes.POINTER(ctypes.c_size_t), ctypes.POINTER(_LONG)
)
error_number = _call("errno", _INT, _P)
error_text = _call("error_string", ctypes.c_char_p, _P)
entry_new = _call("entry_new", _P)
entry_free = _call("entry_free", None, _P)
TEXTS: Final = {
    name: (
        _call(f"entry_{name}", ctypes.c_char_p, _P),
        _call(f"entry_{name}_utf8", ctypes.c_char_p, _P),
    )
    for name in ("pathname", "symlink", "hardlink", "uname", "gname")
}
NUMBERS: Final = {
    name: _call(f"entry_{name}", kind, _P)
    for name, kind in (
        ("mode", _INT), ("nlink", ctypes.c_uint), ("uid", _LONG), ("gid", _LONG), ("size", _LONG),
        ("size_is_set", _INT), ("is_encrypted", _INT),
    )
}  # fmt: skip
TIMES: Final = {
    told: tuple(_call(f"entry_{name}{more}", _LONG, _P) for more in ("_is_set", "", "_nsec"))
    for told, name in (("mtime", "mtime"), ("ctime", "ctime"), ("atime", "atime"), ("created", "birthtime"))
}
SUPPORT: Final = {
    name: _call(f"read_support_{name}", _INT, _P)
    for name in (
        "format_cab", "format_iso9660", "format_cpio", "format_ar", "format_lha", "format_xar", "format_rar",
        "format_rar5", "format_raw", "filter_rpm", "filter_gzip", "filter_bzip2", "filter_xz", "filter_lzma",
        "filter_zstd", "filter_lz4", "filter_lzip", "filter_compress",
    )
}  # fmt: skip
"""Only what reads in this process: some filters of the library would start a program."""


class Stream:
    """The stream behind one open archive, and the room in which the library looks at its bytes."""

    def __init__(self, untrusted: BinaryIO, size: int) -> None:
        """Begin at its beginning."""
        self.untrusted = untrusted
        self.size = size
        self.room = ctypes.create_string_buffer(BLOCK)
        self.at = 0
        self.failed = False


STREAMS: Final[dict[int, Stream]] = {}
KEYS: Final = count(1)


def _on_read(_archive: int, key: int, out: Any) -> int:
    """Give the library the next bytes; 0 at the end."""
    stream = STREAMS[key]
    try:
        # Others may have moved the stream since.
        stream.untrusted.seek(stream.at)
        taken = stream.untrusted.readinto(stream.room)  # type: ignore[attr-defined]  # every stream of ours has it
    except (OSError, ValueError):
        stream.failed = True
        return -1
    stream.at += taken or 0
    out[0] = ctypes.addressof(stream.room)
    return taken or 0


def _on_seek(_archive: int, key: int, offset: int, whence: int) -> int:
    """Move for the library; gives the new place."""
    stream = STREAMS[key]
    if whence not in _WHENCE:
        return FATAL
    at = (0, stream.at, stream.size)[_WHENCE.index(whence)] + offset
    if at < 0 or at > _LARGEST:
        return FATAL
    stream.at = min(at, stream.size)
    return stream.at


READER: Final = _ON_READ(_on_read)
SEEKER: Final = _ON_SEEK(_on_seek)


def is_at_hand() -> bool:
    """Say whether this machine has the library."""
    return ffi is not None
