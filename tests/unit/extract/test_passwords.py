"""Which strings of a cache are tried as passwords, and in which order."""

from __future__ import annotations

from proofroom.extract.passwords import MOST_OFFERED, announced, likely, offered_for, words_of_name


def test_the_word_behind_the_announcement_is_offered() -> None:
    assert "Yanyue#2015" in announced(["三月份名单口令：Yanyue#2015，看后删除"])


def test_a_word_on_the_next_line_is_offered_and_one_far_away_is_not() -> None:
    texts = ["三月份名单口令：", "Yanyue#2015", "看后删除", "Elsewhere9"]
    assert "Yanyue#2015" in announced(texts)
    assert "Elsewhere9" not in announced(texts)


def test_english_and_uyghur_announcements_count_too() -> None:
    assert "s3cret-list" in announced(["Password: s3cret-list"])
    assert "abc12345" in announced(["پارول: abc12345"])


def test_text_without_an_announcement_offers_nothing() -> None:
    assert announced(["Yanyue#2015", "passenger list 2015"]) == []


def test_what_looks_like_a_password_comes_first() -> None:
    assert likely(["看后删除吧", "december", "Yanyue#2015"])[0] == "Yanyue#2015"


def test_the_beginnings_of_a_chinese_name_are_offered() -> None:
    assert "第一集训中心" in words_of_name("集训/2015/06 第一集训中心集训人员名单.xlsx")


def test_few_are_offered_and_both_kinds_get_their_share() -> None:
    many = [f"Word{number:04d}" for number in range(500)]
    offered = offered_for("2015/06 第一集训中心集训人员名单.xlsx", many)
    assert len(offered) == MOST_OFFERED
    assert "Word0000" in offered
    assert "第一集训中心" in offered
