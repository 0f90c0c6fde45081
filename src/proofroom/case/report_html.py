"""The parts of a printed page: escaped texts, tables and lists, and the one style they share; nothing is loaded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any, Final

from proofroom.language.visible import visible

STYLE: Final = """
:root { color-scheme: light; --ink: #1b1b1b; --soft: #5d5d5d; --line: #c9c9c9; --pale: #f4f3ef; --mark: #8c2f1b; }
* { box-sizing: border-box; }
html { background: #fff; }
body { margin: 0 auto; max-width: 62rem; padding: 2.5rem 1.5rem 4rem; color: var(--ink); background: #fff;
  font: 15px/1.5 "Noto Serif", "Source Serif 4", Georgia, "Noto Serif CJK SC", "Noto Naskh Arabic", serif; }
h1 { font-size: 2rem; line-height: 1.15; margin: 0 0 .3rem; font-weight: 600; }
h2 { font-size: 1.25rem; margin: 2.6rem 0 .7rem; padding-top: .5rem; border-top: 2px solid var(--ink);
  font-weight: 600; }
h3 { font-size: 1rem; margin: 1.6rem 0 .2rem; font-weight: 600; break-after: avoid; }
h2, h3 { break-after: avoid; }
p { margin: .35rem 0; max-width: 46rem; }
.soft, caption, dt { color: var(--soft); }
.warn { border-left: 4px solid var(--mark); padding: .5rem .9rem; background: var(--pale); max-width: none; }
.sum { font-size: 1.05rem; font-variant-numeric: tabular-nums; max-width: none; }
code, pre, .doc { font: .82em/1.45 "Noto Sans Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace; }
pre { background: var(--pale); padding: .7rem .9rem; white-space: pre-wrap; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; margin: .6rem 0 1rem; font-size: .87rem;
  font-variant-numeric: tabular-nums; }
table.files { table-layout: fixed; }
.files th:nth-child(2) { width: 5.4rem; }
.files th:nth-child(3) { width: 7.5rem; } .files th:nth-child(4) { width: 19.5rem; }
td { overflow-wrap: anywhere; }
.signed { display: flex; gap: 3rem; margin-top: 4rem; break-inside: avoid; }
.signed div { flex: 1; border-top: 1px solid var(--ink); padding-top: .3rem; color: var(--soft); }
caption { text-align: left; padding-bottom: .3rem; }
th, td { text-align: left; vertical-align: top; padding: .22rem 1rem .22rem 0; border-bottom: 1px solid var(--line); }
th { font-weight: 600; border-bottom: 1.5px solid var(--ink); }
th:last-child, td:last-child { padding-right: 0; }
.n { text-align: right; white-space: nowrap; }
.zero { color: #a9a9a9; }
tfoot td { font-weight: 600; border-top: 1.5px solid var(--ink); border-bottom: 0; }
.doc { white-space: nowrap; color: var(--soft); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1.2rem; margin: .5rem 0; }
dd { margin: 0; overflow-wrap: anywhere; }
tr, dl > *, pre { break-inside: avoid; }
@page { size: A4; margin: 17mm 15mm 19mm;
  @bottom-left { content: "Proofroom intake report"; font: 8pt Georgia, serif; color: #5d5d5d; }
  @bottom-right { content: counter(page) " / " counter(pages); font: 8pt Georgia, serif; color: #5d5d5d; } }
@media print { html { font-size: 11.5px; } body { font-size: 9pt; max-width: none; padding: 0; }
  h2 { margin-top: 1.8rem; } p { max-width: none; }
  h3 + p { break-after: avoid; }
  thead { display: table-header-group; } tfoot { display: table-row-group; }
  .warn, pre { background: none; border: 1px solid var(--line); } }
"""

_PAGE: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">
<title>{title}</title><style>{style}</style></head>
<body>
{body}
</body></html>
"""
_LONGEST: Final = 240
"""Characters of a name on a page; the table beside it has the whole name."""


class Html(str):
    """Text that is markup already; everything else is escaped when it is put into a page."""

    __slots__ = ()


def text(value: Any) -> Html:
    """Write any value so that nothing in it is obeyed, by a browser or by the eye."""
    return value if isinstance(value, Html) else Html(escape(visible(str(value))))


def path(value: str) -> Html:
    """Write a name from the cache: in a direction of its own, and of a very long one its ends."""
    if len(value) > _LONGEST:
        value = f"{value[: _LONGEST // 2]} … {value[-_LONGEST // 3 :]}"
    return Html(f"<bdi>{text(value)}</bdi>")


def number(value: int) -> Html:
    """Write a count, nothing paler than something."""
    return Html(f"{value:,}" if value else '<span class="zero">·</span>')


def block(words: str) -> Html:
    """Write several lines as they are, to be copied."""
    lines = "\n".join(text(line) for line in words.splitlines())
    return Html(f"<pre>{lines}</pre>\n")


def table(
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    right: Sequence[str] = (),
    foot: Sequence[Any] = (),
    kind: str = "",
) -> Html:
    """Write a table; the columns named in `right` hold numbers. A table without rows is nothing."""
    sides = [' class="n"' if name in right else "" for name in columns]
    body = "".join(f"<tr>{_cells(row, sides)}</tr>\n" for row in rows)
    if not body:
        return Html("")
    head = "".join(f"<th{side}>{text(name)}</th>" for name, side in zip(columns, sides, strict=True))
    end = f"<tfoot><tr>{_cells(foot, sides)}</tr></tfoot>" if foot else ""
    mark = f' class="{kind}"' if kind else ""
    return Html(f"<table{mark}><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody>{end}</table>\n")


def _cells(row: Sequence[Any], sides: Sequence[str]) -> str:
    return "".join(f"<td{side}>{text(value)}</td>" for value, side in zip(row, sides, strict=True))


def facts(pairs: Iterable[tuple[str, Any]]) -> Html:
    """Write a list of facts, those that say nothing left out."""
    items = "".join(f"<dt>{text(name)}</dt><dd>{text(value)}</dd>" for name, value in pairs if value != "")
    return Html(f"<dl>{items}</dl>\n")


def paragraph(words: Any, kind: str = "") -> Html:
    """Write a paragraph."""
    mark = f' class="{kind}"' if kind else ""
    return Html(f"<p{mark}>{text(words)}</p>\n")


def heading(words: Any, level: int = 2) -> Html:
    """Write a heading."""
    return Html(f"<h{level}>{text(words)}</h{level}>\n")


def page(title: str, parts: Iterable[str]) -> str:
    """Put a whole page together."""
    return _PAGE.format(title=text(title), style=STYLE, body="".join(parts))
