"""Reading a case: the accounting, the list of occurrences, what stands at an address, the search."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from proofroom.base import canonical
from proofroom.case.ocr_status import ocr_digest, ocr_status, waiting_pages
from proofroom.case.rendering import artifact_line, cell_lines, hit_line, piece_line
from proofroom.errors import BadWhere, WrongUse
from proofroom.limits import Limits
from proofroom.model.states import State
from proofroom.model.where import OUTSIDE, SHORT_LENGTH, Where, parse_where
from proofroom.pipeline import STAGES
from proofroom.store.evidence import Evidence
from proofroom.store.journal import Journal
from proofroom.store.occurrences import Occurrences
from proofroom.store.ocr_pages import OCR
from proofroom.store.ocr_rows import preferred_rows
from proofroom.store.reading import Reading
from proofroom.values.masking import Mask

PENDING: Final = "pending"
"""Not a state, but what stands in its place until a run has come to its end."""
_LINES: Final = """select o.*, p.path as parent_path, a.media_type,
    coalesce(o.state, a.state, 'pending') as final_state,
    case when o.state is null then coalesce(a.reason, '') else o.reason end as final_reason,
    coalesce(o.state, case when a.state is not null then coalesce(a.before_state, a.state) end, 'pending')
      as read_state,
    case when o.state is null then coalesce(a.before_reason, a.reason, '') else o.reason end as read_reason
  from occurrences o left join artifacts a on a.digest = o.digest left join occurrences p on p.id = o.parent"""


@dataclass(slots=True)
class Looking:
    """The reading side of one case; `doc_id` gives an artifact's id outside the house."""

    folder: Path
    journal: Journal
    limits: Limits
    doc_id: Any
    _reading: Reading | None = None

    @property
    def derived(self) -> Path:
        """The folder of everything that can be rebuilt."""
        return self.folder / "derived"

    def reading(self) -> Reading:
        """Give the reader of the store, which keeps segments open from one look to the next."""
        if self._reading is None:
            self._reading = Reading(self.derived, self.journal)
        return self._reading

    def status(self) -> dict[str, Any]:
        """Give the accounting: everything discovered, and the one state of each occurrence."""
        occurrences = Occurrences(self.journal, self.limits)
        sums = self.journal.rows(
            "select coalesce(sum(cells), 0) as cells, coalesce(sum(pieces), 0) as pieces from artifacts"
        )
        stages = {stage.name: self._stage(stage.name) for stage in STAGES}
        return {
            "artifacts": {
                "discovered": occurrences.discovered(),
                "digests": self.journal.value(
                    "select count(distinct digest) from occurrences where digest is not null"
                ),
                "states": dict(sorted(occurrences.states().items())),
            },
            "bytes": self.journal.value("select coalesce(sum(size), 0) from occurrences where depth = 0"),
            "pieces": sums[0]["cells"] + sums[0]["pieces"],
            "cells": sums[0]["cells"],
            "records": {},
            "links": {},
            "findings": {},
            "stages": stages,
            "content_digest": self.content_digest(),
            "ocr_digest": ocr_digest(self.journal),
            "ocr": ocr_status(self.journal, self.limits.pages),
        }

    def _stage(self, name: str) -> dict[str, Any]:
        done = self.journal.rows(
            "select count(*) as n, coalesce(sum(seconds), 0) as seconds from results where stage = ?", (name,)
        )[0]
        table = "ocr_wanted" if name == OCR else "artifacts"
        of = self.journal.value(f"select count(*) from {table}")
        return {"done": done["n"], "pending": of - done["n"], "seconds": round(done["seconds"], 1)}

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
            for row in self.journal.each(_LINES)
        ]
        lines += [
            canonical.dumps({"artifact": row["artifact"], "content": row["content"]})
            for row in self.journal.each("select artifact, content from results where stage = 'extract'")
        ]
        whole = hashlib.sha256()
        for line in sorted(lines):
            whole.update(line + b"\n")
        return whole.hexdigest()

    def unread(self) -> list[dict[str, Any]]:
        """Count what is neither read nor empty by state and reason, most first."""
        rows = self.journal.rows(
            f"select final_state as state, final_reason as reason, count(*) as n from ({_LINES}) "
            "where final_state not in ('read', 'empty') group by 1, 2 order by 3 desc"
        )
        return [dict(row) for row in rows]

    def artifacts(self, mask: Mask, state: str | None = None, limit: int = 0) -> Iterator[dict[str, Any]]:
        """Give one line per occurrence, in the order in which they were found."""
        if state is not None and state not in {*State, PENDING}:
            words = ", ".join((*State, PENDING))
            raise WrongUse(f"there is no state {state!r}", remedy=f"The states are {words}.")
        wanted = f"select * from ({_LINES}) where ? is null or final_state = ? order by id limit ?"
        for row in self.journal.each(wanted, (state, state, limit or -1)):
            yield artifact_line(
                dict(row) | {"state": row["final_state"], "reason": row["final_reason"]}, mask
            )

    def resolve(self, address: str) -> Where:
        """Turn a written address into one with a full digest; raises BadWhere when nothing has it."""
        where = parse_where(address)
        if where.outside:
            for row in self.journal.each("select digest from artifacts order by digest"):
                if self.doc_id(row["digest"]) == where.artifact:
                    return Where(row["digest"], where.parts)
            raise BadWhere(f"this case holds no {OUTSIDE}{where.artifact}")
        found = self.journal.rows(
            "select digest from artifacts where digest >= ? and digest <= ? limit 2",
            (where.artifact, where.artifact + "g"),
        )
        if not found:
            raise BadWhere(f"this case holds no artifact {where.artifact[:SHORT_LENGTH]}…")
        if len(found) > 1:
            raise BadWhere(
                f"{where.artifact} is the beginning of several digests", remedy="Give more digits."
            )
        return Where(found[0]["digest"], where.parts)

    def show(self, address: str, mask: Mask) -> list[dict[str, Any]]:
        """Give what stands at an address, with its neighbours; an artifact alone gives its first pieces."""
        where = self.resolve(address)
        reading = self.reading()
        evidence = Evidence(reading, mask)
        if not where.parts:
            return [self._overview(where, reading, mask)]
        pieces = evidence.pieces_at(where)
        alone = len(pieces) == 1
        paths = self._paths(where.artifact, mask)
        return [
            piece_line(piece, mask, evidence.neighbours(piece.where) if alone else None) | {"paths": paths}
            for piece in pieces
        ]

    def window(self, address: str, mask: Mask, rows: int = 100) -> list[dict[str, Any]]:
        """Give every stored cell of so many rows, from the row of a cell on."""
        where = self.resolve(address)
        prefix, cells = Evidence(self.reading(), mask).window(where, rows)
        return cell_lines(Where(where.artifact, prefix), cells, mask)

    def _overview(self, where: Where, reading: Reading, mask: Mask) -> dict[str, Any]:
        """Describe an artifact: where it was found, what it is, its sheets and its properties."""
        row = self.journal.rows("select * from artifacts where digest = ?", (where.artifact,))[0]
        pieces = reading.of_artifact("pieces", where.artifact)
        recognised = preferred_rows(reading, self.journal, where.artifact)
        return {
            "where": str(where),
            "kind": "artifact",
            "paths": self._paths(where.artifact, mask),
            "media_type": row["media_type"] or None,
            "bytes": row["size"],
            "state": row["state"],
            "reason": row["reason"],
            "cells": row["cells"],
            "pieces": row["pieces"],
            "sheets": [
                mask.text(one["name"]) for one in reading.of_artifact("sheets", where.artifact).to_pylist()
            ],
            "first": [
                {
                    "part": mask.text(one["part"]) if one["part"].startswith("meta") else one["part"],
                    "text": mask.text(one["text"][:200]),
                }
                for one in (pieces.slice(0, 10).to_pylist() + recognised.slice(0, 10).to_pylist())
            ],
        }

    def _paths(self, digest: str, mask: Mask) -> list[str]:
        rows = self.journal.rows(
            "select path from occurrences where digest = ? order by id limit 20", (digest,)
        )
        return [mask.text(row["path"]) for row in rows]

    def search(
        self, query: str, mask: Mask, limit: int = 50, *, exact: bool = False
    ) -> Iterator[dict[str, Any]]:
        """Give the hits of a query, one line per occurrence and address, and the total as the last line."""
        # Here, so that a command that only looks does not wait for the index's engine.
        from proofroom.search.documents import Texts
        from proofroom.search.find import find
        from proofroom.search.query import parse
        from proofroom.store.index import Index

        reading = self.reading()
        with Index.open(self.derived / "index", create=False) as index:
            texts = Texts(reading, self.journal)
            places = self._several_places()
            result = find(index, parse(query), texts.of, limit=limit, exact=exact, places=places)
        given = 0
        for hit in result.hits:
            recognised = texts.recognised(hit.artifact, hit.part)
            for digest, path in self._places(hit.artifact):
                if limit and given == limit:
                    break
                given += 1
                yield hit_line(hit, digest, path, mask, recognised)
        waiting = {"pending": self._waiting(), "unread_pages": waiting_pages(self.journal, self.limits.pages)}
        yield {"total": result.total} | {name: count for name, count in waiting.items() if count}

    def _waiting(self) -> int:
        """Count what was found and cannot be searched yet: contents that are not indexed, and names."""
        contents = self.journal.value(
            "select count(*) from artifacts a where exists "
            "(select 1 from occurrences o where o.digest = a.digest and o.state is not 'refused') "
            "and not exists (select 1 from results r where r.artifact = a.digest and r.stage = 'search')"
        )
        last = int(self.journal.value("select value from meta where key = 'names'") or 0)
        names = self.journal.value("select count(*) from occurrences where id > ?", (last,))
        return int(max(contents, names))

    def _several_places(self) -> dict[str, int]:
        """Give the artifacts that were found in several places, and in how many."""
        rows = self.journal.rows(
            "select digest, count(*) as n from occurrences where digest is not null group by 1 having n > 1"
        )
        return {row["digest"]: row["n"] for row in rows}

    def _places(self, key: str) -> list[tuple[str | None, str]]:
        """Give the digest and path of every place at which a hit's artifact was found."""
        from proofroom.search.documents import NAME_KEY

        # Not by its kind: the name of a field inside a file is a name as well.
        if key.startswith(NAME_KEY):
            rows = self.journal.rows(
                "select digest, path from occurrences where id = ?", (key.removeprefix(NAME_KEY),)
            )
        else:
            rows = self.journal.rows(
                "select digest, path from occurrences where digest = ? order by id", (key,)
            )
        return [(row["digest"], row["path"]) for row in rows]
