"""What the values of a frame must be, whatever came before it: codes, flags and addresses that exist.

`inbox` checks that a frame is well-formed, this file that it makes sense, `collect` that it comes in order.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import numpy as np
import pyarrow.compute as pc

from proofroom.extract.format import NO_CONFIDENCE
from proofroom.extract.frames import Kind
from proofroom.extract.inbox import BadFrame, Frame
from proofroom.model.evidence import CellType, Flag, PieceKind
from proofroom.model.states import Reason, State

_FLAGS: Final = int(sum(Flag))
_STATES: Final = frozenset(State)
_REASONS: Final = frozenset(Reason)
_FORMAT_NAME: Final = re.compile(r"(?:outside:)?[a-z0-9_]{0,64}\Z")
_MEDIA_TYPE: Final = re.compile(r"[a-z]+/[A-Za-z0-9.+_-]{1,200}\Z")
_PART: Final = r"[a-z][a-z-]*=(?:[^&%]|%[0-9A-Fa-f]{2})*"
_ADDRESS: Final = rf"\A(?s:{_PART}(?:&{_PART})*)?\z"
_MOST_CONFIDENT: Final = 100
_UNKNOWN_BITS: Final = "a type or flag that does not exist"
_UNKNOWN_CODE: Final = "a state or reason that does not exist"
_BAD_NUMBER: Final = "a number out of its range"
_BAD_NAME: Final = "a format, media type or address that is none"


def check_values(frame: Frame) -> None:
    """Check the values of a frame; raises BadFrame."""
    check = _CHECKS.get(frame.kind)
    if check is not None and frame.rows:
        check(frame)


def _format(frame: Frame) -> None:
    if not _FORMAT_NAME.match(frame.text("name")) or not _MEDIA_TYPE.match(frame.text("media_type")):
        raise BadFrame(_BAD_NAME)


def _sheet(frame: Frame) -> None:
    _at_least(frame, 0, "index")
    _known_flags(frame, "visibility")


def _cells(frame: Frame) -> None:
    if frame.numbers("type").max() > max(CellType):
        raise BadFrame(_UNKNOWN_BITS)
    _known_flags(frame, "flags")
    _at_least(frame, 1, "row", "col")


def _merges(frame: Frame) -> None:
    # A file may name the corners the wrong way round, and formats give them as they stand there.
    _at_least(frame, 1, "top", "left")


def _lines(frame: Frame) -> None:
    if frame.numbers("kind").max() > max(PieceKind):
        raise BadFrame(_UNKNOWN_BITS)
    _known_flags(frame, "flags")
    if not pc.all(pc.match_substring_regex(frame.columns["part"], _ADDRESS)).as_py():
        raise BadFrame(_BAD_NAME)


def _boxes(frame: Frame) -> None:
    numbers, confidence = frame.numbers("line"), frame.numbers("confidence")
    turned = (frame.numbers("left") > frame.numbers("right")) | (
        frame.numbers("top") > frame.numbers("bottom")
    )
    wrong = (confidence > _MOST_CONFIDENT) & (confidence != NO_CONFIDENCE)
    if numbers[0] < 0 or (numbers[1:] <= numbers[:-1]).any() or turned.any() or wrong.any():
        raise BadFrame(_BAD_NUMBER)


def _member_end(frame: Frame) -> None:
    _codes(frame, _STATES | {""})


def _with_state(frame: Frame) -> None:
    _codes(frame, _STATES)


def _partly(frame: Frame) -> None:
    if frame.text("reason") not in _REASONS:
        raise BadFrame(_UNKNOWN_CODE)


def _pixels(frame: Frame) -> None:
    _at_least(frame, 1, "width", "height")
    if frame.number("width") * frame.number("height") * 3 != len(frame.blob("rgb")):
        raise BadFrame(_BAD_NUMBER)


def _codes(frame: Frame, states: frozenset[str]) -> None:
    if frame.text("state") not in states or frame.text("reason") not in _REASONS:
        raise BadFrame(_UNKNOWN_CODE)


def _known_flags(frame: Frame, name: str) -> None:
    if (frame.numbers(name) & ~np.uint16(_FLAGS)).any():
        raise BadFrame(_UNKNOWN_BITS)


def _at_least(frame: Frame, least: int, *names: str) -> None:
    if any(frame.numbers(name).min() < least for name in names):
        raise BadFrame(_BAD_NUMBER)


_CHECKS: Final[dict[Kind, Callable[[Frame], None]]] = {
    Kind.FORMAT: _format,
    Kind.SHEET: _sheet,
    Kind.CELLS: _cells,
    Kind.MERGES: _merges,
    Kind.LINES: _lines,
    Kind.BOXES: _boxes,
    Kind.MEMBER_END: _member_end,
    Kind.MEMBER_ABSENT: _with_state,
    Kind.PARTLY: _partly,
    Kind.PIXELS: _pixels,
    Kind.END: _with_state,
}
