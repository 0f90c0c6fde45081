"""Undo agile encryption (MS-OFFCRYPTO 2.3.4.10 to 2.3.4.15): test a password, decrypt, check the integrity.

Ours, because msoffcrypto compares hashes together with their padding, so that no password fits a file whose
hash is SHA-1, and derives the key (100,000 hashes, 0.1 s) twice for each password.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from proofroom.extract.format import Unreadable
from proofroom.extract.ooxml.safe_xml import Element, parse_small
from proofroom.model.states import Reason, State

USUAL_SPINS: Final = 100_000
_MOST_SPINS: Final = 10_000_000
_INPUT: Final = bytes.fromhex("fea7d2763b4b9e79")
_VALUE: Final = bytes.fromhex("d7aa0f6d3061344e")
_KEY: Final = bytes.fromhex("146e0be7abacd0d6")
_HMAC_KEY: Final = bytes.fromhex("5fb2ad010cb9e1f6")
_HMAC_VALUE: Final = bytes.fromhex("a0677f02b22c8433")
_HASHES: Final[dict[str, Callable[..., Any]]] = {
    "SHA1": hashlib.sha1,
    "SHA-1": hashlib.sha1,
    "SHA256": hashlib.sha256,
    "SHA-256": hashlib.sha256,
    "SHA384": hashlib.sha384,
    "SHA-384": hashlib.sha384,
    "SHA512": hashlib.sha512,
    "SHA-512": hashlib.sha512,
}
_SEGMENT: Final = 4_096
_SIZE: Final = 8
_BLOCK: Final = 16
_CHUNK: Final = 256


class Unsupported(Exception):
    """The file is encrypted in a way that this cannot undo."""


@dataclass(frozen=True, slots=True)
class _Cipher:
    """What the file says about one of its keys."""

    salt: bytes
    hash: Callable[..., Any]
    key_bytes: int
    block: int

    def derived(self, start: bytes, block_key: bytes) -> bytes:
        """Derive a key of the right length from a hash."""
        digest: bytes = self.hash(start + block_key).digest()
        return digest[: self.key_bytes].ljust(self.key_bytes, b"\x36")

    def vector(self, block_key: bytes) -> bytes:
        """Derive an initialisation vector from the salt."""
        digest: bytes = self.hash(self.salt + block_key).digest()
        return digest[: self.block].ljust(self.block, b"\x36")


@dataclass(frozen=True, slots=True)
class Agile:
    """The description of one encrypted package."""

    spins: int
    _data: _Cipher
    _password: _Cipher
    _secrets: dict[str, bytes]

    def key(self, password: str) -> bytes | None:
        """Give the key of the package, or None when the password is wrong; raises UnicodeEncodeError."""
        use, salt = self._password, self._password.salt
        digest: bytes = use.hash(salt + password.encode("utf-16-le")).digest()
        for spin in range(self.spins):
            digest = use.hash(spin.to_bytes(4, "little") + digest).digest()
        secrets = self._secrets
        tested = _decrypt(secrets["encryptedVerifierHashInput"], use.derived(digest, _INPUT), salt)
        stated = _decrypt(secrets["encryptedVerifierHashValue"], use.derived(digest, _VALUE), salt)
        found: bytes = use.hash(tested[: len(salt)]).digest()
        if not hmac.compare_digest(found, stated[: len(found)]):
            return None
        key = _decrypt(secrets["encryptedKeyValue"], use.derived(digest, _KEY), salt)
        return key[: self._data.key_bytes]

    def is_whole(self, key: bytes, package: bytes) -> bool:
        """Tell whether the package is what was encrypted: its HMAC fits."""
        use = self._data
        secret = _decrypt(self._secrets["encryptedHmacKey"], key, use.vector(_HMAC_KEY))
        stated = _decrypt(self._secrets["encryptedHmacValue"], key, use.vector(_HMAC_VALUE))
        length = len(use.hash(b"").digest())
        found = hmac.new(secret[:length], package, use.hash).digest()
        return hmac.compare_digest(found, stated[:length])

    def decrypted(self, key: bytes, package: bytes) -> Iterator[bytes]:
        """Give the package in the clear, about a megabyte at a time, as far as it is there."""
        left = struct.unpack_from("<Q", package)[0]
        pieces: list[bytes] = []
        for number, start in enumerate(range(_SIZE, len(package), _SEGMENT)):
            segment = package[start : start + _SEGMENT]
            segment = segment[: len(segment) - len(segment) % _BLOCK]
            vector = self._data.vector(struct.pack("<I", number))
            pieces.append(_decrypt(segment, key, vector)[:left])
            left -= len(pieces[-1])
            if not left or len(pieces) == _CHUNK:
                yield b"".join(pieces)
                pieces = []
            if not left:
                return
        yield b"".join(pieces)


def read_agile(untrusted_info: bytes) -> Agile:
    """Read the description (an XML); raises Unsupported, or ValueError where it is damaged."""
    reasons: list[Reason] = []
    tree = parse_small([untrusted_info], reasons.append)
    if Reason.ENTITY_EXPANSION in reasons:
        raise Unreadable(State.REFUSED, Reason.ENTITY_EXPANSION)
    if reasons:
        raise ValueError(reasons[0].value)
    data, integrity, password = (_one(tree, name) for name in ("keyData", "dataIntegrity", "encryptedKey"))
    spins = int(password.get("spinCount", "-1"))
    if not 0 <= spins <= _MOST_SPINS:
        raise Unsupported
    secrets = {
        name: base64.b64decode(element.get(name))
        for element, names in (
            (integrity, ("encryptedHmacKey", "encryptedHmacValue")),
            (password, ("encryptedVerifierHashInput", "encryptedVerifierHashValue", "encryptedKeyValue")),
        )
        for name in names
    }
    return Agile(spins, _cipher(data), _cipher(password), secrets)


def _one(tree: Element, name: str) -> Element:
    found = tree.all(name)
    if not found:
        raise Unsupported
    return next((element for element in found if element.get("spinCount")), found[0])


def _cipher(element: Element) -> _Cipher:
    """Read what is said about one key; only AES in CBC mode is known."""
    hash_name = element.get("hashAlgorithm").upper()
    modes_told = (element.get("cipherAlgorithm"), element.get("cipherChaining"))
    bits = int(element.get("keyBits", "0"))
    if hash_name not in _HASHES or modes_told != ("AES", "ChainingModeCBC") or bits not in (128, 192, 256):
        raise Unsupported
    salt = base64.b64decode(element.get("saltValue"))
    return _Cipher(salt, _HASHES[hash_name], bits // 8, int(element.get("blockSize", "0")))


def _decrypt(data: bytes, key: bytes, vector: bytes) -> bytes:
    """Decrypt with AES in CBC mode; raises ValueError where lengths do not fit."""
    decryptor = Cipher(algorithms.AES(key), modes.CBC(vector)).decryptor()
    return decryptor.update(data) + decryptor.finalize()
