"""What ``%load_ext nangonb`` adds to a shell, and ``%unload_ext`` takes away."""

from __future__ import annotations

import sys
from typing import Any

from nangonb._jupyter.cells import CellTracker
from nangonb._jupyter.completion import Completion
from nangonb._jupyter.front import NotebookFront
from nangonb._jupyter.magics import Magics, NangoMagics
from nangonb._session import Session, current
from nangonb.errors import NangonbError


class Extension:
    """Holds what was registered, so that it can be taken back."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._session = current()
        self._cells = CellTracker(shell)
        self._completion = Completion(shell, self._session)
        self._front = NotebookFront(shell, self._session, self._cells)
        self._settings = NangoMagics(shell, self._session)
        self._magics = Magics(shell, self._session, self._cells)
        self._cells.register()
        self._completion.register()
        shell.register_magics(self._settings)
        self._magics.register()
        # what our errors and notes tell to type works at once: nangonb.last_dryrun()
        self._named = "nangonb" not in shell.user_ns
        if self._named:
            shell.user_ns["nangonb"] = sys.modules["nangonb"]
        print(banner(self._session))

    def unload(self) -> None:
        if self._named:
            self._shell.user_ns.pop("nangonb", None)
        self._cells.unregister()
        self._completion.unregister()
        self._front.close()
        self._session.close()  # the sandbox too, if it runs; declarations and selection stay
        self._magics.unregister()
        if self._settings in self._shell.configurables:
            self._shell.configurables.remove(self._settings)


def banner(session: Session) -> str:
    """Which Nango this talks to; in the sandbox, the next two lines to type."""
    try:
        target = session.connections.target()
    except NangonbError as error:
        return f"nangonb: {error.message} {error.hint}".rstrip()
    if not target.is_sandbox:
        return f"nangonb talks to {target.label}"
    return (
        "nangonb talks to the sandbox: demo data on this machine, since no NANGO_SECRET_KEY_… is set. Next:\n"
        "  %nango_connection conn-1 --integration-id salesforce\n"
        "  %nango_dryrun NAME"
    )
