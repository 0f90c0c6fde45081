"""Images of disks: every file of every partition, deleted ones marked, what is broken or unknown told."""

from __future__ import annotations

import io
import random
import shutil
import subprocess
from pathlib import Path

import pytest
from container_sink import Kept, read_container, sample
from disk_by_hand import FILES, Placed, fat12, with_table

from proofroom.extract.detect import detect
from proofroom.extract.format import Source
from proofroom.extract.formats.diskimage import FORMAT
from proofroom.limits import DEFAULT
from proofroom.model.states import Reason, State

RAW = "application/x-raw-disk-image"
LIST = "folder/名单 of everybody.csv".replace("folder", "FOLDER").encode()


def kind(data: bytes, name: bytes = b"") -> str:
    return detect(Source(io.BytesIO(data), len(data), DEFAULT, name)).media_type


def disk(data: bytes) -> Kept:
    return read_container(FORMAT, data)


def test_a_fat_gives_its_files_and_what_was_deleted_apart() -> None:
    kept = disk(fat12())
    assert kept.data == {
        b"NOTE.TXT": b"hello disk",
        LIST: b"1,2\n" * 200,
        b"$deleted/_ONE.DOC": b"deleted text",
    }
    assert (kept.partial, kept.ended) == ([], None)
    assert kept.properties["disk:label"] == ["MY DISK"]
    assert kept.properties["disk:serial"] == ["12345678"]
    assert kept.properties["disk:variant"] == ["FAT12"]
    assert kept.properties["disk:free"] == [str((64 - 4 - 4) * 512)]


def test_dates_are_those_of_a_clock_without_a_zone() -> None:
    facts = disk(fat12()).properties
    assert "mtime=2016-07-01T11:17:22 " in facts["disk:entry:1"][0]
    assert "created=2016-07-01T11:17:22" in facts["disk:entry:1"][0]
    assert facts["disk:entry:2"][0].startswith("deleted=1 recoverable=1")


def test_every_partition_is_read_under_its_number() -> None:
    kept = disk(with_table((1, fat12(FILES[:1])), (0x82, bytes(4_096)), (1, fat12(FILES[2:])), first=8))
    assert kept.data == {b"partition-1/NOTE.TXT": b"hello disk", b"partition-3/" + LIST: b"1,2\n" * 200}
    assert kept.partial == [Reason.UNREAD_PART]
    assert kept.properties["disk:partition:1"][0].startswith("start=4096 length=32768 kind=fat")
    assert kept.properties["disk:partition:3:label"] == ["MY DISK"]
    assert kept.properties["disk:unused"]


def test_an_image_is_recognised_by_what_stands_in_it_and_not_by_its_mark_alone() -> None:
    assert kind(fat12()) == RAW
    assert kind(with_table((1, fat12()))) == RAW
    noise = random.Random(7).randbytes(1_024)
    assert kind(noise[:510] + b"\x55\xaa" + noise) != RAW
    assert kind(bytes(510) + b"\x55\xaa" + bytes(512)) != RAW
    text = (b"\xeb\x3c\x90" + b"a line of text\n" * 40)[:510] + b"\x55\xaa"
    assert kind(text + bytes(600)) != RAW
    assert kind(bytes(1_080) + b"\x53\xef" + bytes(1_000)) != RAW


@pytest.mark.parametrize(
    "head",
    [b"EVF\x09\x0d\x0a\xff\0", b"KDMV\1\0\0\0", b"vhdxfile", b"conectix", b"QFI\xfb\0\0\0\3", b"MSWIM\0\0\0"],
)
def test_wrapped_images_are_named_and_not_opened(head: bytes) -> None:
    data = head + bytes(4_096)
    assert kind(data) in FORMAT.media_types - {RAW}
    assert disk(data).ended == (State.UNKNOWN, Reason.UNSUPPORTED_VARIANT)


def test_a_locked_disk_is_locked() -> None:
    data = (b"\xeb\x58\x90-FVE-FS-").ljust(510, b"\0") + b"\x55\xaa" + bytes(4_096)
    assert kind(data) == RAW
    assert disk(data).ended == (State.LOCKED, Reason.UNSUPPORTED_ENCRYPTION)
    inside = disk(with_table((1, fat12()), (7, data)))
    assert Reason.LOCKED_PART in inside.partial


def test_an_image_cut_short_gives_what_arrived_and_says_so() -> None:
    whole = with_table((1, fat12(FILES[:1])), (1, fat12(FILES[2:])))
    kept = disk(whole[: 33 * 1_024])
    assert kept.data[b"partition-1/NOTE.TXT"] == b"hello disk"
    assert kept.ended == (State.DAMAGED, Reason.CUT_SHORT)
    bare = disk(fat12()[: 5 * 512])
    assert bare.partial or bare.ended
    assert all(member.ended for member in bare.members if member.name == LIST)


def test_a_file_longer_than_its_clusters_is_damaged_and_keeps_what_there_is() -> None:
    files = [Placed(b"LIAR    TXT", b"short", size=4_000), Placed(b"GOOD    TXT", b"good")]
    kept = disk(fat12(files))
    assert kept.fate(b"LIAR.TXT") == (State.DAMAGED, Reason.CUT_SHORT)
    assert kept.data[b"GOOD.TXT"] == b"good"


def test_an_entry_that_makes_no_sense_is_not_passed_over_in_silence() -> None:
    kept = disk(
        fat12([Placed(b"LIAR    TXT", b"short", size=4_000_000_000), Placed(b"GOOD    TXT", b"good")])
    )
    assert kept.data == {b"GOOD.TXT": b"good"}
    assert kept.partial == [Reason.DAMAGED_PART]


def test_folders_that_hold_each_other_are_walked_once() -> None:
    data = bytearray(
        fat12(
            [Placed(b"ONE        ", below=(Placed(b"A       TXT", b"a"), Placed(b"AGAIN      ", below=())))]
        )
    )
    place = data.index(b"AGAIN      ")
    one = data.index(b"ONE        ")
    data[place + 26 : place + 28] = data[one + 26 : one + 28]
    kept = disk(bytes(data))
    assert kept.names.count(b"ONE/A.TXT") == 1
    assert len(kept.names) < 10


def test_noise_in_an_image_ends_in_a_state() -> None:
    chance = random.Random(5)
    whole = with_table((1, fat12()))
    for _ in range(150):
        broken = bytearray(whole)
        for _ in range(chance.randrange(1, 30)):
            broken[chance.choice((chance.randrange(len(whole)), chance.randrange(512, 4_096)))] = (
                chance.randrange(256)
            )
        disk(bytes(broken))


@pytest.mark.parametrize("variant", ["ext2", "ext3", "ext4"])
def test_a_linux_file_system_gives_names_links_owners_and_dates(tmp_path: Path, variant: str) -> None:
    program = shutil.which("mkfs.ext4", path="/usr/sbin:/sbin:/usr/bin")
    if program is None:
        pytest.skip("no program mkfs.ext4 here to make an image with")
    tree = tmp_path / "tree"
    (tree / "文件夹").mkdir(parents=True)
    (tree / "文件夹/名单.csv").write_bytes(b"1,2\n" * 5_000)
    (tree / "link").symlink_to("/etc/passwd")
    image = tmp_path / "image"
    made = [program, "-q", "-t", variant, "-L", "数据", "-d", str(tree), str(image), "2M"]
    subprocess.run(made, check=True, capture_output=True)
    data = image.read_bytes()
    assert kind(data) == RAW
    kept = disk(data)
    assert kept.data["文件夹/名单.csv".encode()] == b"1,2\n" * 5_000
    assert kept.fate(b"link") == (State.REFUSED, Reason.SYMLINK)
    assert kept.properties["disk:label"] == ["数据"]
    assert (kept.partial, kept.ended) == ([], None)


def test_the_sample_is_read(root: Path) -> None:
    kept = disk(sample(root, FORMAT))
    assert kept.names == [b"partition-1/NOTE.TXT", b"partition-1/$deleted/_ONE.DOC", b"partition-1/" + LIST]
    assert kept.ended is None
