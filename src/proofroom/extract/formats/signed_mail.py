"""Read signed and sealed messages (p7m, p7s, p7b: CMS, PKCS #7, GM/T 0010): the content, and who vouches for it.

What was signed is a member. Certificates, signers, their times, and whether digest and signature fit the content
stand as `pkcs7:NAME`: facts for the examination; nobody's word is taken for it. What is encrypted is locked.
"""

from __future__ import annotations

import binascii
import re
import zlib
from collections.abc import Iterator
from itertools import chain
from typing import Final

from proofroom.extract.containers.giving import BLOCK, give
from proofroom.extract.format import Format, Line, Sink, Source, Unreadable
from proofroom.extract.letters.certificates import Certificate
from proofroom.extract.letters.der import NotDer
from proofroom.extract.letters.signatures import ALGORITHMS, HASHES, digest_of, signature_fits
from proofroom.extract.letters.signed_data import LOCKED, Sealed, Signer, read_sealed
from proofroom.model.evidence import PieceKind
from proofroom.model.states import Reason, State

_LARGEST: Final = 1 << 30
_ARMOUR: Final = re.compile(
    rb"-----BEGIN (?:PKCS7|CMS|PKCS #7 SIGNED DATA)-----(.*?)(?:-----END|\Z)", re.DOTALL
)
_ENDINGS: Final = (b".p7m", b".p7s", b".p7c", b".p7b", b".p7z", b".p7")
_ENTITY: Final = re.compile(
    rb"\s*(?:content-[a-z-]+|mime-version|from|to|subject|date)[ \t]*:", re.IGNORECASE
)


def read(source: Source, sink: Sink) -> None:
    """Read the structure; what is locked says for whom, what is signed gives its content."""
    data = source.untrusted.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise Unreadable(State.TRUNCATED, Reason.LIMIT_MEMORY)
    armoured = _ARMOUR.search(data)
    try:
        data = binascii.a2b_base64(armoured.group(1)) if armoured else data
        sealed = read_sealed(data)
    except (NotDer, binascii.Error, RecursionError):
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED) from None
    _send_facts(sealed, sink)
    pieces = list(sealed.content.pieces()) if sealed.content else []
    for number, signer in enumerate(sealed.signers, 1):
        _send_signer(signer, sealed, pieces, (number, sink))
    if sealed.kind in LOCKED:
        raise Unreadable(State.LOCKED, Reason.UNSUPPORTED_ENCRYPTION)
    if sealed.content:
        _send_content(sealed, pieces, source, sink)
    if data[sealed.end :].strip(b"\0\r\n"):
        give(sink, b"behind-the-signature", -1, (data[sealed.end :],))
    if sealed.damaged:
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)


def _send_facts(sealed: Sealed, sink: Sink) -> None:
    """Send what kind of envelope it is, the certificates in it, and for whom it is locked."""
    sink.meta("pkcs7:kind", sealed.kind)
    if sealed.content_kind:
        sink.meta("pkcs7:content", sealed.content_kind)
    for one in sealed.certificates:
        sink.meta("pkcs7:certificate", one.told())
    sink.lines(
        [
            Line(f"name={number}", PieceKind.NAME, one.subject)
            for number, one in enumerate(sealed.certificates, 1)
            if one.subject
        ]
    )
    if sealed.revocations:
        sink.meta("pkcs7:revocation-lists", str(sealed.revocations))
    for recipient in sealed.recipients:
        sink.meta("pkcs7:locked-for", recipient)
    if sealed.cipher:
        sink.meta("pkcs7:cipher", sealed.cipher)
    if sealed.kind == "signed" and sealed.content is None and sealed.signers:
        sink.meta("pkcs7:detached", "TRUE")


def _send_signer(signer: Signer, sealed: Sealed, pieces: list[bytes], to: tuple[int, Sink]) -> None:
    """Send one signer, and whether his digest fits the content and his signature what he signed."""
    number, sink = to
    own = _certificate_of(signer, sealed)
    facts = {
        "subject": own.subject if own else "",
        "issuer": signer.issuer or (own.issuer if own else ""),
        "serial": signer.serial or (own.serial if own else ""),
        "key-id": signer.key_id,
        "hash": HASHES.get(signer.hashed, signer.hashed),
        "algorithm": ALGORITHMS.get(signer.kind, signer.kind),
        "digest": signer.digest.hex(),
    }
    sink.meta(f"pkcs7:signer:{number}", "; ".join(f"{key}={value}" for key, value in facts.items() if value))
    for key, value in (("signing-time", signer.time), ("timestamp", signer.timestamp)):
        if value:
            sink.meta(f"pkcs7:{key}", value)
    digest = digest_of(pieces, signer.hashed) if sealed.content else None
    if digest is not None and signer.digest:
        sink.meta("pkcs7:digest-fits", "TRUE" if digest == signer.digest else "FALSE")
    signed = signer.signed or (b"".join(pieces) if sealed.content else b"")
    if own and signed:
        fits = signature_fits(own.public_key, signer.signature, signed, signer.hashed, signer.kind)
        sink.meta("pkcs7:signature-fits", "unknown" if fits is None else "TRUE" if fits else "FALSE")


def _certificate_of(signer: Signer, sealed: Sealed) -> Certificate | None:
    """Find a signer's certificate among those that came along."""
    for one in sealed.certificates:
        if signer.key_id == one.key_id or (signer.serial, signer.issuer) == (one.serial, one.issuer):
            return one
    return None


def _send_content(sealed: Sealed, pieces: list[bytes], source: Source, sink: Sink) -> None:
    """Hand out what was signed, under the name of the envelope without its ending."""
    name = source.untrusted_name.rpartition(b"/")[2]
    ending = next((end for end in _ENDINGS if name.lower().endswith(end)), b"")
    stem = name[: len(name) - len(ending)] if ending else b""
    blocks = _inflated(pieces) if sealed.kind == "compressed" else _cut(pieces)
    first = next(blocks, b"")
    if _ENTITY.match(first[:256]):
        stem = b"content.eml"
    elif b"." not in stem:
        stem = b"content"
    give(sink, stem, -1, chain((first,), blocks))


def _cut(pieces: list[bytes]) -> Iterator[bytes]:
    """Join small pieces and cut large ones."""
    waiting = bytearray()
    for piece in pieces:
        waiting += piece
        while len(waiting) >= BLOCK:
            yield bytes(waiting[:BLOCK])
            del waiting[:BLOCK]
    if waiting:
        yield bytes(waiting)


def _inflated(pieces: list[bytes]) -> Iterator[bytes]:
    """Inflate compressed data (RFC 3274)."""
    inflater = zlib.decompressobj()
    try:
        for piece in _cut(pieces):
            waiting = piece
            while waiting:
                yield inflater.decompress(waiting, BLOCK)
                waiting = inflater.unconsumed_tail
        yield inflater.flush()
    except zlib.error:
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED) from None
    if not inflater.eof:
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)


FORMAT = Format(
    name="signed_mail",
    media_types=frozenset(("application/pkcs7-mime",)),
    read=read,
    sample="signed_mail.p7m",
)
