"""Take files out of the wrappings that OLE puts around them ([MS-OLEDS] 2.3.6, the Packager's own layout)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

from proofroom.extract.format import Sink
from proofroom.extract.ole.text_runs import narrow_text

NATIVE: Final = "\x01ole10native"
"""The stream that holds a packed file, in lower case."""

_PACKED: Final = 2
_WITH_PATH: Final = 3
_LONGEST: Final = 1 << 15
_LONGEST_NAME: Final = 255
_BLOCK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Packed:
    """A file in its wrapping: its name, where it once lay, and where its bytes are.

    `named` is false where the wrapping names nothing: then the bytes are some program's own.
    `whole` is false where the wrapping promises more bytes than there are.
    """

    untrusted_name: str
    untrusted_paths: tuple[str, ...]
    start: int
    end: int
    named: bool
    whole: bool

    def member_name(self, otherwise: str) -> str:
        """Give a name without folders for the member, or another one where the wrapping has none."""
        name = self.untrusted_name.replace("\\", "/").rpartition("/")[2].replace("\0", "")[:_LONGEST_NAME]
        return name if name.strip(". ") else otherwise


def unpack(data: bytes) -> Packed:
    """Read the stream of a packed file; what has no file in it is given as it is, without its length."""
    size = struct.unpack_from("<I", data)[0] if len(data) >= 4 else 0
    found = _file(data)
    if found is not None:
        return found
    end = min(4 + size, len(data))
    return Packed("", (), min(4, len(data)), end, named=False, whole=4 + size <= len(data))


def send_packed(sink: Sink, data: bytes, packed: Packed, name: str) -> None:
    """Hand out a packed file as a member, and as properties where it once lay."""
    for path in dict.fromkeys(filter(str.strip, packed.untrusted_paths)):
        sink.meta("ole:package-path", f"{name} {path}")
    with sink.member(name.encode("utf-8", "replace"), packed.end - packed.start) as out:
        for at in range(packed.start, packed.end, _BLOCK):
            out.write(data[at : min(at + _BLOCK, packed.end)])


def _file(data: bytes) -> Packed | None:
    """Read the Packager's layout: label, path, path of the temporary copy, bytes, and the names in UTF-16."""
    try:
        if struct.unpack_from("<H", data, 4)[0] != _PACKED:
            return None
        label, at = _narrow(data, 6)
        path, at = _narrow(data, at)
        kind = struct.unpack_from("<HH", data, at)[1]
        if kind != _WITH_PATH:
            return None
        length = struct.unpack_from("<I", data, at + 4)[0]
        copy, at = data[at + 8 : at + 8 + length], at + 8 + length
        size = struct.unpack_from("<I", data, at)[0]
    except (struct.error, ValueError):
        return None
    start, end = at + 4, min(at + 4 + size, len(data))
    wide = _wide(data, at + 4 + size)
    names = wide if len(wide) == 3 else [narrow_text(one) for one in (copy, label, path)]
    return Packed(
        names[1] or names[2], (names[2], names[0]), start, end, named=True, whole=at + 4 + size <= len(data)
    )


def _narrow(data: bytes, at: int) -> tuple[bytes, int]:
    """Read a text up to its closing NUL; raises ValueError where none closes it."""
    end = data.index(b"\0", at, at + _LONGEST)
    return data[at:end], end + 1


def _wide(data: bytes, at: int) -> list[str]:
    """Read the three names in UTF-16 that newer programs add behind the bytes: copy, label, path."""
    found: list[str] = []
    while len(found) < 3 and at + 4 <= len(data):
        length = struct.unpack_from("<I", data, at)[0]
        if length > _LONGEST or at + 4 + 2 * length > len(data):
            break
        found.append(data[at + 4 : at + 4 + 2 * length].decode("utf-16-le", "replace").rstrip("\0"))
        at += 4 + 2 * length
    return found
