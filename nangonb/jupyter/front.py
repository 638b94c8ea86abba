"""What the notebook adds to a session: progress, the picker, and what it knows of other cells."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nangonb.jupyter import displaying
from nangonb.jupyter.progress import LiveProgress
from nangonb.session import ConnectionChoice

if TYPE_CHECKING:
    from nangonb.dryrun import Progress


class NotebookFront:
    def __init__(self, shell: Any) -> None:
        self._shell = shell

    def progress(self, name: str) -> Callable[[Progress | None], None]:
        return LiveProgress(name) if self._has_kernel else lambda _: None

    def show_choice(self, choice: ConnectionChoice) -> None:
        if self._has_kernel:
            from nangonb.jupyter.picker import show

            show(choice)
        else:
            displaying.show({"text/plain": choice.text()})

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
