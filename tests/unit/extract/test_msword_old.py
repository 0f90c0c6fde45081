"""Word 6, 95 and 2: text of one byte a character, in the code page of its language, inside a file or bare."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from word_by_hand import (
    word_6,
)

from proofroom.extract.detect import detect
from proofroom.extract.format import Source
from proofroom.extract.formats.msword import FORMAT
from proofroom.extract.ole.compound_copy import Node, write_compound
from proofroom.limits import DEFAULT
from proofroom.model.evidence import Flag
from proofroom.model.states import Reason, State

if TYPE_CHECKING:
    from conftest import Read

AT_JUNE_12 = 30 | 8 << 6 | 12 << 11 | 6 << 16 | 115 << 20
CUT = (State.DAMAGED, Reason.CUT_SHORT)


def stream_file(*nodes: Node) -> bytes:
    return b"".join(write_compound(Node("", inside=list(nodes))))


def test_word_6_is_decoded_by_the_language_it_names(read_with: Read) -> None:
    chinese = word_6("通知\r第二段\r".encode("gb18030"), language=0x0804)
    russian = word_6("Дом\r".encode("cp1251"), language=0x0419)
    assert read_with(FORMAT, stream_file(Node.of_bytes("WordDocument", chinese))).said == {
        "para=1": "通知",
        "para=2": "第二段",
    }
    assert read_with(FORMAT, stream_file(Node.of_bytes("WordDocument", russian))).said == {"para=1": "Дом"}


def test_word_6_hides_and_deletes_with_its_own_numbers(read_with: Read) -> None:
    hidden, deleted, unknown = b"\x55\x01\x5c\x01", b"\x41\x01", b"\xf0\x5c\x01"
    looks = [(0, 6, hidden), (6, 13, b""), (13, 17, deleted), (17, 18, b""), (18, 22, unknown)]
    data = word_6(b"secre\rseen, gone\rdark\r", looks=looks)
    found = read_with(FORMAT, data)
    assert found.said == {"para=1": "secre", "para=2": "seen, g", "para=2&deleted=1": "one", "para=3": "dark"}
    assert found.flags["para=1"] == Flag.HIDDEN_TEXT
    assert found.flags["para=3"] == Flag.NONE


def test_word_6_is_known_and_read_without_a_compound_file(read_with: Read) -> None:
    data = word_6(b"bare text\r")
    assert read_with(FORMAT, data).said == {"para=1": "bare text"}
    assert detect(Source(io.BytesIO(data), len(data), DEFAULT, b"x.doc")).media_type == "application/msword"


def test_of_word_2_the_text_is_read_and_the_rest_is_said(read_with: Read) -> None:
    data = bytearray(word_6(b"old text\r"))
    data[:4] = b"\xdb\xa5\x2d\0"
    found = read_with(FORMAT, bytes(data))
    assert found.said == {"para=1": "old text"}
    assert found.partial == [Reason.UNSUPPORTED_VARIANT]
