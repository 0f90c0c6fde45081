"""Reading a custody log as it lies on disk, without its key: events, heads, and whose log it is.

A log is a folder `custody/<log id>/` with three files: `key.pub` (the public key in base64), `events` (one
salted opening per line, as in RFC 9901: `[salt, path, value]` in base64url) and `checkpoints` (signed heads
as in C2SP, each followed by an empty line). The log id is the beginning of the key's own digest.
"""

from __future__ import annotations

import base64
import binascii
import fcntl
import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from proofroom.base import notes
from proofroom.errors import BrokenEvidence, CaseTooNew
from proofroom.model.custody import Act, Event

SALT: Final = 16
EVENTS: Final = "events"
CHECKPOINTS: Final = "checkpoints"
PUBLIC: Final = "key.pub"
_RECEIVED: Final = f'"act":"{Act.RECEIVED}"'.encode()
_ORIGIN: Final = "proofroom/custody/"
_BASE64: Final = rb"[A-Za-z0-9+/]{1,96}={0,2}"
_DASH: Final = "\u2014 ".encode()
_CUT_OPENING: Final = re.compile(rb"(W(y([IJ][A-Za-z0-9_-]*)?)?)?")
"""What `["` and the beginning of a salt are in base64url."""
_ID_BYTES: Final = 8


def log_id(public_key: bytes) -> str:
    """Give the name of the log that a key signs: the beginning of the key's digest."""
    return hashlib.sha256(public_key).digest()[:_ID_BYTES].hex()


def origin(public_key: bytes) -> str:
    """Give the origin line of a log's heads; no two logs share one."""
    return _ORIGIN + log_id(public_key)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A log at one moment: its key, how many bytes of whole events it had, and its signed heads."""

    public_key: bytes
    length: int
    signed: tuple[str, ...]
    ends_well: bool
    """Whether nothing stands after the last head but what a power failure leaves of another one."""

    def heads(self) -> list[notes.Checkpoint]:
        """Check and give every signed head, oldest first; raises BrokenEvidence."""
        return [check_note(note, self.public_key) for note in self.signed]


def snapshot(folder: Path) -> Snapshot:
    """Look at a log while nobody writes to it; raises BrokenEvidence when a file of it is missing."""
    try:
        public = base64.b64decode((folder / PUBLIC).read_bytes(), validate=False)
        with (folder / EVENTS).open("rb") as file:
            with suppress(OSError):  # a medium without locks is one on which nobody writes
                fcntl.flock(file, fcntl.LOCK_SH)
            length = os.fstat(file.fileno()).st_size
            held = (folder / CHECKPOINTS).read_bytes()
    except (OSError, binascii.Error) as failure:
        raise BrokenEvidence(f"the custody log {folder.name} lacks a file: {failure}") from None
    if folder.name != log_id(public):
        raise BrokenEvidence(f"the custody log {folder.name} holds the key of another log")
    found, end = split_notes(held)
    return Snapshot(public, length, tuple(found), is_cut_note(held[end:], public))


def is_cut_note(tail: bytes, public_key: bytes) -> bool:
    """Say whether this is nothing, or the beginning of a head of this log, as a power failure leaves it."""
    name = origin(public_key).encode()
    shapes = (name, rb"[0-9]{1,16}", _BASE64, rb"", _DASH + name + b" " + _BASE64, rb"")
    *whole, last = tail.split(b"\n")
    if len(whole) >= len(shapes):
        return False
    if not all(re.fullmatch(shape, line) for shape, line in zip(shapes, whole, strict=False)):
        return False
    fixed = {0: name, 4: _DASH + name + b" "}.get(len(whole), b"")
    if fixed.startswith(last):
        return True
    return len(whole) in (1, 2, 4) and re.fullmatch(shapes[len(whole)], last) is not None


def is_cut_event(tail: bytes) -> bool:
    """Say whether this is nothing, or the beginning of an opening, as a power failure leaves it."""
    return _CUT_OPENING.fullmatch(tail) is not None


def check_note(note: str, public_key: bytes) -> notes.Checkpoint:
    """Check a signed head of the log of this key; raises BrokenEvidence."""
    try:
        head = notes.verify(note, public_key)
    except ValueError as failure:
        raise BrokenEvidence(f"a signed head of the custody log does not hold: {failure}") from None
    if head.origin != origin(public_key):
        raise BrokenEvidence("a signed head is of another log")
    return head


def split_notes(held: bytes) -> tuple[list[str], int]:
    """Give the signed heads in a file, and how many bytes they take; a last one that was cut is not given."""
    found: list[str] = []
    at = 0
    while True:
        middle = held.find(b"\n\n", at)
        end = held.find(b"\n\n", middle + 2) if middle >= 0 else -1
        if end < 0:
            return found, at
        found.append(held[at : end + 1].decode("utf-8", "replace"))
        at = end + 2


def event_lines(folder: Path, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
    """Give the openings of a log between two offsets, oldest first, without line ends; a cut one is not given."""
    path = folder / EVENTS
    if not path.exists():
        return
    at = start
    with path.open("rb") as file:
        file.seek(start)
        for line in file:
            at += len(line)
            if not line.endswith(b"\n") or (stop is not None and at > stop):
                return
            yield line[:-1]


def entry_of(line: bytes) -> bytes:
    """Give the log entry of an opening: the SHA-256 of its base64url text (RFC 9901, 4.2.3)."""
    return hashlib.sha256(line).digest()


def read_opening(line: bytes) -> tuple[str, Event]:
    """Read an opening: its place in the log and its event.

    Raises BrokenEvidence when it is malformed, CaseTooNew when it tells of an act this version does not know.
    """
    try:
        salt, path, value = json.loads(base64.urlsafe_b64decode(line + b"=" * (-len(line) % 4)))
        short = len(base64.urlsafe_b64decode(salt + "==")) < SALT
        act, facts = value["act"], value["facts"]
        time, by = value["time"], value["by"]
    except (ValueError, KeyError, TypeError, RecursionError) as failure:
        raise BrokenEvidence(f"an event of the custody log cannot be read: {failure}") from None
    if (
        short
        or not all(isinstance(text, str) for text in (path, act, time, by))
        or not isinstance(facts, dict)
    ):
        raise BrokenEvidence("an event of the custody log is malformed")
    try:
        return path, Event(Act(act), time, by, facts)
    except ValueError:
        raise CaseTooNew(f"the custody log tells of an act this version does not know: {act!r}") from None


def is_received(line: bytes) -> bool:
    """Say whether an opening tells of a received file, without reading it whole."""
    try:
        # No text in it can hold these bytes: inside a text each quote has a backslash before it.
        return _RECEIVED in base64.urlsafe_b64decode(line + b"=" * (-len(line) % 4))
    except ValueError:
        return False


def write_opening(secret: bytes, place: int, event: Event) -> bytes:
    """Write an event as an opening.

    The salt is keyed with the case's secret, so it tells a stranger nothing, and whoever has the keys can
    tell later whether a line that no head covers yet was written by a holder of the keys.
    """
    value = {"act": event.act.value, "time": event.time, "by": event.by, "facts": dict(event.facts)}
    body = _dump([f"event/{place}", value])
    text = _dump([_salt(secret, body), f"event/{place}", value])
    return base64.urlsafe_b64encode(text).rstrip(b"=")


def is_ours(secret: bytes, line: bytes) -> bool:
    """Say whether an opening was written with this secret."""
    try:
        salt, path, value = json.loads(base64.urlsafe_b64decode(line + b"=" * (-len(line) % 4)))
        return bool(salt == _salt(secret, _dump([path, value])))
    except (ValueError, TypeError, RecursionError):
        return False


def _salt(secret: bytes, body: bytes) -> str:
    keyed = hashlib.blake2b(body, key=secret, digest_size=SALT, person=b"custody salt v1")
    return base64.urlsafe_b64encode(keyed.digest()).rstrip(b"=").decode()


def _dump(value: list[Any] | Mapping[str, Any]) -> bytes:
    """Write JSON in one spelling; odd bytes that a terminal passed on stand as %XX."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return text.encode("utf-8", "proofroom-percent")
