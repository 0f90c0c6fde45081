"""Compares what engines read from the world's scanned pages with what stands on them, character by character."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from proofroom.world.score import Score, facts

_SHOWN_PROBLEMS = 20


def score_ocr(truth: Path, lines: Iterable[tuple[str, int, str]]) -> list[Score]:
    """Score lines given as (path, page, text): characters, blanks left out, and lines found whole on their page.

    Only pages of which anything was given count: OCR may be asked for some pages alone. Raises BadSource.
    """
    read: dict[tuple[str, int], list[str]] = {}
    for path, page, text in lines:
        read.setdefault((path, page), []).append(_plain(text))
    wanted: dict[tuple[str, int], list[str]] = {}
    for (path, parts), row in facts(truth, "lines").items():
        number = dict(parts).get("page", "")
        if row["needs"] == "ocr" and number.isdecimal() and (path, int(number)) in read:
            wanted.setdefault((path, int(number)), []).append(_plain(str(row["raw"])))
    expected = sum(len("".join(texts)) for texts in wanted.values())
    found = sum(len("".join(read[at])) for at in wanted)
    errors = sum(distance("".join(texts), "".join(read[at])) for at, texts in wanted.items())
    missing = [
        f"missing {path} page {page}: {text}"
        for (path, page), texts in sorted(wanted.items())
        for text in texts
        if text not in "".join(read[path, page])
    ]
    of = sum(map(len, wanted.values()))
    return [
        Score("ocr:characters", expected, found, max(expected - errors, 0)),
        Score("ocr:lines", of, of - len(missing), of - len(missing), tuple(missing[:_SHOWN_PROBLEMS])),
    ]


def distance(one: str, other: str) -> int:
    """Count the characters to be put in, taken out or changed to make one text of another (Levenshtein)."""
    before = list(range(len(other) + 1))
    for row, sign in enumerate(one, 1):
        now = [row]
        for column, beside in enumerate(other, 1):
            now.append(min(before[column] + 1, now[-1] + 1, before[column - 1] + (sign != beside)))
        before = now
    return before[-1]


def _plain(text: str) -> str:
    return "".join(text.split())
