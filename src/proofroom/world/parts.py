"""Names what every maker of files hands over: the bytes, the facts in them, and how reading should end."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from proofroom.model.states import State
from proofroom.model.where import cell_name, format_parts

__all__ = ["MARKER", "NEVER", "Fact", "Made", "cell_name", "digest", "part"]

MARKER = "SYNTHETIC-FICTION"
NEVER = "never"
EPOCH = datetime(2016, 7, 1, 9, 30)
FactKind = Literal["cell", "comment", "line"]


@dataclass(frozen=True, slots=True)
class Fact:
    """What stands at one part of one file: stored, typed and shown, and how it is hidden."""

    kind: FactKind
    part: str
    raw: str | None
    value: str | float | bool | None = None
    shown: str | None = None
    formula: str | None = None
    hidden: tuple[str, ...] = ()
    merged: str | None = None


@dataclass(slots=True)
class Made:
    """Bytes that were made, with everything the truth knows about them.

    state, also: the state it should end in, and others that are as right. needs: what a reader needs
    before `facts` can be seen ("", "ocr", "password"). members: what stands inside, by its inner name;
    None as data means something without bytes (a link). locked with `password` set: `decrypted` holds
    the open copy.
    """

    data: bytes | None
    kind: str
    facts: list[Fact] = field(default_factory=list)
    members: list[tuple[str, Made]] = field(default_factory=list)
    state: State = State.READ
    also: tuple[State, ...] = ()
    reason: str = ""
    needs: str = ""
    note: str = ""
    password: str | None = None
    opens_by: str = ""  # where its password can be learned: text, file name, default, or NEVER
    decrypted: Made | None = None
    written: datetime = EPOCH
    extra: dict[str, object] = field(default_factory=dict)


def part(*pairs: tuple[str, str]) -> str:
    """Write a part of an address exactly as architecture section 8 says."""
    return format_parts(pairs)


def digest(data: bytes) -> str:
    """Give the SHA-256 of bytes in hex."""
    return hashlib.sha256(data).hexdigest()
