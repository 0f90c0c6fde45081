"""Translations and transcripts, the whole way: out to a translator, back, vouched for, found, withdrawn."""

from __future__ import annotations

import csv
import os
import shutil
import sys
import wave
from pathlib import Path

import pytest
from user import PLAIN, proofroom

TEXT = "拘留名单\n第二行 hello\n"
TOOLS = Path(__file__).parents[1] / "tools"


@pytest.fixture(scope="module")
def made_case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a case of one text and one table."""
    cache = tmp_path_factory.mktemp("renderings") / "cache"
    cache.mkdir()
    (cache / "list.txt").write_text(TEXT, "utf-8")
    (cache / "rows.csv").write_text("name,what\n甲,school\n", "utf-8")
    with wave.open(str(cache / "talk.wav"), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(8_000)
        sound.writeframes(bytes(800))
    folder = cache.parent / "a.case"
    assert proofroom("open", cache, "--case", folder, *PLAIN).status == 3
    return folder


@pytest.fixture
def case(made_case: Path, tmp_path: Path) -> Path:
    """Copy the case, for a test that changes it."""
    return Path(shutil.copytree(made_case, tmp_path / "a.case"))


def digest(case: Path, name: str) -> str:
    return next(
        line["digest"] for line in proofroom("artifacts", case, "--json").lines if line["path"] == name
    )


def state(case: Path, name: str) -> tuple[str, str]:
    line = next(line for line in proofroom("artifacts", case, "--json").lines if line["path"] == name)
    return line["state"], line["reason"]


def bring(case: Path, file: Path, *more: str) -> str:
    done = proofroom("renderings", case, "import", file, "--language", "en", *more, "--json")
    assert done.status == 0, done.err + done.out
    return str(done.document["renderings"][0])


def test_a_table_goes_out_and_comes_back(case: Path, tmp_path: Path) -> None:
    table = tmp_path / "out.csv"
    artifact = digest(case, "list.txt")
    out = proofroom("renderings", case, "export", artifact, "--out", table, "--reveal", "for anna", "--json")
    assert out.document == {"texts": 2, "file": str(table)}
    rows = list(csv.DictReader(table.read_text("utf-8-sig").splitlines()))
    assert [row["source"] for row in rows] == ["拘留名单", "第二行 hello"]
    for row in rows:
        row["text"] = f"translated {row['source']}"
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows([*rows, {"where": f"{artifact}#para=99", "text": "of nothing"}])
    done = proofroom("renderings", case, "import", table, "--language", "en", "--by", "anna", "--json")
    assert done.status == 3
    assert done.document["taken"] == 2
    assert done.document["refused"] == [{"file": "out.csv", "place": "row 4", "why": "unknown-address"}]
    shown = proofroom("show", case, f"{artifact}#para=1", "--json").lines[0]
    assert shown["shown"] == "拘留名单"
    (one,) = shown["renderings"]
    assert (one["text"], one["by"], one["machine"], one["state"]) == (
        "translated 拘留名单",
        "anna",
        False,
        "draft",
    )
    assert one["of_another_text"] is False


def test_what_is_known_or_untranslated_is_counted_and_not_taken(case: Path, tmp_path: Path) -> None:
    table, artifact = tmp_path / "some.csv", digest(case, "list.txt")
    table.write_text(f"where,text\n{artifact}#para=1,a list\n{artifact}#para=2,\n", "utf-8")
    brought = ("renderings", case, "import", table, "--language", "en", "--by", "anna")
    first = proofroom(*brought)
    assert (first.status, first.out) == (0, "1 taken in as draft, 1 untranslated\n")
    again = proofroom(*brought, "--json").document
    assert again == {"taken": 0, "known": 1, "renderings": [], "untranslated": 1, "refused": []}
    listed = proofroom("renderings", case, "list")
    assert (listed.out.count("a list"), listed.err) == (1, "1 rendering\n")
    out = tmp_path / "one.csv"
    given = proofroom("renderings", case, "export", f"{artifact}#para=1", "--out", out)
    assert given.out == f"1 text in {out}\n"


def test_they_are_found_only_when_asked_for(case: Path, tmp_path: Path) -> None:
    file = tmp_path / "one.txt"
    file.write_text("a register of detainees", "utf-8")
    bring(case, file, "--by", "anna", "--for", f"{digest(case, 'list.txt')}#para=1")
    assert proofroom("search", case, "detainees", "--json").lines == [{"total": 0}]
    hits = proofroom("search", case, "detainees", "--renderings", "--json").lines
    assert hits[0]["kind"] == "rendering"
    assert hits[0]["rendering"]["machine"] is False
    assert hits[-1] == {"total": 0}


def test_a_person_vouches_and_nothing_is_erased(case: Path, tmp_path: Path) -> None:
    file = tmp_path / "one.txt"
    file.write_text("a register", "utf-8")
    one = bring(case, file, "--machine", "argos 1.9", "--for", digest(case, "list.txt"))
    assert proofroom("renderings", case, "judge", one, "--state", "checked").status == 0
    (line,) = proofroom("renderings", case, "list", "--json").lines
    assert (line["state"], line["judged_by"], line["machine"]) == ("checked", "desk", True)
    assert proofroom("renderings", case, "judge", one, "--state", "withdrawn").status == 0
    assert proofroom("renderings", case, "list", "--json").lines == []
    (line,) = proofroom("renderings", case, "list", "--state", "withdrawn", "--json").lines
    assert line["text"] == "a register"
    assert proofroom("verify", case).status == 0


def test_subtitles_are_of_a_stretch_of_time(case: Path, tmp_path: Path) -> None:
    file = tmp_path / "talk.srt"
    file.write_text("1\n00:00:01,000 --> 00:00:02,500\nGood morning\n", "utf-8")
    artifact = digest(case, "talk.wav")
    one = bring(case, file, "--kind", "transcript", "--machine", "whisper 3", "--for", artifact)
    assert state(case, "talk.wav") == ("partly", "no-transcript")
    before = proofroom("status", case, "--json").document
    assert proofroom("renderings", case, "judge", one, "--state", "checked").status == 0
    assert state(case, "talk.wav") == ("read", "transcribed")
    after = proofroom("status", case, "--json").document
    assert after["artifacts"]["discovered"] == sum(after["artifacts"]["states"].values())
    assert after["content_digest"] == before["content_digest"]
    assert proofroom("run", case, "--redo", "path=talk.wav", *PLAIN).status == 0
    assert state(case, "talk.wav") == ("read", "transcribed")
    shown = proofroom("show", case, f"{artifact}#from=00:00:01.000&to=00:00:02.500", "--json").lines[0]
    assert shown["renderings"][0]["text"] == "Good morning"
    assert proofroom("show", case, f"{artifact}#from=00:00:07.000&to=00:00:08.000").status == 1
    assert proofroom("renderings", case, "judge", one, "--state", "withdrawn").status == 0
    assert state(case, "talk.wav") == ("partly", "no-transcript")


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (("--by", "anna"), 2),
        (("--machine", "argos", "--state", "checked", "--for", "DIGEST"), 2),
        (("--by", "anna", "--machine", "argos", "--for", "DIGEST"), 2),
        (("--for", "DIGEST"), 2),
        (("--by", "anna", "--for", "f" * 64), 2),
    ],
)
def test_what_says_too_little_is_refused(
    case: Path, tmp_path: Path, more: tuple[str, ...], code: int
) -> None:
    file = tmp_path / "one.txt"
    file.write_text("   \n" if more == ("--by", "anna") else "text", "utf-8")
    artifact = digest(case, "list.txt")
    options = [artifact if word == "DIGEST" else word for word in more]
    done = proofroom("renderings", case, "import", file, "--language", "en", *options, "--json")
    assert done.status == code, done.out
    assert done.document["error"]["code"] in ("bad-rendering", "bad-where")
    assert proofroom("renderings", case, "list", "--json").lines == []


def test_an_engine_works_in_a_sandbox_and_is_marked(case: Path) -> None:
    artifact = digest(case, "list.txt")
    engine = f"{os.path.realpath(sys.executable)} {TOOLS / 'upper_engine.py'}"
    asked = (
        *("renderings", case, "make", f"{artifact}#para=2", "--language", "en"),
        *("--machine", "upper 1", "--command", engine, "--reads", TOOLS),
    )
    done = proofroom(*asked)
    assert (done.status, done.out) == (0, "1 made as a draft\n"), done.err
    assert proofroom(*asked, "--json").document == {"taken": 0, "known": 1, "renderings": []}
    (line,) = proofroom("renderings", case, "list", "--json").lines
    assert (line["text"], line["machine"], line["state"]) == ("第二行 HELLO", True, "draft")


@pytest.mark.parametrize("below", ["", "keys"])
def test_an_engine_never_reads_the_case(case: Path, below: str) -> None:
    tree = case / below if below else case.parent
    done = proofroom(
        *("renderings", case, "make", f"{digest(case, 'list.txt')}#para=2", "--language", "en"),
        *("--machine", "upper 1", "--command", "cat", "--reads", tree, "--json"),
    )
    assert (done.status, done.document["error"]["code"]) == (2, "wrong-use")


def test_an_engine_that_fails_leaves_nothing(case: Path) -> None:
    done = proofroom(
        *("renderings", case, "make", digest(case, "list.txt"), "--language", "en"),
        *("--machine", "none 1", "--command", "false", "--json"),
    )
    assert done.document["error"]["code"] == "bad-rendering"
    missing = proofroom(
        *("renderings", case, "make", digest(case, "list.txt"), "--language", "en"),
        *("--machine", "none 1", "--command", "no-such-program-here", "--json"),
    )
    assert missing.status == 4
