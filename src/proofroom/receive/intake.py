"""The intake statement: six questions about a delivery, each of which may be answered with "unknown".

There is no question about the source, and none may be added: who gave the cache belongs neither into the
case nor onto the same disk. What was done to the cache before it came makes some signals not testable.
"""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final

from proofroom.errors import BadIntake

UNKNOWN: Final = "unknown"
LONGEST: Final = 2_000

QUESTIONS: Final = {
    "taken_by": "Who took it in? (a handle, never a real name)",
    "when": "When? (a month is enough: 2026-03)",
    "medium": "On what medium did it come? (a stick, a download, paper scans …)",
    "done_before": "What was done to it before? (selected, renamed, converted, decrypted …)",
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


def read_intake(path: Path) -> Intake:
    """Read an intake statement from a TOML file; raises BadIntake with the line or the key that is wrong."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadIntake(f"there is no file {path}") from None
    except UnicodeDecodeError:
        raise BadIntake(f"{path.name} is not UTF-8") from None
    except tomllib.TOMLDecodeError as failure:
        raise BadIntake(f"{path.name}: {failure}") from None
    return intake_of(document)


def intake_of(document: dict[str, Any]) -> Intake:
    """Check the answers; raises BadIntake for an unknown question, and above all for one about the source."""
    known = [one.name for one in fields(Intake)]
    for key, answer in document.items():
        if key not in known:
            _refuse(key, known)
        if not isinstance(answer, str) or not answer.strip():
            raise BadIntake(
                f"the answer to {key} is not a text", remedy='Write the answer in quotes, or "unknown".'
            )
        if len(answer) > LONGEST:
            raise BadIntake(f"the answer to {key} has more than {LONGEST} characters", remedy="Shorten it.")
    return Intake(**{key: answer.strip() for key, answer in document.items()})


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
