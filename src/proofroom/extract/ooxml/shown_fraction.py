"""Show a stored number as a fraction: `# ?/?` shows 2.5 as `2 1/2`, `# ??/16` in sixteenths.

The denominator is found as Excel finds it, by continued fractions: the last one that fits its places.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from proofroom.extract.ooxml.format_code import Section, Token

_MOST_PLACES: Final = 7
_SLASH: Final = Token("mark", "/")


@dataclass(frozen=True, slots=True)
class FractionLayout:
    """One fraction section ready for use; `whole` is empty where all of the number goes into the fraction.

    fixed: the denominator that the format names, 0 for one that is to be found.
    """

    before: str
    whole: str
    between: str
    numerator: str
    slash: str
    denominator: str
    fixed: int
    behind: str


def fraction_layout(section: Section) -> FractionLayout | None:
    """Prepare a fraction section; None when it holds something that is not rendered."""
    tokens = list(section.tokens)
    if tokens.count(_SLASH) != 1:
        return None
    at = tokens.index(_SLASH)
    left, right = tokens[:at], tokens[at + 1 :]
    spaces_left = _trailing(left, "literal")
    numerator = _trailing(left, "digit")
    between = _trailing(left, "literal")
    whole = _trailing(left, "digit")
    right.reverse()
    spaces_right = _trailing(right, "literal")[::-1]
    denominator = _trailing(right, "digit", "figure")[::-1]
    right.reverse()
    if not numerator or not denominator or any(one.kind != "literal" for one in (*left, *right)):
        return None
    before, behind = "".join(one.text for one in left), "".join(one.text for one in right)
    fixed = int(denominator) if denominator.isdecimal() and denominator[0] != "0" else 0
    if (not fixed and any(one.isdecimal() and one != "0" for one in denominator)) or len(
        denominator
    ) > _MOST_PLACES:
        return None
    if not whole:
        before, between = before + between, ""
    slash = f"{spaces_left}/{spaces_right}"
    return FractionLayout(before, whole, between, numerator, slash, denominator, fixed, behind)


def _trailing(tokens: list[Token], *kinds: str) -> str:
    """Take the tokens of some kinds from the end; gives their texts joined, in their order."""
    taken: list[str] = []
    while tokens and tokens[-1].kind in kinds:
        taken.append(tokens.pop().text)
    return "".join(reversed(taken))


def show_fraction(value: Decimal, plan: FractionLayout) -> str:
    """Show a number that is not negative."""
    exact = Fraction(value)
    whole, rest = divmod(exact, 1) if plan.whole else (0, exact)
    if plan.fixed:
        over, under = int(rest * plan.fixed + Fraction(1, 2)), plan.fixed
    else:
        over, under = _nearest(rest, 10 ** len(plan.denominator) - 1)
    if plan.whole and over == under:
        whole, over = whole + 1, 0
    if plan.whole and not over:
        gap = " " * (len(plan.numerator) + len(plan.slash) + len(plan.denominator))
        return f"{plan.before}{whole:d}{plan.between}{gap}{plan.behind}"
    shown = _filled(whole, plan.whole) if plan.whole else ""
    top = _filled(over, plan.numerator)
    bottom = str(under) if plan.fixed else f"{under:d}".ljust(plan.denominator.count("?"))
    return f"{plan.before}{shown}{plan.between}{top}{plan.slash}{bottom}{plan.behind}"


def _filled(number: int, places: str) -> str:
    """Write a whole number right-aligned in its places: `?` keeps a space, `0` a zero, `#` nothing."""
    digits = str(number) if number else ""
    left = places[: max(len(places) - len(digits), 0)]
    return "".join({"0": "0", "?": " "}.get(place, "") for place in left) + digits


def _nearest(value: Fraction, most: int) -> tuple[int, int]:
    """Give the last convergent of a number whose denominator is not above a limit."""
    before, now = (0, 1), (1, 0)
    rest = value
    while True:
        whole = rest.numerator // rest.denominator
        following = (whole * now[0] + before[0], whole * now[1] + before[1])
        if following[1] > most:
            return now
        before, now = now, following
        if rest == whole:
            return now
        rest = 1 / (rest - whole)
