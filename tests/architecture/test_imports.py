"""What import contracts cannot say: the verifier stands alone, and nothing is imported by its name."""

from __future__ import annotations

import ast
import re
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import SourceFile

# Import by name hides from every contract, so only the worker (formats) and the CLI (lazy commands) may.
BY_NAME = re.compile(r"proofroom/(extract/worker|cli/)")


def test_the_verifier_needs_the_standard_library_alone(package: list[SourceFile]) -> None:
    for file in package:
        if file.name.startswith("proofroom/verify/"):
            roots = {
                name.partition(".")[0] for name in file.imports() if not name.startswith("proofroom.verify")
            }
            assert roots <= sys.stdlib_module_names, file.name


def test_nothing_is_imported_by_its_name_outside_the_worker_and_the_lazy_commands(
    package: list[SourceFile],
) -> None:
    found = []
    for file in package:
        names = {ast.unparse(node.func) for node in ast.walk(file.tree) if isinstance(node, ast.Call)}
        by_name = names & {"import_module", "importlib.import_module", "__import__", "exec", "eval"}
        found += [f"{file.name}: {name}" for name in by_name if not BY_NAME.match(file.name)]
    assert found == []


def test_no_part_of_a_standard_package_reaches_the_network(package: list[SourceFile]) -> None:
    # import-linter sees `urllib` as one; its parser of addresses is welcome, its opener is not.
    network = ("urllib.request", "urllib.robotparser", "logging.handlers", "multiprocessing.managers")
    found = [
        f"{file.name}: {name}" for file in package for name in file.imports() if name.startswith(network)
    ]
    assert found == []


def test_local_sockets_stay_local(package: list[SourceFile]) -> None:
    # The sandbox and the pool may import `socket`; of all families only AF_UNIX may stand in the code.
    families = {
        (file.name, node.attr)
        for file in package
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Attribute) and node.attr.startswith(("AF_", "PF_"))
    }
    assert {pair for pair in families if pair[1] != "AF_UNIX"} == set()


def test_formats_are_imported_by_the_worker_alone(package: list[SourceFile]) -> None:
    formats = ("proofroom.extract.formats.", "proofroom.extract.worker")
    inside = re.compile(r"proofroom/extract/(formats/|worker)")
    found = [
        f"{file.name}: {name}"
        for file in package
        if not inside.match(file.name)
        for name in file.imports()
        if f"{name}.".startswith(formats)
    ]
    assert found == []
