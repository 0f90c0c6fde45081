"""Gives every file of the world its own stream of chance, so that one change never shifts another file."""

from __future__ import annotations

import hashlib
import random


def stream(seed: int, *labels: str) -> random.Random:
    """Give the random stream of a label: the same seed and label always give the same numbers."""
    digest = hashlib.sha256("\x1f".join((str(seed), *labels)).encode()).digest()
    return random.Random(int.from_bytes(digest[:8], "big"))


def number_seed(seed: int, *labels: str) -> int:
    """Give a 64-bit seed for a numpy generator, derived as `stream` derives its own."""
    return stream(seed, *labels).getrandbits(63)


def share(rng: random.Random, per_cent: float) -> bool:
    """Say yes in about `per_cent` of a hundred cases."""
    return rng.random() * 100 < per_cent
