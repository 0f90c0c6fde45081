"""Recognise OpenDocument that is one flat XML, or one part of a package, by its first element."""

from __future__ import annotations

import re
from typing import Final

_ROOTS: Final = ("document", "document-content", "document-styles", "document-meta", "document-settings")
_OFFICE: Final = re.compile(
    r"[\"'](?:urn:oasis:names:tc:opendocument:xmlns:office:1\.0|http://openoffice\.org/2000/office)[\"']"
)
_STATED: Final = re.compile(
    r"[\w.-]+:mimetype\s*=\s*[\"']application/(?:x-)?vnd\.(?:oasis\.opendocument|sun\.xml)\.([a-z.-]{1,40})[\"']"
)
_CLASS: Final = re.compile(r"[\w.-]+:class\s*=\s*[\"']([a-z]{1,20})[\"']")
_KINDS: Final = {
    "text": "text",
    "writer": "text",
    "spreadsheet": "spreadsheet",
    "calc": "spreadsheet",
    "presentation": "presentation",
    "impress": "presentation",
    "graphics": "graphics",
    "drawing": "graphics",
    "draw": "graphics",
}
_TYPE: Final = "application/vnd.oasis.opendocument."
_REACH: Final = 16_384


def opendocument_type(root: str, text: str) -> str:
    """Name the media type of a flat OpenDocument file or part, "" for any other XML; `root` without its prefix."""
    if root not in _ROOTS:
        return ""
    end = text.find(">", text.find(f":{root}"), _REACH)
    start = text[: end if end >= 0 else _REACH]
    if not _OFFICE.search(start):
        return ""
    stated = _STATED.search(start) or _CLASS.search(start)
    kind = _KINDS.get(stated.group(1).partition("-")[0], "") if stated and root == "document" else ""
    return f"{_TYPE}{kind}-flat-xml" if kind else f"{_TYPE}part"
