"""Which strings of a cache may be passwords, how plainly each is said to be one, and in which order they are tried."""

from __future__ import annotations

from itertools import islice

import pytest

from proofroom.extract.passwords.ranking import FITTED, GIVEN, NAME, TEXT, Ranking
from proofroom.extract.passwords.words import (
    BESIDE,
    NEAR,
    STATED,
    beside,
    in_name,
    likely,
    stated,
    variants,
    words_of_name,
)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("三月份名单口令：Yanyue#2015，看后删除", "Yanyue#2015"),
        ("密码123456", "123456"),
        ("解压密码为“abc 123”", "abc 123"),
        ("Password: s3cret-list", "s3cret-list"),
        ("the password is hunter2!", "hunter2!"),
        ("the password is hunter2.", "hunter2"),
        ("Пароль: Осень-44", "Осень-44"),
        ("пароля — qwe123", "qwe123"),
        ("پارول: abc12345", "abc12345"),
        ("Kennwort = Öl+Essig", "Öl+Essig"),
        ("文件密码 Ab#1看后删除", "Ab#1"),
        ("密码\n123456\nnext", "123456"),
        ("密码：１２３４", "1234"),
        ("密码：7", "7"),
        ("The password of list 4 is mail-4#Xy", "mail-4#Xy"),
        ("口令（三月份名单）是：Yanyue#2015", "Yanyue#2015"),
    ],
)
def test_what_stands_behind_a_cue_is_stated_to_be_a_password(text: str, word: str) -> None:
    assert (word, STATED) in likely(stated(text))


def test_several_words_are_offered_as_one_too() -> None:
    assert ("correct horse battery", NEAR) in stated("Password: correct horse battery")


def test_the_rest_of_a_sentence_is_offered_last() -> None:
    graded = dict(stated("口令见附件，请妥善保管"))
    assert graded["见附件"] == BESIDE
    assert likely(stated("密码：Yanyue#2015 请妥善保管"))[0] == ("Yanyue#2015", STATED)


def test_a_plain_word_right_behind_a_cue_is_not_taken_for_one_that_was_stated() -> None:
    graded = dict(stated("your password of the list"))
    assert graded.get("of", BESIDE) == BESIDE
    assert dict(stated("password for the list is: winter"))["winter"] == NEAR


def test_text_without_a_cue_offers_nothing() -> None:
    assert stated("Yanyue#2015") == stated("passenger list 2015, compass") == []


def test_a_line_of_megabytes_is_looked_at_near_its_cues_only() -> None:
    text = "x" * 3_000_000 + "密码：Yanyue#2015" + " 密码 y" * 400_000
    found = stated(text)
    assert ("Yanyue#2015", STATED) in found
    assert len(found) < 200


def test_signs_that_nobody_can_type_are_no_part_of_a_candidate() -> None:
    for text in ("密码：\0\x01ab\x02cd", "密码：a\x1b[31mb", "口令：\n\n\r\nx"):
        assert all(word.isprintable() for word, _ in stated(text))


def test_what_stands_beside_a_label_is_offered_as_a_whole() -> None:
    assert ("correct horse", NEAR) in beside("密码", ["correct horse"])
    assert ("Yanyue#2015", BESIDE) in beside(
        "三月份名单口令见下面一行，请各单位妥善保管，不得外传", ["Yanyue#2015"]
    )


def test_a_name_states_a_password() -> None:
    assert ("123456", STATED) in in_name("名单(密码123456).xlsx")
    assert ("abc-1", STATED) in in_name("list_password_abc-1.zip")
    assert ("Ab.12", STATED) in in_name("口令=Ab.12.7z")
    assert in_name("2015年3月 集训人员名单.xlsx") == []


def test_the_beginnings_of_a_chinese_name_are_offered() -> None:
    assert "第一集训中心" in words_of_name("06 第一集训中心集训人员名单.xlsx")


def test_full_width_signs_are_offered_as_ordinary_ones_too() -> None:
    assert list(variants(" Ａｂ１ ")) == ["Ａｂ１", "Ab1"]
    assert list(variants("x" * 300)) == list(variants("  ")) == []


PATH = "d/集训/2015.zip/06 第一集训中心集训人员名单(密码in-name).xlsx"


def test_what_fitted_near_comes_first_then_what_the_name_says_then_texts_near() -> None:
    words = [
        ("elsewhere", STATED, ("d/别处/note.txt",)),
        ("same-mail", STATED, ("d/集训/2015.zip/note.txt",)),
    ]
    fitted = {"d/别处/x.xlsx": ("far",), "d/集训/2015.zip/x.xlsx": ("near",)}
    order = list(Ranking(words, ("from-a-person",), fitted).offered(PATH))
    assert order[:5] == [
        ("near", FITTED),
        ("far", FITTED),
        ("in-name", NAME),
        ("same-mail", TEXT),
        ("elsewhere", TEXT),
    ]
    assert ("from-a-person", GIVEN) in order
    assert ("第一集训中心", NAME) in order
    assert ("2015", NAME) in order
    assert len({word for word, _ in order}) == len(order)


def test_what_is_said_more_plainly_comes_before_what_is_nearer() -> None:
    words = [("plain", STATED, ("d/x.txt",)), ("vague", BESIDE, ("d/集训/2015.zip/n.txt",))]
    found = [word for word, _ in Ranking(words, (), {}).offered(PATH)]
    assert found.index("plain") < found.index("vague")


def test_a_long_list_does_not_push_the_cache_aside_nor_the_cache_the_list() -> None:
    texts = [(f"text{number:04d}", BESIDE, ("d/n.txt",)) for number in range(5_000)]
    given = [f"given{number:04d}" for number in range(5_000)]
    first = list(islice(Ranking(texts, given, {}).offered(PATH), 200))
    assert {sort for _, sort in first} == {NAME, TEXT, GIVEN}
    assert sum(sort == GIVEN for _, sort in first) > 60
    assert sum(sort == TEXT for _, sort in first) > 60


def test_the_mark_changes_with_what_is_offered() -> None:
    one = Ranking([("a", STATED, ("d/n.txt",))], (), {})
    assert one.mark(PATH) == Ranking([("a", STATED, ("d/n.txt",))], (), {}).mark(PATH)
    others = [
        Ranking([("b", STATED, ("d/n.txt",))], (), {}),
        Ranking([("a", STATED, ("d/n.txt",))], ("g",), {}),
        Ranking([("a", STATED, ("d/n.txt",))], (), {"d/x": ("f",)}),
    ]
    assert len({one.mark(PATH), *(other.mark(PATH) for other in others)}) == 4
