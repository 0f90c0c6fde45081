"""Tell by its first bytes whether a stream holds a whole file of a kind we know, and name members safely."""

from __future__ import annotations

import re
from typing import Final

from proofroom.extract.detection.magic import media_type_of_beginning
from proofroom.extract.detection.ole_kind import SIGNATURE

HEAD: Final = 4_096
_MARKS: Final = (SIGNATURE, b"PK\3\4", b"<?xml", b"<html", b"<!DOCTYPE", b"RIFF", b"\xff\xfe<\0?\0")
_PROGRAM: Final = "application/x-msdownload"
_UNSAFE: Final = re.compile(r"[\x00-\x1f\x7f\\]")
_ENDINGS: Final = {
    "application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/tiff": "tif",
    "image/bmp": "bmp", "image/emf": "emf", "image/wmf": "wmf", "application/rtf": "rtf",
}  # fmt: skip


def is_file(head: bytes) -> bool:
    """Tell whether bytes begin as a file that one of our readers may know."""
    if head.startswith(_MARKS):
        return True
    media_type = media_type_of_beginning(head)
    # Two letters prove nothing: a program also says where its own head is.
    return bool(media_type) and (media_type != _PROGRAM or b"PE\0\0" in head)


def ending_of(head: bytes) -> str:
    """Give the extension for bytes that begin as a known file, `bin` for others."""
    if head.startswith(SIGNATURE):
        return "ole"
    if head.startswith(b"PK\3\4"):
        return "zip"
    return _ENDINGS.get(media_type_of_beginning(head), "bin")


def safe_name(path: str) -> str:
    """Write a path in the directory as a member's name: without control characters, and never upwards."""
    parts = (_UNSAFE.sub("", part) for part in path.split("/"))
    return "/".join(part if part.strip(". ") else "-" for part in parts)


class Names:
    """Gives each member of one file a name of its own."""

    def __init__(self) -> None:
        """Begin with none taken."""
        self._taken: dict[str, int] = {}

    def unique(self, name: str) -> bytes:
        """Give the name, with a number behind it where it is taken."""
        count = self._taken[name] = self._taken.get(name, 0) + 1
        return (name if count == 1 else self.unique_of(name, count)).encode("utf-8", "replace")

    def unique_of(self, name: str, count: int) -> str:
        """Put a number before the extension, one that is not taken either."""
        stem, dot, ending = name.rpartition(".")
        while (
            other := f"{stem}~{count}.{ending}" if dot and "/" not in ending else f"{name}~{count}"
        ) in self._taken:
            count += 1
        self._taken[other] = 1
        return other
