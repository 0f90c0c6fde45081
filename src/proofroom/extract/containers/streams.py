"""Read one compressed stream after the other from a file, with what one leaves given to the next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from proofroom.extract.containers.unpackers import SPOON, Unpacker, unpack


class Packed:
    """A file read forward; `data` was read and is not used up yet."""

    def __init__(self, untrusted: BinaryIO) -> None:
        """Read from where the file stands at its beginning."""
        self._stream = untrusted
        self._stream.seek(0)
        self.data = b""

    def fill(self, least: int) -> bool:
        """Have at least so many bytes at hand; false when the file ends before."""
        while len(self.data) < least:
            more = self._stream.read(SPOON)
            if not more:
                return False
            self.data += more
        return True

    def take(self, count: int) -> bytes:
        """Use up so many bytes, or fewer at the end."""
        self.fill(count)
        taken, self.data = self.data[:count], self.data[count:]
        return taken

    def blocks(self) -> Iterator[bytes]:
        """Use up everything block by block."""
        while self.fill(1):
            block, self.data = self.data, b""
            yield block

    def unpacked(self, unpacker: Unpacker) -> Iterator[bytes]:
        """Unpack one stream and keep what follows it."""
        yield from unpack(unpacker, self.blocks())
        self.data = unpacker.unused_data + self.data

    def skip_zeros(self) -> None:
        """Use up padding."""
        while self.fill(1):
            self.data = self.data.lstrip(b"\0")
            if self.data:
                return

    def count_rest(self) -> int:
        """Use up what is left and give its length."""
        return sum(map(len, self.blocks()))
