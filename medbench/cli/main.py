"""The ``medbench`` command: find the command, run it, turn errors into words and exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from medbench import __version__
from medbench.cli import (
    cache,
    check,
    compare,
    data,
    explain,
    explain_cache,
    leaderboard,
    listing,
    new,
    run,
    schema,
    validate,
)
from medbench.cli.arguments import Parser, add_global_options, parse
from medbench.errors import ExitCode, UserError, describe_os_error
from medbench.lingering import end_in_time

__all__ = ["build_parser", "main"]

COMMANDS = (
    run,
    compare,
    listing,
    explain,
    validate,
    check,
    data,
    cache,
    explain_cache,
    new,
    leaderboard,
    schema,
)


def build_parser() -> Parser:
    """The whole command line. Importing and building it needs no heavy package."""
    parser = Parser(
        prog="medbench",
        description="Is this frozen vision-language model a better medical image interpreter than that one?",
    )
    parser.add_argument("--version", action="version", version=f"medbench {__version__}")
    add_global_options(parser)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)
    for module in COMMANDS:
        module.register(commands)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Entry point; returns the exit code of ``docs/commands.md``.

    Args:
        argv: the line; ``None`` takes that of the process, which is then seen to its end.
    """
    code = _run(list(sys.argv[1:] if argv is None else argv))
    if argv is None:
        end_in_time(code)
    return code


def _run(arguments: list[str]) -> int:
    # threads that spin while they wait make a small job ten times slower on a busy machine; scores stay equal
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    parser = build_parser()
    try:
        namespace = parse(parser, arguments)
        namespace.line = tuple(arguments)
        if namespace.command is None:
            parser.print_help()
            return ExitCode.OK
        return int(namespace.execute(namespace))
    except UserError as fault:
        said = str(fault)
        # a parser names itself
        print(said if said.startswith("medbench") else f"medbench: {said}", file=sys.stderr)
        return fault.exit_code
    except BrokenPipeError:
        # the reader of a pipe has gone; nothing is left to say to it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.OK
    except OSError as fault:
        known = describe_os_error(fault)
        print(f"medbench: {known}", file=sys.stderr)
        return known.exit_code
    except KeyboardInterrupt:
        print("\nmedbench: interrupted; the same line goes on from what is finished", file=sys.stderr)
        return ExitCode.INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
