"""Tell what a workbook says of itself and of its making: program, folder, names, fonts, connections, order of formulas.

These are facts for whoever examines where a file comes from; none of them stands in a cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from proofroom.extract.format import Sink
from proofroom.extract.ooxml.package import DamagedPart, Package
from proofroom.extract.ooxml.relationships import small_part
from proofroom.extract.ooxml.safe_xml import Element
from proofroom.extract.ooxml.workbook import ABOUT, Workbook
from proofroom.extract.tabular.formula_scope import quoted
from proofroom.extract.tabular.told import tell

_MOST: Final = 64
"""Fonts, styles and cells that are named at the most; of others their number is told."""

_CONNECTION: Final = ("dbPr", "olapPr", "webPr", "textPr", "oledbPr", "rangePr")
_CONNECTED: Final = ("connection", "sourceFile", "url", "sourceName")
_ASKED: Final = ("command", "serverCommand", "post")
_CALCULATED: Final = re.compile(rb"<(?:[A-Za-z0-9]+:)?c\b[^>]*>")
_CELL: Final = re.compile(rb'\sr="([A-Z0-9]+)"')
_LONGEST_TAG: Final = 1 << 16
_SHEET: Final = re.compile(rb'\si="([0-9]+)"')


def send_workbook_facts(package: Package, workbook: Workbook, styles: Element, sink: Sink) -> None:
    """Send all that the workbook part and the parts around it say of the workbook's making."""
    for element in workbook.about:
        tell(sink, f"ooxml:{ABOUT[element.name]}", element.get("url") or _attributes(element))
        tell(sink, "ooxml:file-sharing-user", element.get("userName"))
    _send_names(workbook, sink)
    tell(sink, "ooxml:sheet-ids", " ".join(workbook.sheet_ids[:_MOST]))
    _send_styles(styles, sink)
    theme = small_part(package, workbook.target("theme", "xl/theme/theme1.xml"), sink.partly)
    named = [one.get("name") for name in ("theme", "clrScheme", "fontScheme") for one in theme.all(name)[:1]]
    tell(sink, "ooxml:theme", " / ".join(named))
    _send_connections(package, workbook, sink)
    _send_chain(package, workbook, sink)


def _attributes(element: Element) -> str:
    """Write all attributes of an element."""
    return " ".join(f"{key.rpartition(' ')[2]}={value}" for key, value in element.attributes.items())


def _send_names(workbook: Workbook, sink: Sink) -> None:
    """Send defined names, those of one sheet with the sheet before them."""
    if workbook.date1904:
        sink.meta("ooxml:date-system", "1904")
    for one in workbook.names:
        named = one.untrusted_name
        if one.sheet is not None and one.sheet < len(workbook.sheets):
            named = f"{quoted(workbook.sheets[one.sheet].untrusted_name)}!{named}"
        key = "ooxml:defined-name-hidden" if one.hidden else "ooxml:defined-name"
        tell(sink, key, f"{named}={one.untrusted_formula}")
        if one.untrusted_comment:
            tell(sink, "ooxml:defined-name-comment", f"{named}={one.untrusted_comment}")


def _send_styles(styles: Element, sink: Sink) -> None:
    """Send which fonts the cells use, and the styles that somebody made: copying cells carries them along."""
    fonts = [one.get("val") for font in styles.all("font") for one in font.all("name") + font.all("rFont")]
    _send_some(sink, "font", fonts)
    made = [one.get("name") for one in styles.all("cellStyle") if not one.get("builtinId")]
    _send_some(sink, "cell-style", made)


def _send_some(sink: Sink, key: str, names: list[str]) -> None:
    """Send each of some names once; of very many, how many more there are."""
    unique = [name for name in dict.fromkeys(names) if name]
    for name in unique[:_MOST]:
        tell(sink, f"ooxml:{key}", name)
    if len(unique) > _MOST:
        sink.meta(f"ooxml:{key}-more", str(len(unique) - _MOST))


def _send_connections(package: Package, workbook: Workbook, sink: Sink) -> None:
    """Send which databases, files and addresses the workbook is filled from, and what it asks them for."""
    tree = small_part(package, workbook.target("connections", "xl/connections.xml"), sink.partly)
    for connection in tree.all("connection"):
        said = [connection.get(name) for name in ("name", "description", "sourceFile", "odcFile")]
        for one in connection.walk():
            if one.name not in _CONNECTION:
                continue
            said += [one.get(name) for name in _CONNECTED]
            for name in _ASKED:
                tell(sink, "ooxml:query", one.get(name))
        tell(sink, "ooxml:connection", " ".join(filter(None, said)))


def _send_chain(package: Package, workbook: Workbook, sink: Sink) -> None:
    """Send in which order formulas are calculated, which follows the order in which they were entered."""
    entry = package.find(workbook.target("calcChain", "xl/calcChain.xml"))
    if entry is None:
        return
    count, first, sheet = 0, list[str](), b""
    try:
        for tag in _tags(package.blocks(entry)):
            count += 1
            stated = _SHEET.search(tag)
            sheet = stated.group(1) if stated else sheet
            if len(first) < _MOST and (cell := _CELL.search(tag)):
                first.append(
                    f"{sheet.decode()}!{cell.group(1).decode()}" if stated else cell.group(1).decode()
                )
    except DamagedPart as damaged:
        sink.partly(damaged.reason)
    if count:
        sink.meta(
            "ooxml:calculation-order", f"{count} cells: {' '.join(first)}{' …' if count > len(first) else ''}"
        )


def _tags(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Find the tags of cells in a stream of blocks."""
    waiting = b""
    for block in blocks:
        waiting += block
        cut = waiting.rfind(b">") + 1
        yield from _CALCULATED.findall(waiting[:cut])
        waiting = waiting[cut:] if len(waiting) - cut < _LONGEST_TAG else b""
