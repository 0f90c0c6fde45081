"""`case.toml`: written whole, read strictly, each mistake named."""

from __future__ import annotations

import dataclasses
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofroom.case.folder import CaseFile
from proofroom.errors import BadCase, BadMember, CaseTooNew
from proofroom.limits import DEFAULT

KEY = "A" * 43 + "="


def written(folder: Path, text: str | bytes) -> Path:
    (folder / "case.toml").write_bytes(text.encode() if isinstance(text, str) else text)
    return folder


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    file = CaseFile(
        "2026-03",
        ["zh", "ug"],
        "regions.csv",
        "a test",
        dataclasses.replace(DEFAULT, depth=3),
        {"anna": KEY, "bo": KEY},
        {"bo": ["ab" * 32]},
        {"delivery-1": {"medium": 'a "stick"\n\\ \u202e 名单'}},
    )
    file.write(tmp_path)
    assert CaseFile.read(tmp_path) == file
    assert file.signers()["bo"].left_at == {"ab" * 32}
    assert file.signers()["anna"].left_at is None


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_survives(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.getbasetemp()
    CaseFile("2026-03", plain_disk=text, deliveries={text: {text: text}}).write(folder)
    read = CaseFile.read(folder)
    assert (read.plain_disk, read.deliveries) == (text, {text: {text: text}})


def test_odd_bytes_from_a_terminal_do_not_break_the_file(tmp_path: Path) -> None:
    CaseFile("2026-03", plain_disk="caf\udce9").write(tmp_path)
    assert CaseFile.read(tmp_path).plain_disk == "caf%E9"


def test_only_the_owner_may_read_it_and_nothing_else_is_left(tmp_path: Path) -> None:
    CaseFile("2026-03").write(tmp_path)
    assert [(path.name, path.stat().st_mode & 0o777) for path in tmp_path.iterdir()] == [("case.toml", 0o600)]


def test_a_newer_case_is_not_touched(tmp_path: Path) -> None:
    written(tmp_path, "format = 2\nsomething = 'new'\n")
    with pytest.raises(CaseTooNew) as raised:
        CaseFile.read(tmp_path)
    assert "newer version" in raised.value.advice


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "no format"),
        ("format = 'one'", "no format"),
        ("\nformat = \n", "line 2"),
        (b"\xff", "cannot be read"),
        ("format = 1\nlimit = 5", "limit"),
        ("format = 1\n[limits]\ndepths = 5", "'depths'"),
        ("format = 1\n[limits]\ndepth = 0", "depth"),
        ("format = 1\n[limits]\ndepth = true", "depth"),
        ("format = 1\nlimits = 5", "limits is no table"),
        ("format = 1\nlanguages = 'zh'", "languages"),
        ("format = 1\nmembers = []", "members is no table"),
        ("format = 1\n[members]\nanna = 'AAAA'", "anna"),
        ("format = 1\n[members]\nanna = 5", "anna"),
        (f"format = 1\n[members]\n'Anna Smith' = '{KEY}'", "no handle"),
        ("format = 1\n[retired]\nanna = []", "no member"),
        ("format = 1\ndeliveries = 'x'", "deliveries is no table"),
        ("format = 1\n[deliveries]\na = 'x'", "a is no table"),
        ("format = 1\nx = " + "[" * 50_000, "cannot be read"),
    ],
)
def test_each_mistake_is_named(tmp_path: Path, text: str | bytes, what: str) -> None:
    with pytest.raises((BadCase, BadMember), match=what):
        CaseFile.read(written(tmp_path, text))


def test_the_file_is_plain_toml(tmp_path: Path) -> None:
    CaseFile("2026-03", members={"anna": KEY}).write(tmp_path)
    document = tomllib.loads((tmp_path / "case.toml").read_text())
    assert (document["format"], document["members"]) == (1, {"anna": KEY})
