"""What both generations of RAR say of an archive and of each entry in it, in one form."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Final

from proofroom.model.states import Reason

STORED: Final = 0
"""The method of what is not packed."""


@dataclass(frozen=True, slots=True)
class Lock:
    """How something is encrypted: `rounds` is the power of two of a RAR 5 key, 0 for RAR 3 and 4.

    `check` tells a right password at once, where the archive has one; `tweaked` checksums need the key themselves.
    """

    salt: bytes
    start: bytes = b""
    rounds: int = 0
    check: bytes = b""
    tweaked: bool = False
    is_ours: bool = True


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: `at` and `packed` say where its bytes lie; `kind` is what the library needs to unpack them."""

    untrusted_name: bytes
    at: int
    packed: int
    size: int
    method: int
    kind: tuple[int, ...]
    crc: int | None = None
    blake: bytes = b""
    is_folder: bool = False
    is_solid: bool = False
    is_known: bool = True
    special: Reason = Reason.NONE
    untrusted_target: bytes = b""
    is_copy: bool = False
    before: bool = False
    after: bool = False
    lock: Lock | None = None
    facts: dict[str, str] = field(default_factory=dict)
    role: str = "file"


@dataclass(slots=True)
class Volume:
    """What an archive says of itself: `number` counts from 0 where it is one of a set; `ended` where its end stands."""

    is_part: bool = False
    number: int | None = None
    is_solid: bool = False
    is_locked: bool = False
    ended: bool = False
    goes_on: bool = False
    needs_end: bool = True
    facts: dict[str, str] = field(default_factory=dict)


def tweaked(crc: int, key: bytes) -> int:
    """Give the checksum as a locked RAR 5 stores it: mixed with the key, so that it does not tell the content."""
    mixed = hmac.new(key, crc.to_bytes(4, "little"), hashlib.sha256).digest()
    found = 0
    for at in range(0, len(mixed), 4):
        found ^= int.from_bytes(mixed[at : at + 4], "little")
    return found
