"""Masking: what looks like an ID or a phone number shows as a stable pseudonym, the same everywhere in a case.

This is a seat belt against shoulders, screenshots and careless exports; whoever can read the case folder
can read everything. Before columns are typed, runs of six and more digits are what is masked.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import Final

# Six digits in a row (IDs, phones, serials), or a phone number written in groups; a date 2014-05-03 is neither.
_DIGITS: Final = re.compile(r"\d{6,}[Xx\uff38\uff58]?|\d{3,4}[\s\-]\d{3,4}[\s\-]\d{4}")
_NOT_DIGITS: Final = re.compile(r"[^0-9Xx]")
_LENGTH: Final = 5


@dataclass(frozen=True, slots=True)
class Mask:
    """Masks texts with the secret of one case; with no secret it leaves them as they are (an open scope)."""

    secret: bytes | None

    def text(self, untrusted: str) -> str:
        """Give the text with every run of six or more digits replaced by its pseudonym."""
        if self.secret is None:
            return untrusted
        return _DIGITS.sub(lambda found: self.pseudonym(found.group()), untrusted)

    def around(self, untrusted: str, spans: list[tuple[int, int]]) -> tuple[str, list[tuple[int, int]]]:
        """Mask a text but for the given spans, which it shows; gives it and where the spans stand now."""
        shown: list[str] = []
        moved: list[tuple[int, int]] = []
        at = length = 0
        for start, end in sorted(spans):
            before = self.text(untrusted[at:start])
            shown += [before, untrusted[start:end]]
            length += len(before)
            moved.append((length, length + end - start))
            length += end - start
            at = end
        shown.append(self.text(untrusted[at:]))
        return "".join(shown), moved

    def pseudonym(self, untrusted_digits: str) -> str:
        """Give the stable pseudonym of a number: the same digits give the same one, however they are spaced."""
        if self.secret is None:
            return untrusted_digits
        plain = "".join(_ascii_digit(character) for character in untrusted_digits)
        digits = _NOT_DIGITS.sub("", plain).upper()
        code = hmac.new(self.secret, b"proofroom pseudonym v1\0" + digits.encode(), hashlib.sha256).digest()
        return "ID-" + base64.b32encode(code).decode()[:_LENGTH]


def _ascii_digit(character: str) -> str:
    """Give a digit of any script as ASCII; other characters as they are."""
    if character in "\uff38\uff58":
        return "X"
    return str(int(character)) if character.isdecimal() else character


OPEN: Final = Mask(None)
"""The mask of an open scope: it shows everything."""
