"""SHA-256, the one hash of the house, over bytes and over streams."""

from __future__ import annotations

import hashlib
from typing import BinaryIO, Final

_BLOCK: Final = 1 << 18


def sha256_stream(file: BinaryIO) -> tuple[str, int]:
    """Give the SHA-256 (64 hex digits) of what is left in a stream, and how many bytes that was."""
    state = hashlib.sha256()
    size = 0
    while block := file.read(_BLOCK):
        state.update(block)
        size += len(block)
    return state.hexdigest(), size
