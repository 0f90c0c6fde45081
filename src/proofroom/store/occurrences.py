"""Occurrences in the journal: everything that was found, and the one state in which each ends.

Members of a container become occurrences once the container is read: one for every place where the
container was found. Positions are decided here, in a fixed order, so that equal caches end in equal
states: too deep is `refused`, and a received file that unfolds without end is `truncated`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from proofroom.limits import Limits
from proofroom.model.states import Reason, State
from proofroom.store.journal import Journal

NameText = Callable[[list[bytes]], list[str]]
"""Decodes the names of one container together; gives each as text in which nothing is lost silently."""

_INSERT: Final = """insert into occurrences
  (delivery, path_bytes, path, parent, root, digest, size, depth, kind, mtime_ns, state, reason)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""


_DROP_BELOW: Final = """with recursive below(id) as (
    select c.id from occurrences c join occurrences p on c.parent = p.id where p.digest = ?
    union select c.id from occurrences c join below b on c.parent = b.id)
  {} from occurrences where id in (select id from below)"""
_OPEN: Final = "o.expanded = 0 and o.state is not 'refused' and a.state is not null"


@dataclass(frozen=True, slots=True)
class Received:
    """One thing found in a delivery, as the custody log has it."""

    delivery: str
    untrusted_path: bytes
    path: str
    digest: str | None
    size: int
    kind: str
    mtime_ns: int | None
    state: State | None
    reason: Reason


class Occurrences:
    """Enters what was received and what containers hold, and counts the states."""

    def __init__(self, journal: Journal, limits: Limits) -> None:
        """Work on the journal within the limits."""
        self._journal = journal
        self._limits = limits
        self._below: dict[int, tuple[int, int]] = {}

    def enter(self, received: Iterable[Received]) -> None:
        """Enter received occurrences and their artifacts; call inside a transaction."""
        for one in received:
            state = None if one.state is None else one.state.value
            values = [
                one.delivery,
                one.untrusted_path,
                one.path,
                None,
                None,
                one.digest,
                one.size,
                0,
                one.kind,
            ]
            key = self._journal.insert(_INSERT, [*values, one.mtime_ns, state, one.reason.value])
            self._journal.execute("update occurrences set root = id where id = ?", (key,))
            if one.digest is not None:
                self._enter_artifact(one.digest, one.size, "original")

    def _enter_artifact(self, digest: str, size: int, home: str) -> None:
        """Enter an artifact once; one that was received itself is read from the originals."""
        self._journal.execute(
            "insert into artifacts (digest, size, home) values (?, ?, ?) "
            "on conflict (digest) do update set home = 'original' where excluded.home = 'original'",
            (digest, size, home),
        )

    def expand(self, name_text: NameText) -> int:
        """Make occurrences of the members of every container read so far; gives how many were made.

        It goes level by level in the order of ids, so the outcome depends on the cache alone.
        """
        made = 0
        self._below.clear()
        while True:
            waiting = self._journal.rows(
                "select o.* from occurrences o join artifacts a using (digest) "
                f"where {_OPEN} and o.depth = (select min(o.depth) "
                f"from occurrences o join artifacts a using (digest) where {_OPEN}) order by o.id"
            )
            if not waiting:
                return made
            with self._journal.transaction():
                for row in waiting:
                    made += self._expand_one(row, name_text)

    def _expand_one(self, row: Any, name_text: NameText) -> int:
        """Make the occurrences below one occurrence of a container."""
        self._journal.execute("update occurrences set expanded = 1 where id = ?", (row["id"],))
        members = self._journal.rows(
            "select * from members where artifact = ? order by ordinal", (row["digest"],)
        )
        if not members:
            return 0
        reason = self._over_budget(row["root"], members)
        if reason:
            self._journal.execute(
                "update occurrences set state = ?, reason = ? where id = ?",
                (State.TRUNCATED.value, reason.value, row["id"]),
            )
            return 0
        too_deep = row["depth"] + 1 > self._limits.depth
        names = name_text([member["name"] for member in members])
        for member, name in zip(members, names, strict=True):
            self._enter_member(row, member, name, too_deep=too_deep)
        return len(members)

    def _enter_member(self, row: Any, member: Any, name: str, *, too_deep: bool) -> None:
        # A member that came out cut or damaged is read as far as it goes, and keeps that state.
        state, reason = member["state"], member["reason"]
        if too_deep and member["digest"] is not None:
            state, reason = State.REFUSED.value, Reason.LIMIT_DEPTH.value
        values = [
            row["delivery"],
            row["path_bytes"] + b"/" + member["name"],
            f"{row['path']}/{name}",
            row["id"],
        ]
        values += [row["root"], member["digest"], member["size"], row["depth"] + 1, "member", None]
        self._journal.insert(_INSERT, [*values, state, reason if state else ""])
        if member["digest"] is not None and not too_deep:
            self._enter_artifact(member["digest"], member["size"], "member")

    def _over_budget(self, root: int, members: list[Any]) -> Reason:
        """Say which limit the members would break for the received file they came from, if any."""
        count, size = self._below.get(root) or self._sums(root)
        more = sum(member["size"] for member in members)
        if count + len(members) > self._limits.members:
            return Reason.LIMIT_MEMBERS
        if size + more > self._limits.expanded_bytes:
            return Reason.LIMIT_EXPANDED_BYTES
        self._below[root] = (count + len(members), size + more)
        return Reason.NONE

    def _sums(self, root: int) -> tuple[int, int]:
        """Count what was unfolded from one received file so far: occurrences and bytes."""
        below = self._journal.rows(
            "select count(*) as n, coalesce(sum(size), 0) as bytes from occurrences where root = ? and depth > 0",
            (root,),
        )[0]
        return below["n"], below["bytes"]

    def enter_members(self, artifact: str, members: Sequence[tuple[Any, ...]]) -> None:
        """Enter what an artifact holds, as rows of the table; call inside a transaction.

        When it was read before and held something else, the occurrences made from that are dropped and made
        anew by the next `expand`.
        """
        columns = "artifact, ordinal, name, digest, size, state, reason"
        before = self._journal.rows(
            f"select {columns} from members where artifact = ? order by ordinal", (artifact,)
        )
        if [tuple(row) for row in before] == [tuple(row) for row in members]:
            return
        self._journal.execute("delete from members where artifact = ?", (artifact,))
        self._journal.many("insert into members values (?, ?, ?, ?, ?, ?, ?)", members)
        self._journal.execute(
            _DROP_BELOW.format("insert or ignore into indexing select 'occurrence-' || id"), (artifact,)
        )
        self._journal.execute(_DROP_BELOW.format("delete"), (artifact,))
        self._journal.execute(
            "update occurrences set expanded = 0 where digest = ? and state is not 'refused'",
            (artifact,),
        )
        last = "(select cast(coalesce(max(id), 0) as text) from occurrences)"
        # Ids of dropped occurrences are given again, so their names have to be indexed again.
        self._journal.execute(
            f"update meta set value = {last} where key = 'names' and cast(value as integer) > cast({last} as integer)"
        )

    def drop_orphans(self) -> None:
        """Forget members that no container holds any more, with everything that was read in them."""
        orphans = [
            (row["digest"],)
            for row in self._journal.rows(
                "select digest from artifacts a "
                "where not exists (select 1 from occurrences o where o.digest = a.digest)"
            )
        ]
        if not orphans:
            return
        with self._journal.transaction():
            for table in (
                "placed",
                "spooled",
                "results",
                "members",
                "fitted",
                "tries",
                "sketches",
                "ocr_wanted",
                "ocr_pages",
            ):
                self._journal.many(f"delete from {table} where artifact = ?", orphans)
            self._journal.many("insert or ignore into indexing values (?)", orphans)
            self._journal.many("delete from artifacts where digest = ?", orphans)

    def pending(self) -> list[Any]:
        """Give the artifacts that still have to be read, with the name of their first occurrence."""
        return self._journal.rows(
            "select a.digest, a.size, a.home, (select o.path_bytes from occurrences o where o.digest = a.digest "
            "and o.state is not 'refused' order by o.id limit 1) as path_bytes from artifacts a where a.state is null "
            "and exists (select 1 from occurrences o where o.digest = a.digest and o.state is not 'refused') "
            "order by a.size desc, a.digest"
        )

    def states(self) -> dict[str, int]:
        """Count occurrences by their state; those not ended yet count as `pending`."""
        rows = self._journal.rows(
            "select coalesce(o.state, a.state, 'pending') as state, count(*) as n "
            "from occurrences o left join artifacts a using (digest) group by 1"
        )
        return {row["state"]: row["n"] for row in rows}

    def discovered(self) -> int:
        """Count what was found: received entries plus the members of containers that were unfolded."""
        return int(self._journal.value("select count(*) from occurrences"))
