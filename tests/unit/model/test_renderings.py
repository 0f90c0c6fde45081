"""Renderings: what signed lines say of them, in any order, and what no machine may say of itself."""

from __future__ import annotations

from typing import Any

import pytest

from proofroom.model.renderings import (
    RenderingState,
    digest_of_text,
    fold,
    is_language,
    rendering_id,
)

LINE, OTHER = "a" * 32, "b" * 32
WHERE = "sha256:" + "0" * 64 + "#para=1"


def made(*texts: str, **more: Any) -> dict[str, Any]:
    items = [{"where": WHERE, "text": text} for text in texts]
    common = {"act": "made", "kind": "translation", "language": "en", "by": "anna", "machine": False}
    return common | {"state": "draft", "items": items} | more


def judged(state: str, *ids: str) -> dict[str, Any]:
    return {"act": "judged", "renderings": list(ids), "state": state}


def test_each_item_of_a_line_is_a_rendering_of_its_own() -> None:
    found, strange = fold([(LINE, "desk", made("one", "two"))])
    assert list(found) == [rendering_id(LINE, 1), rendering_id(LINE, 2)]
    one = found[rendering_id(LINE, 2)]
    assert (one.untrusted_text, one.language, one.by, one.entered_by) == ("two", "en", "anna", "desk")
    assert not one.counts
    assert strange == 0


def test_the_last_judgement_counts_and_says_whose_it_is() -> None:
    one = rendering_id(LINE, 1)
    lines = [
        (LINE, "desk", made("one")),
        ("c" * 32, "li", judged("checked", one)),
        ("d" * 32, "anna", judged("certified", one)),
    ]
    found, _ = fold(lines)
    assert (found[one].state, found[one].judged_by) == (RenderingState.CERTIFIED, "anna")
    assert found[one].counts


def test_a_judgement_may_stand_before_what_it_judges() -> None:
    one = rendering_id(LINE, 1)
    found, _ = fold([(OTHER, "li", judged("checked", one)), (LINE, "desk", made("one"))])
    assert found[one].state is RenderingState.CHECKED


def test_what_a_machine_made_is_a_draft_whatever_its_line_says() -> None:
    found, _ = fold([(LINE, "desk", made("one", machine=True, state="certified"))])
    assert found[rendering_id(LINE, 1)].state is RenderingState.DRAFT


def test_a_language_of_its_own_counts_before_that_of_the_line() -> None:
    body = made("one")
    body["items"][0]["language"] = "fr"
    found, _ = fold([(LINE, "desk", body)])
    assert found[rendering_id(LINE, 1)].language == "fr"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"act": "made"},
        {"act": "burned"},
        {"act": "judged", "renderings": 3, "state": "checked"},
        {"act": "judged", "renderings": [], "state": "holy"},
        made("one", kind="song"),
        made("one", items=[{"text": "no address"}]),
        made("one", items=["text"]),
    ],
)
def test_a_line_of_another_form_says_nothing_and_is_counted(body: dict[str, Any]) -> None:
    found, strange = fold([(LINE, "desk", made("kept")), (OTHER, "desk", body)])
    assert list(found) == [rendering_id(LINE, 1)]
    assert strange == 1


@pytest.mark.parametrize(
    ("tag", "good"),
    [
        ("en", True),
        ("zh-Hans", True),
        ("ug-Arab-CN", True),
        ("", False),
        ("e", False),
        ("english language", False),
    ],
)
def test_language_tags(tag: str, *, good: bool) -> None:
    assert is_language(tag) is good


def test_a_text_is_known_by_its_digest_also_with_halves_of_characters() -> None:
    assert digest_of_text("a") != digest_of_text("b")
    assert len(digest_of_text("\ud800")) == 64
