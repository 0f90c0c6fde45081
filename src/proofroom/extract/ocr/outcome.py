"""What an artifact is when engines have looked at all its pages: its state and the reason for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from proofroom.model.states import Reason, State
from proofroom.store.ocr_pages import FAILED, NO_ENGINE, PageDone

LEAST_SURE: Final = 60
"""Confidence (of 100) of a page below which most of it may be wrong: somebody has to look at the page itself."""


def outcome_of(pages: Sequence[PageDone]) -> tuple[State | None, Reason]:
    """Give the state; None when pages wait on, because no engine here reads their script."""
    states = {one.state for one in pages}
    if NO_ENGINE in states:
        return None, Reason.NONE
    if FAILED in states:
        return State.PARTLY, Reason.OCR_FAILED
    if any(one.lines and one.confidence < LEAST_SURE for one in pages):
        return State.PARTLY, Reason.OCR_UNSURE
    if not any(one.lines for one in pages):
        return State.READ, Reason.NO_TEXT
    return State.READ, Reason.OCR_READ
