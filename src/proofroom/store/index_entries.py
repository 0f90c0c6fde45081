"""What goes into the search index and what comes out: documents with addresses, and hits."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import tantivy

from proofroom.store.index_query import GROUPED, UNIT, VARIANT

CELL: Final = "cell"
_BATCH_CHARACTERS: Final = 1 << 18  # bounds the arrays of one batch to some 20 MB


@dataclass(frozen=True, slots=True)
class IndexDoc:
    """One document to be indexed: its text and the address of each piece in it.

    `parts` gives (part, offset in code points where it begins), the first at 0; a match is found at
    the part in which it begins. Lines of a page are joined with a newline, paragraphs with U+2029,
    which no match crosses. `kind` is free ("line", "paragraph", "name", …).
    """

    artifact: str
    kind: str
    parts: tuple[tuple[str, int], ...]
    text: str


@dataclass(frozen=True, slots=True)
class IndexHit:
    """One document that answers: its artifact, kind and parts (as `IndexDoc` has them), and a score."""

    artifact: str
    kind: str
    parts: tuple[tuple[str, int], ...]
    score: float

    @property
    def grouped(self) -> bool:
        """Say whether the document holds several pieces."""
        return len(self.parts) > 1


def cell_lines(
    head: str, places: Sequence[int], streams: Sequence[str], written: dict[int, str]
) -> Iterator[str]:
    """Give the engine's JSON of each cell that has a word: by far the fastest way in (measured).

    A stream holds letters, marks, digits, blanks and "|" only, so nothing in it needs escaping.
    """
    tails = {number: f'","marks":"{VARIANT}","written":"{text}"}}' for number, text in written.items()}
    for number, stream in enumerate(streams):
        if stream:
            tail = tails.get(number, '"}') if tails else '"}'
            yield f'{head}{places[number]},"body":"{stream}{tail}'


def engine_document(doc: IndexDoc, stream: str, written: str | None) -> tantivy.Document:
    """Make the engine's document of one of ours."""
    made = tantivy.Document(artifact=doc.artifact, kind=doc.kind, body=stream)
    made.add_bytes("place", json.dumps([doc.artifact, doc.kind, doc.parts], ensure_ascii=False).encode())
    if len(doc.parts) > 1:
        made.add_text("marks", GROUPED)
    if written is not None:
        made.add_text("marks", VARIANT)
        made.add_text("written", written)
    return made


def unit_document(unit: int, artifact: str, prefix: str) -> tantivy.Document:
    """Make the document that names a sheet: its cells carry only its number."""
    made = tantivy.Document(artifact=artifact, marks=[UNIT, f"{UNIT}-{unit}"])
    made.add_unsigned("unit", unit)
    made.add_bytes("place", json.dumps([artifact, CELL, prefix]).encode())
    return made


def stretches(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Cut a list of texts into stretches of bounded size, so that the arrays stay small."""
    first = size = 0
    for place, text in enumerate(texts):
        size += len(text)
        if size >= _BATCH_CHARACTERS:
            yield first, place + 1
            first, size = place + 1, 0
    if first < len(texts):
        yield first, len(texts)


def batches(docs: Iterable[IndexDoc]) -> Iterator[list[IndexDoc]]:
    """Cut documents into batches of bounded size."""
    batch: list[IndexDoc] = []
    size = 0
    for doc in docs:
        batch.append(doc)
        size += len(doc.text)
        if size >= _BATCH_CHARACTERS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def read_stamp(path: Path) -> object:
    """Read the stamp; None when it is missing or no JSON."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
