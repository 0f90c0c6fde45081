"""The command `ocr`: read the pages that wait, or named ones, and take in what other engines have read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from proofroom.cli.output import json_option, progress_option, put_json, put_json_lines, safe, shown_as
from proofroom.cli.stopping import stopping
from proofroom.cli.working import finish, house_options, opened_for_work


@click.command()
@click.argument("case", type=click.Path(path_type=Path))
@click.argument("where", nargs=-1)
@click.option("--redo", is_flag=True, help="Read again what was read (at WHERE, or everything).")
@click.option(
    "--import",
    "files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Take in what another engine read: hOCR, ALTO, a PDF with text, or plain text with form feeds.",
)
@click.option("--engine", metavar="NAME", help="What that engine is called, such as abbyy-15.")
@click.option("--for", "address", metavar="WHERE", help="For which file it is; by its name without this.")
@click.option("--prefer", metavar="NAME", help="Let this version count in search (`rapidocr` is our own).")
@click.option("--workers", type=click.IntRange(1, 64), help="Pages read at once; one per core by default.")
@house_options
@progress_option
@json_option
def ocr(
    case: Path,
    where: tuple[str, ...],
    as_json: bool,
    workers: int | None,
    redo: bool,
    progress: str | None,
    **how: Any,
) -> int:
    """Read the pages of CASE that are pictures and wait for OCR, or only what stands at each WHERE.

    It can be interrupted at any moment and goes on at the next page. Everything else is searchable meanwhile.
    A WHERE is read even if it does not wait: a photo of a list, or a page whose text layer is bad.

    \b
    Examples
      proofroom ocr leak.case
      proofroom ocr leak.case '3f2a90c1b7de#page=3'
      proofroom ocr leak.case --import list.hocr --engine abbyy-15 --for 3f2a90c1b7de
      proofroom ocr leak.case --prefer abbyy-15
    """
    from proofroom.case import Case
    from proofroom.cli.progress import Bars

    _check(how, redo=redo, named=bool(where))
    with opened_for_work(case, how) as opened:
        if how["files"]:
            return _bring(opened.ocr().bring(how["files"], how["engine"], how["address"]), as_json=as_json)
        if how["prefer"]:
            count = opened.ocr().prefer(how["prefer"], where)
            if as_json:
                put_json({"preferred": how["prefer"], "artifacts": count})
            else:
                click.echo(f"{safe(how['prefer'])} counts for {count:,} files.")
            return 0
        again = " ".join(["proofroom ocr", str(case), *where])
        with Bars(shown_as(progress, as_json=as_json)) as bars, stopping(case, again) as pausing:
            opened.ocr(pausing).read(where, workers, bars, again=redo)
    with Case.open(case) as looked:
        return finish(looked, as_json=as_json)


def _check(how: dict[str, Any], *, redo: bool, named: bool) -> None:
    """Refuse options that do not go together."""
    from proofroom.errors import WrongUse

    if bool(how["files"]) != bool(how["engine"]):
        raise WrongUse(
            "--import and --engine belong together", remedy="Give both: the file, and what made it."
        )
    if how["address"] and not how["files"]:
        raise WrongUse("--for says for which file an import is", remedy="Give --import too, or a WHERE.")
    if sum((bool(how["files"]), bool(how["prefer"]), redo)) > 1 or (how["files"] and named):
        raise WrongUse(
            "more than one thing was asked for", remedy="Import, prefer and redo are commands of their own."
        )


def _bring(brought: list[dict[str, Any]], *, as_json: bool) -> int:
    """Print what was taken in."""
    if as_json:
        put_json_lines(brought)
        return 0
    for one in brought:
        where = f"{one['artifact'][:12]}#page=1&ocr={one['engine']}&line=1"
        pages = "1 page" if one["pages"] == 1 else f"{one['pages']:,} pages"
        click.echo(f"{pages}, {one['lines']:,} lines by {one['engine']}: {where}")
    return 0
