"""The whole flow as one table: which stage reads which nouns, makes which, in which room, at which version.

What a stage makes is keyed by the digests of what it read and by its version: a run resumes where it
stopped, redoes only what changed, and says why.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from proofroom.errors import WrongUse
from proofroom.extract import VERSION as EXTRACT_VERSION
from proofroom.extract.ocr import VERSION as OCR_VERSION
from proofroom.search import VERSION as SEARCH_VERSION


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the flow; `reads` and `makes` are nouns of the model."""

    name: str
    reads: tuple[str, ...]
    makes: tuple[str, ...]
    room: str
    version: str
    promise: str


STAGES: Final = (
    Stage(
        "extract",
        ("artifact", "occurrence"),
        ("piece", "artifact", "occurrence"),
        "proofroom.extract",
        EXTRACT_VERSION,
        "every artifact is read in the sandbox and ends in one state; its members become occurrences",
    ),
    Stage(
        "search",
        ("piece", "occurrence"),
        ("index",),
        "proofroom.search",
        SEARCH_VERSION,
        "every cell, line, property and name can be found, with its exact address",
    ),
    Stage(
        "ocr",
        ("artifact",),
        ("piece", "index"),
        "proofroom.extract",
        OCR_VERSION,
        "every page that is a picture is read by an engine, beside everything else and after it",
    ),
)
"""In the order in which `run` does them; receive comes before and is a command of its own."""


def stages_named(names: tuple[str, ...]) -> tuple[Stage, ...]:
    """Give the stages asked for, in the order of the flow; all of them for no names. Raises WrongUse."""
    known = {stage.name for stage in STAGES}
    for name in names:
        if name not in known:
            message = f"there is no stage {name!r}; the stages are {', '.join(sorted(known))}"
            raise WrongUse(message)
    return tuple(stage for stage in STAGES if not names or stage.name in names)
