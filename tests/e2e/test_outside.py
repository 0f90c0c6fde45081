"""A format that another package brings: it reads what nobody else does, and the log says who it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from user import PLAIN, proofroom

from proofroom.model.custody import Act
from proofroom.receive.custody import event_lines, read_opening

MODULE = '''
"""Ledgers of a made-up office."""
from proofroom.extract.format import Format, Line
from proofroom.model.evidence import PieceKind

def read(source, sink):
    sink.lines([Line("para=1", PieceKind.PARAGRAPH, source.untrusted.read()[9:].decode())])

def recognise(head, extension):
    return "application/x-ledger" if head.startswith(b"LEDGER\\0\\1\\2") else ""

FORMAT = Format("ledger", frozenset({"application/x-ledger"}), read, "", recognise)
'''


def install(site: Path, version: str) -> None:
    """Put a package of one module where Python finds it, as an installer would."""
    (site / "office_ledgers.py").write_text(MODULE, "utf-8")
    (site / "office_ledgers.py").chmod(0o644)
    for old in site.glob("*.dist-info/*"):
        old.unlink()
    about = site / "office_ledgers.dist-info"
    about.mkdir(exist_ok=True)
    # A sandbox started by root reads as another user, whatever the umask of this process is.
    site.chmod(0o755)
    about.chmod(0o755)
    (about / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: office-ledgers\nVersion: {version}\n", "utf-8"
    )
    (about / "entry_points.txt").write_text("[proofroom.formats]\nledger = office_ledgers\n", "utf-8")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder of packages that every process of the test sees."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.setenv("PYTHONPATH", str(folder))
    return folder


def state_of(case: Path) -> tuple[str, str]:
    (line,) = proofroom("artifacts", case, "--json").lines
    return line["state"], line["reason"]


def test_a_format_from_outside_reads_what_nobody_could_and_is_named_in_the_log(
    tmp_path: Path, site: Path
) -> None:
    cache, case = tmp_path / "cache", tmp_path / "case"
    cache.mkdir()
    (cache / "a.led").write_bytes(b"LEDGER\0\1\2" + "砚月 第三册".encode())
    assert proofroom("open", cache, "--case", case, *PLAIN).status == 3
    assert state_of(case) == ("unknown", "no-format")

    install(site, "1.0")
    assert proofroom("run", case).status == 0
    assert state_of(case) == ("read", "")
    assert proofroom("search", case, "砚月", "--json").lines[-1] == {"total": 1}
    (log,) = (case / "custody").iterdir()
    runs = [
        event
        for event in (read_opening(line)[1] for line in event_lines(log))
        if event.act is Act.RUN_STARTED
    ]
    named = [run.facts.get("formats_from_outside") for run in runs]
    assert named == [None, [{"format": "ledger", "package": "office-ledgers", "version": "1.0"}]]
    assert "format from outside: ledger" in proofroom("doctor").out


def test_what_a_format_from_outside_read_is_forgotten_when_it_goes(tmp_path: Path, site: Path) -> None:
    cache, case = tmp_path / "cache", tmp_path / "case"
    cache.mkdir()
    (cache / "a.led").write_bytes(b"LEDGER\0\1\2text")
    install(site, "1.0")
    assert proofroom("open", cache, "--case", case, *PLAIN).status == 0
    for path in site.rglob("entry_points.txt"):
        path.unlink()
    assert proofroom("run", case).status == 3
    assert state_of(case) == ("unknown", "no-format")
