"""What this machine has, and what is lost without what it lacks."""

from __future__ import annotations

import shutil
import sys
import time
from dataclasses import asdict, dataclass
from typing import Any, Final

from proofroom.extract.containers.archive_calls import is_at_hand
from proofroom.extract.ocr.engines import EngineInfo, available
from proofroom.extract.outside import outside_formats
from proofroom.extract.sandbox import Sandbox, probe
from proofroom.limits import DEFAULT
from proofroom.run.wire import READY

_WORKER_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a machine has or lacks: what we saw, what is lost without it, and how to get it."""

    name: str
    present: bool
    mandatory: bool
    says: str
    lost: str
    remedy: str


_PROGRAMS: Final = (
    ("chromium", "nothing yet; the tests of the desk will need it", "scripts/system-packages"),
)


def examine() -> list[dict[str, Any]]:
    """Look at the machine; gives one line per thing, mandatory ones first."""
    findings = [*_sandbox(), _worker(), _python(), *_engines(), _library(), *_programs(), *_outside()]
    return [asdict(one) for one in sorted(findings, key=lambda one: (one.present, not one.mandatory))]


def _sandbox() -> list[Finding]:
    layers = probe()
    mandatory = [
        Finding(
            f"sandbox: {name}",
            name not in layers.missing,
            mandatory=True,
            says="works here" if name not in layers.missing else "not available",
            lost="hostile files could reach further than they may; real caches are refused without a reason",
            remedy=_REMEDIES.get(name, "A current Linux kernel has it; a container may forbid it."),
        )
        for name in layers.mandatory
    ]
    bwrap = Finding(
        "bubblewrap",
        layers.bwrap is not None,
        mandatory=False,
        says=layers.bwrap or "not found",
        lost="nothing: the same layers are set without it, by code that fewer people have reviewed",
        remedy="Install bubblewrap.",
    )
    return [*mandatory, bwrap]


def _worker() -> Finding:
    """Start one worker, which imports and tries every reader before it is ready."""
    sandbox = Sandbox.best().with_formats(outside_formats())
    started = time.monotonic()
    process, control = sandbox.start(DEFAULT.memory_bytes, DEFAULT.cpu_seconds)
    try:
        control.settimeout(_WORKER_SECONDS)
        ready = control.recv(1) == READY
    except OSError:
        ready = False
    finally:
        control.close()
        process.kill()
        process.wait()
    took = time.monotonic() - started
    return Finding(
        "a sandboxed worker",
        ready,
        mandatory=True,
        says=f"ready in {took:.1f} s ({sandbox.form})"
        if ready
        else f"ended before it was ready ({sandbox.form})",
        lost="no file can be read",
        remedy="Install the packages of requirements/runtime.txt anew; a reader of files does not load. "
        "If formats from outside are listed here, try without them.",
    )


_REMEDIES: Final = {
    "user namespace": "Allow unprivileged user namespaces (sysctl kernel.unprivileged_userns_clone=1).",
    "seccomp": "Only x86-64 has our lists yet.",
}


def _python() -> Finding:
    return Finding("python", present=True, mandatory=True, says=sys.version.split()[0], lost="", remedy="")


_SCRIPTS: Final = {
    "Han": "Chinese",
    "Arab": "Uyghur",
    "Latn": "Latin script",
}
_LOST: Final = {
    "rapidocr": "Chinese in scans is read less well, by tesseract alone",
    "tesseract": "Uyghur in scans waits, and Latin script has one engine less",
}


def _engines() -> list[Finding]:
    """Say of each OCR engine what it reads here, and of what it lacks that it is not here."""
    return [
        Finding(
            f"OCR: {one.engine}",
            bool(one.version) and (one.engine == "rapidocr" or len(one.scripts) == len(_SCRIPTS)),
            mandatory=False,
            says=_engine_says(one),
            lost=_LOST[one.engine],
            remedy=f"Run {one.remedy}.",
        )
        for one in available()
    ]


def _engine_says(one: EngineInfo) -> str:
    reads = ", ".join(_SCRIPTS[script] for script in one.scripts)
    here = f"{one.version}, reads {reads or 'nothing'}" if one.version else "not found"
    return f"{here}; missing: {', '.join(one.missing)}" if one.missing else here


def _library() -> Finding:
    """Say whether the library is here that opens old archives."""
    return Finding(
        "libarchive",
        is_at_hand(),
        mandatory=False,
        says="opens old archives" if is_at_hand() else "not found",
        lost="cab, iso, cpio, deb, rpm, lha, xar, lz4, lzip and packed RAR end unknown (no-library)",
        remedy="Run scripts/system-packages, then `proofroom run CASE --redo reason=no-library`.",
    )


def _programs() -> list[Finding]:
    return [
        Finding(
            name,
            shutil.which(name) is not None,
            mandatory=False,
            says=shutil.which(name) or "not found",
            lost=lost,
            remedy=f"Run {how}.",
        )
        for name, lost, how in _PROGRAMS
    ]


def _outside() -> list[Finding]:
    return [
        Finding(
            f"format from outside: {one.name}",
            one.tree is not None,
            mandatory=False,
            says=f"{one.package} {one.version}" if one.tree else f"{one.module} of {one.package} is not here",
            lost="what this format would read",
            remedy=f"Install {one.package} anew, or remove it.",
        )
        for one in outside_formats()
    ]
