"""The public address: which names Proofroom promises, what they say of themselves, and how little they load."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from pathlib import Path

import pytest

import proofroom

NAMES = {"new", "open", "verify", "Case"}

ENGINES = ("cryptography", "duckdb", "lxml", "numpy", "pandas", "pyarrow", "rich", "tantivy")


def loaded_by(code: str) -> set[str]:
    """Give the roots of everything that a fresh interpreter has loaded after some code."""
    program = (
        f"import json, sys\n{code}\nprint(json.dumps(sorted({{name.split('.')[0] for name in sys.modules}})))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


def test_it_promises_four_names_and_the_errors() -> None:
    errors = {name for name, value in vars(proofroom.errors).items() if is_error(value)}
    assert set(proofroom.__all__) == NAMES | errors
    assert dir(proofroom) == sorted(proofroom.__all__)


def is_error(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, proofroom.ProofroomError)


@pytest.mark.parametrize("name", proofroom.__all__)
def test_every_name_says_in_one_sentence_what_it_is(name: str) -> None:
    first = (inspect.getdoc(getattr(proofroom, name)) or "").partition("\n")[0]
    assert first.endswith((".", ";")), name


def test_every_public_word_of_a_case_says_what_it_gives() -> None:
    words = {name: value for name, value in vars(proofroom.Case).items() if not name.startswith("_")}
    assert {"status", "artifacts", "search", "show", "sql", "scope"} <= set(words)
    assert [name for name in words if not inspect.getdoc(getattr(proofroom.Case, name))] == []


def test_importing_it_loads_no_engine() -> None:
    assert loaded_by("import proofroom") & set(ENGINES) == set()


def test_asking_for_a_name_loads_what_it_stands_on() -> None:
    assert "pyarrow" in loaded_by("import proofroom; proofroom.Case")


def test_an_unknown_name_is_no_public_name() -> None:
    with pytest.raises(AttributeError, match="score_people"):
        proofroom.score_people  # noqa: B018 - asking is the test


def test_the_version_is_the_one_of_the_package(root: Path) -> None:
    assert f'version = "{proofroom.__version__}"' in (root / "pyproject.toml").read_text("utf-8")
