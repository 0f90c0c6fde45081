"""Which characters are Chinese, and the simplified character for each traditional one.

The table of pairs is `data/t2s.txt`, made from OpenCC (Apache-2.0) by `scripts/make-t2s`. It knows
single characters only, so it serves retrieval and never changes what is shown.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final

HAN_RANGES: Final = (
    (0x2E80, 0x2FE0),  # radicals
    (0x3005, 0x3006),  # 々, the repetition mark
    (0x3007, 0x3008),  # 〇, the zero of years
    (0x3021, 0x302A),  # Hangzhou numerals
    (0x3038, 0x303C),
    (0x3400, 0x4DC0),  # extension A
    (0x4E00, 0xA000),
    (0xE000, 0xF900),  # private use: where older Chinese systems keep the rare characters of names
    (0xF900, 0xFB00),  # compatibility
    (0x20000, 0x3FFFE),  # extensions B and later, with what Unicode reserves for further ones
    (0xF0000, 0xFFFFE),  # private use
    (0x100000, 0x10FFFE),
)
"""Half-open ranges of code points that count as Chinese characters."""


def is_han(character: str) -> bool:
    """Say whether one character counts as Chinese."""
    code = ord(character)
    return any(first <= code < stop for first, stop in HAN_RANGES)


@cache
def simplified() -> dict[str, str]:
    """Give the simplified character for each traditional one; others are absent."""
    text = files("proofroom.language").joinpath("data/t2s.txt").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return {pair[0]: pair[1] for line in lines for pair in line.split()}


def simplify(text: str) -> str:
    """Replace each traditional character by its simplified one, character by character."""
    table = simplified()
    return "".join(table.get(character, character) for character in text)
