"""Reading a case: the accounting, the list of occurrences, what stands at an address, the search."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proofroom.case.accounting import Accounting
from proofroom.case.duplicates import near_lines
from proofroom.case.languages import languages_in, spoken
from proofroom.case.ocr_status import waiting_pages
from proofroom.case.password_book import tried_on
from proofroom.case.rendering import cell_lines, hit_line, piece_line
from proofroom.case.renderings import Renderings, lines_of
from proofroom.errors import BadWhere
from proofroom.extract.renderings.sorting import is_time
from proofroom.limits import Limits
from proofroom.model.where import OUTSIDE, SHORT_LENGTH, Where, parse_where
from proofroom.store.evidence import Evidence
from proofroom.store.journal import Journal
from proofroom.store.ocr_rows import preferred_rows
from proofroom.store.reading import Reading
from proofroom.store.tries import Tries
from proofroom.values.masking import Mask


@dataclass(slots=True)
class Looking:
    """The reading side of one case; `doc_id` gives an artifact's id outside the house."""

    folder: Path
    journal: Journal
    limits: Limits
    doc_id: Any
    _reading: Reading | None = None
    _renderings: Renderings | None = None

    @property
    def derived(self) -> Path:
        """The folder of everything that can be rebuilt."""
        return self.folder / "derived"

    def reading(self) -> Reading:
        """Give the reader of the store, which keeps segments open from one look to the next."""
        if self._reading is None:
            self._reading = Reading(self.derived, self.journal)
        return self._reading

    def renderings(self) -> Renderings:
        """Give the translations and transcripts that lie beside what the case holds."""
        if self._renderings is None:
            self._renderings = Renderings(self.folder)
        return self._renderings

    def accounting(self) -> Accounting:
        """Give the accounting: what was found, what became of it, and what is missing."""
        return Accounting(self.derived, self.journal, self.limits)

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
        if is_time(where):
            return self._of_time(where, mask)
        pieces = evidence.pieces_at(where)
        alone = len(pieces) == 1
        paths = self._paths(where.artifact, mask)
        return [
            piece_line(piece, mask, evidence.neighbours(piece.where) if alone else None)
            | {"paths": paths}
            | spoken(piece.untrusted_raw)
            | self._rendered(str(piece.where), piece.untrusted_raw, mask)
            for piece in pieces
        ]

    def _rendered(self, where: str, stored_text: str | None, mask: Mask) -> dict[str, Any]:
        """Give the renderings of an address, as what is added to its line; nothing where there are none."""
        found = lines_of(self.renderings(), where, stored_text, mask)
        return {"renderings": found} if found else {}

    def _of_time(self, where: Where, mask: Mask) -> list[dict[str, Any]]:
        """Show what was transcribed of a stretch of a recording; raises BadWhere when nothing was."""
        found = self._rendered(str(where), None, mask)
        if not found:
            raise BadWhere(f"nobody has transcribed {where}")
        nothing = {"value": None, "raw": None, "shown": None, "formula": None, "hidden": None, "merged": None}
        paths = {"paths": self._paths(where.artifact, mask)}
        return [{"where": str(where), "kind": "time"} | nothing | {"warnings": []} | paths | found]

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
        return (
            {
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
                    mask.text(one["name"])
                    for one in reading.of_artifact("sheets", where.artifact).to_pylist()
                ],
                "first": [
                    {
                        "part": mask.text(one["part"]) if one["part"].startswith("meta") else one["part"],
                        "text": mask.text(one["text"][:200]),
                    }
                    for one in (pieces.slice(0, 10).to_pylist() + recognised.slice(0, 10).to_pylist())
                ],
            }
            | {"languages": languages_in(pieces, recognised)}
            | {"near": near_lines(self.journal, where.artifact, mask)}
            | tried_on(Tries(self.journal), where.artifact)
            | self._rendered(str(where), None, mask)
        )

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
            wanted, changing = parse(query), self.accounting().is_changing()
            result = find(index, wanted, texts.of, limit=limit, exact=exact, places=places, changing=changing)
        given = 0
        for hit in result.hits:
            recognised = texts.recognised(hit.artifact, hit.part)
            for digest, path in self._places(hit.artifact):
                if limit and given == limit:
                    break
                given += 1
                yield hit_line(hit, digest, path, mask, recognised)
        waiting = {
            "pending": self.accounting().unsearchable(),
            "unread_pages": waiting_pages(self.journal, self.limits.pages),
        }
        yield {"total": result.total} | {name: count for name, count in waiting.items() if count}

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
