"""The commands that count and list: status and artifacts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click

from proofroom.cli.asking import as_option, passphrase_file_option
from proofroom.cli.looking import limit_of, limit_option, looked
from proofroom.cli.output import human_bytes, json_option, put_json, put_json_lines, reveal_option, safe


@click.command()
@click.argument("case", type=click.Path())
@json_option
def status(case: str, as_json: bool) -> int:
    """Print the accounting of CASE: everything found, and the one state of each.

    \b
    Examples
      proofroom status leak.case
      proofroom status leak.case --json
    """
    from proofroom.case import Case

    with Case.open(case) as opened:
        document = opened.status()
        unread = opened.unread()
    if as_json:
        put_json(document)
    else:
        print_status(document, unread)
        _print_work(case, document["work"])
    return 0


def print_status(document: dict[str, Any], unread: Iterable[dict[str, Any]]) -> None:
    """Print the accounting for people."""
    artifacts = document["artifacts"]
    click.secho(f"{artifacts['discovered']:,} found", bold=True, nl=False)
    click.echo(f" ({artifacts['digests']:,} different), {human_bytes(document['bytes'])} received")
    for state, count in sorted(artifacts["states"].items(), key=lambda pair: -pair[1]):
        click.echo(f"  {count:>9,}  {state}")
    click.echo(
        f"{document['cells']:,} cells, {document['pieces'] - document['cells']:,} lines and properties"
    )
    for line in list(unread)[:10]:
        click.echo(f"  {line['n']:>9,}  {line['state']}: {line['reason'] or 'no reason named'}")
    _print_passwords(document["passwords"])
    _print_ocr(document["ocr"])
    _print_partial(document["partial"])
    click.echo(f"content {document['content_digest'][:16]}…")


def _print_passwords(passwords: dict[str, Any]) -> None:
    """Say how many locked files were opened, and how many passwords were tried on those that were not."""
    if not passwords["locked"] and not passwords["opened"]:
        return
    tried = sum(passwords["tried"].values())
    cut = f"; {passwords['cut']:,} were cut by a limit" if passwords["cut"] else ""
    click.echo(
        f"files under a password: {passwords['opened']:,} opened, {passwords['locked']:,} locked or partly so; "
        f"{tried:,} attempts{cut}"
    )
    if passwords["dropped"]:
        click.echo(f"  {passwords['dropped']:>9,}  strings that may be passwords are more than are tried")


def _print_partial(partial: dict[str, int]) -> None:
    """Say what is not there yet, so that nobody takes a part for the whole."""
    told = []
    if partial["unread"]:
        told.append(f"{partial['unread']:,} are not read yet")
    if partial["unsearchable"]:
        told.append(f"{partial['unsearchable']:,} cannot be searched yet")
    if told:
        words = f"This is not the whole: {', '.join(told)}. A search covers what is read and indexed."
        click.secho(words, fg="yellow")


def _print_work(case: str, work: str) -> None:
    """Say what a run in another process does."""
    words = {
        "working": "A run is working on it now.",
        "pausing": "A run was asked to hold and ends what is under way.",
        "paused": f"A run holds; `proofroom resume {safe(case)}` lets it go on.",
    }
    if work in words:
        click.echo(words[work])


def _print_ocr(ocr: dict[str, Any]) -> None:
    """Print what became of pages that are pictures."""
    pages = ocr["pages"]
    if not any(pages.values()) and not ocr["engines"]:
        return
    told = [f"{pages[name]:,} {name}" for name in ("waiting", "done", "failed") if pages[name]]
    if pages["without_engine"]:
        told.append(f"{pages['without_engine']:,} in a script that no engine here reads")
    click.echo(f"pages that are pictures: {', '.join(told) or 'none of our own'}")
    for name, line in ocr["engines"].items():
        sure = "" if line["confidence"] is None else f", confidence {line['confidence']} of 100"
        click.echo(f"  {line['done']:>9,}  read by {safe(name)}{sure}")


@click.command()
@click.argument("case", type=click.Path())
@click.option("--state", help="Only those in this state: read, partly, locked, unknown, damaged, refused …")
@click.option("--where", metavar="CONDITION", help="Only those chosen, such as 'format=pdf and state!=read'.")
@limit_option
@json_option
@reveal_option
@as_option
@passphrase_file_option
def artifacts(
    case: str, state: str | None, where: str | None, limit: int | None, as_json: bool, **how: Any
) -> int:
    """List one line per file, archive member, attachment and embedded picture of CASE.

    \b
    Fields of a condition: state, reason, format, version, engine, path, digest, size; with = and != (* and ?
    stand for anything), version and size also with < <= > >=; joined by `and` or a comma.

    \b
    Examples
      proofroom artifacts leak.case --state locked
      proofroom artifacts leak.case --where "path='lists/*' and size>10MB"
      proofroom artifacts leak.case --json --limit 0
    """
    with looked(case, "artifacts", **how) as view:
        lines = view.artifacts(state, limit_of(limit, as_json=as_json), where=where)
        if as_json:
            put_json_lines(lines)
            return 0
        for line in lines:
            mark = f"{line['state']}" + (f" ({line['reason']})" if line["reason"] else "")
            click.echo(
                f"{(line['digest'] or '')[:12]:12}  {human_bytes(line['bytes']):>9}  {mark:28}  {safe(line['path'])}"
            )
    return 0
