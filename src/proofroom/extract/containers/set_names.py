"""Tell by its name whether a file is one of several into which a larger one was cut (`.001`, `.z01`, `.r00`)."""

from __future__ import annotations

import re
from typing import Final

PART: Final = re.compile(r"(?:\d{3}|[a-z]\d\d)\Z")
"""What the extension of such a file looks like; only with other signs does it prove anything."""


def is_part(untrusted_name: bytes) -> bool:
    """Tell whether a name says that its file is one of a set."""
    stem, dot, extension = untrusted_name.rpartition(b"/")[2].rpartition(b".")
    return bool(stem and dot) and PART.match(extension.decode("ascii", "replace").lower()) is not None
