"""Groups in which the case comes before the verb: the wrong order is explained, and help is given all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from proofroom.cli import run

FIRST_WORDS = [("renderings", "list"), ("renderings", "export"), ("member", "add"), ("passwords", "files")]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(("group", "verb"), FIRST_WORDS)
def test_a_verb_before_its_case_is_told_the_order(
    group: str, verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([group, verb]) == 2
    said = capsys.readouterr().err
    assert f"wrong-use: the case comes before {verb}" in said
    assert f"`proofroom {group} CASE {verb} ...`" in said


@pytest.mark.parametrize(("group", "verb"), FIRST_WORDS)
def test_help_of_a_verb_needs_no_case(group: str, verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([group, verb, "--help"]) == 0
    assert capsys.readouterr().out.startswith(f"Usage: proofroom {group} CASE {verb}")


def test_a_case_may_be_called_like_a_verb(capsys: pytest.CaptureFixture[str]) -> None:
    Path("list").mkdir()
    assert run(["member", "list", "list"]) == 2
    assert "the case comes before" not in capsys.readouterr().err
