"""Read the packed times that Word writes into documents of both kinds (MS-DOC 2.9.65 DTTM)."""

from __future__ import annotations


def local_time(packed: int) -> str:
    """Write a DTTM as `2015-06-12T08:30`, the time of the computer it was made on; "" for none."""
    minute, hour, day = packed & 0x3F, packed >> 6 & 0x1F, packed >> 11 & 0x1F
    month, year = packed >> 16 & 0xF, 1900 + (packed >> 20 & 0x1FF)
    if not (1 <= month <= 12 and day and hour < 24 and minute < 60):
        return ""
    return f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}"
