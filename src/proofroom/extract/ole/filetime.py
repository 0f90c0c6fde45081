"""Write the times that Windows keeps (tenths of microseconds since 1601, UTC) as ISO."""

from __future__ import annotations

from datetime import datetime, timedelta


def iso_time(ticks: int) -> str:
    """Give a FILETIME as `2015-06-12T08:30:00Z`, or "" for none and for what is no date."""
    if not ticks:
        return ""
    try:
        moment = datetime(1601, 1, 1) + timedelta(microseconds=ticks // 10)  # noqa: DTZ001 - UTC stands behind it
    except OverflowError:
        return ""
    return f"{moment.isoformat(timespec='seconds')}Z"
