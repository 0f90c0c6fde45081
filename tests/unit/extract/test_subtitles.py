"""Subtitles: every cue with its times, in any encoding, and what no cue holds."""

from __future__ import annotations

import pytest
from conftest import Read

from proofroom.extract.formats.subtitles import FORMAT, SUBRIP, WEBVTT, recognise
from proofroom.model.states import Reason, State

SRT = "1\n00:00:01,000 --> 00:00:02,500\n早上好\n第二行\n\n2\n00:01:03,000 --> 00:01:05,000 X1:40\nanswer\n"


def test_each_cue_has_its_text_and_its_times(read_with: Read) -> None:
    found = read_with(FORMAT, SRT.encode())
    assert found.said == {
        "cue=1": "早上好\n第二行",
        "cue=1&from=1": "00:00:01,000",
        "cue=1&to=1": "00:00:02,500",
        "cue=2": "answer",
        "cue=2&from=1": "00:01:03,000",
        "cue=2&to=1": "00:01:05,000",
    }
    assert found.ended is None


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-8-sig"])
def test_any_encoding_is_read(read_with: Read, encoding: str) -> None:
    found = read_with(FORMAT, SRT.replace("\n", "\r\n").encode(encoding))
    assert found.said["cue=1"] == "早上好\n第二行"


def test_a_webvtt_file_keeps_its_notes_and_its_cues(read_with: Read) -> None:
    text = "WEBVTT - talk\n\nNOTE by hand\n\nintro\n00:01.000 --> 00:02.000 align:start\n<v Speaker>one\n"
    found = read_with(FORMAT, text.encode())
    assert found.said == {
        "para=1": "WEBVTT - talk",
        "para=3": "NOTE by hand",
        "cue=1": "<v Speaker>one",
        "cue=1&name=1": "intro",
        "cue=1&from=1": "00:01.000",
        "cue=1&to=1": "00:02.000",
    }


def test_cues_without_blank_lines_between_them_stay_apart(read_with: Read) -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\none\n2\n00:00:03,000 --> 00:00:04,000\ntwo\n"
    said = read_with(FORMAT, text.encode()).said
    assert (said["cue=1"], said["cue=2"]) == ("one", "two")


def test_a_file_without_any_cue_is_empty(read_with: Read) -> None:
    assert read_with(FORMAT, b"WEBVTT\n").ended == (State.EMPTY, Reason.NO_TEXT)


def test_a_cue_without_end_is_cut(read_with: Read) -> None:
    text = b"1\n00:00:01,000 --> 00:00:02,000\n" + b"x" * (5 << 20)
    assert read_with(FORMAT, text).ended == (State.TRUNCATED, Reason.LIMIT_TEXT_BYTES)


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (SRT.encode(), SUBRIP),
        (b"WEBVTT\n\n", WEBVTT),
        (b"WEBVTTX", ""),
        (b"12:30 lunch --> nap", ""),
        (b"1\nnothing", ""),
        (b"", ""),
    ],
)
def test_only_subtitles_are_recognised(head: bytes, kind: str) -> None:
    assert recognise(head, "txt") == kind
