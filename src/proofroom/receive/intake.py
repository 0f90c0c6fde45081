"""The intake statement: six questions about a delivery, each of which may be answered with "unknown".

There is no question about the source, and none may be added: who gave the cache belongs neither into the
case nor onto the same disk. What was done to the cache before it came makes some signals not testable, so
that answer may be a list of known words; `Intake.alterations` gives them to whoever tests such signals.
"""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Final

from proofroom.errors import BadIntake, BadMember
from proofroom.receive.keys import check_handle

UNKNOWN: Final = "unknown"
NOTHING: Final = "nothing"
ALTERATIONS: Final = ("selected", "renamed", "converted", "decrypted")
"""What may have been done to a cache before it came, in the words that checks understand."""
LONGEST: Final = 2_000
_LARGEST_FILE: Final = 64 << 10

QUESTIONS: Final = {
    "taken_by": "Who took it in? (a handle, never a real name)",
    "when": "When? (a month is enough: 2026-03)",
    "medium": "On what medium did it come? (a stick, a download, paper scans …)",
    "done_before": "What was done to it before? (selected, renamed, converted, decrypted, nothing …)",
    "known_missing": "What is known to be missing?",
    "conditions": "Which conditions did the giver set? (embargo, names, uses …)",
}
_SOURCE_WORDS: Final = (
    "source",
    "giver",
    "leaker",
    "informant",
    "whistleblower",
    "sender",
    "contact",
    "from",
)


@dataclass(frozen=True, slots=True)
class Intake:
    """The answers, as they stand in `case.toml` and in the custody log."""

    taken_by: str = UNKNOWN
    when: str = UNKNOWN
    medium: str = UNKNOWN
    done_before: str = UNKNOWN
    known_missing: str = UNKNOWN
    conditions: str = UNKNOWN

    def facts(self) -> dict[str, str]:
        """Give the answers by question."""
        return asdict(self)

    def alterations(self) -> frozenset[str] | None:
        """Give what is known to have been done to the cache before; None when nobody knows, or only in words."""
        words = {word.strip() for word in self.done_before.split(",")}
        if words == {NOTHING}:
            return frozenset()
        return frozenset(words) if words <= set(ALTERATIONS) else None


def read_intake(path: Path, default: Intake | None = None) -> Intake:
    """Read an intake statement from a TOML file; raises BadIntake with the line or the key that is wrong."""
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST_FILE + 1)
        if len(data) > _LARGEST_FILE:
            raise BadIntake(f"{path.name} is too large for an intake statement", remedy="Shorten it.")
        document = tomllib.loads(data.decode("utf-8"))
    except FileNotFoundError:
        raise BadIntake(f"there is no file {path}") from None
    except OSError as failure:
        raise BadIntake(f"{path.name} cannot be read: {failure.strerror}") from None
    except UnicodeDecodeError:
        raise BadIntake(f"{path.name} is not UTF-8", remedy="Save it as UTF-8.") from None
    except (tomllib.TOMLDecodeError, RecursionError) as failure:
        raise BadIntake(f"{path.name}: {failure}") from None
    return intake_of(document, default)


def intake_of(document: dict[str, Any], default: Intake | None = None) -> Intake:
    """Check the answers; raises BadIntake for an unknown question, and above all for one about the source."""
    known = [one.name for one in fields(Intake)]
    answers: dict[str, str] = {}
    for key, answer in document.items():
        if key not in known:
            _refuse(key, known)
        answers[key] = _answer(key, answer)
    intake = replace(default or Intake(), **answers)
    if intake.taken_by != UNKNOWN:
        try:
            check_handle(intake.taken_by)
        except BadMember as failure:
            raise BadIntake(f"taken_by: {failure.what}", remedy=failure.advice) from None
    return intake


def _answer(key: str, answer: Any) -> str:
    """Check one answer: a text, or for `done_before` a list of known words."""
    if key == "done_before" and isinstance(answer, list):
        if not answer or not all(word in ALTERATIONS for word in answer):
            words = ", ".join(ALTERATIONS)
            raise BadIntake(
                "the list in done_before holds an unknown word",
                remedy=f"The words are {words}; or write a text.",
            )
        return ", ".join(word for word in ALTERATIONS if word in answer)
    if not isinstance(answer, str) or not answer.strip():
        raise BadIntake(
            f"the answer to {key} is not a text", remedy='Write the answer in quotes, or "unknown".'
        )
    if len(answer) > LONGEST:
        raise BadIntake(f"the answer to {key} has more than {LONGEST} characters", remedy="Shorten it.")
    return answer.strip()


def _refuse(key: str, known: list[str]) -> None:
    """Refuse a key that is no question; one about the source with its own words."""
    if any(word in key.lower() for word in _SOURCE_WORDS):
        raise BadIntake(
            f"{key!r} asks about the source: the intake statement has no place for that",
            remedy="Remove the line, and keep what you know of the source outside the case and off this disk.",
        )
    near = difflib.get_close_matches(key, known, 1)
    hint = f"Did you mean {near[0]}?" if near else f"The questions are {', '.join(known)}."
    raise BadIntake(f"{key!r} is no question of the intake statement", remedy=hint)
