"""Answers that show themselves as small tables in a notebook; to a program they are what they always were."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import islice
from typing import Any, Final

from proofroom.errors import MissingTool
from proofroom.language.visible import visible

_SHOWN: Final = 20
"""Rows of a table that are shown; `rows()`, or the list itself, has them all."""
_WIDEST: Final = 60


class Accounting(dict[str, Any]):
    """The accounting of a case: the document that `status --json` prints, shown as a table."""

    def __repr__(self) -> str:
        """Show what was found and what became of it."""
        return _text(*self._table())

    def _repr_html_(self) -> str:
        return _html(*self._table())

    def _table(self) -> tuple[list[str], list[list[str]], str]:
        artifacts = self["artifacts"]
        states = sorted(artifacts["states"].items(), key=lambda pair: -pair[1])
        rows = [[state, f"{count:,}"] for state, count in states]
        lines = self["pieces"] - self["cells"]
        note = (
            f"{artifacts['discovered']:,} found, {artifacts['digests']:,} different; "
            f"{self['cells']:,} cells, {lines:,} lines and properties"
        )
        return ["state", "found"], rows, note


class Lines(list[dict[str, Any]]):
    """Lines of an answer, as a command prints them with `--json`, shown as a table."""

    def __repr__(self) -> str:
        """Show the first lines."""
        return _text(*self._table())

    def _repr_html_(self) -> str:
        return _html(*self._table())

    def _table(self) -> tuple[list[str], list[list[str]], str]:
        # The last line of a search is its total: it says how many there are, and is no row.
        totals = [line["total"] for line in self[-1:] if "total" in line]
        rows = self[: len(self) - len(totals)]
        columns = list(dict.fromkeys(key for line in rows for key in line if key not in _ASIDE))
        shown = [[_cell(line.get(column)) for column in columns] for line in rows[:_SHOWN]]
        return columns, shown, _count(totals[0] if totals else len(rows), len(shown))


class Rows:
    """The rows of one SELECT, masked; `rows()` gives them as dictionaries, `df()` as a data frame."""

    def __init__(self, table: Any) -> None:
        """Hold a table of Arrow."""
        self.table = table

    @property
    def columns(self) -> list[str]:
        """Name the columns."""
        return list(self.table.column_names)

    def rows(self) -> list[dict[str, Any]]:
        """Give every row as a dictionary."""
        return list(self)

    def df(self) -> Any:
        """Give a data frame of pandas, which Proofroom does not bring; raises MissingTool without it."""
        if importlib.util.find_spec("pandas") is None:
            raise MissingTool(
                "a data frame needs pandas, which is not installed here",
                remedy="Use .rows() or .table, which need nothing; or install pandas beside Proofroom.",
            )
        return self.table.to_pandas()

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Give the rows one by one."""
        for batch in self.table.to_batches():
            yield from batch.to_pylist()

    def __len__(self) -> int:
        """Count the rows."""
        return int(self.table.num_rows)

    def __repr__(self) -> str:
        """Show the first rows."""
        return _text(*self._table())

    def _repr_html_(self) -> str:
        return _html(*self._table())

    def _table(self) -> tuple[list[str], list[list[str]], str]:
        shown = [[_cell(value) for value in row.values()] for row in islice(self, _SHOWN)]
        return self.columns, shown, _count(len(self), len(shown))


_ASIDE: Final = frozenset(
    {"score", "highlights", "continues", "neighbours", "paths", "path_bytes", "first", "warnings"}
)
"""Fields that are for programs, or too long for a table; the dictionaries have them."""


def _count(total: int, shown: int) -> str:
    return f"{total:,} in all" + (f", the first {shown:,} are shown" if shown < total else "")


def _cell(value: Any) -> str:
    """Write a value for a cell of a table: short, and with nothing in it that is obeyed."""
    if value is None:
        return ""
    if isinstance(value, Mapping) and "withheld" in value:
        return str(value["as"])
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        value = ", ".join(map(str, value))
    text = visible(str(value))
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"


def _text(columns: list[str], rows: list[list[str]], note: str) -> str:
    """Write a table for a terminal."""
    widths = [max(map(len, column)) for column in zip(columns, *rows, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (columns, *rows)
    ]
    return "\n".join([*(lines if columns else ()), note])


def _html(columns: list[str], rows: list[list[str]], note: str) -> str:
    """Write a table for a notebook; everything that comes from the cache is escaped."""
    head = "".join(f"<th>{escape(column)}</th>" for column in map(visible, columns))
    body = "".join(
        "<tr>" + "".join(f'<td style="text-align:left">{escape(cell)}</td>' for cell in row) + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table><p>{escape(note)}</p>"
