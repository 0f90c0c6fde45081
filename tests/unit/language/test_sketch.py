"""Sketches: near copies are alike, other texts are not, and what is too short has none."""

from __future__ import annotations

import random

import numpy as np

from proofroom.language.sketch import FEWEST, KEPT, MOST_CHARACTERS, likeness, numbers_of, sketch

WORDS = [f"word{number}" for number in range(3_000)]


def text(seed: int, length: int = 400) -> list[str]:
    return random.Random(seed).choices(WORDS, k=length)


def alike(one: list[str], other: list[str]) -> float:
    return likeness(numbers_of(sketch([" ".join(one)])), numbers_of(sketch([" ".join(other)])))


def test_the_same_text_in_another_layout_is_the_same() -> None:
    words = text(1)
    flat = sketch([" ".join(words)])
    assert flat == sketch(words)
    assert flat == sketch(["\n\n".join(words).upper()])
    assert len(flat) == 8 * KEPT


def test_a_few_other_words_leave_texts_alike_and_other_words_do_not() -> None:
    words = text(2)
    changed = [*words[:100], "changed", *words[101:]]
    assert alike(words, changed) > 0.9
    assert alike(words, text(3)) < 0.5


def test_the_estimate_is_that_of_the_runs_in_common() -> None:
    words = text(4, 2_000)
    half = [*words[:1_000], *text(5, 1_000)]

    def runs(some: list[str]) -> set[str]:
        joined = "".join(some)
        return {joined[place : place + 5] for place in range(len(joined) - 4)}

    truth = len(runs(words) & runs(half)) / len(runs(words) | runs(half))
    assert abs(alike(words, half) - truth) < 0.2


def test_a_chinese_text_has_a_sketch_too() -> None:
    generator = random.Random(6)
    text_ = "".join(chr(generator.randrange(0x4E00, 0x9FA5)) for _ in range(300))
    assert likeness(numbers_of(sketch([text_])), numbers_of(sketch([text_[:-3] + "结束了"]))) > 0.9


def test_what_is_too_short_or_always_the_same_has_none() -> None:
    assert sketch([]) == b""
    assert sketch(["x" * (FEWEST - 1)]) == b""
    assert sketch(["ab" * 10_000]) == b""


def test_of_a_very_long_text_the_beginning_counts() -> None:
    long = " ".join(text(7, 300_000))
    assert len(long) > MOST_CHARACTERS
    assert sketch([long]) == sketch([long[:MOST_CHARACTERS]])


def test_nothing_is_like_nothing() -> None:
    none = np.zeros(0, np.uint64)
    assert likeness(none, none) == 0.0


def test_few_signs_that_unfold_into_many_letters_have_a_sketch() -> None:
    assert sketch(["".join(chr(0x3300 + number) for number in range(50))])
