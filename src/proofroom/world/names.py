"""Invents the names of people in three scripts, from a grammar of syllables that no language has.

The scripts are real and the persons are not: a name is a given name and a father's name, each of two
or three syllables, written in Latin, in Han transliteration joined by `·`, and in the Uyghur Arabic
script. Officials carry Han names of two or three characters whose surnames nobody bears.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

# Latin, Han, another usual Han spelling of the same sound, Uyghur Arabic script.
_SYLLABLES = (
    ("ve", "维", "韦", "ۋې"),
    ("shka", "什卡", "希卡", "شكا"),
    ("ru", "鲁", "茹", "رۇ"),
    ("to", "托", "陀", "تو"),
    ("min", "敏", "闽", "مىن"),
    ("lo", "洛", "罗", "لو"),
    ("zhe", "哲", "者", "جې"),
    ("ka", "卡", "喀", "كا"),
    ("du", "杜", "都", "دۇ"),
    ("fe", "菲", "费", "فې"),
    ("gor", "戈尔", "格尔", "گور"),
    ("hel", "赫勒", "黑勒", "ھېل"),
    ("chi", "奇", "齐", "چى"),
    ("bru", "布鲁", "卜鲁", "برۇ"),
    ("sa", "萨", "沙", "سا"),
    ("yo", "约", "尤", "يو"),
    ("pel", "佩勒", "派勒", "پېل"),
    ("na", "纳", "娜", "نا"),
    ("om", "奥姆", "欧姆", "ئوم"),
    ("tes", "泰斯", "台斯", "تېس"),
    ("vra", "夫拉", "伏拉", "ۋرا"),
    ("lun", "伦", "仑", "لۇن"),
    ("kep", "凯普", "克普", "كېپ"),
    ("dri", "德里", "得里", "درى"),
    ("mok", "莫克", "墨克", "موك"),
    ("jas", "贾斯", "加斯", "جاس"),
    ("wem", "文姆", "威姆", "ۋېم"),
    ("po", "波", "坡", "پو"),
    ("ne", "内", "涅", "نې"),
    ("zul", "祖勒", "足勒", "زۇل"),
    ("shi", "希", "西", "شى"),
    ("gal", "加勒", "嘎勒", "گال"),
    ("te", "特", "忒", "تې"),
    ("orn", "奥恩", "欧恩", "ئورن"),
    ("bi", "比", "毕", "بى"),
    ("lim", "利姆", "里姆", "لىم"),
)
_DOTS = ("•", "．", "・", "", " ", ".")
_OFFICIAL_FAMILY = "霜岫砚汀曙苔笙檐渚砾"
_OFFICIAL_GIVEN = "衡朔峤澜禾砺琚昀漪屹棠翊"
HAN_DOT = "·"


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name as syllable numbers; its three written forms follow from them."""

    given: tuple[int, ...]
    father: tuple[int, ...]

    @property
    def han(self) -> str:
        """The name in Han transliteration."""
        return _han(self.given) + HAN_DOT + _han(self.father)

    @property
    def latin(self) -> str:
        """The name in Latin letters."""
        return f"{_latin(self.given)} {_latin(self.father)}"

    @property
    def arabic(self) -> str:
        """The name in the Uyghur Arabic script."""
        return f"{_arabic(self.given)} {_arabic(self.father)}"

    def words(self) -> tuple[str, ...]:
        """Give every word of every written form, for the check against real names."""
        latin = (_latin(self.given), _latin(self.father))
        return (*latin, _han(self.given), _han(self.father), self.han, self.latin, self.arabic)


def invent(rng: random.Random, father: tuple[int, ...] | None = None) -> Name:
    """Invent a name; with `father`, a child of that given name. Words that are real names are drawn again."""
    while True:
        name = Name(_word(rng), father or _word(rng))
        if not clashes(name.words()):
            return name


def official(rng: random.Random) -> str:
    """Invent a Han name of two or three characters, shaped like an ordinary one."""
    given = rng.sample(_OFFICIAL_GIVEN, rng.choice((1, 2, 2)))
    return rng.choice(_OFFICIAL_FAMILY) + "".join(given)


def variant(name: Name, rng: random.Random) -> str:
    """Give another spelling of the Han form, as another clerk would write it; never the form itself."""
    dot = HAN_DOT if rng.random() < 0.5 else rng.choice(_DOTS)
    given, father = _han(name.given), _han(name.father)
    if dot == HAN_DOT or rng.random() < 0.3:
        given, father = _respelled(name.given, rng), _respelled(name.father, rng)
    written = given + dot + father
    return written if written != name.han else given + rng.choice(_DOTS) + father


def clashes(words: tuple[str, ...] | list[str]) -> set[str]:
    """Give those of the words that stand among the bundled real place and country names."""
    known = real_names()
    return {word for word in words if word.casefold() in known}


@cache
def real_names() -> frozenset[str]:
    """Give the bundled real names (Natural Earth's countries and cities, regions of the PRC), casefolded."""
    text = files("proofroom.world").joinpath("data/real_names.txt").read_text("utf-8")
    return frozenset(line.casefold() for line in text.splitlines() if line and not line.startswith("#"))


def _word(rng: random.Random) -> tuple[int, ...]:
    return tuple(rng.sample(range(len(_SYLLABLES)), rng.choice((2, 2, 3))))


def _latin(word: tuple[int, ...]) -> str:
    return "".join(_SYLLABLES[number][0] for number in word).capitalize()


def _han(word: tuple[int, ...]) -> str:
    return "".join(_SYLLABLES[number][1] for number in word)


def _arabic(word: tuple[int, ...]) -> str:
    first, *rest = (_SYLLABLES[number][3] for number in word)
    return first + "".join(syllable.removeprefix("ئ") for syllable in rest)


def _respelled(word: tuple[int, ...], rng: random.Random) -> str:
    changed = rng.randrange(len(word))
    return "".join(_SYLLABLES[number][2 if place == changed else 1] for place, number in enumerate(word))
