"""Decode ISO-2022-CN (RFC 1922), which Python does not know: GB 2312 in seven bits, as old mail carries it."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

NAME: Final = "iso2022_cn"
MARKS: Final = (b"\x1b$)A", b"\x1b$)G", b"\x1b$)E")
_ALIASES: Final = frozenset((NAME, "iso_2022_cn", "iso_2022_cn_ext", "csiso2022cn", "iso2022cn"))
_OUT, _IN, _ESCAPE = 0x0E, 0x0F, 0x1B
_GB: Final = "gb18030"
_DESIGNATION: Final = 4
_SINGLE: Final = 2


class _Incremental(codecs.IncrementalDecoder):
    """Decodes block by block; what is cut by a block's end waits for the next one."""

    def __init__(self, errors: str = "strict") -> None:
        super().__init__(errors)
        self.reset()

    def reset(self) -> None:
        self._held = b""
        self._chinese = self._shifted = False

    def getstate(self) -> tuple[bytes, int]:
        return self._held, self._chinese << 1 | self._shifted

    def setstate(self, state: tuple[bytes, int]) -> None:
        self._held = state[0]
        self._chinese, self._shifted = bool(state[1] & 2), bool(state[1] & 1)

    # The base class takes its two arguments by place.
    def decode(self, data: ReadableBuffer, final: bool = False) -> str:  # noqa: FBT001, FBT002 - the base class's own form
        text = self._held + bytes(data)
        self._held = b""
        found: list[str] = []
        at = 0
        while at < len(text):
            width, sign = self._next(text, at)
            if at + width > len(text) and not final:
                self._held = text[at:]
                break
            found.append(sign)
            at += width
        return "".join(found)

    def _next(self, text: bytes, at: int) -> tuple[int, str]:
        """Give how many bytes stand for the next sign, and the sign."""
        byte = text[at]
        if byte == _ESCAPE:
            return self._escape(text, at)
        if byte in (_OUT, _IN):
            self._shifted = byte == _OUT
            return 1, ""
        if byte in b"\r\n":
            self._shifted = self._chinese = False
        if self._shifted and byte > 0x20:
            pair = text[at : at + 2]
            return 2, self._sign(pair, at) if len(pair) > 1 else ""
        return 1, chr(byte) if byte < 0x80 else self._lost(text[at : at + 1], at)

    def _escape(self, text: bytes, at: int) -> tuple[int, str]:
        """Take a designation: of the sets that can be named, Python knows GB 2312 only."""
        start = text[at : at + _DESIGNATION]
        if start[1:2] != b"$" and len(start) > 1:
            # ESC N means one sign of a set that we do not have.
            return (4, self._lost(start, at)) if start[1:2] == b"N" else (1, self._lost(start[:1], at))
        if len(start) == _DESIGNATION and start[2:3] == b")":
            self._chinese = start[3:4] == b"A"
        return _DESIGNATION, ""

    def _sign(self, pair: bytes, at: int) -> str:
        if not self._chinese:
            return self._lost(pair, at)
        try:
            return bytes(byte | 0x80 for byte in pair).decode(_GB)
        except UnicodeDecodeError:
            return self._lost(pair, at)

    def _lost(self, held: bytes, at: int) -> str:
        if self.errors == "strict":
            raise UnicodeDecodeError(NAME, held, 0, len(held), f"no sign at {at}")
        return "\ufffd"


def _decode(data: ReadableBuffer, errors: str = "strict") -> tuple[str, int]:
    return _Incremental(errors).decode(data, final=True), len(bytes(data))


def _encode(text: str, errors: str = "strict") -> tuple[bytes, int]:
    raise UnicodeEncodeError(NAME, text, 0, len(text), errors)


def _find(name: str) -> codecs.CodecInfo | None:
    if name.replace("-", "_") not in _ALIASES:
        return None
    return codecs.CodecInfo(_encode, _decode, incrementaldecoder=_Incremental, name=NAME)


codecs.register(_find)
