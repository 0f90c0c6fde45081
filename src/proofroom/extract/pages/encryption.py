"""How a PDF is encrypted: read from its bytes, whether or not it opens, and checked once it does."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from proofroom.extract.pages.tree import entry, whole

_BLOCK: Final = 1 << 20
_MOST_BYTES: Final = 512 << 20
_LONGEST: Final = 16_384
_REFERENCE: Final = re.compile(rb"/Encrypt\s+(\d{1,10})\s+(\d{1,5})\s+R")
_ENTRY: Final = re.compile(rb"/Encrypt\s*(?:\d{1,10}\s+\d{1,5}\s+R|<<)")
_STRINGS: Final = re.compile(rb"\((?:[^()\\]|\\.)*\)|(?<!<)<[0-9A-Fa-f\s]*>", re.DOTALL)
_NAMES: Final = re.compile(rb"/(Filter|SubFilter|CFM)\s*/([A-Za-z0-9._-]{1,64})")
_NUMBERS: Final = re.compile(rb"/(V|R|Length)\s+(\d{1,4})\b")
_OPEN_METADATA: Final = re.compile(rb"/EncryptMetadata\s+false")
_PERMS_BYTES: Final = 16
_PERMS_KEY: Final = 32
_SIGN: Final = slice(9, 12)


def encryption_facts(stream: BinaryIO, size: int, places: Iterable[int]) -> Iterator[tuple[str, str]]:
    """Tell handler, algorithm and key length from the dictionary that the last `/Encrypt` in the bytes names."""
    head = b""
    for place in places:
        stream.seek(place)
        found = stream.read(_LONGEST)
        head = found if _ENTRY.match(found) else head
    if not head:
        return
    reference = _REFERENCE.match(head)
    if reference:
        head = _object(stream, size, b"%s %s obj" % reference.groups())
    text = _STRINGS.sub(b"()", head.partition(b"endobj")[0])
    said = [found.group(2).decode("ascii") for found in _NAMES.finditer(text)]
    said += [b"=".join(found.groups()).decode("ascii") for found in _NUMBERS.finditer(text)]
    if _OPEN_METADATA.search(text):
        said.append("metadata open")
    yield "pdf:encryption", " ".join(dict.fromkeys(said)) or "unknown"


def _object(stream: BinaryIO, size: int, head: bytes) -> bytes:
    """Give the beginning of the last object of that number."""
    at, tail, place = 0, b"", -1
    wanted = re.compile(rb"(?<!\d)" + head.replace(b" ", rb"\s+") + rb"\b")
    stream.seek(0)
    while at < min(size, _MOST_BYTES) and (block := stream.read(_BLOCK)):
        data, start = tail + block, at - len(tail)
        for found in wanted.finditer(data):
            place = start + found.start()
        at += len(block)
        tail = data[-32:]
    if place < 0:
        return b""
    stream.seek(place)
    return stream.read(_LONGEST)


def opened_facts(pdf: Any) -> Iterator[tuple[str, str]]:
    """Tell of an encrypted document that is open whose password it was, and whether its permissions are whole."""
    if not pdf.is_encrypted:
        return
    owner, user = pdf.owner_password_matched, pdf.user_password_matched
    yield "pdf:opened-as", "owner" if owner else "user" if user else "unknown"
    verdict = permissions_whole(pdf)
    if verdict is not None:
        yield "pdf:permissions-whole", "yes" if verdict else "no"


def permissions_whole(pdf: Any) -> bool | None:
    """Say whether the permissions are those that were encrypted with the document (AES-256 only); None if unknown."""
    dictionary = entry(pdf.trailer, "/Encrypt")
    sealed, key = entry(dictionary, "/Perms"), pdf.encryption.encryption_key
    if sealed is None or len(bytes(sealed)) < _PERMS_BYTES or len(key) != _PERMS_KEY:
        return None
    # ISO 32000-2, 7.6.4.4.11: one block under the file's own key.
    decryptor = Cipher(algorithms.AES(key), modes.ECB()).decryptor()  # noqa: S305 - what the format says
    opened = decryptor.update(bytes(sealed)[:_PERMS_BYTES])
    stated = (whole(entry(dictionary, "/P")) & 0xFFFFFFFF).to_bytes(4, "little")
    return opened[_SIGN] == b"adb" and opened[:4] == stated
