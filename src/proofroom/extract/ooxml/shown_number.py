"""Show a stored number as a spreadsheet program would: General, fixed, thousands, percent, scientific.

Numbers are rounded half away from zero on their first 15 significant digits, which is all that the
programs keep.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Final

from proofroom.extract.ooxml.format_code import Section, Token

_DIGITS: Final = 15
_WIDTH: Final = 11
_GENERAL_SMALL: Final = -4
_MOST_PLACES: Final = 64
_WIDE: Final = Context(prec=400, rounding=ROUND_HALF_UP)
_NARROW: Final = Context(prec=_DIGITS, rounding=ROUND_HALF_UP)


def general(value: float) -> str:
    """Show a number in General: at most 11 characters, else scientific with six digits."""
    if value == 0:
        return "0"
    exponent = int(f"{value:.15e}".partition("e")[2])
    if value == int(value) and exponent < _WIDTH:
        return str(int(value))
    if _GENERAL_SMALL <= exponent <= -1:
        shown = f"{value:.{10 + exponent}g}"
        return _plain(Decimal(shown))
    if -_WIDTH < exponent < _WIDTH:
        shown = _fitted(value, exponent)
        if shown:
            return shown
    return _scientific(value)


def _fitted(value: float, exponent: int) -> str:
    """Show a number in eleven characters, "" when it does not fit."""
    width = _WIDTH + (value < 0)
    exact = _plain(Decimal(f"{value:.12f}"))
    if len(exact) <= width:
        return exact
    if exponent < 0:
        return ""
    rounded = _plain(Decimal(f"{value:.{max(_WIDTH - 2 - exponent, 0)}f}"))
    return rounded if len(rounded) <= width else ""


def _plain(number: Decimal) -> str:
    """Write a decimal without exponent and without trailing zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _scientific(value: float) -> str:
    """Write 1.23457E+11: six digits, trailing zeros dropped, two digits of exponent."""
    mantissa, _, exponent = f"{value:.5e}".partition("e")
    return f"{_plain(Decimal(mantissa))}E{exponent[0]}{exponent[1:]}"


@dataclass(frozen=True, slots=True)
class NumberLayout:
    """One number section ready for use: what stands before, between and behind the digits.

    simple: how Python writes such a number, "" where placeholders must be filled one by one. step: the
    last decimal shown. group: what the exponent is a multiple of, 3 in `##0.0E+0`.
    """

    before: str
    whole: tuple[Token, ...]
    decimals: tuple[Token, ...]
    exponent: tuple[Token, ...]
    exponent_sign: str
    behind: str
    point: bool
    thousands: bool
    power: int
    step: Decimal = Decimal(1)
    simple: str = ""
    group: int = 1


def layout(section: Section) -> NumberLayout | None:
    """Prepare a number section; None when it holds something that is not rendered."""
    tokens = list(section.tokens)
    places = [place for place, token in enumerate(tokens) if token.kind == "digit" or token.text == "."]
    if not places:
        literal = all(token.kind == "literal" or token.text == "%" for token in tokens)
        text = "".join(token.text for token in tokens)
        return (
            NumberLayout(text, (), (), (), "", "", point=False, thousands=False, power=0) if literal else None
        )
    first, last = places[0], places[-1]
    while last + 1 < len(tokens) and tokens[last + 1] == Token("mark", ","):
        last += 1
    before, behind = _literals(tokens[:first]), _literals(tokens[last + 1 :])
    if before is None or behind is None:
        return None
    return _digits(tokens, tokens[first : last + 1], before, behind)


def _digits(tokens: list[Token], body: list[Token], before: str, behind: str) -> NumberLayout | None:
    """Divide the digits of a section into whole part, decimals and exponent."""
    power = 2 * sum(token == Token("mark", "%") for token in tokens)
    exponent_at = [place for place, token in enumerate(body) if token.kind == "exponent"]
    exponent = tuple(body[exponent_at[0] + 1 :]) if exponent_at else ()
    mantissa = body[: exponent_at[0]] if exponent_at else body
    points = [place for place, token in enumerate(mantissa) if token == Token("mark", ".")]
    if len(points) > 1 or len(exponent_at) > 1 or any(token.kind != "digit" for token in exponent):
        return None
    whole = mantissa[: points[0]] if points else mantissa
    decimals = mantissa[points[0] + 1 :] if points else []
    for part in (decimals, whole):
        while part and part[-1] == Token("mark", ","):
            part.pop()
            power -= 3
    thousands = Token("mark", ",") in whole
    whole = [token for token in whole if token != Token("mark", ",")]
    if any(token.kind not in ("digit", "literal") for token in (*whole, *decimals)):
        return None
    group = sum(token.kind == "digit" for token in whole) if exponent else 1
    alone = group == 1 or (whole[-1].text == "0" and all(token.text == "#" for token in whole[:-1]))
    if len(whole) + len(decimals) > _MOST_PLACES or not group or not alone:
        return None
    sign = body[exponent_at[0]].text if exponent_at else ""
    plain = all(token.text == "0" for token in decimals) and bool(points) == bool(decimals)
    plain = plain and [token.text for token in whole if token.text != "#"] == ["0"] and whole[-1].text == "0"
    return NumberLayout(
        before, tuple(whole), tuple(decimals), exponent, sign, behind, bool(points), thousands, power,
        Decimal(1).scaleb(-sum(token.kind == "digit" for token in decimals)),
        "" if exponent_at or not plain else (",f" if thousands else "f"), group,
    )  # fmt: skip


def _literals(tokens: list[Token]) -> str | None:
    """Join what is printed as it stands; None when something else is among it."""
    if any(token.kind != "literal" and token.text != "%" for token in tokens):
        return None
    return "".join(token.text for token in tokens)


def show_number(value: Decimal, plan: NumberLayout) -> str:
    """Show a number that is not negative."""
    if not plan.whole and not plan.decimals and not plan.point:
        return plan.before
    value = _NARROW.plus(value)
    if plan.power:
        value = value.scaleb(plan.power, _WIDE)
    if plan.simple:
        return f"{plan.before}{format(value.quantize(plan.step, context=_WIDE), plan.simple)}{plan.behind}"
    exponent = ""
    if plan.exponent_sign:
        power = value.adjusted() // plan.group * plan.group if value else 0
        mantissa = value.scaleb(-power, _WIDE)
        if _rounded(mantissa, plan) >= 10**plan.group:
            power, mantissa = power + plan.group, mantissa.scaleb(-plan.group, _WIDE)
        value = mantissa
        sign = "-" if power < 0 else plan.exponent_sign[1].replace("-", "")
        exponent = f"E{sign}{abs(power):0{len(plan.exponent)}d}"
    whole, _, decimals = f"{_rounded(value, plan):f}".partition(".")
    shown = _whole(whole, plan) + ("." if plan.point else "") + _decimals(decimals, plan)
    return plan.before + shown + exponent + plan.behind


def _rounded(value: Decimal, plan: NumberLayout) -> Decimal:
    """Round to the decimals shown."""
    return value.quantize(plan.step, context=_WIDE)


def _whole(digits: str, plan: NumberLayout) -> str:
    """Write the whole part, from the right, through placeholders and the literals between them."""
    left = digits.lstrip("0")
    out: list[str] = []
    count = 0
    holders = sum(token.kind == "digit" for token in plan.whole)
    for token in reversed(plan.whole):
        if token.kind == "literal":
            out.append(token.text)
            continue
        holders -= 1
        taken = left if holders == 0 else left[-1:]
        left = left[: len(left) - len(taken)]
        for digit in reversed(taken or {"0": "0", "?": " "}.get(token.text, "")):
            if plan.thousands and count and count % 3 == 0 and digit != " ":
                out.append(",")
            out.append(digit)
            count += 1
    return "".join(reversed(out)) if plan.whole else left


def _decimals(digits: str, plan: NumberLayout) -> str:
    """Write the decimals; `#` leaves out a zero at the end, `?` makes it a space."""
    out = []
    at = 0
    for token in plan.decimals:
        if token.kind == "literal":
            out.append(token.text)
            continue
        rest = digits[at:].strip("0")
        digit = digits[at] if at < len(digits) else "0"
        out.append(digit if rest or token.text == "0" else {"#": "", "?": " "}[token.text])
        at += 1
    return "".join(out)
