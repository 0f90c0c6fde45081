"""Names the class of this machine's CPU: engines choose other instructions on another one, and may read otherwise."""

from __future__ import annotations

import platform
import re
from pathlib import Path
from typing import Final

_CPUINFO: Final = Path("/proc/cpuinfo")
_BEST_FIRST: Final = ("avx512f", "avx2", "avx", "sse4_2", "sve", "asimd")


def cpu_class() -> str:
    """Give architecture and widest instructions, such as `x86_64 avx2`."""
    machine = platform.machine() or "unknown"
    try:
        told = _CPUINFO.read_text(encoding="ascii", errors="replace")
    except OSError:
        return machine
    flags = re.search(r"^(?:flags|Features)\s*:(.*)$", told, re.MULTILINE)
    known = flags[1].split() if flags else []
    widest = next((name for name in _BEST_FIRST if name in known), "")
    return f"{machine} {widest}".strip()
