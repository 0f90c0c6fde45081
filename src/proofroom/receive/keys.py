"""The keys of a case: the log's signing key, the case's secret, and the members' signing keys.

They lie in `keys/` (mode 0700), one self-describing JSON file each (mode 0600), encrypted with scrypt
(RFC 7914) and AES-256-GCM where a passphrase was given; all keys of a case share one salt, so that the
passphrase is stretched once. They are never exported and never in a bag.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from proofroom.base.durable import sync_folder, write_whole
from proofroom.errors import BadCase, BadMember, LockedKeys

_LOG: Final = "log"
_CASE: Final = "case-secret"
_PASSWORDS: Final = "passwords"  # the name of a file
_FITTED: Final = "fitted"
_SCRYPT: Final = {"n": 1 << 17, "r": 8, "p": 1}
_MOST: Final = {"n": 1 << 20, "r": 32, "p": 16}
"""A key file that asks for more work than this is not one of ours."""
_HANDLE: Final = re.compile(r"[a-z][a-z0-9-]{0,31}\Z")
DOC_BYTES: Final = 16
_KEY: Final = 32


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """The opened keys of one case; they do not print themselves."""

    folder: Path
    log: Ed25519PrivateKey
    secret: bytes
    passphrase: str | None

    @classmethod
    def create(cls, folder: Path, passphrase: str | None) -> Self:
        """Make new keys in the folder, under the passphrase where one is given."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        sync_folder(folder.parent)
        salt = secrets.token_bytes(16)
        log, secret = Ed25519PrivateKey.generate(), secrets.token_bytes(32)
        _write(folder / f"{_LOG}.json", log.private_bytes_raw(), passphrase, salt)
        _write(folder / f"{_CASE}.json", secret, passphrase, salt)
        return cls(folder, log, secret, passphrase)

    @classmethod
    def open(cls, folder: Path, passphrase: str | None = None) -> Self:
        """Open the keys of a case; raises LockedKeys for a missing or wrong passphrase, BadCase when damaged."""
        log = _signing_key(folder / f"{_LOG}.json", passphrase)
        secret = _read(folder / f"{_CASE}.json", passphrase)
        if len(secret) != _KEY:
            raise BadCase("the case's secret is damaged", remedy="Restore keys/ from a copy.")
        return cls(folder, log, secret, passphrase)

    def doc_id(self, digest: str) -> str:
        """Give an artifact's id outside the house: 32 hex digits that mean nothing to the owner of the original."""
        return hmac.new(self.secret, bytes.fromhex(digest), hashlib.sha256).hexdigest()[: 2 * DOC_BYTES]

    def new_member(self, handle: str) -> str:
        """Make a member's signing key, or take the one that is there; gives its public key in base64.

        A key whose member was never entered is what an interruption leaves. Raises BadMember for a bad handle.
        """
        path = self._member_path(handle)
        if not path.exists():
            self._keep(path, Ed25519PrivateKey.generate().private_bytes_raw())
        key = _signing_key(path, self.passphrase)
        return base64.b64encode(key.public_key().public_bytes_raw()).decode()

    def member(self, handle: str) -> Ed25519PrivateKey:
        """Give a member's signing key; raises BadMember when this copy of the case does not hold it."""
        path = self._member_path(handle)
        if not path.exists():
            raise BadMember(
                f"this copy of the case holds no key for {handle}", remedy="Run `proofroom member CASE add`."
            )
        return _signing_key(path, self.passphrase)

    def passwords(self) -> tuple[str, ...]:
        """Give the passwords of files that were given, in that order; raises BadCase when they are damaged."""
        kept = self._kept(_PASSWORDS, [])
        if not isinstance(kept, list):
            raise _damaged(self.folder / f"{_PASSWORDS}.json")
        return tuple(map(str, kept))

    def keep_passwords(self, words: Sequence[str]) -> None:
        """Keep the passwords of files with the keys, under the same passphrase."""
        self._keep(self.folder / f"{_PASSWORDS}.json", json.dumps(list(words)).encode())

    def fitted(self) -> dict[str, tuple[str, ...]]:
        """Give which passwords opened which artifact; raises BadCase when that is damaged."""
        kept = self._kept(_FITTED, {})
        if not isinstance(kept, dict) or not all(isinstance(words, list) for words in kept.values()):
            raise _damaged(self.folder / f"{_FITTED}.json")
        return {artifact: tuple(map(str, words)) for artifact, words in kept.items()}

    def keep_fitted(self, fitted: Mapping[str, Sequence[str]]) -> None:
        """Keep which passwords opened which artifact with the keys, under the same passphrase."""
        self._keep(self.folder / f"{_FITTED}.json", json.dumps(fitted, sort_keys=True).encode())

    def _kept(self, name: str, nothing: Any) -> Any:
        path = self.folder / f"{name}.json"
        if not path.exists():
            return nothing
        try:
            return json.loads(_read(path, self.passphrase))
        except (ValueError, RecursionError):
            raise _damaged(path) from None

    def _keep(self, path: Path, data: bytes) -> None:
        _write(path, data, self.passphrase, _salt_of(self.folder / f"{_CASE}.json"))

    def _member_path(self, handle: str) -> Path:
        check_handle(handle)
        return self.folder / f"member-{handle}.json"


def is_locked(folder: Path) -> bool:
    """Say whether the keys of a case are under a passphrase."""
    return "ciphertext" in _load(folder / f"{_CASE}.json")


def faults(folder: Path, logs: Collection[bytes], members: Mapping[str, str]) -> list[tuple[str, str]]:
    """Give each key that is missing or damaged, with a code, as far as that shows without the passphrase.

    `logs` are the public keys of the custody logs, `members` the public keys of those whose key lies here.
    """
    publics: dict[str, Collection[bytes]] = {_LOG: logs, _CASE: ()}
    publics |= {f"member-{handle}": (base64.b64decode(key),) for handle, key in members.items()}
    found: list[tuple[str, str]] = []
    for name, public in publics.items():
        path = folder / f"{name}.json"
        if not path.exists():
            found.append(("key-missing", path.name))
        elif not _looks_sound(path, public):
            found.append(("key-damaged", path.name))
    return found


def _looks_sound(path: Path, public: Collection[bytes]) -> bool:
    """Say whether a key file has its form and, where it is not under a passphrase, is one of these keys."""
    try:
        document = _load(path)
        if "key" not in document:
            sizes = {"salt": 16, "nonce": 12, "ciphertext": _KEY + 16}
            whole = all(len(base64.b64decode(document[one], validate=True)) == sizes[one] for one in sizes)
            return whole and all(1 <= int(document[one]) <= _MOST[one] for one in _SCRYPT)
        key = base64.b64decode(document["key"], validate=True)
        if not public:
            return len(key) == _KEY
        return Ed25519PrivateKey.from_private_bytes(key).public_key().public_bytes_raw() in public
    except (BadCase, KeyError, ValueError, TypeError):
        return False


def check_handle(handle: str) -> None:
    """Raise BadMember when a word cannot be a handle."""
    if not _HANDLE.match(handle):
        raise BadMember(
            f"{handle!r} is no handle", remedy="Use small letters, digits and hyphens, never a real name."
        )


def _write(path: Path, key: bytes, passphrase: str | None, salt: bytes) -> None:
    """Write one key so that it is whole or absent, and readable by its owner alone."""
    document: dict[str, Any] = {"kind": "proofroom key v1"}
    if passphrase is None:
        document |= {"key": base64.b64encode(key).decode()}
    else:
        nonce = secrets.token_bytes(12)
        sealed = AESGCM(_derive(passphrase, salt, *_SCRYPT.values())).encrypt(nonce, key, path.name.encode())
        fields = {"salt": salt, "nonce": nonce, "ciphertext": sealed}
        document |= {"kdf": "scrypt", **_SCRYPT, "cipher": "AES-256-GCM"}
        document |= {name: base64.b64encode(value).decode() for name, value in fields.items()}
    write_whole(path, json.dumps(document, indent=1).encode() + b"\n")


def _read(path: Path, passphrase: str | None) -> bytes:
    """Read one key back."""
    document = _load(path)
    try:
        if "key" in document:
            return base64.b64decode(document["key"], validate=True)
        fields = {name: base64.b64decode(document[name]) for name in ("salt", "nonce", "ciphertext")}
        cost = [int(document[name]) for name in _SCRYPT]
        if any(not 1 <= found <= most for found, most in zip(cost, _MOST.values(), strict=True)):
            raise _damaged(path)
        if passphrase is None:
            raise LockedKeys("the keys of this case are under a passphrase")
        key = AESGCM(_derive(passphrase, fields["salt"], *cost))
        return key.decrypt(fields["nonce"], fields["ciphertext"], path.name.encode())
    except InvalidTag:
        raise LockedKeys("the passphrase is wrong") from None
    except (KeyError, ValueError, TypeError):
        raise _damaged(path) from None


def _signing_key(path: Path, passphrase: str | None) -> Ed25519PrivateKey:
    try:
        return Ed25519PrivateKey.from_private_bytes(_read(path, passphrase))
    except ValueError:
        raise _damaged(path) from None


def _salt_of(path: Path) -> bytes:
    """Give the salt that the keys of a case share; a new one where they are not under a passphrase."""
    document = _load(path)
    return base64.b64decode(document["salt"]) if "salt" in document else secrets.token_bytes(16)


def _load(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        raise _damaged(path) from None
    if not isinstance(document, dict):
        raise _damaged(path)
    return document


def _damaged(path: Path) -> BadCase:
    return BadCase(f"the key {path.name} is missing or damaged", remedy="Restore keys/ from a copy.")


@functools.lru_cache(maxsize=2)
def _derive(passphrase: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    """Stretch a passphrase, once per process: the keys of a case share a salt."""
    return Scrypt(salt=salt, length=32, n=n, r=r, p=p).derive(passphrase.encode("utf-8", "surrogateescape"))
