"""The intake report as a page: nothing in it is obeyed, nothing is loaded, and what is cut says so."""

from __future__ import annotations

import csv
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from proofroom.case.explanations import REASONS, STATES, meaning, remedy
from proofroom.case.intake_page import intake_page, write_report
from proofroom.limits import DEFAULT
from proofroom.model.states import Reason, State

NASTY = "<script src=http://x/>\u202egnp.exe\x07&amp;"


def line(path: str, **more: Any) -> dict[str, Any]:
    return {"path": path, "doc": "doc:" + "0" * 32, "bytes": 12, "format": "pdf"} | more


def document(**changes: Any) -> dict[str, Any]:
    """Give a small report."""
    group = {
        "state": "damaged",
        "reason": "cut-short",
        "count": 3,
        "means": "It ends early.",
        "remedy": "Ask.",
    }
    return {
        "case": {
            "name": NASTY,
            "created": "2026-03",
            "members": [{"handle": "desk", "public_key": "k", "retired": False}],
        },
        "made": {"at": "2026-03-01T00:00:00Z", "version": "1", "masked": True},
        "environment": {"python": "3", "system": "Linux", "sandbox": ["seccomp"], "sandbox_missing": []},
        "limits_changed": {"cells": 5},
        "custody": [
            {"log": "ab", "events": 2, "covered": 2, "acts": {"received": 2}, "head": "one\ntwo\n\nthree\n"}
        ],
        "deliveries": [
            {
                "id": "delivery-1",
                "begun": "t",
                "by": "desk",
                "resumed": 1,
                "ended": None,
                "found": None,
                "statement": {"when": NASTY},
            }
        ],
        "runs": [{"act": "redo", "at": "t", "by": "desk", "facts": {"condition": NASTY}}],
        "runs_more": 7,
        "reasons": [{"act": "plain-disk", "at": "t", "by": "desk", "facts": {"why": NASTY}}],
        "accounting": {
            "discovered": 5,
            "received": 4,
            "inside": 1,
            "digests": 5,
            "bytes": 100,
            "cells": 1,
            "pieces": 2,
            "states": {"read": 2, "damaged": 3},
            "sum": 5,
            "holds": True,
            "formats": [{"format": "pdf", "states": {"read": 2, "damaged": 3}, "sum": 5}],
        },
        "unread": [group | {"lines": [line(NASTY), line("名单/" + "长" * 900)], "more": 1}],
        "passwords": {"locked": 1, "opened": 0, "opened_by": {}, "tried": {"given": 4}}
        | {"files": [line(NASTY, tried=4, tried_by={"given": 4}, cut=True)]},
        "duplicates": {"artifacts": 1, "places": 2, "bytes": 12, "lines": [line(NASTY, places=2)], "more": 0},
        "biggest": [line(NASTY)],
        "times": {
            "stages": {"extract": {"done": 1, "pending": 0, "seconds": 2.0}},
            "formats": [{"format": "pdf", "artifacts": 1, "bytes": 5, "seconds": 0.5}],
            "slowest": [line(NASTY, seconds=0.5)],
        },
        "ocr": {},
        "partial": {"unread": 0, "unsearchable": 0, "pages": 0},
    } | changes


class Seen(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, page: str) -> None:
        """Read it."""
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.words = ""
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Note that a tag ends; they end in the order in which they began."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note text."""
        self.words += data


def test_nothing_of_the_cache_is_obeyed_and_nothing_is_loaded() -> None:
    page = intake_page(document(), "x.csv")
    seen = Seen(page)
    assert seen.open == []
    assert not seen.tags & {"script", "img", "link", "iframe", "object", "a", "form", "svg"}
    assert not seen.attributes & {"src", "href", "onload", "onclick", "srcset"}
    assert "url(" not in page
    assert "@import" not in page
    assert "default-src 'none'" in page
    assert "\u202e" not in page
    assert "\x07" not in page
    assert seen.words.count("<script src=http://x/>") >= 8


def test_the_equation_stands_at_the_top_and_a_sum_that_does_not_hold_is_not_hidden() -> None:
    words = Seen(intake_page(document(), "x.csv")).words
    assert "5 found = 2 read + 3 damaged. The sum holds." in words
    wrong = document()["accounting"] | {"holds": False}
    assert "THE SUM DOES NOT HOLD" in Seen(intake_page(document(accounting=wrong), "x.csv")).words


def test_a_list_that_is_cut_says_how_many_more_and_where_they_stand() -> None:
    words = Seen(intake_page(document(), "x-unread.csv")).words
    assert "… and 1 more, all in x-unread.csv" in words
    assert "The last 1; 7 more stand in the log." in words


def test_what_is_partial_and_what_is_unmasked_says_so() -> None:
    words = Seen(intake_page(document(), "x.csv")).words
    assert "not the whole" not in words
    assert "show as pseudonyms" in words
    partial = {"unread": 7, "unsearchable": 8, "pages": 9}
    made = document()["made"] | {"masked": False}
    words = Seen(intake_page(document(partial=partial, made=made), "x.csv")).words
    assert "7 are not read yet, 8 cannot be searched yet, 9 pages" in words
    assert "it holds identities" in words


def test_a_head_can_be_copied_as_it_stands() -> None:
    assert "<pre>one\ntwo\n\nthree</pre>" in intake_page(document(), "x.csv")


def test_it_prints_on_paper() -> None:
    page = intake_page(document(), "x.csv")
    assert "size: A4" in page
    assert "@media print" in page


def test_no_field_of_the_table_is_a_formula(tmp_path: Path) -> None:
    unread = [
        line(path, state="damaged", reason="", means="", remedy="") for path in ("=1+1", "@x", "+1", "-1")
    ]
    unread.append(line("名单.pdf", state="read", reason="", means="", remedy="") | {"doc": None})
    beside = write_report(document(), unread, tmp_path / "out.html")
    assert beside.name == "out-unread.csv"
    with beside.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["path"] for row in rows] == ["'=1+1", "'@x", "'+1", "'-1", "名单.pdf"]
    assert rows[-1]["doc"] == ""
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


def test_every_state_and_reason_is_explained_as_in_the_manual(root: Path) -> None:
    page = (root / "docs" / "states.md").read_text("utf-8")
    manual = dict(re.findall(r"^\| `([a-z-]+)` \| (.*?) \|", page, re.MULTILINE))
    ours = {one.value: words for one, words in (*STATES.items(), *REASONS.items())}
    assert ours == manual


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason])
def test_every_reason_has_a_remedy_that_names_what_there_is(reason: Reason) -> None:
    words = remedy(State.TRUNCATED.value, reason.value)
    assert words
    assert "{" not in words
    for limit in re.findall(r"Raise (\w+) under", words):
        assert hasattr(DEFAULT, limit), limit


@pytest.mark.parametrize("state", [*State, "pending"])
def test_every_state_has_a_meaning_and_a_remedy_without_a_reason(state: str) -> None:
    assert meaning(state, "")
    assert remedy(state, "")
