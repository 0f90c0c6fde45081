"""Which OCR engines this machine has, what they read, and how to get those that are missing."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from importlib import metadata, util
from pathlib import Path
from typing import Final

_SECONDS: Final = 20
_LANGUAGES: Final = {"Han": ("chi_sim", "chi_tra"), "Arab": ("uig",), "Latn": ("eng",)}
_EXTRA: Final = ("rapidocr", "onnxruntime", "cv2")
_MODEL: Final = "PP-OCRv6"


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """One engine: its version ("" when it is not here), the scripts it reads here, and what is missing of it."""

    engine: str
    version: str
    scripts: tuple[str, ...]
    languages: tuple[str, ...]
    missing: tuple[str, ...]
    remedy: str


@dataclass(frozen=True, slots=True)
class EngineSet:
    """The engines that may be used: rapidocr's version, tesseract's program, version, models and their folder."""

    rapidocr: str = ""
    tesseract: str = ""
    tesseract_version: str = ""
    models: str = ""
    languages: frozenset[str] = frozenset()

    @classmethod
    def here(cls) -> EngineSet:
        """Give all that this machine has."""
        return cls(_rapidocr_version(), *_tesseract())

    def languages_for(self, script: str) -> tuple[str, ...]:
        """Give the models of tesseract for a script, the better one first; none where they are missing."""
        return tuple(one for one in _LANGUAGES.get(script, ()) if one in self.languages)

    def used(self) -> tuple[str, ...]:
        """Give the models of tesseract that we use of those that are here."""
        return tuple(one for script in _LANGUAGES for one in self.languages_for(script))

    def any(self) -> bool:
        """Say whether there is any engine at all."""
        return bool(self.rapidocr or self.used())

    def rapidocr_name(self) -> str:
        """Give the name under which its readings stand."""
        return f"rapidocr {self.rapidocr} {_MODEL}"

    def tesseract_name(self, language: str) -> str:
        """Give the name under which readings with this model stand."""
        return f"tesseract {self.tesseract_version} {language}"


def available() -> tuple[EngineInfo, ...]:
    """Give every engine that we can use, here or not, with what is missing and how to get it."""
    here = EngineSet.here()
    lacking = tuple(name for name in _EXTRA if util.find_spec(name) is None)
    wanted = [language for languages in _LANGUAGES.values() for language in languages]
    absent = tuple(f"tesseract-ocr-{one.replace('_', '-')}" for one in wanted if one not in here.languages)
    read = tuple(script for script in _LANGUAGES if here.languages_for(script))
    rapid = ("Han", "Latn") if here.rapidocr else ()
    return (
        EngineInfo("rapidocr", here.rapidocr, rapid, (), lacking, "pip install 'proofroom[ocr]'"),
        EngineInfo(
            "tesseract",
            here.tesseract_version,
            read,
            tuple(sorted(here.languages)),
            absent if here.tesseract else ("tesseract-ocr", *absent),
            "scripts/system-packages",
        ),
    )


def _rapidocr_version() -> str:
    """Give the version of rapidocr when all it needs is here; nothing is imported."""
    if any(util.find_spec(name) is None for name in _EXTRA):
        return ""
    try:
        return metadata.version("rapidocr")
    except metadata.PackageNotFoundError:
        return ""


@cache
def _tesseract() -> tuple[str, str, str, frozenset[str]]:
    """Ask tesseract what it is and which models it has."""
    path = shutil.which("tesseract")
    if path is None:
        return "", "", "", frozenset()
    told, listed = _ask(path, "--version"), _ask(path, "--list-langs")
    version = re.match(r"tesseract v?(\S+)", told)
    folder = re.search(r'"([^"]+)"', listed)
    found = frozenset(line.strip() for line in listed.splitlines()[1:] if line.strip())
    if version is None or folder is None:
        return "", "", "", frozenset()
    return str(Path(path).resolve()), version[1], folder[1], found


def _ask(path: str, question: str) -> str:
    """Run the program for what it says of itself; no file is given to it."""
    try:
        done = subprocess.run(  # noqa: S603 - the user's own program, found where the shell finds it
            [path, question], capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout or done.stderr
