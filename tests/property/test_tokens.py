"""The fast token stream equals its definition, whatever the text."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofroom.language.fold import fold
from proofroom.language.reading import Literal, Reading
from proofroom.language.tokens import stream_batch, tokens_with_offsets

TRICKY = '张三張門aB1 ,，\n\r\t\u2029\u200b\u0301é…ﬁ\x1e\U000e0100ئېA座\x0c\u1100\u1161ｶﾞ|"\\ß\udc80〇\ue000'
texts = st.one_of(st.text(), st.text(alphabet=TRICKY), st.text(alphabet="张三 \nAb，"))
STEP = 5_000


def slow(text: str, *, simplify: bool = True) -> str:
    return "".join(f"{token.text} " for token in tokens_with_offsets(text, simplify=simplify))


@given(pieces=st.lists(texts, max_size=8), simplify=st.booleans())
def test_the_fast_stream_equals_the_definition(pieces: list[str], *, simplify: bool) -> None:
    assert stream_batch(pieces, simplify=simplify) == [slow(piece, simplify=simplify) for piece in pieces]


@pytest.mark.parametrize("context", ["{}", "中{}a", "e{}\u0301文"])
def test_every_assigned_code_point_gives_the_same_in_context(context: str) -> None:
    codes = (c for c in range(sys.maxunicode + 1) if not 0x4F00 <= c < 0x9F00 and not 0xAD00 <= c < 0xD700)
    characters = [c for c in map(chr, codes) if unicodedata.category(c) not in ("Cn", "Co", "Cs")]
    sampled = [c for c in characters if ord(c) < 0x20000 or ord(c) % 64 == 0]
    pieces = [context.format(c) for c in sampled]
    for first in range(0, len(pieces), STEP):
        block = pieces[first : first + STEP]
        differ = [p for p, fast in zip(block, stream_batch(block), strict=True) if fast != slow(p)]
        assert differ == []


@given(texts)
def test_tokens_stand_in_order_and_fold_to_what_they_stand_for(text: str) -> None:
    tokens = tokens_with_offsets(text, simplify=False)
    assert [token.start for token in tokens] == sorted(token.start for token in tokens)
    for token in tokens:
        stretch = fold(text[token.start : token.end].replace("\x1e", " "))
        assert token.text == "|" or token.text[0] in stretch


@given(texts, st.integers(0, 30), st.integers(1, 6))
def test_any_stretch_of_chinese_in_a_text_is_found_where_it_stands(text: str, start: int, size: int) -> None:
    stretch = text[start : start + size]
    if not stretch or any(not "\u4e00" <= character <= "\u9fff" for character in stretch):
        return
    found = {place.start: place.end for place in Reading([text]).find(Literal.of(stretch))}
    assert found[start] >= start + len(stretch)  # a mark that belongs to the last character is marked too
