"""Open a compound file (MS-CFB) through olefile so that whatever it claims ends in a state."""

from __future__ import annotations

import struct
from typing import Final

import olefile

from proofroom.extract.format import Source, Unreadable
from proofroom.model.states import Reason, State

BROKEN: Final = (
    OSError,
    struct.error,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    ArithmeticError,
    RecursionError,
)
"""What olefile and msoffcrypto raise on bytes that are not what they claim."""


class Compound:
    """The streams of one compound file by name."""

    def __init__(self, source: Source) -> None:
        """Read the directory; raises Unreadable(DAMAGED) when there is none."""
        source.untrusted.seek(0)
        try:
            self.ole = olefile.OleFileIO(source.untrusted)
            self.names = ["/".join(path) for path in self.ole.listdir(streams=True, storages=True)]
        except BROKEN:
            raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED) from None
        self._by_name = {name.lower(): name for name in self.names}

    def has(self, name: str) -> bool:
        """Tell whether there is a stream or storage of that name, in any case."""
        return name.lower() in self._by_name

    def stream(self, name: str) -> bytes | None:
        """Give a stream's bytes, as far as they are there; None when there is none or it cannot be read."""
        known = self._by_name.get(name.lower())
        if known is None:
            return None
        try:
            with self.ole.openstream(known) as stream:
                return bytes(stream.read())
        except BROKEN:
            return None

    def root_times(self) -> tuple[str, str]:
        """Give when the root storage was created and changed, as ISO times in UTC, "" where it does not say."""
        try:
            times = (self.ole.root.getctime(), self.ole.root.getmtime())
        except BROKEN:
            return "", ""
        return times[0].isoformat() if times[0] else "", times[1].isoformat() if times[1] else ""
