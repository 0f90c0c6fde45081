"""What is written for translators: safe in a spreadsheet, well-formed for their programs, and readable by us."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from proofroom.case.rendering_export import written
from proofroom.errors import BadRendering

TEXTS = [("sha256:0#para=1&x=2", "甲 <b>"), ("sha256:0#para=2", "=cmd()"), ("sha256:0#para=3", "bell\x07")]


def test_a_table_has_the_columns_that_come_back() -> None:
    rows = list(csv.reader(io.StringIO(written("csv", TEXTS, "zh", "en").decode("utf-8-sig"))))
    assert rows[0] == ["where", "source", "text", "language"]
    assert rows[1] == ["sha256:0#para=1&x=2", "甲 <b>", "", "en"]


def test_no_cell_of_a_table_is_a_formula() -> None:
    rows = list(csv.reader(io.StringIO(written("csv", TEXTS, "zh", "en").decode("utf-8-sig"))))
    assert rows[2][1] == "'=cmd()"


def test_units_bear_their_addresses_as_names() -> None:
    tree = ET.fromstring(written("xlf", TEXTS, "zh", "en"))
    names = [unit.get("resname") for unit in tree.iter() if unit.tag.endswith("trans-unit")]
    assert names == [where for where, _ in TEXTS]
    sources = [unit.text for unit in tree.iter() if unit.tag.endswith("source")]
    assert sources == ["甲 <b>", "=cmd()", "bell\N{REPLACEMENT CHARACTER}"]


def test_a_form_that_is_not_written_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadRendering, match="docx"):
        written("docx", TEXTS, "zh", "en")
    assert not list(tmp_path.iterdir())
