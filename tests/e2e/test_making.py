"""What is wrong on the command line is said before a case is made, and nothing that was given is ignored."""

from __future__ import annotations

from pathlib import Path

import pytest
from user import PLAIN, proofroom


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Give a folder with one file."""
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "a.txt").write_text("one line\n", encoding="utf-8")
    return tmp_path / "files"


@pytest.mark.parametrize("verb", ["source", "intake", "inside"])
def test_open_with_a_mistake_leaves_no_case_behind(source: Path, tmp_path: Path, verb: str) -> None:
    case, bad = tmp_path / "case", tmp_path / "bad.toml"
    bad.write_text('colour = "red"\n', encoding="utf-8")
    words = {
        "source": (tmp_path / "nothing", "--case", case),
        "intake": (source, "--case", case, "--intake", bad),
        "inside": (source, "--case", source / "case"),
    }[verb]
    done = proofroom("open", *words, *PLAIN, "--json")
    assert done.document["error"]["code"] == ("bad-intake" if verb == "intake" else "bad-source")
    assert not case.exists()
    assert [path.name for path in source.iterdir()] == ["a.txt"]


def test_a_mistyped_case_is_not_made_by_receiving(source: Path, tmp_path: Path) -> None:
    done = proofroom("receive", tmp_path / "cse", source, *PLAIN, "--json")
    assert done.document["error"]["code"] == "bad-case"
    assert not (tmp_path / "cse").exists()


def test_what_means_nothing_is_refused(source: Path, tmp_path: Path) -> None:
    case, table, empty = tmp_path / "case", tmp_path / "regions.csv", tmp_path / "empty"
    table.write_text("code,name\n", encoding="utf-8")
    empty.write_text("\n", encoding="utf-8")
    both = ("--no-passphrase", "--passphrase-file", table)
    for words in (("--passphrase-file", empty), ("--plain-disk", " "), both):
        done = proofroom("new", case, *PLAIN, *words, "--json")
        assert (done.status, done.document["error"]["code"]) == (2, "wrong-use"), words
        assert not case.exists()
    assert proofroom("new", case, *PLAIN, "--as", "anna", "--regions", table, "--json").status == 0
    done = proofroom("open", source, "--case", case, "--regions", empty, "--json")
    assert (done.status, done.document["error"]["code"]) == (2, "wrong-use")
    # With what was chosen then it is the same command, which goes on.
    done = proofroom("open", source, "--case", case, "--regions", table, "--no-passphrase", "--json")
    assert done.status == 0, done.out
    for words in (("receive", case, source), ("run", case), ("unlock", case)):
        assert proofroom(*words, "--no-passphrase", "--json").status == 2
    done = proofroom("receive", case, source, "--as", "nobody", "--json")
    assert done.document["error"]["code"] == "bad-member"
    assert proofroom("receive", case, source, "--json").document["found"] == 1


def test_keys_under_a_passphrase_stay_so(source: Path, tmp_path: Path) -> None:
    case, words = tmp_path / "case", tmp_path / "words"
    words.write_text("correct horse\n", encoding="utf-8")
    assert proofroom("new", case, *PLAIN, "--passphrase-file", words, "--json").status == 0
    given = ("open", source, "--case", case, "--passphrase-file", words, "--json")
    assert proofroom(*given, "--no-passphrase").document["error"]["code"] == "wrong-use"
    assert proofroom(*given).status == 0
