"""The databases of a made world: every field is found where the truth says, and nothing besides."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from workbook_sink import keep

from proofroom.extract.format import Format
from proofroom.extract.formats import dbf, sqldump, sqlite
from proofroom.model.evidence import Flag
from proofroom.model.where import cell_name, format_parts
from proofroom.world import databases
from proofroom.world.parts import Made

ROWS = [
    ["姓名", "身份证号码", "备注 (注)"],
    ["阿依古丽", "990101198001010017", 'it\'s \\ a\n"note"'],
    ["", "990101198001010025", ""],
    ["李四", " 00123 ", "㐀𠀀·"],
] + [[f"某{n}", str(n), "x" * (n % 60)] for n in range(300)]


def as_dbf(rows: list[list[str]], _name: str) -> Made:
    return databases.dbf(rows, frozenset((3, 9)))


@pytest.mark.parametrize(
    ("write", "built", "table"),
    [
        (databases.sqlite, sqlite.FORMAT, "户籍"),
        (databases.mysql, sqldump.FORMAT, "户籍"),
        (as_dbf, dbf.FORMAT, ""),
    ],
)
def test_every_field_is_found_where_the_truth_says(
    write: Callable[[list[list[str]], str], Made], built: Format, table: str
) -> None:
    made = write(ROWS, table)
    found = keep(built.read, made.data or b"")
    within = (("sheet", table),) if table else ()
    read = {
        format_parts((*within, ("cell", cell_name(row, column)))): (
            kept.raw,
            bool(kept.flags & Flag.HIDDEN_ROW),
        )
        for (_sheet, row, column), kept in found.kept.items()
    }
    assert read == {fact.part: (fact.raw, "row" in fact.hidden) for fact in made.facts}
    assert (found.ended, found.partial) == (None, [])
