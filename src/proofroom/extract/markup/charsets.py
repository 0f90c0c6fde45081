"""Know the names of text encodings, those that files declare and those that RTF counts, and have them ready.

Only codecs of texts are known here: Python's others unpack or compute (`zlib`, `unicode_escape`, `idna`),
and no file may choose those. Codecs and the models of the detector are loaded on import, because the
sandbox lets nothing be loaded later.
"""

from __future__ import annotations

import codecs
import encodings
import encodings.aliases
import re
from typing import Final

import chardet

_MODULES: Final = (
    *("utf_8", "utf_8_sig", "utf_16", "utf_16_be", "utf_16_le", "utf_32", "utf_32_be", "utf_32_le", "ascii"),
    *("gb18030", "gbk", "gb2312", "hz", "big5", "big5hkscs", "cp950", "shift_jis", "cp932", "euc_jp"),
    *("iso2022_jp", "iso2022_jp_1", "iso2022_jp_2", "iso2022_jp_3", "iso2022_kr", "euc_kr", "cp949", "johab"),
    *(
        "latin_1",
        *(f"iso8859_{number}" for number in range(1, 17) if number != 12),
        "tis_620",
        "euc_jis_2004",
    ),
    *(f"cp{number}" for number in (*range(1250, 1259), 874, 866, 437, 850, 852, 855, 857, 858, 860, 861)),
    *(f"cp{number}" for number in (273, 424, 500, 1006, 1026, 1125, 1140, 720, 737, 775, 856, 862, 863)),
    *(f"cp{number}" for number in (864, 865, 869, 875)),
    "cp037",
    *("koi8_r", "koi8_u", "koi8_t", "kz1048", "ptcp154", "hp_roman8", "shift_jis_2004", "shift_jisx0213"),
    *(f"mac_{name}" for name in ("roman", "cyrillic", "greek", "latin2", "turkish", "iceland", "croatian")),
    *("mac_arabic", "mac_farsi", "mac_romanian", "iso2022_jp_ext", "iso2022_jp_2004", "euc_jisx0213"),
)
_WIDER: Final = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "cp950",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
}
_LABELS: Final = {
    "x_gbk": "gb18030",
    "gb_2312_80": "gb18030",
    "unicode": "utf-16-le",
    "x_sjis": "cp932",
    "windows_31j": "cp932",
    "x_euc_jp": "euc_jp",
    "windows_874": "cp874",
    "dos_874": "cp874",
    "iso_8859_8_i": "iso8859-8",
    "big5_hkscs": "big5hkscs",
    "x_x_big5": "cp950",
    "x_mac_roman": "mac-roman",
    "macintosh": "mac-roman",
    "x_mac_cyrillic": "mac-cyrillic",
    "windows_949": "cp949",
    "csksc56011987": "cp949",
}
_BY_NUMBER: Final = {
    0: "cp1252",
    708: "iso8859-6",
    709: "iso8859-6",
    932: "cp932",
    936: "gb18030",
    949: "cp949",
    950: "cp950",
    951: "big5hkscs",
    1361: "johab",
    10000: "mac-roman",
    10001: "cp932",
    10002: "cp950",
    10003: "cp949",
    10004: "mac-arabic",
    10006: "mac-greek",
    10007: "mac-cyrillic",
    10008: "gb18030",
    10029: "mac-latin2",
    10081: "mac-turkish",
    20866: "koi8-r",
    21866: "koi8-u",
    20932: "euc_jp",
    20936: "gb18030",
    51949: "cp949",
    54936: "gb18030",
    65001: "utf-8",
}
_BY_CHARSET: Final = {
    77: "mac-roman",
    78: "cp932",
    79: "cp949",
    80: "gb18030",
    81: "cp950",
    84: "mac-arabic",
    85: "mac-greek",
    86: "mac-turkish",
    88: "mac-latin2",
    89: "mac-cyrillic",
    128: "cp932",
    129: "cp949",
    130: "johab",
    134: "gb18030",
    136: "cp950",
    161: "cp1253",
    162: "cp1254",
    163: "cp1258",
    177: "cp1255",
    178: "cp1256",
    179: "cp1256",
    180: "cp1256",
    181: "cp1255",
    186: "cp1257",
    204: "cp1251",
    222: "cp874",
    238: "cp1250",
    254: "cp437",
    255: "cp850",
}
SYMBOL: Final = "symbol"
"""Stands for the charset of a symbol font, whose high bytes are pictures and not letters."""

DOUBLE_BYTE: Final = frozenset(("gb18030", "cp950", "big5hkscs", "cp932", "cp949", "johab", "euc_jp"))
"""Encodings in which a letter beyond ASCII takes two bytes or more, the first of them a high one."""

_HIGH_RUN: Final = re.compile(rb"[\x80-\xff]+")
_PAIRED_SHARE: Final = 0.8

_KNOWN: Final = {module: codecs.lookup(module).name for module in _MODULES}
_KNOWN_NAMES: Final = frozenset(_KNOWN.values())
# The detector opens its models when it first meets a text that is not plainly Chinese.
chardet.detect_all("Список лиц, été à l'école".encode("cp1251", "replace"), ignore_threshold=True)


def codec_of_label(label: str) -> str:
    """Give the codec that a file means by a declared encoding, or "" when the name is unknown or unsafe."""
    plain = encodings.normalize_encoding(label.strip().lower())
    name = _LABELS.get(plain) or _KNOWN.get(encodings.aliases.aliases.get(plain, plain), "")
    return _WIDER.get(name, name)


def codec_of_codepage(number: int) -> str:
    """Give the codec of a Windows or Mac code page by its number, or "" for one that nobody knows."""
    if number in _BY_NUMBER:
        return _BY_NUMBER[number]
    return _WIDER.get(f"cp{number}", f"cp{number}") if f"cp{number}" in _KNOWN_NAMES else ""


def codec_of_charset(number: int) -> str:
    """Give the codec of a Windows font charset, SYMBOL for pictures, or "" where the document's own holds."""
    return SYMBOL if number == 2 else _BY_CHARSET.get(number, "")


def looks_double_byte(data: bytes, codec: str) -> bool:
    """Tell whether bytes are letters of two bytes in that codec: they decode, and high bytes stand in company."""
    if codec not in DOUBLE_BYTE:
        return False
    runs = [len(found) for found in _HIGH_RUN.findall(data)]
    if sum(length for length in runs if length > 1) < _PAIRED_SHARE * sum(runs):
        return False
    try:
        codecs.getincrementaldecoder(codec)("strict").decode(data, False)
    except UnicodeError:
        return False
    return bool(runs)
