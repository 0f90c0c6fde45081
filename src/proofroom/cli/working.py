"""The commands that make a case and take deliveries into it: open, new, receive."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from proofroom.cli.accounting import print_status
from proofroom.cli.asking import (
    as_option,
    intake_answers,
    new_passphrase,
    passphrase_file_option,
    passphrase_for,
)
from proofroom.cli.output import json_option, progress_option, put_json, safe, shown_as
from proofroom.cli.stopping import stopping

F = Callable[..., Any]


def house_options(command: F) -> F:
    """Give a command the options under which a case may be made or worked on."""
    for option in reversed(
        (
            click.option(
                "--plain-disk", metavar="REASON", help="Why the case may lie on an unencrypted disk."
            ),
            click.option(
                "--allow-weak-sandbox", metavar="REASON", help="Why a missing sandbox layer is accepted."
            ),
            passphrase_file_option,
            as_option,
        )
    ):
        command = option(command)
    return command


def making_options(command: F) -> F:
    """Give a command the options that mean something only while a case is made."""
    table = click.Path(exists=True, dir_okay=False, path_type=Path)
    for option in reversed(
        (
            click.option("--regions", type=table, help="A table of region codes (CSV), for a new case."),
            click.option(
                "--no-passphrase",
                is_flag=True,
                help="Keep the keys of a new case without a passphrase; entered into custody.",
            ),
        )
    ):
        command = option(command)
    return command


def ocr_option(command: F) -> F:
    """Give a command the choice to leave OCR for later."""
    return click.option(
        "--no-ocr",
        is_flag=True,
        help="Leave pages that are pictures for later: `proofroom ocr CASE`. They come last in any case.",
    )(command)


def intake_options(command: F) -> F:
    """Give a command the intake statement as a file."""
    kind = click.Path(exists=True, dir_okay=False, path_type=Path)
    return click.option("--intake", type=kind, help="A TOML file with the intake statement.")(command)


@click.command("open")
@click.argument("source", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--case", "case", required=True, type=click.Path(path_type=Path), help="The folder of the case."
)
@click.option("--workers", type=click.IntRange(1, 64), help="Sandboxed workers; one per core by default.")
@ocr_option
@making_options
@house_options
@intake_options
@progress_option
@json_option
def open_(
    source: tuple[Path, ...], case: Path, as_json: bool, workers: int | None, progress: str | None, **how: Any
) -> int:
    """Take SOURCE into CASE, read every file in a sandbox, and make it searchable.

    It makes the case when there is none, goes on where it stopped, and takes a further SOURCE in as
    another delivery. It ends with 3 when something could not be read: `status` says what. Pages that are
    pictures are read last, when everything else can be searched; stop it whenever you like.

    \b
    Examples
      proofroom open /media/stick --case leak.case
      proofroom open ./files --case leak.case --plain-disk "public test files" --json
    """
    from proofroom.case import Case
    from proofroom.case.making import check_choices, check_delivery
    from proofroom.cli.progress import Bars

    if (case / "case.toml").exists():
        check_choices(case, how["regions"], no_passphrase=how["no_passphrase"])
    else:
        check_delivery(case, source, how["intake"])
        _make(case, how)
    show = shown_as(progress, as_json=as_json)
    with opened_for_work(case, how) as opened:
        again = f"proofroom open {' '.join(map(str, source))} --case {case}"
        for one in source:
            if opened.is_waiting(one, how["intake"]):
                click.echo(f"{safe(str(one))} is in the case already; what was stopped goes on.", err=True)
                continue
            answers = intake_answers(opened, one, how["intake"], as_json=as_json)
            with Bars(show) as bars, stopping(case, again) as pausing:
                opened.receive(one, how["intake"], bars, answers, pausing)
        with Bars(show) as bars, stopping(case) as pausing:
            opened.run((), workers, bars, pausing, ocr=not how["no_ocr"])
    with Case.open(case) as looked:
        return finish(looked, as_json=as_json)


def _make(case: Path, how: dict[str, Any]) -> None:
    """Make a case; the passphrase asked for is kept for opening it."""
    from proofroom.case import Case
    from proofroom.errors import WrongUse

    if how["no_passphrase"] and how["passphrase_file"]:
        raise WrongUse("--no-passphrase and --passphrase-file were both given", remedy="Give one of them.")
    how["words"] = new_passphrase(how["passphrase_file"], none=how["no_passphrase"])
    made = Case.new(
        case,
        passphrase=how["words"],
        member=how["member"] or "desk",
        regions=how["regions"],
        **_reasons(how),
    )
    made.close()


def opened_for_work(case: Path, how: dict[str, Any]) -> Any:
    """Open a case for work."""
    from proofroom.case import Case

    words = how["words"] if "words" in how else passphrase_for(case, how["passphrase_file"])
    return Case.open(case, writing=True, passphrase=words, member=how["member"], **_reasons(how))


def _reasons(how: dict[str, Any]) -> dict[str, str | None]:
    return {"plain_disk": how["plain_disk"], "weak_sandbox": how["allow_weak_sandbox"]}


def finish(case: Any, *, as_json: bool) -> int:
    """Print the accounting and give the status: 3 when something is neither read nor empty."""
    document, unread = case.status(), case.unread()
    if as_json:
        put_json(document)
    else:
        print_status(document, unread)
    return 3 if unread else 0


@click.command()
@click.argument("case", type=click.Path(path_type=Path))
@making_options
@house_options
@json_option
def new(case: Path, as_json: bool, **how: Any) -> int:
    """Make an empty CASE: its folder, its keys, its custody log and its first member.

    \b
    Examples
      proofroom new leak.case
      proofroom new leak.case --no-passphrase --as anna
    """
    if (case / "case.toml").exists():
        from proofroom.errors import WrongUse

        raise WrongUse(
            f"there is a case in {case} already", remedy="Use `proofroom receive` to add a delivery."
        )
    _make(case, how)
    with opened_for_work(case, how) as made:
        head = made.head()
    if as_json:
        put_json({"case": str(case), "head": head})
    else:
        click.echo(f"Made {safe(str(case))}.")
        click.echo(
            "Keep this head somewhere else; with it anyone can tell later whether the log was rewritten:"
        )
        click.echo(head)
    return 0


@click.command()
@click.argument("case", type=click.Path(path_type=Path))
@click.argument("source", nargs=-1, required=True, type=click.Path(path_type=Path))
@house_options
@intake_options
@progress_option
@json_option
def receive(case: Path, source: tuple[Path, ...], as_json: bool, progress: str | None, **how: Any) -> int:
    """Copy each SOURCE into CASE as a delivery: every byte hashed, every act logged, the source untouched.

    An interrupted delivery of the same SOURCE goes on where it stopped.

    \b
    Examples
      proofroom receive leak.case /media/stick --intake intake.toml
    """
    from proofroom.cli.progress import Bars

    with opened_for_work(case, how) as opened:
        for one in source:
            answers = intake_answers(opened, one, how["intake"], as_json=as_json)
            again = f"proofroom receive {case} {one}"
            with Bars(shown_as(progress, as_json=as_json)) as bars, stopping(case, again) as pausing:
                delivery = opened.receive(one, how["intake"], bars, answers, pausing)
            if as_json:
                put_json(delivery)
            else:
                words = f"{delivery['found']:,} found, {delivery['new']:,} new"
                click.echo(f"Delivery {delivery['delivery']}: {words}.")
    return 0
