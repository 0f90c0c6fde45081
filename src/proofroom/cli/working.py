"""The working commands: open, new, receive, run, unlock."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from proofroom.cli.asking import (
    as_option,
    intake_answers,
    new_passphrase,
    passphrase_file_option,
    passphrase_for,
)
from proofroom.cli.looking import print_status
from proofroom.cli.output import json_option, put_json, safe

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
@json_option
def open_(source: tuple[Path, ...], case: Path, as_json: bool, workers: int | None, **how: Any) -> int:
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
    with opened_for_work(case, how) as opened:
        for one in source:
            if opened.is_waiting(one, how["intake"]):
                click.echo(f"{safe(str(one))} is in the case already; what was stopped goes on.", err=True)
                continue
            answers = intake_answers(opened, one, how["intake"], as_json=as_json)
            with Bars(quiet=as_json) as bars:
                opened.receive(one, how["intake"], bars, answers)
        with Bars(quiet=as_json) as bars:
            opened.run((), workers, bars, ocr=not how["no_ocr"])
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
@json_option
def receive(case: Path, source: tuple[Path, ...], as_json: bool, **how: Any) -> int:
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
            with Bars(quiet=as_json) as bars:
                delivery = opened.receive(one, how["intake"], bars, answers)
            if as_json:
                put_json(delivery)
            else:
                words = f"{delivery['found']:,} found, {delivery['new']:,} new"
                click.echo(f"Delivery {delivery['delivery']}: {words}.")
    return 0


@click.command()
@click.argument("case", type=click.Path(path_type=Path))
@click.argument("stage", nargs=-1)
@click.option("--redo", metavar="STATE", help="Read again what is in this state (or `all`).")
@click.option("--workers", type=click.IntRange(1, 64), help="Sandboxed workers; one per core by default.")
@ocr_option
@house_options
@json_option
def run(
    case: Path, stage: tuple[str, ...], as_json: bool, redo: str | None, workers: int | None, **how: Any
) -> int:
    """Do what is not done yet in CASE: read, index, then OCR; all stages, or only those named.

    \b
    Examples
      proofroom run leak.case
      proofroom run leak.case search
      proofroom run leak.case --redo crashed
    """
    from proofroom.case import Case
    from proofroom.cli.progress import Bars

    with Bars(quiet=as_json) as bars:
        with opened_for_work(case, how) as opened:
            if redo:
                opened.redo(redo)
            opened.run(stage, workers, bars, ocr=not how["no_ocr"])
        with Case.open(case) as looked:
            return finish(looked, as_json=as_json)


@click.command()
@click.argument("case", type=click.Path(path_type=Path))
@click.option("--passwords", type=click.Path(exists=True, path_type=Path), help="UTF-8, one per line.")
@click.option("--workers", type=click.IntRange(1, 64), help="Sandboxed workers; one per core by default.")
@house_options
@json_option
def unlock(case: Path, passwords: Path | None, as_json: bool, workers: int | None, **how: Any) -> int:
    """Try passwords on the locked files of CASE, and read what opens.

    Without --passwords, what the cache itself offers is tried again, with all passwords given before.

    \b
    Examples
      proofroom unlock leak.case --passwords words.txt
    """
    from proofroom.case import Case
    from proofroom.cli.progress import Bars

    with Bars(quiet=as_json) as bars:
        with opened_for_work(case, how) as opened:
            opened.unlock(_passwords(passwords))
            opened.run((), workers, bars, ocr=False)
        with Case.open(case) as looked:
            return finish(looked, as_json=as_json)


def _passwords(file: Path | None) -> list[str]:
    """Read a list of passwords, one per line, verbatim."""
    if file is None:
        return []
    try:
        return file.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        from proofroom.errors import WrongUse

        raise WrongUse(
            f"{file.name} is not UTF-8", remedy="Save the list as UTF-8, one password per line."
        ) from None
