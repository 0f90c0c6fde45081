"""Read messages by the numbers of their fields, without knowing more about them (protocol buffers)."""

from __future__ import annotations

import struct
from typing import Final

from proofroom.extract.iwork.snappy import Broken, varint

_WIDTHS: Final = {1: 8, 5: 4}


class Damage:
    """Whether some message of a document broke off; what came before in it is kept."""

    def __init__(self) -> None:
        """Nothing broke yet."""
        self.found = False


class Message:
    """The fields of one message: numbers, or bytes that are texts, lists or messages themselves."""

    def __init__(self, data: bytes, damage: Damage) -> None:
        """Read the fields; where they break off, the rest is missing and `damage` knows it."""
        self._fields: dict[int, list[int | bytes]] = {}
        self._damage = damage
        try:
            self._read(data)
        except Broken:
            damage.found = True

    def _read(self, data: bytes) -> None:
        at = 0
        while at < len(data):
            key, at = varint(data, at)
            kind = key & 7
            value: int | bytes
            if kind == 0:
                value, at = varint(data, at)
            else:
                length, at = varint(data, at) if kind == 2 else (_WIDTHS.get(kind, -1), at)
                if length < 0 or at + length > len(data):
                    raise Broken
                value = data[at : at + length]
                at += length
            self._fields.setdefault(key >> 3, []).append(value)

    def number(self, field: int, otherwise: int = 0) -> int:
        """Give a number."""
        value = self._fields.get(field, [otherwise])[-1]
        return value if isinstance(value, int) else otherwise

    def numbers(self, field: int) -> list[int]:
        """Give numbers, one by one or packed into one field."""
        found: list[int] = []
        for value in self._fields.get(field, ()):
            if isinstance(value, int):
                found.append(value)
                continue
            at = 0
            try:
                while at < len(value):
                    one, at = varint(value, at)
                    found.append(one)
            except Broken:
                self._damage.found = True
        return found

    def double(self, field: int) -> float:
        """Give a floating-point number."""
        value = self._fields.get(field, [b""])[-1]
        return float(struct.unpack("<d", value)[0]) if isinstance(value, bytes) and len(value) == 8 else 0.0

    def raw(self, field: int) -> bytes:
        """Give bytes."""
        value = self._fields.get(field, [b""])[-1]
        return value if isinstance(value, bytes) else b""

    def text(self, field: int) -> str:
        """Give a text."""
        return self.raw(field).decode("utf-8", "replace")

    def texts(self, field: int) -> list[str]:
        """Give every text of a field."""
        values = self._fields.get(field, ())
        return [value.decode("utf-8", "replace") for value in values if isinstance(value, bytes)]

    def message(self, field: int) -> Message:
        """Give a message inside; an empty one where there is none."""
        return Message(self.raw(field), self._damage)

    def messages(self, field: int) -> list[Message]:
        """Give every message of a field."""
        return [
            Message(value, self._damage) for value in self._fields.get(field, ()) if isinstance(value, bytes)
        ]

    def reference(self, field: int) -> int:
        """Give the object that a field refers to, 0 for none."""
        return self.message(field).number(1)

    def references(self, field: int) -> list[int]:
        """Give every object that a field refers to."""
        return [one.number(1) for one in self.messages(field)]
