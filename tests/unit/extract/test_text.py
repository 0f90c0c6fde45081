"""Plain text: every line at the number an editor shows, whatever encoding it is in."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from proofroom.extract.formats.text import FORMAT
from proofroom.extract.markup.charsets import codec_of_label
from proofroom.extract.markup.plain_text import LONGEST
from proofroom.limits import DEFAULT
from proofroom.model.evidence import PieceKind
from proofroom.model.states import Reason, State
from proofroom.world import texts
from proofroom.world.prose import Prose

if TYPE_CHECKING:
    from conftest import Read

PROSE = Prose("关于登记工作的通知", ["各单位要在月底前完成核对。", "", "谁登记，谁负责。"], date(2015, 6, 12))


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-16", "utf-16-le", "big5"])
def test_a_text_of_the_world_is_read_in_any_encoding(read_with: Read, encoding: str) -> None:
    prose = dataclasses.replace(PROSE, title="通知 1") if encoding == "big5" else PROSE
    if encoding == "big5":
        prose.paragraphs = ["我們要在月底之前完成核對。", "", "誰登記,誰負責。"]
    made = texts.plain(prose, encoding=encoding, blind=False)
    found = read_with(FORMAT, made.data or b"")
    assert found.said == {fact.part: fact.raw for fact in made.facts}
    assert "para=3" not in found.said
    assert set(found.kinds.values()) == {PieceKind.PARAGRAPH}
    assert (found.ended, found.partial) == (None, [])


def test_the_encoding_and_the_others_that_fit_are_told(read_with: Read) -> None:
    found = read_with(FORMAT, "谁登记，谁负责。第一集训中心管理规定".encode("gbk"))
    assert found.properties["text:encoding"] == ["gb18030"]
    assert found.properties["text:encoding-alternatives"][0]
    assert "text:undecodable" not in found.properties


def test_every_kind_of_line_end_counts_once(read_with: Read) -> None:
    found = read_with(FORMAT, "a\nb\r\nc\rd\x85e\u2028f\u2029g\fh\n\n\r\n\ri".encode())
    assert list(found.said.items()) == [
        ("para=1", "a"),
        ("para=2", "b"),
        ("para=3", "c"),
        ("para=4", "d"),
        ("para=5", "e"),
        ("para=6", "f"),
        ("para=7", "g\fh"),
        ("para=11", "i"),
    ]


def test_a_line_end_cut_by_a_block_counts_once(read_with: Read) -> None:
    block = 1 << 18
    found = read_with(FORMAT, b"x" * (block - 1) + b"\r\ny\r\n" + b"z" * (2 * block))
    assert [(part, len(text)) for part, text in found.said.items()] == [
        ("para=1", block - 1),
        ("para=2", 1),
        ("para=3", 2 * block),
    ]


def test_chinese_after_a_long_stretch_of_ascii_is_still_chinese(read_with: Read) -> None:
    found = read_with(
        FORMAT, b"GET /index.html 200\n" * 20_000 + "谁登记，谁负责。名单核对".encode("gb18030")
    )
    assert found.said["para=20001"] == "谁登记，谁负责。名单核对"
    assert found.partial == []


def test_what_cannot_be_decoded_is_counted_and_the_rest_stays(read_with: Read) -> None:
    text = "谁登记，谁负责。" * 40
    found = read_with(FORMAT, text.encode() + b"\n\xff\xfe\xff bad\n" + text.encode())
    assert found.said["para=1"] == found.said["para=3"] == text
    assert found.said["para=2"].endswith(" bad")
    assert int(found.properties["text:undecodable"][0]) >= 1
    assert found.partial == [Reason.DAMAGED_PART]


def test_a_line_of_millions_goes_on_under_its_own_parts(read_with: Read) -> None:
    found = read_with(FORMAT, b"a" * (2 * LONGEST + 5) + b"\nb")
    assert [(part, len(text)) for part, text in found.said.items()] == [
        ("para=1", LONGEST),
        ("para=1&part=2", LONGEST),
        ("para=1&part=3", 5),
        ("para=2", 1),
    ]


@pytest.mark.parametrize("data", [b" \r\n\t\r\n", b"\n", "\ufeff".encode(), "\u3000\n".encode()])
def test_nothing_but_blanks_is_empty(read_with: Read, data: bytes) -> None:
    found = read_with(FORMAT, data)
    assert (found.ended, found.said) == ((State.EMPTY, Reason.NO_TEXT), {})


def test_a_log_padded_with_nuls_is_whole_and_one_with_a_hole_is_not(read_with: Read) -> None:
    padded = read_with(FORMAT, b"one\ntwo\n" + bytes(600_000))
    assert padded.said == {"para=1": "one", "para=2": "two"}
    assert padded.properties["text:control-characters"] == ["600000"]
    assert (padded.ended, padded.partial) == (None, [])
    for nuls in (3, 600_000):
        holed = read_with(FORMAT, b"one\n" + bytes(nuls) + b"\ntwo\n")
        assert (holed.said["para=1"], holed.said["para=3"]) == ("one", "two")
        assert holed.properties["text:control-characters"] == [str(nuls)]
        assert holed.partial == [Reason.DAMAGED_PART]


def test_control_characters_in_a_log_are_counted_and_the_rest_is_read(read_with: Read) -> None:
    found = read_with(FORMAT, b"first line\n" * 900 + b"\1\2\3\x1f" * 75 + b"\nlast line\n" * 900)
    assert (found.said["para=1"], found.said["para=902"]) == ("first line", "last line")
    assert found.properties["text:control-characters"] == ["300"]
    assert (found.ended, found.partial) == (None, [Reason.DAMAGED_PART])
    chinese = "谁登记，谁负责。名单核对\n" * 900
    data = chinese.encode("gb18030") + bytes((*range(1, 9), *range(14, 32))) * 12 + chinese.encode("gb18030")
    assert read_with(FORMAT, data).said["para=1"] == "谁登记，谁负责。名单核对"
    coloured = read_with(FORMAT, b"\x1b[31mred\x1b[0m\x07\x08 and a last line\x1a")
    assert (coloured.partial, "text:control-characters" in coloured.properties) == ([], False)


def test_noise_ends_in_a_state_and_never_in_a_traceback(read_with: Read) -> None:
    found = read_with(FORMAT, bytes(range(256)) * 64)
    assert found.ended is None or found.ended[0] in State


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("GB2312", "gb18030"),
        ("x-gbk", "gb18030"),
        ("ISO-8859-1", "cp1252"),
        ("Shift_JIS", "cp932"),
        ("utf8", "utf-8"),
    ],
)
def test_a_declared_name_means_the_widest_of_its_family(label: str, codec: str) -> None:
    assert codec_of_label(label) == codec


@pytest.mark.parametrize(
    "label", ["zlib", "unicode_escape", "idna", "rot13", "undefined", "utf-7", "no such"]
)
def test_a_codec_that_is_no_encoding_of_texts_is_never_chosen(label: str) -> None:
    assert codec_of_label(label) == ""


def test_the_sample_is_read_whole(read_with: Read, root: Path) -> None:
    found = read_with(
        FORMAT, (root / "src/proofroom/extract/formats/samples" / FORMAT.sample).read_bytes(), DEFAULT
    )
    assert (found.ended, found.partial, len(found.said)) == (None, [], 4)


@pytest.mark.corpora
def test_public_texts_in_old_encodings_read_as_people_see_them(read_with: Read, corpora: Path) -> None:
    russian = read_with(FORMAT, (corpora / "tika/russian.cp866.txt").read_bytes())
    assert russian.said["para=1"].startswith("Однажды, в студеную зимнюю пору")
    mainframe = read_with(FORMAT, (corpora / "tika/english.cp500.txt").read_bytes())
    assert "Support and services" in mainframe.said["para=7"]
