"""Tell text that is padded with NULs or damaged in some places from bytes that are no text at all.

In a text whose disk or transfer failed, what is strange stands in few stretches and the rest is clean; in a
program, a font or a key, strange characters stand everywhere between short words.
"""

from __future__ import annotations

import re
from typing import Final

_STRANGE: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x19\x1c-\x1f\x7f-\x9f\ufffd\ufffe\uffff]")
_STRANGE_IN: Final = 100
_STRETCH_GAP: Final = 16
_DAMAGED_IN: Final = 5
_FEWEST_VISIBLE: Final = 4
_NULS: Final = re.compile("\0+")
_NOT_ASCII: Final = re.compile(r"[^\x00-\x7f]")
_HEADER: Final = 16
# UTF-32 without a mark is no proof: any table of small numbers looks like it.
_SURE_ENCODINGS: Final = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030")


def looks_like_text(text: str) -> bool:
    """Tell whether characters are text: at most one in a hundred is a control character or undecodable."""
    return len(_STRANGE.findall(text)) * _STRANGE_IN <= len(text)


def is_padded_text(text: str, encoding: str) -> bool:
    """Tell whether characters are text but for NULs, as preallocated logs and recovered files hold them."""
    pieces = [piece for piece in _NULS.split(text) if piece]
    clean = "".join(pieces)
    words = any(sum(not sign.isspace() for sign in piece) >= _FEWEST_VISIBLE for piece in pieces)
    return words and not _STRANGE.search(clean) and _is_sure(clean, encoding)


def is_damaged_text(text: str, encoding: str) -> bool:
    """Tell whether at least four in five characters are text, and what is not stands in few stretches.

    What begins with strange characters has a header, as programs have: long words in it prove nothing.
    """
    if _STRANGE.search(text, 0, _HEADER):
        return False
    stretches = damaged = 0
    last = -_STRETCH_GAP - 1
    for found in _STRANGE.finditer(text):
        near = found.start() - last <= _STRETCH_GAP
        stretches += not near
        damaged += found.start() - last if near else 1
        last = found.start()
    few = stretches * _STRANGE_IN <= max(len(text), _STRANGE_IN)
    return few and damaged * _DAMAGED_IN <= len(text) and _is_sure(text, encoding)


def _is_sure(text: str, encoding: str) -> bool:
    """Tell whether an encoding proves something: one of single bytes fits anything, so ASCII must prevail."""
    return encoding in _SURE_ENCODINGS or len(_NOT_ASCII.findall(text)) * _DAMAGED_IN <= len(text)
