"""Calendars: every field of events, tasks and alarms at an address, and attached files as members."""

from __future__ import annotations

import base64
import io
from pathlib import Path

from container_sink import Kept, read_container, sample

from proofroom.extract.detect import detect
from proofroom.extract.format import Source
from proofroom.extract.formats.calendar import FORMAT
from proofroom.limits import DEFAULT
from proofroom.model.states import Reason, State


def read(text: str | bytes) -> Kept:
    return read_container(FORMAT, text if isinstance(text, bytes) else text.encode())


def event(*lines: str) -> str:
    inner = ("BEGIN:VEVENT", *lines, "END:VEVENT")
    return "\r\n".join(("BEGIN:VCALENDAR", "VERSION:2.0", *inner, "END:VCALENDAR", ""))


def test_every_field_of_every_entry_stands_at_its_place() -> None:
    alarm = ("BEGIN:VALARM", "TRIGGER:-PT15M", "END:VALARM")
    kept = read(
        event(
            "SUMMARY:会议", *alarm, "DTSTART;TZID=Asia/Shanghai:20160701T093000", "ATTENDEE:a", "ATTENDEE:b"
        )
    )
    assert kept.said["entry=2&field=SUMMARY"] == "会议"
    assert kept.said["entry=3&field=BEGIN"] == "VALARM"
    assert kept.said["entry=3&field=TRIGGER"] == "-PT15M"
    assert kept.said["entry=2&field=DTSTART&parameter=TZID"] == "Asia/Shanghai"
    assert kept.said["entry=2&field=ATTENDEE&value=2"] == "b"
    assert (kept.partial, kept.ended) == ([], None)


def test_a_character_folded_in_its_middle_is_whole_again() -> None:
    raw = event("SUMMARY:XX").encode().replace(b"XX", "名".encode()[:1] + b"\r\n " + "名".encode()[1:])
    assert read(raw).said["entry=2&field=SUMMARY"] == "名"


def test_parameters_in_quotes_may_hold_any_sign() -> None:
    kept = read(event('ORGANIZER;CN="A: B; C^n^\'";ROLE=x:mailto:a@veshkara.example'))
    assert kept.said["entry=2&field=ORGANIZER&parameter=CN"] == 'A: B; C\n"'
    assert kept.said["entry=2&field=ORGANIZER"] == "mailto:a@veshkara.example"


def test_attached_files_are_members_and_addresses_are_text() -> None:
    data = base64.b64encode(b"%PDF-1.4 not really").decode()
    inline = f"ATTACH;FILENAME=会.pdf;FMTTYPE=application/pdf;ENCODING=BASE64;VALUE=BINARY:{data}"
    kept = read(event(inline, "ATTACH:http://veshkara.example/x"))
    assert kept.data == {"会.pdf".encode(): b"%PDF-1.4 not really"}
    assert kept.said["entry=2&field=ATTACH&value=2"] == "http://veshkara.example/x"


def test_a_calendar_of_the_nineties_with_soft_line_ends_is_read() -> None:
    text = event("SUMMARY;ENCODING=QUOTED-PRINTABLE:one=", "two =3D").replace("\r", "")
    assert read(text).said["entry=2&field=SUMMARY"] == "onetwo ="


def test_what_is_cut_or_nests_without_end_is_told() -> None:
    assert read(event("SUMMARY:a")[:50]).ended == (State.DAMAGED, Reason.CUT_SHORT)
    assert read(event("BEGIN:VALARM", "TRIGGER:x")).partial == [Reason.DAMAGED_PART]
    assert read("BEGIN:VCALENDAR\n" * 100).ended == (State.TRUNCATED, Reason.LIMIT_DEPTH)


def test_a_line_of_megabytes_is_read() -> None:
    kept = read(event("DESCRIPTION:" + "x" * 3_000_000))
    assert len(kept.said["entry=2&field=DESCRIPTION"]) == 3_000_000


def test_the_sample_is_recognised_and_read_whole(root: Path) -> None:
    data = sample(root, FORMAT)
    assert detect(Source(io.BytesIO(data), len(data), DEFAULT, b"x.ics")).media_type == "text/calendar"
    kept = read(data)
    assert (kept.ended, kept.partial, kept.names) == (None, [], [b"entry-2-attach.txt"])
