"""Artifact, Occurrence and Piece: what was handed over, where it was found, and what is written in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, IntFlag

from proofroom.base.guarded import UntrustedText
from proofroom.model.states import Reason, State
from proofroom.model.where import Where


@dataclass(frozen=True, slots=True)
class Artifact:
    """One byte sequence, known by its SHA-256 (64 hex digits) and its size in bytes."""

    digest: str
    size: int
    media_type: str = ""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A place where an artifact, or something without bytes (a link, a device), was found."""

    id: int
    delivery: str
    untrusted_path: bytes
    path: UntrustedText
    parent: int | None
    digest: str | None
    size: int
    depth: int
    state: State | None = None
    reason: Reason = Reason.NONE


class CellType(IntEnum):
    """What a stored cell value is, in one byte; the numbers stand in segments and never change."""

    EMPTY = 0
    STRING = 1
    NUMBER = 2
    BOOLEAN = 3
    ERROR = 4
    DATE = 5
    DURATION = 6


class Flag(IntFlag):
    """Facts about a cell or a piece, in sixteen bits; the numbers stand in segments and never change."""

    NONE = 0
    HIDDEN_SHEET = 1
    HIDDEN_ROW = 2
    HIDDEN_COLUMN = 4
    VERY_HIDDEN_SHEET = 8
    SHOWN_DIFFERS = 16
    HAS_FORMULA = 32
    PRECISION = 64
    DELETED = 128
    HIDDEN_TEXT = 256
    RICH_TEXT = 512
    INSERTED = 1024


class PieceKind(IntEnum):
    """What kind of content stands at an address, in one byte; the numbers never change."""

    CELL = 0
    PARAGRAPH = 1
    LINE = 2
    SHAPE = 3
    NOTE = 4
    COMMENT = 5
    META = 6
    HEADER = 7
    FOOTER = 8
    BODY = 9
    NAME = 10


@dataclass(frozen=True, slots=True)
class Recognised:
    """That a piece was read from a picture: by which engine, how surely (of 100), and where it stands on the page.

    box: left, top, right, bottom, in tenths of a point; of a picture in pixels; None for what has no place.
    """

    engine: str
    confidence: int
    box: tuple[int, int, int, int] | None


@dataclass(frozen=True, slots=True)
class Piece:
    """What a reader of the store sees at one address: the stored, the typed and the shown value."""

    where: Where
    kind: PieceKind
    untrusted_raw: UntrustedText
    value: str | float | int | bool | None
    shown: UntrustedText
    formula: UntrustedText | None = None
    hidden: tuple[str, ...] = ()
    merged: str | None = None
    warnings: tuple[str, ...] = field(default_factory=tuple)
    recognised: Recognised | None = None
