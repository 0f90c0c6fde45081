"""The checking commands: verify, doctor, member."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from proofroom.cli.output import json_option, put_json, put_json_lines, safe, shown_as
from proofroom.cli.verbs import CaseGroup
from proofroom.cli.working import house_options, opened_for_work


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--seen", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A head kept elsewhere."
)
@json_option
def verify(path: Path, seen: Path | None, as_json: bool) -> int:
    """Recompute every digest and proof of the case in PATH; nothing is believed, nothing is changed.

    With --seen the log is compared with a head that was kept elsewhere: only so can a rewritten log be told
    from an honest one.

    \b
    Examples
      proofroom verify leak.case
      proofroom verify leak.case --seen head-of-march.txt
    """
    from proofroom.case import Case
    from proofroom.cli.progress import Bars

    with Bars(shown_as(None, as_json=as_json)) as bars:
        verdict = Case.verify(path, seen.read_text(encoding="utf-8") if seen else None, bars)
    if as_json:
        put_json(verdict)
    else:
        _print_verdict(verdict)
    return 0 if verdict["ok"] else 1


def _print_verdict(verdict: dict[str, Any]) -> None:
    """Print what was recomputed, what failed, and what nobody can know without a head kept elsewhere."""
    click.echo(f"{verdict['originals']:,} originals and {verdict['events']:,} events recomputed")
    for failure in verdict["failures"]:
        click.secho(f"  {failure['code']}: {safe(failure['what'])}", fg="red")
    if verdict["ok"]:
        click.secho("Nothing changed since it was received.", fg="green")
    click.echo(verdict["freshness_says"])


@click.command()
@json_option
def doctor(as_json: bool) -> int:
    """Say what this machine has, and what is lost without what it lacks.

    \b
    Examples
      proofroom doctor
      proofroom doctor --json
    """
    from proofroom.case.doctor import examine

    findings = examine()
    if as_json:
        put_json_lines(findings)
        return 0
    for finding in findings:
        mark, colour = (
            ("ok", "green")
            if finding["present"]
            else ("missing", "red" if finding["mandatory"] else "yellow")
        )
        click.secho(f"{mark:8}", fg=colour, nl=False)
        click.echo(f"{finding['name']:24}  {finding['says']}")
        if not finding["present"]:
            click.echo(f"{'':34}without it: {finding['lost']}\n{'':34}→ {finding['remedy']}")
    return 0


@click.group(cls=CaseGroup)
@click.argument("case", type=click.Path(path_type=Path))
@click.pass_context
def member(ctx: click.Context, case: Path) -> None:
    """Manage the people of the team of CASE: handles and public keys, never real names.

    \b
    Examples
      proofroom member leak.case list
      proofroom member leak.case add anna
    """
    ctx.obj = case


@member.command("add")
@click.argument("handle")
@house_options
@json_option
@click.pass_obj
def add(case: Path, /, handle: str, as_json: bool, **how: Any) -> int:
    """Make a key for HANDLE and enter it into the case.

    \b
    Examples
      proofroom member leak.case add anna
    """
    with opened_for_work(case, how) as opened:
        entered = opened.add_member(handle)
    if as_json:
        put_json(entered)
    else:
        click.echo(f"{entered['handle']}  {entered['public_key']}")
    return 0


@member.command("retire")
@click.argument("handle")
@house_options
@json_option
@click.pass_obj
def retire(case: Path, /, handle: str, as_json: bool, **how: Any) -> int:
    """Let HANDLE leave the team: what was signed until now counts, nothing that comes later does.

    \b
    Examples
      proofroom member leak.case retire anna
    """
    with opened_for_work(case, how) as opened:
        left = opened.retire_member(handle)
    if as_json:
        put_json(left)
    else:
        click.echo(
            f"{handle} has left; {len(left['last_lines'])} files of signed lines end with this member's last."
        )
    return 0


@member.command("list")
@json_option
@click.pass_obj
def list_(case: Path, /, as_json: bool) -> int:
    """List the members of the case.

    \b
    Examples
      proofroom member leak.case list
    """
    from proofroom.case import Case

    with Case.open(case) as opened:
        members = opened.members()
    if as_json:
        put_json_lines(members)
        return 0
    for one in members:
        click.echo(f"{one['handle']:16}  {one['public_key']}{'  has left' if one['retired'] else ''}")
    return 0
