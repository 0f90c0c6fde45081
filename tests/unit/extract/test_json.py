"""JSON: every value at its pointer as written, and no damage or depth that loses text in silence."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proofroom.extract.formats.json import FORMAT
from proofroom.model.evidence import PieceKind
from proofroom.model.states import Reason, State
from proofroom.model.where import parse_parts

if TYPE_CHECKING:
    from conftest import Read

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


def values(said: dict[str, str]) -> dict[str, str]:
    return {part.removeprefix("pointer="): text for part, text in said.items() if not part.endswith("&key=1")}


def test_values_stand_at_their_pointers_as_they_are_written(read_with: Read) -> None:
    page = (
        '{"a": [1.70, -0, 12345678901234567890, 1E+2], "名单": {"b/c~d": true}, "": null, "x": {}, "y": []}'
    )
    found = read_with(FORMAT, page.encode())
    assert values(found.said) == {
        "/a/0": "1.70",
        "/a/1": "-0",
        "/a/2": "12345678901234567890",
        "/a/3": "1E+2",
        "/名单/b~1c~0d": "true",
        "/": "null",
        "/x": "{}",
        "/y": "[]",
    }
    assert (found.ended, found.partial) == (None, [])


@settings(max_examples=50)
@given(value=VALUES)
def test_every_pointer_leads_to_the_value_that_stands_there(read_with: Read, value: object) -> None:
    said = values(read_with(FORMAT, json.dumps(value).encode()).said)
    for part, text in said.items():
        steps = dict(parse_parts(f"pointer={part}"))["pointer"].split("/")[1:]
        found = value
        for step in steps:
            name = step.replace("~1", "/").replace("~0", "~")
            found = found[int(name)] if isinstance(found, list) else found[name]  # type: ignore[index]
        assert text == (found if isinstance(found, str) else json.dumps(found))


def test_names_are_pieces_where_they_first_stand(read_with: Read) -> None:
    page = '{"张三": {"id": 1}, "李四": {"id": 2}, "rows": [{"n": 1}, {"n": 2}]}'
    found = read_with(FORMAT, page.encode())
    names = {part for part in found.said if part.endswith("&key=1")}
    assert names == {
        *("pointer=/张三&key=1", "pointer=/张三/id&key=1", "pointer=/李四&key=1", "pointer=/李四/id&key=1"),
        *("pointer=/rows&key=1", "pointer=/rows/0/n&key=1"),
    }
    assert {found.kinds[part] for part in names} == {PieceKind.NAME}


def test_a_name_given_twice_keeps_both_values(read_with: Read) -> None:
    page = '{"a": 1, "a": {"b": 2, "b": 3}, "c": {"a": 4}, "a": {"b": 5}}'
    assert values(read_with(FORMAT, page.encode()).said) == {
        "/a": "1",
        "/a/b&duplicate=1": "2",
        "/a/b&duplicate=2": "3",
        "/c/a": "4",
        "/a/b&duplicate=3": "5",
    }


def test_what_programs_write_against_the_rules_is_taken(read_with: Read) -> None:
    page = '\ufeff[NaN, -Infinity, "line\nbreak\ttab", "\\x \\u5F20", "\\ud83d\\ude00", "\\ud800", 1,]'
    said = values(read_with(FORMAT, page.encode()).said)
    assert list(said.values()) == ["NaN", "-Infinity", "line\nbreak\ttab", "\\x 张", "😀", "\ufffd", "1"]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-16-be", "utf-8-sig"])
def test_any_encoding_is_read(read_with: Read, encoding: str) -> None:
    page = '{"说明": "各单位要在月底前完成核对，谁登记，谁负责。"}'
    assert values(read_with(FORMAT, page.encode(encoding)).said) == {
        "/说明": "各单位要在月底前完成核对，谁登记，谁负责。",
    }


def test_lines_are_numbered_and_a_bad_one_costs_only_itself(read_with: Read) -> None:
    page = '{"a": 1}\n\n{"a": \n{"a": "x\u2028y"} tail\n[3]\n{"a": 4'
    found = read_with(FORMAT, page.encode())
    assert values(found.said) == {
        "/0/a": "1",
        "para=3": '{"a": ',
        "/3/a": "x\u2028y",
        "para=4": '{"a": "x\u2028y"} tail',
        "/4/0": "3",
        "/5/a": "4",
        "para=6": '{"a": 4',
    }
    assert found.partial == [Reason.DAMAGED_PART, Reason.DAMAGED_PART]
    assert found.ended == (State.DAMAGED, Reason.CUT_SHORT)


@pytest.mark.parametrize(
    ("page", "reason", "kept", "line"),
    [
        ('{"a": 1,\n"b": oops,\n"c": 3}', Reason.NOT_WELL_FORMED, "/a", "para=3"),
        ('{"a": 1,\n"b": "cut', Reason.CUT_SHORT, "/a", "para=2"),
        ('{"a": 1}\n}\nmore', Reason.NOT_WELL_FORMED, "/a", "para=3"),
        ('{"a": 1\n"b": 2}', Reason.NOT_WELL_FORMED, "/a", "para=2"),
    ],
)
def test_from_a_damage_on_the_lines_stand_as_text(
    read_with: Read, page: str, reason: Reason, kept: str, line: str
) -> None:
    found = read_with(FORMAT, page.encode())
    assert values(found.said)[kept] == "1"
    assert found.said[line] == page.split("\n")[int(line.removeprefix("para=")) - 1]
    assert found.ended == (State.DAMAGED, reason)


@pytest.mark.parametrize(
    "page", [b"[" * 100_000 + b"]" * 100_000, b'{"a":' * 100_000, b'{"a":1}\n' + b"[" * 100_000]
)
def test_brackets_nested_too_deep_are_cut_by_the_limit(read_with: Read, page: bytes) -> None:
    found = read_with(FORMAT, page)
    assert found.ended == (State.TRUNCATED, Reason.LIMIT_DEPTH)
    assert any(part.startswith("para=") for part in found.said)


def test_a_name_longer_than_any_address_is_cut_by_the_limit_and_its_text_stays(read_with: Read) -> None:
    found = read_with(FORMAT, b'{"a": 1, "' + b"k" * 100_000 + b'": [' + b"1," * 1_000 + b"1]}")
    assert found.ended == (State.TRUNCATED, Reason.LIMIT_NAME)
    assert len(found.said) == 3
    assert "k" * 100_000 in found.said["para=1"]


def test_a_value_cut_by_a_block_is_one_value(read_with: Read) -> None:
    numbers = [10**9 + number for number in range(25_000)]
    said = values(read_with(FORMAT, json.dumps(numbers).encode()).said)
    assert [int(text) for text in said.values()] == numbers


def test_a_picture_as_base64_is_a_member(read_with: Read) -> None:
    data = base64.b64encode(b"picture").decode()
    found = read_with(FORMAT, f'{{"p": "data:image/png;base64,{data}", "q": "data: a, b"}}'.encode())
    assert found.members == {"image-1.png": b"picture"}
    assert values(found.said) == {"/q": "data: a, b"}


@pytest.mark.parametrize(
    "page", [b"{", b"[", b'"', b"-", b"[1,", b'{"a"', b"\\", b'["\\', b"nul", b"\0", b"'a'"]
)
def test_a_stump_ends_in_a_state(read_with: Read, page: bytes) -> None:
    found = read_with(FORMAT, page)
    assert found.ended is not None
    assert found.ended[0] is State.DAMAGED


def test_the_sample_is_read_whole(read_with: Read, root: Path) -> None:
    found = read_with(FORMAT, (root / "src/proofroom/extract/formats/samples" / FORMAT.sample).read_bytes())
    assert (found.ended, found.partial, len(found.said)) == (None, [], 12)
