"""Masking: what looks like an ID or a phone number shows as a stable pseudonym, the same everywhere in a case.

This is a seat belt against shoulders, screenshots and careless exports; whoever can read the case folder
can read everything. Before columns are typed, what `numbers` finds is masked: six digits in a row, or eight
and more with single marks between them. Dates and short decimal fractions stay readable.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final

from proofroom.values.numbers import READABLE, SHORTEST, SUSPECT, ascii_digits, numbers

SHORT_NUMBER: Final = r"[-+]?\d{1,5}(?:\.\d*)?(?:[eE]-\d+)?"
"""A number with less than six digits before the point: in a cell that holds a number it is no ID."""

_SHORT_NUMBER: Final = re.compile(SHORT_NUMBER, re.ASCII)
_NOT_DIGITS: Final = re.compile(r"[^0-9X]")
_WHOLE: Final = re.compile(r"(\d+)\.0*")
_POWER: Final = re.compile(r"\d+(?:\.\d*)?E\+?\d{1,3}")
_BASE32: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_PAIRS: Final = [first + second for first in _BASE32 for second in _BASE32]


@dataclass(frozen=True, slots=True)
class Mask:
    """Masks texts with the secret of one case; with no secret it leaves them as they are (an open scope)."""

    secret: bytes | None

    def text(self, untrusted: str) -> str:
        """Give the text with everything that looks like an ID or a phone number replaced by its pseudonym."""
        if self.secret is None or len(untrusted) < SHORTEST:
            return untrusted
        if untrusted.isdecimal():
            return self.pseudonym(untrusted)
        if not SUSPECT.search(untrusted) or READABLE.fullmatch(untrusted):
            return untrusted
        shown: list[str] = []
        at = 0
        for first, last in numbers(untrusted):
            shown += [untrusted[at:first], self.pseudonym(untrusted[first:last])]
            at = last
        return "".join([*shown, untrusted[at:]]) if shown else untrusted

    def number(self, untrusted: str) -> str:
        """Give the text of a cell that holds a number: one of fewer than six whole digits is no ID."""
        return untrusted if _SHORT_NUMBER.fullmatch(untrusted) else self.text(untrusted)

    def around(self, untrusted: str, spans: list[tuple[int, int]]) -> tuple[str, list[tuple[int, int]]]:
        """Mask a text but for the given spans, which it shows; gives it and where the spans stand now.

        Of a number that is only partly inside a span, each other part shows as the pseudonym of the whole.
        """
        masked = [] if self.secret is None else list(numbers(untrusted))
        shown: list[str] = []
        moved: list[tuple[int, int]] = []
        at = length = 0
        for start, end in [*sorted(spans), (len(untrusted), len(untrusted))]:
            before = self._between(untrusted, at, start, masked)
            shown += [before, untrusted[start:end]]
            length += len(before)
            moved.append((length, length + end - start))
            length += end - start
            at = end
        return "".join(shown), moved[:-1]

    def _between(self, untrusted: str, start: int, end: int, masked: list[tuple[int, int]]) -> str:
        """Give one stretch of a text, with the parts of masked numbers that lie in it replaced."""
        shown: list[str] = []
        at = start
        for first, last in masked:
            left, right = max(first, at), min(last, end)
            if left >= right:
                continue
            if (left, right) != (first, last):
                left, right = _without_marks(untrusted, left, right)
            if left < right:
                shown += [untrusted[at:left], self.pseudonym(untrusted[first:last])]
                at = right
        shown.append(untrusted[at:end])
        return "".join(shown)

    def pseudonym(self, untrusted_digits: str) -> str:
        """Give the stable pseudonym of a number: the same digits give the same one, however they are written."""
        if self.secret is None:
            return untrusted_digits
        digits = untrusted_digits
        if not (digits.isascii() and digits.isdecimal()):
            digits = _NOT_DIGITS.sub("", _plain(digits))
        begun = _begun(self.secret).copy()
        begun.update(digits.encode())
        code = begun.digest()
        # Five characters of base32 are 25 bits; the library's own is slow, and a page of cells has thousands.
        bits = int.from_bytes(code[:4]) >> 7
        return f"ID-{_PAIRS[bits >> 15]}{_PAIRS[bits >> 5 & 1023]}{_BASE32[bits & 31]}"


@lru_cache(maxsize=8)
def _begun(secret: bytes) -> hmac.HMAC:
    """Begin the keyed hash of a pseudonym, which is the same for every number of a case."""
    return hmac.new(secret, b"proofroom pseudonym v1\0", "sha256")


def _without_marks(untrusted: str, start: int, end: int) -> tuple[int, int]:
    """Give a part of a number without the blanks and hyphens at its ends."""
    while start < end and not untrusted[start].isalnum():
        start += 1
    while start < end and not untrusted[end - 1].isalnum():
        end -= 1
    return start, end


def _plain(untrusted_digits: str) -> str:
    """Give a number in ASCII; one that a spreadsheet wrote as a float, without its power and empty fraction."""
    plain = ascii_digits(untrusted_digits).upper().replace("\uff38", "X").lstrip("+-")
    if _POWER.fullmatch(plain):
        return f"{Decimal(plain):.0f}"
    whole = _WHOLE.fullmatch(plain)
    return whole.group(1) if whole else plain


OPEN: Final = Mask(None)
"""The mask of an open scope: it shows everything."""
