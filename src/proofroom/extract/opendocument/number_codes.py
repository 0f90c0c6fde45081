"""Write the number formats of OpenDocument (ODF 1.3 part 3, 16.29) as the codes that spreadsheets show."""

from __future__ import annotations

from typing import Final

from proofroom.extract.ooxml.safe_xml import Attributes, attribute, whole_number

_STYLES: Final = frozenset(
    f"number:{kind}-style" for kind in ("number", "currency", "percentage", "date", "time", "boolean", "text")
)
_GENERAL: Final = "General"
_MOST: Final = 65_536
_LONGEST: Final = 4_096
_MOST_DIGITS: Final = 64
_LONG: Final = "long"
_DATES: Final = {
    "number:day": ("d", "dd"),
    "number:month": ("m", "mm"),
    "number:year": ("yy", "yyyy"),
    "number:era": ("g", "ggg"),
    "number:day-of-week": ("ddd", "dddd"),
    "number:quarter": ("q", "qq"),
    "number:week-of-year": ("ww", "ww"),
    "number:hours": ("h", "hh"),
    "number:minutes": ("m", "mm"),
    "number:seconds": ("s", "ss"),
    "number:am-pm": ("AM/PM", "AM/PM"),
}
_TEXTS: Final = ("number:text", "number:currency-symbol")


class OdsFormats:
    """Takes data styles and gives the table of their codes."""

    def __init__(self) -> None:
        """Begin without any."""
        self.codes: list[str] = []
        self._places: dict[str, int] = {}
        self._by_style: dict[str, str] = {}
        self._maps: dict[str, list[tuple[str, str]]] = {}
        self._style = ""
        self._pieces: list[str] | None = None
        self._elapsed = self._text = False

    def start(self, name: str, attributes: Attributes) -> None:
        """Take the start of an element."""
        if name in _STYLES:
            self._style, self._pieces = attribute(attributes, "name"), []
            self._elapsed = attribute(attributes, "truncate-on-overflow") == "false"
        elif self._pieces is None:
            return
        elif name in _DATES:
            self._pieces.append(self._date(name, attributes))
        elif name in _TEXTS:
            self._text = True
        elif name == "style:map":
            told = (
                attribute(attributes, "condition").removeprefix("value()"),
                attribute(attributes, "apply-style-name"),
            )
            self._maps.setdefault(self._style, []).append(told)
        else:
            self._pieces.append(_number(name, attributes))

    def text(self, untrusted_text: str) -> None:
        """Take what stands between the digits as it is."""
        if self._pieces is not None and self._text and untrusted_text:
            plain = all(sign in " -/:.,()+%" for sign in untrusted_text)
            self._pieces.append(untrusted_text if plain else f'"{untrusted_text}"')

    def end(self, name: str) -> None:
        """Take the end of an element."""
        if name in _TEXTS:
            self._text = False
        elif name in _STYLES and self._pieces is not None:
            if len(self._by_style) < _MOST:
                self._by_style[self._style] = "".join(self._pieces)[:_LONGEST] or _GENERAL
            self._pieces = None

    def place(self, style: str) -> int:
        """Give the place of a data style in the table of codes, -1 for one that is not there."""
        code = self._code(style)
        if not code:
            return -1
        if code not in self._places:
            self._places[code] = len(self.codes)
            self.codes.append(code)
        return self._places[code]

    def fill(self) -> None:
        """Put all codes into the table, so that it can be given before the first cell."""
        for style in self._by_style:
            self.place(style)

    def _code(self, style: str) -> str:
        """Give the code of a style, with the conditions under which another one shows the value."""
        code = self._by_style.get(style, "")
        maps = self._maps.get(style, ())
        if not code or not maps:
            return code
        parts = [f"[{told}]{self._by_style.get(other, '')}" for told, other in maps[:2]]
        return ";".join((*parts, code))[:_LONGEST]

    def _date(self, name: str, attributes: Attributes) -> str:
        short, long = _DATES[name]
        code = long if attribute(attributes, "style") == _LONG else short
        if name == "number:month" and attribute(attributes, "textual") == "true":
            code = "mmmm" if attribute(attributes, "style") == _LONG else "mmm"
        places = whole_number(attribute(attributes, "decimal-places")) or 0
        if name == "number:seconds" and places:
            code += "." + "0" * min(places, _MOST_DIGITS)
        if self._elapsed and name in ("number:hours", "number:minutes", "number:seconds"):
            self._elapsed = False
            return f"[{code}]"
        return code


def _count(attributes: Attributes, name: str, otherwise: int = 0) -> int:
    found = whole_number(attribute(attributes, name))
    return otherwise if found is None else min(found, _MOST_DIGITS)


def _number(name: str, attributes: Attributes) -> str:
    """Write the digits of a number, a fraction, or a text's place."""
    if name == "number:text-content":
        return "@"
    if name == "number:boolean":
        return "BOOLEAN"
    if name == "number:fraction":
        whole = "#" * min(1, _count(attributes, "min-integer-digits", 1))
        above = "?" * max(_count(attributes, "min-numerator-digits", 1), 1)
        below = attribute(attributes, "denominator-value") or "?" * max(
            _count(attributes, "min-denominator-digits", 1), 1
        )
        return f"{whole} {above}/{below}".strip()
    if name not in ("number:number", "number:scientific-number"):
        return ""
    if (
        name == "number:number"
        and not attribute(attributes, "decimal-places")
        and (
            not attribute(attributes, "min-decimal-places")
            and attribute(attributes, "min-integer-digits") in ("", "1")
            and attribute(attributes, "grouping") != "true"
        )
    ):
        return _GENERAL
    whole = "0" * _count(attributes, "min-integer-digits") or "#"
    if attribute(attributes, "grouping") == "true":
        whole = "#,##" + whole if len(whole) == 1 else "#," + whole.rjust(4, "#")
    places = _count(attributes, "decimal-places")
    least = min(_count(attributes, "min-decimal-places", places), places)
    code = whole + ("." + "0" * least + "#" * (places - least) if places else "")
    if name == "number:scientific-number":
        code += "E+" + "0" * max(_count(attributes, "min-exponent-digits", 1), 1)
    return code
