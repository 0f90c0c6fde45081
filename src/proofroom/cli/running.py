"""The commands that read a case: run, pause, resume, unlock."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from proofroom.cli.output import json_option, progress_option, put_json, shown_as
from proofroom.cli.stopping import stopping
from proofroom.cli.working import finish, house_options, ocr_option, opened_for_work

_REDO = "Do again what this condition chooses: a state, or such as 'format=pdf and size>10MB', or `all`."


@click.command()
@click.argument("case", type=click.Path(path_type=Path))
@click.argument("stage", nargs=-1)
@click.option("--redo", metavar="CONDITION", help=_REDO)
@click.option("--dry-run", is_flag=True, help="With --redo: only count what would be done again.")
@click.option("--undo-redo", is_flag=True, help="Take back a redo, for what was not read again yet.")
@click.option("--workers", type=click.IntRange(1, 64), help="Sandboxed workers; one per core by default.")
@ocr_option
@house_options
@progress_option
@json_option
def run(
    case: Path, stage: tuple[str, ...], as_json: bool, redo: str | None, workers: int | None, **how: Any
) -> int:
    """Do what is not done yet in CASE: read, index, then OCR; all stages, or only those named.

    The first Ctrl-C ends what is under way and stops, the second stops at once; the same command goes on. What
    a redo replaces stays on record; what it was before is told when it is done.

    \b
    Fields of a condition: state, reason, format, version, engine, path, digest, size; with = and != (* and ?
    stand for anything), version and size also with < <= > >=.

    \b
    Examples
      proofroom run leak.case
      proofroom run leak.case search
      proofroom run leak.case extract --redo 'state=damaged'
      proofroom run leak.case --redo 'format=pdf and version<3' --dry-run
      proofroom run leak.case ocr --redo 'engine=tesseract'
    """
    from proofroom.case import Case
    from proofroom.cli.progress import Bars

    _check(redo, dry_run=how["dry_run"], undo_redo=how["undo_redo"])
    if how["dry_run"] and redo:
        return _count(case, redo, stage, as_json=as_json)
    with opened_for_work(case, how) as opened:
        if how["undo_redo"]:
            _tell(f"{opened.take_back():,} keep what they were read as.", as_json=as_json)
        if redo:
            _tell(f"{opened.redo(redo, stage):,} will be done again.", as_json=as_json)
        with Bars(shown_as(how["progress"], as_json=as_json)) as bars, stopping(case) as pausing:
            opened.run(stage, workers, bars, pausing, ocr=not how["no_ocr"])
    with Case.open(case) as looked:
        if redo and not as_json:
            _print_compared(looked.redone())
        return finish(looked, as_json=as_json)


def _check(redo: str | None, *, dry_run: bool, undo_redo: bool) -> None:
    """Refuse options that do not go together."""
    from proofroom.errors import WrongUse

    if dry_run and redo is None:
        raise WrongUse("--dry-run counts what a --redo would do", remedy="Give --redo CONDITION too.")
    if undo_redo and redo is not None:
        raise WrongUse("--redo and --undo-redo were both given", remedy="Give one of them.")


def _count(case: Path, redo: str, stage: tuple[str, ...], *, as_json: bool) -> int:
    """Print how many artifacts a redo would do again."""
    from proofroom.case import Case

    with Case.open(case) as looked:
        count = looked.would_redo(redo, stage)
    if as_json:
        put_json({"would_redo": count})
    else:
        click.echo(f"would redo {count:,} artifacts")
    return 0


def _tell(words: str, *, as_json: bool) -> None:
    if not as_json:
        click.echo(words, err=True)


def _print_compared(lines: list[dict[str, Any]]) -> None:
    """Print what came of a redo: what it was, what it is, and whether anything else came out."""
    for line in lines:
        before = " ".join(filter(None, (line["before"], line["before_reason"])))
        now = " ".join(filter(None, (line["now"], line["now_reason"])))
        content = "the same content" if line["same"] else "other content"
        click.echo(f"  {line['n']:>9,}  {before} → {now}, {content}")


@click.command()
@click.argument("case", type=click.Path(path_type=Path))
@json_option
def pause(case: Path, as_json: bool) -> int:
    """Let the run that works on CASE in another terminal hold: it ends what is under way and begins nothing.

    It keeps its place and its lock; searching and all other reading commands work meanwhile.

    \b
    Examples
      proofroom pause leak.case
    """
    from proofroom.case.pausing import PAUSED
    from proofroom.case.pausing import pause as ask

    return _said(case, ask(case), PAUSED, as_json=as_json)


@click.command()
@click.argument("case", type=click.Path(path_type=Path))
@json_option
def resume(case: Path, as_json: bool) -> int:
    """Let the run that holds on CASE go on.

    \b
    Examples
      proofroom resume leak.case
    """
    from proofroom.case.pausing import WORKING
    from proofroom.case.pausing import resume as ask

    return _said(case, ask(case), WORKING, as_json=as_json)


def _said(case: Path, work: str, wanted: str, *, as_json: bool) -> int:
    """Print what the other process does now."""
    words = {
        "paused": f"The run holds; `proofroom resume {case}` lets it go on.",
        "pausing": "The run holds as soon as what is under way is done; `proofroom status` says when.",
        "working": "The run goes on.",
        "nobody": "The run has ended meanwhile.",
    }
    if as_json:
        put_json({"work": work})
    else:
        click.echo(words[work], err=work != wanted)
    return 0


@click.command()
@click.argument("case", type=click.Path(path_type=Path))
@click.option("--passwords", type=click.Path(exists=True, path_type=Path), help="UTF-8, one per line.")
@click.option("--workers", type=click.IntRange(1, 64), help="Sandboxed workers; one per core by default.")
@house_options
@progress_option
@json_option
def unlock(
    case: Path, passwords: Path | None, as_json: bool, workers: int | None, progress: str | None, **how: Any
) -> int:
    """Try passwords on the locked files of CASE, and read what opens.

    Without --passwords it goes on where the limit on attempts stopped it, with what the cache offers and what was
    given before. `proofroom passwords CASE files` tells what opened what.

    \b
    Examples
      proofroom unlock leak.case --passwords words.txt
    """
    from proofroom.case import Case
    from proofroom.cli.progress import Bars

    with opened_for_work(case, how) as opened:
        opened.passwords().add(_passwords(passwords))
        with Bars(shown_as(progress, as_json=as_json)) as bars, stopping(case) as pausing:
            opened.run((), workers, bars, pausing, ocr=False)
    with Case.open(case) as looked:
        return finish(looked, as_json=as_json)


def _passwords(file: Path | None) -> list[str]:
    """Read a list of passwords, one per line, verbatim."""
    if file is None:
        return []
    try:
        # Not `splitlines`: it would also cut at signs that a password may hold.
        lines = file.read_bytes().decode("utf-8-sig").split("\n")
        return [line.removesuffix("\r") for line in lines]
    except UnicodeDecodeError:
        from proofroom.errors import WrongUse

        raise WrongUse(
            f"{file.name} is not UTF-8", remedy="Save the list as UTF-8, one password per line."
        ) from None
