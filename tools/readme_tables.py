"""Write the tables of README.md from the verbs and the cell magics.

    python tools/readme_tables.py

A table is between ``<!-- verbs -->`` or ``<!-- cells -->`` and ``<!-- end -->``. A test compares them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from nangonb._project.declaring import COMMANDS
from nangonb._project.options import Command
from nangonb._verbs import Verb, verbs

PAGE = Path(__file__).resolve().parents[1] / "README.md"

_TABLE = re.compile(r"(<!-- (cells|verbs) -->\n).*?(<!-- end -->\n)", re.DOTALL)


def page(text: str) -> str:
    """The page with its tables as the verbs are now."""
    tables = {"cells": _cells, "verbs": _verbs}
    return _TABLE.sub(lambda match: f"{match[1]}\n{tables[match[2]]()}\n{match[3]}", text)


def _cells() -> str:
    rows = ((f"`{_usage(command)}`", command.summary) for command in COMMANDS.values())
    return _table(("first line of the cell", "what the cell declares"), rows)


def _verbs() -> str:
    rows = (_row(verb) for verb in verbs().values() if verb.in_notebook or verb.in_shell)
    return _table(("in a notebook", "on the command line", "what it does", "options"), rows)


def _row(verb: Verb) -> tuple[str, str, str, str]:
    magic = f"`{_usage(verb.magic)}`" if verb.in_notebook else ""
    command = f"`{_usage(verb.command)}`" if verb.in_shell else ""
    spellings = {
        next((name for name in option.names if name.startswith("--")), option.names[0]): None
        for each in ([verb.magic] if verb.in_notebook else []) + ([verb.command] if verb.in_shell else [])
        for option in each.options
        if not option.positional
    }
    return magic, command, verb.summary, " ".join(f"`{spelling}`" for spelling in spellings)


def _usage(command: Command) -> str:
    """``%nango_dryrun NAME [CONNECTION]``."""
    brackets = {None: "{}", "?": "[{}]", "+": "{}…", "*": "[{}…]"}
    words = [brackets[each.nargs].format(each.spelling) for each in command.options if each.positional]
    return " ".join([command.prog, *words])


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "".join(f"| {' | '.join(cells)} |\n".replace("  ", " ") for cells in lines)


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text()))
