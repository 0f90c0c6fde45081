"""Unpack the folders of a 7z archive through their chain of coders, in this thread and in bounded blocks.

BCJ2 (four streams in one) and PPMd (whose only library starts a thread) are not unpacked.
"""

from __future__ import annotations

import bz2
import hashlib
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate
from typing import Any, BinaryIO, Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from py7zr.compressor import BcjArmDecoder, BcjArmtDecoder, BCJDecoder, BcjPpcDecoder, BcjSparcDecoder

from proofroom.extract.containers.giving import stored
from proofroom.extract.containers.seven_headers import Coder, Folder
from proofroom.extract.containers.unpackers import (
    BROKEN,
    Inflater,
    Inflater64,
    lzma1,
    lzma2,
    spoons,
    unpack,
    zstandard,
)
from proofroom.extract.format import Unreadable
from proofroom.extract.trying import CHEAP
from proofroom.model.states import Reason, State

AES: Final = b"\x06\xf1\x07\x01"
_COPY: Final = b"\0"
_DELTA: Final = b"\x03"
_PACKERS: Final[dict[bytes, Callable[[bytes, int], Any]]] = {
    b"\x03\x01\x01": lzma1,
    b"\x21": lzma2,
    b"\x04\x01\x08": lambda _properties, _size: Inflater(),
    b"\x04\x01\x09": lambda _properties, _size: Inflater64(),
    b"\x04\x02\x02": lambda _properties, _size: bz2.BZ2Decompressor(),
    b"\x04\xf7\x11\x01": lambda _properties, _size: zstandard(),
}
_BRANCHES: Final[dict[bytes, Callable[[int], Any]]] = {
    b"\x03\x03\x01\x03": BCJDecoder,
    b"\x04": BCJDecoder,
    b"\x03\x03\x02\x05": BcjPpcDecoder,
    b"\x05": BcjPpcDecoder,
    b"\x03\x03\x05\x01": BcjArmDecoder,
    b"\x07": BcjArmDecoder,
    b"\x03\x03\x07\x01": BcjArmtDecoder,
    b"\x08": BcjArmtDecoder,
    b"\x03\x03\x08\x05": BcjSparcDecoder,
    b"\x09": BcjSparcDecoder,
}
_MOST_ROUNDS: Final = 24
_NO_ROUNDS: Final = 0x3F
_USUAL_ROUNDS: Final = 19
_AT_ONCE: Final = 1 << 12


class Keys:
    """Makes keys from passwords, each once: making one is dear on purpose."""

    def __init__(self) -> None:
        """Begin with no key."""
        self._made: dict[tuple[str, bytes, int], bytes] = {}

    def key(self, password: str, salt: bytes, power: int) -> bytes:
        """Give the key for a password."""
        known = (password, salt, power)
        if known not in self._made:
            self._made[known] = _key(password.encode("utf-16-le", "surrogatepass"), salt, power)
        return self._made[known]


def cost_of(folder: Folder) -> float:
    """Give what one attempt on a locked folder costs, where the usual 2^19 rounds count as one."""
    powers = [aes_properties(coder)[0] for coder in folder.coders if coder.method == AES]
    return max(CHEAP, sum(2.0 ** (power - _USUAL_ROUNDS) for power in powers if power != _NO_ROUNDS))


def _key(password: bytes, salt: bytes, power: int) -> bytes:
    seed = salt + password
    if power == _NO_ROUNDS:
        return seed[:32].ljust(32, b"\0")
    made = hashlib.sha256()
    for start in range(0, 1 << power, _AT_ONCE):
        end = min(start + _AT_ONCE, 1 << power)
        made.update(b"".join(seed + number.to_bytes(8, "little") for number in range(start, end)))
    return made.digest()


def is_locked(folder: Folder) -> bool:
    """Tell whether a folder needs a password."""
    return any(coder.method == AES for coder in folder.coders)


def methods_of(folder: Folder) -> str:
    """Give the methods of a folder by their numbers."""
    return "+".join(coder.method.hex() for coder in folder.coders)


def unpacked_folder(
    stream: BinaryIO, folder: Folder, at: int, packed: int, unlock: Callable[[Coder], bytes] | None
) -> Iterator[bytes]:
    """Give what a folder holds; raises Unreadable at once when a coder is not known."""
    blocks: Iterator[bytes] = stored(stream, at, packed)
    for place in _chain(folder):
        coder = folder.coders[place]
        size = folder.sizes[place]
        if coder.method == AES:
            if unlock is None:
                raise Unreadable(State.LOCKED, Reason.PASSWORD_UNKNOWN)
            blocks = _decrypted(blocks, unlock(coder), aes_properties(coder)[2])
        else:
            blocks = _step(coder, blocks, size)
        blocks = _up_to(blocks, size)
    return blocks


def _chain(folder: Folder) -> list[int]:
    """Give the coders in the order in which the bytes run through them."""
    if any(coder.inputs != 1 or coder.outputs != 1 for coder in folder.coders) or len(folder.packed) != 1:
        raise Unreadable(State.UNKNOWN, Reason.UNSUPPORTED_VARIANT)
    follows = {output: place for place, output in folder.bonds}
    chain = [folder.packed[0]]
    while chain[-1] in follows and len(chain) <= len(folder.coders):
        chain.append(follows[chain[-1]])
    if sorted(chain) != list(range(len(folder.coders))):
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)
    return chain


def _step(coder: Coder, blocks: Iterator[bytes], size: int) -> Iterator[bytes]:
    if coder.method in (_COPY, b""):
        return blocks
    if coder.method == _DELTA:
        return _undelta(blocks, (coder.properties[0] if coder.properties else 0) + 1)
    if coder.method in _BRANCHES:
        return _unbranched(blocks, _BRANCHES[coder.method], size)
    if coder.method in _PACKERS:
        return unpack(_PACKERS[coder.method](coder.properties, size), spoons(blocks), size)
    raise Unreadable(State.UNKNOWN, Reason.UNSUPPORTED_VARIANT)


def _up_to(blocks: Iterable[bytes], size: int) -> Iterator[bytes]:
    """Give so many bytes and no more; fewer are told."""
    left = size
    for block in blocks:
        if not left:
            return
        yield block[:left]
        left -= min(left, len(block))
    if left:
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)


def _undelta(blocks: Iterator[bytes], distance: int) -> Iterator[bytes]:
    """Undo the filter that stores differences: each byte is added to the one `distance` before it."""
    last = [0] * distance
    at = 0
    for block in blocks:
        out = bytearray(len(block))
        for place in range(min(distance, len(block))):
            lane = (at + place) % distance
            sums = list(accumulate(block[place::distance], _add, initial=last[lane]))
            out[place::distance] = bytes(sums[1:])
            last[lane] = sums[-1]
        at += len(block)
        yield bytes(out)


def _add(one: int, two: int) -> int:
    return (one + two) & 0xFF


def _unbranched(blocks: Iterator[bytes], make: Callable[[int], Any], size: int) -> Iterator[bytes]:
    """Undo the filter that makes jumps in programs absolute."""
    if size >= 1 << 31:
        raise Unreadable(State.UNKNOWN, Reason.UNSUPPORTED_VARIANT)
    decoder = make(size)
    for block in blocks:
        try:
            plain = bytes(decoder.decompress(block))
        except BROKEN as failed:
            raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED) from failed
        yield plain


def aes_properties(coder: Coder) -> tuple[int, bytes, bytes]:
    """Give the power of two of the rounds, the salt and the first vector."""
    held = coder.properties
    if len(held) < 2:
        raise Unreadable(State.LOCKED, Reason.UNSUPPORTED_ENCRYPTION)
    power = held[0] & 0x3F
    salt_length = (held[0] >> 7) + (held[1] >> 4)
    vector_length = (held[0] >> 6 & 1) + (held[1] & 15)
    salt, vector = held[2 : 2 + salt_length], held[2 + salt_length : 2 + salt_length + vector_length]
    if power > _MOST_ROUNDS and power != _NO_ROUNDS:
        raise Unreadable(State.LOCKED, Reason.UNSUPPORTED_ENCRYPTION)
    return power, salt, vector[:16].ljust(16, b"\0")


def _decrypted(blocks: Iterator[bytes], key: bytes, vector: bytes) -> Iterator[bytes]:
    """Decrypt with AES-256; what is left over behind the last whole block is padding."""
    cipher = Cipher(algorithms.AES(key), modes.CBC(vector)).decryptor()
    for block in blocks:
        yield cipher.update(block)
