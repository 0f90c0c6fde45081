"""The manual cannot lie: every example in it runs, every command in it exists, every block says what it is.

`python` blocks run as doctests or as plain code, one namespace per page. `console` blocks are terminal
sessions: each `$ …` runs in one folder per page, where `demo` is what `make demo` leaves. What follows is what
it must print (`...` stands for anything, no line for anything at all, `(exit 3)` on a last line for a status
other than 0). A digest stands for whatever digest the command prints in its place: packed files are not packed
alike on every machine. `json` and `toml` must parse. What is not to be run is `text`.
"""

from __future__ import annotations

import doctest
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from sybil import Example, Sybil
from sybil.parsers.myst import CodeBlockParser, PythonCodeBlockParser

from proofroom.cli import cli

ROOT = Path(__file__).resolve().parent.parent.parent
AT_THE_ROOT = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")
PAGES = [name for name in AT_THE_ROOT if (ROOT / name).is_file()]
PAGES += [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "docs").rglob("*.md"))]
PAGES = [page for page in PAGES if not page.startswith("docs/_build/")]

KNOWN_BLOCKS = {"text", "python", "console", "json", "toml"}
NO_COMMANDS = ("proofroom hand line v1",)  # the beginning of what is signed
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
DIGEST = r"\b[0-9a-f]{12,64}\b"


def turns(session: str) -> Iterator[tuple[str, str, int]]:
    """Split a terminal session into (command, expected output, expected status)."""
    for turn in re.split(r"^\$ ", session, flags=re.MULTILINE)[1:]:
        command, _, expected = turn.partition("\n")
        while command.endswith("\\"):
            more, _, expected = expected.partition("\n")
            command = f"{command[:-1]}{more}"
        status = re.search(r"^\(exit (\d+)\)\n?\Z", expected, re.MULTILINE)
        yield command, expected[: status.start()] if status else expected, int(status[1]) if status else 0


class Digests:
    """The digests of a page, and those of this machine that stand in their places."""

    def __init__(self) -> None:
        """Know none."""
        self._ours: dict[str, str] = {}

    def here(self, text: str) -> str:
        """Write the digests of this machine into a command or into what it must print."""
        for theirs, ours in self._ours.items():
            text = re.sub(theirs + "([0-9a-f]*)", lambda found, ours=ours: ours[: len(found[0])], text)
        return text

    def learn(self, expected: str, output: str) -> None:
        """Take the digests that stand in the output where a line of the page has one that we do not know."""
        for line in expected.splitlines():
            for theirs in re.findall(DIGEST, line):
                pattern = re.escape(line.strip()).replace(re.escape(theirs), "([0-9a-f]{12,64})", 1)
                found = re.search(pattern.replace(r"\.\.\.", ".*"), output)
                if found and theirs[:12] not in self._ours:
                    self._ours[theirs[:12]] = found[1]


def run_session(folder: Path) -> Callable[[Example], None]:
    """Give the evaluator that runs the terminal sessions of one page in a folder."""
    digests = Digests()

    def run(example: Example) -> None:
        for command, expected, status in turns(str(example.parsed)):
            done = run_command(folder, digests.here(command))
            output = done.stdout if done.returncode == 0 else done.stdout + done.stderr
            digests.learn(expected, output)
            wanted = digests.here(expected)
            same = not wanted.strip() or doctest.OutputChecker().check_output(wanted, output, FLAGS)
            assert same, f"$ {command}\nexpected:\n{wanted}\ngot:\n{output}"
            assert done.returncode == status, f"$ {command} ended with {done.returncode}: {done.stderr}"

    return run


def run_command(folder: Path, command: str) -> subprocess.CompletedProcess[str]:
    """Run a line as a user's shell does, in a home folder of its own."""
    home = folder / "home"
    home.mkdir(exist_ok=True)
    search = os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"])
    outside = {"PATH": search, "HOME": str(home), "LANG": "C.UTF-8", "COLUMNS": "100"}
    return subprocess.run(
        ["sh", "-c", command], cwd=folder, env=outside, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make what `make demo` leaves, once."""
    folder = tmp_path_factory.mktemp("manual")
    done = run_command(folder, "proofroom demo --out demo --no-serve")
    assert done.returncode == 0, done.stderr
    return folder / "demo"


def copy_of(demo: Path, folder: Path) -> None:
    """Copy the demo for one page; what never changes after it was written is shared."""

    def copy(there: str, here: str) -> None:
        shared = "/case/originals/" in there or "/case/derived/members/" in there
        (os.link if shared else shutil.copy2)(there, here)

    shutil.copytree(demo, folder / "demo", symlinks=True, copy_function=copy)


@pytest.mark.parametrize("page", PAGES)
def test_every_example_of_a_page_runs(
    page: str, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = [content for language, content in blocks(page) if language in ("console", "python")]
    if any("demo/" in content for content in runs):
        copy_of(request.getfixturevalue("demo"), tmp_path)
    monkeypatch.chdir(tmp_path)
    parsers = [
        PythonCodeBlockParser(doctest_optionflags=FLAGS),
        CodeBlockParser("console", run_session(tmp_path)),
    ]
    for example in Sybil(parsers).parse(ROOT / page).examples():
        example.evaluate()


def commands_of(page: str) -> Iterator[list[str]]:
    """Give every command of ours that a page names, in a block or in a sentence, as words."""
    text = (ROOT / page).read_text("utf-8")
    lines = re.findall(r"^(?:\$ )?(proofroom [a-z][^|;\n]*)", text, re.MULTILINE)
    for line in {*lines, *re.findall(r"`(proofroom [a-z][^`|;]*)`", text)} - set(NO_COMMANDS):
        yield shlex.split(line.replace("\n", " ").rstrip("\\"), comments=True)


def misfits(words: list[str]) -> list[str]:
    """Give the words of a command line that no command of ours takes; a group's options are those below it."""
    command: click.Command = cli
    found = []
    for word in words[1:]:
        below = list(getattr(command, "commands", ())) if command is not cli else cli.list_commands(None)  # type: ignore[arg-type]
        if isinstance(command, click.Group) and word in below:
            command = command.get_command(None, word)  # type: ignore[arg-type,assignment]
        elif word not in options_of(command) if word.startswith("--") else command is cli:
            found.append(word)
    return found


def options_of(command: click.Command) -> set[str]:
    """Give the options of a command and of those below it."""
    below = getattr(command, "commands", {}).values()
    own = {option for one in (command, *below) for param in one.params for option in param.opts}
    return own | {"--help"}


@pytest.mark.parametrize("page", PAGES)
def test_every_command_that_a_page_names_exists(page: str) -> None:
    assert {" ".join(words): wrong for words in commands_of(page) if (wrong := misfits(words))} == {}


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


def test_every_benchmark_has_its_section_and_its_command() -> None:
    page = (ROOT / "docs/benchmarks.md").read_text("utf-8")
    files = [
        path for path in sorted((ROOT / "benchmarks").glob("*.py")) if "__main__" in path.read_text("utf-8")
    ]
    named = re.findall(r"^## [^\n]+\n\n```text\n.venv/bin/python (benchmarks/\w+\.py)", page, re.MULTILINE)
    assert sorted(named) == [path.relative_to(ROOT).as_posix() for path in files]


def test_a_wrong_example_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```console\n$ echo one\ntwo\n```\n", "utf-8")
    (example,) = Sybil([CodeBlockParser("console", run_session(tmp_path))]).parse(page).examples()
    with pytest.raises(AssertionError, match="expected"):
        example.evaluate()


def test_a_digest_of_the_page_stands_for_the_one_of_this_machine(tmp_path: Path) -> None:
    (tmp_path / "found").write_text("sha256:00112233445566778899aabb#cell=B2\n", "utf-8")
    page = tmp_path / "page.md"
    session = "$ cat found\nsha256:ffffffffffff...#cell=B2\n$ echo ffffffffffff\n001122334455\n"
    page.write_text(f"```console\n{session}```\n", "utf-8")
    (example,) = Sybil([CodeBlockParser("console", run_session(tmp_path))]).parse(page).examples()
    example.evaluate()


def test_a_dead_command_is_noticed() -> None:
    assert misfits(["proofroom", "ingest", "leak.case"]) == ["ingest", "leak.case"]
    assert misfits(["proofroom", "search", "leak.case", "--fuzzy", "word"]) == ["--fuzzy"]
    assert misfits(["proofroom", "member", "leak.case", "add", "anna", "--json"]) == []
