"""The keys of a case: the log's signing key, the case's secret, and the members' signing keys.

They lie in `keys/` (mode 0700), one self-describing JSON file each (mode 0600), encrypted with scrypt
(RFC 7914) and AES-256-GCM where a passphrase was given. They are never exported and never in a bag.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from proofroom.errors import BadCase, BadMember, LockedKeys

_LOG: Final = "log"
_SECRET: Final = "case-secret"
_SCRYPT: Final = {"n": 1 << 15, "r": 8, "p": 1}
_HANDLE: Final = re.compile(r"[a-z][a-z0-9-]{0,31}\Z")
DOC_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Keys:
    """The opened keys of one case."""

    folder: Path
    log: Ed25519PrivateKey
    secret: bytes
    passphrase: str | None

    @classmethod
    def create(cls, folder: Path, passphrase: str | None) -> Self:
        """Make new keys in the folder, under the passphrase where one is given."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        log, secret = Ed25519PrivateKey.generate(), secrets.token_bytes(32)
        _write(folder / f"{_LOG}.json", log.private_bytes_raw(), passphrase)
        _write(folder / f"{_SECRET}.json", secret, passphrase)
        return cls(folder, log, secret, passphrase)

    @classmethod
    def open(cls, folder: Path, passphrase: str | None = None) -> Self:
        """Open the keys of a case; raises LockedKeys for a missing or wrong passphrase, BadCase when damaged."""
        log = Ed25519PrivateKey.from_private_bytes(_read(folder / f"{_LOG}.json", passphrase))
        return cls(folder, log, _read(folder / f"{_SECRET}.json", passphrase), passphrase)

    def doc_id(self, digest: str) -> str:
        """Give an artifact's id outside the house: 32 hex digits that mean nothing to the owner of the original."""
        return hmac.new(self.secret, bytes.fromhex(digest), hashlib.sha256).hexdigest()[: 2 * DOC_BYTES]

    def new_member(self, handle: str) -> str:
        """Make a member's signing key; gives its public key in base64. Raises BadMember for a bad handle."""
        path = self._member_path(handle)
        if path.exists():
            raise BadMember(f"there is a key for {handle} already")
        key = Ed25519PrivateKey.generate()
        _write(path, key.private_bytes_raw(), self.passphrase)
        return base64.b64encode(key.public_key().public_bytes_raw()).decode()

    def member(self, handle: str) -> Ed25519PrivateKey:
        """Give a member's signing key; raises BadMember when this copy of the case does not hold it."""
        path = self._member_path(handle)
        if not path.exists():
            raise BadMember(
                f"this copy of the case holds no key for {handle}", remedy="Run `proofroom member CASE add`."
            )
        return Ed25519PrivateKey.from_private_bytes(_read(path, self.passphrase))

    def _member_path(self, handle: str) -> Path:
        if not _HANDLE.match(handle):
            raise BadMember(
                f"{handle!r} is no handle", remedy="Use small letters, digits and hyphens, never a real name."
            )
        return self.folder / f"member-{handle}.json"


def is_locked(folder: Path) -> bool:
    """Say whether the keys of a case are under a passphrase."""
    return "ciphertext" in _load(folder / f"{_SECRET}.json")


def _write(path: Path, key: bytes, passphrase: str | None) -> None:
    """Write one key so that it is whole or absent, and readable by its owner alone."""
    if passphrase is None:
        document: dict[str, Any] = {"kind": "proofroom key v1", "key": base64.b64encode(key).decode()}
    else:
        salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
        sealed = AESGCM(_derive(passphrase, salt, _SCRYPT)).encrypt(nonce, key, path.name.encode())
        fields = {"salt": salt, "nonce": nonce, "ciphertext": sealed}
        encoded = {name: base64.b64encode(value).decode() for name, value in fields.items()}
        document = {
            "kind": "proofroom key v1",
            "kdf": "scrypt",
            **_SCRYPT,
            "cipher": "AES-256-GCM",
            **encoded,
        }
    partial = path.with_suffix(".partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(document, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    partial.rename(path)


def _read(path: Path, passphrase: str | None) -> bytes:
    """Read one key back."""
    document = _load(path)
    if "key" in document:
        return base64.b64decode(document["key"])
    if passphrase is None:
        raise LockedKeys("the keys of this case are under a passphrase")
    fields = {name: base64.b64decode(document[name]) for name in ("salt", "nonce", "ciphertext")}
    cost = {name: int(document[name]) for name in _SCRYPT}
    try:
        return AESGCM(_derive(passphrase, fields["salt"], cost)).decrypt(
            fields["nonce"], fields["ciphertext"], path.name.encode()
        )
    except InvalidTag:
        raise LockedKeys("the passphrase is wrong") from None


def _load(path: Path) -> dict[str, Any]:
    try:
        document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise BadCase(
            f"the key {path.name} is missing or damaged", remedy="Restore keys/ from a copy."
        ) from None
    return document


def _derive(passphrase: str, salt: bytes, cost: dict[str, int]) -> bytes:
    return Scrypt(salt=salt, length=32, n=cost["n"], r=cost["r"], p=cost["p"]).derive(passphrase.encode())
