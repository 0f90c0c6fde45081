"""Tell what a CD image says of itself: its name, who made it with which program, and when."""

from __future__ import annotations

from typing import Final

from proofroom.extract.containers.giving import text_of
from proofroom.extract.format import Sink, Source

_SECTOR: Final = 2_048
_FIRST: Final = 16
_MOST: Final = 16
_MARK: Final = b"CD001"
_PRIMARY, _JOLIET, _BOOT, _LAST = 1, 2, 0, 255
_TEXTS: Final = (
    ("system", 8, 32),
    ("volume", 40, 32),
    ("volume-set", 190, 128),
    ("publisher", 318, 128),
    ("preparer", 446, 128),
    ("application", 574, 128),
    ("copyright-file", 702, 37),
)
_DATES: Final = (("created", 813), ("modified", 830), ("expires", 847), ("effective", 864))


def tell_iso(source: Source, sink: Sink) -> int:
    """Give the facts of each volume descriptor; gives how many bytes the image says it has.

    Those of the second name space stand under `iso:joliet-`.
    """
    stated = 0
    for number in range(_FIRST, _FIRST + _MOST):
        source.untrusted.seek(number * _SECTOR)
        sector = source.untrusted.read(_SECTOR)
        if sector[1:6] != _MARK or sector[0] == _LAST:
            break
        if sector[0] == _BOOT:
            sink.meta("iso:boot-record", text_of(sector[7:39]).strip())
        elif sector[0] == _PRIMARY:
            _tell(sector, sink, "iso:", joliet=False)
            stated = int.from_bytes(sector[80:84], "little") * int.from_bytes(sector[128:130], "little")
        elif sector[0] == _JOLIET:
            _tell(sector, sink, "iso:joliet-", joliet=sector[88:91] in (b"%/@", b"%/C", b"%/E"))
    return stated


def _tell(sector: bytes, sink: Sink, prefix: str, *, joliet: bool) -> None:
    for name, at, length in _TEXTS:
        untrusted = sector[at : at + length]
        text = untrusted[: length & ~1].decode("utf-16-be", "replace") if joliet else text_of(untrusted)
        if text.strip("\0 "):
            sink.meta(f"{prefix}{name}", text.strip("\0 "))
    for name, at in _DATES:
        digits = sector[at : at + 16]
        if digits.isdigit() and digits.strip(b"0"):
            d = digits.decode("ascii")
            quarters = int.from_bytes(sector[at + 16 : at + 17], "big", signed=True)
            sign, minutes = "-" if quarters < 0 else "+", abs(quarters) * 15
            zone = f"{sign}{minutes // 60:02}:{minutes % 60:02}"
            sink.meta(
                f"{prefix}{name}", f"{d[:4]}-{d[4:6]}-{d[6:8]}T{d[8:10]}:{d[10:12]}:{d[12:14]}.{d[14:]}{zone}"
            )
