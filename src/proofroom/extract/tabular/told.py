"""Send what a workbook says of itself as properties of a length that fits."""

from __future__ import annotations

from typing import Final

from proofroom.extract.format import Sink
from proofroom.model.states import Reason

LONGEST_PROPERTY: Final = 65_536
"""Characters of one property at the most; what is cut is said."""


def tell(sink: Sink, key: str, untrusted_value: str) -> None:
    """Send a property that is not empty; one that is too long is cut, and that is said."""
    if len(untrusted_value) > LONGEST_PROPERTY:
        sink.partly(Reason.LIMIT_TEXT_BYTES)
    if untrusted_value:
        sink.meta(key, untrusted_value[:LONGEST_PROPERTY])
