"""What the command line promises to programs and to people in a hurry: statuses, codes, pipes, odd input."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from user import PLAIN, command, proofroom


def test_a_reader_that_goes_away_is_nothing_wrong(read_case: Path) -> None:
    words = " ".join(map(str, command("artifacts", read_case)))
    line = f"{words} | head -n 1 >/dev/null; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "0"
    assert done.stderr == ""


@pytest.mark.parametrize(
    "words", [("--bogus",), ("--limit", "-1"), ("--limit", "many")], ids=["unknown", "negative", "no number"]
)
def test_wrong_use_with_json_is_one_document_with_a_remedy(read_case: Path, words: tuple[str, ...]) -> None:
    done = proofroom("artifacts", read_case, "--json", *words)
    assert done.status == 2
    assert done.document["error"]["code"] == "wrong-use"
    assert done.document["error"]["remedy"]


def test_what_is_not_utf8_is_named(read_case: Path, tmp_path: Path) -> None:
    odd = tmp_path / "odd"
    odd.write_bytes(b"\xff\xfe\xfd")
    for words in (("verify", read_case, "--seen", odd), ("show", read_case, "--from", odd)):
        done = proofroom(*words, "--json")
        assert done.document["error"]["code"] == "wrong-use"
        assert done.status == 2


def test_a_path_of_the_wrong_kind_is_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("no folder")
    done = proofroom("world", file / "below", "--json")
    assert done.document["error"]["code"] == "system-refused"
    assert str(file) in done.document["error"]["what"]


def test_values_of_every_kind_come_out_of_sql(read_case: Path) -> None:
    query = "select 1.5::decimal(5, 2) as d, date '2020-01-01' as t, interval 1 day as i, 'a'::blob as b"
    assert set(proofroom("sql", read_case, query, "--json").lines[0]) == {"d", "t", "i", "b"}


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to give a case to nobody")
def test_a_case_nobody_may_write_to_can_be_looked_at(read_case: Path, tmp_path: Path) -> None:
    case = tmp_path / "case"
    shutil.copytree(read_case, case)
    before = proofroom("status", case, "--json").document
    # Root may write everywhere; so the folder is made one into which nothing can be written at all.
    subprocess.run(["chattr", "-R", "+i", case], check=False, capture_output=True)
    try:
        if os.access(case / "derived", os.W_OK):
            pytest.skip("this disk knows no immutable files")
        assert proofroom("status", case, "--json").document == before
        error = proofroom("search", case, "名单", "--json").document["error"]
        assert (error["code"], "Copy" in error["remedy"]) == ("bad-case", True)
    finally:
        subprocess.run(["chattr", "-R", "-i", case], check=False, capture_output=True)


def test_a_source_that_is_missing_leaves_nothing_behind_in_a_case(read_case: Path, tmp_path: Path) -> None:
    case = tmp_path / "case"
    shutil.copytree(read_case, case)
    before = proofroom("status", case, "--json").document["artifacts"]
    done = proofroom("receive", case, tmp_path / "nothing here", *PLAIN, "--json")
    assert done.document["error"]["code"] == "bad-source"
    assert proofroom("status", case, "--json").document["artifacts"] == before


def test_what_is_not_indexed_yet_is_no_absence(read_case: Path, tmp_path: Path) -> None:
    case, more = tmp_path / "case", tmp_path / "more"
    shutil.copytree(read_case, case)
    more.mkdir()
    (more / "later.txt").write_text("Veshkarian harvest", encoding="utf-8")
    proofroom("receive", case, more, "--json")
    total = {"total": 0, "pending": 1, "unread_pages": 3}
    assert proofroom("search", case, "harvest", "--json").lines == [total]
    assert len(proofroom("artifacts", case, "--state", "pending", "--json").lines) == 1
    assert "cannot be searched yet" in proofroom("search", case, "harvest").err
    proofroom("run", case, "--json")
    assert proofroom("search", case, "harvest", "--json").lines[-1] == {"total": 1, "unread_pages": 3}


def test_a_list_is_cut_where_it_was_asked_to_be(read_case: Path) -> None:
    query = "select id from occurrences order by id"
    assert len(proofroom("sql", read_case, query, "--limit", "3", "--json").lines) == 3
    assert len(proofroom("sql", read_case, query, "--json").lines) > 3


def test_with_several_members_whoever_reveals_says_who(read_case: Path, tmp_path: Path) -> None:
    case = tmp_path / "case"
    shutil.copytree(read_case, case)
    proofroom("member", case, "add", "anna", "--json")
    refused = proofroom("artifacts", case, "--limit", "1", "--reveal", "a test", "--json")
    assert refused.document["error"]["code"] == "bad-member"
    done = proofroom("artifacts", case, "--limit", "1", "--reveal", "a test", "--as", "anna", "--json")
    assert (done.status, len(done.lines)) == (0, 1)
