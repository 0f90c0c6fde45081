"""The command `renderings`: translations and transcripts that lie beside the original."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from proofroom.cli.asking import as_option, passphrase_file_option
from proofroom.cli.looking import looked
from proofroom.cli.output import json_option, put_json, put_json_lines, reveal_option, safe
from proofroom.cli.rendered import rendering_mark
from proofroom.cli.verbs import CaseGroup
from proofroom.cli.working import house_options, opened_for_work

F = Callable[..., Any]
_KINDS = ("translation", "transcript")
_STATES = ("draft", "checked", "certified", "withdrawn")


def made_options(command: F) -> F:
    """Give a command the options that say what a rendering is and who made it."""
    for option in reversed(
        (
            click.option(
                "--language", required=True, metavar="TAG", help="Its language: en, zh-Hans, ug-Arab."
            ),
            click.option("--kind", type=click.Choice(_KINDS), default="translation", show_default=True),
            click.option("--by", metavar="NAME", help="Who made it; a handle will do."),
            click.option("--machine", metavar="ENGINE", help="Which engine made it, with its version."),
        )
    ):
        command = option(command)
    return command


@click.group(cls=CaseGroup)
@click.argument("case", type=click.Path(path_type=Path))
@click.pass_context
def renderings(ctx: click.Context, case: Path) -> None:
    """Keep translations and transcripts of CASE beside the original, with who made each and who vouches for it.

    They never take the original's place, and nothing is counted or linked from them. What a machine made is
    marked everywhere, and all are searched only with `search --renderings`.

    \b
    Examples
      proofroom renderings leak.case export 3f2a90c1b7de --out to-translate.xlf --reveal 'for anna'
      proofroom renderings leak.case import translated.xlf --language en --by anna
      proofroom renderings leak.case list
      proofroom renderings leak.case judge 5d1c0a93be72.4 --state checked
    """
    ctx.obj = case


@renderings.command("import")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@made_options
@click.option(
    "--for", "address", metavar="WHERE", help="What a text or subtitles are of; tables say it themselves."
)
@click.option("--state", type=click.Choice(_STATES[:3]), default="draft", show_default=True)
@house_options
@json_option
@click.pass_obj
def import_(case: Path, /, files: tuple[Path, ...], as_json: bool, **how: Any) -> int:
    """Take in what translators or transcribers made: CSV, XLIFF, SubRip or WebVTT, or plain text.

    A table needs the columns `where` and `text`; `language` may stand beside them.

    \b
    Examples
      proofroom renderings leak.case import list.csv --language en --by anna
      proofroom renderings leak.case import speech.srt --kind transcript --language zh --by li --for 3f2a90c1b7de
    """
    made = _made(how, how["state"])
    with opened_for_work(case, how) as opened:
        done = opened.renderings().bring(files, made, how["address"])
    if as_json:
        put_json(done)
    else:
        click.echo(f"{done['taken']:,} taken in as {made.state.value}{_besides(done)}")
        for one in done["refused"]:
            words = f"  not taken: {safe(one['file'])}, {one['place']}: {one['why']}"
            click.secho(words, fg="yellow", err=True)
    return 3 if done["refused"] else 0


@renderings.command("list")
@click.argument("where", required=False)
@click.option("--state", type=click.Choice(_STATES), help="Only those in this state.")
@json_option
@reveal_option
@as_option
@passphrase_file_option
@click.pass_obj
def list_(case: Path, /, where: str | None, state: str | None, as_json: bool, **how: Any) -> int:
    """List the renderings of CASE, or those of an artifact or address WHERE.

    \b
    Examples
      proofroom renderings leak.case list
      proofroom renderings leak.case list 3f2a90c1b7de --state draft
    """
    with looked(str(case), "renderings", **how) as view:
        lines = view.renderings(where, state)
    if as_json:
        put_json_lines(lines)
        return 0
    for line in lines:
        click.secho(safe(line["where"]), fg="cyan")
        click.secho(f"  {rendering_mark(line)}", fg="yellow")
        click.echo(f"    {safe(str(line['text']).strip()[:200])}")
    click.echo(f"{len(lines):,} {'rendering' if len(lines) == 1 else 'renderings'}", err=True)
    return 0


@renderings.command("judge")
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@click.option(
    "--state", type=click.Choice(_STATES), required=True, help="In which state they are from now on."
)
@house_options
@json_option
@click.pass_obj
def judge(case: Path, /, ids: tuple[str, ...], state: str, as_json: bool, **how: Any) -> int:
    """Say of some renderings that they are checked or certified, drafts again, or withdrawn; signed, never erased.

    \b
    Examples
      proofroom renderings leak.case judge 5d1c0a93be72.4 --state checked
      proofroom renderings leak.case judge 5d1c0a93be72.4 5d1c0a93be72.5 --state withdrawn
    """
    from proofroom.model.renderings import RenderingState

    with opened_for_work(case, how) as opened:
        count = opened.renderings().judge(ids, RenderingState(state))
    if as_json:
        put_json({"judged": count, "state": state})
    else:
        click.echo(f"{count:,} now {state}")
    return 0


@renderings.command("export")
@click.argument("where", nargs=-1, required=True)
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="A .csv or .xlf that is not there yet."
)
@click.option("--from", "source", default="zh", show_default=True, metavar="TAG", help="Their language.")
@click.option("--to", "language", default="en", show_default=True, metavar="TAG", help="The language wanted.")
@json_option
@reveal_option
@as_option
@passphrase_file_option
@click.pass_obj
def export(
    case: Path, /, where: tuple[str, ...], out: Path, source: str, language: str, as_json: bool, **how: Any
) -> int:
    """Write the texts at each WHERE to a file for translators, with the addresses to send them back under.

    Names and numbers are masked unless --reveal gives a reason, which goes into custody.

    \b
    Examples
      proofroom renderings leak.case export 3f2a90c1b7de --out to-translate.xlf --reveal 'translation by anna'
      proofroom renderings leak.case export '3f2a90c1b7de#page=3' --out page.csv --to fr
    """
    from proofroom.case.rendering_export import written
    from proofroom.errors import WrongUse

    if out.exists():
        raise WrongUse(f"{out} is there already", remedy="Name another file, or remove it.")
    with looked(str(case), "export", **how) as view:
        texts = view.texts(where)
        out.write_bytes(written(out.suffix.lstrip(".").lower(), texts, source, language))
    if as_json:
        put_json({"texts": len(texts), "file": str(out)})
    else:
        click.echo(f"{len(texts):,} {'text' if len(texts) == 1 else 'texts'} in {safe(str(out))}")
    return 0


@renderings.command("make")
@click.argument("where", nargs=-1, required=True)
@made_options
@click.option(
    "--from", "source", default="zh", show_default=True, metavar="TAG", help="The original's language."
)
@click.option("--command", required=True, help="The program with its arguments, in one word.")
@click.option(
    "--reads",
    multiple=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder that it may read, such as that of its models.",
)
@house_options
@json_option
@click.pass_obj
def make(case: Path, /, where: tuple[str, ...], as_json: bool, **how: Any) -> int:
    """Let a program of this machine translate or transcribe what stands at each WHERE, without any network.

    What it gives is a draft, marked as made by a machine. The program's side: docs/how-to/translate.md.

    \b
    Examples
      proofroom renderings leak.case make 3f2a90c1b7de --language en --machine 'argos 1.9' --command argos-lines
    """
    made = _made(how, "draft")
    with opened_for_work(case, how) as opened:
        done = opened.renderings().make(where, made, how["source"], how["command"], how["reads"])
    if as_json:
        put_json(done)
    else:
        drafts = "a draft" if done["taken"] == 1 else "drafts"
        click.echo(f"{done['taken']:,} made as {drafts}{_besides(done)}")
    return 0


def _besides(done: dict[str, Any]) -> str:
    """Say what was not taken in because there was nothing new to take in."""
    known, empty = done["known"], done.get("untranslated", 0)
    return (f", {known:,} known already" if known else "") + (f", {empty:,} untranslated" if empty else "")


def _made(how: dict[str, Any], state: str) -> Any:
    """Read what the options say of who made it."""
    from proofroom.case.rendering_work import MadeBy
    from proofroom.errors import BadRendering
    from proofroom.model.renderings import RenderingKind, RenderingState

    if bool(how["by"]) == bool(how["machine"]):
        raise BadRendering(
            "say who made it, a person or a machine", remedy="Give --by NAME or --machine 'ENGINE VERSION'."
        )
    by = how["by"] or how["machine"]
    return MadeBy(
        RenderingKind(how["kind"]), how["language"], by, bool(how["machine"]), RenderingState(state)
    )
