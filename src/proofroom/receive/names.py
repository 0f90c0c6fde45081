"""Names as raw bytes and as text: nothing is normalised, and what is not UTF-8 is percent-encoded."""

from __future__ import annotations

import base64
import codecs
from typing import Any


def path_text(untrusted_path: bytes) -> str:
    """Give a path as text: its UTF-8, with each byte that is not UTF-8 as %XX."""
    return untrusted_path.decode("utf-8", "proofroom-percent")


def path_facts(untrusted_path: bytes) -> dict[str, Any]:
    """Give a path as it stands in the custody log: as text, and whole in base64 where the text lost bytes."""
    text = path_text(untrusted_path)
    if text.encode("utf-8", "surrogatepass") == untrusted_path:
        return {"path": text}
    return {"path": text, "path_bytes": base64.b64encode(untrusted_path).decode()}


def raw_path(facts: dict[str, Any]) -> bytes:
    """Give the raw bytes of a path from its facts in the custody log."""
    if "path_bytes" in facts:
        return base64.b64decode(facts["path_bytes"])
    return str(facts["path"]).encode()


def _percent(error: UnicodeError) -> tuple[str, int]:
    """Write the bytes that could not be decoded as %XX."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    odd = error.object[error.start : error.end]
    return "".join(f"%{byte:02X}" for byte in odd), error.end


codecs.register_error("proofroom-percent", _percent)
