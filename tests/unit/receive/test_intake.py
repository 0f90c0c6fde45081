"""Six questions, each of which may stay unanswered, and none about the source."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from proofroom.errors import BadIntake
from proofroom.receive.intake import QUESTIONS, UNKNOWN, Intake, intake_of, read_intake


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "intake.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_there_are_six_questions_and_none_about_the_source() -> None:
    assert [one.name for one in fields(Intake)] == list(QUESTIONS)
    assert len(QUESTIONS) == 6
    assert not any("source" in text.lower() or "giver was" in text.lower() for text in QUESTIONS.values())


def test_what_is_not_answered_is_unknown() -> None:
    assert set(Intake().facts().values()) == {UNKNOWN}


def test_answers_are_read_and_the_rest_is_the_default(tmp_path: Path) -> None:
    default = Intake(taken_by="anna", when="2026-03")
    read = read_intake(written(tmp_path, 'medium = "a stick"\nwhen = "unknown"\n'), default)
    assert read == Intake(taken_by="anna", when=UNKNOWN, medium="a stick")


@pytest.mark.parametrize(
    "key", ["source", "source_name", "Giver", "informant", "received_from", "whistleblower", "contact"]
)
def test_a_question_about_the_source_is_refused_in_its_own_words(key: str) -> None:
    with pytest.raises(BadIntake, match="about the source") as raised:
        intake_of({key: "somebody"})
    assert "outside the case" in raised.value.advice
    assert "somebody" not in str(raised.value)


def test_a_mistyped_question_gets_a_hint() -> None:
    with pytest.raises(BadIntake, match="'mediun'") as raised:
        intake_of({"mediun": "a stick"})
    assert "medium" in raised.value.advice


@pytest.mark.parametrize("answer", ["", "  ", 5, True, None, ["a"], {"a": "b"}, "x" * 2_001])
def test_an_answer_that_is_no_text_is_refused(answer: object) -> None:
    with pytest.raises(BadIntake, match="medium"):
        intake_of({"medium": answer})


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (b"\xff", "UTF-8"),
        ("medium = \n", "line 1"),
        ("medium = 'a'\nmedium = 'b'\n", "intake.toml"),
        ("medium = " + "[" * 100_000, "intake.toml"),
        ("medium = '" + "x" * 70_000 + "'", "too large"),
    ],
    ids=["bytes", "syntax", "twice", "nested", "large"],
)
def test_a_file_that_cannot_be_taken_is_named(tmp_path: Path, text: str | bytes, what: str) -> None:
    with pytest.raises(BadIntake, match=what):
        read_intake(written(tmp_path, text))


def test_a_missing_file_or_a_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadIntake, match="no file"):
        read_intake(tmp_path / "nothing.toml")
    with pytest.raises(BadIntake, match="cannot be read"):
        read_intake(tmp_path)


def test_whoever_took_it_in_is_a_handle() -> None:
    assert intake_of({"taken_by": "anna"}).taken_by == "anna"
    with pytest.raises(BadIntake, match="handle"):
        intake_of({"taken_by": "Anna Smith"})


@pytest.mark.parametrize(
    ("answer", "known"),
    [
        (["renamed", "selected"], {"selected", "renamed"}),
        ("converted", {"converted"}),
        ("renamed, decrypted", {"renamed", "decrypted"}),
        ("nothing", set()),
        (UNKNOWN, None),
        ("files were not renamed", None),
        ("renamed, I think", None),
    ],
)
def test_what_was_done_before_is_known_only_where_it_is_said_in_known_words(
    answer: object, known: set[str] | None
) -> None:
    assert intake_of({"done_before": answer}).alterations() == known


def test_an_unknown_word_in_the_list_is_refused() -> None:
    with pytest.raises(BadIntake) as raised:
        intake_of({"done_before": ["shuffled"]})
    assert "selected" in raised.value.advice
