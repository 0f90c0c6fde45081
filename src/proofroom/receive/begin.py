"""Beginning a delivery, or going on with an interrupted one of the same source."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from proofroom.errors import BadIntake
from proofroom.model.custody import Act, Event
from proofroom.receive.custody import CustodyLog
from proofroom.receive.intake import Intake, intake_of, read_intake
from proofroom.receive.names import raw_path


@dataclass(slots=True)
class Begun:
    """A delivery under way: its intake statement, and the raw paths the log has of it already."""

    id: str
    intake: Intake
    done: set[bytes] = field(default_factory=set)


def begin(
    log: CustodyLog,
    secret: bytes,
    source: Path,
    intake_file: Path | None,
    default: Intake,
    act: tuple[str, str],
) -> Begun:
    """Begin a delivery, or go on with the one of this source that was begun and not ended.

    `default` answers what the intake file does not; `act` is the time and the handle. When a delivery goes
    on, its first statement stands where no file answers otherwise. Raises BadIntake.
    """
    key = _source_key(secret, source)
    interrupted, count = _look_back(log, key)
    if interrupted is None:
        begun = Begun(f"delivery-{count + 1}", read_intake(intake_file, default) if intake_file else default)
        facts: dict[str, Any] = {"delivery": begun.id, "source_key": key, "intake": begun.intake.facts()}
        log.append([Event(Act.DELIVERY_BEGUN, *act, facts)])
        return begun
    facts = {"delivery": interrupted.id}
    given = read_intake(intake_file, interrupted.intake) if intake_file else interrupted.intake
    if given != interrupted.intake:
        interrupted.intake = given
        facts["intake"] = given.facts()
    log.append([Event(Act.DELIVERY_RESUMED, *act, facts)])
    return interrupted


def is_interrupted(log: CustodyLog, secret: bytes, source: Path) -> bool:
    """Say whether a delivery of this source was begun and not ended."""
    return _look_back(log, _source_key(secret, source))[0] is not None


def is_waiting(log: CustodyLog, secret: bytes, source: Path, intake_file: Path | None) -> bool:
    """Say whether the last delivery of this source ended and no run has ended since, or its OCR was stopped.

    Raises BadIntake when the file holds another statement than the one with which that delivery ended.
    """
    ours, key = "", _source_key(secret, source)
    waiting: Intake | None = None
    before: Intake | None = None
    statement = Intake()
    for event in log.events():
        facts: Mapping[str, Any] = event.facts
        if event.act is Act.DELIVERY_BEGUN and facts["source_key"] == key:
            ours, statement, waiting = facts["delivery"], intake_of(facts["intake"]), None
        elif event.act is Act.DELIVERY_RESUMED and facts["delivery"] == ours and "intake" in facts:
            statement = intake_of(facts["intake"])
        elif event.act is Act.DELIVERY_ENDED and facts["delivery"] == ours:
            waiting = statement
        elif event.act is Act.RUN_ENDED:
            before, waiting = waiting, None
        elif event.act is Act.RUN_STARTED and facts.get("continues"):
            waiting = before
    if waiting is not None and intake_file is not None and read_intake(intake_file, waiting) != waiting:
        raise BadIntake(
            f"{ours} has ended, with another statement than {intake_file.name}",
            remedy=f"Give the statement of {ours} as it stands in case.toml, or none.",
        )
    return waiting is not None


def end(log: CustodyLog, begun: Begun, found: int, act: tuple[str, str]) -> None:
    """Say in the log that everything the source held has its line."""
    log.append([Event(Act.DELIVERY_ENDED, *act, {"delivery": begun.id, "found": found})])


def _source_key(secret: bytes, source: Path) -> str:
    """Name a source so that it is known again when its delivery goes on; keyed, so that it tells nothing."""
    text = b"source\0" + os.fsencode(source.resolve())
    return hashlib.blake2b(text, key=secret, digest_size=16).hexdigest()


def _look_back(log: CustodyLog, key: str) -> tuple[Begun | None, int]:
    """Give the delivery of this source that was begun and not ended, and how many were begun at all."""
    under_way: dict[str, Begun] = {}
    ours: list[str] = []
    count = 0
    for event in log.events():
        facts: Mapping[str, Any] = event.facts
        if event.act is Act.DELIVERY_BEGUN:
            count += 1
            under_way[facts["delivery"]] = Begun(facts["delivery"], intake_of(facts["intake"]))
            if facts["source_key"] == key:
                ours.append(facts["delivery"])
        elif event.act is Act.DELIVERY_RESUMED and "intake" in facts:
            under_way[facts["delivery"]].intake = intake_of(facts["intake"])
        elif event.act is Act.DELIVERY_ENDED:
            under_way.pop(facts["delivery"], None)
        elif event.act is Act.RECEIVED and facts["delivery"] in under_way:
            under_way[facts["delivery"]].done.add(raw_path(facts))
    return next((under_way[one] for one in ours if one in under_way), None), count
