"""Which passwords were tried on which locked artifact, and which fitted: numbers and keyed hashes, never a password."""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from proofroom.model.states import Reason, State
from proofroom.store.journal import Journal

_OPENABLE: Final = tuple(reason.value for reason in (Reason.PASSWORD_UNKNOWN, Reason.LIMIT_PASSWORDS))
_IS_LOCKED: Final = f"""(a.state = '{State.LOCKED.value}' and a.reason in {_OPENABLE}
    or a.reason = '{Reason.LOCKED_PART.value}' or exists (select 1 from members m where m.artifact = a.digest
      and m.state = '{State.LOCKED.value}' and m.reason in {_OPENABLE}))
  and exists (select 1 from occurrences o where o.digest = a.digest and o.state is not 'refused')"""
_FIRST_PATH: Final = "select delivery || '/' || path from occurrences where digest = ? order by id limit 1"
_DROPPED: Final = "passwords-dropped"
_LARGEST: Final = 1 << 24


@dataclass(slots=True)
class Tried:
    """What was tried on one artifact: which words by their numbers, how many of each sort, what was left.

    mark: what was offered then, as a short text; width: how many of the best of it.
    """

    words: int = 0
    sources: Counter[str] = field(default_factory=Counter)
    offered: int = 0
    is_cut: bool = False
    mark: str = ""
    width: int = 0


class Tries:
    """The tables of tries and of what fitted."""

    def __init__(self, journal: Journal) -> None:
        """Work on the journal."""
        self._journal = journal
        self._numbers: dict[str, int] = {}
        self._next = 0

    def locked(self) -> list[tuple[str, str]]:
        """Give the artifacts that a password may open, whole or in part, with the path of the first place."""
        rows = self._journal.rows(f"select a.digest from artifacts a where {_IS_LOCKED} order by a.digest")
        return self.places(row["digest"] for row in rows)

    def known_number(self, password: str) -> int | None:
        """Give the number that stands for the keyed hash of a password, or None where it was never tried."""
        if not self._numbers:
            rows = self._journal.rows("select password, number from tried_words")
            self._numbers = {row["password"]: row["number"] for row in rows}
            self._next = max(self._numbers.values(), default=-1) + 1
        return self._numbers.get(password)

    def number(self, password: str) -> int:
        """Give the number for the keyed hash of a password, a new one where there is none; inside a transaction."""
        known = self.known_number(password)
        if known is not None:
            return known
        self._numbers[password] = self._next
        self._journal.execute("insert into tried_words values (?, ?)", (password, self._next))
        self._next += 1
        return self._next - 1

    def of(self, artifact: str) -> Tried:
        """Give what was tried on one artifact."""
        row = self.row(artifact)
        if row is None:
            return Tried()
        words = int.from_bytes(zlib.decompressobj().decompress(row["words"], _LARGEST), "little")
        sources = Counter(json.loads(row["sources"]))
        return Tried(words, sources, row["offered"], bool(row["is_cut"]), row["mark"], row["width"])

    def row(self, artifact: str) -> Any:
        """Give the row of one artifact as it stands, or None."""
        rows = self._journal.rows("select * from tries where artifact = ?", (artifact,))
        return rows[0] if rows else None

    def keep(self, artifact: str, tried: Tried) -> None:
        """Keep what was tried on one artifact; call inside a transaction."""
        bits = tried.words.to_bytes((tried.words.bit_length() + 7) // 8, "little")
        sources = json.dumps(dict(sorted(tried.sources.items())))
        values = (tried.words.bit_count(), sources, tried.offered, tried.is_cut, tried.mark, tried.width)
        self._journal.execute(
            "insert or replace into tries values (?, ?, ?, ?, ?, ?, ?, ?)",
            (artifact, *values, zlib.compress(bits, 1)),
        )

    def go_on(self) -> None:
        """Let the next run go on where the limit cut the tries; call inside a transaction.

        An archive that was cut among its members, not among the words, begins anew: the limit may be another now.
        """
        self._journal.execute(
            "update tries set mark = '', words = case offered when 0 then ? else words end where is_cut",
            (zlib.compress(b""),),
        )

    def forget_unread(self) -> None:
        """Forget what was tried on artifacts that are to be read again."""
        with self._journal.transaction():
            self._journal.execute(
                "delete from tries where artifact in (select digest from artifacts where state is null)"
            )

    def start_over(self, artifacts: Iterable[str]) -> None:
        """Let artifacts be read again as if nothing had been tried on them."""
        chosen = [(one,) for one in artifacts]
        with self._journal.transaction():
            for table in ("tries", "fitted"):
                self._journal.many(f"delete from {table} where artifact = ?", chosen)
            self._journal.many("update artifacts set state = null where digest = ?", chosen)

    def fit(self, artifact: str, passwords: Mapping[str, str]) -> None:
        """Keep the keyed hashes of what fitted an artifact, each with its sort; call inside a transaction."""
        self._journal.execute("delete from fitted where artifact = ?", (artifact,))
        self._journal.many(
            "insert into fitted values (?, ?, ?)",
            [(artifact, password, source) for password, source in sorted(passwords.items())],
        )

    def fitted(self) -> Iterator[tuple[str, str, str]]:
        """Give what fitted: artifact, keyed hash, sort."""
        for row in self._journal.rows("select * from fitted order by artifact, password"):
            yield row["artifact"], row["password"], row["source"]

    def fitted_of(self, artifact: str) -> dict[str, str]:
        """Give the sorts of what fitted one artifact, by keyed hash."""
        rows = self._journal.rows("select password, source from fitted where artifact = ?", (artifact,))
        return {row["password"]: row["source"] for row in rows}

    def places(self, artifacts: Iterable[str]) -> list[tuple[str, str]]:
        """Give artifacts with the path of the first place at which each was found."""
        found = [(one, self._journal.value(_FIRST_PATH, (one,))) for one in sorted(artifacts)]
        return [(one, path) for one, path in found if path is not None]

    def reread(self, artifacts: Iterable[str]) -> None:
        """Let artifacts be read once more, which is no redo: their history does not grow."""
        with self._journal.transaction():
            last = self._journal.value("select coalesce(max(id), 0) from history")
            self._journal.many(
                "update artifacts set state = null where digest = ?", [(one,) for one in artifacts]
            )
            self._journal.execute("delete from history where id > ?", (last,))

    def note_dropped(self, count: int) -> None:
        """Keep how many strings the cache offers beyond those that are tried."""
        with self._journal.transaction():
            self._journal.execute("insert or replace into meta values (?, ?)", (_DROPPED, str(count)))

    def summary(self) -> dict[str, Any]:
        """Count the locked and the opened artifacts, the tries by their sort, and where the limit cut them."""
        sources: Counter[str] = Counter()
        for row in self._journal.each("select sources from tries"):
            sources.update(json.loads(row["sources"]))
        opened = self._journal.rows(
            "select source, count(distinct artifact) as n from fitted group by 1 order by 1"
        )
        return {
            "locked": self._journal.value(f"select count(*) from artifacts a where {_IS_LOCKED}"),
            "opened": self._journal.value("select count(distinct artifact) from fitted"),
            "opened_by": {row["source"]: row["n"] for row in opened},
            "tried": dict(sorted(sources.items())),
            "dropped": int(self._journal.value("select value from meta where key = ?", (_DROPPED,)) or 0),
            "cut": self._journal.value("select count(*) from tries where is_cut"),
        }
