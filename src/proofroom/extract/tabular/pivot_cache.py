"""Give the values of a pivot cache as rows: the names of its fields, what each row held, and what no row holds."""

from __future__ import annotations

from dataclasses import dataclass, field

from proofroom.extract.markup.batches import LineBatch
from proofroom.model.evidence import PieceKind

_CALLED = "pivot-cache"


@dataclass(slots=True)
class Field:
    """One column of the source: its name, its listed values, and which of them rows use."""

    untrusted_name: str
    listed: int = 0
    long: bool = False
    in_rows: bool = True
    items: list[str] = field(default_factory=list)
    used: set[int] = field(default_factory=set)

    def use(self, item: int) -> str:
        """Give a listed value by its number, and remember that a row has it."""
        self.used.add(item)
        return self.items[item] if item < len(self.items) else ""


@dataclass(slots=True)
class PivotCache:
    """Sends one cache: `header=1` for the names, `row=N` for each row, `field=N&item=M` for unused values."""

    number: int
    lines: LineBatch
    fields: list[Field] = field(default_factory=list)
    _rows: int = 0
    _begun: bool = False

    def begin(self) -> None:
        """Send the names of the fields, once, before the first row."""
        if not self._begun and self.fields:
            self._begun = True
            self._put("\t".join(one.untrusted_name for one in self.fields), ("header", "1"))

    def row(self, values: list[str]) -> None:
        """Send one row of the source."""
        self._rows += 1
        self._put("\t".join(values), ("row", str(self._rows)))

    def finish(self) -> None:
        """Send listed values that no row has: they were in the source once."""
        self.begin()
        for number, one in enumerate(self.fields, 1):
            for place, text in enumerate(one.items):
                if place not in one.used:
                    self._put(text, ("field", str(number)), ("item", str(place + 1)))

    def _put(self, text: str, *more: tuple[str, str]) -> None:
        self.lines.put(((_CALLED, str(self.number)), *more), PieceKind.BODY, text)
