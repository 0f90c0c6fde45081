"""Compare what a record holds with the digest that it states of itself (WARC 1.1, 5.8 and 5.9)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator
from typing import Final

_ALGORITHMS: Final = {"sha1": "sha1", "sha-1": "sha1", "sha256": "sha256", "sha-256": "sha256", "md5": "md5"}


class Digest:
    """A stated digest and what is found to compare with it; one of an unknown kind is never compared."""

    def __init__(self, stated: str) -> None:
        """Take the label as it stands: `sha1:BASE32` or `sha256:hex`."""
        name, _, self._stated = stated.strip().partition(":")
        algorithm = _ALGORITHMS.get(name.strip().lower(), "")
        self._hash = hashlib.new(algorithm, usedforsecurity=False) if algorithm else None
        self._name = name

    def watch(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """Pass blocks on and count them in."""
        for block in blocks:
            if self._hash is not None:
                self._hash.update(block)
            yield block

    def differs(self) -> str:
        """Give what was found instead, as the label would have it; "" when it fits or cannot be told."""
        if self._hash is None:
            return ""
        found = self._hash.digest()
        written = self._stated.strip()
        if written.lower() == found.hex() or written.upper().rstrip("=") == _base32(found):
            return ""
        if written.rstrip("=") == base64.b64encode(found).decode().rstrip("="):
            return ""
        return f"{self._name}:{_base32(found) if not _is_hex(written, found) else found.hex()}"


def _base32(data: bytes) -> str:
    return base64.b32encode(data).decode().rstrip("=")


def _is_hex(written: str, found: bytes) -> bool:
    return len(written) == 2 * len(found)
