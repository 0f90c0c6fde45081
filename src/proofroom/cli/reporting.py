"""The command `report`: what came in and what became of it, as a page to be printed or as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from proofroom.cli.asking import as_option, passphrase_file_option
from proofroom.cli.looking import looked
from proofroom.cli.output import json_option, put_json, reveal_option, safe


@click.command()
@click.argument("case", type=click.Path())
@click.argument("kind", type=click.Choice(["intake"]), default="intake")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a page for people here, and beside it a table of everything unread.",
)
@json_option
@reveal_option
@as_option
@passphrase_file_option
def report(case: str, kind: str, out: Path | None, as_json: bool, **how: Any) -> int:
    """Report of CASE what came in, what became of it, by whom, when and with what, and what is missing.

    The page needs nothing but itself: no script, no other file, ready for A4. Numbers in names are masked, and
    addresses are those that may leave the house.

    \b
    Examples
      proofroom report leak.case intake --out intake.html
      proofroom report leak.case intake --json
    """
    from proofroom.errors import WrongUse

    if out is None and not as_json:
        raise WrongUse("it is not said where the report shall go", remedy="Give --out FILE.html, or --json.")
    with looked(case, f"{kind} report", **how) as view:
        document = view.intake_report(out)
    if as_json:
        put_json(document)
    elif out is not None:
        click.echo(f"{safe(str(out))}, and beside it {safe(document['beside'])}")
    return 0
