"""Read X.509 certificates (RFC 5280): who they speak of, who issued them, from when and until when."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from proofroom.extract.letters.der import BITS, INTEGER, OCTETS, SEQUENCE, SET, Value, oid_text, text, time

_NAMES: Final = {
    "2.5.4.3": "CN",
    "2.5.4.4": "SN",
    "2.5.4.5": "SERIALNUMBER",
    "2.5.4.6": "C",
    "2.5.4.7": "L",
    "2.5.4.8": "ST",
    "2.5.4.9": "STREET",
    "2.5.4.10": "O",
    "2.5.4.11": "OU",
    "2.5.4.12": "T",
    "2.5.4.13": "DESCRIPTION",
    "2.5.4.42": "GN",
    "2.5.4.97": "ORGANISATIONID",
    "1.2.840.113549.1.9.1": "E",
    "0.9.2342.19200300.100.1.1": "UID",
    "0.9.2342.19200300.100.1.25": "DC",
}
_ALTERNATIVE: Final = "2.5.29.17"
_MAIL, _DNS, _URI = 0x81, 0x82, 0x86


@dataclass(frozen=True, slots=True)
class Certificate:
    """One certificate: its names as text, its serial as hex, its validity as ISO times, and its public key."""

    subject: str
    issuer: str
    serial: str
    not_before: str
    not_after: str
    alternatives: tuple[str, ...]
    fingerprint: str
    public_key: bytes
    key_id: str

    def told(self) -> str:
        """Write it as one text."""
        facts = [f"subject={self.subject}", f"issuer={self.issuer}", f"serial={self.serial}"]
        facts += [f"not-before={self.not_before}", f"not-after={self.not_after}"]
        facts += [f"also={name}" for name in self.alternatives]
        return "; ".join([*facts, f"sha256={self.fingerprint}"])


def read_certificate(value: Value) -> Certificate | None:
    """Read one certificate; None for what is none."""
    body = value.inside[:1]
    fields = body[0].inside if value.tag == SEQUENCE and body and body[0].tag == SEQUENCE else []
    if fields and fields[0].tag == 0xA0:
        fields = fields[1:]
    if len(fields) < 6 or fields[0].tag != INTEGER:
        return None
    validity = fields[3].inside
    if len(validity) < 2:
        return None
    key = fields[5].inside
    bits = key[1].content[1:] if len(key) > 1 and key[1].tag == BITS else b""
    extensions = _extensions(fields[6:])
    return Certificate(
        subject=name_text(fields[4]),
        issuer=name_text(fields[2]),
        serial=fields[0].content.hex(),
        not_before=time(validity[0]),
        not_after=time(validity[1]),
        alternatives=_alternatives(extensions.get(_ALTERNATIVE)),
        fingerprint=hashlib.sha256(value.encoded).hexdigest(),
        public_key=fields[5].encoded,
        key_id=hashlib.sha1(bits).hexdigest(),  # noqa: S324 - how key identifiers are made (RFC 5280, 4.2.1.2)
    )


def name_text(value: Value) -> str:
    """Write a name as `CN=..., O=..., C=...`, in the order in which it stands."""
    parts: list[str] = []
    for group in value.inside:
        for pair in group.inside if group.tag == SET else ():
            both = pair.inside
            if len(both) > 1:
                kind = oid_text(both[0])
                parts.append(f"{_NAMES.get(kind, kind)}={text(both[1])}")
    return ", ".join(parts)


def _extensions(fields: list[Value]) -> dict[str, Value]:
    """Give the extensions by their identifier."""
    found: dict[str, Value] = {}
    for outer in fields:
        for listed in outer.inside if outer.tag == 0xA3 else ():
            for one in listed.inside:
                pair = one.inside
                if len(pair) > 1 and pair[-1].tag == OCTETS:
                    found[oid_text(pair[0])] = pair[-1]
    return found


def _alternatives(value: Value | None) -> tuple[str, ...]:
    """Give further names: addresses of mail, hosts and pages."""
    if value is None:
        return ()
    names = [name for listed in value.inside for name in listed.inside]
    return tuple(name.content.decode("utf-8", "replace") for name in names if name.tag in (_MAIL, _DNS, _URI))
