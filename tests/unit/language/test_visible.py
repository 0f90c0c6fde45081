"""Text for people's eyes: nothing in it is obeyed, and nothing else in it is touched."""

from __future__ import annotations

import pytest

from proofroom.language.visible import visible


@pytest.mark.parametrize("text", ["王小明 三号楼", "ئۇيغۇرچە", "emoji 🙂 and a\u0301ccent", "Ａ　Ｂ", ""])
def test_ordinary_text_of_any_script_stays_as_it_is(text: str) -> None:
    assert visible(text) == text


@pytest.mark.parametrize(
    "character", ["\x1b", "\r", "\x00", "\x9b", "\u202e", "\u2066", "\u200f", "\u061c", "\ud800"]
)
def test_what_moves_the_cursor_or_turns_the_writing_is_written_out(character: str) -> None:
    assert visible(f"a{character}b") == f"a\\u{ord(character):04x}b"


def test_a_new_line_or_paragraph_is_a_sign_on_the_same_line() -> None:
    assert visible("one\ntwo\u2029three") == "one⏎two⏎three"
