"""Find the renderings in a file that a translator, a transcriber or an engine made, and what each is of.

Four forms: a table (CSV, TSV, a workbook's first sheet) whose first row names its columns, `where` and `text`
among them; XLIFF whose units are named by addresses, as ours are; subtitles, for one recording; and any other
text, which as a whole is of one address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from proofroom.errors import BadWhere
from proofroom.extract.renderings.reading import SentFile
from proofroom.model.where import Where, format_parts, parse_parts, parse_where

_TEXTS: Final = ("text", "translation", "transcript", "target")
_CLOCK: Final = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d{2})[,.](\d{1,3})\Z")
_XLIFF: Final = "application/xliff+xml"
_SUBTITLES: Final = ("application/x-subrip", "text/vtt")


@dataclass(frozen=True, slots=True)
class Sent:
    """One rendering as it came: its address, or why it has none, its text, and what the file says of it.

    place: where in the file it stands, for whoever has to mend it. A text of nothing but blanks is still to be
    translated.
    """

    place: str
    where: Where | None
    untrusted_text: str
    language: str = ""


def renderings_in(sent: SentFile, of: Where | None) -> Iterator[Sent]:
    """Give the renderings in a file; `of` is what they are of where the file does not say it itself."""
    if sent.cells:
        yield from _in_table(sent)
    elif sent.media_type == _XLIFF:
        yield from _in_units(sent, of)
    elif sent.media_type in _SUBTITLES:
        yield from _in_cues(sent, of)
    else:
        text = "\n".join(text for part, text in sent.lines if not part.startswith("meta="))
        yield Sent("the whole file", of, text)


def _in_table(sent: SentFile) -> Iterator[Sent]:
    """Read a table; its first row says which column holds what."""
    first = min(sheet for sheet, *_rest in sent.cells)
    rows: dict[int, dict[int, str]] = {}
    for sheet, row, column, text in sent.cells:
        if sheet == first:
            rows.setdefault(row, {})[column] = text
    head = rows.pop(min(rows))
    columns = {text.strip().casefold(): column for column, text in head.items()}
    text_column = next((columns[name] for name in _TEXTS if name in columns), None)
    for row, cells in sorted(rows.items()):
        said = cells.get(text_column, "") if text_column is not None else ""
        where = _address(cells.get(columns.get("where", 0), ""))
        if said.strip() or (where is not None and text_column is not None):
            language = cells.get(columns.get("language", 0), "").strip()
            yield Sent(f"row {row}", where, said, language)


def _in_units(sent: SentFile, of: Where | None) -> Iterator[Sent]:
    """Read the units of an XLIFF file; a name or an id that is an address says what a unit is of."""
    units: dict[str, dict[str, str]] = {}
    language = ""
    for part, text in sent.lines:
        keys = dict(parse_parts(part))
        if keys.get("meta") == "xliff:target-language":
            language = text.strip()
        elif "unit" in keys:
            units.setdefault(keys["unit"], {})[list(keys)[1]] = text
    for number, unit in units.items():
        named = [unit.get("name", ""), *unit.get("id", "").split()]
        where = next((found for one in named if (found := _address(one)) is not None), None)
        said = unit.get("target", "")
        if said.strip() or where is not None:
            alone = of if len(units) == 1 else None
            yield Sent(f"unit {number}", where or alone, said, language)


def _in_cues(sent: SentFile, of: Where | None) -> Iterator[Sent]:
    """Read the cues of subtitles: each is of a stretch of time of the recording."""
    cues: dict[str, dict[str, str]] = {}
    for part, text in sent.lines:
        keys = parse_parts(part)
        if keys[0][0] == "cue":
            cues.setdefault(keys[0][1], {})[keys[1][0] if len(keys) > 1 else "text"] = text
    for number, cue in cues.items():
        if not cue.get("text", "").strip():
            continue
        times = (("from", clock(cue.get("from", ""))), ("to", clock(cue.get("to", ""))))
        where = None if of is None else Where(of.artifact, (*of.parts, *times))
        yield Sent(f"cue {number}", where, cue["text"])


def clock(written: str) -> str:
    """Write a time of subtitles in one form: `1:02,5` is `00:01:02.500`."""
    found = _CLOCK.match(written.strip())
    if found is None:
        return written.strip()
    hours, minutes, seconds, rest = found.groups()
    return f"{int(hours or 0):02}:{int(minutes):02}:{int(seconds):02}.{rest.ljust(3, '0')}"


def is_time(where: Where) -> bool:
    """Say whether an address is a stretch of time of a recording."""
    return [key for key, _ in where.parts[-2:]] == ["from", "to"]


def part_of(where: Where) -> str:
    """Give the part of an address as it is stored."""
    return format_parts(where.parts)


def _address(text: str) -> Where | None:
    """Read an address; None when it is none."""
    try:
        return parse_where(text) if text.strip() else None
    except BadWhere:
        return None
