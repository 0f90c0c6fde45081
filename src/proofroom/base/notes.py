"""Signed notes and checkpoints as in C2SP (signed-note, tlog-checkpoint), in our stricter profile.

A checkpoint is three lines (origin, size, root in base64), an empty line, and one signature line:

    — proofroom.example/custody 3Wd5aQ…

Our profile takes exactly the signature lines that were asked for, canonical padded base64 and nothing
unknown, so that a note has one spelling. C2SP itself would ignore unknown signatures.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_ED25519: Final = b"\x01"
_DASH: Final = "\u2014"
_ID: Final = 4
_MOST_DIGITS: Final = 16


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a log: whose it is, how many entries it has, and the root over them (32 bytes)."""

    origin: str
    size: int
    root: bytes

    def body(self) -> str:
        """Write the signed part."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def key_id(name: str, public_key: bytes) -> bytes:
    """Give the four bytes by which a signature line names its key (C2SP signed-note)."""
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public_key).digest()[:_ID]


def sign(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> str:
    """Sign a checkpoint with a key of the origin's own name; gives the whole note."""
    public = key.public_key().public_bytes_raw()
    signature = key_id(checkpoint.origin, public) + key.sign(checkpoint.body().encode())
    return f"{checkpoint.body()}\n{_DASH} {checkpoint.origin} {base64.b64encode(signature).decode()}\n"


def parse(note: str) -> Checkpoint:
    """Read a note's checkpoint without believing its signature; raises ValueError when it is malformed."""
    return _split(note)[0]


def verify(note: str, public_key: bytes) -> Checkpoint:
    """Check a note's one signature; gives the checkpoint, raises ValueError when it does not hold."""
    checkpoint, name, signature = _split(note)
    if name != checkpoint.origin or signature[:_ID] != key_id(name, public_key):
        raise ValueError("the note is signed by another key")
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature[_ID:], checkpoint.body().encode())
    except InvalidSignature:
        raise ValueError("the signature does not hold") from None
    return checkpoint


def _split(note: str) -> tuple[Checkpoint, str, bytes]:
    """Take a note apart into its checkpoint, the signer's name and the signature with its key id."""
    lines = note.split("\n")
    if len(lines) != 6 or lines[3] or lines[5]:
        raise ValueError("a checkpoint has three lines, an empty one and one signature")
    origin, size, encoded = lines[:3]
    if not origin or not origin.isprintable() or any(c.isspace() or c == "+" for c in origin):
        raise ValueError("the origin is empty, or holds blanks, a plus or control characters")
    if not size.isascii() or not size.isdigit() or len(size) > _MOST_DIGITS or str(int(size)) != size:
        raise ValueError("the size is no canonical number")
    dash, _, rest = lines[4].partition(" ")
    name, _, signature = rest.partition(" ")
    if dash != _DASH or not name or not signature:
        raise ValueError("the signature line is malformed")
    return Checkpoint(origin, int(size), _decode(encoded, 32)), name, _decode(signature, _ID + 64)


def _decode(text: str, length: int) -> bytes:
    """Decode canonical padded base64 of a known length."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("not base64") from None
    if len(data) != length or base64.b64encode(data).decode() != text:
        raise ValueError("not canonical base64 of the right length")
    return data
