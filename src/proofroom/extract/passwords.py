"""Passwords that the cache itself offers: what stands behind the word "password", and words of file names.

Offices write the password of a list into the notice that goes with it, or use a word of its name. Only such
strings are tried, in a fixed order and few of them; nothing is ever broken into.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

MOST_OFFERED: Final = 60
"""Strings tried per locked file beyond those a person gave: each costs a tenth of a second or more."""

CUE: Final = r"(?i)口令|密码|密碼|暗号|passwor[dt]|passwd|\bpwd\b|\bpass\b|парол|پارول|مەخپىي نومۇر"
"""What announces a password, in a form that Arrow and Python both read."""

_CUE: Final = re.compile(CUE)
_WORD: Final = re.compile(r"[^\s:：;；,，。、“”\"'‘’()（）《》<>=]{4,40}")
_NAME_WORD: Final = re.compile(r"[\u3400-\u9fff]+|[^\W_\u3400-\u9fff]+")
_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_SHORTEST: Final = 4
_LONGEST_RUN: Final = 16


def announced(texts: Sequence[str]) -> list[str]:
    """Give the words that follow a cue in a text, or stand in the next two texts behind it."""
    found: list[str] = []
    for place, text in enumerate(texts):
        cue = _CUE.search(text)
        if cue is None:
            continue
        behind = [text[cue.end() :], *texts[place + 1 : place + 3]]
        for piece in behind:
            found += _WORD.findall(piece[:200])
    return found


def likely(words: Iterable[str]) -> list[str]:
    """Put the words first that look most like a password: signs, digits and letters mixed."""
    return sorted(dict.fromkeys(words), key=lambda word: (-_kinds(word), bool(_HAN.search(word)), word))


def words_of_name(path: str) -> list[str]:
    """Give the words of a file's name and of its folder; of a Chinese run its beginnings, longest first."""
    name = path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    words = [name]
    for word in _NAME_WORD.findall(name):
        words.append(word)
        if _HAN.match(word):
            words += [word[:length] for length in range(min(len(word), _LONGEST_RUN) - 1, _SHORTEST - 1, -1)]
    return [word for word in dict.fromkeys(words) if len(word) >= _SHORTEST]


def offered_for(path: str, announced_words: Sequence[str]) -> tuple[str, ...]:
    """Give what to try on one locked file: announced words before words of its own name, both in part."""
    half = MOST_OFFERED // 2
    own = words_of_name(path)
    first = [*announced_words[:half], *own[:half]]
    return tuple(dict.fromkeys([*first, *announced_words[half:], *own[half:]]))[:MOST_OFFERED]


def _kinds(word: str) -> int:
    """Count the kinds of characters in a word: capital and small letters, digits, signs."""
    tests = (str.isupper, str.islower, str.isdigit, lambda character: not character.isalnum())
    return sum(any(test(character) for character in word) for test in tests)
