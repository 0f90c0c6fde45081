"""The table of simplified characters, and which characters count as Chinese."""

from __future__ import annotations

import pytest

from proofroom.language.han import is_han, simplified, simplify


@pytest.mark.parametrize("character", ["张", "張", "〇", "々", "\U00020bb7", "\U00030000", "\ue5e5"])
def test_chinese_characters_are_known_in_every_extension(character: str) -> None:
    assert is_han(character)


@pytest.mark.parametrize("character", ["a", "ئ", "ガ", "각", "，", " ", "1", "·"])
def test_other_characters_are_not_chinese(character: str) -> None:
    assert not is_han(character)


def test_traditional_names_become_simplified_character_by_character() -> None:
    assert simplify("張國榮與劉德華") == "张国荣与刘德华"


def test_simplifying_twice_changes_nothing_more() -> None:
    table = simplified()
    assert len(table) > 3_700
    assert [pair for pair in table.items() if pair[1] in table] == []


def test_the_table_maps_chinese_to_chinese_only() -> None:
    assert all(is_han(traditional) and is_han(simple) for traditional, simple in simplified().items())
