"""Conditions by which artifacts are chosen: `state=damaged and size>10MB`, read here and turned into SQL.

A condition is a list of comparisons, joined by `and` or a comma; an occurrence is chosen when all hold. The
values go to SQLite as parameters, the rest is our own constants, so nothing a person types is ever executed.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Final

from proofroom.errors import BadCondition
from proofroom.model.states import Reason, State

PENDING: Final = "pending"
"""Not a state, but what stands in its place until a run has come to its end."""

FINAL_STATE: Final = f"coalesce(o.state, a.state, '{PENDING}')"
FINAL_REASON: Final = "case when o.state is null then coalesce(a.reason, '') else o.reason end"
_TEXTS: Final = {
    "state": FINAL_STATE,
    "reason": FINAL_REASON,
    "format": "coalesce(a.format, '')",
    "path": "o.path",
    "digest": "coalesce(o.digest, '')",
    "size": "o.size",
}
FIELDS: Final = ("state", "reason", "format", "version", "engine", "path", "digest", "size")
_ORDERED: Final = frozenset({"version", "size"})
_TESTS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_COMPARISON: Final = re.compile(
    r"\s*(?P<field>[^\s=!<>,'\"]+)\s*(?P<op>!=|<=|>=|=|<|>)\s*"
    r"(?P<value>\"[^\"]*\"|'[^']*'|[^\s,'\"]+)\s*"
)
_JOINT: Final = re.compile(r"(?:,|and\b)\s*", re.IGNORECASE)
_SIZE: Final = re.compile(r"(\d+(?:\.\d+)?)\s*(b|kb|mb|gb|tb|kib|mib|gib)?\Z", re.IGNORECASE)
_UNITS: Final = {
    "b": 1,
    "kb": 10**3,
    "mb": 10**6,
    "gb": 10**9,
    "tb": 10**12,
    "kib": 1 << 10,
    "mib": 1 << 20,
    "gib": 1 << 30,
}
_MOST: Final = 1 << 62
_BARE: Final = (*State, PENDING)
_OCR: Final = "exists (select 1 from ocr_pages p where p.artifact = o.digest and p.engine != '' and {})"
_VERSION: Final = (
    "coalesce((select r.version from results r where r.artifact = o.digest and r.stage = ?), '')"
)

Chosen = tuple[str, list[Any]]
"""An SQL expression over `occurrences o left join artifacts a`, and the values for its parameters."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One field compared with one value."""

    field: str
    op: str
    value: str


def parse_condition(text: str) -> tuple[Comparison, ...]:
    """Read a condition; raises BadCondition with the place where it cannot be understood.

    A state alone means `state=` that state, and `all` means everything.
    """
    if text.strip() == "all":
        return ()
    if text.strip() in _BARE:
        return (Comparison("state", "=", text.strip()),)
    found: list[Comparison] = []
    at = 0
    while True:
        part = _COMPARISON.match(text, at)
        if part is None:
            raise BadCondition(f"{text[at:].strip() or 'nothing'!r} is no comparison", at=at)
        found.append(_comparison(part))
        at = part.end()
        if at == len(text):
            return tuple(found)
        joint = _JOINT.match(text, at)
        if joint is None:
            raise BadCondition("two comparisons are joined by `and` or a comma", at=at)
        at = joint.end()


def _comparison(part: re.Match[str]) -> Comparison:
    """Check one comparison: its field, its operator and its value."""
    field, op, value = part["field"].lower(), part["op"], part["value"]
    if value[0] in "'\"":
        value = value[1:-1]
    if field not in FIELDS:
        words = f"The fields are {', '.join(FIELDS)}."
        raise BadCondition(f"there is no field {part['field']!r}", at=part.start("field"), remedy=words)
    if op not in ("=", "!=") and field not in _ORDERED:
        words = f"Use = or !=; only {' and '.join(sorted(_ORDERED))} are more or less than something."
        raise BadCondition(f"{field} has no order", at=part.start("op"), remedy=words)
    if field == "size":
        value = str(_bytes(value, part.start("value")))
    known = {"state": _BARE, "reason": tuple(Reason)}.get(field)
    if known is not None and not any(fnmatchcase(one, value) for one in known):
        words = f"Such as {', '.join(filter(None, known))}."
        raise BadCondition(f"there is no {field} {value!r}", at=part.start("value"), remedy=words)
    return Comparison(field, op, value)


def _bytes(text: str, at: int) -> int:
    """Read a size such as `10MB` (millions) or `64KiB` (of 1,024)."""
    number = _SIZE.match(text)
    if number is None:
        raise BadCondition(f"{text!r} is no size", at=at, remedy="Write bytes, or 10kB, 1.5MB, 2GB, 64KiB.")
    return min(int(float(number[1]) * _UNITS[(number[2] or "b").lower()]), _MOST)


def to_sql(condition: Sequence[Comparison], stage: str, versions: Sequence[str]) -> Chosen:
    """Turn a condition into SQL; `version` is that of the stage, of which these versions are there."""
    tests: list[str] = ["1"]
    values: list[Any] = []
    for one in condition:
        more: list[Any]
        if one.field == "version":
            fitting = [each for each in ("", *versions) if _version_fits(one, each)]
            test, more = f"{_VERSION} in ({', '.join('?' * len(fitting))})", [stage, *fitting]
        elif one.field == "size":
            test, more = f"o.size {one.op} ?", [int(one.value)]
        elif one.field == "engine":
            like, more = _like("p.engine", one.value)
            test = f"{'not ' if one.op == '!=' else ''}{_OCR.format(like)}"
        else:
            value = f"{one.value}*" if one.field == "digest" else one.value
            like, more = _like(_TEXTS[one.field], value)
            test = f"not ({like})" if one.op == "!=" else like
        tests.append(test)
        values += more
    return " and ".join(tests), values


def _like(column: str, value: str) -> Chosen:
    """Compare a text, with `*` and `?` standing for anything; other signs mean themselves."""
    if "*" in value or "?" in value:
        return f"{column} glob ?", [value.replace("[", "[[]")]
    return f"{column} = ?", [value]


def _version_fits(one: Comparison, version: str) -> bool:
    """Compare a version by its numbers; what was never read has none, and is only unlike."""
    if not version:
        return one.op == "!="
    return _TESTS[one.op](_key(version), _key(one.value))


def _key(version: str) -> list[tuple[int, int, str]]:
    """Split a version into what is compared: numbers as numbers, and before them whatever is no number."""
    parts = [part for part in re.split(r"[.\-+_]", version) if part]
    return [(1, int(part), "") if part.isascii() and part.isdigit() else (0, 0, part) for part in parts]
