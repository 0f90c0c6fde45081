"""Read how a part of an OpenDocument package is encrypted, derive keys, and decrypt it (ODF 1.4 part 2, 3.4 and 4.8).

Blowfish with PBKDF2 (ODF 1.1), AES in CBC (ODF 1.2), AES in GCM with Argon2id (ODF 1.4, LibreOffice 24.8). Part
by part what is encrypted was deflated before; a checksum over its first kilobyte tells whether a password fits.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.decrepit.ciphers.algorithms import Blowfish
from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from proofroom.extract.ooxml.safe_xml import Element, whole_number

BLOWFISH, CBC, GCM = "blowfish", "cbc", "gcm"
PBKDF2, ARGON2 = "pbkdf2", "argon2id"
KILOBYTE: Final = 1_024
HEAD: Final = 1_056
"""Bytes that are decrypted to check the first kilobyte: two more blocks, which may hold padding."""

_BLOCK: Final = 16
_VECTOR: Final = 12
_TAG: Final = 16
_LONGEST: Final = 1_024
_MOST_ROUNDS: Final = 10_000_000
_MOST_MEMORY: Final = 1 << 20
_MOST_WORK: Final = 1 << 26
_MOST_LANES: Final = 64
_USUAL_ROUNDS: Final = 100_000
_USUAL_WORK: Final = 40_000
_KEYS: Final = {BLOWFISH: range(4, 57), CBC: (16, 24, 32), GCM: (16, 24, 32)}


class Unsupported(Exception):
    """A part is encrypted in a way that we cannot undo."""


@dataclass(frozen=True, slots=True)
class Lock:
    """How one part is encrypted; size: of the part in the clear as the manifest says, -1 where it does not."""

    cipher: str
    vector: bytes
    start: str
    derivation: str
    salt: bytes
    key_size: int
    rounds: int = 0
    memory: int = 0
    lanes: int = 0
    hash: str = ""
    whole: bool = False
    checksum: bytes = b""
    size: int = -1

    @property
    def cost(self) -> float:
        """What one attempt costs, in usual ones."""
        if self.derivation == ARGON2:
            return max(self.rounds * self.memory / _USUAL_WORK, 0.1)
        hashes = -(-self.key_size // hashlib.sha1().digest_size)  # noqa: S324 - what the format says
        return max(self.rounds * hashes / _USUAL_ROUNDS, 0.01)

    def start_key(self, password: bytes) -> bytes:
        """Hash a password: from this keys are derived."""
        return hashlib.new(self.start, password).digest()

    def key(self, start: bytes) -> bytes:
        """Derive the key of this part."""
        if self.derivation == PBKDF2:
            return hashlib.pbkdf2_hmac("sha1", start, self.salt, self.rounds, self.key_size)
        try:
            deriving = Argon2id(
                salt=self.salt,
                length=self.key_size,
                iterations=self.rounds,
                lanes=self.lanes,
                memory_cost=self.memory,
            )
            return deriving.derive(start)
        except (ValueError, UnsupportedAlgorithm) as wrong:
            raise Unsupported from wrong

    def decrypted(self, key: bytes, data: bytes) -> bytes | None:
        """Decrypt a part as a whole; None when its tag or its padding does not fit."""
        if self.cipher == GCM:
            return _gcm(key, self.vector, data)
        if self.cipher == BLOWFISH:
            return _decrypt(Cipher(Blowfish(key), CFB(self.vector)), data)
        clear = _decrypt(
            Cipher(algorithms.AES(key), modes.CBC(self.vector)), data[: len(data) // _BLOCK * _BLOCK]
        )
        padding = clear[-1] if clear else 0
        return clear[:-padding] if 0 < padding <= _BLOCK and len(data) % _BLOCK == 0 else None

    def begins(self, key: bytes, data: bytes) -> bytes | None:
        """Decrypt the first kilobyte of a part, or the whole of a short one."""
        if self.cipher == GCM or len(data) <= HEAD:
            return self.decrypted(key, data)
        if self.cipher == BLOWFISH:
            return self.decrypted(key, data[:KILOBYTE])
        return _decrypt(Cipher(algorithms.AES(key), modes.CBC(self.vector)), data[:KILOBYTE])

    def is_right(self, clear: bytes) -> bool:
        """Tell whether the checksum fits what was decrypted: its first kilobyte or all of it."""
        return hashlib.new(self.hash, clear if self.whole else clear[:KILOBYTE]).digest() == self.checksum


def read_lock(entry: Element) -> Lock | None:
    """Read the encryption of one entry of the manifest, None for one in the clear; raises Unsupported."""
    told = next((one for one in entry.children if one.name == "encryption-data"), None)
    if told is None:
        return None
    parts = {one.name: one for one in told.children}
    nothing = Element("")
    algorithm, derivation = parts.get("algorithm", nothing), parts.get("key-derivation", nothing)
    start = parts.get("start-key-generation", nothing).get("start-key-generation-name", "sha1")
    cipher = _cipher(algorithm.get("algorithm-name").lower())
    name = derivation.get("key-derivation-name", "pbkdf2").lower()
    deriving = ARGON2 if name.endswith("argon2id") else PBKDF2 if name.endswith("pbkdf2") else ""
    stated = told.get("checksum-type").lower()
    size = whole_number(entry.get("size"))
    lock = Lock(
        cipher=cipher,
        vector=_bytes(algorithm.get("initialisation-vector")),
        start="sha256" if start.lower().endswith("sha256") else "sha1",
        derivation=deriving,
        salt=_bytes(derivation.get("salt")),
        key_size=_number(derivation, "key-size", 16),
        rounds=_number(derivation, "iteration-count" if deriving == PBKDF2 else "argon2-iterations", 0),
        memory=_number(derivation, "argon2-memory", 0),
        lanes=_number(derivation, "argon2-lanes", 0),
        hash=("sha256" if "sha256" in stated else "sha1") if told.get("checksum") else "",
        whole=not stated.endswith("1k"),
        checksum=_bytes(told.get("checksum")),
        size=-1 if size is None else size,
    )
    _check(lock)
    return lock


def _check(lock: Lock) -> None:
    """Refuse what would work for hours, or what no writer would write."""
    vector = {BLOWFISH: 8, CBC: _BLOCK, GCM: _VECTOR}.get(lock.cipher)
    if vector is None or len(lock.vector) != vector or lock.key_size not in _KEYS[lock.cipher]:
        raise Unsupported
    if not lock.salt or lock.rounds < 1 or lock.rounds > _MOST_ROUNDS:
        raise Unsupported
    if lock.derivation == ARGON2:
        fitting = 0 < lock.lanes <= _MOST_LANES and 8 * lock.lanes <= lock.memory <= _MOST_MEMORY
        if not fitting or lock.rounds * lock.memory > _MOST_WORK:
            raise Unsupported
    elif lock.derivation != PBKDF2:
        raise Unsupported


def _cipher(name: str) -> str:
    """Name the cipher by how the manifest names it."""
    if "blowfish" in name:
        return BLOWFISH
    if name.endswith("-gcm"):
        return GCM
    return CBC if name.endswith("-cbc") and "aes" in name else ""


def _gcm(key: bytes, vector: bytes, data: bytes) -> bytes | None:
    """Decrypt with AES-GCM; the vector stands before the data and the tag behind it."""
    sealed = data[_VECTOR:] if data.startswith(vector) else data
    if len(sealed) < _TAG:
        return None
    try:
        return AESGCM(key).decrypt(vector, sealed, None)
    except (InvalidTag, OverflowError):
        return None


def _decrypt(cipher: Cipher[modes.CBC] | Cipher[CFB], data: bytes) -> bytes:
    decryptor = cipher.decryptor()
    return decryptor.update(data) + decryptor.finalize()


def _number(element: Element, name: str, otherwise: int) -> int:
    found = whole_number(element.get(name))
    return otherwise if found is None else found


def _bytes(untrusted_base64: str) -> bytes:
    """Read bytes written in base64; what is none is empty."""
    try:
        return base64.b64decode(untrusted_base64.strip()[: 2 * _LONGEST], validate=True)
    except (binascii.Error, ValueError):
        return b""


def _warm_up() -> None:
    """Use each cipher once: a sealed worker could load none of them any more."""
    key, block = bytes(32), bytes(_BLOCK)
    _decrypt(Cipher(Blowfish(key), CFB(bytes(8))), block)
    _decrypt(Cipher(algorithms.AES(key), modes.CBC(block)), block)
    _gcm(key, bytes(_VECTOR), bytes(_TAG))
    hashlib.pbkdf2_hmac("sha1", key, block, 1, 16)
    Argon2id(salt=block, length=32, iterations=1, lanes=1, memory_cost=8).derive(key)


_warm_up()
