"""Asks on a terminal for what is missing; without a terminal nothing ever waits."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

F = Callable[..., Any]


def can_ask() -> bool:
    """Say whether somebody sits at a terminal to answer."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def passphrase_file_option(command: F) -> F:
    """Give a command its `--passphrase-file`."""
    kind = click.Path(exists=True, dir_okay=False, path_type=Path)
    return click.option("--passphrase-file", type=kind, help="Holds the passphrase of the keys.")(command)


def as_option(command: F) -> F:
    """Give a command its `--as`: who acts, for custody."""
    words = "Which member acts; needed when there are several. The first one is `desk` unless named."
    return click.option("--as", "member", metavar="HANDLE", help=words)(command)


def new_passphrase(file: Path | None, *, none: bool) -> str | None:
    """Get a passphrase for new keys: from a file, from the terminal, or none at all."""
    if file is not None:
        return _first_line(file)
    if none or not can_ask():
        return None
    words: str = click.prompt(
        "A passphrase for the keys of the case (empty for none)",
        default="",
        show_default=False,
        hide_input=True,
        confirmation_prompt=True,
        err=True,
    )
    return words or None


def passphrase_for(case: Path, file: Path | None) -> str | None:
    """Get the passphrase of a case: from a file, or from the terminal when its keys are under one."""
    from proofroom.case import Case

    if file is not None:
        return _first_line(file)
    if not can_ask() or not Case.is_locked(case):
        return None
    words: str = click.prompt("Passphrase for the keys of the case", hide_input=True, err=True)
    return words


def intake_answers(opened: Any, source: Path, given: Path | None, *, as_json: bool) -> dict[str, str] | None:
    """Ask the questions of the intake statement, unless a file answers them or the delivery only goes on."""
    from proofroom.case import INTAKE_QUESTIONS

    if given is not None or as_json or not can_ask() or opened.resumes(source):
        return None
    click.echo("Six questions about this delivery; Enter leaves what stands in brackets.", err=True)
    click.echo("None of them asks who gave it to you: keep that outside the case.", err=True)
    defaults = opened.intake_defaults()
    return {
        name: click.prompt(f"  {question}", default=defaults[name], err=True)
        for name, question in INTAKE_QUESTIONS.items()
    }


def _first_line(file: Path) -> str:
    """Read a passphrase; an empty one would leave the keys as good as open, and nobody would be told."""
    from proofroom.errors import WrongUse

    try:
        words = file.read_text(encoding="utf-8").split("\n", 1)[0].rstrip("\r")
    except UnicodeDecodeError:
        raise WrongUse(f"{file.name} is not UTF-8", remedy="Save the passphrase as UTF-8.") from None
    if not words.strip():
        raise WrongUse(f"{file.name} holds no passphrase in its first line", remedy="Write it there.")
    return words
