"""The files that attack their reader are there, and are what they claim to be."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from PIL import Image

from proofroom.limits import DEFAULT
from proofroom.model.states import State
from proofroom.world import WorldSummary

HOSTILE = (
    "炸弹.zip", "四十层.zip", "越界路径.zip", "越界路径.tar", "实体.xml",
    "十亿次.xml", "实体.docx", "带宏.xlsm", "公式注入.csv", "首尾两格.xlsx",
    "循环页.pdf", "深括号.rtf", "深括号.json", "巨像素.png", "坏目录.jpg",
    "断.xlsx", "断.zip", "断.pdf", "断.jpg", "空.docx",
    "空格.txt", "通知.txt", "名单.xls", "照片.pdf", "坏校验.zip",
)  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_every_hostile_file_exists_with_states_it_may_end_in(
    demo: WorldSummary, demo_files: dict[str, Any], name: str
) -> None:
    line = demo_files[f"杂项/{name}"]
    assert (demo.out / "cache" / line["path"]).is_file()
    assert line["group"] == "hostile"
    assert {line["state"], *line["also"]} <= {state.value for state in State}


def test_no_hostile_file_is_left_out_of_these_tests(demo_files: dict[str, Any]) -> None:
    top = {line["path"] for line in demo_files.values() if line["group"] == "hostile" and not line["parent"]}
    assert top == {f"杂项/{name}" for name in HOSTILE}


def test_the_bomb_is_small_and_expands_beyond_our_limit(demo: WorldSummary) -> None:
    path = demo.out / "cache" / "杂项/炸弹.zip"
    assert path.stat().st_size < 10_000
    with zipfile.ZipFile(path) as outer, zipfile.ZipFile(io.BytesIO(outer.read("inner.zip"))) as inner:
        declared = inner.infolist()[0]
    assert declared.file_size == 1 << 30
    assert declared.file_size / path.stat().st_size > DEFAULT.expansion


def test_the_nest_is_deeper_than_our_limit(demo: WorldSummary) -> None:
    data, depth = (demo.out / "cache" / "杂项/四十层.zip").read_bytes(), 0
    while zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            data, depth = archive.read(archive.namelist()[0]), depth + 1
    assert depth == 40 > DEFAULT.depth


def test_two_cells_make_a_sheet_of_all_rows_in_a_few_kilobytes(demo: WorldSummary) -> None:
    path = demo.out / "cache" / "杂项/首尾两格.xlsx"
    assert path.stat().st_size < 10_000
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    assert b'r="A1"' in sheet
    assert b'r="XFD1048576"' in sheet


def test_the_picture_declares_more_pixels_than_we_allow(
    demo: WorldSummary, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Our own reader counts pixels itself and switches this guard off for its process.
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", DEFAULT.pixels // 2)
    with pytest.raises(Image.DecompressionBombError), Image.open(demo.out / "cache" / "杂项/巨像素.png"):
        pass


def test_old_archives_hold_names_in_gbk_without_saying_so(demo: WorldSummary) -> None:
    path = demo.out / "cache" / "压缩包/旧系统导出.zip"
    with zipfile.ZipFile(path, metadata_encoding="gbk") as archive:
        assert archive.namelist() == ["导出/名单.csv", "导出/说明.txt"]
        assert not any(info.flag_bits & 0x800 for info in archive.infolist())


def test_names_that_break_systems_are_there(demo_files: dict[str, Any]) -> None:
    odd = [line for line in demo_files.values() if line["group"] == "odd name"]
    paths = [line["path"] for line in odd]
    assert sum("path_bytes" in line for line in odd) == 2
    assert any("\u202e" in path for path in paths)
    assert any("\n" in path for path in paths)
    assert any(len(path.rsplit("/", 1)[1].encode()) == 250 for path in paths)
    assert len({path.casefold() for path in paths}) == len(paths) - 1
    assert sum(line["kind"] == "symlink" and line["state"] == "refused" for line in odd) == 2


def test_the_source_left_traces(demo: WorldSummary, demo_files: dict[str, Any]) -> None:
    kinds = {line["kind"] for line in demo_files.values() if line["group"] == "trace"}
    assert kinds >= {"ds-store", "lnk", "zone", "thumbs", "txt"}
    gold = json.loads((demo.out / "truth" / "gold.json").read_text("utf-8"))
    assert gold["source_traces"]
