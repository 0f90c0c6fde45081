"""What the custody log tells of a case, and how far `case.toml`, which anybody can edit, says the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from proofroom.errors import BrokenEvidence
from proofroom.model.custody import Act, Event
from proofroom.model.states import Reason, State
from proofroom.receive.names import raw_path
from proofroom.store.occurrences import Received

if TYPE_CHECKING:
    from proofroom.case.folder import CaseFile

Failures = list[dict[str, str]]


@dataclass(slots=True)
class Told:
    """What events tell: originals and their sizes, members, intake statements, and the settings."""

    events: int = 0
    originals: dict[str, int] = field(default_factory=dict)
    created: set[str] = field(default_factory=set)
    keys: set[tuple[str, str]] = field(default_factory=set)
    members: dict[str, str] = field(default_factory=dict)
    retired: dict[str, list[str]] = field(default_factory=dict)
    intakes: dict[str, dict[str, str]] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    strangers: Counter[str] = field(default_factory=Counter)
    """How many acts were logged under each handle that was no member at that moment."""
    has_passwords: bool = False

    def note(self, event: Event) -> None:
        """Keep what an event tells; raises BrokenEvidence when it lacks what it must have."""
        facts = event.facts
        known = event.by in self.members and event.by not in self.retired
        if not known and event.act is not Act.CASE_CREATED:
            self.strangers[event.by] += 1
        try:
            if event.act in (Act.RECEIVED, Act.OCR_IMPORTED):
                if facts["digest"] is not None:
                    self.originals[facts["digest"]] = facts["bytes"]
            elif event.act in (Act.CASE_CREATED, Act.MEMBER_ADDED):
                self.keys.add((facts["member"], facts["public_key"]))
                self.members[facts["member"]] = facts["public_key"]
                if event.act is Act.CASE_CREATED:
                    self.created.add(event.time[:7])
            elif event.act is Act.MEMBER_RETIRED:
                self.retired[facts["member"]] = facts["last_lines"]
            elif event.act in (Act.DELIVERY_BEGUN, Act.DELIVERY_RESUMED) and "intake" in facts:
                self.intakes[facts["delivery"]] = facts["intake"]
            elif event.act is Act.CASE_SETTINGS:
                self.settings = dict(facts)
            elif event.act is Act.PASSWORDS_ADDED:
                self.has_passwords = True
        except (KeyError, TypeError) as failure:
            raise BrokenEvidence(f"an event of the kind {event.act} lacks a fact: {failure}") from None

    def restore(self, file: CaseFile) -> bool:
        """Enter into `case.toml` what an interruption, or somebody, left out; says whether anything was.

        What stands there with other words is left: `verify` names it.
        """
        before = (len(file.members), len(file.retired), len(file.deliveries))
        file.members = self.members | file.members
        file.retired = self.retired | file.retired
        file.deliveries = self.intakes | file.deliveries
        return before != (len(file.members), len(file.retired), len(file.deliveries))

    def compare(self, file: CaseFile, settings: dict[str, Any]) -> Failures:
        """Compare `case.toml` with custody, both ways; `settings` are those of the case as it lies there."""
        found = [
            ("member-unknown", f"the key of {handle} in case.toml stands in no line of custody")
            for handle, key in file.members.items()
            if (handle, key) not in self.keys
        ]
        found += [
            ("member-missing", f"the member {handle} stands in custody and not in case.toml")
            for handle in self.members
            if handle not in file.members
        ]
        found += [
            ("retirement-changed", f"what case.toml says of when {handle} left is not what custody says")
            for handle in sorted({*file.retired, *self.retired})
            if not _same(file.retired.get(handle), self.retired.get(handle))
        ]
        found += [
            ("intake-changed", f"the intake statement of {name} in case.toml is not that of custody")
            for name in sorted({*file.deliveries, *self.intakes})
            if self.intakes.get(name) != file.deliveries.get(name)
        ]
        found += [
            ("settings-changed", f"{name} is not what custody says; the next working command enters it")
            for name in sorted({*settings, *self.settings})
            if settings.get(name) != self.settings.get(name)
        ]
        found += [
            ("author-unknown", f"{count} acts were logged by {by}, who was no member then")
            for by, count in self.strangers.items()
        ]
        if file.created not in self.created:
            found.append(("settings-changed", "when the case was created is not what custody says"))
        return [{"code": code, "what": what} for code, what in found]


def _same(one: list[str] | None, other: list[str] | None) -> bool:
    return (one is None) == (other is None) and sorted(one or ()) == sorted(other or ())


def received_of(facts: Mapping[str, Any]) -> Received:
    """Read a received occurrence back from its event."""
    state = facts.get("state")
    mtime = facts.get("mtime_ns")
    return Received(
        facts["delivery"],
        raw_path(facts),
        facts["path"],
        facts["digest"],
        facts["bytes"],
        facts["kind"],
        None if mtime is None else int(mtime),
        None if state is None else State(state),
        Reason(facts.get("reason", "")),
    )
