"""The token stream of the search, by examples."""

from __future__ import annotations

import pytest

from proofroom.language.tokens import LONGEST_WORD, stream_batch, stream_both, tokens_with_offsets


@pytest.mark.parametrize(
    ("text", "stream"),
    [
        ("张三丰, A座3号", "张三 三丰 丰 | a 座 3 号"),
        ("张", "张"),
        ("张 三", "张 三"),
        ("A座", "a 座"),
        ("A 座", "a | 座"),
        ("A座\n3号", "a 座 3 号"),
        ("Hello, World", "hello world"),
        ("艾力·买买提", "艾力 力 买买 买提 提"),
        ("\U00020bb7野", "\U00020bb7野 野"),
        ("ئۇيغۇر 维吾尔", "ئۇيغۇر | 维吾 吾尔 尔"),
        ("……—!", ""),
        ("", ""),
        ("a|b", "a b"),
    ],
)
def test_a_text_becomes_pairs_and_words(text: str, stream: str) -> None:
    assert stream_batch([text])[0].rstrip(" ") == stream
    assert " ".join(token.text for token in tokens_with_offsets(text)) == stream


def test_offsets_point_at_the_first_character_of_a_pair_and_at_whole_words() -> None:
    text = "見Ｔｅ\u0301st…張\n三"
    parts = [(token.text, text[token.start : token.end]) for token in tokens_with_offsets(text)]
    assert parts == [("见", "見"), ("tést", "Ｔｅ\u0301st"), ("|", ""), ("张三", "張"), ("三", "三")]


def test_a_word_longer_than_the_index_takes_is_cut_and_not_lost() -> None:
    text = "x " + "a" * (2 * LONGEST_WORD + 5) + " 中" + "b" * LONGEST_WORD + "c " + "d" * LONGEST_WORD
    tokens = [token.text for token in tokens_with_offsets(text)]
    assert [len(token) for token in tokens] == [
        1,
        LONGEST_WORD,
        LONGEST_WORD,
        5,
        1,
        1,
        LONGEST_WORD,
        1,
        LONGEST_WORD,
    ]
    assert stream_batch([text])[0].split() == tokens


def test_only_pieces_with_traditional_characters_have_a_second_stream() -> None:
    streams, written = stream_both(["张三", "張三", "abc", "與"])
    assert streams == ["张三 三 ", "张三 三 ", "abc ", "与 "]
    assert written == {1: "張三 三 ", 3: "與 "}


def test_no_pieces_give_no_streams() -> None:
    assert stream_batch([]) == []
    assert stream_both([]) == ([], {})


def test_empty_pieces_keep_their_place() -> None:
    assert stream_batch(["", "a", "", "b", ""]) == ["", "a ", "", "b ", ""]
