"""Which engines a machine has: found without importing any, named with what is missing, and kept quiet."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from proofroom.case import recognising
from proofroom.case.doctor import examine
from proofroom.extract.ocr import engines
from proofroom.extract.ocr.engines import EngineSet, available

FAKE = """#!/bin/sh
case $1 in
--version) echo "tesseract 5.9.1" >&2 ;;
--list-langs) printf 'List of available languages in "/models/" (2):\\neng\\nuig\\n' ;;
esac
"""


@pytest.fixture(autouse=True)
def ask_again() -> None:
    """Forget what the machine has: a test changes it."""
    engines._tesseract.cache_clear()


def bare(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    """Leave a machine with no more than lies in a folder, and without the extra."""
    monkeypatch.setenv("PATH", str(path))
    monkeypatch.setattr(engines, "_EXTRA", ("no_such_engine",))


def test_a_machine_without_engines_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bare(monkeypatch, tmp_path)
    assert not EngineSet.here().any()
    assert recognising.engines_here() is None
    rapid, tesseract = available()
    assert (rapid.version, rapid.missing, tesseract.version) == ("", ("no_such_engine",), "")
    assert "tesseract-ocr-chi-sim" in tesseract.missing
    lines = {line["name"]: line for line in examine()}
    assert not lines["OCR: rapidocr"]["present"]
    assert "proofroom[ocr]" in lines["OCR: rapidocr"]["remedy"]
    assert "tesseract-ocr-uig" in lines["OCR: tesseract"]["says"]


def test_the_models_of_tesseract_are_those_it_names(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    bare(monkeypatch, tmp_path)
    program = tmp_path / "tesseract"
    program.write_text(FAKE)
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    here = EngineSet.here()
    assert (here.tesseract, here.tesseract_version, here.models) == (str(program), "5.9.1", "/models/")
    assert [here.languages_for(script) for script in ("Han", "Arab", "Latn")] == [(), ("uig",), ("eng",)]
    found = recognising.engines_here()
    assert found is not None
    assert found.signature == "tesseract 5.9.1 uig; tesseract 5.9.1 eng"


def test_a_program_of_that_name_that_is_none_is_not_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bare(monkeypatch, tmp_path)
    program = tmp_path / "tesseract"
    program.write_text("#!/bin/sh\necho hello\n")
    program.chmod(0o755)
    assert not EngineSet.here().any()


def test_looking_for_engines_imports_none_of_them() -> None:
    code = (
        "import sys; from proofroom.case.recognising import engines_here; engines_here(); "
        "sys.exit(bool({'onnxruntime', 'cv2', 'rapidocr'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_engines_are_told_to_be_quiet_before_they_are_imported() -> None:
    code = (
        "import os, sys; import proofroom.extract.ocr.rapid; "
        "sys.exit(os.environ['ORT_DISABLE_TELEMETRY'] + os.environ['OMP_NUM_THREADS'] != '11')"
    )
    pytest.importorskip("rapidocr", reason="no OCR engine: rapidocr is not installed here")
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
