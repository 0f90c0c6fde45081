"""Renderings: translations and transcripts of pieces, who or which engine made each, and who vouches for it.

They lie beside the original and never in its place: several per piece, none of them evidence of what the
original says. What stands in `hand/renderings.jsonl` are signed lines of two kinds (docs/spec/renderings.md):
`made` adds some, `judged` says in which state some are from now on. Nothing is ever taken out.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

FILE: Final = "renderings"
"""The name of the file of decisions in which they stand."""

_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,6}\Z")
_SHORT: Final = 12


class RenderingKind(StrEnum):
    """What a rendering is of its piece."""

    TRANSLATION = "translation"
    TRANSCRIPT = "transcript"


class RenderingState(StrEnum):
    """How far somebody vouches for a rendering."""

    DRAFT = "draft"
    CHECKED = "checked"
    CERTIFIED = "certified"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Rendering:
    """One rendering of the piece at an address.

    where: the address in its full form. language: a tag as in BCP 47. by: who made it, or the engine with its
    version where `machine`. original: the SHA-256 of the text it was made of, "" where it is of no text (a
    recording, a picture). judged_by: the member whose word its state is.
    """

    id: str
    where: str
    kind: RenderingKind
    language: str
    untrusted_text: str
    by: str
    machine: bool
    state: RenderingState
    original: str
    entered_by: str
    judged_by: str

    @property
    def transcribes(self) -> bool:
        """Say whether it makes a recording a read one: a person wrote it down, or has checked what a machine wrote."""
        own = not self.machine and self.state is RenderingState.DRAFT
        return self.kind is RenderingKind.TRANSCRIPT and (own or self.counts)

    @property
    def counts(self) -> bool:
        """Say whether it may stand where only checked renderings may: machine output never does by itself."""
        return self.state in (RenderingState.CHECKED, RenderingState.CERTIFIED)


def is_language(tag: str) -> bool:
    """Say whether a word has the form of a language tag (BCP 47): en, zh-Hans, ug-Arab."""
    return _LANGUAGE.match(tag) is not None


def digest_of_text(text: str) -> str:
    """Give the SHA-256 of a piece's stored text, by which it shows whether a rendering is of this text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def rendering_id(line: str, number: int) -> str:
    """Give the id of a rendering: its line's, and its number in it from 1."""
    return f"{line[:_SHORT]}.{number}"


def fold(lines: Iterable[tuple[str, str, Mapping[str, Any]]]) -> tuple[dict[str, Rendering], int]:
    """Give the renderings by their ids, from lines as (id, member, body) in their order; and how many lines are none.

    The last judgement in the order of the file counts. A line of another form says nothing, and is counted.
    """
    found: dict[str, Rendering] = {}
    strange = 0
    judgements: list[tuple[str, Mapping[str, Any]]] = []
    for line, member, body in lines:
        try:
            if body["act"] == "made":
                found.update(_made(line, member, body))
            elif body["act"] == "judged":
                judgements.append((member, body))
            else:
                strange += 1
        except (KeyError, TypeError, ValueError, AttributeError):
            strange += 1
    # After all that was made: a judgement of another member may stand before what it judges.
    for member, body in judgements:
        try:
            state, ids = RenderingState(body["state"]), [str(one) for one in body["renderings"]]
        except (KeyError, TypeError, ValueError):
            strange += 1
            continue
        for one in ids:
            if one in found:
                found[one] = replace(found[one], state=state, judged_by=member)
    return found, strange


def _made(line: str, member: str, body: Mapping[str, Any]) -> dict[str, Rendering]:
    """Read one line that adds renderings."""
    made: dict[str, Rendering] = {}
    machine = body["machine"] is True
    state = RenderingState.DRAFT if machine else RenderingState(body["state"])
    for number, item in enumerate(body["items"], 1):
        one = Rendering(
            rendering_id(line, number),
            str(item["where"]),
            RenderingKind(body["kind"]),
            str(item.get("language") or body["language"]),
            str(item["text"]),
            str(body["by"]),
            machine,
            state,
            str(item.get("original") or ""),
            member,
            member,
        )
        made[one.id] = one
    return made
