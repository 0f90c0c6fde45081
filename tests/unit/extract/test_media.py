"""Sound and film: what they say of themselves, covers and subtitles; that nobody listened to them is said."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import media_by_hand as made
import pytest
from media_by_hand import JPEG, MPEG_FRAME, frame, id3

from proofroom.extract.detect import detect
from proofroom.extract.format import Source
from proofroom.extract.formats.media import FORMAT
from proofroom.limits import DEFAULT
from proofroom.model.states import Reason

if TYPE_CHECKING:
    from conftest import Read

TAG = id3(
    frame(b"TIT2", b"\3" + "名字".encode()),
    frame(b"TPE1", b"\0" + "作者".encode("gb18030")),
    frame(b"TXXX", b"\3device\0A recorder"),
    frame(b"COMM", b"\1chi" + "\ufeff\0".encode("utf-16-le") + "\ufeff说明".encode("utf-16-le")),
    frame(b"USLT", b"\3chi\0la la"),
    frame(b"SYLT", b"\3chi\2\1\0" + b"first\0\0\0\3\xe8" + b"second\0\0\0\7\xd0"),
    frame(b"APIC", b"\3image/jpeg\0\3front\0" + JPEG),
    frame(b"GEOB", b"\3text/plain\0a/list.txt\0note\0bytes"),
    frame(b"CHAP", b"one\0" + bytes(16) + frame(b"TIT2", b"\3Part one")),
)
MP3 = TAG + MPEG_FRAME * 100
KINDS = {
    "audio/mpeg": MP3,
    "audio/mp4": made.mp4(),
    "video/quicktime": made.mp4(b"qt  "),
    "video/3gpp": made.mp4(b"3gp5"),
    "audio/flac": made.flac(),
    "application/ogg": made.ogg(),
    "audio/x-wav": made.wav(),
    "video/x-msvideo": made.avi(),
    "audio/aiff": made.aiff(),
    "video/x-matroska": made.matroska(),
    "video/x-ms-asf": made.windows_media(),
    "audio/amr": b"#!AMR\n" + (b"\x3c" + bytes(31)) * 100,
    "video/mpeg": b"\0\0\1\xba" + bytes(40),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_is_told_by_its_content_and_ends_without_a_transcript(read_with: Read, kind: str) -> None:
    data = KINDS[kind]
    assert detect(Source(BytesIO(data), len(data), DEFAULT, b"x")).media_type == kind
    found = read_with(FORMAT, data)
    assert found.ended is None
    assert found.partial == [Reason.NO_TRANSCRIPT]


def test_sound_without_a_tag_is_told_by_its_frames() -> None:
    data = MPEG_FRAME * 4
    assert detect(Source(BytesIO(data), len(data), DEFAULT, b"x")).media_type == "audio/mpeg"
    text = "\ufeffplain text".encode("utf-16-le")
    assert detect(Source(BytesIO(text), len(text), DEFAULT, b"x")).media_type == "text/plain"


def test_tags_lyrics_covers_and_files_of_mp3_are_kept(read_with: Read) -> None:
    found = read_with(FORMAT, MP3)
    assert found.properties["ID3:TIT2"] == ["名字"]
    assert found.properties["ID3:TPE1"] == ["作者"]
    assert found.properties["ID3:TXXX:device"] == ["A recorder"]
    assert found.properties["ID3:COMM"] == ["说明"]
    assert found.said["lyrics=1"] == "la la"
    assert (found.said["cue=2"], found.said["cue=2&from=1"]) == ("second", "00:00:02.000")
    assert found.said["outline=1&cue=1"] == "Part one"
    assert found.members == {"001-cover.jpg": JPEG, "002-list.txt": b"bytes"}
    assert found.properties["media:duration"] == ["2.6"]


def test_dates_places_devices_and_subtitles_of_mp4_are_kept(read_with: Read) -> None:
    found = read_with(FORMAT, made.mp4())
    assert found.properties["media:created"] == ["2014-11-28T06:13:20Z"]
    assert found.properties["media:modified"] == ["2014-11-28T06:14:20Z"]
    assert found.properties["media:duration"] == ["62.5"]
    assert found.properties["media:location"] == ["+43.8256+087.6168/"]
    assert found.properties["mp4:com.apple.quicktime.make"] == ["A camera"]
    assert found.properties["mp4:©nam"] == ["名字"]
    assert found.members == {"001-cover.jpg": JPEG}
    assert found.said["lyrics=1"] == "la la"
    assert (found.said["track=1&cue=1"], found.said["track=1&cue=2"]) == ("hello", "第二")
    assert (found.said["track=1&cue=2&from=1"], found.said["track=1&cue=2&to=1"]) == (
        "00:00:01.500",
        "00:00:03.000",
    )


def test_what_stands_behind_a_film_is_said(read_with: Read) -> None:
    found = read_with(FORMAT, made.mp4() + made.box(b"hide", b"something else"))
    assert found.properties["mp4:unknown-box"][0].startswith("hide at ")


def test_comments_and_covers_of_flac_and_ogg_are_kept(read_with: Read) -> None:
    found = read_with(FORMAT, made.flac())
    assert found.properties["vorbis:TITLE"] == ["名字"]
    assert found.properties["media:duration"] == ["2.0"]
    assert found.said["lyrics=1"] == "la la"
    assert found.members == {"001-cover.jpg": JPEG}
    found = read_with(FORMAT, made.ogg())
    assert found.properties["vorbis:ARTIST"] == ["甲"]
    assert found.properties["media:duration"] == ["2.0"]
    assert found.members == {"001-cover.jpg": JPEG}


def test_names_dates_and_labels_of_riff_and_aiff_are_kept(read_with: Read) -> None:
    found = read_with(FORMAT, made.wav())
    assert found.properties["riff:ICRD"] == ["2016-05-04"]
    assert found.properties["bext:date"] == ["2016-05-04"]
    assert found.properties["media:duration"] == ["2.0"]
    assert found.said["label=1"] == "he arrives"
    found = read_with(FORMAT, made.avi())
    assert found.properties["riff:IDIT"] == ["WED MAY 04 03:02:01 2016"]
    assert (found.properties["media:size"], found.properties["media:duration"]) == (["640x480"], ["10.0"])
    found = read_with(FORMAT, made.aiff())
    assert (found.properties["riff:NAME"], found.properties["media:duration"]) == (["a name"], ["2.0"])


def test_all_that_matroska_holds_is_kept(read_with: Read) -> None:
    found = read_with(FORMAT, made.matroska())
    assert found.properties["media:title"] == ["名字"]
    assert found.properties["media:created"] == ["2001-01-02T00:00:00Z"]
    assert found.properties["media:duration"] == ["62.5"]
    assert found.properties["matroska:PLACE"] == ["here"]
    assert found.members == {"001-list.txt": b"attached"}
    assert (found.said["track=2&cue=1"], found.said["track=2&cue=1&from=1"]) == ("第一", "00:00:01.010")
    assert (found.said["outline=1&cue=1"], found.said["outline=1&cue=1&from=1"]) == (
        "Part one",
        "00:00:01.000",
    )


def test_windows_media_and_recorded_speech_say_how_long_they_last(read_with: Read) -> None:
    found = read_with(FORMAT, made.windows_media())
    assert found.properties["media:created"] == ["2016-05-03T08:02:01Z"]
    assert (found.properties["asf:title"], found.properties["media:duration"]) == (["名字"], ["62.5"])
    assert found.members == {"001-cover.jpg": JPEG}
    assert read_with(FORMAT, KINDS["audio/amr"]).properties["media:duration"] == ["2.0"]


@pytest.mark.parametrize("kind", KINDS)
def test_recordings_cut_or_altered_do_no_harm(read_with: Read, kind: str) -> None:
    data = KINDS[kind][:3_000]
    for cut in range(1, len(data), max(len(data) // 40, 1)):
        assert Reason.NO_TRANSCRIPT in read_with(FORMAT, data[:cut]).partial
    for at in range(0, len(data), max(len(data) // 120, 1)):
        for flip in (0xFF, 0x80, 1):
            read_with(FORMAT, data[:at] + bytes((data[at] ^ flip,)) + data[at + 1 :])


def test_subtitles_of_a_broadcast_without_lengths_are_read(read_with: Read) -> None:
    def endless(number: int, data: bytes) -> bytes:
        return number.to_bytes(4, "big") + b"\x01" + b"\xff" * 7 + data

    track = made.element(
        0xAE, made.element(0xD7, b"\2"), made.element(0x83, b"\x11"), made.element(0x86, b"S_TEXT/UTF8")
    )
    clusters = b"".join(
        endless(0x1F43B675, made.element(0xE7, bytes((time,))) + made.element(0xA3, b"\x82\0\0\0" + text))
        for time, text in ((1, b"one"), (2, b"two"))
    )
    data = made.element(0x1A45DFA3) + endless(0x18538067, made.element(0x1654AE6B, track) + clusters)
    found = read_with(FORMAT, data)
    assert found.partial == [Reason.NO_TRANSCRIPT]
    assert (found.said["track=2&cue=1"], found.said["track=2&cue=2&from=1"]) == ("one", "00:00:00.002")
