"""The notebook's door: `proofroom.open` on a case that was read, and answers that show themselves."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from user import PLAIN, proofroom

import proofroom as public
from proofroom.case.tables import Lines


@pytest.fixture
def case(read_case: Path) -> Iterator[public.Case]:
    with public.open(read_case) as opened:
        yield opened


def a_person(small_world: Path) -> dict[str, Any]:
    people = json.loads((small_world / "truth" / "persons.json").read_text())
    return next(one for one in people if one["detained"])


def test_the_accounting_is_the_document_of_the_command_and_shows_as_a_table(
    case: public.Case, read_case: Path
) -> None:
    status = case.status()
    assert status == proofroom("status", read_case, "--json").document
    assert json.loads(json.dumps(status)) == status
    for shown in (repr(status), status._repr_html_()):
        assert f"{status['artifacts']['states']['read']:,}" in shown
        assert f"{status['artifacts']['discovered']:,} found" in shown


def test_a_name_leads_to_its_cell(case: public.Case, small_world: Path) -> None:
    person = a_person(small_world)
    hits = case.search(person["han"])
    assert hits[-1]["total"] >= len(hits) - 1 > 0
    cell = next(hit for hit in hits if hit.get("kind") == "cell")
    (shown,) = case.show(cell["where"])
    assert person["han"] in shown["raw"]
    assert person["han"] in repr(hits)
    assert f"{hits[-1]['total']} in all" in hits._repr_html_()


def test_what_the_notebook_shows_is_masked(case: public.Case, small_world: Path) -> None:
    person = a_person(small_world)
    found = case.search(person["han"])
    shown = [case.show(hit["where"]) for hit in found if hit.get("kind") == "cell"]
    rows = case.sql("select raw, shown from cells").rows()
    files = case.artifacts()
    assert any("ID-" in str(row["raw"]) for row in rows)
    for answer in (found, shown, rows, files, repr(files)):
        assert person["id_number"] not in str(answer)


def test_a_reason_opens_what_is_masked_and_stands_in_custody(small_world: Path, tmp_path: Path) -> None:
    person = a_person(small_world)
    source = tmp_path / "source"
    source.mkdir()
    (source / "note.txt").write_text(f"{person['han']} {person['id_number']}", encoding="utf-8")
    done = proofroom("open", source, "--case", tmp_path / "case", *PLAIN, "--json")
    assert done.status == 0
    events = public.verify(tmp_path / "case")["events"]
    with public.open(tmp_path / "case") as opened, opened.scope("checking a number", "notebook") as view:
        assert person["id_number"] in view.sql("select text from pieces where kind <> 99").rows()[0]["text"]
    verdict = public.verify(tmp_path / "case")
    assert (verdict["ok"], verdict["events"]) == (True, events + 1)


def test_sql_gives_rows_a_table_and_a_data_frame_only_with_pandas(
    case: public.Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = case.sql("select state, count(*) as n from occurrences group by state order by n desc")
    assert counted.columns == ["state", "n"]
    assert {row["state"]: row["n"] for row in counted} == case.status()["artifacts"]["states"]
    assert len(counted) == len(counted.rows())
    assert "<td" in counted._repr_html_()
    assert repr(counted).startswith("state")
    monkeypatch.setitem(sys.modules, "pandas", None)  # as on a machine that has none
    with pytest.raises(public.MissingTool) as failed:
        counted.df()
    assert ".rows()" in failed.value.advice


def test_a_long_answer_says_how_much_of_it_is_shown(case: public.Case) -> None:
    cells = case.sql("select sheet, row, col from cells limit 300")
    assert "300 in all, the first 20 are shown" in repr(cells)
    assert cells._repr_html_().count("<tr>") == 21
    assert repr(case.sql("select raw from cells where false")).endswith("0 in all")


def test_sql_that_is_no_select_is_refused_with_a_remedy(case: public.Case) -> None:
    with pytest.raises(public.RefusedSql) as failed:
        case.sql("drop table cells")
    assert "SELECT" in failed.value.advice


def test_what_a_file_says_cannot_become_part_of_the_notebook() -> None:
    lines = Lines([{"path": "<script>alert(1)</script>\u202egpj.exe", "digest": None}])
    for shown in (repr(lines), lines._repr_html_()):
        assert "\u202e" not in shown
        assert "\\u202e" in shown
    assert "<script>" not in lines._repr_html_()
    assert "&lt;script&gt;" in lines._repr_html_()


def test_a_case_open_for_looking_does_not_work(case: public.Case) -> None:
    with pytest.raises(public.WrongUse, match="looking only"):
        case.run((), None, None)


def test_a_folder_that_is_no_case_says_so(tmp_path: Path) -> None:
    with pytest.raises(public.BadCase, match=r"case\.toml"):
        public.open(tmp_path)


def test_a_case_can_be_made_and_verified_from_python(tmp_path: Path) -> None:
    with public.new(tmp_path / "case", plain_disk="a test") as made:
        head = made.head()
    verdict = public.verify(tmp_path / "case", seen=head)
    assert (verdict["ok"], verdict["freshness"]) == (True, "continues")
    with public.open(tmp_path / "case") as opened:
        assert "0 found" in repr(opened.status())
        assert opened.artifacts() == []
