"""The house style that can be counted: small files, short functions, names of the trade."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import SourceFile

LINES_OF_A_FILE = 300
LINES_OF_A_FUNCTION = 40

# Files that may be longer, each with its reason. There is none.
LONGER_FILES: dict[str, str] = {}

DRAWERS = {
    "common",
    "handler",
    "handlers",
    "helper",
    "helpers",
    "manager",
    "misc",
    "processor",
    "util",
    "utils",
}

# The words of docs/glossary.md, and those it tells us to avoid, as they would stand in names of ours.
AVOIDED = {
    "corpus": "cache",
    "corpora": "cache",
    "dataset": "cache",
    "datasets": "cache",
    "authenticate": "examine",
    "authentication": "examine",
    "ingest": "receive",
    "ingestor": "receive",
}


def functions(file: SourceFile) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Give every function of a file, methods and inner functions too."""
    return (node for node in ast.walk(file.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count its lines from `def` to the last, without the lines of its docstring."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function) is not None:
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


def test_files_are_small_enough_to_be_read_in_one_go(package: list[SourceFile]) -> None:
    lengths = {file.name: file.text.count("\n") for file in package if file.name not in LONGER_FILES}
    assert {name: lines for name, lines in lengths.items() if lines > LINES_OF_A_FILE} == {}


def test_exceptions_from_the_size_of_files_are_still_needed(package: list[SourceFile]) -> None:
    lengths = {file.name: file.text.count("\n") for file in package}
    assert [name for name in LONGER_FILES if lengths.get(name, 0) <= LINES_OF_A_FILE] == []
    assert all(LONGER_FILES.values())


def test_functions_fit_on_a_screen(package: list[SourceFile]) -> None:
    long = [
        f"{file.name}:{function.lineno} {function.name} {length(function)}"
        for file in package
        for function in functions(file)
        if length(function) > LINES_OF_A_FUNCTION
    ]
    assert long == []


def test_every_file_opens_with_a_sentence_that_says_what_it_is_for(package: list[SourceFile]) -> None:
    first_lines = {file.name: (ast.get_docstring(file.tree) or "").partition("\n")[0] for file in package}
    assert [name for name, line in first_lines.items() if not line.endswith((".", ":", "?"))] == []


def test_no_file_is_a_drawer(package: list[SourceFile]) -> None:
    parts = {file.name: {part.removesuffix(".py") for part in file.name.split("/")} for file in package}
    assert {name: names & DRAWERS for name, names in parts.items() if names & DRAWERS} == {}


def test_names_use_the_words_of_the_glossary(package: list[SourceFile]) -> None:
    found = []
    for file in package:
        for node in ast.walk(file.tree):
            name = getattr(node, "name", None) or getattr(node, "arg", None)
            words = re.split(r"_|(?<=[a-z])(?=[A-Z])", name) if isinstance(name, str) else []
            found += [f"{file.name}: {name}" for word in words if word.lower() in AVOIDED]
    assert found == []


def test_the_glossary_names_the_words_we_avoid(root: Path) -> None:
    glossary = (root / "docs/glossary.md").read_text("utf-8")
    assert [word for word in AVOIDED.values() if f"**{word}**" not in glossary] == []


def catches_anything(handler: ast.ExceptHandler) -> bool:
    """Say whether it catches anything at all; one that ends by raising it again only tidies up."""
    tidies_up = isinstance(last := handler.body[-1], ast.Raise) and last.exc is None
    caught = ast.unparse(handler.type) if handler.type else "Exception"
    return not tidies_up and re.search(r"\b(Base)?Exception\b", caught) is not None


def test_anything_is_caught_only_at_the_three_borders(package: list[SourceFile]) -> None:
    borders = re.compile(r"proofroom/(extract/sandbox/zygote|cli/|web/)")
    found = [
        f"{file.name}:{node.lineno}"
        for file in package
        if not borders.match(file.name)
        for node in ast.walk(file.tree)
        if isinstance(node, ast.ExceptHandler) and catches_anything(node)
    ]
    assert found == []
