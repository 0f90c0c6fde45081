"""Undo the transfer encodings of mail (base64, quoted-printable) block by block; damage is counted, not raised."""

from __future__ import annotations

import binascii
from collections.abc import Iterable, Iterator
from typing import Final

from proofroom.extract.containers.mail_inline import unuu

_ALPHABET: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_UU_NAMES: Final = (b"x-uuencode", b"uuencode", b"x-uue", b"x-uu")
_SPACE: Final = b" \t\r\n\v\f\0"
_STRANGE: Final = bytes(set(range(256)) - set(_ALPHABET + _SPACE + b"="))


class Transfer:
    """Undoes the transfer encoding of one part; `damaged` is set when it broke its rules."""

    def __init__(self, untrusted_name: bytes) -> None:
        """Undo the encoding of that name; one we do not know leaves the bytes as they are."""
        self.damaged = False
        name = untrusted_name.partition(b";")[0].strip().lower()
        undo = {b"base64": self._base64, b"quoted-printable": self._printable}
        self._undo = {**undo, **dict.fromkeys(_UU_NAMES, unuu)}.get(name)

    def blocks(self, coded: Iterable[bytes]) -> Iterator[bytes]:
        """Give the plain bytes."""
        return iter(coded) if self._undo is None else self._undo(coded)

    def _base64(self, coded: Iterable[bytes]) -> Iterator[bytes]:
        waiting = b""
        for block in coded:
            clean = block.translate(None, _SPACE)
            if clean.translate(None, _ALPHABET + b"="):
                self.damaged = True
                clean = clean.translate(None, _STRANGE)
            *ended, waiting = (waiting + clean).split(b"=")
            for piece in ended:
                yield self._last(piece)
            whole = len(waiting) & ~3
            yield binascii.a2b_base64(waiting[:whole])
            waiting = waiting[whole:]
        self.damaged = self.damaged or len(waiting) == 1
        yield self._last(waiting)

    def _last(self, piece: bytes) -> bytes:
        """Decode what stands before padding or at the end; a single character too many says nothing."""
        if len(piece) % 4 == 1:
            self.damaged = True
            piece = piece[:-1]
        return binascii.a2b_base64(piece + b"=" * (-len(piece) % 4))

    def _printable(self, coded: Iterable[bytes]) -> Iterator[bytes]:
        waiting = b""
        for block in coded:
            data = waiting + block
            # What an equals sign means is only known with its line's end.
            cut = data.rfind(b"\n") + 1
            if not cut and len(data) > 1 << 20:
                cut = len(data) - 2
            yield binascii.a2b_qp(data[:cut])
            waiting = data[cut:]
        yield binascii.a2b_qp(waiting)
