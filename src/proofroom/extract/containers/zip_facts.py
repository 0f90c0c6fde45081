"""Write what a zip says of an entry as one short text, for those who ask later whether it fits."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from proofroom.extract.containers.zip_entries import Entry, extra_fields

_TIMES: Final = 0x5455
_NT_TIMES: Final = 0x000A
_OWNER: Final = 0x7875
_UNICODE_PATH, _UNICODE_COMMENT = 0x7075, 0x6375
_UNIX: Final = 0x5855
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NT_EPOCH: Final = datetime(1601, 1, 1, tzinfo=UTC)


def facts_of(entry: Entry) -> str:
    """Give date, method, flags, maker, checksum, sizes, place and extra fields of one entry."""
    crc = "" if entry.crc is None else f"{entry.crc:08x}"
    extra = ",".join(f"{number:04x}:{len(held)}" for number, held in extra_fields(entry.extra).items())
    known = {
        "date": dos_moment(entry.moment),
        "method": str(entry.method),
        "flags": f"{entry.flags:#06x}",
        "system": str(entry.made_by >> 8),
        "version": f"{entry.made_by & 0xFF}/{entry.version}",
        "crc": crc,
        "packed": "" if entry.packed is None else str(entry.packed),
        "size": "" if entry.size is None else str(entry.size),
        "at": str(entry.at),
        "external": f"{entry.external:#x}",
        "extra": extra,
        **_more(entry.extra),
    }
    return " ".join(f"{key}={value}" for key, value in known.items())


def told_apart(entry: Entry, local: Entry) -> Iterator[tuple[str, str]]:
    """Give what an entry's own header says otherwise or beyond the directory: dates, exact times, names in Unicode."""
    if local.moment != entry.moment:
        yield "local-date", dos_moment(local.moment)
    beyond = {key: value for key, value in _more(local.extra).items() if _more(entry.extra).get(key) != value}
    if beyond:
        yield "local-times", " ".join(f"{key}={value}" for key, value in beyond.items())
    for key, number in (("unicode-path", _UNICODE_PATH), ("unicode-comment", _UNICODE_COMMENT)):
        held = extra_fields(entry.extra).get(number) or extra_fields(local.extra).get(number, b"")
        if held[5:] not in (b"", entry.untrusted_name, entry.untrusted_comment):
            yield key, held[5:].decode("utf-8", "replace")


def dos_moment(moment: int) -> str:
    """Give the local date and time as DOS packs them, also one that no calendar has."""
    day, time = moment >> 16, moment & 0xFFFF
    date = f"{(day >> 9) + 1980:04}-{day >> 5 & 15:02}-{day & 31:02}"
    return f"{date}T{time >> 11:02}:{time >> 5 & 63:02}:{(time & 31) * 2:02}"


def _more(extra: bytes) -> dict[str, str]:
    """Give the exact times and the owner that extra fields hold."""
    held = extra_fields(extra)
    more: dict[str, str] = {}
    times = held.get(_TIMES, b"")
    if times[:1] and times[0] & 1 and len(times) >= 5:
        more["mtime"] = _moment(_EPOCH, int.from_bytes(times[1:5], "little", signed=True) * 10_000_000)
    elif len(held.get(_UNIX, b"")) >= 8:
        more["mtime"] = _moment(_EPOCH, struct.unpack_from("<i", held[_UNIX], 4)[0] * 10_000_000)
    at = 5 if times[:1] and times[0] & 1 else 1
    for bit, key in ((2, "atime"), (4, "ctime")):
        if times[:1] and times[0] & bit and len(times) >= at + 4:
            more[key] = _moment(
                _EPOCH, int.from_bytes(times[at : at + 4], "little", signed=True) * 10_000_000
            )
            at += 4
    nt = held.get(_NT_TIMES, b"")
    if len(nt) >= 32 and nt[4:8] == b"\1\0\x18\0":
        for key, ticks in zip(
            ("nt-mtime", "nt-atime", "nt-ctime"), struct.unpack_from("<3Q", nt, 8), strict=True
        ):
            more[key] = _moment(_NT_EPOCH, ticks)
    owner = held.get(_OWNER, b"")
    if owner[:1] == b"\1" and len(owner) >= 3:
        width = owner[1]
        more["uid"] = str(int.from_bytes(owner[2 : 2 + width], "little"))
        more["gid"] = str(int.from_bytes(owner[3 + width :], "little"))
    return more


def _moment(epoch: datetime, ticks: int) -> str:
    """Give a moment in UTC from tenths of microseconds, or the bare number where no calendar reaches."""
    try:
        return f"{epoch + timedelta(microseconds=ticks // 10):%Y-%m-%dT%H:%M:%S}Z"
    except (OverflowError, ValueError):
        return str(ticks)
