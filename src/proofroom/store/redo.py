"""Doing again what was done: which artifacts a condition chooses, letting them be read anew, taking that back.

What is read again keeps its old result, valid and searchable, until the new one takes its place; what it was
before stays in the table `history`. All of it is SQL over sets, so a cache of millions costs a few seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from proofroom.model.states import Reason, State
from proofroom.store.conditions import FINAL_REASON, Comparison, to_sql
from proofroom.store.journal import Journal
from proofroom.store.ocr_pages import OCR

EXTRACT: Final = "extract"
SEARCH: Final = "search"
STAGES: Final = (EXTRACT, SEARCH, OCR)
_MARK: Final = "redo"

_PLACES: Final = ", ".join(
    f"'{one.value}'" for one in (Reason.LIMIT_DEPTH, Reason.LIMIT_MEMBERS, Reason.LIMIT_EXPANDED_BYTES)
)
"""Reasons for which a place, not the bytes found there, ended in a state: whoever raised that limit means them."""

_CHOOSE: Final = """create temp table chosen as
  select o.id, o.digest, o.parent, o.depth, o.state as own, {reason} as why
  from occurrences o left join artifacts a on a.digest = o.digest where {test}"""
_TO_READ: Final = """select digest from artifacts where state is not null and digest in (
    select digest from chosen where digest is not null and (own is null or (own = 'truncated' and parent is null))
    union select p.digest from chosen c join occurrences p on p.id = c.parent where c.own is not null)
  and exists (select 1 from occurrences o where o.digest = artifacts.digest and o.state is not 'refused')"""
_FOLDED: Final = f"""select distinct p.digest from chosen c join occurrences p on p.id = c.parent
  where c.own is not null and c.why in ({_PLACES})"""
_BELOW: Final = """with recursive below(id) as (
    select c.id from occurrences c join occurrences p on c.parent = p.id where p.digest in (select digest from folded)
    union select c.id from occurrences c join below b on c.parent = b.id)
  {} from occurrences where id in (select id from below)"""
_COMPARED: Final = """select h.state as before, h.reason as before_reason, coalesce(a.state, 'pending') as now,
    a.reason as now_reason, coalesce(h.content = r.content, 0) as same, count(*) as n
  from history h join artifacts a on a.digest = h.artifact
  left join results r on r.artifact = h.artifact and r.stage = 'extract'
  where h.id in (select max(id) from history where id > ? group by artifact)
  group by 1, 2, 3, 4, 5 order by 6 desc, 1, 2, 3, 4, 5"""


class Redo:
    """Chooses artifacts by a condition and lets stages do them again."""

    def __init__(self, journal: Journal) -> None:
        """Work on the journal."""
        self._journal = journal

    def count(self, condition: Sequence[Comparison], stage: str) -> int:
        """Count the artifacts that would be done again; changes nothing."""
        self._choose(condition, stage)
        return int(self._journal.value(f"select count(*) from ({self._wanted(stage)})"))

    def artifacts(self, condition: Sequence[Comparison], stage: str) -> list[str]:
        """Name the artifacts that would be done again."""
        self._choose(condition, stage)
        return [row["digest"] for row in self._journal.rows(self._wanted(stage))]

    def redo(self, condition: Sequence[Comparison], stage: str) -> int:
        """Let a stage (`extract` or `search`) do again what the condition chooses; gives how many artifacts."""
        count = self.count(condition, stage)
        with self._journal.transaction():
            if stage == SEARCH:
                # Another version is what lets the index drop what it holds of an artifact and take it anew.
                self._journal.execute(
                    f"update results set version = '' where stage = ? and artifact in ({self._wanted(stage)})",
                    (SEARCH,),
                )
            else:
                self._mark()
                self._journal.execute(
                    f"update artifacts set state = null where digest in ({self._wanted(stage)})"
                )
                self._unfold()
        return count

    def take_back(self) -> int:
        """Give what was not read again yet the state it had; gives how many artifacts."""
        with self._journal.transaction():
            return self._journal.execute(
                "update artifacts set (state, reason) = (select h.state, h.reason from history h "
                "where h.artifact = artifacts.digest order by h.id desc limit 1) where state is null "
                "and exists (select 1 from results r where r.artifact = digest and r.stage = 'extract') "
                "and exists (select 1 from history h where h.artifact = digest)"
            )

    def compared(self) -> list[dict[str, Any]]:
        """Count what the last redo chose by what it was, what it is, and whether its content is the same."""
        mark = self._journal.value("select value from meta where key = ?", (_MARK,))
        if mark is None:
            return []
        return [
            dict(row) | {"same": bool(row["same"])} for row in self._journal.rows(_COMPARED, (int(mark),))
        ]

    def _choose(self, condition: Sequence[Comparison], stage: str) -> None:
        versions = [
            row["version"]
            for row in self._journal.rows("select distinct version from results where stage = ?", (stage,))
        ]
        test, values = to_sql(condition, stage, versions)
        self._journal.execute("drop table if exists temp.chosen")
        self._journal.execute(_CHOOSE.format(reason=FINAL_REASON, test=test), values)

    def _wanted(self, stage: str) -> str:
        """Give the query for the digests that a stage would do again."""
        if stage == EXTRACT:
            return _TO_READ
        table, key = ("ocr_wanted", "artifact") if stage == OCR else ("results", "artifact")
        only = "" if stage == OCR else f" and stage = '{SEARCH}'"
        return f"select {key} as digest from {table} where {key} in (select digest from chosen){only}"

    def _mark(self) -> None:
        self._journal.execute(
            "insert or replace into meta select ?, cast(coalesce(max(id), 0) as text) from history", (_MARK,)
        )

    def _unfold(self) -> None:
        """Let the members of containers be entered anew where a limit had decided about a place."""
        self._journal.execute("drop table if exists temp.folded")
        self._journal.execute(f"create temp table folded as {_FOLDED}")
        self._journal.execute(
            "update occurrences set state = null, reason = '', expanded = 0 where parent is null and state = ? "
            f"and digest is not null and id in (select id from chosen where why in ({_PLACES}))",
            (State.TRUNCATED.value,),
        )
        if not self._journal.value("select 1 from folded limit 1"):
            return
        self._journal.execute(_BELOW.format("insert or ignore into indexing select 'occurrence-' || id"))
        self._journal.execute(_BELOW.format("delete"))
        self._journal.execute(
            "update occurrences set expanded = 0 where state is not 'refused' "
            "and digest in (select digest from folded)"
        )
        last = "(select cast(coalesce(max(id), 0) as text) from occurrences)"
        # Ids of dropped occurrences are given again, so their names have to be indexed again.
        self._journal.execute(
            f"update meta set value = {last} where key = 'names' and cast(value as integer) > cast({last} as integer)"
        )
