"""Search: words in, addresses out, with the match marked in the original text."""

from __future__ import annotations

from typing import Final

VERSION: Final = "2"
"""Of the stage: what was indexed by another version is indexed anew. It stands here so that it costs no import."""
