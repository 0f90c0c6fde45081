"""Recognise files by the bytes they begin with: pictures, archives, compressed streams, PDF and RTF."""

from __future__ import annotations

import re
import zlib
from typing import Final

from proofroom.extract.detection.archives import archive_media_type
from proofroom.extract.detection.database_kind import is_dbf
from proofroom.extract.detection.disks import disk_media_type
from proofroom.extract.detection.recordings import recording_media_type
from proofroom.extract.pictures.rarer import rarer_media_type

OCTETS: Final = "application/octet-stream"

# Where several begin alike, the longer one stands first.
_BEGINNINGS: Final[tuple[tuple[bytes, str], ...]] = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"II+\0", "image/tiff"),
    (b"MM\0+", "image/tiff"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"\xfd7zXZ\0", "application/x-xz"),
    (b"\x28\xb5\x2f\xfd", "application/zstd"),
    (b"\x04\x22\x4d\x18", "application/x-lz4"),
    (b"LZIP\1", "application/x-lzip"),
    (b"MSCF", "application/vnd.ms-cab-compressed"),
    (b"!<arch>\ndebian-binary", "application/vnd.debian.binary-package"),
    (b"!<arch>\n", "application/x-archive"),
    (b"\xed\xab\xee\xdb", "application/x-rpm"),
    (b"xar!", "application/x-xar"),
    (b"SQLite format 3\0", "application/vnd.sqlite3"),
    (b"\0\1\0\0Standard Jet DB\0", "application/x-msaccess"),
    (b"\0\1\0\0Standard ACE DB\0", "application/x-msaccess"),
    (b"!BDN", "application/vnd.ms-outlook-pst"),
    (b"\x78\x9f\x3e\x22", "application/vnd.ms-tnef"),
    (b"-----BEGIN PKCS7-----", "application/pkcs7-mime"),
    (b"-----BEGIN CMS-----", "application/pkcs7-mime"),
    (b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3", "application/onenote"),
    (b"\xa1\x2f\xff\x43\xd9\xef\x76\x4c\x9e\xe2\x10\xea\x57\x22\x76\x5f", "application/onenote"),
    *((b"\xdc\xa5" + bytes((version, 0)), "application/msword") for version in range(101, 105)),
    (b"\xdb\xa5\x2d\0", "application/msword"),
    (b"\xd7\xcd\xc6\x9a\0\0", "image/wmf"),
    (b"\x01\0\x09\0\0\x03", "image/wmf"),
    (b"MZ", "application/x-msdownload"),
    (b"\x7fELF", "application/x-elf"),
    (b"ID3", "audio/mpeg"),
    (b"\1\1\1\1\n", "application/mbox"),
    (b"\1\1\1\1\r\n", "application/mbox"),
    (b"WARC/", "application/warc"),
    (b"filedesc://", "application/x-internet-archive"),
    (b"bplist0", "application/x-bplist"),
    (b"L\0\0\0\1\x14\2\0\0\0\0\0\xc0\0\0\0\0\0\0F", "application/x-ms-shortcut"),
    (b"PAR1", "application/vnd.apache.parquet"),
    (b"OggS\0", "application/ogg"),
)
_GZIP: Final = b"\x1f\x8b\x08"
_PEEK: Final = 4_096
_BZIP2: Final = re.compile(rb"BZh[1-9](?:1AY&SY|\x17\x72\x45\x38\x50\x90)")
_SIGNED: Final = re.compile(
    rb"\x30[\x30-\x84].{0,4}\x06(?:\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07[\1-\6]|"
    rb"\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01[\x02\x04\x09\x17]|\x0a\x2a\x81\x1c\xcf\x55\x06\x01\x04\x02[\1-\6])",
    re.DOTALL,
)
_BARE_WORKBOOK: Final = re.compile(
    rb"\x09(?:\x00\x04\x00|[\x02\x04]\x06\x00|\x08[\x08\x10]\x00)..(?:[\x05\x10\x20\x40]\x00|\x00\x01)",
    re.DOTALL,
)
"""How a workbook begins that has no compound file around it, as before Excel 5."""

_PDF: Final = re.compile(rb"%PDF-[0-9A-Za-z]")
_PDF_REACH: Final = 1_024
_RTF: Final = re.compile(rb"(?:\xef\xbb\xbf)?[ \t\r\n\0]{0,64}\{\\rt")
_PATTERNS: Final = (
    (_BZIP2, "application/x-bzip2"),
    (_RTF, "application/rtf"),
    (_BARE_WORKBOOK, "application/vnd.ms-excel"),
    (_SIGNED, "application/pkcs7-mime"),
)
_BITMAP_HEADERS: Final = (12, 16, 40, 52, 56, 64, 108, 124)
_EMF_MARK: Final = b" EMF"
_HEIF_BRANDS: Final = {
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"heim": "image/heic",
    b"heis": "image/heic",
    b"hevc": "image/heic",
    b"hevx": "image/heic",
    b"mif1": "image/heic",
    b"msf1": "image/heic",
    b"avif": "image/avif",
    b"avis": "image/avif",
}
_TAR_BLOCK: Final = 512
_TAR_SUM: Final = slice(148, 156)
_TAR_FIELD: Final = re.compile(rb" *[0-7]{1,8}[ \0]*\Z")


def media_type_of_beginning(head: bytes) -> str:
    """Name the media type that the first bytes (a kilobyte or more) prove, or "" for none."""
    for beginning, media_type in _BEGINNINGS:
        if head.startswith(beginning):
            return media_type
    if head.startswith(_GZIP):
        return _gzip_kind(head)
    for pattern, media_type in _PATTERNS:
        if pattern.match(head):
            return media_type
    if is_tar(head):
        return "application/x-tar"
    if is_dbf(head):
        return "application/x-dbf"
    picture = _picture(head) or rarer_media_type(head)
    return picture or recording_media_type(head) or archive_media_type(head) or disk_media_type(head)


def _gzip_kind(head: bytes) -> str:
    """Tell archives of web pages, of which each record is packed by itself, from any other packed file."""
    try:
        begins = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(head[:_PEEK], 16)
    except zlib.error:
        begins = b""
    for beginning in (b"WARC/", b"filedesc://"):
        if begins.startswith(beginning):
            return media_type_of_beginning(begins)
    return "application/gzip"


def has_pdf_header(head: bytes) -> bool:
    """Tell whether a PDF header stands in the first 1,024 bytes, where readers look (ISO 32000-2, 7.5.2)."""
    return _PDF.search(head, 0, _PDF_REACH) is not None


def is_tar(head: bytes) -> bool:
    """Tell whether the first block is a tar header: its checksum is right, with or without the ustar mark."""
    block = head[:_TAR_BLOCK]
    if len(block) < _TAR_BLOCK or not block[0] or not _TAR_FIELD.match(block[_TAR_SUM]):
        return False
    stated = int(block[_TAR_SUM].strip(b" \0") or b"0", 8)
    rest = block[: _TAR_SUM.start] + b" " * 8 + block[_TAR_SUM.stop :]
    signed = sum(byte - 256 if byte > 127 else byte for byte in rest)
    return stated in (sum(rest), signed)


def _picture(head: bytes) -> str:
    """Recognise pictures whose mark stands further in, or needs a second look."""
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(b"BM") and int.from_bytes(head[14:18], "little") in _BITMAP_HEADERS:
        return "image/bmp"
    if head.startswith(b"\x01\0\0\0") and head[40:44] == _EMF_MARK:
        return "image/emf"
    if head[4:8] == b"ftyp":
        length = min(int.from_bytes(head[:4], "big"), 256)
        brands = [head[8:12], *(head[at : at + 4] for at in range(16, length, 4))]
        return next((_HEIF_BRANDS[brand] for brand in brands if brand in _HEIF_BRANDS), "")
    return ""
