"""The accounting of a case: everything found and the one state of each, what is still missing, and one line each."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from proofroom.base import canonical
from proofroom.case.ocr_status import ocr_digest, ocr_status, waiting_pages
from proofroom.case.pausing import who_works
from proofroom.case.rendering import artifact_line
from proofroom.errors import WrongUse
from proofroom.limits import Limits
from proofroom.model.states import State
from proofroom.pipeline import STAGES, stages_named
from proofroom.store.conditions import FINAL_REASON, FINAL_STATE, PENDING, parse_condition, to_sql
from proofroom.store.journal import Journal
from proofroom.store.occurrences import Occurrences
from proofroom.store.ocr_pages import OCR
from proofroom.store.redo import EXTRACT, Redo
from proofroom.store.tries import Tries
from proofroom.values.masking import Mask

_LINES: Final = f"""select o.*, p.path as parent_path, a.media_type, {FINAL_STATE} as final_state,
    {FINAL_REASON} as final_reason,
    coalesce(o.state, case when a.state is not null then coalesce(a.before_state, a.state) end, '{PENDING}')
      as read_state,
    case when o.state is null then coalesce(a.before_reason, a.reason, '') else o.reason end as read_reason
  from occurrences o left join artifacts a on a.digest = o.digest left join occurrences p on p.id = o.parent"""


class Accounting:
    """Counts and lists what a case holds."""

    def __init__(self, derived: Path, journal: Journal, limits: Limits) -> None:
        """Count in the journal of the case; the index lies in `derived`."""
        self._derived = derived
        self._journal = journal
        self._limits = limits

    def status(self) -> dict[str, Any]:
        """Give the accounting: everything discovered, and the one state of each occurrence."""
        journal = self._journal
        occurrences = Occurrences(journal, self._limits)
        states = occurrences.states()
        sums = journal.rows(
            "select coalesce(sum(cells), 0) as cells, coalesce(sum(pieces), 0) as pieces from artifacts"
        )[0]
        return {
            "artifacts": {
                "discovered": occurrences.discovered(),
                "digests": journal.value(
                    "select count(distinct digest) from occurrences where digest is not null"
                ),
                "states": dict(sorted(states.items())),
            },
            "bytes": journal.value("select coalesce(sum(size), 0) from occurrences where depth = 0"),
            "pieces": sums["cells"] + sums["pieces"],
            "cells": sums["cells"],
            "records": {},
            "links": {},
            "findings": {},
            "stages": {stage.name: self._stage(stage.name) for stage in STAGES},
            "partial": self.partial(states.get(PENDING, 0)),
            "work": who_works(self._derived.parent),
            "content_digest": self.content_digest(),
            "ocr_digest": ocr_digest(journal),
            "ocr": ocr_status(journal, self._limits.pages),
            "passwords": Tries(journal).summary(),
        }

    def _stage(self, name: str) -> dict[str, Any]:
        done = self._journal.rows(
            "select count(*) as n, coalesce(sum(seconds), 0) as seconds from results where stage = ?", (name,)
        )[0]
        table = "ocr_wanted" if name == OCR else "artifacts"
        of = self._journal.value(f"select count(*) from {table}")
        return {"done": done["n"], "pending": of - done["n"], "seconds": round(done["seconds"], 1)}

    def partial(self, unread: int) -> dict[str, int]:
        """Count what is missing until the case is whole: not read, not searchable, pages nobody has read."""
        pages = waiting_pages(self._journal, self._limits.pages)
        return {"unread": unread, "unsearchable": self.unsearchable(), "pages": pages}

    def unsearchable(self) -> int:
        """Count what was found and cannot be searched yet: contents that are not indexed as they stand, and names."""
        unindexed = self._journal.value("select count(*) from unindexed")
        unread = self._journal.value(
            "select count(*) from artifacts a where state is null and exists "
            "(select 1 from occurrences o where o.digest = a.digest and o.state is not 'refused') "
            "and not exists (select 1 from results r where r.artifact = a.digest and r.stage = 'extract')"
        )
        last = int(self._journal.value("select value from meta where key = 'names'") or 0)
        names = self._journal.value("select count(*) from occurrences where id > ?", (last,))
        return int(max(unindexed + unread, names))

    def is_changing(self) -> bool:
        """Say whether something was read anew since it was indexed, so that the index may tell of what is gone."""
        changed = "select 1 from unindexed u join results s on s.artifact = u.artifact and s.stage = 'search'"
        return self._journal.value(f"{changed} limit 1") is not None

    def content_digest(self) -> str:
        """Give the SHA-256 over the sorted canonical lines of occurrences and of each artifact's content."""
        lines = [
            canonical.dumps(
                {
                    "digest": row["digest"],
                    "path": row["path"],
                    # What OCR made of it is no content of the file: two machines may read two texts.
                    "reason": row["read_reason"],
                    "state": row["read_state"],
                }
            )
            for row in self._journal.each(_LINES)
        ]
        lines += [
            canonical.dumps({"artifact": row["artifact"], "content": row["content"]})
            for row in self._journal.each("select artifact, content from results where stage = 'extract'")
        ]
        whole = hashlib.sha256()
        for line in sorted(lines):
            whole.update(line + b"\n")
        return whole.hexdigest()

    def unread(self) -> list[dict[str, Any]]:
        """Count what is neither read nor empty by state and reason, most first."""
        rows = self._journal.rows(
            f"select final_state as state, final_reason as reason, count(*) as n from ({_LINES}) "
            "where final_state not in ('read', 'empty') group by 1, 2 order by 3 desc"
        )
        return [dict(row) for row in rows]

    def artifacts(
        self, mask: Mask, state: str | None = None, limit: int = 0, where: str | None = None
    ) -> Iterator[dict[str, Any]]:
        """Give one line per occurrence, in the order in which they were found.

        Raises WrongUse for a state there is not, and BadCondition for a condition that cannot be read.
        """
        if state is not None and state not in {*State, PENDING}:
            words = ", ".join((*State, PENDING))
            raise WrongUse(f"there is no state {state!r}", remedy=f"The states are {words}.")
        # Here and not below: whoever asks wrongly is told before anything is printed.
        test, values = self._test(where)
        wanted = f"{_LINES} where {test} and (? is null or {FINAL_STATE} = ?) order by o.id limit ?"
        return self._lines(mask, wanted, (*values, state, state, limit or -1))

    def _lines(self, mask: Mask, wanted: str, values: tuple[Any, ...]) -> Iterator[dict[str, Any]]:
        for row in self._journal.each(wanted, values):
            shown = {"state": row["final_state"], "reason": row["final_reason"]}
            yield artifact_line(dict(row) | shown, mask)

    def _test(self, condition: str | None) -> tuple[str, list[Any]]:
        """Turn a condition into SQL; without one everything is chosen."""
        versions = self._journal.rows("select distinct version from results where stage = ?", (EXTRACT,))
        chosen = parse_condition("all" if condition is None else condition)
        return to_sql(chosen, EXTRACT, [row["version"] for row in versions])

    def would_redo(self, condition: str, stages: tuple[str, ...]) -> int:
        """Count what a redo would do again; changes nothing."""
        return Redo(self._journal).count(parse_condition(condition), stage_of_redo(stages))

    def compared(self) -> list[dict[str, Any]]:
        """Tell what came of the last redo, by what it was and what it is."""
        return Redo(self._journal).compared()


def stage_of_redo(stages: tuple[str, ...]) -> str:
    """Say which stage is to do something again: the one named, or `extract`; raises WrongUse for several."""
    stages_named(stages)
    if len(set(stages)) > 1:
        raise WrongUse(
            "several stages were named, and a redo is of one",
            remedy="Name the first of them: what depends on it is done again by itself.",
        )
    return stages[0] if stages else EXTRACT
