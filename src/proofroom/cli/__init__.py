"""The command line: one command per verb, loaded when it is called, so that `--help` is fast.

This module holds no logic: it opens a case, calls its door, and renders. Exit statuses stand in
`docs/spec/json.md`: 0 done, 1 a verification or lookup failed, 2 wrong use, 3 done but something is not
read, 4 a tool is missing, 130 paused.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import TYPE_CHECKING, Any, Final

import click

if TYPE_CHECKING:
    from proofroom.errors import ProofroomError

_COMMANDS: Final = {
    "open": "working",
    "new": "working",
    "receive": "working",
    "run": "running",
    "pause": "running",
    "resume": "running",
    "unlock": "running",
    "passwords": "passwords",
    "ocr": "ocr",
    "renderings": "renderings",
    "status": "accounting",
    "artifacts": "accounting",
    "report": "reporting",
    "duplicates": "duplicates",
    "show": "looking",
    "search": "looking",
    "sql": "looking",
    "verify": "checking",
    "doctor": "checking",
    "member": "checking",
    "world": "worlds",
    "demo": "worlds",
}


class _Lazy(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Name the commands in the order of the work."""
        return list(_COMMANDS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        """Load one command."""
        if name not in _COMMANDS:
            return None
        module = importlib.import_module(f"proofroom.cli.{_COMMANDS[name]}")
        command: click.Command = getattr(module, name if name != "open" else "open_")
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; that the reader of our output went away (`| head`) is nothing wrong.

        It is caught here, for Click would end with 1 on it, which means that a verification failed.
        """
        try:
            status = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        return status

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Print the commands from a table, so that help loads none of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, _SHORT[name]) for name in _COMMANDS])


_SHORT: Final = {
    "open": "The main job: take files in, read them all, make them searchable.",
    "new": "Make an empty case.",
    "receive": "Take a delivery into a case, copying it without harming it.",
    "run": "Read and index what is not done yet, or again; resumes where it stopped.",
    "pause": "Let a run in another terminal hold.",
    "resume": "Let it go on.",
    "unlock": "Try passwords on locked files.",
    "passwords": "The passwords of files: which are kept, what each opened, what was tried.",
    "ocr": "Read the pages that are pictures, or take in what another engine read.",
    "renderings": "Translations and transcripts beside the original: bring in, list, vouch for, give out.",
    "status": "The accounting: everything found, and what became of it.",
    "artifacts": "One line per file, member and attachment, with its state.",
    "duplicates": "What was found several times, to the byte or nearly.",
    "report": "The intake report, to be read, printed and signed.",
    "show": "What stands at an address, with its neighbours.",
    "search": "Find a name, number or word, down to the cell.",
    "sql": "One SELECT over cells, pieces and occurrences.",
    "verify": "Recompute every digest and proof of a case.",
    "doctor": "What this machine has, and what is lost without it.",
    "member": "The people of the team: handles and keys.",
    "world": "Make a synthetic cache with known truth, or score a case against it.",
    "demo": "A synthetic leak, from the received files to a search hit.",
}


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="proofroom", message="%(version)s")
def cli() -> None:
    """Proofroom turns a leaked document cache into evidence anyone can check.

    \b
    Start with
      proofroom demo --out demo             a synthetic leak, made and read before your eyes
      proofroom open FOLDER --case CASE     take in a folder of files and read them all
      proofroom search CASE 王小明           find a name
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; this is one of the three borders at which every failure is explained."""
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: list[str]) -> int:
    """Run one command; gives its exit status."""
    from proofroom.errors import ProofroomError, SystemRefused, WrongUse

    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    try:
        status: Any = cli.main(arguments, "proofroom", standalone_mode=False)
    except (click.exceptions.Abort, KeyboardInterrupt) as stop:
        # Click makes an Abort of what was raised; the words of whoever stopped stand in that.
        words = str(stop.__cause__ or stop) or "Paused; the same command goes on from here."
        click.echo(words, err=True)
        return 130
    except click.ClickException as wrong:
        if "--json" not in arguments:
            wrong.show()
            return 2
        return _explain(WrongUse(wrong.format_message(), remedy="See `proofroom COMMAND --help`."), arguments)
    except UnicodeDecodeError:
        return _explain(WrongUse("a file that was given is not UTF-8", remedy="Save it as UTF-8."), arguments)
    except ProofroomError as failure:
        return _explain(failure, arguments)
    except OSError as failure:
        return _explain(
            SystemRefused(f"{failure.strerror or 'an error'}: {failure.filename or 'no path'}"), arguments
        )
    return status if isinstance(status, int) else 0


def _explain(failure: ProofroomError, arguments: list[str]) -> int:
    """Say what went wrong; gives the exit status."""
    from proofroom.cli.output import explain

    return explain(failure, as_json="--json" in arguments)
