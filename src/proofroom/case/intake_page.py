"""The intake report as a page to be printed and signed, and the table of everything unread that lies beside it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from proofroom.base.durable import write_whole
from proofroom.case.report_html import Html, block, facts, heading, number, page, paragraph, path, table, text
from proofroom.language.visible import visible
from proofroom.model.states import State
from proofroom.receive.intake import QUESTIONS

_COLUMNS: Final = ("state", "reason", "path", "doc", "bytes", "format", "means", "remedy")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_THOUSAND: Final = 1000


def write_report(document: Mapping[str, Any], unread: Iterable[Mapping[str, Any]], out: Path) -> Path:
    """Write the page, and beside it the table of everything unread; gives the path of the table."""
    beside = out.with_name(f"{out.stem}-unread.csv")
    write_whole(out, intake_page(document, beside.name).encode("utf-8", "replace"))
    with beside.open("w", encoding="utf-8-sig", errors="replace", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_COLUMNS)
        for line in unread:
            writer.writerow([_field(line[name]) for name in _COLUMNS])
    beside.chmod(0o600)
    return beside


def _field(value: Any) -> str:
    """Write a field of the table so that no spreadsheet takes it for a formula."""
    shown = "" if value is None else visible(str(value))
    return f"'{shown}" if shown.startswith(_FORMULA) else shown


def intake_page(document: Mapping[str, Any], beside: str) -> str:
    """Write the report as HTML; `beside` is the name of the table with everything unread."""
    parts = (_top, _came_in, _became, _unread, _locked, _twice, _large_and_slow, _custody, _made_with)
    return page(
        f"Intake report: {document['case']['name']}",
        [part(dict(document) | {"beside": beside}) for part in parts],
    )


def _bytes(size: int | None) -> str:
    """Write a size for people."""
    value = float(size or 0)
    for unit in ("B", "kB", "MB", "GB"):
        if value < _THOUSAND:
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= _THOUSAND
    return f"{value:.1f} TB"


def _seconds(value: float) -> str:
    return f"{value:,.1f} s" if value < 600 else f"{value / 60:,.0f} min"


def _top(document: Mapping[str, Any]) -> Html:
    """Say what this is, and the one equation that everything else explains."""
    made, counted, partial = document["made"], document["accounting"], document["partial"]
    terms = " + ".join(f"{count:,} {state}" for state, count in counted["states"].items())
    holds = (
        "The sum holds."
        if counted["holds"]
        else "THE SUM DOES NOT HOLD: report this, and trust no count here."
    )
    shown = [
        heading("Intake report", 1),
        paragraph(
            f"Case {document['case']['name']}, made {made['at']} by Proofroom {made['version']}", "soft"
        ),
        paragraph(f"{counted['discovered']:,} found = {terms or '0'}. {holds}", "sum"),
        paragraph(
            f"{counted['received']:,} entries were received ({_bytes(counted['bytes'])}), {counted['inside']:,} more "
            f"were found inside them; {counted['digests']:,} are different. In what was read stand "
            f"{counted['cells']:,} cells and {counted['pieces'] - counted['cells']:,} lines and properties."
        ),
    ]
    if any(partial.values()):
        told = [f"{partial['unread']:,} are not read yet"] if partial["unread"] else []
        told += [f"{partial['unsearchable']:,} cannot be searched yet"] if partial["unsearchable"] else []
        told += (
            [f"{partial['pages']:,} pages are pictures that nobody has read yet"] if partial["pages"] else []
        )
        words = f"This is not the whole: {', '.join(told)}. What a search does not find may stand there."
        shown.append(paragraph(words, "warn"))
    if made["masked"]:
        words = "IDs, telephone and other long numbers in names show as pseudonyms, the same everywhere in the case."
    else:
        words = "Made without the mask, for a reason that stands in custody: it holds identities."
    return Html("".join([*shown, paragraph(words, "soft" if made["masked"] else "warn")]))


def _came_in(document: Mapping[str, Any]) -> Html:
    """Tell of each delivery and its intake statement."""
    parts = [heading("What came in")]
    for one in document["deliveries"]:
        resumed = f", gone on with {one['resumed']} times" if one["resumed"] else ""
        ended = one["ended"] or "not ended yet"
        found = "" if one["found"] is None else f"{one['found']:,} entries"
        parts.append(heading(one["id"], 3))
        parts.append(
            facts([("begun", f"{one['begun']} by {one['by']}{resumed}"), ("ended", ended), ("found", found)])
        )
        answers = one["statement"]
        parts.append(facts([(words, answers[key]) for key, words in QUESTIONS.items() if key in answers]))
    return Html("".join(parts))


def _became(document: Mapping[str, Any]) -> Html:
    """Give formats by states, with sums in both directions."""
    counted = document["accounting"]
    states = [state.value for state in State if state.value in counted["states"]]
    states += [state for state in counted["states"] if state not in states]
    rows = [
        [one["format"], *(number(one["states"].get(state, 0)) for state in states), number(one["sum"])]
        for one in counted["formats"]
    ]
    foot = ["sum", *(number(counted["states"][state]) for state in states), number(counted["sum"])]
    words = (
        "Every file, member, attachment and link ends in exactly one state. A format is named by what the bytes "
        "are, whatever the file's name says."
    )
    shown = table(["format", *states, "sum"], rows, right=[*states, "sum"], foot=foot)
    return Html(heading("What became of it") + paragraph(words) + shown)


def _unread(document: Mapping[str, Any]) -> Html:
    """Name everything that is neither read nor empty, with what that means and what to do."""
    groups = document["unread"]
    total = sum(group["count"] for group in groups)
    parts = [heading("What was not read, or not wholly")]
    if not total:
        return Html(parts[0] + paragraph("Nothing: everything that was found is read or empty."))
    words = f"{total:,} of {document['accounting']['discovered']:,}. All of them, one line each, stand in the table "
    parts.append(paragraph(Html(f"{text(words)}<code>{text(document['beside'])}</code> beside this page.")))
    for group in groups:
        name = f"{group['state']}: {group['reason']}" if group["reason"] else group["state"]
        parts.append(heading(f"{name} ({group['count']:,})", 3))
        parts.append(paragraph(Html(f"{text(group['means'])} <b>What to do:</b> {text(group['remedy'])}")))
        rows = [
            [path(one["path"]), _bytes(one["bytes"]), one["format"], _doc(one["doc"])]
            for one in group["lines"]
        ]
        parts.append(table(["path", "size", "format", "address"], rows, right=["size"], kind="files"))
        if group["more"]:
            words = f"… and {group['more']:,} more, all in {document['beside']}."
            parts.append(paragraph(words, "soft"))
    return Html("".join(parts))


def _doc(address: str | None) -> Html:
    """Write an address that may leave the house; it tells nothing of the original."""
    return Html(f'<span class="doc">{text(address)}</span>' if address else "")


def _locked(document: Mapping[str, Any]) -> Html:
    """Say what is under a password, and how many were tried."""
    told = document["passwords"]
    if not told["locked"] and not told["opened"]:
        return Html("")
    tried = ", ".join(f"{count:,} {sort}" for sort, count in told["tried"].items())
    opened = ", ".join(f"{count:,} by {sort}" for sort, count in told["opened_by"].items())
    words = f"{told['opened']:,} opened{f' ({opened})' if opened else ''}, {told['locked']:,} locked or partly so."
    words += f" Tried: {tried}." if tried else ""
    rows = [
        [
            path(one["path"]),
            number(one["tried"]),
            "the limit" if one["cut"] else "all there were",
            _doc(one["doc"]),
        ]
        for one in told["files"]
    ]
    shown = table(["path", "attempts", "ended by", "address"], rows, right=["attempts"])
    left = told["locked"] - len(rows)
    more = paragraph(f"… and {left:,} more.", "soft") if left > 0 else Html("")
    return Html(heading("Under a password") + paragraph(words) + shown + more)


def _twice(document: Mapping[str, Any]) -> Html:
    """Count what was found in several places."""
    told = document["duplicates"]
    parts = [heading("Found more than once")]
    if not told["artifacts"]:
        return Html(parts[0] + paragraph("Nothing was found twice."))
    words = f"{told['artifacts']:,} files were found in {told['places']:,} places; each was read once, which saved "
    parts.append(paragraph(f"{words}{_bytes(told['bytes'])}. Every place keeps its own line and state."))
    rows = [[path(one["path"]), number(one["places"]), _bytes(one["bytes"])] for one in told["lines"]]
    parts.append(table(["first path", "places", "size"], rows, right=["places", "size"]))
    if told["more"] > 0:
        parts.append(paragraph(f"… and {told['more']:,} more.", "soft"))
    return Html("".join(parts))


def _large_and_slow(document: Mapping[str, Any]) -> Html:
    """Name the largest and the slowest, and what each format has cost."""
    times = document["times"]
    stages = ", ".join(
        f"{name} {_seconds(one['seconds'])}" for name, one in times["stages"].items() if one["seconds"]
    )
    big = [[path(one["path"]), _bytes(one["bytes"]), one["format"]] for one in document["biggest"]]
    slow = [
        [path(one["path"]), _seconds(one["seconds"]), _bytes(one["bytes"]), one["format"]]
        for one in times["slowest"]
    ]
    costs = [
        [one["format"], number(one["artifacts"]), _bytes(one["bytes"]), _seconds(one["seconds"])]
        for one in times["formats"]
    ]
    return Html(
        heading("Size and time")
        + paragraph(f"Seconds of work, not of waiting: {stages or 'none yet'}.")
        + heading("By format", 3)
        + table(["format", "read", "bytes", "work"], costs, right=["read", "bytes", "work"])
        + heading("The largest", 3)
        + table(["path", "size", "format"], big, right=["size"])
        + heading("The slowest", 3)
        + table(["path", "work", "size", "format"], slow, right=["work", "size"])
    )


def _custody(document: Mapping[str, Any]) -> Html:
    """Give the log: how many acts, which, and the signed head that stands for all of them."""
    parts = [heading("Custody")]
    words = "Every act stands in an append-only log. Keep this head somewhere else: with it anyone can tell later "
    parts.append(paragraph(f"{words}whether the log was rewritten (proofroom verify CASE --seen FILE)."))
    for log in document["custody"]:
        parts.append(
            facts([("log", log["log"]), ("acts", f"{log['events']:,}, {log['covered']:,} under this head")])
        )
        parts.append(block(log["head"]) if log["head"] else Html(""))
        parts.append(
            table(["act", "times"], [[act, number(n)] for act, n in log["acts"].items()], right=["times"])
        )
    return Html("".join(parts))


def _made_with(document: Mapping[str, Any]) -> Html:
    """Say with which versions, limits and exceptions it was read, and where this page was made."""
    here = document["environment"]
    reasons = [
        (one["act"], f"{one['at']} by {one['by']}{_said(one['facts'])}") for one in document["reasons"]
    ]
    limits = [(name, f"{value:,}") for name, value in document["limits_changed"].items()]
    rows = [[one["at"], one["by"], one["act"], _said(one["facts"]).lstrip(": ")] for one in document["runs"]]
    more = document["runs_more"]
    members = ", ".join(
        one["handle"] + (" (has left)" if one["retired"] else "") for one in document["case"]["members"]
    )
    missing = f"; missing: {', '.join(here['sandbox_missing'])}" if here["sandbox_missing"] else ""
    return Html(
        heading("By whom, when, and with what")
        + facts(
            [
                ("members", members),
                ("case made", document["case"]["created"]),
                ("Proofroom", document["made"]["version"]),
                ("Python, system", f"{here['python']}, {here['system']}"),
                ("sandbox of this machine", ", ".join(here["sandbox"]) + missing),
                *reasons,
            ]
        )
        + (heading("Limits that were changed", 3) + facts(limits) if limits else Html(""))
        + heading("Runs", 3)
        + (paragraph(f"The last {len(rows)}; {more:,} more stand in the log.", "soft") if more else Html(""))
        + table(["when", "by", "act", "what"], rows)
        + Html(
            '<div class="signed"><div>read by (a handle)</div><div>on</div><div>compared with</div></div>\n'
        )
    )


def _said(told: Mapping[str, Any]) -> str:
    """Write the facts of an act in one line."""

    def flat(value: Any) -> Iterator[str]:
        if isinstance(value, Mapping):
            yield ", ".join(f"{key} {' '.join(flat(one))}" for key, one in value.items())
        elif isinstance(value, list | tuple):
            yield ", ".join(" ".join(flat(one)) for one in value)
        else:
            yield str(value)

    words = "; ".join(f"{name.replace('_', ' ')} {' '.join(flat(value))}" for name, value in told.items())
    return f": {words}" if words else ""
