"""Note which texts of a workbook's table cells show, and in which order: what no cell shows was left over.

Excel adds a text to the end of the table when it is first typed, so the order tells of the order of work; a
program that writes a whole table at once numbers them in the order of the cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import compress, filterfalse, islice
from operator import gt

_ONE = b"\x01"


@dataclass(slots=True)
class StringUse:
    """Takes the numbers of texts as cells name them."""

    out_of_order: int = 0
    _highest: int = -1
    _used: bytearray = field(default_factory=bytearray)

    def note(self, numbers: Sequence[int], count: int) -> None:
        """Note that cells show these of `count` texts, in the order in which they do so first."""
        used = self._used
        if len(used) < count:
            used.extend(bytes(count - len(used)))
        new = list(filterfalse(used.__getitem__, numbers))
        if not new:
            return
        if new[-1] - new[0] + 1 == len(new) and new == sorted(new):
            used[new[0] : new[-1] + 1] = _ONE * len(new)
        else:
            for number in new:
                used[number] = 1
            self.out_of_order += sum(map(gt, new, islice(new, 1, None)))
        self.out_of_order += new[0] < self._highest
        self._highest = max(self._highest, *new)

    def note_one(self, number: int, count: int) -> None:
        """Note that a cell shows one of `count` texts."""
        used = self._used
        if len(used) < count:
            used.extend(bytes(count - len(used)))
        if not used[number]:
            used[number] = 1
            self.out_of_order += number < self._highest
            self._highest = max(self._highest, number)

    def left_over(self, count: int) -> list[int]:
        """Give the numbers of the texts, of so many, that no cell shows."""
        self._used.extend(bytes(max(0, count - len(self._used))))
        return list(compress(range(count), map((0).__eq__, self._used)))
