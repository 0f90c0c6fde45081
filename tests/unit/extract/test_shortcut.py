"""Windows shortcuts: where they lead, what they start, which computer made them; and links kept as files."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import pytest
from container_sink import Kept, read_container, sample
from shortcut_by_hand import (
    CARD,
    TICKS_2016,
    Link,
    block,
    computer,
    drive,
    entry,
    environment,
    store,
    tracker,
    write,
)  # fmt: skip

from proofroom.extract.detect import detect
from proofroom.extract.format import Source
from proofroom.extract.formats import shortcut, weblink
from proofroom.limits import DEFAULT
from proofroom.model.states import Reason, State

SIDS = "46588AE2-4CBC-4338-BBFC-139326986DCE"
WAY = [
    computer(),
    drive("D"),
    entry("LISTS~1", "名单目录", folder=True),
    entry("A.XLS", "名单.xls", folder=False),
]


def read(link: Link | bytes) -> Kept:
    return read_container(shortcut.FORMAT, link if isinstance(link, bytes) else write(link))


def web(text: str | bytes) -> Kept:
    return read_container(weblink.FORMAT, text if isinstance(text, bytes) else text.encode())


def seen(data: bytes, name: bytes = b"") -> str:
    return detect(Source(io.BytesIO(data), len(data), DEFAULT, name)).media_type


def test_a_shortcut_names_its_target_its_volume_and_its_computer() -> None:
    kept = read(
        Link(
            WAY,
            (3, 0x1234ABCD, "资料"),
            "D:\\名单目录\\",
            suffix="名单.xls",
            texts={2: "说明", 3: "..\\名单.xls", 4: "D:\\", 5: "/x 名单", 6: "%SystemRoot%\\i.dll"},
            blocks=[
                environment("%USERPROFILE%\\名单.xls"),
                tracker("office-pc"),
                block(0xA0000005, bytes(8)),
            ],
        )
    )
    assert kept.said == {
        "link=1": "Computer\\D:\\名单目录\\名单.xls",
        "link=2": "D:\\名单目录\\名单.xls",
        "link=3": "%USERPROFILE%\\名单.xls",
        "comment=1": "说明",
        "action=1": "/x 名单",
    }
    told = {key.removeprefix("lnk:"): values[0] for key, values in kept.properties.items()}
    assert (told["volume-serial"], told["volume-label"], told["volume-kind"]) == ("1234ABCD", "资料", "fixed")
    assert (told["target-created"], told["target-size"]) == ("2016-07-01T01:30:00Z", "1234")
    assert (told["machine"], told["droid-network-card"]) == ("office-pc", CARD)
    assert told["droid-time"] == "2016-07-01T01:30:00Z"
    assert told["droid-volume"] == "00000000-0000-0000-0000-000000000005"
    assert (told["working-directory"], told["relative-path"]) == ("D:\\", "..\\名单.xls")
    assert (kept.partial, kept.ended) == ([], None)


@pytest.mark.parametrize("version", [3, 7, 8, 9])
def test_every_step_keeps_its_times_and_its_number_in_the_file_table(version: int) -> None:
    kept = read(Link([entry("A.XLS", "名单.xls", folder=False, version=version)]))
    (step,) = kept.properties["lnk:step"]
    assert step.startswith(
        "名单.xls; size=77; modified=2016-07-01T01:30:00; attributes=0x0020; created=2016-07-01"
    )
    assert step.endswith("short=A.XLS")
    assert ("mft=4711-7" in step) == (version >= 7)


def test_a_share_is_a_target_and_old_texts_are_decoded() -> None:
    kept = read(
        Link(share="\\\\server\\lists", suffix="a\\名单.doc", texts={2: "关于报送名单的通知"}, wide=False)
    )
    assert kept.said == {"link=1": "\\\\server\\lists\\a\\名单.doc", "comment=1": "关于报送名单的通知"}
    assert kept.properties["lnk:share-device"] == ["Z:"]


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (31, struct.pack("<I", 5) + "S-1-5".encode("utf-16-le"), "S-1-5"),
        (30, struct.pack("<I", 5) + b"S-1-5", "S-1-5"),
        (19, struct.pack("<I", 7), "7"),
        (64, struct.pack("<Q", TICKS_2016), "2016-07-01T01:30:00Z"),
        (11, b"\xff\xff", "TRUE"),
        (72, bytes(16), "00000000-0000-0000-0000-000000000000"),
        (65, b"\1\2", "kind 65: 0102"),
    ],
)
def test_properties_are_written_by_their_kind(kind: int, value: bytes, text: str) -> None:
    kept = read(Link(WAY, blocks=[store(SIDS, 4, kind, value)]))
    assert kept.properties["lnk:property:owner-sid"] == [text]
    assert kept.partial == []


def test_what_nobody_knows_is_kept_as_bytes() -> None:
    kept = read(Link([b"\x99\1\2"], blocks=[block(0xA00000FF, b"\1\2")]))
    assert kept.properties["lnk:block-A00000FF"] == ["0102"]
    assert kept.properties["lnk:step"][0].startswith("?; item=")


def test_what_is_appended_to_a_shortcut_is_a_member() -> None:
    assert read(write(Link(WAY)) + b"payload").data == {b"appended.bin": b"payload"}
    assert read(write(Link(WAY))).data == {}


def test_no_cut_and_no_flipped_byte_raises_anything_else() -> None:
    whole = write(
        Link(
            WAY,
            (3, 1, "x"),
            "D:\\",
            "\\\\s\\h",
            "a",
            {2: "n", 5: "x"},
            [tracker("m"), store(SIDS, 4, 31, b"\1\0\0\0a\0")],
        )
    )
    for at in range(len(whole)):
        kept = read(whole[:at])
        assert at >= 76 or kept.ended == (
            State.DAMAGED,
            Reason.CUT_SHORT if at >= 20 else Reason.NOT_WELL_FORMED,
        )
        read(whole[:at] + bytes((whole[at] ^ 0xFF,)) + whole[at + 1 :])
    cut = read(whole[:-40])
    assert (cut.ended, cut.said["comment=1"]) == ((State.DAMAGED, Reason.CUT_SHORT), "n")


def test_the_samples_are_recognised_and_read_whole(root: Path) -> None:
    for one, data in (
        (shortcut.FORMAT, sample(root, shortcut.FORMAT)),
        (weblink.FORMAT, sample(root, weblink.FORMAT)),
    ):
        assert seen(data) in one.media_types
        kept = read_container(one, data)
        assert (kept.ended, kept.partial) == (None, [])
        assert kept.said["link=1"]


URL = (
    "[{000214A0-0000-0000-C000-000000000046}]\r\nProp3=19,2\r\n[InternetShortcut]\r\nIDList=\r\n"
    "URL=http://x.invalid/?a=1\r\nModified=0090F2F63ED3D10157\r\nIconFile=C:\\i.ico\r\n"
    "[InternetShortcut.W]\r\nURL=http://x.invalid/+VA1TVQ-\r\n"
)


def test_a_link_of_windows_gives_its_address_and_its_time() -> None:
    kept = web(URL)
    assert (kept.said["link=1"], kept.said["link=2"]) == ("http://x.invalid/?a=1", "C:\\i.ico")
    assert kept.said["link=3"] == "http://x.invalid/名单"
    assert kept.said["para=5"] == "URL=http://x.invalid/?a=1"
    assert kept.properties["weblink:modified:utc"][0].startswith("2016-07-0")
    assert seen(URL.encode(), b"a.url") == "application/x-mswinurl"


def test_a_starter_of_linux_gives_its_command() -> None:
    text = "#!/usr/bin/env xdg-open\n[Desktop Entry]\nName=List\nName[zh_CN]=名单\nExec=sh -c 'x %u'\nType=Link\nURL=http://x.invalid/\n"
    kept = web(text)
    assert (kept.said["link=1"], kept.said["action=1"]) == ("http://x.invalid/", "sh -c 'x %u'")
    assert kept.properties["weblink:name[zh_cn]"] == ["名单"]
    assert seen(text.encode()) == "application/x-desktop"


def test_a_link_of_apple_gives_its_address_and_hostile_ones_a_state() -> None:
    text = '<?xml version="1.0"?><plist version="1.0"><dict><key>URL</key><string>http://x.invalid/</string></dict></plist>'
    assert web(text).said["link=1"] == "http://x.invalid/"
    assert seen(text.encode(), b"a.webloc") == "application/x-webloc"
    bomb = '<!DOCTYPE plist [<!ENTITY a "aaaa">]><plist><string>&a;</string></plist>'
    for hostile in (bomb, "<plist><dict>", "<plist version='1.0'><array/></plist>"):
        assert web(hostile).partial == [Reason.DAMAGED_PART]
    assert web(b"\n\n").ended == (State.EMPTY, Reason.NO_TEXT)


def test_a_file_of_settings_is_no_link() -> None:
    assert seen(b"[default]\na=1\n", b"a.ini") == "text/plain"
    assert seen(b"[InternetShortcuts]\na=1\n", b"a.ini") == "text/plain"
