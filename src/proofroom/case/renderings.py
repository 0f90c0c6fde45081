"""Looking at renderings: those of an address, all of them, those that answer a query; through the mask."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from proofroom.case.folder import CaseFile
from proofroom.errors import WrongUse
from proofroom.model.renderings import FILE, Rendering, RenderingState, digest_of_text, fold
from proofroom.model.where import parse_where
from proofroom.receive.hand_file import HandFile
from proofroom.values.masking import Mask

_STATES: Final = tuple(RenderingState)


@dataclass(slots=True)
class Renderings:
    """The renderings of a case, as its signed lines have them now."""

    folder: Path
    _held: dict[str, Rendering] = field(default_factory=dict)
    _known: tuple[int, int] = (-1, -1)
    strange: int = 0

    def all(self) -> dict[str, Rendering]:
        """Give all by their ids; the file is read again only when it changed."""
        path = self.folder / "hand" / f"{FILE}.jsonl"
        try:
            status = path.stat()
        except FileNotFoundError:
            return {}
        if (status.st_size, status.st_mtime_ns) != self._known:
            reading = HandFile(self.folder, FILE, CaseFile.read(self.folder).signers()).read()
            self._held, self.strange = fold((line.id, line.by, line.body) for line in reading.lines)
            self._known = (status.st_size, status.st_mtime_ns)
        return self._held

    def of(self, where: str) -> list[Rendering]:
        """Give those of one address, and of nothing inside it, that were not withdrawn."""
        return [
            one
            for one in self.all().values()
            if one.where == where and one.state is not RenderingState.WITHDRAWN
        ]

    def transcribed(self) -> set[str]:
        """Give the digests of the artifacts of which there is a transcript that counts."""
        return {parse_where(one.where).artifact for one in self.all().values() if one.transcribes}

    def named(self, ids: Sequence[str]) -> list[Rendering]:
        """Give those with these ids; raises WrongUse for one that is not there."""
        held = self.all()
        missing = [one for one in ids if one not in held]
        if missing:
            raise WrongUse(
                f"there is no rendering {', '.join(missing)}",
                remedy="`proofroom renderings CASE list` names them.",
            )
        return [held[one] for one in ids]


def rendering_line(one: Rendering, mask: Mask, stored_text: str | None = None) -> dict[str, Any]:
    """Render a rendering as a line: what it says through the mask, and beside it who or what says so.

    `stored_text` is the text of its piece today: where it is not the one that was rendered, that is said.
    """
    from proofroom.case.rendering import masked_where

    line: dict[str, Any] = {
        "id": one.id,
        "where": masked_where(parse_where(one.where), mask),
        "kind": one.kind.value,
        "language": one.language,
        "text": mask.text(one.untrusted_text),
        "by": mask.text(one.by),
        "machine": one.machine,
        "state": one.state.value,
        "judged_by": one.judged_by,
    }
    if one.original and stored_text is not None:
        line["of_another_text"] = digest_of_text(stored_text) != one.original
    return line


def lines_of(renderings: Renderings, where: str, stored_text: str | None, mask: Mask) -> list[dict[str, Any]]:
    """Give a line for each rendering of one address."""
    return [rendering_line(one, mask, stored_text) for one in renderings.of(where)]


def listed(
    renderings: Renderings, mask: Mask, where: str | None, state: str | None
) -> Iterator[dict[str, Any]]:
    """Give a line for each, in one state or in any that is not withdrawn, of one artifact or address or of all."""
    if state is not None and state not in _STATES:
        raise WrongUse(f"there is no state {state!r}", remedy=f"The states are {', '.join(_STATES)}.")
    for one in renderings.all().values():
        wanted = one.state == state if state else one.state is not RenderingState.WITHDRAWN
        if wanted and (
            where is None or one.where == where or one.where.startswith((f"{where}#", f"{where}&"))
        ):
            yield rendering_line(one, mask)


def answering(
    renderings: Renderings, query: str, mask: Mask, *, exact: bool = False
) -> Iterator[dict[str, Any]]:
    """Give the renderings that hold what a query asks for, as hits of their own kind."""
    from proofroom.search.find import find_in
    from proofroom.search.query import parse
    from proofroom.store.index_entries import IndexHit

    held = [one for one in renderings.all().values() if one.state is not RenderingState.WITHDRAWN]
    docs = [IndexHit(one.id, "rendering", (("", 0),), 0.0) for one in held]
    by_id = {one.id: one for one in held}
    for hit in find_in(docs, [one.untrusted_text for one in held], parse(query), exact=exact):
        one = by_id[hit.artifact]
        line = rendering_line(one, mask)
        text, spans = mask.around(hit.snippet, [(start, end) for start, end in hit.highlights])
        yield {
            "where": line.pop("where"),
            "kind": "rendering",
            "snippet": text,
            "highlights": [list(span) for span in spans],
            "rendering": {name: value for name, value in line.items() if name != "text"},
        }
