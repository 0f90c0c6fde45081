"""How results and failures reach a person or a program: JSON on stdout, everything else on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from typing import Any

import click

from proofroom.errors import BadCondition, BadQuery, ProofroomError
from proofroom.language.visible import visible as safe

__all__ = [
    "explain",
    "human_bytes",
    "json_option",
    "progress_option",
    "put_json",
    "put_json_lines",
    "reveal_option",
    "safe",
    "shown_as",
]

F = Callable[..., Any]


def json_option(command: F) -> F:
    """Give a command its `--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout, for programs.")(
        command
    )


def progress_option(command: F) -> F:
    """Give a command its `--progress`."""
    words = "How progress shows on stderr: a bar on a terminal, else lines, unless you say otherwise."
    return click.option("--progress", type=click.Choice(["bar", "lines", "json", "none"]), help=words)(
        command
    )


def shown_as(given: str | None, *, as_json: bool) -> str:
    """Say how progress shows: as asked for; else a bar on a terminal and lines elsewhere, nothing with --json."""
    if given is not None:
        return given
    if as_json:
        return "none"
    return "bar" if sys.stderr.isatty() else "lines"


def reveal_option(command: F) -> F:
    """Give a reading command its `--reveal REASON`."""
    return click.option(
        "--reveal",
        metavar="REASON",
        help="Show withheld values in this command's output; the reason goes into custody.",
    )(command)


def put_json(document: Any) -> None:
    """Print one JSON document on one line."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, default=str) + "\n")


def put_json_lines(lines: Iterable[Any]) -> None:
    """Print one JSON document per line."""
    for line in lines:
        put_json(line)


def explain(failure: ProofroomError, *, as_json: bool) -> int:
    """Say what went wrong, its code and its remedy; gives the exit status."""
    if as_json:
        put_json({"error": {"code": failure.code, "what": failure.what, "remedy": failure.advice}})
    else:
        click.secho(f"{failure.code}: ", fg="red", bold=True, nl=False, err=True)
        click.echo(safe(failure.what), err=True)
        if isinstance(failure, (BadQuery, BadCondition)):
            click.echo(f"  at character {failure.at + 1}", err=True)
        click.echo(f"  → {safe(failure.advice)}", err=True)
    return failure.exit_status


def human_bytes(size: int) -> str:
    """Write a number of bytes for people: 1.4 GB."""
    number = float(size)
    for unit in ("B", "kB", "MB", "GB"):
        if number < 1000:
            return f"{number:.0f} {unit}" if unit == "B" else f"{number:.1f} {unit}"
        number /= 1000
    return f"{number:.1f} TB"
