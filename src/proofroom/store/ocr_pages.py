"""Which pages wait for OCR, which are done, and what that says of their artifact: the journal's side of OCR.

What an artifact is, says the stage `extract`; what OCR made of it lies above that and can be taken away
again. So an artifact keeps both states: the one before OCR, which the content digest is made of, and the
one that is shown. Pages that are read wait here, as texts of JSON, until all of their artifact are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from proofroom.model.states import Reason, State
from proofroom.store.journal import Journal

OCR: Final = "ocr"
"""The stage of what our own engines read; a version from elsewhere stands under `ocr:NAME`."""

PAGE, PICTURE = "page", "picture"
"""What waits: a page of a document, or a picture that looks like one. They cost unlike times, documents first."""

DONE, FAILED, NO_ENGINE = "done", "failed", "no-engine"
"""What became of a page; one without an engine for its script waits on."""

_RANGE: Final = re.compile(r"([1-9][0-9]{0,8})(?:-([1-9][0-9]{0,8}))?\Z")
_ALL: Final = """select w.artifact, w.pages, w.kind, w.asked, a.size, a.home, r.version,
    (select o.path_bytes from occurrences o where o.digest = w.artifact order by o.id limit 1) as path_bytes,
    (select min(o.id) from occurrences o where o.digest = w.artifact) as first
  from ocr_wanted w join artifacts a on a.digest = w.artifact
  left join results r on r.artifact = w.artifact and r.stage = 'ocr'
  where a.state is not null
    and exists (select 1 from occurrences o where o.digest = w.artifact and o.state is not 'refused')"""
_LET_GO: Final = """update artifacts set state = before_state, reason = before_reason,
  before_state = null, before_reason = null where digest = ? and before_state is not null and state is not null"""
_SETTLE: Final = """update artifacts set before_state = state, before_reason = reason,
    state = (select case when covered then 'read' else state end from ocr_wanted where artifact = digest),
    reason = (select case when covered then 'ocr-read' else reason end from ocr_wanted where artifact = digest)
  where digest = ? and state = ? and reason = ?
    and exists (select 1 from ocr_wanted where artifact = digest and (covered or state is not null))"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An artifact with pages that wait: those still to be read, of all that are wanted."""

    artifact: str
    size: int
    home: str
    untrusted_path: bytes
    kind: str
    pages: tuple[int, ...]
    wanted: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PageDone:
    """What became of one page: its state and reason, which engine read it, and what it read as JSON."""

    page: int
    state: str
    reason: Reason
    engine: str = ""
    confidence: int = 0
    lines: int = 0
    seconds: float = 0.0
    reading: str | None = None


def page_numbers(ranges: str, most: int) -> tuple[int, ...]:
    """Read `1,3-7`, which a child may have written wrongly: what is no number, and beyond `most`, is left out."""
    found: set[int] = set()
    for part in ranges.split(","):
        numbers = _RANGE.match(part.strip())
        if numbers:
            first, last = int(numbers[1]), int(numbers[2] or numbers[1])
            found.update(range(first, min(last, most) + 1))
    return tuple(sorted(found))[:most]


class OcrPages:
    """The journal's tables about OCR."""

    def __init__(self, journal: Journal, most_pages: int) -> None:
        """Use the journal; no artifact has more pages than that."""
        self._journal = journal
        self._most = most_pages

    def want(self, artifact: str, untrusted_pages: str, kind: str) -> None:
        """Enter which pages of an artifact wait by what its format says; inside the transaction of its result.

        What was read of the same pages before stays valid.
        """
        pages = _ranges(page_numbers(untrusted_pages, self._most))
        before = self._journal.rows(
            "select pages, kind, asked from ocr_wanted where artifact = ?", (artifact,)
        )
        if (before[0]["pages"], before[0]["kind"]) == (pages, kind) if before else not pages:
            self.cover(artifact)
            return
        if not pages and not before[0]["asked"]:
            self._journal.execute("delete from ocr_wanted where artifact = ?", (artifact,))
        else:
            self._journal.execute(
                "insert into ocr_wanted (artifact, pages, kind) values (?, ?, ?) on conflict (artifact) "
                "do update set pages = excluded.pages, kind = excluded.kind, state = null, reason = ''",
                (artifact, pages, kind),
            )
            self._count(artifact)
        self._forget(artifact)
        self.cover(artifact)

    def ask(self, artifact: str, pages: Iterable[int]) -> None:
        """Enter that a person wants these pages read, whatever its format says; inside a transaction."""
        before = self._journal.rows("select asked from ocr_wanted where artifact = ?", (artifact,))
        known = set(page_numbers(before[0]["asked"], self._most) if before else ())
        asked = known | set(pages)
        if asked == known:
            return
        self._journal.execute(
            "insert into ocr_wanted (artifact, pages, kind, asked) values (?, '', 'page', ?) "
            "on conflict (artifact) do update set asked = excluded.asked, state = null, reason = ''",
            (artifact, _ranges(sorted(asked))),
        )
        self._count(artifact)
        if self._journal.value("select 1 from results where artifact = ? and stage = ?", (artifact, OCR)):
            # Its pages stand together in a segment, and are made together.
            self._forget(artifact)

    def _count(self, artifact: str) -> None:
        """Keep how many pages of an artifact are wanted."""
        row = self._journal.rows("select pages, asked from ocr_wanted where artifact = ?", (artifact,))[0]
        self._journal.execute(
            "update ocr_wanted set wanted = ? where artifact = ?", (len(self._wanted(row)), artifact)
        )

    def forget(self, artifacts: Sequence[str]) -> None:
        """Let all pages of some artifacts be read again; inside a transaction."""
        for artifact in artifacts:
            self._forget(artifact)
            self._journal.execute(
                "update ocr_wanted set state = null, reason = '' where artifact = ?", (artifact,)
            )
            self.settle(artifact)

    def _forget(self, artifact: str) -> None:
        self._journal.execute("delete from ocr_pages where artifact = ? and stage = ?", (artifact, OCR))
        self._journal.execute("delete from results where artifact = ? and stage = ?", (artifact, OCR))
        self._journal.execute(_LET_GO, (artifact,))

    def repair(self, version: str) -> None:
        """Let everything be read again that a power failure took, or that another version of the stage has read."""
        before = self._journal.value("select value from meta where key = ?", (OCR,))
        lost = self._journal.rows(
            "select w.artifact from ocr_wanted w left join results r on r.artifact = w.artifact and r.stage = ? "
            "where (w.state is not null and r.version is null) or ? is not ?",
            (OCR, before, version),
        )
        with self._journal.transaction():
            self.forget([row["artifact"] for row in lost])
            self._journal.execute("insert or replace into meta values (?, ?)", (OCR, version))

    def waiting(self, engines: str) -> Iterator[Waiting]:
        """Give the artifacts with pages to be read: documents before pictures, then as they were found.

        `engines` says which there are: pages for which there was none wait until that changes. One that has no
        page left was not ended.
        """
        rows = self._journal.rows(f"{_ALL} and w.state is null order by w.kind, first, w.artifact")
        for row in rows:
            wanted = self._wanted(row)
            done = {
                page["page"]
                for page in self._journal.rows(
                    "select page from ocr_pages where artifact = ? and stage = ? and (state is not ? or engine is ?)",
                    (row["artifact"], OCR, NO_ENGINE, engines),
                )
            }
            pages = tuple(page for page in wanted if page not in done)
            if pages or row["version"] is None:
                name = row["path_bytes"]
                yield Waiting(row["artifact"], row["size"], row["home"], name, row["kind"], pages, wanted)

    def _wanted(self, row: Any) -> tuple[int, ...]:
        numbers = {*page_numbers(row["pages"], self._most), *page_numbers(row["asked"], self._most)}
        return tuple(sorted(numbers))

    def wanted(self, artifact: str) -> tuple[int, ...]:
        """Give the pages of an artifact that wait or waited, by its format or because somebody asked."""
        rows = self._journal.rows("select pages, asked from ocr_wanted where artifact = ?", (artifact,))
        return self._wanted(rows[0]) if rows else ()

    def keep(self, artifact: str, done: PageDone) -> None:
        """Keep what became of one page."""
        what = (done.page, done.state, done.reason.value, done.engine, done.confidence)
        with self._journal.transaction():
            self._journal.execute(
                "insert or replace into ocr_pages values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (artifact, OCR, *what, done.lines, done.seconds, done.reading),
            )

    def of_artifact(self, artifact: str) -> list[PageDone]:
        """Give what became of an artifact's pages."""
        rows = self._journal.rows(
            "select * from ocr_pages where artifact = ? and stage = ? order by page", (artifact, OCR)
        )
        return [
            PageDone(
                row["page"],
                row["state"],
                Reason(row["reason"]),
                row["engine"],
                row["confidence"],
                row["lines"],
                row["seconds"],
                row["reading"],
            )
            for row in rows
        ]

    def end(self, artifact: str, state: State, reason: Reason) -> None:
        """Enter what an artifact is now that all its pages are done; inside the transaction of its result."""
        self._journal.execute(
            "update ocr_wanted set state = ?, reason = ? where artifact = ?",
            (state.value, reason.value, artifact),
        )
        self._journal.execute(
            "update ocr_pages set reading = null where artifact = ? and stage = ?", (artifact, OCR)
        )
        self.settle(artifact)

    def cover(self, artifact: str) -> None:
        """Note whether all pages that wait stand in a version from elsewhere, and show it; inside a transaction.

        Our own engines read them all the same, so that what they read does not depend on who was first.
        """
        rows = self._journal.rows("select pages, asked from ocr_wanted where artifact = ?", (artifact,))
        brought = {
            row["page"]
            for row in self._journal.rows(
                "select page from ocr_pages where artifact = ? and stage is not ?", (artifact, OCR)
            )
        }
        covered = bool(brought) and bool(rows) and brought.issuperset(self._wanted(rows[0]))
        self._journal.execute("update ocr_wanted set covered = ? where artifact = ?", (covered, artifact))
        self.settle(artifact)

    def settle(self, artifact: str) -> None:
        """Show an artifact in the state that OCR gave it; one that is not whole for other reasons stays so."""
        self._journal.execute(_LET_GO, (artifact,))
        self._journal.execute(_SETTLE, (artifact, State.PARTLY.value, Reason.OCR_PENDING.value))

    def counts(self) -> dict[str, int]:
        """Count pages that wait, are done, failed, and wait for want of an engine."""
        rows = self._journal.rows(
            "select state, count(*) as n from ocr_pages where stage = ? group by 1", (OCR,)
        )
        found = {row["state"]: row["n"] for row in rows}
        waiting = self._journal.value(
            "select coalesce(sum(wanted - (select count(*) from ocr_pages p where p.artifact = w.artifact "
            "and p.stage = ? and p.state in (?, ?))), 0) from ocr_wanted w where state is null and not covered",
            (OCR, DONE, FAILED),
        )
        return {
            "waiting": max(waiting, 0),
            "done": found.get(DONE, 0),
            "failed": found.get(FAILED, 0),
            "without_engine": found.get(NO_ENGINE, 0),
        }


def _ranges(numbers: Sequence[int]) -> str:
    """Write rising numbers as `1,3-7`."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in ranges)
