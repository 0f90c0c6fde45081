"""Codes, limits, states and rooms here, the manual there: neither holds what the other lacks."""

from __future__ import annotations

import dataclasses
import re
import subprocess
import sys
from pathlib import Path

import proofroom
from proofroom.errors import ProofroomError
from proofroom.limits import Limits
from proofroom.model.states import Reason, State

ROOMS = ("receive", "extract", "record", "link", "examine", "search", "claim", "release", "verify")


def kinds(error: type[ProofroomError]) -> list[type[ProofroomError]]:
    """Give an error and all that are kinds of it."""
    return [error, *(kind for child in error.__subclasses__() for kind in kinds(child))]


def test_the_pages_of_errors_and_limits_are_what_the_code_says(root: Path) -> None:
    command = [sys.executable, "scripts/reference", "--check"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_error_has_a_code_of_its_own_and_a_remedy_of_its_own() -> None:
    errors = kinds(ProofroomError)
    assert len({error.code for error in errors}) == len(errors)
    assert [error for error in errors if "code" not in vars(error) or "remedy" not in vars(error)] == []


def test_the_tree_drawn_at_the_top_of_the_errors_shows_every_one() -> None:
    drawn = sys.modules[ProofroomError.__module__].__doc__ or ""
    assert [error.__name__ for error in kinds(ProofroomError) if error.__name__ not in drawn] == []


def test_every_limit_names_its_unit_and_the_reason_for_its_size() -> None:
    for limit in dataclasses.fields(Limits):
        assert limit.metadata["unit"], limit.name
        assert len(limit.metadata["reason"].split()) >= 3, limit.name


def test_every_state_and_every_reason_has_its_sentence_and_no_other(root: Path) -> None:
    page = (root / "docs/states.md").read_text("utf-8")
    explained = re.findall(r"^\| `([a-z-]+)` \|", page, re.MULTILINE)
    codes = [code.value for code in (*State, *Reason) if code]
    assert sorted(explained) == sorted(codes)


def test_every_room_has_one_word_for_its_folder_its_tests_and_its_page(root: Path) -> None:
    standing = [room for room in ROOMS if any((root / "src/proofroom" / room).glob("[a-z]*.py"))]
    assert "extract" in standing
    for room in standing:
        assert (root / "docs/rooms" / f"{room}.md").is_file(), room
        assert any((root / "tests/unit" / room).glob("test_*.py")), room


def test_the_public_address_holds_what_it_names_and_nothing_else() -> None:
    named = set(proofroom.__all__)
    modules = {name for name, value in vars(proofroom).items() if isinstance(value, type(sys))}
    public = {name for name in dir(proofroom) if not name.startswith("_")} - modules
    assert public - {"annotations"} <= named
    assert {"new", "open", "verify", "Case", "ProofroomError"} <= named
    assert all(hasattr(proofroom, name) for name in named)
