"""What is indexed of an artifact: one document per cell, one per page, body or run of paragraphs.

The same functions give the text of a document back when a hit is shown, so that what is highlighted is
what was indexed. A cell whose shown text differs from the stored one is found by both.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from proofroom.errors import BadWhere
from proofroom.model.evidence import Flag, PieceKind, Recognised
from proofroom.model.where import parse_cell, parse_parts
from proofroom.store.index import CELL, IndexDoc, IndexHit
from proofroom.store.journal import Journal
from proofroom.store.reading import Reading, equals

NAME: Final = "name"
NAME_KEY: Final = "occurrence-"
LONGEST: Final = 4_000
"""Characters in a run of paragraphs or lines that is indexed as one document."""

LINE_END: Final = "\n"
PARAGRAPH_END: Final = "\u2029"
_KEPT: Final = 8
_ROWS_AT_ONCE: Final = 2_000


def cell_texts(table: pa.Table) -> list[str]:
    """Give the text by which each cell is found: what is shown, and what is stored where that differs."""
    raw = table["raw"].to_pylist()
    differs = pc.not_equal(
        pc.bit_wise_and(table["flags"], pa.scalar(int(Flag.SHOWN_DIFFERS), pa.uint16())),
        pa.scalar(0, pa.uint16()),
    )
    if not pc.any(differs).as_py():
        return raw  # type: ignore[no-any-return]
    shown, flags = table["shown"].to_pylist(), differs.to_pylist()
    return [
        f"{text}{PARAGRAPH_END}{stored}" if flag and text else stored
        for text, stored, flag in zip(shown, raw, flags, strict=True)
    ]


def piece_documents(artifact: str, table: pa.Table) -> Iterator[IndexDoc]:
    """Give the documents of an artifact's pieces: lines of a page together, paragraphs in runs."""
    run: list[tuple[str, str]] = []
    held: tuple[int, str] | None = None
    length = 0
    for part, kind, text in _rows(table):
        key = _run_key(part, kind)
        if run and (key is None or key != held or length + len(text) > LONGEST):
            yield _document(artifact, held, run)
            run, length = [], 0
        if text:
            run.append((part, text))
            held = key or (kind, part)
            length += len(text) + 1
    if run:
        yield _document(artifact, held, run)


def ocr_documents(artifact: str, table: pa.Table) -> Iterator[IndexDoc]:
    """Give the documents of what engines read from pictures: the lines of each page (cells say the same again)."""
    yield from piece_documents(artifact, table.filter(equals(table["kind"], int(PieceKind.LINE))))


def _rows(table: pa.Table) -> Iterator[tuple[str, int, str]]:
    yield from zip(
        table["part"].to_pylist(), table["kind"].to_pylist(), table["text"].to_pylist(), strict=True
    )


def _run_key(part: str, kind: int) -> tuple[int, str] | None:
    """Give what pieces must share to stand in one document, or None for a piece that stands alone."""
    if "&" in part and kind not in (PieceKind.LINE, PieceKind.PARAGRAPH):
        return None
    if kind == PieceKind.LINE:
        head, ampersand, _rest = part.partition("&")
        return (kind, head if ampersand else part.partition("=")[0])
    if kind in (PieceKind.PARAGRAPH, PieceKind.BODY) and "&" not in part:
        return (kind, part.partition("=")[0])
    return None


def _document(artifact: str, held: tuple[int, str] | None, run: Sequence[tuple[str, str]]) -> IndexDoc:
    """Join a run of pieces into one document."""
    kind = PieceKind(held[0] if held else PieceKind.PARAGRAPH)
    end = LINE_END if kind is PieceKind.LINE else PARAGRAPH_END
    parts, at = [], 0
    for part, text in run:
        parts.append((part, at))
        at += len(text) + 1
    return IndexDoc(artifact, kind.name.lower(), tuple(parts), end.join(text for _, text in run))


class Texts:
    """Gives the texts of documents back from the store, as they were indexed."""

    def __init__(self, reading: Reading, journal: Journal) -> None:
        """Read from the case's store; keeps the pieces of a few artifacts at hand."""
        self._reading = reading
        self._journal = journal
        self._pieces: OrderedDict[tuple[str, str], dict[str, str]] = OrderedDict()
        self._engines: dict[str, dict[str, Recognised]] = {}

    def of(self, hits: Sequence[IndexHit]) -> list[str]:
        """Give the text of each document, in order."""
        found: dict[int, str] = {}
        by_sheet: dict[tuple[str, str], list[tuple[int, int, int]]] = {}
        for number, hit in enumerate(hits):
            if hit.kind == CELL:
                sheet, row, column = _cell_address(hit.parts[0][0])
                by_sheet.setdefault((hit.artifact, sheet), []).append((row, column, number))
            elif hit.artifact.startswith(NAME_KEY):
                found[number] = self.name_of(hit.artifact)
            else:
                found[number] = self._piece_text(hit)
        for (artifact, sheet), wanted in by_sheet.items():
            found.update(self._cells(artifact, sheet, wanted))
        return [found.get(number, "") for number in range(len(hits))]

    def name_of(self, key: str) -> str:
        """Give the indexed name of an occurrence."""
        row = self._journal.rows(
            "select path, parent from occurrences where id = ?", (key.removeprefix(NAME_KEY),)
        )
        return indexed_name(self._journal, row[0]) if row else ""

    def _piece_text(self, hit: IndexHit) -> str:
        noun = "ocr" if is_recognised(hit.parts[0][0]) else "pieces"
        pieces = self._pieces.get((hit.artifact, noun))
        if pieces is None:
            table = self._reading.of_artifact(noun, hit.artifact, columns=("part", "text"))
            pieces = _by_part(table)
            self._pieces[hit.artifact, noun] = pieces
            if len(self._pieces) > _KEPT:
                self._pieces.popitem(last=False)
        end = LINE_END if hit.kind == "line" else PARAGRAPH_END
        return end.join(pieces.get(part, "") for part, _ in hit.parts)

    def recognised(self, artifact: str, part: str) -> Recognised | None:
        """Say by which engine the piece at an address was read, if it was read from a picture."""
        if not is_recognised(part):
            return None
        if artifact not in self._engines:
            self._engines[artifact] = dict(_engines(self._reading.of_artifact("ocr", artifact)))
        return self._engines[artifact].get(part)

    def _cells(
        self, artifact: str, sheet: str, wanted: list[tuple[int, int, int]]
    ) -> Iterator[tuple[int, str]]:
        """Give the texts of cells of one sheet; rows that lie close are read together."""
        number = self._sheet_number(artifact, sheet)
        wanted.sort()
        at = 0
        while at < len(wanted):
            stop = at
            while stop < len(wanted) and wanted[stop][0] - wanted[at][0] < _ROWS_AT_ONCE:
                stop += 1
            between = ("row", wanted[at][0], wanted[stop - 1][0])
            columns = ("sheet", "row", "col", "flags", "raw", "shown")
            table = self._reading.of_artifact(
                "cells", artifact, between=between, sheet=number, columns=columns
            )
            places = zip(table["row"].to_pylist(), table["col"].to_pylist(), strict=True)
            texts = dict(zip(places, cell_texts(table), strict=True))
            for row, column, hit in wanted[at:stop]:
                yield hit, texts.get((row, column), "")
            at = stop

    def _sheet_number(self, artifact: str, name: str) -> int:
        for found in self._reading.of_artifact("sheets", artifact).to_pylist():
            if found["name"] == name:
                return int(found["sheet"])
        return 0


def is_recognised(part: str) -> bool:
    """Say whether what stands at a part was read from a picture."""
    return "&ocr=" in part


def _engines(table: pa.Table) -> Iterator[tuple[str, Recognised]]:
    """Give by which engine each row was read, by its part."""
    for row in table.drop_columns(["artifact", "text"]).to_pylist():
        box = (row["left"], row["top"], row["right"], row["bottom"])
        yield row["part"], Recognised(row["engine"], row["confidence"], box if any(box) else None)


def _by_part(table: pa.Table) -> dict[str, str]:
    """Give the text at each part; should a part stand twice, its texts stand there together."""
    pieces: dict[str, str] = {}
    for part, text in zip(table["part"].to_pylist(), table["text"].to_pylist(), strict=True):
        pieces[part] = f"{pieces[part]}{PARAGRAPH_END}{text}" if part in pieces else text
    return pieces


def _cell_address(part: str) -> tuple[str, int, int]:
    """Read a cell's sheet name, row and column from its part."""
    keys = dict(parse_parts(part))
    if "cell" not in keys:
        message = f"the index names {part!r} as a cell"
        raise BadWhere(message)
    return (keys.get("sheet", ""), *parse_cell(keys["cell"]))


def indexed_name(_journal: Journal, row: Any) -> str:
    """Give the text by which an occurrence's name is found: a received file's path, a member's own name."""
    if row["parent"] is None:
        return str(row["path"])
    above = _journal.value("select path from occurrences where id = ?", (row["parent"],))
    return str(row["path"])[len(above) + 1 :]
