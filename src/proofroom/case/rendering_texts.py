"""The stored texts that renderings are of: by address, many of one artifact at the cost of one look."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from proofroom.errors import BadWhere
from proofroom.extract.renderings.sorting import is_time
from proofroom.model.where import Where, cell_name, format_parts, parse_cell, parse_parts
from proofroom.store.addresses import is_cell
from proofroom.store.evidence import Evidence

if TYPE_CHECKING:
    from proofroom.case.looking import Looking

_ROWS: Final = 500


class StoredTexts:
    """Gives what stands at addresses; keeps one artifact's lines and one stretch of a sheet at hand."""

    def __init__(self, looking: Looking) -> None:
        """Read from the case."""
        self._looking = looking
        self._evidence = Evidence(looking.reading())
        self._of = ""
        self._lines: dict[str, str] = {}
        self._sheet: tuple[str, str, int] = ("", "", 0)
        self._cells: dict[str, str] = {}

    def at(self, where: Where) -> str | None:
        """Give the stored text at an address, None for a recording or a whole file; raises BadWhere for nothing."""
        if not where.parts or is_time(where):
            return None
        if is_cell(where.parts):
            return self._cell(where)
        if self._of != where.artifact:
            self._lines = dict(self._read(where.artifact, "pieces")) | dict(self._read(where.artifact, "ocr"))
            self._of = where.artifact
        part = format_parts(where.parts)
        if part not in self._lines:
            raise BadWhere(f"nothing stands at {where}")
        return self._lines[part]

    def texts_of(self, where: Where) -> Iterator[tuple[Where, str]]:
        """Give every text below an address with its own: lines, paragraphs, cells that hold words; no properties."""
        prefix = format_parts(where.parts)
        for noun in ("pieces", "ocr"):
            for part, text in self._read(where.artifact, noun):
                if (
                    text.strip()
                    and not part.startswith("meta=")
                    and "&meta=" not in part
                    and _below(part, prefix)
                ):
                    yield Where(where.artifact, parse_parts(part)), text
        yield from self._words_in_cells(where)

    def _words_in_cells(self, where: Where) -> Iterator[tuple[Where, str]]:
        reading = self._looking.reading()
        sheets = {
            row["sheet"]: row["name"] for row in reading.of_artifact("sheets", where.artifact).to_pylist()
        }
        for table in reading.batches("cells", where.artifact, ("sheet", "row", "col", "raw")):
            for row in table.to_pylist():
                name = sheets.get(row["sheet"], "")
                head = (("sheet", name),) if row["sheet"] else ()
                parts = (*head, ("cell", cell_name(row["row"], row["col"])))
                wanted = where.parts in (parts, parts[:-1], ())
                if wanted and any(character.isalpha() for character in row["raw"]):
                    yield Where(where.artifact, parts), row["raw"]

    def _read(self, artifact: str, noun: str) -> list[tuple[str, str]]:
        table = self._looking.reading().of_artifact(noun, artifact, columns=("part", "text"))
        return list(zip(table["part"].to_pylist(), table["text"].to_pylist(), strict=True))

    def _cell(self, where: Where) -> str:
        """Give one cell; those of the same rows are kept, for a list is rendered row by row."""
        row, _ = parse_cell(where.part("cell") or "")
        key = (where.artifact, where.part("sheet") or "", row // _ROWS)
        if self._sheet != key:
            head = where.parts[:-1]
            start = Where(where.artifact, (*head, ("cell", f"A{max(1, key[2] * _ROWS)}")))
            _, cells = self._evidence.window(start, _ROWS + 1)
            self._cells = {name: raw for name, _value, raw, *_rest in cells}
            self._sheet = key
        name = where.part("cell") or ""
        if name not in self._cells:
            raise BadWhere(f"nothing stands at {where}")
        return self._cells[name]


def _below(part: str, prefix: str) -> bool:
    """Say whether a part is an address or stands below it."""
    return not prefix or part == prefix or part.startswith(f"{prefix}&")
