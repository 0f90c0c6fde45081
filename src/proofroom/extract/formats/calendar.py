"""Read calendars (iCalendar, vCalendar): every field of every event, task, alarm and time zone, with its parameters.

Entries count from 1 as they begin, the calendar itself first: `entry=2&field=SUMMARY`, `&value=2` for the second
field of a name, `&parameter=TZID` for what is said about it. Attached files are members.
"""

from __future__ import annotations

from proofroom.extract.format import Format, Sink, Source
from proofroom.extract.letters.entries import read_entries


def read(source: Source, sink: Sink) -> None:
    """Read all calendars of a file."""
    read_entries(source, sink, "calendar")


FORMAT = Format(name="calendar", media_types=frozenset(("text/calendar",)), read=read, sample="calendar.ics")
