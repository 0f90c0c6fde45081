"""Names as raw bytes and as text: nothing is normalised, and what is not UTF-8 is percent-encoded."""

from __future__ import annotations

import base64
import codecs
from collections.abc import Mapping
from typing import Any, Final

_PERCENT: Final = "proofroom-percent"


def path_text(untrusted_path: bytes) -> str:
    """Give a path as text: its UTF-8, with each byte that is not UTF-8 as %XX."""
    return untrusted_path.decode("utf-8", _PERCENT)


def whole_text(text: str) -> str:
    """Give a text that can be written as UTF-8: what a terminal passed on as odd bytes stands as %XX."""
    return text.encode("utf-8", _PERCENT).decode()


def path_facts(untrusted_path: bytes) -> dict[str, Any]:
    """Give a path as it stands in the custody log: as text, and whole in base64 where the text lost bytes."""
    text = path_text(untrusted_path)
    if text.encode() == untrusted_path:
        return {"path": text}
    return {"path": text, "path_bytes": base64.b64encode(untrusted_path).decode()}


def raw_path(facts: Mapping[str, Any]) -> bytes:
    """Give the raw bytes of a path from its facts in the custody log."""
    if "path_bytes" in facts:
        return base64.b64decode(facts["path_bytes"])
    return str(facts["path"]).encode()


def _percent(error: UnicodeError) -> tuple[str, int]:
    """Write the bytes that could not be decoded, or the surrogates that stand for such bytes, as %XX."""
    if isinstance(error, UnicodeDecodeError):
        odd = error.object[error.start : error.end]
    elif isinstance(error, UnicodeEncodeError):
        odd = b"".join(_bytes_of(character) for character in error.object[error.start : error.end])
    else:
        raise error
    return "".join(f"%{byte:02X}" for byte in odd), error.end


def _bytes_of(surrogate: str) -> bytes:
    """Give the byte that a surrogate escape stands for; any other surrogate in the form UTF-8 would have had."""
    if "\udc80" <= surrogate <= "\udcff":
        return bytes([ord(surrogate) & 0xFF])
    return surrogate.encode("utf-8", "surrogatepass")


codecs.register_error(_PERCENT, _percent)
