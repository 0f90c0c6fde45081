"""Progress as people and programs read it: what is known, how fast, how long, and never more than is true."""

from __future__ import annotations

import json
import time

import pytest

from proofroom.case.meter import ClassLeft, Standing
from proofroom.cli import progress
from proofroom.cli.heartbeat import Heartbeat, duration, still
from proofroom.cli.output import shown_as
from proofroom.cli.progress import Bars, as_document, counted, growing, left_of, rate


def standing(**changes: object) -> Standing:
    """Give how a stage stands."""
    known = {
        "stage": "extract",
        "done": 1_203,
        "total": 4_310,
        "size": 1,
        "total_size": 2,
        "seconds": 31.0,
        "rate_now": 41.2,
        "rate_mean": 38.1,
        "left_seconds": 118.0,
        "classes": (ClassLeft("containers", 12, 60.0), ClassLeft("text", 900, None)),
        "growing": 12,
        "by_levels": True,
    }
    return Standing(**(known | changes))  # type: ignore[arg-type]


def test_what_is_known_is_not_taken_for_all_there_is() -> None:
    assert counted(standing()) == "1,203 of at least 4,310, 41/s (mean 38/s)"
    assert counted(standing(growing=0)).startswith("1,203 of 4,310")
    assert counted(standing(total=0, size=5_000, seconds=0.5)) == "1,203, 5.0 kB"
    assert counted(standing(stage="ocr", growing=0)).endswith("2,472.0 pages/min (mean 2,286.0)")


def test_the_time_left_names_its_classes_and_what_is_a_guess() -> None:
    assert left_of(standing(), 3) == "about 2 min left (containers 60 s, text ?)"
    assert left_of(standing(), 0) == "about 2 min left"
    assert left_of(standing(left_seconds=None), 3) == "too early to say"
    assert left_of(standing(done=4_310), 3) == ""


@pytest.mark.parametrize(("seconds", "words"), [(0.4, "0 s"), (89, "89 s"), (120, "2 min"), (7_200, "2.0 h")])
def test_a_time_is_written_for_people(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("each_second", "words"), [(41.2, "41/s"), (1.0, "1/s"), (0.24, "14/min"), (0.01, "36/h"), (0.0, "0/min")]
)
def test_what_goes_slowly_is_counted_by_the_minute_or_the_hour(each_second: float, words: str) -> None:
    assert rate(each_second) == words


class Silence:
    """A heartbeat whose seconds a test counts."""

    def __init__(self) -> None:
        """Begin."""
        self.now, self.said = 0.0, list[str]()
        self.heart = Heartbeat(self.said.append, 30.0, lambda: self.now)

    def last(self, seconds: int) -> list[str]:
        """Let so many seconds pass; gives what was said in them."""
        self.said.clear()
        for _ in range(seconds):
            self.now += 1
            self.heart.beat()
        return list(self.said)


def test_a_long_file_is_spoken_of_every_half_minute() -> None:
    silence = Silence()
    silence.heart.at_work([5, 43_000_000])
    assert silence.last(120) == [
        f"still at work on 2 files for {how_long}, the largest 43.0 MB"
        for how_long in ("30 s", "60 s", "90 s", "2 min")
    ]
    silence.heart.advanced()
    assert silence.last(29) == []
    assert still(120, [1_500]) == "still at work on 1 file for 2 min, the largest 1.5 kB"


def test_a_pause_is_not_called_work() -> None:
    silence = Silence()
    silence.heart.at_work([])
    assert silence.last(600) == []
    silence.heart.at_work(None)
    silence.heart.advanced()
    assert len(silence.last(36_000)) < 15
    assert silence.said[0] == "nothing new for 30 s"


def test_lines_say_that_a_long_file_is_under_way(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Heartbeat.__init__, "__defaults__", (0.01, time.monotonic))
    with Bars("lines") as bars:
        bars.begin("extract", 1, 1_500)
        bars.at_work([1_500])
        time.sleep(0.2)
    assert "extract: still at work on 1 file for 0 s, the largest 1.5 kB" in capsys.readouterr().err


def test_containers_are_counted_in_words() -> None:
    assert [growing(count) for count in (0, 1, 12)] == [
        "",
        "1 container may hold more",
        "12 containers may hold more",
    ]


def test_a_program_gets_numbers() -> None:
    document = as_document(standing())
    assert json.loads(json.dumps(document)) == document
    assert document["classes"]["text"] == {"left": 900, "left_seconds": None}
    assert document["may_grow"] == 12


@pytest.mark.parametrize("show", ["none", "lines", "json"])
def test_a_short_stage_says_nothing_at_all(show: str, capsys: pytest.CaptureFixture[str]) -> None:
    with Bars(show) as bars:
        bars.begin("extract", 2, 2)
        bars.advance(1, 1)
        bars.advance(1, 1)
    assert capsys.readouterr() == ("", "")


def test_what_was_spoken_of_is_told_to_its_end(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(progress._EVERY, "lines", -1.0)
    with Bars("lines") as bars:
        bars.begin("extract", 2, 2)
        bars.advance(2, 2)
        bars.begin("search", 1, 1)
    assert capsys.readouterr().err.splitlines()[-1].startswith("extract: 2 of 2")


def test_json_on_stdout_alone_leaves_stderr_empty() -> None:
    assert shown_as(None, as_json=True) == "none"
    assert shown_as("json", as_json=True) == "json"
    assert shown_as(None, as_json=False) in ("bar", "lines")
