"""Records what each format gives while it is tested, and makes of it the table "format and what we keep" of the manual.

A mark in the table means: a test has seen that come out of the format. Tests on public files do not count, so that
the table is the same wherever it is made.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from proofroom.extract.detection.extensions import EXTENSIONS
from proofroom.extract.format import Format
from proofroom.extract.formats import BUILT_IN
from proofroom.model.evidence import Flag, PieceKind
from proofroom.model.where import parse_parts

BEGIN: Final = (
    "<!-- what is kept: written by the tests of the formats; `pytest tests/unit/extract --write-kept` -->\n"
)
_FORMATS: Final = "proofroom.extract.formats."
_HIDING: Final = (
    Flag.HIDDEN_ROW | Flag.HIDDEN_COLUMN | Flag.HIDDEN_SHEET | Flag.VERY_HIDDEN_SHEET | Flag.HIDDEN_TEXT
)
_LEFT: Final = ("leftover", "edit", "revision", "deleted-row", "recovered", "free")
_BESIDE: Final = ("link", "alt", "picture", "object", "file", "attachment")

FEATURES: Final[dict[str, str]] = {
    "text": "lines, paragraphs, shapes",
    "cells": "cells with their addresses",
    "formulas": "formulas",
    "shown": "number formats and what is shown",
    "hidden": "what is hidden: rows, columns, sheets, slides, text",
    "changes": "tracked changes and what was deleted",
    "comments": "comments and annotations",
    "notes": "notes, footnotes",
    "margins": "headers and footers",
    "beside": "links, descriptions, and at which place a picture or file hangs",
    "boxes": "where on the page each line stands",
    "properties": "properties of the file and its container",
    "members": "what is inside becomes files of their own",
    "left": "what is left over in the file from before",
    "states": "damage, locks and limits end in a state",
}

kept: dict[str, set[str]] = {}
"""What was seen of each format, by the name of its module."""
counts = True
"""Whether the test that runs may say something."""
skipped = 0
"""How many tests were not run for want of something on this machine."""


def note(read: Callable[..., Any], sink: Any) -> None:
    """Take what one reading gave; `read` names the format by the module it stands in."""
    name = read.__module__.removeprefix(_FORMATS)
    if counts and name in BUILT_IN:
        kept.setdefault(name, set()).update(_seen(sink))


def _seen(sink: Any) -> set[str]:
    """Say which features a sink shows."""
    found: set[str] = set()
    flags = (
        getattr(sink, "flags", None) or getattr(sink, "pinned", None) or dict.fromkeys(sink.said, Flag.NONE)
    )
    found |= {name for part, flag in flags.items() for name in _of_line(part, flag)}
    for kind in getattr(sink, "kinds", {}).values():
        found |= _OF_KIND.get(kind, set())
    cells = getattr(sink, "kept", {}).values()
    found |= {"cells"} if cells else set()
    for cell in cells:
        found |= {"formulas"} if cell.formula else set()
        found |= {"shown"} if cell.format or cell.shown else set()
        found |= {"hidden"} if cell.flags & _HIDING else set()
    found |= {"hidden"} if any(flag for _, flag in getattr(sink, "sheets", {}).values()) else set()
    simple = {"boxes": "boxes", "properties": "properties", "members": "members"}
    found |= {name for name, of in simple.items() if getattr(sink, of, None)}
    return found | ({"states"} if sink.ended or sink.partial else set())


def _of_line(part: str, flag: Flag) -> set[str]:
    """Say what the address and the flags of a line show."""
    keys = {key for key, _ in parse_parts(part)}
    found = {"hidden"} if flag & _HIDING else set()
    found |= {"changes"} if flag & (Flag.DELETED | Flag.INSERTED) or "deleted" in keys else set()
    found |= {"left"} if keys.intersection(_LEFT) else set()
    found |= {"beside"} if keys.intersection(_BESIDE) else set()
    found |= {"comments"} if keys & {"comment", "annotation"} else set()
    found |= {"notes"} if keys & {"note", "notes"} else set()
    found |= {"margins"} if keys & {"header", "footer"} else set()
    return found | ({"text"} if not keys & {"meta"} else set())


_OF_KIND: Final = {
    PieceKind.COMMENT: {"comments"},
    PieceKind.NOTE: {"notes"},
    PieceKind.HEADER: {"margins"},
    PieceKind.FOOTER: {"margins"},
}


def table() -> str:
    """Write the table: a row for each format, a column for each feature."""
    names = list(FEATURES)
    lines = [f"| format | usual endings | {' | '.join(names)} |", "|---|---|" + ":-:|" * len(names)]
    for name in BUILT_IN:
        built: Format = importlib.import_module(_FORMATS + name).FORMAT
        types = sorted(one for one in built.media_types if not one.endswith("*"))
        endings = list(dict.fromkeys(word for one in types for word in EXTENSIONS.get(one, "").split()))
        marks = " | ".join("•" if one in kept.get(name, ()) else " " for one in names)
        lines.append(f"| `{name}` | {', '.join(endings[:6])} | {marks} |")
    meanings = "\n".join(f"- **{name}**: {meaning}" for name, meaning in FEATURES.items())
    return BEGIN + "\n".join(lines) + "\n\n" + meanings + "\n"


def page_with(page: Path) -> str:
    """Give the text of the page with the table as the tests have it now."""
    return page.read_text("utf-8").partition(BEGIN)[0] + table()


def lacking(page: Path) -> str:
    """Say in which row the page claims other marks than the tests have seen; "" when it is right."""
    written, ours = page.read_text("utf-8"), page_with(page)
    pairs = zip(written.splitlines(), [*ours.splitlines(), *[""] * written.count("\n")], strict=False)
    return next((f"{one!r} should be {other!r}" for one, other in pairs if one != other), "")
