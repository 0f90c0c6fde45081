"""What in a text or a name may be a password: what stands behind a word such as "password", 口令 or пароль.

Offices write the password of a list into the notice that goes with it, or into its name. Only such strings are
offered, graded by how plainly they are said to be one; nothing is ever broken into.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

CUE: Final = (
    r"(?i)口令|密码|密碼|暗号|暗號|暗码|提取码|解压码|授权码|暗証番号|パスワード|비밀번호|암호|passwor[dt]s?|passwd|"
    r"passphrase|passcode|\bpwd\b|\bpass\b|\bpw\b|парол[а-яё]*|құпия ?сөз|پارول(?:ى|نى|لار)?|مەخپىي نومۇر|شىفىر|"
    r"كلمة ?(?:المرور|السر)|رمز عبور|kennwort|mot de passe|contraseña|senha|şifre|mật khẩu"
)
"""What announces a password, in a form that Arrow and Python both read."""

STATED, NEAR, BESIDE = range(3)
"""How plainly a string is said to be a password: it is stated, it stands right at a label, or somewhere behind one."""

LONGEST: Final = 255
"""Characters in a password at the most, as in Office."""

Graded = tuple[str, int]
"""A string and how plainly it is said to be a password."""

_CUE: Final = re.compile(CUE)
_OUTSIDE: Final = r"\s\x00-\x1f\x7f，。、；;“”\"‘’「」『』《》()（）\[\]【】<>"
_SAYS: Final = re.compile(
    r"\s*(?:(?:[:：=＝→—–-]+|是|为|為|改为|改為|is\b|was\b|ist\b|est\b|es\b|это\b)\s*)+", re.IGNORECASE
)
_LATER: Final = re.compile(
    r"[^\n]{1,40}?(?:(?:[:：=＝→]|是|为|為|\b(?:is|was|are|ist|est|es|это)\b)\s*)+", re.IGNORECASE
)
_OPENS: Final = " \t\u3000\"'“”‘’「『《(（[【<"
_TOKEN: Final = re.compile(rf"[^{_OUTSIDE}]{{1,64}}")
_QUOTED: Final = re.compile(r"[\"'“‘「『《]([^\"'”’」』》\r\n]{1,64})[\"'”’」』》]")
_WORD: Final = re.compile(rf"[^{_OUTSIDE}:：,'=]{{4,40}}")
_ASCII: Final = re.compile(r"[!-~]+")
_ENDS: Final = ".,!?:;…'"
_NAME_WORD: Final = re.compile(r"[\u3400-\u9fff]+|[^\W_\u3400-\u9fff]+")
_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_AHEAD: Final = 200
_MOST_CUES: Final = 20
_LABEL: Final = 24
_SHORTEST: Final = 4
_LONGEST_RUN: Final = 16


def has_cue(text: str) -> bool:
    """Say whether a text announces a password."""
    return _CUE.search(text) is not None


def stated(text: str) -> list[Graded]:
    """Give the strings that stand behind each cue of a text, the plainest first; of a long text only near the cues."""
    found: dict[str, int] = {}
    for number, cue in enumerate(_CUE.finditer(text)):
        if number == _MOST_CUES:
            break
        behind = text[cue.end() : cue.end() + _AHEAD]
        for word, grade in _behind(behind):
            found[word] = min(grade, found.get(word, grade))
    return sorted(found.items(), key=lambda pair: pair[1])


def _behind(behind: str) -> Iterator[Graded]:
    """Give what may be a password in the text behind a cue."""
    says = _SAYS.match(behind)
    rest = behind[says.end() :] if says else behind
    line = rest.lstrip("\r\n \t").partition("\n")[0]
    token = _TOKEN.match(line.lstrip(_OPENS))
    if token:
        # Without a colon or "is" a word behind a cue is most often the rest of the sentence.
        plain = STATED if says or _looks_made_up(token[0]) else BESIDE
        yield from ((form, plain) for form in _forms(token[0]))
    later = _LATER.match(line)
    token = _TOKEN.match(line[later.end() :].lstrip(_OPENS)) if later else None
    if token:
        yield from ((form, STATED if _looks_made_up(token[0]) else NEAR) for form in _forms(token[0]))
    if says and " " in line.strip() and not _HAN.search(line):
        yield line.strip()[:64], NEAR
    for quoted in _QUOTED.findall(behind[:64]):
        yield quoted.strip(), STATED
    yield from ((word, BESIDE) for word in _WORD.findall(behind))


def _looks_made_up(token: str) -> bool:
    """Say whether a word begins as no word of a language does: with digits or signs in it, or a number."""
    begun = _ASCII.match(token)
    return begun is not None and any(not sign.isalpha() for sign in begun[0].rstrip(_ENDS))


def _forms(token: str) -> Iterator[str]:
    """Give a word as it stands, without signs that end a sentence, and its part before another script begins."""
    yield token
    bare = token.rstrip(_ENDS)
    if bare:
        yield bare
    ascii_part = _ASCII.match(token)
    if ascii_part and ascii_part[0] != token:
        yield ascii_part[0]
        yield ascii_part[0].rstrip(_ENDS)


def beside(label: str, texts: Sequence[str]) -> list[Graded]:
    """Give what stands in the texts next to one with a cue: as a whole where that one is no more than a label."""
    grade = NEAR if len(label.strip()) <= _LABEL or label.rstrip()[-1:] in (":", "：", "=") else BESIDE
    found: list[Graded] = []
    for text in texts:
        whole = text.strip()
        if whole and len(whole) <= 64 and "\n" not in whole:
            found.append((whole, grade))
        found += [(word, BESIDE) for word in _WORD.findall(text[:_AHEAD])]
    return found


def in_name(name: str) -> list[Graded]:
    """Give what the name of a file or folder states to be a password, as in `名单(密码123456).xlsx`."""
    bare = name.rsplit(".", 1)[0] if "." in name[1:] else name
    # A name writes blanks as low lines.
    found = {**dict(stated(bare.replace("_", " "))), **dict(stated(bare))}
    return [(word, grade) for word, grade in found.items() if grade in (STATED, NEAR)]


def words_of_name(name: str) -> list[str]:
    """Give the words of a name without its ending; of a Chinese run its beginnings, longest first."""
    bare = name.rsplit(".", 1)[0] if "." in name[1:] else name
    words = [bare]
    for word in _NAME_WORD.findall(bare):
        words.append(word)
        if _HAN.match(word):
            words += [word[:length] for length in range(min(len(word), _LONGEST_RUN) - 1, _SHORTEST - 1, -1)]
    return [word for word in dict.fromkeys(words) if len(word) >= _SHORTEST]


def variants(word: str) -> Iterator[str]:
    """Give a word as it stands, and with full-width letters and digits as ordinary ones."""
    whole = word.strip()
    if whole and len(whole) <= LONGEST:
        yield whole
        plain = unicodedata.normalize("NFKC", whole)
        if plain != whole and len(plain) <= LONGEST:
            yield plain


def likely(graded: Iterable[Graded]) -> list[Graded]:
    """Put the plainest first, and of those the ones that look most like a password: signs, digits and letters mixed."""
    best: dict[str, int] = {}
    for word, grade in graded:
        for form in variants(word):
            best[form] = min(grade, best.get(form, grade))
    return sorted(
        best.items(), key=lambda pair: (pair[1], -_kinds(pair[0]), bool(_HAN.search(pair[0])), pair[0])
    )


def _kinds(word: str) -> int:
    """Count the kinds of characters in a word: capital and small letters, digits, signs."""
    tests = (str.isupper, str.islower, str.isdigit, lambda character: not character.isalnum())
    return sum(any(test(character) for character in word) for test in tests)
