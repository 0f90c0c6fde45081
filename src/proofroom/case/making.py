"""Making a case: its folders, keys, first member and custody log, in a place that is fit for it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from proofroom.base.durable import write_whole
from proofroom.case.folder import REGIONS, CaseFile, finish, make_folders, unmake
from proofroom.errors import BadSource, PlainDisk, WrongUse
from proofroom.model.custody import Act, Event
from proofroom.receive.custody import CustodyLog
from proofroom.receive.delivery import check_source
from proofroom.receive.intake import read_intake
from proofroom.receive.keys import Keys, check_handle, is_locked
from proofroom.receive.places import harden_process, look_at
from proofroom.receive.vault import explain


def now() -> str:
    """Give the time as it stands in the custody log: UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def check_disk(folder: Path, reason: str | None) -> None:
    """Raise PlainDisk when the case would lie on an unencrypted disk or in a synced folder, without a reason.

    A disk that cannot be asked (a network share, memory, another system) counts as not encrypted. Once a
    reason stands in `case.toml` the question is not asked again.
    """
    harden_process()
    if reason is not None and not reason.strip():
        raise WrongUse("the reason for a plain disk is empty", remedy="Say why, in a few words.")
    if reason:
        return
    place = look_at(folder)
    if place.synced_by is not None:
        raise PlainDisk(f"the case would lie in a folder that {place.synced_by} copies elsewhere")
    if not place.encrypted:
        raise PlainDisk(f"the case would lie on a disk ({place.filesystem}) that does not look encrypted")


def check_delivery(folder: Path, sources: Sequence[Path], intake: Path | None) -> None:
    """Raise BadSource or BadIntake for what could not be taken into a case in this folder; changes nothing."""
    for source in sources:
        check_source(folder, source)
    if intake is not None:
        read_intake(intake)


def check_choices(folder: Path, regions: Path | None, *, no_passphrase: bool) -> None:
    """Raise WrongUse when a case that is there was made with another choice than the one given now."""
    if regions is not None and CaseFile.read(folder).settings(folder)["regions_digest"] != _digest(regions):
        raise WrongUse(
            "the case has another table of regions, and --regions is for a new case", remedy="Leave it out."
        )
    if no_passphrase and is_locked(folder / "keys"):
        raise WrongUse(
            "the keys are under a passphrase, and --no-passphrase is for a new case", remedy="Leave it out."
        )


def make(
    folder: Path, passphrase: str | None, member: str, regions: Path | None, plain_disk: str | None
) -> None:
    """Make an empty case; what is refused or interrupted leaves no case behind."""
    check_disk(folder, plain_disk)
    check_handle(member)
    if passphrase is not None and not passphrase.strip():
        raise WrongUse(
            "the passphrase is empty", remedy="Give one, or none at all: then that is an act in custody."
        )
    table = _read_regions(regions) if regions is not None else None
    make_folders(folder)
    try:
        _fill(folder, passphrase, member, table, plain_disk or "")
    except BaseException:
        unmake(folder)
        raise
    finish(folder)


def _fill(folder: Path, passphrase: str | None, member: str, table: bytes | None, plain_disk: str) -> None:
    """Fill the folders of a new case: keys, first member, log; `case.toml` comes last and makes it one."""
    moment = now()
    try:
        keys = Keys.create(folder / "keys", passphrase)
        file = CaseFile(created=moment[:7], plain_disk=plain_disk, members={member: keys.new_member(member)})
        if table is not None:
            file.regions = REGIONS
            write_whole(folder / file.regions, table)
    except OSError as failure:
        raise explain(failure) from failure
    events = [
        Event(Act.CASE_CREATED, moment, member, {"member": member, "public_key": file.members[member]}),
        Event(Act.CASE_SETTINGS, moment, member, file.settings(folder)),
    ]
    if passphrase is None:
        events.append(Event(Act.NO_PASSPHRASE, moment, member, {}))
    if plain_disk:
        events.append(Event(Act.PLAIN_DISK, moment, member, {"why": plain_disk}))
    CustodyLog.create(folder, keys).append(events)
    file.write(folder)


def _digest(path: Path) -> str:
    return hashlib.sha256(_read_regions(path)).hexdigest()


def _read_regions(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as failure:
        raise BadSource(f"the table of regions {path} cannot be read: {failure.strerror}") from failure
