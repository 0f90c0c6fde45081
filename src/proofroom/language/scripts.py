"""Which script and which language a text is in, for thousands of texts at once, by the letters they are written with.

The script is that of most letters (ISO 15924 codes). The language follows from letters that only some languages
use (Uyghur has ۈ and ې, Kazakh ұ, traditional Chinese 體) and, for Latin letters, from the commonest words. Where
nothing tells two languages apart, none is named: a wrong name would hide a text from whoever can read it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from proofroom.language.common_words import COMMON_WORDS
from proofroom.language.fold import CODE_POINTS
from proofroom.language.han import HAN_RANGES, simplified

Counts = NDArray[np.int64]

_AT_ONCE: Final = 1 << 20
"""Characters that are counted together: some tens of MB."""

_SCRIPTS: Final = (
    "",
    "Latn",
    "Hani",
    "Jpan",
    "Kore",
    "Cyrl",
    "Arab",
    "Tibt",
    "Mong",
    "Grek",
    "Hebr",
    "Thai",
    "Deva",
    "Zyyy",
)
_NAMES: Final = {
    "LATIN": "Latn",
    "CJK": "Hani",
    "HIRAGANA": "Jpan",
    "KATAKANA": "Jpan",
    "KATAKANA-HIRAGANA": "Jpan",
    "HANGUL": "Kore",
    "CYRILLIC": "Cyrl",
    "ARABIC": "Arab",
    "TIBETAN": "Tibt",
    "MONGOLIAN": "Mong",
    "GREEK": "Grek",
    "HEBREW": "Hebr",
    "THAI": "Thai",
    "DEVANAGARI": "Deva",
    "HALFWIDTH": "Jpan",
}
"""Scripts by the first word of a character's name in Unicode."""

_LETTERS: Final = {
    "Arab": {
        "ug": "ۈېۆەڭۇ",
        "kk": "\u0674",
        "ky": "ۅۉ",
        "ur": "ٹڈڑےں",
        "fa": "پچژگکی",
        "ar": "ةأإؤىٱ",
    },
    "Cyrl": {
        "kk": "ұғқһәҰҒҚҺӘ",
        "ky": "ңөүҢӨҮ",
        "uk": "їєґЇЄҐ",
        "be": "ўЎ",
        "tg": "ҳҷӣӯҲҶӢӮ",
        "sr": "ђћџљњЂЋЏЉЊ",
        "ru": "ыэёъЫЭЁЪ",
    },
}
"""Letters that tell the languages of a script apart; some share them, so the order below decides."""

_FEWEST: Final = 4
_SOME: Final = 0.01
_CLEAR: Final = 0.04
_ALONE: Final = {
    "Jpan": "ja",
    "Kore": "ko",
    "Tibt": "bo",
    "Mong": "mn",
    "Grek": "el",
    "Hebr": "he",
    "Thai": "th",
    "Deva": "hi",
}
_WORD: Final = re.compile(r"[^\W\d_]+")
_MOST_WORDS: Final = 400
_TOO_FEW: Final = 5
_FEWEST_WORDS: Final = 2
_SHARE_OF_WORDS: Final = 0.12


def scripts_of(texts: Sequence[str]) -> list[str]:
    """Give the script of each text as an ISO 15924 code; "" for one without letters, `Zyyy` for a rare script.

    Chinese characters are `Hani`; with kana among them `Jpan`, with Hangul `Kore`.
    """
    return [script for script, _ in scripts_and_languages(texts)]


def languages_of(texts: Sequence[str]) -> list[str]:
    """Give the language of each text as a BCP 47 tag (zh-Hans, zh-Hant, zh, ug, en, …); "" where it is not clear."""
    return [language for _, language in scripts_and_languages(texts)]


def scripts_and_languages(texts: Sequence[str]) -> list[tuple[str, str]]:
    """Give script and language of each text."""
    found: list[tuple[str, str]] = []
    first = 0
    while first < len(texts):
        stop, size = first, 0
        while stop < len(texts) and (stop == first or size + len(texts[stop]) <= _AT_ONCE):
            size += len(texts[stop])
            stop += 1
        some = texts[first:stop]
        counts = _counted(some)
        found += [_decide(row, text) for row, text in zip(counts.tolist(), some, strict=True)]
        first = stop
    return found


def _counted(texts: Sequence[str]) -> Counts:
    """Count the letters of each class in each text."""
    classes, names = _classes()
    # A character beyond the first plane is one code here, half a one is what it is.
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)
    owners = np.repeat(np.arange(len(texts), dtype=np.int64), [len(text) for text in texts])
    flat = owners * len(names) + classes[codes]
    return np.bincount(flat, minlength=len(texts) * len(names)).reshape(len(texts), len(names))


@cache
def _classes() -> tuple[NDArray[np.uint8], tuple[tuple[str, str], ...]]:
    """Give a class for each code point, and what each class is: a script and a language that its letters hint at."""
    names: dict[tuple[str, str], int] = {(script, ""): number for number, script in enumerate(_SCRIPTS)}
    table = np.zeros(CODE_POINTS, np.uint8)
    for code in (*range(0x2E80), *range(0x3040, 0x3100), *range(0xA000, 0xABFF), *range(0xFB00, 0xFFF0)):
        character = chr(code)
        if unicodedata.category(character)[0] in "LM":
            name = unicodedata.name(character, "").partition(" ")[0]
            if character.isalpha() or name != "COMBINING":
                table[code] = (
                    names[_NAMES.get(name, "Zyyy"), ""] if name not in ("FULLWIDTH", "MODIFIER") else 1
                )
    for first, stop in ((0x1100, 0x1200), (0x3130, 0x3190), (0xAC00, 0xD7B0)):
        table[first:stop] = names["Kore", ""]
    for first, stop in HAN_RANGES:
        table[first:stop] = names["Hani", ""]
    for script, languages in _LETTERS.items():
        for language, letters in languages.items():
            number = names.setdefault((script, language), len(names))
            table[[ord(letter) for letter in letters]] = number
    pairs = simplified()
    # What both ways of writing use tells nothing: each is asked for what the other's oldest standard lacks.
    for language, characters, other in (
        ("zh-Hant", set(pairs) - set(pairs.values()), "gb2312"),
        ("zh-Hans", set(pairs.values()) - set(pairs), "big5"),
    ):
        number = names.setdefault(("Hani", language), len(names))
        table[[ord(one) for one in characters if not one.encode(other, "ignore")]] = number
    return table, tuple(names)


def _decide(row: list[int], text: str) -> tuple[str, str]:
    """Decide for one text by the counts of its letters."""
    _, names = _classes()
    scripts: dict[str, int] = {}
    hints: dict[str, int] = {}
    for (script, language), count in zip(names, row, strict=True):
        if count and script:
            scripts[script] = scripts.get(script, 0) + count
            if language:
                hints[language] = count
    if not scripts:
        return "", ""
    letters = sum(scripts.values())
    # Japanese and Korean texts are written with Chinese characters too.
    for script in ("Jpan", "Kore"):
        if (
            scripts.get(script, 0) > _CLEAR * letters
            and scripts.get("Hani", 0) + scripts[script] > letters / 2
        ):
            return script, _ALONE[script]
    script = max(scripts, key=lambda name: scripts[name])
    return script, _language(script, scripts[script], hints, text)


def _language(script: str, letters: int, hints: dict[str, int], text: str) -> str:
    """Name the language of a text in one script; "" where too little or nothing tells it."""
    if script == "Hani":
        old, new = hints.get("zh-Hant", 0), hints.get("zh-Hans", 0)
        return "zh" if old == new else "zh-Hant" if old > new else "zh-Hans"
    if script in _ALONE:
        return _ALONE[script]
    if letters < _FEWEST:
        return ""
    share = {language: count / letters for language, count in hints.items()}
    if script == "Arab":
        return _arabic(share)
    if script == "Cyrl":
        return _cyrillic(share)
    return _latin(text) if script == "Latn" else ""


def _arabic(share: dict[str, float]) -> str:
    """Tell apart the languages in Arabic letters."""
    if share.get("kk", 0) > _SOME:
        return "kk"
    if share.get("ky", 0) > _SOME:
        return "ky"
    if share.get("ug", 0) > 2 * _CLEAR:
        return "ug"
    if share.get("ur", 0) > _SOME:
        return "ur"
    if share.get("fa", 0) > _CLEAR:
        return "fa"
    return "ar" if share.get("ar", 0) > _SOME else ""


def _cyrillic(share: dict[str, float]) -> str:
    """Tell apart the languages in Cyrillic letters."""
    for language in ("kk", "tg", "uk", "be", "sr"):
        if share.get(language, 0) > _SOME:
            return language
    if share.get("ky", 0) > _SOME:
        # Kyrgyz and Mongolian share ө and ү; what is left tells them apart too seldom.
        return ""
    return "ru" if share.get("ru", 0) > _SOME else ""


def _latin(text: str) -> str:
    """Name a language in Latin letters by its commonest words; the best must be clearly better than the next."""
    words = [word.casefold() for word in _WORD.findall(text[: 16 * _MOST_WORDS])][:_MOST_WORDS]
    if len(words) < _TOO_FEW:
        return ""
    found = {language: sum(word in common for word in words) for language, common in COMMON_WORDS.items()}
    best, second = sorted(found, key=lambda name: -found[name])[:2]
    different = len(COMMON_WORDS[best].intersection(words))
    clear = different >= _FEWEST_WORDS and found[best] > found[second]
    return best if clear and found[best] >= _SHARE_OF_WORDS * len(words) else ""
