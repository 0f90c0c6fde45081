"""The command `duplicates`: what was found several times, to the byte or nearly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from proofroom.cli.asking import as_option, passphrase_file_option
from proofroom.cli.looking import looked
from proofroom.cli.output import json_option, put_json_lines, reveal_option, safe

_SHOWN_PATHS = 3


@click.command()
@click.argument("case", type=click.Path(path_type=Path))
@click.option(
    "--least",
    type=click.FloatRange(0.3, 1.0),
    default=0.8,
    show_default=True,
    help="As alike as this texts must be: 1 is the same text in other bytes.",
)
@json_option
@reveal_option
@as_option
@passphrase_file_option
def duplicates(case: Path, least: float, as_json: bool, **how: Any) -> int:
    """List what was found several times in CASE: the same bytes in several places, and nearly the same texts.

    Nothing is left out because of it: every place has its own line in `artifacts`, and a search counts each.
    How alike two texts are is an estimate from samples of both, good to about one in ten.

    \b
    Examples
      proofroom duplicates leak.case
      proofroom duplicates leak.case --least 0.95 --json
    """
    with looked(str(case), "duplicates", **how) as view:
        lines = view.duplicates(least)
        if as_json:
            put_json_lines(lines)
            return 0
        for line in lines:
            if line["kind"] == "same":
                click.secho(f"{line['places']:,} places hold the same bytes", fg="cyan")
                _print_one(line)
            else:
                click.secho(f"{line['places']:,} texts are nearly the same", fg="cyan")
                for one in line["artifacts"]:
                    _print_one(one)
    return 0


def _print_one(one: dict[str, Any]) -> None:
    """Print one artifact with its first places."""
    alike = f"{one['likeness']:4.2f}  " if "likeness" in one else ""
    paths = one["paths"]
    more = f" and {len(paths) - _SHOWN_PATHS} more" if len(paths) > _SHOWN_PATHS else ""
    click.echo(f"  {alike}{one['digest'][:12]}  {safe(', '.join(paths[:_SHOWN_PATHS]))}{more}")
