"""Blanks without end in letters and scripts cost no more than reading them."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import pytest

from proofroom.extract.detection.sql_kind import SQL, sql_type
from proofroom.extract.letters.quotes import Quotes
from proofroom.extract.letters.threads import thread_keys

AT_MOST = 2.0
BLANKS = 60_000


def quote(line: str) -> None:
    """Look at one line of a letter."""
    Quotes().take(1, line)


@pytest.mark.parametrize(
    "look",
    [
        partial(quote, " " * BLANKS + ":"),
        partial(quote, " " * 2_000 + "*" * 2_000 + ":"),
        partial(quote, "From:" + " " * BLANKS),
        partial(thread_keys, "", "", "", b"", "Re" + " " * BLANKS + "x"),
        partial(sql_type, "SET x;" + "\n" * BLANKS, "txt"),
        partial(sql_type, "SET x;" + " \n" * BLANKS, "txt"),
    ],
)
def test_many_blanks_are_looked_at_once(look: Callable[[], object]) -> None:
    before = time.process_time()
    look()
    assert time.process_time() - before < AT_MOST


def test_a_dump_is_known_behind_blank_lines() -> None:
    assert sql_type("SET x = 1;\n\n\n  INSERT INTO a VALUES (1);\n", "txt") == SQL


def test_a_prefix_is_taken_off_where_a_subject_begins_only() -> None:
    assert thread_keys("", "", "", b"", " Re: AW[2]:  Software: the list") == ["subject:software: the list"]
