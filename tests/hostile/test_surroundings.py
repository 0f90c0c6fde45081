"""What a child and its worker are: one thread, no foreign descriptor, no right, no engine, no word of the user's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from proofroom.extract.sandbox.launch import readable_trees

if TYPE_CHECKING:
    from conftest import Told

ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "PYTHONDONTWRITEBYTECODE": "1",
    "ORT_DISABLE_TELEMETRY": "1",
}


def test_the_environment_is_exactly_the_one_we_give(told: Told) -> None:
    found = {key.removeprefix("environment "): value for key, value in told.said("surroundings").items()}
    environment = {key: value for key, value in found.items() if key.isupper()}
    # Bubblewrap says itself where it has gone.
    assert environment == ENVIRONMENT | ({"PWD": "/"} if told.form == "bwrap" else {})


def test_the_child_is_alone_with_its_worker_in_a_world_of_few_processes(told: Told) -> None:
    said = told.said("surroundings")
    assert 1 < int(said["pid"]) < 200
    assert said["folder"] == "/"
    assert told.zygote["NSpid"].split()[-1] == "1"


def test_the_root_holds_the_way_to_the_libraries_and_nothing_else(told: Told) -> None:
    ours = {Path(tree).parts[1] for tree in readable_trees((str(Path(__file__).parent / "attacks"),))}
    assert set(told.said("surroundings")["root"].split()) == ours
    assert not {"proc", "sys", "dev", "var", "run"} & ours


def test_the_worker_holds_no_file_and_no_pipe_of_any_job(told: Told) -> None:
    held = [one.split()[1] for one in told.said("held")["worker"].split(", ")]
    assert held == ["device", "device", "device", "socket"]


def test_the_child_holds_its_file_and_its_pipe_alone(told: Told) -> None:
    held = [one.split()[1] for one in told.said("held")["child"].split(", ")]
    assert held == ["device", "device", "device", "file", "pipe"]


def test_the_worker_counts_one_thread_and_has_no_right_and_no_way_to_get_one(told: Told) -> None:
    zygote = told.zygote
    assert zygote["Threads"] == "1"
    assert {int(zygote[of], 16) for of in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {0}
    assert (zygote["NoNewPrivs"], zygote["Seccomp"]) == ("1", "2")
    assert "0" not in zygote["Uid"].split()


def test_the_worker_has_imported_no_engine(told: Told) -> None:
    modules = set(told.said("modules")["modules"].split())
    assert {"proofroom", "hostile_format"} <= modules
    assert not {"numpy", "pyarrow", "onnxruntime", "duckdb", "tantivy", "click", "rich", "cv2"} & modules


def test_an_order_holds_names_of_all_bytes_and_any_number_of_passwords(told: Told) -> None:
    said = told.said("order_told")
    assert bytes.fromhex(said["name"]) == bytes(byte for byte in range(256) if byte not in b"\0/")
    assert int(said["passwords"]) > 1 << 15
    assert said["last password"] == f"999{'密' * 30}"
