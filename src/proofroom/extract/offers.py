"""Which passwords to try on which locked file: looked for in what was read, once nothing is left to read."""

from __future__ import annotations

import hashlib
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from proofroom.extract.passwords import CUE, announced, likely, offered_for
from proofroom.model.states import Reason, State
from proofroom.store.journal import Journal
from proofroom.store.reading import Reading
from proofroom.store.results import Results

_KEY: Final = "offered"
_MOST_WORDS: Final = 10_000
_NEAR: Final = 3
_LOCKED: Final = """select a.digest,
    (select o.path from occurrences o where o.digest = a.digest order by o.path limit 1) as path
  from artifacts a where (a.state = ? or a.reason = ?)
    and exists (select 1 from occurrences o where o.digest = a.digest and o.state is not 'refused') order by 1"""


class Offers:
    """The strings that a cache offers for its own locked files; renewed when more of it has been read."""

    def __init__(self, journal: Journal, results: Results) -> None:
        """Look in what the results hold."""
        self._journal = journal
        self._reading = Reading(results.derived, journal)
        self._by_artifact: dict[str, tuple[str, ...]] = {}
        self._mark = ""

    def of(self, digest: str) -> tuple[str, ...]:
        """Give what to try on one artifact."""
        return self._by_artifact.get(digest, ())

    def renew(self) -> bool:
        """Look for passwords again; says whether there is something to try that was not tried yet.

        What is to be tried on is marked as unread, so that the next run of the stage reads it.
        """
        locked = self._journal.rows(_LOCKED, (State.LOCKED.value, Reason.LOCKED_PART.value))
        if not locked:
            return False
        words = self._announced()
        self._by_artifact = {row["digest"]: offered_for(row["path"], words) for row in locked}
        tried = hashlib.sha256(repr(sorted(self._by_artifact.items())).encode("utf-8", "surrogatepass"))
        self._mark = tried.hexdigest()
        if self._journal.value("select value from meta where key = ?", (_KEY,)) == self._mark:
            return False
        with self._journal.transaction():
            self._journal.many(
                "update artifacts set state = null where digest = ?", [(row["digest"],) for row in locked]
            )
        return True

    def settle(self) -> None:
        """Note that what was offered has been tried."""
        with self._journal.transaction():
            self._journal.execute("insert or replace into meta values (?, ?)", (_KEY, self._mark))

    def _announced(self) -> list[str]:
        """Give every announced word of the cache, the likeliest first.

        First it is looked where a cue stands at all, then those artifacts are read one by one in the order of
        their content: how results are laid out on the disk must not show in what is tried.
        """
        found: set[str] = set()
        for noun, columns in (("pieces", ("text",)), ("cells", ("raw", "sheet"))):
            for artifact in sorted(self._with_a_cue(noun, columns[0])):
                found.update(
                    _announced_in(self._reading.of_artifact(noun, artifact, columns=columns), columns[0])
                )
                if len(found) > 2 * _MOST_WORDS:
                    found = set(likely(found)[:_MOST_WORDS])
        return likely(found)[:_MOST_WORDS]

    def _with_a_cue(self, noun: str, column: str) -> set[str]:
        """Give the artifacts that hold a cue in a column."""
        found: set[str] = set()
        for path, groups, artifacts in self._reading.valid_groups(noun):
            for table in self._reading.groups(path.name, groups, ["artifact", column]):
                hits = (
                    table.filter(pc.match_substring_regex(table[column], CUE))["artifact"]
                    .unique()
                    .to_pylist()
                )
                found.update(hits if artifacts is None else set(hits) & set(artifacts))
        return found


def _announced_in(table: pa.Table, column: str) -> list[str]:
    """Look at the texts that hold a cue, each with the two behind it on the same sheet."""
    texts = table[column]
    hits = pc.indices_nonzero(pc.match_substring_regex(texts, CUE)).to_pylist()
    words: list[str] = []
    for place in hits:
        near = table.slice(place, _NEAR)
        behind = near[column].to_pylist()
        if "sheet" in table.column_names:
            sheets = near["sheet"].to_pylist()
            behind = [text for text, sheet in zip(behind, sheets, strict=True) if sheet == sheets[0]]
        words += announced(behind)
    return words
