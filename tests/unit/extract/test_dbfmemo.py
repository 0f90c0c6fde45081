"""Memo files of dBase and FoxPro: each text at the number by which its table names it."""

from __future__ import annotations

import io
import random
import struct
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from proofroom.extract.detect import detect
from proofroom.extract.format import Source
from proofroom.extract.formats.dbfmemo import FORMAT
from proofroom.limits import DEFAULT
from proofroom.model.states import Reason, State

if TYPE_CHECKING:
    from conftest import Read

LONG = "一段很长的备注。" * 100


def foxpro(*blocks: tuple[int, bytes], size: int = 64) -> bytes:
    body = b""
    for kind, data in blocks:
        block = struct.pack(">II", kind, len(data)) + data
        body += block.ljust(-(-len(block) // size) * size, b"\0")
    return struct.pack(">I2xH", (512 + len(body)) // size, size).ljust(512, b"\0") + body


def dbase_three(*texts: bytes) -> bytes:
    body = b"".join((text + b"\x1a\x1a").ljust(-(-(len(text) + 2) // 512) * 512, b"\0") for text in texts)
    return struct.pack("<I", 1 + len(body) // 512).ljust(512, b"\0") + body


def dbase_four(*texts: bytes) -> bytes:
    body = b""
    for text in texts:
        block = b"\xff\xff\x08\x00" + struct.pack("<I", len(text) + 8) + text
        body += block.ljust(-(-len(block) // 512) * 512, b"\0")
    return (struct.pack("<I", 1 + len(body) // 512).ljust(20, b"\0") + struct.pack("<H", 512)).ljust(
        512, b"\0"
    ) + body


def test_each_text_of_foxpro_stands_at_its_block(read_with: Read) -> None:
    found = read_with(FORMAT, foxpro((1, LONG.encode("gb18030")), (1, b"plain"), (0, b"BM picture")))
    first = 512 // 64
    second = first + -(-(len(LONG.encode("gb18030")) + 8) // 64)
    assert found.said == {f"block={first}": LONG, f"block={second}": "plain"}
    assert found.members == {f"block/{second + 1}": b"BM picture"}
    assert found.properties["text:encoding"] == ["gb18030"]


@pytest.mark.parametrize("write", [dbase_three, dbase_four])
def test_each_text_of_dbase_stands_at_its_block(read_with: Read, write: type) -> None:
    found = read_with(FORMAT, write(LONG.encode("gb18030"), b"second\r\nline"))
    assert found.said["block=1"] == LONG
    assert found.said[f"block={1 + -(-(len(LONG.encode('gb18030')) + 8) // 512)}"] == "second\r\nline"
    assert (found.ended, found.partial) == (None, [])


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (foxpro((1, b"text")), b"folder/PEOPLE.FPT", "application/x-dbf-memo"),
        (dbase_three(b"text"), b"people.dbt", "application/x-dbf-memo"),
        (foxpro((1, b"text")), b"people.bin", "application/octet-stream"),
    ],
)
def test_a_memo_file_is_recognised_by_its_name_and_its_first_block(
    data: bytes, name: bytes, kind: str
) -> None:
    source = Source(io.BytesIO(data), len(data), DEFAULT, name)
    assert detect(source, [FORMAT]).media_type == kind


def test_one_that_is_cut_short_keeps_what_is_left_and_is_damaged(read_with: Read) -> None:
    for data in (foxpro((1, b"a" * 900)), dbase_three(b"a" * 900), dbase_four(b"a" * 900)):
        found = read_with(FORMAT, data[:900])
        assert found.ended == (State.DAMAGED, Reason.CUT_SHORT)
        assert set("".join(found.said.values())) == {"a"}


def test_noise_never_raises(read_with: Read) -> None:
    chance = random.Random(8)
    for data in (
        foxpro((1, b"abc"), (2, b"def"), size=1),
        dbase_three(b"abc", b"d" * 700),
        dbase_four(b"abc"),
    ):
        for _ in range(60):
            broken = bytearray(data)
            for _ in range(chance.randrange(1, 20)):
                broken[chance.randrange(len(broken))] = chance.choice((0, 1, 0x1A, 0xFF))
            read_with(FORMAT, bytes(broken))


def test_the_sample_is_read(read_with: Read) -> None:
    samples = Path(__file__).parents[3] / "src/proofroom/extract/formats/samples"
    assert read_with(FORMAT, (samples / FORMAT.sample).read_bytes()).said == {"block=8": "备注：某人"}
