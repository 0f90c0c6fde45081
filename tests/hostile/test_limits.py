"""Memory, time, room for output, processes and descriptors: each limit holds, and its file ends by the limit's name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Told

REFUSED = {"EPERM", "EACCES", "ENOSYS", "EAGAIN"}


@pytest.mark.parametrize(
    ("attack", "state", "reason"),
    [
        ("heap", "truncated", "limit-memory"),
        ("recursion", "truncated", "limit-depth"),
        ("output", "truncated", "limit-output"),
        ("loop", "timed-out", "limit-cpu"),
        ("loop_ignoring", "timed-out", "limit-cpu"),
        ("sleep", "timed-out", "limit-wall"),
        ("close_and_sleep", "timed-out", "limit-wall"),
        ("dies", "crashed", "worker-died"),
    ],
)
def test_a_file_that_takes_too_much_ends_by_the_name_of_the_limit(
    told: Told, attack: str, state: str, reason: str
) -> None:
    assert told.ended(attack) == (state, reason)


def test_memory_ends_at_the_limit_for_private_and_for_shared_pages(told: Told) -> None:
    assert 100 < int(told.said("heap_counted")["eaten"]) < 512
    assert 100 < int(told.said("shared_memory")["eaten"]) < 512


def test_address_space_that_is_only_reserved_counts(told: Told) -> None:
    assert told.said("reservation") == {"mmap": "ENOMEM"}


def test_no_file_can_be_made_in_memory(told: Told) -> None:
    assert set(told.said("memory_file").values()) <= REFUSED


def test_output_ends_soon_behind_the_limit(told: Told) -> None:
    assert told.outcomes["output"]["rows"] <= 9
    assert told.outcomes["output"]["seconds"] < 60


def test_whoever_sleeps_is_killed_in_time(told: Told) -> None:
    for attack in ("sleep", "close_and_sleep"):
        assert 1 <= told.outcomes[attack]["seconds"] < 30


def test_no_process_and_no_thread_can_be_started(told: Told) -> None:
    said = told.said("processes")
    assert said.pop("bomb") == "0"
    assert said.pop("clone3") == "ENOSYS"
    assert set(said.values()) <= REFUSED
    assert told.said("threads") == {"begun": "0"}


def test_no_program_can_be_run(told: Told) -> None:
    assert set(told.said("programs").values()) <= REFUSED


def test_descriptors_are_counted(told: Told) -> None:
    assert int(told.said("descriptors")["got"]) < 16


def test_own_limits_and_filters_cannot_be_changed(told: Told) -> None:
    assert set(told.said("own_limits").values()) <= {"EPERM", "ValueError"}


def test_a_member_amid_which_memory_ended_does_not_pass_for_whole(told: Told) -> None:
    assert told.ended("an_open_member") == ("truncated", "limit-memory")
    assert told.outcomes["an_open_member"]["members"] == [["half.bin", "truncated"]]
