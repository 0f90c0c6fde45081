"""Hand out the pictures and objects inside RTF as members; take an object out of its OLE 1.0 wrapping.

The wrapping is [MS-OLEDS] 2.2.4 and 2.2.5; a packed file (class `Package`) also has its name.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import dropwhile
from typing import Final

from proofroom.extract.format import Sink

_HEX: Final = b"0123456789abcdefABCDEF"
_NOT_HEX: Final = bytes(value for value in range(256) if value not in _HEX)
_COMPOUND: Final = b"\xd0\xcf\x11\xe0"
_ENDINGS: Final = (
    (_COMPOUND, "ole"),
    (b"PK\3\4", "zip"),
    (b"%PDF", "pdf"),
    (b"BM", "bmp"),
    (b"{\\rtf", "rtf"),
)
_LINKED, _EMBEDDED = 1, 2
_FILLING: Final = b"\0\r\n\t }"
_CHUNK: Final = 1 << 20
_PACKED: Final = 2
_LONGEST_NAME: Final = 255


@dataclass(slots=True)
class Embedded:
    """The bytes of a picture or object on their way: `kind` is `picture` or `object`."""

    kind: str
    ending: str = "bin"
    data: bytearray = field(default_factory=bytearray)
    half: bytes = b""

    def add_hex(self, digits: bytes) -> None:
        """Take hexadecimal digits; whatever is none is passed over, as readers do."""
        clean = self.half + digits.translate(None, _NOT_HEX)
        even = len(clean) - len(clean) % 2
        self.half = clean[even:]
        self.data += bytes.fromhex(clean[:even].decode("ascii"))


class Members:
    """Numbers the members of one document and hands them out."""

    def __init__(self, sink: Sink) -> None:
        """Hand out to the sink."""
        self._sink = sink
        self._counts: dict[str, int] = {}
        self.any = False

    def send(self, embedded: Embedded) -> None:
        """Hand out what was collected, an object without its wrapping."""
        data = bytes(embedded.data)
        if not data:
            return
        name = self._number(embedded.kind)
        if embedded.kind == "object":
            packed, data = self._unwrap(data)
            ending = next((ending for mark, ending in _ENDINGS if data.startswith(mark)), "bin")
            member = name.encode() + (b"/" + packed if packed else f".{ending}".encode())
        else:
            member = f"{name}.{embedded.ending}".encode()
        if data:
            self._write(member, data)

    def send_rest(self, parts: Iterable[bytes]) -> None:
        """Hand out what follows the end of the document, if it is more than filling."""
        blocks = dropwhile(lambda part: not part.strip(_FILLING), parts)
        first = next(blocks, b"")
        if first:
            self.any = True
            with self._sink.member(b"after-the-end.bin") as out:
                out.write(first)
                for block in blocks:
                    out.write(block)

    def _number(self, kind: str) -> str:
        self._counts[kind] = self._counts.get(kind, 0) + 1
        return f"{kind}-{self._counts[kind]}"

    def _write(self, name: bytes, data: bytes) -> None:
        self.any = True
        with self._sink.member(name, len(data)) as out:
            for start in range(0, len(data), _CHUNK):
                out.write(data[start : start + _CHUNK])

    def _unwrap(self, data: bytes) -> tuple[bytes, bytes]:
        """Give the name of a packed file, if it is one, and what the wrapping holds; lies leave it as it is."""
        try:
            _version, kind = struct.unpack_from("<II", data)
            name, at = _prefixed(data, 8)
            topic, at = _prefixed(data, at)
            _item, at = _prefixed(data, at)
            if kind == _LINKED and topic:
                self._sink.meta("rtf:external", topic.decode("utf-8", "replace"))
                return b"", data
            (size,) = struct.unpack_from("<I", data, at)
        except struct.error:
            return b"", data
        inner = data[at + 4 : at + 4 + size]
        if kind != _EMBEDDED or len(inner) < size or not inner:
            return b"", data
        if name.lower() == b"package":
            return _packed(inner) or (b"", inner)
        return b"", inner


def _prefixed(data: bytes, at: int) -> tuple[bytes, int]:
    """Read a string with its length before it; raises struct.error when it reaches beyond the data."""
    (length,) = struct.unpack_from("<I", data, at)
    end = at + 4 + length
    if end > len(data):
        raise struct.error
    return data[at + 4 : end].rstrip(b"\0"), end


def _packed(data: bytes) -> tuple[bytes, bytes] | None:
    """Read a packed file: its label, its path, the path it was unpacked to, its bytes."""
    if struct.unpack_from("<H", data.ljust(2, b"\0"))[0] != _PACKED:
        return None
    label, _, rest = data[2:].partition(b"\0")
    _path, _, rest = rest.partition(b"\0")
    try:
        _, at = _prefixed(rest, 4)
        (size,) = struct.unpack_from("<I", rest, at)
    except struct.error:
        return None
    inner = rest[at + 4 : at + 4 + size]
    name = label.replace(b"\\", b"/").rpartition(b"/")[2][:_LONGEST_NAME]
    if len(inner) < size or not name.strip(b". "):
        return None
    return name, inner
