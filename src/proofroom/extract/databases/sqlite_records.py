"""Decode a record of SQLite: a header of types, then the values one behind the other."""

from __future__ import annotations

import struct
from contextlib import suppress
from typing import Final

from proofroom.extract.databases.sqlite_pages import Broken, varint
from proofroom.extract.databases.table_sheet import Value
from proofroom.extract.encoding import decode_counted, find_encoding

_SIZES: Final = (0, 1, 2, 3, 4, 6, 8, 8, 0, 0)
_REAL: Final = 7
_FIRST_RESERVED, _FIRST_TEXT = 10, 12
_DOUBLE: Final = struct.Struct(">d")
_MORE: Final = 0x80
_MOST_LOOKED_AT: Final = 30
_LONGEST_LOOKED_AT: Final = 4_096


class Texts:
    """Decodes texts in the encoding of the file, and counts those that are not written in it."""

    def __init__(self, encoding: str) -> None:
        """Decode from that encoding."""
        self.encoding = encoding
        self.foreign: dict[str, int] = {}
        self.undecodable = 0
        self._looked = 0

    def text(self, untrusted: bytes) -> str:
        """Give a text; one in another encoding, as careless programs write it, is decoded by detection."""
        try:
            return untrusted.decode(self.encoding)
        except UnicodeDecodeError:
            return self._foreign(untrusted)

    def _foreign(self, untrusted: bytes) -> str:
        """Decode a text as those before it that were not in the file's encoding, or as its bytes look."""
        for encoding in self.foreign:
            with suppress(UnicodeDecodeError):
                text = untrusted.decode(encoding)
                self.foreign[encoding] += 1
                return text
        encoding = self.encoding
        if encoding == "utf-8" and self._looked < _MOST_LOOKED_AT:
            self._looked += 1
            encoding = find_encoding(
                untrusted[:_LONGEST_LOOKED_AT], len(untrusted) <= _LONGEST_LOOKED_AT
            ).encoding
        found = decode_counted(untrusted, encoding)
        if found.undecodable:
            self.undecodable += found.undecodable
        else:
            self.foreign[encoding] = 1
        return found.untrusted_text


def types_of(record: bytes) -> tuple[list[int], int]:
    """Give the types in a record's header and where its values begin; raises Broken."""
    end, at = varint(record, 0)
    if not at <= end <= len(record):
        raise Broken
    types = []
    while at < end:
        kind = record[at]
        if kind < _MORE:
            at += 1
        else:
            kind, at = varint(record, at)
        types.append(kind)
    if at != end:
        raise Broken
    return types, end


def size_of(kind: int) -> int:
    """Give how many bytes a value of a type takes; raises Broken for a type that stands for nothing."""
    if kind >= _FIRST_TEXT:
        return (kind - _FIRST_TEXT) >> 1
    if kind >= _FIRST_RESERVED:
        raise Broken
    return _SIZES[kind]


def decode_record(record: bytes, texts: Texts) -> list[Value]:
    """Give the values of a record; raises Broken when they do not fit into it."""
    types, at = types_of(record)
    values: list[Value] = []
    for kind in types:
        end = at + size_of(kind)
        if end > len(record):
            raise Broken
        if kind >= _FIRST_TEXT:
            values.append(texts.text(record[at:end]) if kind & 1 else record[at:end])
        elif kind == 0:
            values.append(None)
        elif kind < _REAL:
            values.append(int.from_bytes(record[at:end], "big", signed=True))
        elif kind == _REAL:
            values.append(_DOUBLE.unpack_from(record, at)[0])
        else:
            values.append(kind - _REAL - 1)
        at = end
    return values
