"""Hold very many texts in little memory: one run of bytes, and where each of them ends.

A list of `bytes` takes some fifty bytes more for each text; of a table with millions of them that was most of
the memory that a workbook took.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate


class TextTable:
    """Texts by their number; they are only ever added at the end."""

    def __init__(self, texts: Sequence[bytes] = ()) -> None:
        """Begin with these texts."""
        self._blob = bytearray()
        self._ends = array("Q", (0,))
        self.longest = 0
        self.extend(texts)

    def extend(self, texts: Sequence[bytes]) -> None:
        """Add texts."""
        lengths = list(map(len, texts))
        self.longest = max(self.longest, max(lengths, default=0))
        ends = accumulate(lengths, initial=self._ends[-1])
        next(ends)
        self._ends.frombytes(struct.pack(f"={len(lengths)}Q", *ends))
        self._blob += b"".join(texts)

    def append(self, text: bytes) -> None:
        """Add one text."""
        self._blob += text
        self._ends.append(len(self._blob))
        self.longest = max(self.longest, len(text))

    def take(self, numbers: Iterable[int]) -> list[bytes]:
        """Give the texts of these numbers, none of them negative; raises IndexError where there is none."""
        ends, blob = self._ends, memoryview(self._blob)
        return [bytes(blob[ends[number] : ends[number + 1]]) for number in numbers]

    def __getitem__(self, number: int) -> bytes:
        """Give the text of one number, which is not negative."""
        return bytes(self._blob[self._ends[number] : self._ends[number + 1]])

    def __len__(self) -> int:
        """Give how many texts there are."""
        return len(self._ends) - 1

    def __iter__(self) -> Iterator[bytes]:
        """Give all texts in their order."""
        return map(self.__getitem__, range(len(self)))

    def __eq__(self, other: object) -> bool:
        """Tell whether another table holds the same texts."""
        return isinstance(other, TextTable) and (self._ends, self._blob) == (other._ends, other._blob)

    __hash__ = None  # type: ignore[assignment] # it grows
