"""Read the structures of CMS and PKCS #7 (RFC 5652, GM/T 0010): what is signed, by whom, or for whom it is locked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.letters.certificates import Certificate, name_text, read_certificate
from proofroom.extract.letters.der import (
    INTEGER,
    OCTETS,
    OID,
    SEQUENCE,
    SET,
    NotDer,
    Value,
    oid_text,
    read_value,
    time,
)

_RSA: Final = "1.2.840.113549.1.7."
_CHINESE: Final = "1.2.156.10197.6.1.4.2."
_NAMES: Final = {
    f"{_RSA}1": "data",
    f"{_RSA}2": "signed",
    f"{_RSA}3": "enveloped",
    f"{_RSA}4": "signed-and-enveloped",
    f"{_RSA}5": "digested",
    f"{_RSA}6": "encrypted",
    "1.2.840.113549.1.9.16.1.2": "authenticated",
    "1.2.840.113549.1.9.16.1.4": "timestamp",
    "1.2.840.113549.1.9.16.1.9": "compressed",
    "1.2.840.113549.1.9.16.1.23": "authenticated-enveloped",
    f"{_CHINESE}1": "data",
    f"{_CHINESE}2": "signed",
    f"{_CHINESE}3": "enveloped",
    f"{_CHINESE}4": "signed-and-enveloped",
    f"{_CHINESE}5": "encrypted",
}
LOCKED: Final = ("enveloped", "signed-and-enveloped", "encrypted", "authenticated-enveloped")
_ATTRIBUTES: Final = {
    "1.2.840.113549.1.9.4": "digest",
    "1.2.840.113549.1.9.5": "time",
    "1.2.840.113549.1.9.16.2.14": "timestamp",
}
_MOST: Final = 1_000


@dataclass(slots=True)
class Signer:
    """One signer: who he says he is, when he says he signed, and what is needed to check it."""

    issuer: str = ""
    serial: str = ""
    key_id: str = ""
    hashed: str = ""
    kind: str = ""
    digest: bytes = b""
    time: str = ""
    timestamp: str = ""
    signed: bytes = b""
    signature: bytes = b""


@dataclass(slots=True)
class Sealed:
    """What such a file holds: its kind, its content as it is cut, certificates, signers, and for whom it is locked."""

    kind: str
    content_kind: str = ""
    content: Value | None = None
    certificates: list[Certificate] = field(default_factory=list)
    signers: list[Signer] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    cipher: str = ""
    revocations: int = 0
    damaged: bool = False
    end: int = 0


def read_sealed(data: bytes) -> Sealed:
    """Read the outermost structure; raises NotDer when it is none of these."""
    outer = read_value(data, 0)
    fields = outer.inside
    if outer.tag != SEQUENCE or len(fields) < 1 or fields[0].tag != OID:
        raise NotDer
    kind = _NAMES.get(oid_text(fields[0]), "")
    if not kind:
        raise NotDer
    found = Sealed(kind, end=outer.next)
    found.damaged = not _is_whole(outer)
    inner = fields[1].inside[:1] if len(fields) > 1 else []
    if not inner:
        found.damaged = True
    elif kind == "signed":
        _signed(inner[0], found)
    elif kind == "data":
        found.content = inner[0]
    elif kind in LOCKED:
        _locked(inner[0], found)
    else:
        _wrapped(inner[0], found)
    return found


def _is_whole(value: Value) -> bool:
    """Tell whether a value is as long as it says."""
    first = value.data[value.start + 1]
    if first == 0x80:
        return value.data[value.end : value.next] == b"\0\0"
    length = int.from_bytes(value.data[value.start + 2 : value.begin], "big") if first > 0x80 else first
    return value.end - value.begin == length


def _wrapped(value: Value, found: Sealed) -> None:
    """Take the content of digested or compressed data: the one sequence that begins with a kind."""
    for one in value.inside:
        if one.tag == SEQUENCE and one.inside[:1] and one.inside[0].tag == OID and len(one.inside) > 1:
            _take_content(one, found)


def _take_content(value: Value, found: Sealed) -> None:
    """Take the kind of a content and the content itself, which a detached signature leaves out."""
    fields = value.inside
    kind = oid_text(fields[0]) if fields and fields[0].tag == OID else ""
    if kind.rpartition(".")[2].isdigit() and (len(fields) == 1 or fields[1].tag == 0xA0):
        found.content_kind = _NAMES.get(kind, kind)
        inner = fields[1].inside if len(fields) > 1 else []
        if inner:
            found.content = inner[0]


def _signed(value: Value, found: Sealed) -> None:
    """Take signed data apart: content, certificates, revocations, signers."""
    fields = value.inside
    for place, one in enumerate(fields):
        if one.tag == SEQUENCE and place == 2:
            _take_content(one, found)
        elif one.tag == 0xA0:
            for each in one.inside[:_MOST]:
                certificate = read_certificate(each)
                if certificate is None:
                    found.damaged = found.damaged or each.tag == SEQUENCE
                else:
                    found.certificates.append(certificate)
        elif one.tag == 0xA1:
            found.revocations = len(one.inside)
        elif one.tag == SET and place > 2:
            found.signers = [_signer(each) for each in one.inside[:_MOST]]
    found.damaged = found.damaged or len(fields) < 4


def _signer(value: Value) -> Signer:
    """Read one signer's own part."""
    signer = Signer()
    algorithms: list[str] = []
    for one in value.inside:
        if one.tag == SEQUENCE and one.inside[:1] and one.inside[0].tag == OID:
            algorithms.append(oid_text(one.inside[0]))
        elif one.tag == SEQUENCE and len(one.inside) > 1:
            signer.issuer, signer.serial = name_text(one.inside[0]), one.inside[1].content.hex()
        elif one.tag == 0x80:
            signer.key_id = one.content.hex()
        elif one.tag in (0xA0, 0xA1):
            _attributes(one, signer)
            if one.tag == 0xA0:
                # What is signed is the set itself, whose tag the structure replaces by its place.
                signer.signed = b"\x31" + one.encoded[1:]
        elif one.tag == OCTETS:
            signer.signature = one.content
    signer.hashed, signer.kind = [*algorithms, "", ""][:2]
    return signer


def _attributes(value: Value, signer: Signer) -> None:
    """Take the attributes that say when was signed and what digest the content has."""
    for one in value.inside:
        fields = one.inside
        kind = _ATTRIBUTES.get(oid_text(fields[0])) if len(fields) > 1 and fields[0].tag == OID else None
        values = fields[1].inside if kind else []
        if kind == "digest" and values:
            signer.digest = values[0].content
        elif kind == "time" and values:
            signer.time = time(values[0])
        elif kind == "timestamp" and values:
            signer.timestamp = _stamped(values[0].encoded)


def _stamped(token: bytes) -> str:
    """Give the time that a timestamp authority vouches for (RFC 3161)."""
    try:
        inner = read_sealed(token)
        content = b"".join(inner.content.pieces()) if inner.content else b""
        fields = read_value(content, 0).inside
    except NotDer:
        return ""
    return next((time(one) for one in fields if one.tag == 0x18), "")


def _locked(value: Value, found: Sealed) -> None:
    """Say for whom something is encrypted, and how."""
    for one in value.inside:
        if one.tag == SET:
            for each in one.inside[:_MOST]:
                fields = each.inside
                named = next((part for part in fields if part.tag == SEQUENCE and len(part.inside) > 1), None)
                if named and named.inside[1].tag == INTEGER:
                    serial = named.inside[1].content.hex()
                    found.recipients.append(f"issuer={name_text(named.inside[0])}; serial={serial}")
        elif one.tag == SEQUENCE and len(one.inside) > 1 and one.inside[1].tag == SEQUENCE:
            found.cipher = oid_text(one.inside[1].inside[0]) if one.inside[1].inside else ""
