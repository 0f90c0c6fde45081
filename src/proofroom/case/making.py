"""Making a case: its folders, keys, first member and custody log, in a place that is fit for it."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

from proofroom.case.folder import CaseFile, make_folders
from proofroom.errors import BadSource, PlainDisk
from proofroom.model.custody import Act, Event
from proofroom.receive.custody import CustodyLog
from proofroom.receive.keys import Keys
from proofroom.receive.places import harden_process, look_at


def now() -> str:
    """Give the time as it stands in the custody log: UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def check_disk(folder: Path, reason: str | None) -> None:
    """Raise PlainDisk when the case would lie on an unencrypted disk or in a synced folder, without a reason.

    A disk that cannot be asked (a network share, memory, another system) counts as not encrypted. Once a
    reason stands in `case.toml` the question is not asked again.
    """
    harden_process()
    if reason:
        return
    place = look_at(folder)
    if place.synced_by is not None:
        raise PlainDisk(f"the case would lie in a folder that {place.synced_by} copies elsewhere")
    if not place.encrypted:
        raise PlainDisk(f"the case would lie on a disk ({place.filesystem}) that does not look encrypted")


def make(
    folder: Path, passphrase: str | None, member: str, regions: Path | None, plain_disk: str | None
) -> None:
    """Make an empty case; what is refused leaves nothing behind."""
    check_disk(folder, plain_disk)
    if regions is not None and not regions.is_file():
        raise BadSource(f"there is no table of regions at {regions}")
    make_folders(folder)
    keys = Keys.create(folder / "keys", passphrase)
    file = CaseFile(created=now()[:7], members={member: keys.new_member(member)})
    if regions is not None:
        file.regions = "regions.csv"
        shutil.copyfile(regions, folder / file.regions)
    log = CustodyLog.open(folder, keys)
    file.plain_disk = plain_disk or ""
    events = [Event(Act.CASE_CREATED, now(), member, {"member": member, "public_key": file.members[member]})]
    if passphrase is None:
        events.append(Event(Act.NO_PASSPHRASE, now(), member, {}))
    if plain_disk:
        events.append(Event(Act.PLAIN_DISK, now(), member, {"why": plain_disk}))
    log.append(events)
    log.sign_head()
    file.write(folder)
