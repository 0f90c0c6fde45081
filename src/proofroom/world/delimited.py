"""Writes tables as delimited text, in the encodings and dialects a county office really mixes."""

from __future__ import annotations

import csv
import io

from proofroom.world.parts import Fact, Made, cell_name, part


def write(
    rows: list[list[str]], *, encoding: str, delimiter: str = ",", bom: bytes = b"", ending: str = "\r\n"
) -> Made:
    """Write rows; the truth addresses cells as `cell=B2`, row 1 being the first physical record."""
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter, lineterminator=ending).writerows(rows)
    data = bom + stream.getvalue().encode(encoding)
    facts = [
        Fact("cell", part(("cell", cell_name(row, column))), text, value=text, shown=text)
        for row, record in enumerate(rows, 1)
        for column, text in enumerate(record, 1)
        if text
    ]
    return Made(data, "tsv" if delimiter == "\t" else "csv", facts, extra={"encoding": encoding})
