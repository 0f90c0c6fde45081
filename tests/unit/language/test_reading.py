"""How texts are read: lines joined, hidden characters gone, and every place led back to the original."""

from __future__ import annotations

import pytest

from proofroom.language.reading import Kind, Literal, Reading, _kinds, kind_of, read_text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("张\n三", "张三"),
        ("张 \r\n\u3000三", "张三"),
        ("A座\n3号", "a座3号"),
        ("hello \n world", "hello world"),
        ("张 三", "张 三"),
        ("张\u2029三", "张\u2029三"),
        ("张\x0c三", "张\x0c三"),
        ("张\u200b三", "张三"),
        ("葛\U000e0100城", "葛城"),
        ("soft\u00adhyphen", "softhyphen"),
        ("\n张三\n", "张三"),
        ("張三", "张三"),
    ],
)
def test_a_text_is_read_as_a_person_reads_it(text: str, expected: str) -> None:
    assert read_text(text) == expected


def test_the_table_of_kinds_agrees_with_the_definition() -> None:
    codes = [*range(0x3500), *range(0x4E00, 0x20000, 3), *range(0x2F800, 0x30000), *range(0xDFF00, 0xE1100)]
    table = _kinds()
    assert [hex(code) for code in codes if table[code] != kind_of(chr(code)) and code != 0x1E] == []
    assert table[0x1E] == Kind.EDGE


def test_a_match_is_led_back_to_its_piece_and_place() -> None:
    reading = Reading(["没有", "他叫張\n三，", "见张三张三"])
    found = [
        (place.piece, place.start, place.end, place.as_written) for place in reading.find(Literal.of("张三"))
    ]
    assert found == [(1, 2, 5, False), (2, 1, 3, True), (2, 3, 5, True)]


def test_what_was_asked_in_traditional_form_is_as_written_only_there() -> None:
    found = [place.as_written for place in Reading(["張三", "张三"]).find(Literal.of("張三"))]
    assert found == [True, False]


def test_words_are_whole_and_chinese_is_contained() -> None:
    def count(text: str, words: str) -> int:
        return len(list(Reading([text]).find(Literal.of(words))))

    assert count("cat, concatenate, CAT", "cat") == 2
    assert count("BA座3号 A座3号楼", "A座3号") == 1
    assert count("13号", "3号") == 0
    assert count("سىنجاڭ سىن", "سىن") == 1


def test_a_literal_of_nothing_is_found_nowhere() -> None:
    assert list(Reading(["abc"]).find(Literal.of(" \u200b"))) == []


def test_no_match_reaches_from_one_piece_into_the_next() -> None:
    assert list(Reading(["张", "三"]).find(Literal.of("张三"))) == []
