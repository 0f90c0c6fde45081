"""Groups whose order is `GROUP CASE VERB`: whoever writes the verb first is told so, instead of a missing command."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click


class CaseGroup(click.Group):
    """A group of verbs on one case, which comes before the verb."""

    def __init__(self, *given: Any, **named: Any) -> None:
        """Show the order in the line of usage."""
        super().__init__(*given, **({"subcommand_metavar": "VERB ...", "options_metavar": ""} | named))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take the case; where a verb stands in its place, show the verb's help or say the order."""
        if args and args[0] in self.commands and not Path(args[0]).exists():
            self._explain(ctx, args[0], args[1:])
        return super().parse_args(ctx, args)

    def _explain(self, ctx: click.Context, verb: str, rest: list[str]) -> None:
        """Help with a verb that was written before its case; raises WrongUse unless help is what was asked for."""
        from proofroom.errors import WrongUse

        if set(rest) & set(ctx.help_option_names):
            self.commands[verb].make_context(verb, ["--help"], parent=ctx)
        raise WrongUse(
            f"the case comes before {verb}, and there is no case called {verb} here",
            remedy=f"Write `{ctx.command_path} CASE {verb} ...`; `{ctx.command_path} CASE {verb} --help` says more.",
        )
