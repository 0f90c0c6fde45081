"""The manual cannot lie: every example in it runs, every block says what it is, every link leads somewhere.

`python` blocks run as doctests or as plain code, one namespace per page. `console` blocks are terminal
sessions: each `$ proofroom …` runs in one folder per page, and what follows is what it must print (`...`
stands for anything, `(exit 3)` on a last line for a status other than 0). `json` and `toml` must parse.
What is not to be run is `text`.
"""

from __future__ import annotations

import doctest
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sybil import Example, Sybil
from sybil.parsers.myst import CodeBlockParser, PythonCodeBlockParser

ROOT = Path(__file__).resolve().parent.parent.parent
AT_THE_ROOT = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")
PAGES = [name for name in AT_THE_ROOT if (ROOT / name).is_file()]
PAGES += [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "docs").rglob("*.md"))]
PAGES = [page for page in PAGES if not page.startswith("docs/_build/")]

KNOWN_BLOCKS = {"text", "python", "console", "json", "toml"}
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def turns(session: str) -> Iterator[tuple[str, str, int]]:
    """Split a terminal session into (command, expected output, expected status)."""
    for turn in re.split(r"^\$ ", session, flags=re.MULTILINE)[1:]:
        command, _, expected = turn.partition("\n")
        status = re.search(r"^\(exit (\d+)\)\n?\Z", expected, re.MULTILINE)
        yield command, expected[: status.start()] if status else expected, int(status[1]) if status else 0


def run_session(folder: Path) -> Callable[[Example], None]:
    """Give the evaluator that runs the terminal sessions of one page in a folder."""

    def run(example: Example) -> None:
        home = folder / "home"
        home.mkdir(exist_ok=True)
        search = os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"])
        outside = {"PATH": search, "HOME": str(home), "LANG": "C.UTF-8", "COLUMNS": "100"}
        for command, expected, status in turns(str(example.parsed)):
            done = subprocess.run(
                ["sh", "-c", command], cwd=folder, env=outside, capture_output=True, text=True, check=False
            )
            output = done.stdout if done.returncode == 0 else done.stdout + done.stderr
            same = doctest.OutputChecker().check_output(expected, output, FLAGS)
            assert same, f"$ {command}\nexpected:\n{expected}\ngot:\n{output}"
            assert done.returncode == status, f"$ {command} ended with {done.returncode}: {done.stderr}"

    return run


@pytest.mark.parametrize("page", PAGES)
def test_every_example_of_a_page_runs(page: str, tmp_path: Path) -> None:
    parsers = [
        PythonCodeBlockParser(doctest_optionflags=FLAGS),
        CodeBlockParser("console", run_session(tmp_path)),
    ]
    for example in Sybil(parsers).parse(ROOT / page).examples():
        example.evaluate()


def blocks(page: str) -> list[tuple[str, str]]:
    """Give the language and the content of every fenced block of a page."""
    text = (ROOT / page).read_text("utf-8")
    return re.findall(r"^```(\S*)[^\n]*\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", PAGES)
def test_every_block_of_a_page_says_what_it_is(page: str) -> None:
    languages = {language for language, _ in blocks(page) if not language.startswith("{")}
    assert languages <= KNOWN_BLOCKS


@pytest.mark.parametrize("page", PAGES)
def test_every_data_block_of_a_page_can_be_read(page: str) -> None:
    for language, content in blocks(page):
        if language == "json":
            json.loads(content)
        elif language == "toml":
            tomllib.loads(content)


@pytest.mark.parametrize("page", [page for page in PAGES if "/" not in page])
def test_every_link_of_a_page_at_the_root_leads_somewhere(page: str) -> None:
    # Sphinx looks after the others.
    targets = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", (ROOT / page).read_text("utf-8"))
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_a_wrong_example_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```console\n$ echo one\ntwo\n```\n", "utf-8")
    (example,) = Sybil([CodeBlockParser("console", run_session(tmp_path))]).parse(page).examples()
    with pytest.raises(AssertionError, match="expected"):
        example.evaluate()
