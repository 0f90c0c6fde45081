"""Which recordings somebody has transcribed: those are shown as read; what they were without it stays beside it."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Final

from proofroom.model.states import Reason, State
from proofroom.store.journal import Journal

_LET_GO: Final = """update artifacts set state = before_state, reason = before_reason, before_state = null,
  before_reason = null where reason = ? and before_reason = ? and digest not in (select value from json_each(?))"""
_SETTLE: Final = """update artifacts set before_state = state, before_reason = reason, state = ?, reason = ?
  where state = ? and reason = ? and digest in (select value from json_each(?))"""


def settle_transcripts(journal: Journal, digests: Collection[str]) -> None:
    """Let recordings with a transcript be read, and those that have none any more be partly read, as they were."""
    held = json.dumps(sorted(set(digests)))
    read, partly = (
        (State.READ.value, Reason.TRANSCRIBED.value),
        (State.PARTLY.value, Reason.NO_TRANSCRIPT.value),
    )
    with journal.transaction():
        journal.execute(_LET_GO, (read[1], partly[1], held))
        journal.execute(_SETTLE, (*read, *partly, held))
