"""The search index: where each word stands, and nothing of the text itself.

Tantivy holds one document per cell and one per page, slide, message or run of paragraphs. It is
derived data: it can be deleted and is built again from the segments. Traps of the engine, each
measured, that this file keeps its callers from:

- Deleting by an unsigned-integer term silently deletes nothing: deletion goes by a query on the raw
  text of the artifact's digest, and then it is checked that nothing is left.
- A phrase-prefix query silently stops at 50 continuations: a phrase ending in a lone Chinese
  character is asked for with a regular expression instead, which refuses loudly above 16,384.
- A limit of 0 panics, and a huge limit allocates it: limits are cut to the number of documents.

Cells are stored as a number of their sheet ("unit") and a number of their place in it; the unit's
own document names artifact and sheet. That is a sixth smaller than one address per cell.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import tantivy
from numpy.typing import NDArray

from proofroom.errors import StaleIndex
from proofroom.language.tokens import VERSION as TOKENS_VERSION
from proofroom.language.tokens import stream_both
from proofroom.model.where import cell_name, format_parts
from proofroom.store.index_entries import (
    CELL,
    IndexDoc,
    IndexHit,
    batches,
    cell_lines,
    engine_document,
    read_stamp,
    stretches,
    unit_document,
)
from proofroom.store.index_errors import explained
from proofroom.store.index_query import SCHEMA_VERSION, UNIT, Asking, Query, compile_query, schema

__all__ = ["CELL", "STAMP_NAME", "Index", "IndexDoc", "IndexHit"]

STAMP_NAME: Final = "proofroom-index.json"
_STAMP: Final = {"schema": SCHEMA_VERSION, "tokens": TOKENS_VERSION, "engine": "tantivy-0.27"}
_WRITER_BYTES: Final = 128 << 20
_WRITER_THREADS: Final = 2
_COLUMN_BITS: Final = 20


class Index:
    """The search index of a case: put, delete, commit, search. One process may write at a time."""

    def __init__(self, folder: Path, engine: tantivy.Index) -> None:
        """Use `Index.open`."""
        self._folder = folder
        self._engine = engine
        self._writer: tantivy.IndexWriter | None = None
        self._searcher = engine.searcher()
        self._units: dict[int, tuple[str, str, str]] = {}
        self._next_unit = 0
        self._entered: dict[tuple[str, str], int] = {}

    @classmethod
    def open(cls, folder: Path, *, create: bool = True) -> Self:
        """Open the index in a folder, or make an empty one there.

        Raises StaleIndex when it was made with another schema or tokenizer, is damaged, or (with
        `create=False`) is missing: then delete the folder and build it again.
        """
        stamp = folder / STAMP_NAME
        made = (folder / "meta.json").exists()
        if not made and create:
            folder.mkdir(parents=True, exist_ok=True)
            stamp.write_text(json.dumps(_STAMP), encoding="utf-8")
        if not made and not create:
            message = "there is no search index yet"
            raise StaleIndex(message)
        if read_stamp(stamp) != _STAMP:
            message = "the search index was made by another version of Proofroom or of Python"
            raise StaleIndex(message)
        with explained(folder):
            engine = tantivy.Index.open(str(folder)) if made else tantivy.Index(schema(), path=str(folder))
            words = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
            engine.register_tokenizer("whitespace", words)
            return cls(folder, engine)

    def close(self) -> None:
        """Let go of the index; what was not committed is dropped."""
        if self._writer is not None:
            self._writer.rollback()
            self._writer.wait_merging_threads()
            self._writer = None

    def __enter__(self) -> Self:
        """Use it in a `with` block."""
        return self

    def __exit__(self, *_exception: object) -> None:
        """Close it."""
        self.close()

    def put(self, docs: Iterable[IndexDoc]) -> int:
        """Add documents; give how many had a word to be found by. They are found after `commit`."""
        writer = self._writing()
        put = 0
        for batch in batches(docs):
            streams, written = stream_both([doc.text for doc in batch])
            with explained(self._folder):
                for number, (doc, stream) in enumerate(zip(batch, streams, strict=True)):
                    if stream:
                        writer.add_document(engine_document(doc, stream, written.get(number)))
                        put += 1
        return put

    def put_cells(
        self, artifact: str, sheet: str | None, rows: NDArray[Any], cols: NDArray[Any], texts: Sequence[str]
    ) -> int:
        """Add the cells of one sheet (None for CSV); rows and columns count from 1.

        Gives how many had a word to be found by; the others are not in the index.
        """
        prefix = format_parts((*((("sheet", sheet),) if sheet is not None else ()), ("cell", "")))
        head = (
            f'{{"artifact":{json.dumps(artifact)},"kind":"{CELL}","unit":{self._unit(artifact, prefix)},"at":'
        )
        places = ((rows.astype(np.int64) << _COLUMN_BITS) | cols.astype(np.int64)).tolist()
        writer = self._writing()
        put = 0
        for first, stop in stretches(texts):
            streams, written = stream_both(texts[first:stop])
            with explained(self._folder):
                for line in cell_lines(head, places[first:stop], streams, written):
                    writer.add_json(line)
                    put += 1
        return put

    def delete_artifacts(self, digests: Iterable[str]) -> None:
        """Delete all that the index holds of some artifacts, and check that nothing is left of them.

        Commits. Raises StaleIndex when the index still answers for one: then it must be rebuilt.
        """
        wanted = list(digests)
        writer = self._writing()
        self._entered.clear()
        with explained(self._folder):
            for digest in wanted:
                query = tantivy.Query.term_query(self._engine.schema, "artifact", digest)
                writer.delete_documents_by_query(query)
        self.commit()
        for digest in wanted:
            if self.holds(digest):
                message = f"the search index still answers for a deleted artifact ({digest[:12]})"
                raise StaleIndex(message)

    def delete_artifact(self, digest: str) -> None:
        """Delete all that the index holds of one artifact; see `delete_artifacts`."""
        self.delete_artifacts([digest])

    def commit(self) -> None:
        """Make everything put and deleted so far durable and visible to searches."""
        if self._writer is not None:
            with explained(self._folder):
                self._writer.commit()
        self.refresh()

    def refresh(self) -> None:
        """See what other processes have committed since."""
        self._engine.reload()
        self._searcher = self._engine.searcher()

    def count(self) -> int:
        """Give how many documents can be found."""
        units = tantivy.Query.term_query(self._engine.schema, "marks", UNIT)
        return self._searcher.num_docs - self._count(units)

    def holds(self, digest: str) -> bool:
        """Say whether a committed document of this artifact is in the index."""
        return bool(self._count(tantivy.Query.term_query(self._engine.schema, "artifact", digest)))

    def is_certain(self, query: Query, *, exact: bool = False) -> bool:
        """Say whether `search` answers the phrases of the query exactly, without a look at the texts."""
        simple, written = self._askings(query)
        return (
            written.certain and (simple.certain or query.simple != query.written) if exact else simple.certain
        )

    def search(
        self,
        query: Query,
        *,
        limit: int,
        offset: int = 0,
        exact: bool = False,
        grouped: bool | None = None,
        within: Sequence[str] | None = None,
    ) -> tuple[list[IndexHit], int]:
        """Give documents that hold all phrases, best first, and how many there are in all.

        `limit` 0 gives all. `exact` leaves out what only simplification makes match. `grouped` keeps
        only documents of several pieces (True) or of one (False); `within` only those of some artifacts.
        """
        compiled = self._compiled(query, exact=exact, grouped=grouped)
        if within is not None:
            among = tantivy.Query.term_set_query(self._engine.schema, "artifact", list(within))
            must = tantivy.Occur.Must
            compiled = tantivy.Query.boolean_query([(must, compiled), (must, among)])
        with explained(self._folder):
            total = self._count(compiled)
            wanted = min(limit or total, total - offset)
            if wanted <= 0:
                return [], total
            found = self._searcher.search(compiled, wanted, count=False, offset=offset)
        return self._hits(found.hits), total

    def _compiled(self, query: Query, *, exact: bool, grouped: bool | None) -> tantivy.Query:
        """Give the engine's query."""
        simple, written = self._askings(query)
        same = query.simple == query.written
        return compile_query(self._engine.schema, simple, written, same=same, exact=exact, grouped=grouped)

    def _askings(self, query: Query) -> tuple[Asking, Asking]:
        """Find out for both forms of a query which phrases the engine can take as they are."""
        return Asking.of("body", query.simple, self._searcher), Asking.of(
            "written", query.written, self._searcher
        )

    def _count(self, query: tantivy.Query) -> int:
        """Count the documents that answer."""
        return int(self._searcher.search(query, 1).count)  # type: ignore[attr-defined]

    def _hits(self, found: Sequence[tuple[float, tantivy.DocAddress]]) -> list[IndexHit]:
        """Resolve the engine's addresses to ours."""
        addresses = [address for _, address in found]
        units = self._searcher.fast_field_values("unit", addresses)
        places = self._searcher.fast_field_values("at", addresses)
        return [
            self._text_hit(score, address)
            if unit is None or at is None
            else self._cell_hit(score, int(unit), int(at))
            for (score, address), unit, at in zip(found, units, places, strict=True)
        ]

    def _cell_hit(self, score: float, unit: int, at: int) -> IndexHit:
        """Name a cell from its unit and place."""
        if unit not in self._units:
            query = tantivy.Query.term_query(self._engine.schema, "marks", f"{UNIT}-{unit}")
            address = self._searcher.search(query, 1).hits[0][1]
            self._units[unit] = tuple(json.loads(self._searcher.doc(address)["place"][0]))
        artifact, kind, prefix = self._units[unit]
        name = cell_name(at >> _COLUMN_BITS, at & ((1 << _COLUMN_BITS) - 1))
        return IndexHit(artifact, kind, ((prefix + name, 0),), score)

    def _text_hit(self, score: float, address: tantivy.DocAddress) -> IndexHit:
        """Name the pieces of a text document from what is stored with it."""
        artifact, kind, parts = json.loads(self._searcher.doc(address)["place"][0])
        return IndexHit(artifact, kind, tuple((part, offset) for part, offset in parts), score)

    def _writing(self) -> tantivy.IndexWriter:
        """Open the writer, once; raises CaseBusy when another process has it."""
        if self._writer is None:
            with explained(self._folder):
                self._writer = self._engine.writer(_WRITER_BYTES, _WRITER_THREADS)
                units = tantivy.Query.term_query(self._engine.schema, "marks", UNIT)
                last = self._searcher.search(units, 1, order_by_field="unit").hits
                self._next_unit = int(last[0][0]) + 1 if last else 0
        return self._writer

    def _unit(self, artifact: str, prefix: str) -> int:
        """Give the number of a sheet, and enter it as a unit the first time."""
        writer = self._writing()
        if (artifact, prefix) not in self._entered:
            with explained(self._folder):
                writer.add_document(unit_document(self._next_unit, artifact, prefix))
            self._entered[artifact, prefix] = self._next_unit
            self._next_unit += 1
        return self._entered[artifact, prefix]
