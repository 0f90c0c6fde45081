"""Undo how Outlook stores hide their blocks (MS-PST 5.1, 5.2): fixed tables, no key and no password."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

NONE, PERMUTED, CYCLIC = 0, 1, 2
NAMES: Final = {NONE: "none", PERMUTED: "compressible", CYCLIC: "high"}

_R: Final = bytes.fromhex(
    "41361362a8216ebbf416cc047f64e85d1ef2cb2a74c55e35d295479e962d9a88"
    "4c7d843fdbac31b6485ff6c4d8398be7233b388ec8c1df25b120a546604e9cfb"
    "aad35651457c550007c92b9d859b09a08fadb30f63ab894bd7a7155a716642bf"
    "264a6b98faea7753b270052cfd593a867ece06eb827857c78d43afb41cd45bcd"
    "e2e9274fc3087280cfb0eff5286dbe304d3492d50e3c2232e5e4f99fc2d10a81"
    "12e1ee918376e397e6618a1779a4b7dc907a5c8c02a6ca69de501a1193b95287"
    "58fced1d37491b6ae0293399bd6cd994f340546ff0c673b8d63e6518441fdd67"
    "10f10c19ecae03a1147ba90bfff8a3c0a201f72ebc2468750dfeba2fb5d0da3d"
)
_S: Final = bytes.fromhex(
    "14530f56b3c87a9ceb65481716159f02cc547c83000d0c0ba262a876dbd9edc7"
    "c5a4dcac8574d6d0a79bae9a967166c36399b8dd73928e847da55ed15d93b157"
    "5150808952944f4e0a6bbc8d7f6e47464140440111cb033ff7f4e1a98f3c3af9"
    "fbf0193082092ec99da08649ee6f4d6dc42d813425871b88aafc06a11238fd4c"
    "4272641337246a757743ffe6b44b365ce4d8353d45b92cecb7312b290768a30e"
    "697b189e2139be281a5b78f523ca2ab0af3efe048ce7e5983295d3f64ae8a6ea"
    "e9f3d52f7020f21f0567ad5510cecde3273bdabad7c226d4911dd21c2233f8fa"
    "f15aefcf90b68bb5bdc0bf08971e6ce261e0c6c159abbb58de5fdf60797eb28a"
)
_UP: Final = bytes(range(256)) * 34
_DOWN: Final = bytes(-value & 0xFF for value in range(256)) * 34
_I: Final = bytes(_R.index(value) for value in range(256))


def plain(data: bytes, method: int, number: int) -> bytes:
    """Give the plain bytes of a block; `number` is the one under which the block is found."""
    if method == PERMUTED:
        return data.translate(_I)
    return _cyclic(data, number) if method == CYCLIC else data


def _cyclic(data: bytes, number: int) -> bytes:
    """Turn the three wheels: the first and the last by the low byte of a counter, the middle by its high byte."""
    key = (number ^ number >> 16) & 0xFFFF
    low = key & 0xFF
    turned = _added(data, _UP[low : low + len(data)])
    out = bytearray()
    while len(out) < len(data):
        run = 0x100 - (low + len(out)) % 0x100
        out += turned[len(out) : len(out) + run].translate(_wheels((key + len(out)) >> 8 & 0xFF))
    return _added(bytes(out), _DOWN[low : low + len(data)])


def _added(data: bytes, more: bytes) -> bytes:
    """Add byte by byte without carries, all at once."""
    one, other = int.from_bytes(data), int.from_bytes(more)
    lower, upper = int.from_bytes(b"\x7f" * len(data)), int.from_bytes(b"\x80" * len(data))
    return (((one & lower) + (other & lower)) ^ ((one ^ other) & upper)).to_bytes(len(data))


@lru_cache(256)
def _wheels(high: int) -> bytes:
    """Give what all three wheels make of each byte while the counter's high byte stands."""
    return bytes(_I[(_S[(_R[value] + high) & 0xFF] - high) & 0xFF] for value in range(256))
