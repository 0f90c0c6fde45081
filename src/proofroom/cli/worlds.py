"""The commands of the synthetic world: make one, score a case against its truth, and the demo."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click

from proofroom.cli.output import human_bytes, json_option, put_json, safe, shown_as


class _WorldGroup(click.Group):
    """Lets `world OUT` make a world and `world score CASE TRUTH` score one."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take anything that is not `score` as the folder of a new world."""
        if args and args[0] not in {*self.commands, "-h", "--help"}:
            args = ["make", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_WorldGroup)
def world() -> None:
    """Make a synthetic cache with known truth, or score a case against it.

    \b
    Examples
      proofroom world ./veshkara --size demo --seed 7
      proofroom world score leak.case ./veshkara/truth
    """


@world.command("make")
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--size", type=click.Choice(["demo", "rows"]), default="demo", show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="Equal seeds give equal caches.")
@click.option("--blind", is_flag=True, help="Leave the mark SYNTHETIC-FICTION out of the files.")
@json_option
def make(out: Path, size: Any, seed: int, blind: bool, as_json: bool) -> int:
    """Make a synthetic cache in OUT/cache and its truth in OUT/truth.

    \b
    Examples
      proofroom world ./veshkara --size demo --seed 7
    """
    from proofroom import world as worlds

    if out.exists() and any(out.iterdir()):
        from proofroom.errors import WrongUse

        raise WrongUse(f"{out} is not empty", remedy="Give a new folder.")
    started = time.monotonic()
    worlds.make(out, size=size, seed=seed, blind=blind)
    files = [path for path in (out / "cache").rglob("*") if path.is_file() and not path.is_symlink()]
    size_of_all = sum(path.stat().st_size for path in files)
    if as_json:
        put_json({"out": str(out), "files": len(files), "bytes": size_of_all})
    else:
        took = time.monotonic() - started
        click.echo(
            f"{len(files):,} files, {human_bytes(size_of_all)}, in {took:.1f} s: {safe(str(out / 'cache'))}"
        )
        click.echo("Everybody and everything in it is invented.")
    return 0


@world.command("score")
@click.argument("case", type=click.Path(path_type=Path))
@click.argument("truth", type=click.Path(exists=True, path_type=Path))
@json_option
def score(case: Path, truth: Path, as_json: bool) -> int:
    """Compare what CASE found with what is true: precision and recall per kind.

    \b
    Examples
      proofroom world score demo/case demo/world/truth
    """
    from proofroom.case.scoring import score_case

    document = score_case(case, truth)
    if as_json:
        put_json(document)
        return 0
    _print_score(document)
    return 0


def _print_score(document: dict[str, Any]) -> None:
    click.secho(f"{'':24}{'precision':>10}{'recall':>10}{'of':>10}", bold=True)
    for kind, line in document["kinds"].items():
        click.echo(f"{kind:24}{line['precision']:>10.4f}{line['recall']:>10.4f}{line['true']:>10,}")
    for missed in document["missed"][:10]:
        click.echo(f"  missed: {safe(str(missed))}")


@click.command()
@click.option("--out", type=click.Path(path_type=Path), default=Path("demo"), show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--no-serve", is_flag=True, help="End with the report instead of opening the desk.")
@json_option
def demo(out: Path, seed: int, no_serve: bool, as_json: bool) -> int:
    """Make a synthetic leak, take it through every room that stands, and print the truth beside the answer.

    It leaves OUT/world and OUT/case. The cache is synthetic, so an unencrypted disk and a weak sandbox
    are accepted for it, and the custody log says so.

    \b
    Examples
      proofroom demo --out demo --no-serve
    """
    from proofroom.case.demo import run_demo
    from proofroom.cli.progress import Bars

    with Bars(shown_as(None, as_json=as_json)) as bars:
        document = run_demo(out, seed, bars, _keep_quiet if as_json else click.echo)
    if as_json:
        put_json(document)
    elif not no_serve:
        click.echo("The desk is still to come: until then this report is where the demo ends.")
    return 0


def _keep_quiet(_line: str) -> None:
    """Tell nothing: with --json the document says it all."""
