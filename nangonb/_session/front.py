"""What a session asks of the front end that it is used from: a notebook, or a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from nangonb._project import Problem
from nangonb._render import Displayable

if TYPE_CHECKING:
    from nangonb._dryrun import Progress
    from nangonb._nango import Wait
    from nangonb._session.choice import ConnectionChoice


def ask_terminal(question: str) -> str | None:
    """The answer of whoever sits at the terminal; None where standard input is none, empty at its end."""
    if not sys.stdin.isatty():
        return None
    try:
        return input(question)
    except EOFError:
        return ""


class Front(Protocol):
    """What a front end adds: live progress, a picker, and what it knows of the notebook."""

    def progress(self, name: str) -> Callable[[Progress | None], None]:
        """A function that shows progress; called with None at the end."""
        ...

    def waiting(self, wait: Wait) -> None:
        """Show that a request waits for Nango's rate limit. Called again and again, until it is over."""
        ...

    def show_choice(self, choice: ConnectionChoice) -> None: ...

    def notice(self, problems: Sequence[Problem]) -> None:
        """Show problems at once, before a verb goes on."""
        ...

    def show(self, result: Displayable) -> None:
        """Show a result at once, before a verb goes on."""
        ...

    def ask(self, question: str) -> str | None:
        """What the user answers; None where nobody can be asked. Raises KeyboardInterrupt."""
        ...

    def insert_cell(self, text: str) -> bool:
        """Put a new cell below the running one. Returns whether the front end can."""
        ...

    def locate_name(self, name: str) -> str | None: ...

    def notebook(self) -> Path | None:
        """The saved notebook of this kernel, where the front end tells."""
        ...
