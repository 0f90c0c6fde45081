"""The demo, as `make demo` runs it: it ends with what stands, and the truth beside the answer."""

from __future__ import annotations

from pathlib import Path

from user import proofroom


def test_the_demo_tells_what_it_found_and_how_right_it_was(tmp_path: Path) -> None:
    done = proofroom("demo", "--out", tmp_path / "demo", "--no-serve")
    assert done.status == 0, done.err
    assert (tmp_path / "demo" / "world").is_dir()
    assert (tmp_path / "demo" / "case").is_dir()
    assert "proofroom show" in done.out
    again = proofroom("status", tmp_path / "demo" / "case", "--json").document
    assert again["artifacts"]["discovered"] == sum(again["artifacts"]["states"].values())
    assert again["cells"] > 40_000


def test_the_demo_does_not_write_over_what_is_not_its_own(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("ten years of work")
    done = proofroom("demo", "--out", tmp_path / "mine", "--no-serve", "--json")
    assert done.status == 2
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "ten years of work"


def test_help_names_every_command_with_an_example() -> None:
    listed = proofroom("--help").out
    for name in (
        "open",
        "new",
        "receive",
        "run",
        "status",
        "artifacts",
        "show",
        "search",
        "verify",
        "doctor",
        "demo",
    ):
        assert f"  {name} " in listed
        assert "Examples" in proofroom(name, "--help").out


def test_doctor_names_the_layers_of_the_sandbox() -> None:
    lines = proofroom("doctor", "--json").lines
    assert {line["name"] for line in lines} >= {"sandbox: landlock", "sandbox: seccomp", "bubblewrap"}
    assert all(line["remedy"] for line in lines if not line["present"])
