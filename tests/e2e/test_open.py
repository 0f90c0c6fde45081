"""The main job on the world's cache: everything accounted for, everything found again, down to the cell."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from pathlib import Path

import pytest
from user import PLAIN, proofroom

from proofroom.case.scoring import score_case
from proofroom.model.custody import Act
from proofroom.receive.openings import event_lines, read_opening


def names_of(small_world: Path) -> list[str]:
    people = json.loads((small_world / "truth" / "persons.json").read_text())
    return [one["han"] for one in people if one["detained"]]


def test_what_was_found_is_the_sum_over_the_states(read_case: Path) -> None:
    status = proofroom("status", read_case, "--json").document
    assert status["artifacts"]["discovered"] == sum(status["artifacts"]["states"].values())
    assert "pending" not in status["artifacts"]["states"]
    lines = proofroom("artifacts", read_case, "--json").lines
    assert len(lines) == status["artifacts"]["discovered"]


def test_every_entry_of_the_cache_has_a_line(small_world: Path, read_case: Path) -> None:
    cache = os.fsencode(small_world / "cache")
    there = set()
    for folder, folders, files in os.walk(cache):
        # A link to a folder is an entry like any other: it is recorded and not followed.
        links = [name for name in folders if Path(os.fsdecode(folder + b"/" + name)).is_symlink()]
        there |= {os.path.relpath(folder + b"/" + name, cache) for name in [*files, *links]}
    lines = proofroom("artifacts", read_case, "--json", "--reveal", "a test").lines
    received = [line for line in lines if line["parent"] is None]
    assert len(received) == len(there)


def test_hostile_files_end_in_a_state_that_the_truth_allows(small_world: Path, read_case: Path) -> None:
    score = score_case(read_case, small_world / "truth")
    states = score["kinds"]["states"]
    assert states["recall"] == 1.0, score["missed"]


def test_cells_and_names_are_found_exactly(small_world: Path, read_case: Path) -> None:
    kinds = score_case(read_case, small_world / "truth")["kinds"]
    for kind in ("cells:raw", "cells:shown", "cells:formula", "search:names"):
        assert kinds[kind]["recall"] == 1.0, kind
        assert kinds[kind]["precision"] == 1.0, kind


def test_one_cell_can_be_followed_from_the_hit_to_the_received_file(
    small_world: Path, read_case: Path
) -> None:
    name = names_of(small_world)[0]
    *hits, total = proofroom("search", read_case, name, "--json").lines
    assert total["total"] >= len(hits) > 0
    cell = next(hit for hit in hits if hit["kind"] == "cell")
    assert [cell["snippet"][start:end] for start, end in cell["highlights"]] == [name]
    shown = proofroom("show", read_case, cell["where"], "--json").lines[0]
    assert name in shown["raw"]
    assert cell["path"] in shown["paths"]
    assert shown["neighbours"]
    received = [
        line for line in proofroom("artifacts", read_case, "--json").lines if line["digest"] == cell["digest"]
    ]
    assert received[0]["state"] in ("read", "partly")


def test_a_password_in_a_notice_opens_the_list_it_is_for(small_world: Path, read_case: Path) -> None:
    locked = json.loads((small_world / "truth" / "gold.json").read_text())["locked"]
    lines = {
        line["path"]: line for line in proofroom("artifacts", read_case, "--json", "--reveal", "a test").lines
    }
    for one in locked:
        if one["password_from"] == "never":
            assert (lines[one["path"]]["state"], lines[one["path"]]["reason"]) == (
                "locked",
                "password-unknown",
            )
        else:
            assert (lines[one["path"]]["state"], lines[one["path"]]["reason"]) == ("read", "decrypted")
            assert lines[f"{one['path']}/decrypted"]["digest"] == one["decrypted_digest"]


def test_a_password_given_later_opens_what_was_locked(
    small_world: Path, read_case: Path, tmp_path: Path
) -> None:
    case = tmp_path / "copy.case"
    shutil.copytree(read_case, case)
    words = tmp_path / "words.txt"
    never = next(
        one
        for one in json.loads((small_world / "truth" / "gold.json").read_text())["locked"]
        if one["password_from"] == "never"
    )
    words.write_text(f"wrong\n{never['password']}\n", encoding="utf-8")
    done = proofroom("unlock", case, "--passwords", words, "--json")
    assert done.status == 3
    lines = {
        line["path"]: line for line in proofroom("artifacts", case, "--json", "--reveal", "a test").lines
    }
    assert lines[never["path"]]["reason"] == "decrypted"
    assert lines[f"{never['path']}/decrypted"]["digest"] == never["decrypted_digest"]
    assert done.document["artifacts"]["discovered"] == len(lines)
    assert proofroom("verify", case, "--json").document["ok"]
    for path in (case / "custody").rglob("*"):
        if path.is_file():
            assert never["password"].encode() not in path.read_bytes()


def test_what_is_derived_can_be_deleted_and_comes_back_the_same(read_case: Path, tmp_path: Path) -> None:
    case = tmp_path / "copy.case"
    shutil.copytree(read_case, case)
    before = proofroom("status", case, "--json").document
    shutil.rmtree(case / "derived")
    after = proofroom("run", case, "--workers", "1", "--json").document
    assert after["content_digest"] == before["content_digest"]
    assert after["artifacts"] == before["artifacts"]


def test_a_second_delivery_goes_into_the_same_case(read_case: Path, tmp_path: Path) -> None:
    case, more = tmp_path / "copy.case", tmp_path / "more"
    shutil.copytree(read_case, case)
    before = proofroom("status", case, "--json").document["artifacts"]
    more.mkdir()
    (more / "later.txt").write_text("卡纳·比卡戈尔 was seen later", encoding="utf-8")
    (more / "again.txt").write_text("卡纳·比卡戈尔 was seen later", encoding="utf-8")
    after = proofroom("open", more, "--case", case, "--json").document["artifacts"]
    assert after["discovered"] == before["discovered"] + 2
    assert after["digests"] == before["digests"] + 1
    *hits, _ = proofroom("search", case, '"seen later"', "--json").lines
    assert {hit["path"] for hit in hits} == {"later.txt", "again.txt"}


def test_the_total_is_the_number_of_hits(read_case: Path) -> None:
    for query in ("名单", '"三月份名单口令"', "SYNTHETIC", "男"):
        *hits, total = proofroom("search", read_case, query, "--limit", "0", "--json").lines
        assert total["total"] == len(hits) > 0, query


def test_nothing_of_the_case_can_be_read_by_others(read_case: Path) -> None:
    for path in [read_case, *read_case.rglob("*")]:
        assert path.is_symlink() or path.stat().st_mode & 0o077 == 0, path


def test_the_source_is_not_touched(small_world: Path, tmp_path: Path) -> None:
    source = tmp_path / "source"
    shutil.copytree(small_world / "cache" / "通知", source)
    before = {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in source.iterdir()}
    proofroom("open", source, "--case", tmp_path / "case", *PLAIN, "--json")
    assert {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in source.iterdir()} == before


def test_a_case_on_a_plain_disk_needs_a_reason(small_world: Path, tmp_path: Path) -> None:
    done = proofroom("open", small_world / "cache" / "通知", "--case", tmp_path / "case", "--json")
    if done.status == 2:
        assert done.document["error"]["code"] == "plain-disk"
        assert not (tmp_path / "case").exists()
    else:
        pytest.skip("the disk of this machine's temporary folder is encrypted")


def test_ids_are_withheld_until_a_reason_is_given(small_world: Path, read_case: Path) -> None:
    people = json.loads((small_world / "truth" / "persons.json").read_text())
    entries = json.loads((small_world / "truth" / "entries.json").read_text())
    person = next(one for one in people if any(entry["person"] == one["person"] for entry in entries))
    hits = proofroom("search", read_case, f'"{person["id_number"]}"', "--json").lines[:-1]
    cell = next(hit for hit in hits if hit["kind"] == "cell")
    closed = proofroom("show", read_case, cell["where"], "--json")
    opened = proofroom("show", read_case, cell["where"], "--json", "--reveal", "checking a name")
    assert person["id_number"] not in closed.out
    assert "ID-" in closed.out
    assert person["id_number"] in opened.out


def test_a_look_behind_the_mask_says_who_why_which_and_how_many(read_case: Path, tmp_path: Path) -> None:
    case = tmp_path / "copy.case"
    shutil.copytree(read_case, case)
    hits = proofroom("search", case, "男", "--limit", "3", "--json", "--reveal", "a check").lines[:-1]
    proofroom("show", case, hits[0]["where"], "--json", "--reveal", "a check")
    query = "select raw from cells limit 4"
    proofroom("sql", case, query, "--json", "--reveal", "a check")
    (log,) = (case / "custody").iterdir()
    events = [read_opening(line)[1] for line in event_lines(log)]
    looks = [(event.by, dict(event.facts)) for event in events if event.act is Act.REVEAL][-3:]
    asked: list[tuple[str, dict[str, object], int]] = [
        ("search", {"query": "男", "limit": 3, "exact": False}, 3),
        ("show", {"where": hits[0]["where"]}, 1),
        ("sql", {"sql": query}, 4),
    ]
    assert looks == [
        ("desk", {"what": what, "why": "a check", "selection": selection, "lines": lines})
        for what, selection, lines in asked
    ]


def test_sql_answers_and_refuses(read_case: Path) -> None:
    rows = proofroom(
        "sql", read_case, "select state, count(*) as n from occurrences group by 1", "--json"
    ).lines
    status = proofroom("status", read_case, "--json").document
    assert {row["state"]: row["n"] for row in rows} == status["artifacts"]["states"]
    refused = proofroom("sql", read_case, "copy (select 1) to '/dev/null'", "--json")
    assert refused.document["error"]["code"] == "refused-sql"
    assert refused.status == 1


def test_a_corrupt_journal_is_named_with_its_remedy_and_can_be_rebuilt(
    read_case: Path, tmp_path: Path
) -> None:
    case = tmp_path / "copy.case"
    shutil.copytree(read_case, case)
    before = proofroom("status", case, "--json").document["content_digest"]
    journal = case / "derived" / "journal.sqlite"
    data = bytearray(journal.read_bytes())
    data[:4096] = os.urandom(4096)
    for name in ("journal.sqlite-wal", "journal.sqlite-shm"):
        (case / "derived" / name).unlink(missing_ok=True)
    journal.write_bytes(data)
    done = proofroom("status", case, "--json")
    assert done.document["error"]["code"] == "bad-journal"
    assert "derived" in done.document["error"]["remedy"]
    shutil.rmtree(case / "derived")
    assert proofroom("run", case, "--json").document["content_digest"] == before


def test_a_journal_of_a_newer_version_is_refused(read_case: Path, tmp_path: Path) -> None:
    case = tmp_path / "copy.case"
    shutil.copytree(read_case, case)
    with sqlite3.connect(case / "derived" / "journal.sqlite") as journal:
        journal.execute("update meta set value = '99' where key = 'version'")
    assert proofroom("status", case, "--json").document["error"]["code"] == "case-too-new"


def test_a_changed_original_is_found(read_case: Path, tmp_path: Path) -> None:
    case = tmp_path / "copy.case"
    shutil.copytree(read_case, case)
    original = max(
        (path for path in (case / "originals").rglob("*") if path.is_file()),
        key=lambda one: one.stat().st_size,
    )
    original.chmod(0o600)
    data = bytearray(original.read_bytes())
    data[len(data) // 2] ^= 1
    original.write_bytes(data)
    done = proofroom("verify", case, "--json")
    assert done.status == 1
    assert [failure["code"] for failure in done.document["failures"]] == ["original-changed"]
