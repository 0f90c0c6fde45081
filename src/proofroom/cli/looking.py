"""The commands that look at evidence: show, search, sql."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import click

from proofroom.cli.asking import as_option, passphrase_file_option, passphrase_for
from proofroom.cli.locks import told
from proofroom.cli.output import human_bytes, json_option, put_json_lines, reveal_option, safe
from proofroom.cli.rendered import print_renderings, rendering_mark

_SCREEN = 50


def limit_of(given: int | None, *, as_json: bool, always: bool = False) -> int:
    """Give how many lines to print: 50 on a terminal and for searches, all with --json, 0 meaning all."""
    if given is not None:
        return given
    return _SCREEN if always or (sys.stdout.isatty() and not as_json) else 0


@contextmanager
def looked(
    case: str, what: str, *, reveal: str | None, passphrase_file: Path | None, member: str | None
) -> Iterator[Any]:
    """Open a case to look at it through the mask, or with a reason without it."""
    from proofroom.case import Case

    words = passphrase_for(Path(case), passphrase_file)
    with Case.open(case, passphrase=words) as opened, opened.scope(reveal, what, member=member) as view:
        yield view


limit_option = click.option("--limit", type=click.IntRange(min=0), help="How many lines; 0 gives all.")


@click.command()
@click.argument("case", type=click.Path())
@click.argument("where", nargs=-1)
@click.option(
    "--from",
    "from_file",
    type=click.File("r", encoding="utf-8"),
    help="Addresses, one per line; - for stdin.",
)
@json_option
@reveal_option
@as_option
@passphrase_file_option
def show(case: str, where: tuple[str, ...], from_file: Any, as_json: bool, **how: Any) -> int:
    """Print what stands at each address WHERE in CASE, with its neighbours.

    \b
    Examples
      proofroom show leak.case 'sha256:3f2a90c1b7de#sheet=名单&cell=B2'
      proofroom show leak.case '3f2a90c1b7de#page=3&line=7'
      proofroom search leak.case 王小明 --json | jq -r '.where // empty' | proofroom show leak.case --from -
    """
    from proofroom.errors import BadWhere, WrongUse

    wanted = [*where, *(line.strip() for line in (from_file or ()) if line.strip())]
    if not wanted:
        raise WrongUse("no address was given", remedy="Give an address, or --from FILE.")
    failed = False
    with looked(case, "show", **how) as view:
        for address in wanted:
            try:
                lines = view.show(address)
            except BadWhere as missing:
                failed = True
                error = {"code": missing.code, "what": missing.what, "remedy": missing.advice}
                lines = [{"where": address, "error": error}]
            if as_json:
                put_json_lines(lines)
            else:
                print_shown(lines)
    return 1 if failed else 0


def print_shown(lines: list[dict[str, Any]]) -> None:
    """Print what stands at an address for people: the value in the middle of its neighbours."""
    for line in lines:
        click.secho(safe(line["where"]), fg="cyan")
        if "error" in line:
            click.echo(
                f"  {line['error']['code']}: {safe(line['error']['what'])}\n  → {safe(line['error']['remedy'])}"
            )
            continue
        for path in line.get("paths", ())[:3]:
            click.echo(f"  in {safe(path)}")
        if line["kind"] == "artifact":
            click.echo(
                f"  {line['media_type']}, {human_bytes(line['bytes'])}, {line['state']} {line['reason']}".rstrip()
            )
            click.echo(
                f"  {line['cells']:,} cells, {line['pieces']:,} pieces; sheets: {safe(', '.join(line['sheets']))}"
            )
            if "passwords" in line:
                click.echo(f"  {told(line['passwords'])}")
            if line["languages"]:
                spoken = ", ".join(f"{name} {count:,}" for name, count in line["languages"].items())
                click.echo(f"  languages of its texts: {spoken}")
            for near in line["near"]:
                click.echo(
                    f"  nearly the same text ({near['likeness']:.2f}): {near['digest'][:12]}  {safe(near['paths'][0])}"
                )
            for piece in line["first"]:
                click.echo(f"    {safe(piece['part']):32}  {safe(piece['text'])}")
            print_renderings(line)
            continue
        _print_piece(line)


def _print_piece(line: dict[str, Any]) -> None:
    """Print one piece: what is shown, what is stored, and what is around it."""
    click.secho(f"  {safe(str(line['shown'] if line['shown'] is not None else '(empty)'))}", bold=True)
    if line["raw"] != line["shown"]:
        click.echo(f"  stored as {safe(str(line['raw']))}")
    for name in ("formula", "hidden", "merged"):
        if line[name]:
            click.echo(f"  {name}: {safe(str(line[name]))}")
    for warning in line["warnings"]:
        click.secho(f"  warning: {warning}", fg="yellow")
    if "ocr" in line:
        click.secho(f"  read from a picture by {line['ocr']['engine']}, {_sure(line['ocr'])}", fg="yellow")
    print_renderings(line)
    for near in line.get("neighbours", ()):
        part = near["where"].partition("#")[2].rpartition("&")[2]
        click.echo(f"    {safe(part):14}  {safe(near['shown'])}")


@click.command()
@click.argument("case", type=click.Path())
@click.argument("query", nargs=-1, required=True)
@click.option("--exact", is_flag=True, help="Leave out what is found only by simplified characters.")
@click.option("--renderings", "rendered", is_flag=True, help="Look into translations and transcripts too.")
@limit_option
@json_option
@reveal_option
@as_option
@passphrase_file_option
def search(
    case: str,
    query: tuple[str, ...],
    exact: bool,
    rendered: bool,
    limit: int | None,
    as_json: bool,
    **how: Any,
) -> int:
    """Find QUERY in CASE: every cell, line, property and name that holds it.

    Chinese finds wherever it stands; other words match as whole words; quotes make a literal phrase.

    \b
    Examples
      proofroom search leak.case 王小明
      proofroom search leak.case '"三号楼" 名单' --limit 0
    """
    with looked(case, "search", **how) as view:
        most = limit_of(limit, as_json=as_json, always=True)
        lines = view.search(" ".join(query), most, exact=exact, rendered=rendered)
        if as_json:
            put_json_lines(lines)
            return 0
        for line in lines:
            if "total" in line:
                click.secho(f"{line['total']:,} found", bold=True)
                if "unread_pages" in line:
                    words = f"{line['unread_pages']:,} pages are pictures that nobody has read yet"
                    click.secho(f"{words}: run `proofroom ocr {case}`", fg="yellow", err=True)
                if "pending" in line:
                    words = f"{line['pending']:,} files or names cannot be searched yet"
                    click.secho(f"{words}: run `proofroom run {case}`", fg="yellow", err=True)
                continue
            click.secho(safe(line["where"] or "(no bytes)"), fg="cyan")
            if "rendering" in line:
                click.secho(f"  {rendering_mark(line['rendering'])}", fg="yellow")
                click.echo("  " + _highlighted(line["snippet"], line["highlights"]))
                continue
            variant = f"  [{line['variant']}]" if line["variant"] else ""
            if line["ocr"]:
                variant += f"  [read from a picture by {line['ocr']['engine']}, {_sure(line['ocr'])}]"
            click.echo(f"  in {safe(line['path'])}{variant}")
            click.echo("  " + _highlighted(line["snippet"], line["highlights"]))
    return 0


def _sure(ocr: dict[str, Any]) -> str:
    """Say how sure an engine was."""
    return (
        "which does not say how surely" if ocr["confidence"] is None else f"{ocr['confidence']} of 100 sure"
    )


def _highlighted(snippet: str, spans: list[list[int]]) -> str:
    """Mark the matches in a snippet."""
    out, at = [], 0
    for start, end in spans:
        out += [safe(snippet[at:start]), click.style(safe(snippet[start:end]), bold=True, fg="green")]
        at = end
    return "".join([*out, safe(snippet[at:])])


@click.command()
@click.argument("case", type=click.Path())
@click.argument("query")
@json_option
@reveal_option
@as_option
@passphrase_file_option
@limit_option
def sql(case: str, query: str, limit: int | None, as_json: bool, **how: Any) -> int:
    """Run one SELECT over the views cells, sheets, merges, pieces and occurrences of CASE.

    \b
    Examples
      proofroom sql leak.case 'select state, count(*) from occurrences group by 1'
      proofroom sql leak.case "select * from cells where raw like '%三号楼%'" --json
    """
    with looked(case, "sql", **how) as view:
        rows = view.sql(query)
    most = limit_of(limit, as_json=as_json) or None
    if as_json:
        put_json_lines(islice(rows, most))
        return 0
    for number, row in enumerate(islice(rows, most)):
        if number == 0:
            click.secho("  ".join(row), bold=True)
        click.echo("  ".join(safe(str(value)) for value in row.values()))
    if most is not None and len(rows) > most:
        click.echo(f"{len(rows) - most:,} more; --limit 0 gives all", err=True)
    return 0
