"""Test a password of the oldest kind (MS-OFFCRYPTO 2.3.7, XOR obfuscation): at most fifteen bytes.

Its checksum alone has 15 bits and fits one wrong password in 32,768, so the key beside it has to fit as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msoffcrypto.method.xor_obfuscation import DocumentXOR

_LONGEST: Final = 15


def xor_array(word: str, key: int, verifier: int) -> bytes | None:
    """Give the sixteen bytes that undo the obfuscation if the password fits; a key of 0 is not compared."""
    for form in _forms(word):
        if DocumentXOR.verifypw(form, verifier) and key in (0, DocumentXOR.create_xor_key_method1(form)):
            return bytes(DocumentXOR.create_xor_array_method1(form))
    return None


def _forms(word: str) -> Iterator[str]:
    """Give a password as programs cut it down to bytes, each written as the character of that number."""
    found = {
        word if all(sign <= "\xff" for sign in word) else "",
        _written(word, "gb18030"),
        _written(word, "cp1251"),
        # What a file says of a Unicode password: its low bytes, or the high one where that is nought.
        "".join(chr(ord(sign) & 0xFF or ord(sign) >> 8 & 0xFF) for sign in word),
    }
    return (form for form in sorted(found) if 0 < len(form) <= _LONGEST)


def _written(word: str, encoding: str) -> str:
    return word.encode(encoding, "ignore").decode("latin-1")
