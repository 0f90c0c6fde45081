"""Check whether a signature fits what it signs: a fact for the examination, never a judgement about the signer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

HASHES: Final = {
    "1.2.840.113549.2.5": "md5",
    "1.3.14.3.2.26": "sha1",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
    "2.16.840.1.101.3.4.2.4": "sha224",
    "1.2.156.10197.1.401": "sm3",
}
ALGORITHMS: Final = {
    "1.2.840.113549.1.1.1": "rsa",
    "1.2.840.113549.1.1.4": "rsa-md5",
    "1.2.840.113549.1.1.5": "rsa-sha1",
    "1.2.840.113549.1.1.10": "rsa-pss",
    "1.2.840.113549.1.1.11": "rsa-sha256",
    "1.2.840.113549.1.1.12": "rsa-sha384",
    "1.2.840.113549.1.1.13": "rsa-sha512",
    "1.2.840.10045.4.1": "ecdsa-sha1",
    "1.2.840.10045.4.3.2": "ecdsa-sha256",
    "1.2.840.10045.4.3.3": "ecdsa-sha384",
    "1.2.840.10045.4.3.4": "ecdsa-sha512",
    "1.2.156.10197.1.501": "sm2-sm3",
    "1.2.156.10197.1.301.1": "sm2",
}
_BY_NAME: Final[dict[str, Callable[[], hashes.HashAlgorithm]]] = {
    "md5": hashes.MD5,
    "sha1": hashes.SHA1,
    "sha224": hashes.SHA224,
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}
_REFUSED: Final = (ValueError, TypeError, UnsupportedAlgorithm)


def digest_of(pieces: list[bytes], algorithm: str) -> bytes | None:
    """Give the digest of a content by the named algorithm; None for one we cannot compute."""
    name = HASHES.get(algorithm, "")
    try:
        running = hashlib.new(name, usedforsecurity=False)
    except ValueError:
        return None
    for piece in pieces:
        running.update(piece)
    return running.digest()


def signature_fits(public_key: bytes, signature: bytes, signed: bytes, hashed: str, kind: str) -> bool | None:
    """Tell whether a signature was made over these bytes with that key; None where we cannot tell."""
    algorithm = _BY_NAME.get(HASHES.get(hashed, ""))
    if algorithm is None:
        return None
    try:
        key = load_der_public_key(public_key)
        if (
            isinstance(key, rsa.RSAPublicKey)
            and ALGORITHMS.get(kind, "").startswith("rsa")
            and "pss" not in kind
        ):
            key.verify(signature, signed, padding.PKCS1v15(), algorithm())
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, signed, ec.ECDSA(algorithm()))
        else:
            return None
    except InvalidSignature:
        return False
    except _REFUSED:
        return None
    return True
