"""What PKZIP 1 packed: shrunk and imploded entries come out whole, damaged ones end in a state."""

from __future__ import annotations

import zlib

import pytest
from container_sink import read_container
from zip_by_hand import by_hand

from proofroom.extract.containers.zip_old import exploded, unshrunk
from proofroom.extract.format import Unreadable
from proofroom.extract.formats.zip import FORMAT
from proofroom.model.states import Reason

SIXTY_FOUR = bytes((3, *[0xF5] * 4))
"""A tree of sixty-four values whose codes all have six bits."""


def packed(*bits: tuple[int, int]) -> bytes:
    """Pack numbers of so many bits each, the lowest bit first."""
    number = length = 0
    for value, count in bits:
        number |= value << length
        length += count
    return number.to_bytes((length + 7) // 8, "little")


def coded(value: int, width: int = 6) -> tuple[int, int]:
    """Give the code of a value in a tree whose codes are all so long: counted from the last, highest bit first."""
    code = (1 << width) - 1 - value
    return int(f"{code:0{width}b}"[::-1], 2), width


def imploded(text: bytes, back: int, length: int) -> bytes:
    letters = [bit for letter in text for bit in ((1, 1), (letter, 8))]
    copy = ((0, 1), ((back - 1) & 63, 6), coded((back - 1) >> 6), coded(length - 2))
    return SIXTY_FOUR * 2 + packed(*letters, *copy)


def shrunk(*codes: int) -> bytes:
    return packed(*((code, 9) for code in codes))


def entry(body: bytes, data: bytes, method: int) -> bytes:
    return by_hand(b"a", body, method=method, crc=zlib.crc32(data), size=len(data))


def test_imploded_entries_repeat_what_stood_before() -> None:
    body = imploded(b"ab", 2, 5)
    assert read_container(FORMAT, entry(body, b"abababa", 6)).data == {b"a": b"abababa"}
    # What lies before the beginning is nought.
    assert b"".join(exploded(iter([imploded(b"a", 100, 3)]), 0, 4)) == b"a\0\0\0"


def test_letters_may_be_coded_too() -> None:
    tree = bytes((15, *[0xF7] * 16))
    body = tree + SIXTY_FOUR * 2 + packed((1, 1), coded(65, 8), (1, 1), coded(66, 8))
    assert b"".join(exploded(iter([body]), 4, 2)) == b"AB"


def test_shrunk_entries_name_texts_that_stood_before() -> None:
    body = shrunk(97, 98, 257, 259)
    assert read_container(FORMAT, entry(body, b"abababa", 1)).data == {b"a": b"abababa"}


def test_the_table_of_a_shrunk_entry_can_be_cleared_and_its_codes_can_grow() -> None:
    # ab is 257 and ba 258; nothing continues them, so that 257 is given anew to ax.
    cleared = shrunk(97, 98, 97, 256, 2, 120, 257)
    assert b"".join(unshrunk(iter([cleared]), 6)) == b"abaxax"
    wider = packed((97, 9), (256, 9), (1, 9), (98, 10), (257, 10))
    assert b"".join(unshrunk(iter([wider]), 4)) == b"abab"


@pytest.mark.parametrize("method", [1, 6])
def test_damage_ends_in_a_state(method: int) -> None:
    body = imploded(b"abcdef", 3, 20) if method == 6 else shrunk(97, 98, 257, 259)
    for cut in range(len(body)):
        assert entry(body[:cut], b"abababa", method)
        with pytest.raises(Unreadable) as cut_short:
            list(exploded(iter([body[:cut]]), 0, 26) if method == 6 else unshrunk(iter([body[:cut]]), 7))
        assert cut_short.value.reason is Reason.CUT_SHORT
    for at in range(len(body)):
        turned = body[:at] + bytes((body[at] ^ 0xFF,)) + body[at + 1 :]
        read_container(FORMAT, entry(turned, b"abababa", method))


def test_codes_that_lead_nowhere_are_damage() -> None:
    for body in (shrunk(300), shrunk(256, 7)):
        with pytest.raises(Unreadable) as damaged:
            list(unshrunk(iter([body]), 9))
        assert damaged.value.reason is Reason.NOT_WELL_FORMED
    with pytest.raises(Unreadable) as damaged:
        list(exploded(iter([bytes(40)]), 0, 9))
    assert damaged.value.reason is Reason.NOT_WELL_FORMED
