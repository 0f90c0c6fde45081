"""Tell what an OpenDocument cell holds: the stored value as written, its type, and what is shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.ooxml.safe_xml import Attributes
from proofroom.model.evidence import CellType, Flag

TABLE: Final = "urn:oasis:names:tc:opendocument:xmlns:table:1.0 "
OFFICE: Final = "urn:oasis:names:tc:opendocument:xmlns:office:1.0 "
_CALC: Final = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 "
_VALUE_TYPE: Final = f"{OFFICE}value-type"
_CALC_TYPE: Final = f"{_CALC}value-type"
_STRING: Final = f"{OFFICE}string-value"
_FORMULA: Final = f"{TABLE}formula"
_MOST: Final = 1 << 20
_DIGITS: Final = 15
_KINDS: Final = {
    "float": (CellType.NUMBER, f"{OFFICE}value"),
    "percentage": (CellType.NUMBER, f"{OFFICE}value"),
    "currency": (CellType.NUMBER, f"{OFFICE}value"),
    "date": (CellType.DATE, f"{OFFICE}date-value"),
    "time": (CellType.DURATION, f"{OFFICE}time-value"),
    "boolean": (CellType.BOOLEAN, f"{OFFICE}boolean-value"),
}


@dataclass(slots=True)
class OdsComment:
    """One comment: its text, who wrote it and when, as far as it says so."""

    author: str = ""
    date: str = ""
    initials: str = ""
    paragraphs: list[str] = field(default_factory=list)


class OdsCell:
    """One cell while it is read: its attributes, what stands in it, and what is pinned to it by kind."""

    __slots__ = ("attributes", "comments", "paragraphs", "pinned")

    def __init__(self, attributes: Attributes) -> None:
        """Begin with nothing in it; most cells have no comment and nothing pinned, so that no list waits for any."""
        self.attributes = attributes
        self.paragraphs: list[str] = []
        self.comments: list[OdsComment] | None = None
        self.pinned: list[tuple[str, str]] | None = None

    def pin(self, what: str, untrusted_text: str) -> None:
        """Pin a link, picture or object to it."""
        self.pinned = self.pinned or []
        self.pinned.append((what, untrusted_text))

    def comment(self, comment: OdsComment) -> None:
        """Hang a comment on it."""
        self.comments = self.comments or []
        self.comments.append(comment)


def value_of(cell: OdsCell) -> tuple[str, CellType, str]:
    """Give a cell's stored value, its type, and what is shown where that differs."""
    attributes, paragraphs = cell.attributes, cell.paragraphs
    text = paragraphs[0] if len(paragraphs) == 1 else "\n".join(paragraphs)
    stated = attributes.get(_VALUE_TYPE, "")
    if stated not in _KINDS:
        is_error = attributes.get(_CALC_TYPE) == "error" or (
            _FORMULA in attributes and text.startswith(("#", "Err:"))
        )
        raw = text if is_error else attributes.get(_STRING, text)
        kind = CellType.ERROR if is_error else CellType.STRING if raw or stated else CellType.EMPTY
    else:
        kind, name = _KINDS[stated]
        raw = attributes.get(name, text)
        raw = raw.upper() if kind is CellType.BOOLEAN else raw
    return raw, kind, text if text != raw else ""


def precision_of(kind: CellType, raw: str) -> int:
    """Flag a number of more than 15 digits."""
    if kind is not CellType.NUMBER or len(raw) <= _DIGITS:
        return 0
    mantissa = raw.lower().partition("e")[0]
    digits = "".join(sign for sign in mantissa if sign.isdigit()).lstrip("0")
    return int(Flag.PRECISION) if len(digits) > _DIGITS else 0


def count_of(attributes: Attributes, name: str) -> int:
    """Read a count; no more than a sheet can have, and at least one."""
    written = attributes.get(name)
    if written is None:
        return 1
    return (
        min(max(int(written), 1), _MOST)
        if written.isascii() and written.isdigit() and len(written) < 10
        else 1
    )
