"""Extract: every cell, line, property and member of an artifact, read in a sandbox."""

from __future__ import annotations

from typing import Final

VERSION: Final = "3"
"""Of the stage: what was read by another version is read anew. It stands here so that it costs no import."""
