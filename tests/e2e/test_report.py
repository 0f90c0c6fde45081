"""The intake report of a whole case: its sums hold, it masks, it stands alone, and custody knows who saw more."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path

import pytest
from user import proofroom


def test_the_report_counts_what_status_counts(read_case: Path) -> None:
    status = proofroom("status", read_case, "--json").document["artifacts"]
    counted = proofroom("report", read_case, "intake", "--json").document["accounting"]
    assert counted["holds"]
    assert counted["discovered"] == status["discovered"] == counted["sum"]
    assert counted["states"] == status["states"]
    by_format = [sum(one["states"].values()) for one in counted["formats"]]
    assert sum(by_format) == counted["sum"]
    assert counted["received"] + counted["inside"] == counted["discovered"]


def test_everything_unread_stands_in_the_table_beside_the_page(read_case: Path, tmp_path: Path) -> None:
    out = tmp_path / "intake.html"
    done = proofroom("report", read_case, "intake", "--out", out)
    assert done.status == 0
    with (tmp_path / "intake-unread.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    states = proofroom("status", read_case, "--json").document["artifacts"]["states"]
    unread = sum(count for state, count in states.items() if state not in ("read", "empty"))
    assert len(rows) == unread
    assert all(row["means"] and row["remedy"] for row in rows)
    page = out.read_text("utf-8")
    for state in {row["state"] for row in rows}:
        assert f"<h3>{state}" in page


def test_identities_are_masked_and_no_digest_of_an_original_leaves(
    small_world: Path, read_case: Path, tmp_path: Path
) -> None:
    people = json.loads((small_world / "truth" / "persons.json").read_text())
    numbers = {one["id_number"] for one in people}
    out = tmp_path / "intake.html"
    document = proofroom("report", read_case, "intake", "--out", out, "--json").out
    said = document + out.read_text("utf-8") + (tmp_path / "intake-unread.csv").read_text("utf-8")
    assert not {number for number in numbers if number in said}
    digests = {line["digest"] for line in proofroom("artifacts", read_case, "--json").lines} - {None}
    found = set(re.findall(r"[0-9a-f]{12,}", said))
    assert not {one for one in found if any(digest.startswith(one) for digest in digests)}
    where = next(one for one in re.findall(r"doc:[0-9a-f]{32}", said))
    assert proofroom("show", read_case, where, "--json").lines[0]["kind"] == "artifact"


def looks(case: Path) -> int:
    """Count the looks behind the mask, as the report tells them."""
    document = proofroom("report", case, "intake", "--json").document
    return sum(log["acts"].get("reveal", 0) for log in document["custody"])


def test_without_the_mask_it_says_so_and_custody_knows(read_case: Path, tmp_path: Path) -> None:
    case = tmp_path / "case"
    shutil.copytree(read_case, case)
    before = looks(case)
    document = proofroom("report", case, "intake", "--json", "--reveal", "for the court").document
    assert document["made"]["masked"] is False
    assert looks(case) == before + 1


def test_it_tells_by_whom_when_and_with_what(read_case: Path) -> None:
    document = proofroom("report", read_case, "intake", "--json").document
    (delivery,) = document["deliveries"]
    assert delivery["found"] == document["accounting"]["received"]
    assert set(delivery["statement"]) >= {"taken_by", "when", "medium"}
    assert document["runs"][0]["facts"]["stages"].keys() == {"extract", "search"}
    assert document["custody"][0]["head"].count("\n") >= 5
    assert {one["act"] for one in document["reasons"]} == {"plain-disk", "no-passphrase"}
    assert document["passwords"]["locked"] == 1
    assert document["passwords"]["files"][0]["tried"] > 0
    assert document["times"]["slowest"][0]["seconds"] >= document["times"]["slowest"][-1]["seconds"]
    assert document["duplicates"]["artifacts"] > 0


@pytest.mark.parametrize("words", [(), ("intake",), ("output",)])
def test_it_has_to_be_said_where_it_goes(read_case: Path, words: tuple[str, ...]) -> None:
    done = proofroom("report", read_case, *words)
    assert done.status == 2
    assert done.err


def test_a_place_that_is_not_there_is_named(read_case: Path, tmp_path: Path) -> None:
    done = proofroom("report", read_case, "intake", "--out", tmp_path / "no" / "x.html", "--json")
    assert done.document["error"]["code"] == "system-refused"
