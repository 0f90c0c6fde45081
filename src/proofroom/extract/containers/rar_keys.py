"""Make the keys of locked RAR archives from passwords, and decrypt with them from any place on."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from proofroom.extract.containers.rar_blocks import Lock

BLOCK: Final = 16
_OLD_ROUNDS: Final = 0x40000
_OLD_STEP: Final = 0x4000
_OLD_COST: Final = 4.0
_USUAL_HASHES: Final = 100_000
_CHECK: Final = 8
_MOST_CACHED: Final = 4_096


@dataclass(frozen=True, slots=True)
class Key:
    """What opens a lock: the key, where its chain of blocks starts, the key of its checksums, and its own check."""

    key: bytes
    start: bytes
    of_sums: bytes = b""
    check: bytes = b""


class Keys:
    """The keys that were made already: making one is dear on purpose."""

    def __init__(self) -> None:
        """Begin with none."""
        self._made: dict[tuple[str, bytes, int], Key] = {}

    def of(self, password: str, lock: Lock) -> Key:
        """Give the key of a password for a lock."""
        place = (password, lock.salt, lock.rounds)
        found = self._made.get(place)
        if found is None:
            if len(self._made) >= _MOST_CACHED:
                self._made.clear()
            found = self._made[place] = _new(password, lock) if lock.rounds else _old(password, lock.salt)
        return Key(found.key, lock.start or found.start, found.of_sums, found.check)


def cost(lock: Lock) -> float:
    """Say how dear an attempt is, beside a usual one."""
    return max(3 * 2**lock.rounds / _USUAL_HASHES, 0.01) if lock.rounds else _OLD_COST


def decrypted(key: Key, before: bytes, data: bytes) -> bytes:
    """Decrypt whole blocks; `before` is the block that stands before them, or the start of the chain."""
    cipher = Cipher(algorithms.AES(key.key), modes.CBC(before)).decryptor()
    return cipher.update(data) + cipher.finalize()


def _new(password: str, lock: Lock) -> Key:
    """Make a key of RAR 5 (PBKDF2); 16 rounds further stands that of the checksums, 32 further the check."""
    word = password.encode("utf-8")
    key, sums, check = (
        hashlib.pbkdf2_hmac("sha256", word, lock.salt, 2**lock.rounds + more) for more in (0, 16, 32)
    )
    folded = bytearray(_CHECK)
    for place, byte in enumerate(check):
        folded[place % _CHECK] ^= byte
    return Key(key, b"", sums, bytes(folded))


def _old(password: str, salt: bytes) -> Key:
    """Make a key of RAR 3 and 4: a long SHA-1, in which each of 16 steps gives a byte of the start."""
    seed = password.encode("utf-16-le") + salt
    digest = hashlib.sha1()  # noqa: S324 - the format's own choice
    start = bytearray()
    for first in range(0, _OLD_ROUNDS, _OLD_STEP):
        digest.update(seed + first.to_bytes(3, "little"))
        start.append(digest.copy().digest()[19])
        digest.update(b"".join(seed + n.to_bytes(3, "little") for n in range(first + 1, first + _OLD_STEP)))
    words = digest.digest()[:BLOCK]
    key = b"".join(words[at : at + 4][::-1] for at in range(0, BLOCK, 4))
    return Key(key, bytes(start))
