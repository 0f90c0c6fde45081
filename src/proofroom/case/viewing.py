"""What a reading command sees: everything through the mask, or with a reason without it, and then on record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Final

from proofroom.case.renderings import answering, listed
from proofroom.case.tables import Rows
from proofroom.model.custody import Act, Event

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from proofroom.case.looking import Looking
    from proofroom.receive.custody import CustodyLog
    from proofroom.values.masking import Mask

_TOGETHER: Final = 10_000
"""Lines that are counted before they are given; a longer answer is one event for each so many."""


@dataclass(frozen=True, slots=True)
class Revealing:
    """Who looks without the mask, and why; what is given stands in the log before anybody sees it."""

    log: CustodyLog
    clock: Callable[[], str]
    by: str
    why: str
    what: str

    def note(self, selection: Mapping[str, Any], lines: int) -> None:
        """Enter one look into the log: what was asked for, and how many lines are given."""
        facts = {"what": self.what, "why": self.why, "selection": dict(selection), "lines": lines}
        self.log.append([Event(Act.REVEAL, self.clock(), self.by, facts)])

    def give(self, selection: Mapping[str, Any], lines: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """Give lines after they were entered; the total of a search is no line."""
        rest = iter(lines)
        batch = list(islice(rest, _TOGETHER))
        while True:
            self.note(selection, sum("total" not in line for line in batch))
            yield from batch
            batch = list(islice(rest, _TOGETHER))
            if not batch:
                return


@dataclass(slots=True)
class View:
    """What a reading command sees: everything through one mask, closed or open."""

    looking: Looking
    mask: Mask
    revealing: Revealing | None = None

    def artifacts(
        self, state: str | None = None, limit: int = 0, *, where: str | None = None
    ) -> Iterator[dict[str, Any]]:
        """Give one line per occurrence."""
        lines = self.looking.accounting().artifacts(self.mask, state, limit, where)
        chosen = {} if where is None else {"where": where}
        return self.given({"state": state, "limit": limit} | chosen, lines)

    def show(self, address: str) -> list[dict[str, Any]]:
        """Give what stands at an address."""
        return list(self.given({"where": address}, self.looking.show(address, self.mask)))

    def search(
        self, query: str, limit: int = 50, *, exact: bool = False, rendered: bool = False
    ) -> Iterator[dict[str, Any]]:
        """Give the hits of a query, the total last; `rendered` also those in translations and transcripts, first."""
        lines: Iterable[dict[str, Any]] = self.looking.search(query, self.mask, limit, exact=exact)
        if rendered:
            found = answering(self.looking.renderings(), query, self.mask, exact=exact)
            lines = chain(islice(found, limit or None), lines)
        return self.given({"query": query, "limit": limit, "exact": exact}, lines)

    def renderings(self, address: str | None = None, state: str | None = None) -> list[dict[str, Any]]:
        """Give a line per translation and transcript: of all, or of an artifact or address."""
        where = None if address is None else str(self.looking.resolve(address))
        lines = listed(self.looking.renderings(), self.mask, where, state)
        return list(self.given({"renderings": address, "state": state}, lines))

    def duplicates(self, least: float) -> Iterator[dict[str, Any]]:
        """Give what was found several times: the same bytes, and texts as alike as that."""
        from proofroom.case.duplicates import duplicate_lines

        return self.given({"duplicates": least}, duplicate_lines(self.looking.journal, self.mask, least))

    def texts(self, addresses: Sequence[str]) -> list[tuple[str, str]]:
        """Give the texts below some addresses with their own addresses, to be rendered; an open look is on record."""
        from proofroom.case.rendering import masked_where
        from proofroom.case.rendering_texts import StoredTexts

        stored = StoredTexts(self.looking)
        found = [
            (masked_where(where, self.mask), str(self.mask.text(text)))
            for address in addresses
            for where, text in stored.texts_of(self.looking.resolve(address))
        ]
        if self.revealing is not None:
            self.revealing.note({"texts": list(addresses)}, len(found))
        return found

    def intake_report(self, out: Path | None = None) -> dict[str, Any]:
        """Give what came in and what became of it; with `out` also as a page there, and a table beside it."""
        from proofroom.case.intake_page import write_report
        from proofroom.case.intake_report import IntakeReport

        report = IntakeReport(self.looking, self.mask)
        document = report.document()
        if self.revealing is not None:
            self.revealing.note({"report": "intake"}, sum(group["count"] for group in document["unread"]))
        if out is not None:
            document["beside"] = write_report(document, report.unread_lines(), out).name
        return document

    def sql(self, query: str) -> Rows:
        """Give the rows of one SELECT."""
        from proofroom.store.sql import run_sql

        table = run_sql(self.looking.derived, query, self.mask)
        if self.revealing is not None:
            self.revealing.note({"sql": query}, table.num_rows)
        return Rows(table)

    def given(
        self, selection: Mapping[str, Any], lines: Iterable[dict[str, Any]]
    ) -> Iterator[dict[str, Any]]:
        """Pass lines on; without the mask, once they were entered into custody."""
        return iter(lines) if self.revealing is None else self.revealing.give(selection, lines)
