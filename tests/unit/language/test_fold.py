"""The fold table gives what NFKC and case folding give, and remembers where everything came from."""

from __future__ import annotations

import pytest

from proofroom.language.fold import fold, fold_pieces, join_pieces, text_of

BLOCK = 20_000
CONTEXTS = ("{}", "e{}\u0301", "\u1100{}\u11a8", "か{}中")


def folded(texts: list[str]) -> list[str]:
    return text_of(fold_pieces(join_pieces(texts)).codes).split("\x1e")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ＡＢＣ１２３", "abc123"),
        ("Straße", "strasse"),
        ("……", "......"),
        ("e\u0301", "é"),
        ("\u064a\u0654", "\u0626"),
        ("\ufbea", "\u0626\u0627"),
        ("ｶﾞ", "ガ"),
        ("\u1100\u1161\u11a8", "각"),
        ("", ""),
        ("張三", "張三"),
    ],
)
def test_a_text_folds_by_width_and_case(text: str, expected: str) -> None:
    assert fold(text) == expected
    assert folded([text]) == [expected]


@pytest.mark.parametrize("context", CONTEXTS)
def test_every_code_point_of_the_lower_planes_folds_as_the_definition_says(context: str) -> None:
    codes = [c for c in (*range(0x3500), *range(0xF900, 0x1FFFF, 3), *range(0x2F800, 0x2FA20)) if c != 0x1E]
    texts = [context.format(chr(code)) for code in codes]
    for first in range(0, len(texts), BLOCK):
        block = texts[first : first + BLOCK]
        assert [text for text, got in zip(block, folded(block), strict=True) if fold(text) != got] == []


def test_a_piece_that_holds_the_separator_stays_one_piece() -> None:
    assert folded(["a\x1eB", "", "C"]) == ["a b", "", "c"]


def test_every_folded_character_knows_what_it_stands_for() -> None:
    original = "Ａ…e\u0301\ufb01張"
    result = fold_pieces(join_pieces([original]), spans=True)
    begin, end = result.spans()
    parts = [original[b:e] for b, e in zip(begin.tolist(), end.tolist(), strict=True)]
    assert list(text_of(result.codes)) == ["a", ".", ".", ".", "é", "f", "i", "張"]
    assert parts == ["Ａ", "…", "…", "…", "e\u0301", "\ufb01", "\ufb01", "張"]


def test_lone_surrogates_pass_through_unharmed() -> None:
    assert folded(["a\udc80B"]) == ["a\udc80b"]
