"""Read old and system archives (cab, iso, cpio, ar and deb, rpm, xar): every file in them is a member.

The system's libarchive unpacks them, in this process and from the stream alone. What it says of each entry
(dates, mode, owner) stands under `cab:entry:N` and so on, links are recorded and not followed.
"""

from __future__ import annotations

import re
from typing import Final

from proofroom.extract.containers.archive_entries import Unpacked
from proofroom.extract.containers.archive_library import Archive
from proofroom.extract.containers.cab_facts import Cabinet, cabinet_of
from proofroom.extract.containers.iso_facts import tell_iso
from proofroom.extract.format import Format, Sink, Source, Unreadable
from proofroom.model.states import Reason, State

_KINDS: Final[tuple[tuple[re.Pattern[bytes], str, tuple[str, ...]], ...]] = (
    (re.compile(rb"MSCF"), "cab", ("format_cab",)),
    (re.compile(rb"0707[01]|\xc7\x71|\x71\xc7"), "cpio", ("format_cpio",)),
    (re.compile(rb"!<arch>\n"), "ar", ("format_ar",)),
    (
        re.compile(rb"\xed\xab\xee\xdb"),
        "rpm",
        (
            "format_cpio",
            "filter_rpm",
            "filter_gzip",
            "filter_bzip2",
            "filter_xz",
            "filter_lzma",
            "filter_zstd",
        ),
    ),
    (re.compile(rb"xar!"), "xar", ("format_xar",)),
)
_ISO: Final = ("iso", ("format_iso9660",))
_AR_START: Final = 8
_AR_HEADER: Final = 60


def read(source: Source, sink: Sink) -> None:
    """Hand out the members in the archive's order; a broken one keeps those before and ends `damaged`."""
    source.untrusted.seek(0)
    head = source.untrusted.read(8)
    prefix, kinds = next(((name, kinds) for mark, name, kinds in _KINDS if mark.match(head)), _ISO)
    stated = tell_iso(source, sink) if prefix == "iso" else 0
    cabinet = cabinet_of(source) if prefix == "cab" else Cabinet()
    stated = max(stated, cabinet.size)
    if cabinet.set_facts:
        sink.meta("cab:set", cabinet.set_facts)
        sink.partly(Reason.PART_OF_SET)
    unpacked = Unpacked(source, sink, prefix, cabinet.broken)
    unpacked.give_all(lambda: Archive(source.untrusted, source.size, *kinds))
    if source.size < stated or (prefix == "ar" and not _is_whole_ar(source)):
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)


def _is_whole_ar(source: Source) -> bool:
    """Tell whether the last entry ends where the file does: the library takes a cut header for the end."""
    at = _AR_START
    while at < source.size:
        source.untrusted.seek(at)
        header = source.untrusted.read(_AR_HEADER)
        digits = header[48:58].strip()
        if not digits.isdigit() or header[58:] != b"`\n":
            return not header.strip(b"\0\n")
        at += _AR_HEADER + int(digits) + int(digits) % 2
    return at <= source.size + 1


FORMAT = Format(
    "archive",
    frozenset(
        {
            "application/vnd.ms-cab-compressed",
            "application/x-iso9660-image",
            "application/x-cpio",
            "application/x-archive",
            "application/vnd.debian.binary-package",
            "application/x-rpm",
            "application/x-xar",
        }
    ),
    read,
    sample="archive.xar",
)
