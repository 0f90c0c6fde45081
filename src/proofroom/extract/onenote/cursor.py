"""Read numbers and identities from bytes nobody trusts; what lies outside of them is damage, never an error of ours."""

from __future__ import annotations

from proofroom.extract.onenote.notebook import Id


class Broken(Exception):
    """The bytes end before what they announce, or announce what cannot be."""


class Cursor:
    """A place in bytes that moves forward."""

    def __init__(self, data: bytes, at: int = 0) -> None:
        """Begin at a place."""
        self.data = data
        self.at = at

    @property
    def left(self) -> int:
        """How many bytes are left."""
        return len(self.data) - self.at

    def take(self, count: int) -> bytes:
        """Take so many bytes."""
        if count < 0 or count > self.left:
            raise Broken
        taken = self.data[self.at : self.at + count]
        self.at += count
        return taken

    def number(self, width: int) -> int:
        """Take a number of so many bytes, the least first."""
        return int.from_bytes(self.take(width), "little")

    def identity(self) -> Id:
        """Take an extended GUID as the revision store writes it: twenty bytes."""
        return self.take(16), self.number(4)

    def compact_number(self) -> int:
        """Take a number as packages write it: its first byte says its width (MS-FSSHTTPB 2.2.1.1)."""
        if not self.left:
            raise Broken
        first = self.data[self.at]
        if first in (0, 0x80):
            self.at += 1
            return self.number(8) if first else 0
        width = (first & -first).bit_length()
        return self.number(width) >> width

    def compact_identity(self) -> Id:
        """Take an extended GUID as packages write it (MS-FSSHTTPB 2.2.1.7)."""
        if not self.left:
            raise Broken
        first = self.data[self.at]
        if not first:
            self.at += 1
            return b"", 0
        for mark, bits, width in ((0x04, 3, 1), (0x20, 6, 2), (0x40, 7, 3)):
            if first & ((1 << bits) - 1) == mark:
                number = self.number(width) >> bits
                return self.take(16), number
        if first != 0x80:
            raise Broken
        self.at += 1
        number = self.number(4)
        return self.take(16), number
