"""Passwords from the command line: given, found, listed, forgotten; and what hostile caches make of it."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import zipfile
from pathlib import Path

import pytest
from msoffcrypto.method.ecma376_agile import ECMA376Agile
from user import PLAIN, proofroom

GIVEN, STATED, NAMED = "Zd4-given-9", "Yanyue#2015", "in-name-77"


def locked(password: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo("note.txt"), f"inside {password[:2]}" + " " * 6_000)
    return bytes(ECMA376Agile.encrypt(password, io.BytesIO(out.getvalue()), spin_count=500))


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("locked") / "cache"
    folder.mkdir()
    for name, data in {
        "stated.xlsx": locked(STATED),
        f"名单(密码{NAMED}).xlsx": locked(NAMED),
        "given.xlsx": locked(GIVEN),
        "never.xlsx": locked("k7!Tq-9042-xw"),
        "notice.txt": f"三月份名单口令：{STATED}，看后删除".encode(),
    }.items():
        (folder / name).write_bytes(data)
    return folder


@pytest.fixture(scope="module")
def case(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    case = tmp_path_factory.mktemp("cases") / "locked.case"
    assert proofroom("open", cache, "--case", case, *PLAIN, "--json").status == 3
    return case


def files(case: Path) -> dict[str, dict[str, object]]:
    lines = proofroom("passwords", case, "files", "--json", "--limit", "0").lines
    return {line["path"]: line for line in lines}


def test_the_whole_way_of_a_password(cache: Path, case: Path, tmp_path: Path) -> None:
    before = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in cache.iterdir()}
    assert files(case)["given.xlsx"]["state"] == "locked"
    words = tmp_path / "words.txt"
    # A mark of the order of bytes, ends of lines as Windows has them, an empty line, signs that are no ends.
    words.write_bytes(b"\xef\xbb\xbfa guess\r\n\r\n" + f"tab\there\x0b\u2028\n{GIVEN}\n".encode())
    done = proofroom("unlock", case, "--passwords", words, *PLAIN, "--json")
    assert done.document["passwords"]["opened_by"] == {"given": 1, "name": 1, "text": 1}
    assert done.document["passwords"]["locked"] == 1
    told = files(case)
    assert told["given.xlsx"]["state"] == "read"
    (opened,) = told["given.xlsx"]["opened_by"]  # type: ignore[misc]
    assert opened["source"] == "given"
    assert told["never.xlsx"]["opened_by"] == []
    assert told["never.xlsx"]["tried_by"]["given"] == 3  # type: ignore[index]
    kept = proofroom("passwords", case, "list", "--json").lines
    assert [line["given"] for line in kept].count(True) == 3
    name = opened["password"]["as"]
    assert {"password": {"withheld": "password", "as": name}, "given": True, "opened": 1} in kept

    done = proofroom("passwords", case, "remove", name, *PLAIN, "--json")
    assert done.document == {"removed": 1, "to_be_read_again": 1}
    assert proofroom("run", case, *PLAIN, "--json").status == 3
    assert files(case)["given.xlsx"]["state"] == "locked"
    assert proofroom("unlock", case, "--passwords", words, *PLAIN, "--json").status == 3
    assert files(case)["given.xlsx"]["state"] == "read"

    assert proofroom("verify", case, "--json").document["ok"]
    assert {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in cache.iterdir()} == before
    nothing_leaks(case)


def told_by(path: Path) -> bytes:
    """Give the bytes of a file, and behind them what stands in it in base64, as custody writes its events."""
    held = path.read_bytes()
    coded = re.findall(rb"[A-Za-z0-9+/]{40,}={0,2}", held)
    return held + b"".join(base64.b64decode(one[: len(one) // 4 * 4]) for one in coded)


def nothing_leaks(case: Path) -> None:
    """Look for the passwords in everything that a case holds beside its keys and what was received."""
    for path in case.rglob("*"):
        inside = path.relative_to(case).parts[0]
        if path.is_file() and inside not in ("keys", "originals"):
            held = told_by(path)
            # What the cache itself says of a password is evidence; what a person gave is not.
            assert GIVEN.encode() not in held, path
            assert b"a guess" not in held, path


def test_no_output_shows_a_password_unless_a_reason_is_given(case: Path) -> None:
    for words in (("passwords", case, "list"), ("passwords", case, "files"), ("status", case)):
        for form in ((), ("--json",)):
            assert STATED not in proofroom(*words, *form).out
    digest = str(files(case)["stated.xlsx"]["digest"])
    shown = proofroom("show", case, digest).out
    assert "opened by PW-" in shown
    assert "in a text" in shown
    assert STATED not in shown
    revealed = proofroom("passwords", case, "list", "--reveal", "to open it elsewhere", "--json")
    assert STATED in revealed.out
    custody = b"".join(told_by(path) for path in (case / "custody").rglob("*") if path.is_file())
    assert b"to open it elsewhere" in custody
    assert b"password-fitted" in custody
    assert STATED.encode() not in custody


def test_what_is_wrong_is_explained(case: Path, tmp_path: Path) -> None:
    odd = tmp_path / "words.txt"
    odd.write_bytes(b"\xff\xfe\xfd")
    done = proofroom("unlock", case, "--passwords", odd, *PLAIN, "--json")
    assert (done.status, done.document["error"]["code"]) == (2, "wrong-use")
    odd.write_text("x" * 5_000)
    assert proofroom("unlock", case, "--passwords", odd, *PLAIN, "--json").document["error"]["remedy"]
    odd.write_text("\n".join(f"w{number}" for number in range(100_001)))
    done = proofroom("unlock", case, "--passwords", odd, *PLAIN, "--json")
    assert (done.status, done.document["error"]["code"]) == (2, "wrong-use")
    done = proofroom("passwords", case, "remove", "PW-NOONE", *PLAIN, "--json")
    assert (done.status, done.document["error"]["code"]) == (2, "wrong-use")
    assert "list" in done.document["error"]["remedy"]


def test_help_has_examples() -> None:
    for words in (("passwords",), ("passwords", "case", "list"), ("passwords", "case", "files"), ("unlock",)):
        assert "Examples" in proofroom(*words, "--help").out


def test_a_hostile_cache_ends_and_says_what_it_did_not_try(tmp_path: Path) -> None:
    cache, case = tmp_path / "cache", tmp_path / "case"
    cache.mkdir()
    (cache / "long.txt").write_text("密码：" + "x" * 3_000_000 + " 密码 y" * 100_000)
    # One notice gives at most two thousand strings; here are eight with five thousand each.
    for number in range(8):
        lines = "\n".join(f"密码：Word{number}{line:05d}!x" for line in range(5_000))
        (cache / f"many passwords {number}.txt").write_text(lines)
    (cache / "odd.txt").write_bytes("密码：\x01a\x1b[31mb\r口令：\n\n\u202eevil\n密码：\u0000z".encode())
    (cache / "never.xlsx").write_bytes(locked("k7!Tq-9042-xw"))
    done = proofroom("open", cache, "--case", case, *PLAIN, "--json")
    assert done.status == 3
    passwords = done.document["passwords"]
    assert (passwords["locked"], passwords["opened"]) == (1, 0)
    assert passwords["tried"]["text"] > 1_000
    assert json.dumps(passwords).isascii()
    told = proofroom("passwords", case, "files")
    assert "\x1b" not in told.out
    assert "\u202e" not in told.out
