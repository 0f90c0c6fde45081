"""The meter: rates now and in the mean, and what is left by the classes that this run itself has measured."""

from __future__ import annotations

import pytest

from proofroom.case.costs import CONTAINERS, OTHER, TEXT, WORKBOOKS, cost_class
from proofroom.case.meter import Cost, Meter


class Clock:
    """A clock that goes on when it is told."""

    def __init__(self) -> None:
        """Begin at some time."""
        self.now = 1_000.0

    def __call__(self) -> float:
        """Give the time."""
        return self.now


def did(meter: Meter, clock: Clock, name: str, size: int, seconds: float) -> None:
    """Do one thing that takes its time."""
    clock.now += seconds
    meter.spent(name, size, seconds)
    meter.advance(1, size)


def test_the_rate_now_is_not_the_mean() -> None:
    clock = Clock()
    meter = Meter(clock)
    meter.begin("extract", 1_000, 0)
    for _ in range(600):
        did(meter, clock, TEXT, 10, 0.1)
    for _ in range(40):
        did(meter, clock, TEXT, 10, 1.0)
    standing = meter.standing()
    assert standing.rate_now == pytest.approx(1.0, rel=0.05)
    assert standing.rate_mean == pytest.approx(6.4)


def test_what_is_left_is_told_by_class() -> None:
    clock = Clock()
    meter = Meter(clock)
    meter.begin("extract", 1_010, 0)
    meter.expect({TEXT: (1_000, 1_000_000), WORKBOOKS: (10, 100_000_000)}, 0)
    for _ in range(100):
        did(meter, clock, TEXT, 1_000, 0.01)
    for _ in range(5):
        did(meter, clock, WORKBOOKS, 10_000_000, 10.0)
    standing = meter.standing()
    left = {one.name: one.seconds for one in standing.classes}
    assert left == pytest.approx({WORKBOOKS: 50.0, TEXT: 9.0})
    assert standing.classes[0].name == WORKBOOKS
    assert standing.left_seconds == pytest.approx(59.0)


def test_small_things_are_not_taken_for_large_ones_of_their_class() -> None:
    cost = Cost()
    for size in (1_000_000, 2_000_000, 4_000_000):
        cost.note(size, 0.5 + size / 1_000_000)
    base, by_byte = cost.each()
    assert base == pytest.approx(0.5)
    assert by_byte == pytest.approx(1e-6)


@pytest.mark.parametrize(
    "costs", [[(10, 5.0), (1_000, 1.0)], [(0, 1.0), (0, 2.0)], [(100, 1.0)], [(10, 0.0), (1_000, 9.0)]]
)
def test_no_cost_is_below_nothing(costs: list[tuple[int, float]]) -> None:
    cost = Cost()
    for size, seconds in costs:
        cost.note(size, seconds)
    assert min(cost.each()) >= 0


def test_two_workers_take_half_the_time() -> None:
    clock = Clock()
    meter = Meter(clock)
    meter.begin("extract", 20, 0)
    meter.expect({TEXT: (20, 0)}, 0)
    for _ in range(10):
        clock.now += 0.5
        meter.spent(TEXT, 0, 1.0)
        meter.advance(1, 0)
    assert meter.standing().left_seconds == pytest.approx(5.0)


def test_too_early_to_say_is_said() -> None:
    clock = Clock()
    meter = Meter(clock)
    meter.begin("extract", 100, 0)
    meter.expect({TEXT: (100, 0)}, 0)
    did(meter, clock, TEXT, 0, 1.0)
    assert meter.standing().left_seconds is None


def test_a_class_nobody_has_seen_yet_is_a_guess_and_says_so() -> None:
    clock = Clock()
    meter = Meter(clock)
    meter.begin("extract", 20, 0)
    meter.expect({TEXT: (10, 0), WORKBOOKS: (10, 0)}, 0)
    for _ in range(10):
        did(meter, clock, TEXT, 0, 1.0)
    standing = meter.standing()
    assert [(one.name, one.seconds) for one in standing.classes] == [(WORKBOOKS, None)]
    assert standing.left_seconds == pytest.approx(10.0)


def test_it_is_never_all_while_containers_may_hold_more() -> None:
    clock = Clock()
    meter = Meter(clock)
    meter.begin("extract", 2, 100)
    meter.expect({TEXT: (1, 50), CONTAINERS: (1, 50)}, 1)
    meter.spent(TEXT, 50, 1.0)
    meter.advance(1, 50)
    assert meter.standing().growing == 1
    meter.advance(1, 50)
    assert meter.standing().share < 1
    meter.spent(CONTAINERS, 50, 1.0, contained=True)
    assert meter.standing().growing == 0
    # What it held is the next level, and nobody has counted that yet.
    assert meter.standing().share < 1
    meter.begin("search", 1, 1)
    meter.advance(1, 1)
    assert meter.standing().share == 1


def test_the_next_level_comes_on_top() -> None:
    meter = Meter(Clock())
    meter.begin("extract", 2, 100)
    meter.advance(2, 100)
    meter.begin("extract", 3, 30)
    standing = meter.standing()
    assert (standing.done, standing.total, standing.size, standing.total_size) == (2, 5, 100, 130)
    meter.begin("search", 5, 1)
    assert meter.standing().done == 0


def test_without_classes_the_share_of_bytes_tells_the_time() -> None:
    clock = Clock()
    meter = Meter(clock)
    meter.begin("search", 100, 1_000)
    clock.now += 10
    meter.advance(1, 250)
    assert meter.standing().left_seconds == pytest.approx(30.0)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (b"a.xlsx", WORKBOOKS),
        ("名单.CSV".encode(), TEXT),
        (b"a.tar.gz", CONTAINERS),
        (b"noending", OTHER),
        (b"x.\xff\xfe", OTHER),
        (b"", OTHER),
    ],
)
def test_a_class_is_guessed_from_the_ending(name: bytes, expected: str) -> None:
    assert cost_class(name) == expected
