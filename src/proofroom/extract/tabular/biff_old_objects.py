"""Read the text of a text box of Excel 5, which stands in the record that draws it."""

from __future__ import annotations

import struct
from typing import Final

from proofroom.extract.encoding import decode_all

_WITH_TEXT: Final = (6, 7, 11, 12, 14, 19)
_HEAD: Final = 34
_TEXT_AT: Final = 66


def old_object_text(record: bytes, codec: str) -> str:
    """Give the text of a box or button; "" where there is none or the record says what cannot be."""
    if len(record) < _TEXT_AT:
        return ""
    (kind,) = struct.unpack_from("<H", record, 4)
    if kind not in _WITH_TEXT:
        return ""
    macro, _, name = struct.unpack_from("<3H", record, 26)
    length, _, runs = struct.unpack_from("<3H", record, 44)
    at = _TEXT_AT
    if name:
        size = record[at] + 1 if at < len(record) else 0
        at += size + (size & 1)
    at += macro
    return decode_all(record[at : at + length], codec) if at + length + runs <= len(record) + 1 else ""
