"""Say which lines of a letter are quoted from others, and what is said of the letters that they quote."""

from __future__ import annotations

import re
from typing import Final

from proofroom.extract.format import Sink

_MARKS: Final = re.compile(r"[ \t]?(?:>[ \t]?)+")
_SEPARATOR: Final = re.compile(
    r"\s*(?:[-_=]{2,40}\s*(?:original message|original appointment|forwarded message|forwarded by .{1,120}|"
    r"ursprüngliche nachricht|message d'origine|mensaje original|исходное сообщение|пересылаемое сообщение|"
    r"原始邮件|原始郵件|邮件原件|郵件原件|转发的?邮件|轉寄的?郵件|转发邮件信息|回复的原邮件|原始消息)\s*[-_=]{0,40}"
    r"|begin forwarded message:)\s*\Z",
    re.IGNORECASE,
)
_SAID: Final = re.compile(
    r".{4,300}(?:wrote|writes|schrieb|a écrit|escribió|ha scritto|написал\(?а?\)?|пишет|写道|寫道|写到)\s*[:：]\s*\Z",
    re.IGNORECASE,
)
# Whoever fills a line with blanks must not make this look at each of them many times.
_FIELD: Final = re.compile(r"[\s*>]*+([^:：]{2,20}?)\s*+\*?[:：]\s*+\*?\s*+(\S.{0,2000})\Z")
_FIELDS: Final = {
    **dict.fromkeys(("from", "发件人", "寄件者", "寄件人", "von", "de", "от"), "from"),
    **dict.fromkeys(("to", "收件人", "收件者", "an", "à", "para", "кому"), "to"),
    **dict.fromkeys(("cc", "抄送", "副本", "копия"), "cc"),
    **dict.fromkeys(("subject", "主题", "主旨", "主題", "betreff", "objet", "asunto", "тема"), "subject"),
    **dict.fromkeys(
        ("date", "sent", "日期", "时间", "时 间", "发送时间", "发送日期", "寄件日期", "傳送時間", "datum"),
        "date",
    ),
    **dict.fromkeys(("gesendet", "envoyé", "enviado", "дата", "отправлено"), "date"),
}
_BEGINNINGS: Final = ("-", "_", "=", "b", "B")
_COLONS: Final = (":", "：")
_FIELD_LINES: Final = 12
_NEAR: Final = 2
_LONGEST: Final = 4_096
_MOST: Final = 1_000


class Quotes:
    """Looks at the lines of a body in their order, and sends what it saw at the end."""

    def __init__(self) -> None:
        """Begin with nothing seen."""
        self._found: list[tuple[str, str]] = []
        self._first = self._last = self._depth = 0
        self._letters = 0
        self._fields_until = 0
        self._from: tuple[int, str] | None = None

    def take(self, number: int, line: str) -> None:
        """Look at one line."""
        marks = _MARKS.match(line)
        depth = marks.group().count(">") if marks else 0
        if depth != self._depth or number != self._last + 1:
            self._close()
            self._first, self._depth = number, depth
        self._last = number
        plain = (line[marks.end() :] if marks else line)[:_LONGEST]
        parted = plain.lstrip()[:1] in _BEGINNINGS and _SEPARATOR.match(plain)
        if parted or (plain.rstrip()[-1:] in _COLONS and _SAID.match(plain)):
            self._begin(number, number)
        else:
            self._field(number, plain)

    def send(self, sink: Sink) -> None:
        """Send spans of quoted lines as `mail:quote`, and the quoted letters' own headers."""
        self._close()
        for key, value in self._found:
            sink.meta(key, value)
        self._found = []

    def _begin(self, first: int, number: int) -> None:
        self._letters += 1
        self._fields_until = number + _FIELD_LINES
        self._from = None
        self._say("mail:quoted", f"{self._letters} begins at para={first}")

    def _field(self, number: int, line: str) -> None:
        """Take a header of a quoted letter; where nothing parts it off, two of them in a row show where it begins."""
        found = _FIELD.match(line) if ":" in line or "：" in line else None
        name = _FIELDS.get(" ".join(found.group(1).split()).casefold()) if found else None
        value = found.group(2).strip() if found else ""
        if number <= self._fields_until:
            if name:
                self._say(f"mail:quoted:{self._letters}:{name}", value)
            elif line.strip():
                self._fields_until = 0
        elif name == "from":
            self._from = (number, value)
        elif name in ("date", "to") and self._from is not None and number - self._from[0] <= _NEAR:
            first, sender = self._from
            self._begin(first, number)
            self._say(f"mail:quoted:{self._letters}:from", sender)
            self._say(f"mail:quoted:{self._letters}:{name}", value)
        elif line.strip() and not name:
            self._from = None

    def _close(self) -> None:
        if self._depth:
            self._say("mail:quote", f"para={self._first} to para={self._last}, depth {self._depth}")
        self._depth = 0

    def _say(self, key: str, value: str) -> None:
        if len(self._found) < _MOST:
            self._found.append((key, value))
