"""Give the formula of a cell from its `<f>` element: normal, array, shared or data table."""

from __future__ import annotations

from typing import Final

from proofroom.extract.format import utf8
from proofroom.extract.ooxml.shared_formulas import SharedFormula

_LONGEST: Final = 8_192
"""Characters of a formula at the most; a longer one that many cells share would fill the memory."""


class Formulas:
    """The shared formulas of one sheet by their number, each stated once and then referred to."""

    def __init__(self) -> None:
        """Begin a sheet."""
        self._shared: dict[str, SharedFormula] = {}
        self.unresolved = 0

    def formula(self, attributes: dict[str, str], written: bytes, row: int, column: int) -> bytes:
        """Give a cell's formula without `=`; b"" for a shared one that was never stated (it is counted)."""
        kind = attributes.get("t", "")
        if kind == "dataTable":
            return utf8(f"TABLE({attributes.get('r1', '')},{attributes.get('r2', '')})")
        if kind != "shared":
            return written
        number = attributes.get("si", "")
        if written:
            if len(written) <= 4 * _LONGEST and len(text := written.decode("utf-8", "replace")) <= _LONGEST:
                self._shared[number] = SharedFormula(text, row, column)
            return written
        stated = self._shared.get(number)
        if stated is None:
            self.unresolved += 1
            return b""
        return utf8(stated.at(row, column))
