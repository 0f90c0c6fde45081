"""Taking in renderings: what is there already is not taken in twice, and only what says the same is there already."""

from __future__ import annotations

from dataclasses import replace

import pytest

from proofroom.case.rendering_work import MadeBy, only_new
from proofroom.model.renderings import Rendering, RenderingKind, RenderingState

WHERE = f"sha256:{'3f' * 32}#para=1"
HELD = Rendering(
    "5d1c0a93be72.1",
    WHERE,
    RenderingKind.TRANSLATION,
    "en",
    "a register",
    "anna",
    machine=False,
    state=RenderingState.DRAFT,
    original="ab" * 32,
    entered_by="desk",
    judged_by="desk",
)
MADE = MadeBy(RenderingKind.TRANSLATION, "en", "anna", machine=False, state=RenderingState.DRAFT)
ITEM = {"where": WHERE, "text": "a register", "original": "ab" * 32}


def test_what_is_there_is_not_new() -> None:
    assert only_new(MADE, [ITEM], [HELD]) == []
    assert only_new(MADE, [ITEM], [replace(HELD, state=RenderingState.CHECKED)]) == []


def test_what_comes_twice_is_new_once() -> None:
    assert only_new(MADE, [ITEM, dict(ITEM)], []) == [ITEM]


@pytest.mark.parametrize(
    "held",
    [
        replace(HELD, where=f"{WHERE}1"),
        replace(HELD, kind=RenderingKind.TRANSCRIPT),
        replace(HELD, language="fr"),
        replace(HELD, untrusted_text="a list"),
        replace(HELD, by="li"),
        replace(HELD, machine=True),
        replace(HELD, original="cd" * 32),
        replace(HELD, state=RenderingState.WITHDRAWN),
    ],
)
def test_what_differs_in_anything_is_new(held: Rendering) -> None:
    assert only_new(MADE, [ITEM], [held]) == [ITEM]


def test_the_language_of_an_item_goes_before_that_of_all() -> None:
    french = ITEM | {"language": "fr"}
    assert only_new(MADE, [french], [HELD]) == [french]
    assert only_new(MADE, [french], [replace(HELD, language="fr")]) == []


def test_to_vouch_for_more_than_before_is_new() -> None:
    checked = replace(MADE, state=RenderingState.CHECKED)
    assert only_new(checked, [ITEM], [HELD]) == [ITEM]
    assert only_new(checked, [ITEM], [HELD, replace(HELD, state=RenderingState.CERTIFIED)]) == []
