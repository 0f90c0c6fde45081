"""Foreign text made harmless to look at: what moves the cursor or turns the writing around is written out."""

from __future__ import annotations

import unicodedata
from typing import Final

_DIRECTION: Final = frozenset(
    ("\u061c", "\u200e", "\u200f", *map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A)))
)
_UNSEEN: Final = ("Cc", "Cs", "Zl", "Zp")
_NEW_LINE: Final = ("\n", "\u2029")


def visible(untrusted_text: str) -> str:
    """Give text for people's eyes: control and direction characters are written out, nothing is obeyed."""
    return "".join(
        _written_out(character) if _misleads(character) else character for character in untrusted_text
    )


def _misleads(character: str) -> bool:
    return character in _DIRECTION or unicodedata.category(character) in _UNSEEN


def _written_out(character: str) -> str:
    return "⏎" if character in _NEW_LINE else f"\\u{ord(character):04x}"
