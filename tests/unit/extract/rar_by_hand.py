"""RAR archives of both generations written byte by byte: stored entries, locks, sets, remarks, streams."""

from __future__ import annotations

import hashlib
import hmac
import struct
import zlib
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

SALT = bytes(range(16))
START = bytes(range(16, 32))
ROUNDS = 5
MOMENT = 0x48E15A2B


def _aes(key: bytes, start: bytes, data: bytes) -> bytes:
    cipher = Cipher(algorithms.AES(key), modes.CBC(start)).encryptor()
    return cipher.update(data + bytes(-len(data) % 16)) + cipher.finalize()


def _bytes(bits: str) -> bytes:
    """Fill bits up to whole bytes."""
    length = -(-len(bits) // 8)
    return int(bits.ljust(length * 8, "0"), 2).to_bytes(length, "big")


def packed_four(data: bytes) -> bytes:
    """Pack for RAR 2.9 to 4: one block in which nothing is found twice, and its end.

    Codes of lengths: 0 is written 0, 8 as 10, 9 as 11. Each byte is its own code of eight bits, but for the last
    one and the sign for the end, which have nine.
    """
    lengths = "".join({0: "0001", 8: "0010", 9: "0010"}.get(symbol, "0000") for symbol in range(20))
    table = "10" * 255 + "11" * 2 + "0" * (404 - 257)
    letters = "".join("111111110" if byte == 0xFF else f"{byte:08b}" for byte in data)
    return _bytes(f"00{lengths}{table}{letters}111111111" + "00") + bytes(8)


def packed_five(data: bytes) -> bytes:
    """Pack for RAR 5: one block in which nothing is found twice; each byte is its own code of eight bits."""
    lengths = "".join("0001" if symbol in (0, 8) else "0000" for symbol in range(20))
    table = "1" * 256 + "0" * (430 - 256)
    bits = lengths + table + "".join(f"{byte:08b}" for byte in data)
    body = _bytes(bits)
    flags = 0xC0 | 2 << 3 | (len(bits) - 1) % 8
    size = len(body).to_bytes(3, "little")
    return bytes((flags, 0x5A ^ flags ^ size[0] ^ size[1] ^ size[2])) + size + body


# ── RAR 5 ─────────────────────────────────────────────────────────────────────────────────────────


def number(value: int) -> bytes:
    """Write a number of varying length."""
    out = b""
    while value > 0x7F:
        out += bytes((value & 0x7F | 0x80,))
        value >>= 7
    return out + bytes((value,))


@dataclass(frozen=True)
class New:
    """A file for a RAR 5."""

    name: str
    data: bytes
    before: bool = False
    after: bool = False
    folder: bool = False
    system: int = 0
    attributes: int = 0x20
    link: tuple[int, str] | None = None
    service: str = ""
    stream: str = ""
    crc: int | None = None
    size: int | None = None
    method: int = 0
    version: int = 0


def _keys(password: str) -> tuple[bytes, bytes, bytes]:
    made = [hashlib.pbkdf2_hmac("sha256", password.encode(), SALT, 2**ROUNDS + more) for more in (0, 16, 32)]
    check = bytearray(8)
    for place, byte in enumerate(made[2]):
        check[place % 8] ^= byte
    return made[0], made[1], bytes(check) + hashlib.sha256(check).digest()[:4]


class Five:
    """A RAR 5 in the making."""

    def __init__(self, password: str = "", *, names: bool = False, check: bool = True) -> None:
        """Lock files, and all headers too where `names` is set."""
        self.key, self.sums, self.check = _keys(password) if password else (b"", b"", b"")
        self.names, self.has_check = names, check

    def head(self, kind: int, flags: int, body: bytes, extra: bytes = b"", data: bytes = b"") -> bytes:
        """Write a header and the data behind it."""
        content = number(kind) + number(flags | (1 if extra else 0) | (2 if data else 0))
        content += (
            (number(len(extra)) if extra else b"") + (number(len(data)) if data else b"") + body + extra
        )
        whole = number(len(content)) + content
        header = struct.pack("<I", zlib.crc32(whole)) + whole
        if self.names and kind != 4:
            header = START + _aes(self.key, START, header)
        return header + data

    def lock(self, *, of_file: bool) -> bytes:
        """Write what says how something is locked."""
        flags = (1 if self.has_check else 0) | (2 if of_file else 0)
        start = START if of_file else b""
        return (
            number(0)
            + number(flags)
            + bytes((ROUNDS,))
            + SALT
            + start
            + (self.check if self.has_check else b"")
        )

    def file(self, one: New) -> bytes:
        """Write a file."""
        crc = zlib.crc32(one.data) if one.crc is None else one.crc
        data, extra = one.data, b""
        if self.key and data:
            record = number(1) + self.lock(of_file=True)
            extra += number(len(record)) + record
            mixed = hmac.new(self.sums, struct.pack("<I", crc), hashlib.sha256).digest()
            crc = 0
            for (word,) in struct.iter_unpack("<I", mixed):
                crc ^= word
            data = _aes(self.key, START, data)
        if one.link:
            record = (
                number(5) + number(one.link[0]) + number(0) + number(len(one.link[1])) + one.link[1].encode()
            )
            extra += number(len(record)) + record
        if one.stream:
            record = number(7) + one.stream.encode()
            extra += number(len(record)) + record
        name = (one.service or one.name).encode()
        size = len(one.data) if one.size is None else one.size
        body = number(1 if one.folder else 6) + number(size) + number(one.attributes)
        body += b"" if one.folder else struct.pack("<II", 1_467_336_600, crc)
        body += number(one.method << 7 | one.version) + number(one.system) + number(len(name)) + name
        return self.head(
            3 if one.service else 2, (8 if one.before else 0) | (16 if one.after else 0), body, extra, data
        )

    def written(self, *files: New, volume: int = -1, more: bool = False, solid: bool = False) -> bytes:
        """Write the archive; `volume` counts from 0."""
        flags = (4 if solid else 0) | (1 if volume >= 0 else 0) | (2 if volume > 0 else 0)
        main = number(flags) + (number(volume) if volume > 0 else b"")
        locked = self.head(4, 0, self.lock(of_file=False)) if self.names else b""
        body = b"".join(map(self.file, files))
        return (
            b"Rar!\x1a\x07\x01\0"
            + locked
            + self.head(1, 0, main)
            + body
            + self.head(5, 0, number(1 if more else 0))
        )


# ── RAR 4 ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Old:
    """A file for a RAR 4."""

    name: bytes
    data: bytes
    flags: int = 0
    system: int = 2
    attributes: int = 0x20
    crc: int | None = None
    method: int = 0x30
    version: int = 29
    sub: bytes | None = None
    size: int | None = None


def old_key(password: str, salt: bytes) -> tuple[bytes, bytes]:
    """Make a key of RAR 3 and 4, written as the specification says it and not as the reader does it."""
    seed = password.encode("utf-16-le") + salt
    digest = hashlib.sha1()
    start = b""
    for turn in range(0x40000):
        digest.update(seed + struct.pack("<I", turn)[:3])
        if turn % 0x4000 == 0:
            start += digest.digest()[-1:]
    return struct.pack("<4I", *struct.unpack(">5I", digest.digest())[:4]), start


class Four:
    """A RAR 4 in the making."""

    def __init__(self, password: str = "", *, names: bool = False) -> None:
        """Lock files, and all headers too where `names` is set."""
        self.key, self.start = old_key(password, SALT[:8]) if password else (b"", b"")
        self.names = names

    def head(self, kind: int, flags: int, body: bytes) -> bytes:
        """Write a header."""
        content = struct.pack("<BHH", kind, flags, 7 + len(body)) + body
        header = struct.pack("<H", zlib.crc32(content) & 0xFFFF) + content
        if self.names and kind != 0x73:
            return SALT[:8] + _aes(self.key, self.start, header)
        return header

    def file(self, one: Old) -> bytes:
        """Write a file."""
        data, flags = one.data, one.flags | 0x8000
        if self.key:
            data, flags = _aes(self.key, self.start, data), flags | 0x404
        crc = zlib.crc32(one.data) if one.crc is None else one.crc
        size = len(one.data) if one.size is None else one.size
        body = struct.pack(
            "<IIBIIBBHI", len(data), size, one.system, crc, MOMENT, one.version, one.method, len(one.name),
            one.attributes,
        )  # fmt: skip
        body += one.name + (one.sub or b"") + (SALT[:8] if self.key else b"")
        return self.head(0x7A if one.sub is not None else 0x74, flags, body) + data

    def written(self, *files: Old, flags: int = 0, more: bool = False) -> bytes:
        """Write the archive."""
        main = self.head(0x73, flags | (0x80 if self.names else 0), bytes(6))
        return (
            b"Rar!\x1a\x07\0" + main + b"".join(map(self.file, files)) + self.head(0x7B, 0x4000 | more, b"")
        )
