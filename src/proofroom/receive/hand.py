"""Lines that people sign: what a member decided, in a form that copies of a case can merge (docs/spec/hand.md).

A file of such lines is a *set*: reading gives the same lines in the same order whatever order they stand in,
and merging two files is their union. What does not hold is never dropped silently: it is a fault, and where
the signature holds nevertheless (a gap or a fork in an author's chain) the line counts all the same.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from proofroom.base import canonical

_DOMAIN: Final = b"proofroom hand line v1\n"
_KEYS: Final = {"body", "by", "id", "prev", "sig"}
_ID: Final = re.compile(r"[0-9a-f]{32}\Z")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}\Z")
_SIGNATURE: Final = 64
LONGEST: Final = 1 << 20
"""Bytes of a line; a longer one is malformed."""


class FaultCode(StrEnum):
    """What may be wrong with a line; the words are stable."""

    CUT_LINE = "cut-line"
    MALFORMED = "malformed-line"
    UNKNOWN_MEMBER = "unknown-member"
    BAD_SIGNATURE = "bad-signature"
    RETIRED = "retired-member"
    SAME_ID = "same-id"
    BROKEN_CHAIN = "broken-chain"
    FORKED_CHAIN = "forked-chain"


KEPT: Final = (FaultCode.BROKEN_CHAIN, FaultCode.FORKED_CHAIN)
"""Faults of a chain: the line itself is signed and counts."""


@dataclass(frozen=True, slots=True)
class Member:
    """Who may sign: a public key, and the last lines that count where the member has left."""

    key: bytes
    left_at: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One signed line; `digest` names it in the author's next one."""

    id: str
    by: str
    prev: str | None
    body: Mapping[str, Any]
    digest: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a line: a code, the author it names, and the line's digest."""

    code: FaultCode
    by: str
    digest: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file of lines holds: the lines that count, in their order, and everything that does not hold."""

    lines: tuple[Line, ...]
    faults: tuple[Fault, ...]


def sign(name: str, by: str, key: Ed25519PrivateKey, prev: str | None, body: Mapping[str, Any]) -> bytes:
    """Write and sign a line for the file of that name; raises ValueError for a body that has not one spelling."""
    line: dict[str, Any] = {"body": dict(body), "by": by, "id": secrets.token_hex(16), "prev": prev}
    line["sig"] = base64.b64encode(key.sign(_message(name, line))).decode()
    written = canonical.dumps(line)
    canonical.loads_strict(written)
    if len(written) > LONGEST:
        raise ValueError(f"the line has more than {LONGEST} bytes")
    return written


def digest_of(raw: bytes) -> str:
    """Give the digest by which the next line of the same author names this one."""
    return hashlib.sha256(raw).hexdigest()


def split(data: bytes) -> tuple[list[bytes], bytes]:
    """Give the lines of a file without their ends and without empty ones, and what a power failure cut."""
    *whole, rest = data.split(b"\n")
    return [line for line in whole if line], rest


def union(*files: bytes) -> bytes:
    """Merge files of one name: every line of any of them once, in an order that depends on the set alone."""
    lines = {line for data in files for line in split(data)[0]}
    return b"".join(line + b"\n" for line in _in_order(lines))


def read(name: str, data: bytes, members: Mapping[str, Member]) -> Reading:
    """Read and check a file of lines; what does not hold is listed, never dropped silently."""
    whole, rest = split(data)
    faults = [Fault(FaultCode.CUT_LINE, "", digest_of(rest))] if rest else []
    signed: dict[str, Line] = {}
    for raw in _in_order(set(whole)):
        checked = _check(name, raw, members)
        if isinstance(checked, Fault):
            faults.append(checked)
        else:
            signed[checked.digest] = checked
    faults += _check_chains(signed)
    outside = [*_after_leaving(signed, members), *_same_ids(signed)]
    faults += outside
    dropped = {fault.digest for fault in outside}
    return Reading(tuple(line for line in signed.values() if line.digest not in dropped), tuple(faults))


def _message(name: str, line: Mapping[str, Any]) -> bytes:
    """Give what is signed: a domain, the file's name, and the line without its signature."""
    return _DOMAIN + name.encode() + b"\n" + canonical.dumps({k: v for k, v in line.items() if k != "sig"})


def _check(name: str, raw: bytes, members: Mapping[str, Member]) -> Line | Fault:
    """Check the form and the signature of one line."""
    digest = digest_of(raw)
    try:
        if len(raw) > LONGEST:
            return Fault(FaultCode.MALFORMED, "", digest)
        line = canonical.loads_strict(raw)
        if not _is_formed(line) or canonical.dumps(line) != raw:
            return Fault(FaultCode.MALFORMED, "", digest)
        signature = base64.b64decode(line["sig"], validate=True)
    except (ValueError, binascii.Error):
        return Fault(FaultCode.MALFORMED, "", digest)
    if len(signature) != _SIGNATURE or base64.b64encode(signature).decode() != line["sig"]:
        return Fault(FaultCode.MALFORMED, line["by"], digest)
    member = members.get(line["by"])
    if member is None:
        return Fault(FaultCode.UNKNOWN_MEMBER, line["by"], digest)
    try:
        Ed25519PublicKey.from_public_bytes(member.key).verify(signature, _message(name, line))
    except (InvalidSignature, ValueError):
        return Fault(FaultCode.BAD_SIGNATURE, line["by"], digest)
    return Line(line["id"], line["by"], line["prev"], line["body"], digest)


def _is_formed(line: Any) -> bool:
    """Say whether a line has the keys and types it must have."""
    if not isinstance(line, dict) or set(line) != _KEYS or not isinstance(line["body"], dict):
        return False
    if not all(isinstance(line[key], str) for key in ("by", "id", "sig")) or not _ID.match(line["id"]):
        return False
    prev = line["prev"]
    return prev is None or (isinstance(prev, str) and bool(_DIGEST.match(prev)))


def _check_chains(signed: Mapping[str, Line]) -> list[Fault]:
    """Find lines whose predecessor is missing or of somebody else, and lines that follow the same one."""
    faults: list[Fault] = []
    followed: set[tuple[str, str | None]] = set()
    for line in signed.values():
        if line.prev is not None and (line.prev not in signed or signed[line.prev].by != line.by):
            faults.append(Fault(FaultCode.BROKEN_CHAIN, line.by, line.digest))
        if (line.by, line.prev) in followed:
            faults.append(Fault(FaultCode.FORKED_CHAIN, line.by, line.digest))
        followed.add((line.by, line.prev))
    return faults


def _after_leaving(signed: Mapping[str, Line], members: Mapping[str, Member]) -> list[Fault]:
    """Find lines that members wrote after they left: those that do not lead to the last ones that count."""
    counted: set[str] = set()
    for handle, member in members.items():
        for last in member.left_at or ():
            at: str | None = last
            while at is not None and at in signed and at not in counted and signed[at].by == handle:
                counted.add(at)
                at = signed[at].prev
    return [
        Fault(FaultCode.RETIRED, line.by, line.digest)
        for line in signed.values()
        if members[line.by].left_at is not None and line.digest not in counted
    ]


def _same_ids(signed: Mapping[str, Line]) -> list[Fault]:
    """Find later lines of an author with the id of an earlier one; the earlier one counts."""
    seen: set[tuple[str, str]] = set()
    faults = []
    for line in signed.values():
        if (line.by, line.id) in seen:
            faults.append(Fault(FaultCode.SAME_ID, line.by, line.digest))
        seen.add((line.by, line.id))
    return faults


def _in_order(lines: Iterable[bytes]) -> list[bytes]:
    """Sort lines so that each comes after the one it follows; the order depends on the set alone."""
    prev = {digest_of(line): _prev_of(line) for line in lines}
    depths: dict[str, int] = {}
    for start in prev:
        path: list[str] = []
        at: str | None = start
        while at is not None and at in prev and at not in depths:
            path.append(at)
            at = prev[at]
        depth = depths.get(at, -1) if at is not None else -1
        for one in reversed(path):
            depth += 1
            depths[one] = depth
    return sorted(lines, key=lambda line: (depths[digest_of(line)], digest_of(line)))


def _prev_of(line: bytes) -> str | None:
    """Give the digest that a line says it follows, whatever else is wrong with it."""
    try:
        held = json.loads(line)
    except (ValueError, RecursionError):
        return None
    prev = held.get("prev") if isinstance(held, dict) else None
    return prev if isinstance(prev, str) else None
