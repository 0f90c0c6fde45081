"""What one file does leaves the next one's result unchanged: the same worker, the same bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Told


def test_an_honest_file_behind_every_attack_gives_the_same_bytes(told: Told) -> None:
    frames = {attack: outcome["frames"] for attack, outcome in told.honest.items()}
    assert {attack for attack, hash_ in frames.items() if hash_ != frames["before attacks"]} == set()
    assert {outcome["state"] for outcome in told.honest.values()} == {"read"}


def test_it_is_the_same_worker_that_reads_the_next_file(told: Told) -> None:
    one = {told.honest[attack]["worker"] for attack in told.outcomes if attack in set(QUIET)}
    assert one == {1}


QUIET = (
    "heap", "shared_memory", "processes", "threads", "output", "loop", "loop_ignoring", "writes", "signals",
    "signals_by_pipe", "memory", "own_limits", "kernel", "every_call", "sleep",
)  # fmt: skip


def test_what_died_is_tried_once_more_alone_and_then_named(told: Told) -> None:
    died = told.outcomes["dies"]
    assert (died["state"], died["reason"], died["restarts"]) == ("crashed", "worker-died", 1)
    assert died["worker"] > max(outcome["worker"] for outcome in told.honest.values())


def test_what_dies_only_the_first_time_ends_well(told: Told) -> None:
    lucky = told.outcomes["dies_unless_first"]
    assert (lucky["state"], lucky["restarts"], lucky["rows"]) == ("read", 1, 1)


def test_nothing_is_kept_of_what_a_liar_said_and_nobody_is_forked_from_its_worker(told: Told) -> None:
    outcome = told.outcomes["frames_and_on"]
    assert (outcome["state"], outcome["reason"], outcome["rows"]) == ("crashed", "bad-frame", 0)
    assert outcome["restarts"] == 0
    assert told.honest["frames_and_on"]["worker"] > outcome["worker"]
