"""Charts of Microsoft Graph, which slides and documents of Office 97 to 2003 hold: their table and their texts."""

from __future__ import annotations

import struct

import pytest
from xls_by_hand import ending, read, record

from proofroom.model.states import Reason, State
from proofroom.world import compound

GRAPH = 0x0680


def label(row: int, column: int, text: str) -> bytes:
    return record(0x04, struct.pack("<HH3x", row, column) + bytes((len(text), 1)) + text.encode("utf-16-le"))


def number(row: int, column: int, value: float) -> bytes:
    return record(0x03, struct.pack("<HH3xd", row, column, value))


def graph(inside: bytes, version: int = GRAPH) -> bytes:
    """Write the stream of a chart: what holds for all of it, then its only sheet, which has no name."""
    head = record(0x0809, struct.pack("<HH12x", version, 5)) + record(
        0x42, struct.pack("<H", 1200 if version == GRAPH else 1252)
    )
    at = len(head) + 16
    name = bytes(2)[: 2 if version == GRAPH else 1]
    head += record(0x85, struct.pack("<IBB", at - 2 + len(name), 0, 2) + name) + record(0x0A, b"")
    return head + record(0x0809, struct.pack("<HH12x", version, 0x8000)) + inside + record(0x0A, b"")


TABLE = label(0, 1, "2017年") + label(1, 0, "砚月县") + number(1, 1, 12.5)
TITLE = record(0x100D, b"\0\0" + bytes((2, 1)) + "收押".encode("utf-16-le"))


def packed(stream: bytes) -> bytes:
    return compound.write([("Workbook", stream)])


def test_the_table_of_a_chart_is_a_sheet_and_its_texts_are_kept() -> None:
    found = read(packed(graph(TABLE + TITLE)))
    assert (found.ended, found.partial) == (None, [])
    assert [name for name, _ in found.sheets.values()] == ["Datasheet"]
    assert found.raw() == {(1, 2): "2017年", (2, 1): "砚月县", (2, 2): "12.5"}
    assert found.said == {"sheet=Datasheet&chart=1&text=1": "收押"}


def test_a_chart_of_older_graph_has_texts_of_one_byte() -> None:
    inside = record(0x04, struct.pack("<HH3x", 0, 1) + b"\4East") + record(0x100D, b"\0\0\5Title")
    found = read(packed(graph(inside, 0x0500)))
    assert (found.raw(), found.said) == ({(1, 2): "East"}, {"sheet=Datasheet&chart=1&text=1": "Title"})


@pytest.mark.parametrize("cut", [len(TITLE) + 20, len(TITLE) + 8])
def test_a_chart_that_is_cut_short_ends_damaged_and_keeps_its_beginning(cut: int) -> None:
    found = read(packed(graph(TABLE + TITLE)[:-cut]))
    assert ending(found) == (State.DAMAGED, Reason.CUT_SHORT)
    assert found.raw()[1, 2] == "2017年"


def test_a_record_that_is_too_short_costs_only_itself() -> None:
    found = read(packed(graph(record(0x03, b"\0\0") + TABLE)))
    assert (len(found.kept), found.partial) == (3, [Reason.DAMAGED_PART])
