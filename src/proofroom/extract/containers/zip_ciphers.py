"""Decrypt entries of a zip: the old cipher that every program knows, and WinZip's AES (AE-1 and AE-2)."""

from __future__ import annotations

import hashlib
import hmac
import zlib
from collections.abc import Iterable, Iterator
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from proofroom.extract.format import Unreadable
from proofroom.model.states import Reason, State

OLD_HEADER: Final = 12
AES_EXTRA: Final = 0x9901
AES_CHECK: Final = 2
AES_SEAL: Final = 10
_ROUNDS: Final = 1_000
_BLOCK: Final = 16
_TABLE: Final = tuple(zlib.crc32(bytes((byte,)), 0xFFFFFFFF) ^ 0xFFFFFFFF for byte in range(256))


class OldCipher:
    """The cipher of APPNOTE.TXT 6.1, byte by byte; three keys of 32 bits."""

    def __init__(self, password: bytes) -> None:
        """Make the keys."""
        self._keys = (0x12345678, 0x23456789, 0x34567890)
        self._run(password, plain=True)

    def decrypt(self, data: bytes) -> bytes:
        """Decrypt the next bytes."""
        return self._run(data, plain=False)

    def _run(self, data: bytes, *, plain: bool) -> bytes:
        first, second, third = self._keys
        table = _TABLE
        out = bytearray(len(data))
        for place, byte in enumerate(data):
            if not plain:
                mixed = (third & 0xFFFF) | 2
                byte ^= (mixed * (mixed ^ 1) >> 8) & 0xFF  # noqa: PLW2901 - in the innermost loop
                out[place] = byte
            first = (first >> 8) ^ table[(first ^ byte) & 0xFF]
            second = ((second + (first & 0xFF)) * 0x08088405 + 1) & 0xFFFFFFFF
            third = (third >> 8) ^ table[(third ^ (second >> 24)) & 0xFF]
        self._keys = (first, second, third)
        return bytes(out)


def old_blocks(packed: Iterable[bytes], password: bytes) -> Iterator[bytes]:
    """Decrypt blocks with the old cipher; the first twelve bytes are only its beginning."""
    cipher = OldCipher(password)
    skip = OLD_HEADER
    for block in packed:
        plain = cipher.decrypt(block)
        yield plain[skip:]
        skip = max(skip - len(plain), 0)


def salt_length(strength: int) -> int:
    """Give the length of the salt for AES of strength 1, 2 or 3 (128, 192, 256 bits)."""
    return 4 + 4 * strength


def aes_keys(password: bytes, salt: bytes) -> tuple[bytes, bytes, bytes]:
    """Make the key, the key of the seal and the two bytes by which a wrong password is seen."""
    length = len(salt) * 2
    made = hashlib.pbkdf2_hmac("sha1", password, salt, _ROUNDS, 2 * length + AES_CHECK)
    return made[:length], made[length : 2 * length], made[2 * length :]


def is_sealed(packed: Iterable[bytes], sealing: bytes, seal: bytes) -> bool:
    """Tell whether encrypted bytes are those that were sealed, which also says that the password is right."""
    told = hmac.new(sealing, digestmod=hashlib.sha1)
    for block in packed:
        told.update(block)
    return hmac.compare_digest(told.digest()[:AES_SEAL], seal)


def aes_blocks(packed: Iterable[bytes], key: bytes, sealing: bytes, seal: bytes) -> Iterator[bytes]:
    """Decrypt blocks with AES in WinZip's counter mode; a broken seal is told after all bytes were given."""
    cipher = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305 - its counter is little-endian
    told = hmac.new(sealing, digestmod=hashlib.sha1)
    counter, waiting = 1, b""
    for block in packed:
        told.update(block)
        count = -(-max(len(block) - len(waiting), 0) // _BLOCK)
        numbers = b"".join(number.to_bytes(_BLOCK, "little") for number in range(counter, counter + count))
        counter += count
        stream = waiting + cipher.update(numbers)
        length = len(block)
        mixed = int.from_bytes(block, "little") ^ int.from_bytes(stream[:length], "little")
        waiting = stream[length:]
        yield mixed.to_bytes(length, "little")
    if told.digest()[:AES_SEAL] != seal:
        raise Unreadable(State.DAMAGED, Reason.BAD_CHECKSUM)
