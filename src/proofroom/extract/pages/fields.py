"""The fields of a PDF form as a tree: those that no page shows, and the signatures."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import pkcs7

from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.pages.actions import Actions
from proofroom.extract.pages.margins import inherited, send_field, value_text
from proofroom.extract.pages.tree import entry, is_dictionary, items, key_of, whole, words
from proofroom.model.evidence import Flag, PieceKind
from proofroom.model.where import Parts

_MOST_FIELDS: Final = 100_000
_DEEPEST: Final = 32
_MOST_CERTIFICATES: Final = 16
_PAIR: Final = 2
_DER_HEAD: Final = 8
_SHORT: Final = 127


def fields(root: Any) -> Iterator[tuple[Any, str]]:
    """Give the fields of a form at the ends of their tree, each once, with their full names."""
    waiting = [(one, "", 0) for one in reversed(items(entry(root, "/AcroForm", "/Fields")))]
    seen: set[tuple[int, int]] = set()
    left = _MOST_FIELDS
    while waiting and left > 0:
        left -= 1
        field, above, depth = waiting.pop()
        key = key_of(field)
        if not is_dictionary(field) or (key is not None and key in seen) or depth > _DEEPEST:
            continue
        if key is not None:
            seen.add(key)
        name = ".".join(filter(None, (above, words(entry(field, "/T")))))
        kids = [kid for kid in items(entry(field, "/Kids")) if entry(kid, "/T") is not None]
        if not kids:
            yield field, name
        waiting += [(kid, name, depth + 1) for kid in reversed(kids)]


def send_fields(root: Any, shown: Collection[tuple[int, int]], actions: Actions, lines: LineBatch) -> None:
    """Send the fields that no page shows: name, value, default and what they would do."""
    number = 0
    for field, name in fields(root):
        places = [field, *items(entry(field, "/Kids"))]
        if any(key_of(one) in shown for one in places):
            continue
        number += 1
        where: Parts = (("field", str(number)),)
        value = value_text(inherited(field, "/V"))
        lines.put(where, PieceKind.SHAPE, value, Flag.HIDDEN_TEXT)
        lines.put((*where, ("name", "1")), PieceKind.NAME, name, Flag.HIDDEN_TEXT)
        send_field(field, where, lines, Flag.HIDDEN_TEXT)
        actions.of(field, where, lines)


def signatures(root: Any, size: int) -> Iterator[str]:
    """Tell of each signature who signed when and why, with which certificate, and which bytes it covers."""
    for field, name in fields(root):
        if words(inherited(field, "/FT")) == "Sig" and is_dictionary(signed := inherited(field, "/V")):
            yield "; ".join(f"{key}={value}" for key, value in _signature(signed, name, size) if value)


def _signature(signed: Any, field: str, size: int) -> Iterator[tuple[str, str]]:
    yield "field", field
    for key, name in (
        ("name", "/Name"),
        ("date", "/M"),
        ("reason", "/Reason"),
        ("location", "/Location"),
        ("contact", "/ContactInfo"),
        ("filter", "/Filter"),
        ("kind", "/SubFilter"),
    ):
        yield key, words(entry(signed, name))
    numbers = [whole(one, -1) for one in items(entry(signed, "/ByteRange"))]
    ranges = list(zip(numbers[::_PAIR], numbers[1::_PAIR], strict=False))
    yield "covers", " ".join(f"{start}-{start + length}" for start, length in ranges)
    contents = entry(signed, "/Contents")
    sealed = bytes(contents) if contents is not None else b""
    yield "all", _covers_all(ranges, size, len(sealed))
    yield from _certificates(sealed)


def _covers_all(ranges: list[tuple[int, int]], size: int, sealed: int) -> str:
    """Say whether the bytes that are signed are all of the file but the signature itself."""
    if len(ranges) != _PAIR or ranges[0][0] != 0 or min(map(min, ranges)) < 0:
        return "no"
    (_, first), (second, length) = ranges
    # The signature is written in hex digits between < and >.
    return "yes" if second + length == size and 0 <= second - first - 2 * sealed <= _PAIR else "no"


def _certificates(sealed: bytes) -> Iterator[tuple[str, str]]:
    """Give whose certificates a signature holds, as they say themselves; nothing is verified."""
    try:
        found = pkcs7.load_der_pkcs7_certificates(_without_padding(sealed))
        for certificate in found[:_MOST_CERTIFICATES]:
            yield "certificate", certificate.subject.rfc4514_string()
            yield "issuer", certificate.issuer.rfc4514_string()
            begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
            yield "valid", f"{begins:%Y-%m-%d} to {ends:%Y-%m-%d}"
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.DuplicateExtension, x509.InvalidVersion):
        return


def _without_padding(sealed: bytes) -> bytes:
    """Cut the zeros that fill the place of a signature behind it (DER says how long it is)."""
    if len(sealed) < _DER_HEAD:
        return sealed
    size = sealed[1]
    if size <= _SHORT:
        return sealed[: 2 + size]
    more = size - _SHORT - 1
    return sealed[: 2 + more + int.from_bytes(sealed[2 : 2 + more])] if 0 < more <= 4 else sealed
