"""Read the dates of mail headers (RFC 5322, 3.3 and 4.3) and write them as ISO, in UTC where the zone is known."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

_DATE: Final = re.compile(
    r"(?<!\d)(\d{1,2})[ \t-]+(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*[ \t,-]+(\d{4}|\d{2})"
    r"[ \t]+(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(?:[ \t]*(AM|PM))?[ \t]*([+-]\d{4}|[A-Z]{1,5})?",
    re.IGNORECASE,
)
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ZONES: Final = {
    **dict.fromkeys(("gmt", "ut", "utc", "z"), 0),
    "est": -300,
    "edt": -240,
    "cst": -360,
    "cdt": -300,
    "mst": -420,
    "mdt": -360,
    "pst": -480,
    "pdt": -420,
}
_CENTURY: Final = 100
_LAST_OF_THIS: Final = 50


def iso_date(untrusted_value: str) -> str:
    """Give the first date in a header as `2016-07-01T01:30:00Z`, without the Z when it names no zone, or ""."""
    found = _DATE.search(untrusted_value)
    if found is None:
        return ""
    day, month, year, hour, minute, second, half, zone = found.groups()
    number = int(year)
    if number < _CENTURY:
        number += 2000 if number < _LAST_OF_THIS else 1900
    hours = int(hour) % 12 + (12 if half.lower() == "pm" else 0) if half else int(hour)
    offset = _offset(zone)
    try:
        moment = datetime(  # noqa: DTZ001 - the zone is applied by hand, because it may be absent
            number, _MONTHS.index(month.lower()) + 1, int(day), hours, int(minute), min(int(second or 0), 59)
        ) - timedelta(minutes=offset or 0)
    except (ValueError, OverflowError):
        return ""
    return moment.isoformat() + ("" if offset is None else "Z")


def _offset(zone: str | None) -> int | None:
    """Give the minutes east of Greenwich; None when no zone is named or nobody knows it (RFC 5322, -0000)."""
    if not zone:
        return None
    if zone[0] in "+-":
        minutes = int(zone[1:3]) * 60 + int(zone[3:5])
        return None if zone == "-0000" else -minutes if zone[0] == "-" else minutes
    return _ZONES.get(zone.lower())
