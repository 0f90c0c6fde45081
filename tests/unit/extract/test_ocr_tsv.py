"""What tesseract says is a table of words that nobody trusts: lines, blanks, confidence, and nothing it invents."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from proofroom.extract.ocr.tsv import Word, confidence_of, joined, rows_of

HEAD = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n"


def word(text: str, left: float = 0, right: float = 10, sure: float = 1.0) -> Word:
    return Word(text, sure, left, 0, right, 10)


def row(line: int, number: int, left: float, text: str, sure: str = "90") -> str:
    return f"5\t1\t1\t1\t{line}\t{number}\t{left}\t20\t30\t10\t{sure}\t{text}\n"


def test_words_stand_in_their_lines_with_place_and_confidence() -> None:
    told = (
        HEAD + "4\t1\t1\t1\t1\t0\t0\t0\t9\t9\t-1\t\n" + row(1, 1, 5, "Shift", "91.5") + row(1, 2, 40, "ends")
    )
    first, second = rows_of((told + row(2, 1, 5, "at")).encode())
    assert first[0] == Word("Shift", 0.915, 5, 20, 35, 30)
    assert [joined(first), joined(second)] == ["Shift ends", "at"]


def test_what_is_no_word_is_left_out() -> None:
    bad = [row(1, 1, 5, "a").replace("20", "x"), row(1, 1, 5, "b").replace("20", "nan"), "5\t1\n"]
    bad += [
        row(1, 1, 5, "  "),
        row(1, 1, 5, "c").replace("20", "1e300"),
        row(1, 1, 5, "d").replace("5\t", "6\t", 1),
    ]
    assert rows_of("".join(bad).encode()) == []


def test_confidence_stays_within_its_bounds() -> None:
    (words,) = rows_of((row(1, 1, 0, "a", "250") + row(1, 2, 9, "b", "-1")).encode())
    assert [one.confidence for one in words] == [1.0, 0.0]


def test_more_words_than_a_page_holds_are_cut_and_a_long_one_too() -> None:
    assert sum(map(len, rows_of(row(1, 1, 0, "a").encode() * 100_050))) == 100_000
    ((one,),) = rows_of(row(1, 1, 0, "a" * 5_000).encode())
    assert len(one.untrusted_text) == 1_000


def test_han_words_that_stand_close_are_one_run_and_those_apart_are_not() -> None:
    assert joined((word("登记", 0, 20), word("名单", 22, 42))) == "登记名单"
    assert joined((word("登记", 0, 20), word("17", 24, 40))) == "登记17"
    assert joined((word("姓名", 0, 20), word("性别", 80, 100))) == "姓名 性别"
    assert joined((word("by", 0, 20), word("order", 21, 50))) == "by order"


def test_a_page_is_as_sure_as_its_characters() -> None:
    assert confidence_of([(word("aaa", sure=1.0), word("b", sure=0.2))]) == 0.8
    assert confidence_of([]) == 0.0


@given(some.binary(max_size=400))
def test_rubbish_gives_words_or_none_and_never_fails(untrusted: bytes) -> None:
    for words in rows_of(untrusted) + rows_of(b"5\t1\t1\t1\t1\t1\t" + untrusted):
        assert joined(words)
