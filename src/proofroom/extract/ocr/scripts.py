"""Tells by the characters of a text in which script it stands, and whether an engine could read it at all."""

from __future__ import annotations

from typing import Final

_RANGES: Final = (
    ("Han", 0x2E80, 0x2FDF),
    ("Han", 0x3005, 0x3007),
    ("Han", 0x3400, 0x4DBF),
    ("Han", 0x4E00, 0x9FFF),
    ("Han", 0xF900, 0xFAFF),
    ("Han", 0x20000, 0x323AF),
    ("Arab", 0x0600, 0x06FF),
    ("Arab", 0x0750, 0x077F),
    ("Arab", 0x08A0, 0x08FF),
    ("Arab", 0xFB50, 0xFDFF),
    ("Arab", 0xFE70, 0xFEFF),
    ("Latn", 0x0041, 0x005A),
    ("Latn", 0x0061, 0x007A),
    ("Latn", 0x00C0, 0x024F),
)


def script_of(untrusted_text: str) -> str:
    """Give the script of most letters: `Han`, `Arab`, `Latn`, or "" where there is no letter of these."""
    counts = {"Han": 0, "Arab": 0, "Latn": 0}
    for character in untrusted_text:
        script = _script(ord(character))
        if script:
            # A Han character says as much as a short word.
            counts[script] += 3 if script == "Han" else 1
    most = max(counts, key=lambda script: counts[script])
    return most if counts[most] else ""


def _script(code: int) -> str:
    for script, first, last in _RANGES:
        if first <= code <= last:
            return script
    return ""
