"""Names are kept as bytes, and as text that loses nothing silently."""

from __future__ import annotations

import json
import os

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from proofroom.receive.names import path_facts, path_text, raw_path, whole_text


@given(st.binary(max_size=60))
@example(b"\xed\xa0\x80")
@example(b"100%41.txt")
@example("e\u0301.txt".encode())
@example(b"\xff%FF")
def test_the_raw_bytes_of_a_name_come_back_from_the_log(name: bytes) -> None:
    facts = json.loads(json.dumps(path_facts(name), ensure_ascii=False).encode())
    assert raw_path(facts) == name


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (b"plain.txt", "plain.txt"),
        ("名单.xlsx".encode(), "名单.xlsx"),
        ("名单".encode("gb18030"), "%C3%FB%B5%A5"),
        (b"a\xffb", "a%FFb"),
        (b"line\nbreak", "line\nbreak"),
        ("\u202egnp.exe".encode(), "\u202egnp.exe"),
    ],
)
def test_a_name_is_text_where_it_can_be_and_escapes_where_not(name: bytes, text: str) -> None:
    assert path_text(name) == text
    assert ("path_bytes" in path_facts(name)) == (text.encode() != name)


def test_composed_and_decomposed_letters_stay_apart() -> None:
    assert path_text("é".encode()) != path_text("e\u0301".encode())


@given(st.binary(max_size=40))
def test_odd_bytes_from_a_terminal_can_be_written(words: bytes) -> None:
    whole_text(os.fsdecode(words)).encode()


def test_a_lone_surrogate_can_be_written_too() -> None:
    assert whole_text("a\ud800b") == "a%ED%A0%80b"
