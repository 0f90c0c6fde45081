"""Canonical JSON (RFC 8785): one value has one spelling, so that a signature over it means something.

Numbers are written as ECMAScript writes them; object keys are sorted by their UTF-16 code units. What
RFC 8785 cannot write (NaN, infinities, integers beyond 2^53, lone surrogates) is refused. Reading is as
strict: a second key of the same name, a huge integer or a lone surrogate is refused, not guessed at.
"""

from __future__ import annotations

import json
import math
from typing import Any, Final, NoReturn

SAFE: Final = 2**53 - 1
"""The largest integer that every reader of JSON holds exactly."""


def dumps(value: Any) -> bytes:
    """Write a value as canonical JSON in UTF-8; raises ValueError for what has no canonical form."""
    try:
        return _write(value).encode()
    except RecursionError:
        raise ValueError("nested too deep") from None


def loads_strict(data: bytes) -> Any:
    """Read JSON that has one meaning only; raises ValueError for anything two readers could read apart."""
    try:
        value = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_no_twice,
            parse_int=_safe_int,
            parse_float=_finite,
            parse_constant=_no_constant,
        )
        _check_text(value)
    except RecursionError:
        raise ValueError("nested too deep") from None
    return value


def _write(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, int):
        if abs(value) > SAFE:
            raise ValueError(f"the integer {value} is beyond 2^53")
        return str(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(_write(one) for one in value) + "]"
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise ValueError("a key that is no text")
        keys = sorted(value, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(f"{_string(key)}:{_write(value[key])}" for key in keys) + "}"
    raise ValueError(f"a {type(value).__name__} has no canonical form")


def _string(text: str) -> str:
    """Write a string; json's own escapes for quotes, backslash and controls are those of RFC 8785."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("a lone surrogate") from None
    return json.dumps(text, ensure_ascii=False)


def _number(number: float) -> str:
    """Write a number as ECMAScript does (ECMA-262, Number::toString), from Python's shortest digits."""
    if not math.isfinite(number):
        raise ValueError("a number that is not finite")
    if number == 0:
        return "0"
    sign = "-" if number < 0 else ""
    mantissa, _, power = repr(abs(number)).partition("e")
    digits = mantissa.replace(".", "")
    point = len(mantissa.partition(".")[0]) + int(power or 0)
    stripped = digits.lstrip("0")
    point -= len(digits) - len(stripped)
    digits = stripped.rstrip("0")
    return sign + _place_point(digits, point)


def _place_point(digits: str, point: int) -> str:
    """Put the decimal point after so many digits, or write an exponent where ECMAScript does."""
    if len(digits) <= point <= 21:
        return digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return "0." + "0" * -point + digits
    power = point - 1
    mantissa = digits[0] + (f".{digits[1:]}" if len(digits) > 1 else "")
    return f"{mantissa}e{'+' if power > 0 else '-'}{abs(power)}"


def _no_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key!r} stands twice")
        found[key] = value
    return found


def _safe_int(digits: str) -> int:
    if len(digits) > 17 or abs(int(digits)) > SAFE:
        raise ValueError("an integer beyond 2^53")
    return int(digits)


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("a number beyond what a double holds")
    return number


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _check_text(value: Any) -> None:
    """Refuse lone surrogates, which json.loads lets through as escapes."""
    if isinstance(value, str):
        _string(value)
    elif isinstance(value, list):
        for one in value:
            _check_text(one)
    elif isinstance(value, dict):
        for key, one in value.items():
            _string(key)
            _check_text(one)
