"""How a query is read, and how it is refused."""

from __future__ import annotations

import pytest

from proofroom.errors import BadQuery
from proofroom.search.query import LONGEST_QUERY, literal, parse
from proofroom.store.index_query import Phrase


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ("张三", [Phrase(("张三",))]),
        ("张三丰", [Phrase(("张三", "三丰"))]),
        ("张", [Phrase(("张",), open_end=True)]),
        ("张三 李四", [Phrase(("张三",)), Phrase(("李四",))]),
        ("A座3号", [Phrase(("a", "座", "3", "号"), open_end=True)]),
        ("A座3号楼", [Phrase(("a", "座", "3", "号楼"))]),
        ("座3", [Phrase(("座", "3"))]),
        ('"A座 3号"', [Phrase(("a", "座", "|", "3", "号"), open_end=True)]),
        ("艾力·买买提", [Phrase(("艾力", "力", "买买", "买提"))]),
        ("艾力·买", [Phrase(("艾力", "力", "买"), open_end=True)]),
        ("张三，", [Phrase(("张三", "三"))]),
        ('"hello, world"', [Phrase(("hello", "world"))]),
        ('"say ""hi"""', [Phrase(("say", "hi"))]),
        ("ＡＢＣ", [Phrase(("abc",))]),
        ("張三", [Phrase(("张三",))]),
        ("\u3000张三\n", [Phrase(("张三",))]),
        ("a\u200bb", [Phrase(("ab",))]),
    ],
)
def test_words_become_phrases(text: str, phrases: list[Phrase]) -> None:
    assert [item.simple for item in parse(text).items] == phrases


@pytest.mark.parametrize(
    ("text", "certain"),
    [
        ("张三", True),
        ("A座3号", True),
        ("abc", True),
        ("艾力·买买提", False),
        ('"a b"', False),
        ("张三，", False),
    ],
)
def test_only_words_that_touch_are_certain_without_a_look_at_the_texts(text: str, *, certain: bool) -> None:
    assert parse(text).certain is certain


def test_a_query_keeps_what_was_written() -> None:
    query = parse("張三 abc").query()
    assert query.simple == (Phrase(("张三",)), Phrase(("abc",)))
    assert query.written == (Phrase(("張三",)), Phrase(("abc",)))


def test_a_line_of_a_list_is_one_literal_phrase() -> None:
    assert [item.simple for item in literal(' 张三 "李四" ').items] == [Phrase(("张三", "三", "李四", "四"))]


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("", 0),
        ("  ", 0),
        ('张三 "李四', 3),
        ("张三 —", 3),
        ('""', 0),
        ("x" * (LONGEST_QUERY + 1), LONGEST_QUERY),
    ],
)
def test_a_query_that_cannot_be_read_is_refused_at_its_character(text: str, at: int) -> None:
    with pytest.raises(BadQuery) as raised:
        parse(text)
    assert (raised.value.code, raised.value.at) == ("bad-query", at)
    assert raised.value.advice


def test_a_line_without_a_word_is_refused() -> None:
    with pytest.raises(BadQuery):
        literal("———")
