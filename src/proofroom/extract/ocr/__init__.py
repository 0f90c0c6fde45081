"""OCR: text from pictures of pages, read by engines in a sandbox of their own that never sees a file."""

from __future__ import annotations

from typing import Final

VERSION: Final = "1"
"""Of the stage: what another version of it has read is read anew. A newer engine alone changes nothing by itself."""
