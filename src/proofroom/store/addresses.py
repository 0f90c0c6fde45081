"""Addresses as they stand in the store: read back without trust, and with what they quote masked."""

from __future__ import annotations

from typing import Final

from proofroom.errors import BadWhere
from proofroom.model.where import Parts, parse_parts
from proofroom.values.masking import Mask

_QUOTED: Final = ("sheet", "meta", "pointer", "attribute")
_CELL: Final = (["cell"], ["cell", "sheet"])
_ROW: Final = (["row"], ["row", "sheet"])


def parse_or_none(part: str) -> Parts | None:
    """Read a stored part, which a taken-over child may have written wrongly."""
    try:
        return parse_parts(part)
    except BadWhere:
        return None


def masked_parts(parts: Parts, mask: Mask) -> Parts:
    """Mask what an address quotes from the evidence; row, cell, page and line numbers are ours and stay."""
    return tuple((key, mask.text(value) if key in _QUOTED else value) for key, value in parts)


def is_cell(parts: Parts) -> bool:
    """Say whether an address names one cell and nothing that hangs on it."""
    return sorted(key for key, _ in parts) in _CELL


def is_row(parts: Parts) -> bool:
    """Say whether an address names one row of a table."""
    return sorted(key for key, _ in parts) in _ROW
