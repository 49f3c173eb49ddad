"""``netsim``: the verbs, and what becomes of errors."""

from __future__ import annotations

import importlib
import json
import sys

import click

import netsim
from netsim.errors import BadInputError, ExitCode, NetsimError

VERBS = ("check", "run", "simulate", "compare", "fit", "data", "city", "report", "selfcheck")


class Verbs(click.Group):
    """The verbs, each imported when it is called for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the verbs in the order of a planner's work."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return one verb, or None."""
        if cmd_name not in VERBS:
            return None
        command: click.Command = importlib.import_module(f"netsim.cli.{cmd_name}").command
        return command


@click.command(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(netsim.__version__, prog_name="netsim")
def cli() -> None:
    """Plan service networks: simulate outlets, choose sites and staff, compare scenarios."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and leave with an exit code of ``errors.ExitCode``."""
    words = sys.argv[1:] if arguments is None else arguments
    try:
        code = cli.main(args=words, prog_name="netsim", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(ExitCode.BAD_INPUT)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except NetsimError as error:
        click.echo(str(error), err=True)
        if "--json" in words:
            click.echo(json.dumps(_as_answer(error), ensure_ascii=False))
        sys.exit(error.exit_code)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        click.echo(f"{place}{error.strerror or error}; nothing was replaced", err=True)
        sys.exit(ExitCode.ENVIRONMENT)
    sys.exit(code if isinstance(code, int) else ExitCode.OK)


def _as_answer(error: NetsimError) -> dict[str, object]:
    answer: dict[str, object] = {"netsim": 1, "status": error.exit_code.name.lower(), "message": str(error)}
    if isinstance(error, BadInputError):
        answer["faults"] = [
            {
                "file": fault.file,
                "line": fault.line,
                "column": fault.column,
                "path": fault.path,
                "message": fault.message,
            }
            for fault in error.faults
        ]
    return answer
