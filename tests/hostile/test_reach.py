"""Out of the sandbox nothing is written, nothing foreign read, nobody reached or signalled, no kernel asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Told

NO_FILE = {"EPERM", "EACCES", "EROFS", "ENOENT", "EBADF"}
VISIBLE = ("/root", "/home")
"""Folders that may be there, empty but for the way to the interpreter when it lies below them."""


def test_nothing_can_be_written_made_renamed_or_deleted_anywhere(told: Told) -> None:
    said = told.said("writes")
    assert len(said) > 150
    assert {what: how for what, how in said.items() if how not in NO_FILE} == {}
    assert told.left == ["secret", "secret"]


def test_nothing_outside_of_the_libraries_can_be_read(told: Told) -> None:
    said = told.said("reads")
    ours = {
        what for what in said if what.split(" as ")[0].endswith(("/attacks", ".py", "/python", "/python3"))
    }
    open_ = {what for what, how in said.items() if how.startswith("done") and what not in ours}
    assert {what for what in open_ if what.split(" as ")[0] not in VISIBLE} == set()
    assert (
        said["/etc/passwd"]
        == said["/etc/shadow"]
        == said["/proc/1/mem"]
        == said["/proc/self/mem"]
        == "ENOENT"
    )
    assert [how for what, how in said.items() if what.endswith("case/secret")] == ["ENOENT"]


def test_the_artifact_itself_cannot_be_changed(told: Told) -> None:
    assert set(told.said("artifact").values()) <= NO_FILE


@pytest.mark.parametrize("attack", ["sockets", "channels"])
def test_no_socket_of_any_family_and_no_other_channel_can_be_opened(told: Told, attack: str) -> None:
    assert set(told.said(attack).values()) == {"EPERM"}


def test_nothing_can_be_typed_into_the_terminal(told: Told) -> None:
    assert set(told.said("terminal").values()) == {"ENOTTY"}


def test_the_worker_and_everybody_else_cannot_be_signalled(told: Told) -> None:
    said = told.said("signals")
    assert said.pop("all pids") == "0"
    assert set(said.values()) == {"EPERM"}


def test_the_kernel_cannot_be_made_to_signal_for_a_child(told: Told) -> None:
    assert set(told.said("signals_by_pipe").values()) == {"EPERM"}


def test_the_memory_of_the_worker_cannot_be_read_or_written(told: Told) -> None:
    assert set(told.said("memory").values()) <= {"EPERM", "ENOENT"}


def test_nothing_can_be_asked_of_the_kernel_that_no_parser_needs(told: Told) -> None:
    assert set(told.said("kernel").values()) == {"EPERM"}


def test_every_call_that_is_not_on_the_list_is_refused_by_its_number_and_as_x32(told: Told) -> None:
    said = told.said("every_call")
    assert (said["let through"], said["let through as x32"]) == ("[]", "[]")
    assert int(said["refused"]) > 500
