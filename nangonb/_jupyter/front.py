"""What the notebook adds to a session: progress, the picker, and what it knows of other cells."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nangonb._jupyter import displaying
from nangonb._jupyter.cells import CellTracker
from nangonb._jupyter.progress import LiveProgress, LiveWait
from nangonb._session import ConnectionChoice, Session
from nangonb._session.front import ask_terminal

if TYPE_CHECKING:
    from nangonb._dryrun import Progress
    from nangonb._jupyter.picker import Picker
    from nangonb._nango import Wait
    from nangonb._project import Problem
    from nangonb._render import Displayable


class NotebookFront:
    def __init__(self, shell: Any, session: Session, cells: CellTracker) -> None:
        self._shell = shell
        self._session = session
        self._cells = cells
        self._pickers: list[tuple[str | None, str, Picker]] = []
        self._waiting = LiveWait(updates=self._has_kernel)
        session.front = self
        session.connections.selection.on_change = self._refresh_pickers

    def close(self) -> None:
        """Leave the session, and close what is open."""
        self._session.front = self._session.connections.selection.on_change = None
        for _, _, picker in self._pickers:
            picker.close()
        self._pickers.clear()

    def progress(self, name: str) -> Callable[[Progress | None], None]:
        return LiveProgress(name) if self._has_kernel else lambda _: None

    def waiting(self, wait: Wait) -> None:
        self._waiting(wait)

    def show_choice(self, choice: ConnectionChoice) -> None:
        if not self._has_kernel:
            displaying.show({"text/plain": choice.text()})
            return
        from nangonb._jupyter.picker import Picker

        self._close_earlier_pickers()
        picker = Picker(choice, self._session)
        self._pickers.append((self._cells.id, self._cells.label, picker))
        picker.show()

    def notice(self, problems: Sequence[Problem]) -> None:
        from nangonb._render import problems_html, problems_text

        displaying.show({"text/plain": problems_text(problems), "text/html": problems_html(problems)})

    def show(self, result: Displayable) -> None:
        displaying.show_object(result)

    def ask(self, question: str) -> str | None:
        if not self._has_kernel:
            return ask_terminal(question)
        from IPython.core.error import StdinNotImplementedError

        try:
            return input(question)
        except StdinNotImplementedError:  # a notebook that is executed without a front end
            return None

    def insert_cell(self, text: str) -> bool:
        self._shell.set_next_input(text)
        return True

    def _close_earlier_pickers(self) -> None:
        """A cell that runs again shows new ones; those it showed before are gone from the page."""
        id, label = self._cells.id, self._cells.label
        for entry in list(self._pickers):
            if id is not None and entry[0] == id and entry[1] != label:
                entry[2].close()
                self._pickers.remove(entry)

    def _refresh_pickers(self) -> None:
        """All pickers on the page show the one selection that there is."""
        for _, _, picker in self._pickers:
            picker.refresh()

    @property
    def _has_kernel(self) -> bool:
        return hasattr(self._shell, "kernel")

    def locate_name(self, name: str) -> str | None:
        """The newest cell that defines ``name`` for the notebook, or None."""
        if name not in self._shell.user_ns:
            return None
        word = re.escape(name)
        defines = re.compile(
            rf"^(?:async )?(?:def|class) {word}\b|^{word}\s*[:=]|^(?:from .+ )?import .*\b{word}\b", re.M
        )
        inputs = self._shell.user_ns.get("In", [])
        for number in range(len(inputs) - 1, 0, -1):
            if defines.search(inputs[number]):
                return f"Cell In[{number}]"
        return "the notebook"

    def notebook(self) -> Path | None:
        """Jupyter servers and VS Code tell the kernel which notebook it belongs to."""
        named = self._shell.user_ns.get("__vsc_ipynb_file__") or os.environ.get("JPY_SESSION_NAME")
        path = Path(str(named)) if named else None
        return path if path is not None and path.suffix == ".ipynb" and path.is_file() else None
