"""Writes ZIP containers whose bytes depend on their content alone: fixed dates, fixed order, odd names."""

from __future__ import annotations

import io
import zipfile

FIXED_DATE = (2016, 7, 1, 9, 30, 0)
_UTF8_FLAG = 0x800


class _RawNameInfo(zipfile.ZipInfo):
    """A member whose name is written as the given bytes, without the flag that says UTF-8."""

    def __init__(self, raw: bytes) -> None:
        super().__init__(raw.hex(), FIXED_DATE)
        self.raw = raw

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 - the standard library's own hook
        return self.raw, self.flag_bits & ~_UTF8_FLAG


def pack(
    members: list[tuple[str | bytes, bytes]], *, method: int = zipfile.ZIP_DEFLATED, comment: bytes = b""
) -> bytes:
    """Pack members in the given order; a name given as bytes is written as it is, as old archivers did."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.comment = comment
        for name, data in members:
            info = _RawNameInfo(name) if isinstance(name, bytes) else zipfile.ZipInfo(name, FIXED_DATE)
            info.compress_type = method
            info.create_system = 0
            info.external_attr = 0o600 << 16
            archive.writestr(info, data)
    return stream.getvalue()


def repack(data: bytes, *, leave_out: tuple[str, ...] = ()) -> bytes:
    """Write a container anew with fixed dates; the members and their order stay."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members: list[tuple[str | bytes, bytes]] = [
            (info.filename, archive.read(info))
            for info in archive.infolist()
            if info.filename not in leave_out
        ]
    return pack(members)


def entries(data: bytes) -> dict[str, bytes]:
    """Give the members of a container by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}
