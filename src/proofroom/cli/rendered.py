"""How a translation or transcript is printed: never without who made it, and a machine's never as anything else."""

from __future__ import annotations

from typing import Any

import click

from proofroom.cli.output import safe


def rendering_mark(line: dict[str, Any]) -> str:
    """Say what a rendering is, in one line: kind, language, who made it, and how far somebody vouches for it."""
    made = "by a machine, " if line["machine"] else "by "
    words = f"{line['kind']} ({line['language']}) {made}{line['by']}, {line['state']}"
    if line["state"] in ("checked", "certified"):
        words += f" by {line['judged_by']}"
    if line.get("of_another_text"):
        words += "; made of another text than stands here now"
    return safe(f"{line['id']}  {words}")


def print_renderings(line: dict[str, Any]) -> None:
    """Print the renderings that stand beside something that is shown."""
    for one in line.get("renderings", ()):
        click.secho(f"  {rendering_mark(one)}", fg="yellow")
        for text in str(one["text"]).splitlines():
            click.echo(f"    {safe(text)}")
