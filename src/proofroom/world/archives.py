"""Packs files into the archives people pass around: zip, tar, tar.gz, 7z, gz, nested ones, and odd names."""

from __future__ import annotations

import gzip
import io
import tarfile
import zlib

import py7zr
from py7zr.helpers import ArchiveTimestamp

from proofroom.model.states import State
from proofroom.world import zips
from proofroom.world.parts import Made
from proofroom.world.prose import LEAKER

Members = list[tuple[str, Made]]
_STAMP = 1_467_336_600  # 2016-07-01 09:30 in the invented country
_FILETIME = 131_118_102_000_000_000


def zipped(members: Members, *, encoding: str = "utf-8", comment: bytes = b"") -> Made:
    """Pack a zip; with another encoding than UTF-8 the names lack the flag that says so."""
    named: list[tuple[str | bytes, bytes]] = [
        (name if encoding == "utf-8" else name.encode(encoding), made.data or b"") for name, made in members
    ]
    return Made(zips.pack(named, comment=comment), "zip", members=list(members))


def tarred(members: Members, *, compressed_as: str = "", links: tuple[tuple[str, str], ...] = ()) -> Made:
    """Pack a tar whose entries carry the name of the one who packed it (a source trace).

    `compressed_as` compresses it: then it is the one member, under the name that a reader has to make up.
    """
    stream = io.BytesIO()
    inside = list(members)
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, made in members:
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(made.data or b""), _STAMP
            info.uname, info.gname, info.uid = LEAKER, "staff", 501
            archive.addfile(info, io.BytesIO(made.data or b""))
        for name, target in links:
            info = tarfile.TarInfo(name)
            info.type, info.linkname, info.mtime = tarfile.SYMTYPE, target, _STAMP
            archive.addfile(info)
            inside.append((name, Made(None, "symlink", state=State.REFUSED, reason="symlink", note=target)))
    data = stream.getvalue()
    packed = Made(data, "tar", members=inside, note=f"owner {LEAKER}")
    return gzipped(packed, compressed_as, named=False) if compressed_as else packed


def gzipped(made: Made, name: str, *, named: bool = True) -> Made:
    """Compress one file with gzip, with its name in the header or, when not `named`, without one."""
    stream = io.BytesIO()
    with gzip.GzipFile(name if named else "", "wb", fileobj=stream, mtime=_STAMP) as packed:
        packed.write(made.data or b"")
    kind = "tar.gz" if made.kind == "tar" else "gz"
    return Made(stream.getvalue(), kind, members=[(name, made)], note=made.note)


def sevened(members: Members) -> Made:
    """Pack a 7z with fixed times."""
    stream = io.BytesIO()
    with py7zr.SevenZipFile(stream, "w") as archive:
        for name, made in members:
            archive.writestr(made.data or b"", name)
        for info in archive.header.files_info.files:
            for key in ("creationtime", "lastwritetime", "lastaccesstime"):
                info[key] = ArchiveTimestamp(_FILETIME)
    return Made(stream.getvalue(), "7z", members=list(members))


def bomb(mebibytes: int) -> Made:
    """Pack a zip in a zip whose last member is that many mebibytes of zeros, in a few kilobytes."""
    block = bytes(1 << 20)
    coder = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece = coder.compress(block) + coder.flush(zlib.Z_FULL_FLUSH)
    check = 0
    for _ in range(mebibytes):
        check = zlib.crc32(block, check)
    raw = piece * mebibytes + b"\x03\x00"
    inner = _stored_deflate("zeros.bin", raw, check, mebibytes << 20)
    optional: dict[str, object] = {"optional": True}
    zeros = Made(None, "zip bomb", state=State.TRUNCATED, also=(State.REFUSED, State.UNKNOWN), extra=optional)
    also = (State.TRUNCATED, State.REFUSED, State.PARTLY)
    middle = Made(inner, "zip", members=[("zeros.bin", zeros)], also=also, extra=optional)
    return Made(zips.pack([("inner.zip", inner)]), "zip", members=[("inner.zip", middle)], also=also)


def _stored_deflate(name: str, raw: bytes, check: int, size: int) -> bytes:
    """Write a zip around an already compressed member (the standard library would compress it again)."""
    fields = (20, 0, 8, 0x4BC0, 0x48E1, check, len(raw), size, len(name), 0)
    local = b"PK\3\4" + b"".join(
        number.to_bytes(width, "little") for number, width in zip(fields, _WIDTHS, strict=True)
    )
    local += name.encode() + raw
    central = b"PK\1\2\x14\0" + b"".join(
        number.to_bytes(width, "little") for number, width in zip(fields, _WIDTHS, strict=True)
    )
    central += bytes(14) + name.encode()
    end = b"PK\5\6" + bytes(4) + (1).to_bytes(2, "little") * 2
    end += len(central).to_bytes(4, "little") + len(local).to_bytes(4, "little") + bytes(2)
    return local + central + end


_WIDTHS = (2, 2, 2, 2, 2, 4, 4, 4, 2, 2)


def nested(depth: int, innermost: Made) -> Made:
    """Pack zips into zips, `depth` of them; somewhere a reader has to stop and say so."""
    made, name = innermost, "seed.txt"
    for level in range(depth):
        made.also = (State.REFUSED, State.TRUNCATED)
        made.extra["optional"] = True
        made = Made(
            zips.pack([(name, made.data or b"")]),
            "zip",
            members=[(name, made)],
            also=(State.REFUSED, State.TRUNCATED),
        )
        name = f"level{level:02d}.zip"
    return made
