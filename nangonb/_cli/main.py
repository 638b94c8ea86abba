"""``nangonb VERB …``: parse, run one verb, and turn errors into exit codes.

0 done, 1 refused or not up to date, 2 usage, 3 configuration or API, 10 the TypeScript does not compile,
11 deploy, 12 the script failed, 130 interrupted.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Mapping, Sequence

from nangonb._verbs import Verb, verbs
from nangonb._version import __version__
from nangonb.errors import NangonbError, UnknownName

_HELP = ("--help", "-h")
_GLOBAL = (*_HELP, "--version")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Returns its exit code; prints what went wrong to stderr."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        return _run(words)
    except NangonbError as error:
        print("\n".join(error.lines()), file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # `nangonb … | head`: whether a check has found errors is not known
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE


def _run(words: list[str]) -> int:
    commands = {name: verb for name, verb in verbs().items() if verb.in_shell}
    if not words or words[0] in _HELP:
        print(_help(commands), end="")
        return 0 if words else 2
    if words[0] == "--version":
        print(f"nangonb {__version__}")
        return 0
    verb = commands.get(words[0])
    if verb is None:
        kind = "option" if words[0].startswith("-") else "command"
        raise UnknownName(kind, words[0], list(_GLOBAL if kind == "option" else commands))
    if not verb.takes_words and {*_HELP} & set(words[1:]):
        print(verb.command.help(), end="")
        return 0
    return verb.run_command(words[1:])


def _help(commands: Mapping[str, Verb]) -> str:
    parser = argparse.ArgumentParser(
        prog="nangonb", description="Write, dry run and export Nango integrations from a notebook."
    )
    parser.add_argument("--version", action="version", help="show the version", version=__version__)
    subparsers = parser.add_subparsers(metavar="COMMAND")
    for name, verb in commands.items():
        subparsers.add_parser(name, help=verb.summary)
    return parser.format_help()
