"""``nangonb VERB …``: parse, call one function, print, and turn errors into exit codes.

0 done, 2 usage, 3 configuration or API, 10 does not compile or a check found errors, 11 deploy, 12 the
script failed, 130 interrupted.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from typing import NoReturn

from nangonb._version import __version__
from nangonb.errors import NangonbError, UnknownName
from nangonb.project.options import add_options
from nangonb.session.options import CLI

_GLOBAL = ("--help", "-h", "--version")


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
    if words[:1] == ["sandbox"]:
        return _sandbox(words[1:])
    parser = _parser()
    known = {command.name: command for command in CLI}
    if words and words[0] not in known and words[0] not in _GLOBAL:
        kind = "option" if words[0].startswith("-") else "command"
        raise UnknownName(kind, words[0], list(_GLOBAL if kind == "option" else known))
    if not words:
        parser.print_help()
        return 2
    if words[0] in known and not {"-h", "--help"} & set(words[1:]):
        options = known[words[0]].parse(words[1:], magic=False)
        options.command = words[0]
    else:
        options = parser.parse_args(words)
    from nangonb.cli import commands

    name = "import_folder" if options.command == "import" else options.command
    return int(getattr(commands, name)(options))


def _sandbox(words: list[str]) -> NoReturn:
    """The sandbox is an application of its own: this process becomes it."""
    os.execv(sys.executable, [sys.executable, "-m", "nangonb.sandbox", *words])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="nangonb",
        description="Write, dry run and export Nango integrations from a notebook.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"nangonb {__version__}")
    verbs = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command in CLI:
        verb = verbs.add_parser(
            command.name,
            help=command.summary,
            description=command.summary,
            epilog=command.details or None,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        add_options(verb, command, magic=False)
    return parser
