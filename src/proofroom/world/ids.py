"""Makes the identity numbers of Veshkara: 18 characters, ISO 7064 MOD 11-2, region prefix 99.

No region code of the People's Republic begins with 99 (GB/T 2260), so no number made here can be a
living person's. The arithmetic stands here once more on purpose: the world is the oracle for
`values.ids`, and an oracle does not borrow from what it judges.
"""

from __future__ import annotations

import random
from datetime import date

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
REGION_PREFIX = "99"


def check_character(body: str) -> str:
    """Give the check character of the first 17 digits (ISO 7064 MOD 11-2)."""
    return _CHECKS[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, body, strict=True)) % 11]


def make_id(region: str, birth: date, serial: int) -> str:
    """Make a valid number; an odd serial (1 to 999) is a man's, an even one a woman's."""
    body = f"{region}{birth:%Y%m%d}{serial:03d}"
    return body + check_character(body)


def is_valid(number: str) -> bool:
    """Say whether an 18-character number has the right check character."""
    return len(number) == len(_WEIGHTS) + 1 and check_character(number[:17]) == number[17]


def fifteen(number: str) -> str:
    """Give the old form of 15 digits: without the century and without a check character."""
    return number[:6] + number[8:17]


def with_typo(number: str, rng: random.Random) -> str:
    """Change one digit of the serial or the date, as a tired clerk does."""
    place = rng.randrange(6, 17)
    digit = rng.choice([sign for sign in "0123456789" if sign != number[place]])
    return number[:place] + digit + number[place + 1 :]


def with_swap(number: str, rng: random.Random) -> str:
    """Swap two neighbouring digits that differ."""
    places = [place for place in range(6, 16) if number[place] != number[place + 1]]
    place = rng.choice(places)
    return number[:place] + number[place + 1] + number[place] + number[place + 2 :]
