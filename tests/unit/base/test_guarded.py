"""A sensitive value does not leave by any of the ways in which values usually leave."""

from __future__ import annotations

import copy
import json
import logging
import pickle  # noqa: TID251 - to see that it refuses
from dataclasses import asdict, dataclass

import pytest

from proofroom.base.guarded import WITHHELD, Sensitive

NAME = "a name that must not be seen"


@dataclass
class Holder:
    """Something that holds a sensitive value."""

    name: Sensitive[str]


@pytest.mark.parametrize(
    "show",
    [repr, str, format, "{0}".format, "{0:>90}".format, "%s %r".__mod__, lambda one: f"{one!s:20}"],
    ids=["repr", "str", "format", "braces", "width", "percent", "f-string"],
)
def test_it_shows_that_something_is_withheld_and_never_what(show: object) -> None:
    held = Sensitive(NAME)
    shown = show((held, held)) if getattr(show, "__name__", "") == "__mod__" else show(held)  # type: ignore[operator]
    assert WITHHELD in shown
    assert NAME not in shown


def test_a_dataclass_that_holds_it_does_not_show_it_either() -> None:
    assert NAME not in repr(Holder(Sensitive(NAME)))


@pytest.mark.parametrize(
    "leave",
    [pickle.dumps, copy.copy, copy.deepcopy, json.dumps, vars, lambda one: asdict(Holder(one))],
    ids=["pickle", "copy", "deepcopy", "json", "vars", "asdict"],
)
def test_it_is_not_taken_along(leave: object) -> None:
    with pytest.raises(TypeError):
        leave(Sensitive(NAME))  # type: ignore[operator]


def test_a_log_line_does_not_hold_it(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("test").warning("found %s", Sensitive(NAME))
    assert caplog.messages == [f"found {WITHHELD}"]


def test_equal_values_stand_together() -> None:
    assert len({Sensitive(NAME), Sensitive(NAME), Sensitive("another")}) == 2
    assert Sensitive(NAME) != NAME


def test_it_is_opened_on_purpose() -> None:
    assert Sensitive(NAME).open_for_reveal() == NAME
