"""Name the parts of a letter that bring no name of their own, by their kind and their number."""

from __future__ import annotations

from collections import Counter
from typing import Final

from proofroom.extract.containers.mail_walk import Part

_ENDINGS: Final = {
    "text/plain": "txt",
    "text/html": "html",
    "text/calendar": "ics",
    "text/csv": "csv",
    "text/rtf": "rtf",
    "text/xml": "xml",
    "text/vcard": "vcf",
    "text/x-vcard": "vcf",
    "image/jpeg": "jpg",
    "image/pjpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/bmp": "bmp",
    "image/tiff": "tif",
    "application/pdf": "pdf",
    "application/rtf": "rtf",
    "application/msword": "doc",
    "application/vnd.ms-excel": "xls",
    "application/vnd.ms-powerpoint": "ppt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/zip": "zip",
    "application/x-zip-compressed": "zip",
    "application/ics": "ics",
    "application/pkcs7-signature": "p7s",
    "application/x-pkcs7-signature": "p7s",
    "application/pkcs7-mime": "p7m",
    "application/x-pkcs7-mime": "p7m",
    "application/pgp-signature": "asc",
    "application/pgp-encrypted": "asc",
    "message/delivery-status": "txt",
    "message/disposition-notification": "txt",
    "message/feedback-report": "txt",
    "text/rfc822-headers": "txt",
}
LETTERS: Final = ("message/rfc822", "message/global")
_TNEF: Final = ("application/ms-tnef", "application/vnd.ms-tnef")


class PartNames:
    """Gives each part of one letter its name."""

    def __init__(self) -> None:
        """Begin to count."""
        self._counts: Counter[str] = Counter()

    def name(self, part: Part, number: int) -> bytes:
        """Give the name a part brings, or one by its kind and its number."""
        if part.untrusted_filename:
            return part.untrusted_filename
        if part.media_type in LETTERS:
            self._counts["message"] += 1
            return b"message-%d.eml" % self._counts["message"]
        if part.media_type == "text/html" and part.disposition != "attachment":
            self._counts["body"] += 1
            count = self._counts["body"]
            return b"body.html" if count == 1 else b"body-%d.html" % count
        if part.media_type in _TNEF:
            return b"winmail.dat"
        return f"part-{number}.{_ENDINGS.get(part.media_type, 'bin')}".encode()
