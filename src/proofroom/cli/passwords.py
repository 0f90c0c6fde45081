"""The commands for the passwords of files: list, files, remove; `unlock` adds and tries them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from proofroom.cli.asking import as_option, passphrase_file_option, passphrase_for
from proofroom.cli.locks import shown, told
from proofroom.cli.looking import limit_of, limit_option
from proofroom.cli.output import json_option, put_json, put_json_lines, reveal_option, safe
from proofroom.cli.verbs import CaseGroup
from proofroom.cli.working import house_options, opened_for_work


@click.group(cls=CaseGroup)
@click.argument("case", type=click.Path(path_type=Path))
@click.pass_context
def passwords(ctx: click.Context, case: Path) -> None:
    """Look after the passwords of files in CASE: which are kept, what each opened, what was tried in vain.

    They lie in the case's keys/ and nowhere else, and show as pseudonyms such as PW-7QK2M.

    \b
    Examples
      proofroom unlock leak.case --passwords words.txt    add some and try them
      proofroom passwords leak.case list
      proofroom passwords leak.case files
      proofroom passwords leak.case remove PW-7QK2M
    """
    ctx.obj = case


@passwords.command("list")
@json_option
@reveal_option
@as_option
@passphrase_file_option
@click.pass_obj
def list_(
    case: Path, /, as_json: bool, reveal: str | None, member: str | None, passphrase_file: Path | None
) -> int:
    """List the passwords that are kept: those somebody gave, and those that opened something.

    \b
    Examples
      proofroom passwords leak.case list
      proofroom passwords leak.case list --reveal "to open the lists elsewhere"
    """
    from proofroom.case import Case

    with Case.open(case, passphrase=passphrase_for(case, passphrase_file), member=member) as opened:
        lines = opened.passwords().kept(reveal)
    if as_json:
        put_json_lines(lines)
        return 0
    for line in lines:
        how = "given" if line["given"] else "found"
        click.echo(f"{safe(shown(line['password'])):10}  {how}  opened {line['opened']:,}")
    return 0


@passwords.command()
@limit_option
@json_option
@reveal_option
@as_option
@passphrase_file_option
@click.pass_obj
def files(
    case: Path, /, limit: int | None, as_json: bool, reveal: str | None, member: str | None, **how: Any
) -> int:
    """List the files that passwords opened, and those on which they were tried in vain, with how many of which sort.

    \b
    Examples
      proofroom passwords leak.case files
      proofroom passwords leak.case files --json
    """
    from proofroom.case import Case

    words = passphrase_for(case, how["passphrase_file"])
    with Case.open(case, passphrase=words, member=member) as opened:
        lines = opened.passwords().files(reveal, limit=limit_of(limit, as_json=as_json))
    if as_json:
        put_json_lines(lines)
        return 0
    for line in lines:
        click.echo(f"{line['digest'][:12]}  {line['state']:9}  {safe(line['path'])}")
        click.echo(f"  {told(line)}")
    return 0


@passwords.command()
@click.argument("password", nargs=-1, required=True)
@house_options
@json_option
@click.pass_obj
def remove(case: Path, /, password: tuple[str, ...], as_json: bool, **how: Any) -> int:
    """Forget each PASSWORD, named as `list` names it, or `all` that were given.

    What one of them opened is read again by the next run, and stays locked if nothing else opens it. To take it
    back, give the password again with `unlock`.

    \b
    Examples
      proofroom passwords leak.case remove PW-7QK2M
      proofroom passwords leak.case remove all
    """
    with opened_for_work(case, how) as opened:
        done = opened.passwords().remove(list(password))
    if as_json:
        put_json(done)
    else:
        click.echo(
            f"{done['removed']:,} forgotten; the next run reads {done['to_be_read_again']:,} files again."
        )
    return 0
