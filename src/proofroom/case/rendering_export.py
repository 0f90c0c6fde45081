"""Give texts out to those who render them: as a table or as XLIFF, each with the address to send it back under."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from proofroom.errors import BadRendering

FORMS: Final = ("csv", "xlf")
_NOT_IN_XML: Final = dict.fromkeys(
    (*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF), "\N{REPLACEMENT CHARACTER}"
)


def written(form: str, texts: Iterable[tuple[str, str]], source: str, language: str) -> bytes:
    """Write texts with their addresses; raises BadRendering for a form that is none of `FORMS`.

    A cell of the table that a spreadsheet would take for a formula begins with an apostrophe (CWE-1236).
    """
    if form == "csv":
        return _csv(texts, language)
    if form == "xlf":
        return _xliff(texts, source, language)
    raise BadRendering(f"{form!r} is no form that is written", remedy=f"The forms are {', '.join(FORMS)}.")


def _csv(texts: Iterable[tuple[str, str]], language: str) -> bytes:
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow(("where", "source", "text", "language"))
    for where, text in texts:
        rows.writerow((where, f"'{text}" if text.startswith(tuple("=+-@\t\r")) else text, "", language))
    return out.getvalue().encode("utf-8-sig", "surrogatepass")


def _xliff(texts: Iterable[tuple[str, str]], source: str, language: str) -> bytes:
    """Write XLIFF 1.2 (OASIS, 2008): what every translator's program reads."""
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<xliff xmlns="urn:oasis:names:tc:xliff:document:1.2" version="1.2">'
        f'<file original="proofroom" datatype="plaintext" source-language={quoteattr(source)} '
        f"target-language={quoteattr(language)}><body>\n"
    )
    units = [
        f'<trans-unit id="{number}" resname={quoteattr(where)}><source>{escape(_clean(text))}</source></trans-unit>\n'
        for number, (where, text) in enumerate(texts, 1)
    ]
    return (head + "".join(units) + "</body></file></xliff>\n").encode("utf-8", "replace")


def _clean(text: str) -> str:
    """Replace what no XML may hold."""
    return text.translate(_NOT_IN_XML)
