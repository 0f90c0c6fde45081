"""Make mixed Chinese, Latin and Uyghur text from a seed: random words, no real prose and no real names."""

from __future__ import annotations

import random
from itertools import accumulate
from typing import Final

_HAN: Final = [  # the 3,755 common simplified characters of GB 2312
    bytes((row, cell)).decode("gb2312")
    for row in range(0xB0, 0xD8)
    for cell in range(0xA1, 0xFF if row < 0xD7 else 0xFA)
    if (row, cell) != (0xC7, 0xAC)  # 乾, which counts as traditional
]
_LATIN: Final = "abcdefghijklmnopqrstuvwxyz"
_UYGHUR: Final = "ئابپتجچخدرزژسشغفقكگڭلمنھوۇۆۈۋېىي"
_MARKS: Final = ("，", "。", "、", "；", "\n", " ")


class Prose:
    """Gives words, names and documents, always the same ones for one seed."""

    def __init__(self, seed: int) -> None:
        """Make the vocabulary."""
        self.chance = random.Random(seed)
        self._chinese = [self._word(_HAN, 2) for _ in range(8_000)] + [
            self._word(_HAN, 4) for _ in range(2_000)
        ]
        self._latin = [self._word(_LATIN, self.chance.randrange(2, 10)) for _ in range(4_000)]
        self._uyghur = [self._word(_UYGHUR, self.chance.randrange(3, 11)) for _ in range(4_000)]
        self._weights = list(accumulate(1 / rank for rank in range(1, 10_001)))

    def _word(self, letters: str | list[str], length: int) -> str:
        return "".join(self.chance.choices(letters, k=length))

    def _words(self, words: list[str], count: int) -> list[str]:
        """Draw words as language does: the second is half as often as the first, the third a third, and so on."""
        return self.chance.choices(words, cum_weights=self._weights[: len(words)], k=count)

    def name(self, length: int) -> str:
        """Make a Chinese name of so many characters."""
        return self._word(_HAN, length)

    def document(self, size: int) -> str:
        """Make a document of about so many characters: 60 % Chinese, 20 % Latin, 20 % Uyghur words."""
        parts: list[str] = []
        length = 0
        while length < size:
            kind = self.chance.random()
            if kind < 0.6:
                sentence = "".join(self._words(self._chinese, self.chance.randrange(3, 12)))
                parts.append(sentence + self.chance.choice(_MARKS))
            else:
                words = self._latin if kind < 0.8 else self._uyghur
                parts.append(" ".join(self._words(words, self.chance.randrange(2, 9))) + ". ")
            length += len(parts[-1])
        return "".join(parts)

    def cell(self) -> str:
        """Make a cell of a register: a name, an address, a number of an identity, a date or a code."""
        kind = self.chance.random()
        if kind < 0.2:
            return self.name(self.chance.randrange(2, 4))
        if kind < 0.35:
            county, road = self._words(self._chinese, 2)
            return f"{county}县{road}路{self.chance.randrange(300)}号"
        if kind < 0.45:
            return f"99{self.chance.randrange(10**15, 10**16)}"
        if kind < 0.6:
            return (
                f"201{self.chance.randrange(10)}-0{self.chance.randrange(1, 10)}-1{self.chance.randrange(10)}"
            )
        return str(self.chance.randrange(2_000))
