"""Live progress of a run, as a display that is updated in place."""

from __future__ import annotations

import contextvars
import threading
import time
from typing import TYPE_CHECKING, Any

from nangonb.jupyter.displaying import show

if TYPE_CHECKING:
    from nangonb.dryrun import Progress

_AFTER = 0.5  # seconds; a shorter run shows nothing
_EVERY = 0.2


class LiveProgress:
    """How far a run is. Goes on counting seconds while a request is slow; gone at the end.

    The run only leaves its numbers here, which costs it nothing: a thread shows them.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._started = time.monotonic()
        self._latest: Progress | None = None
        self._handle: Any = None
        self._over = threading.Event()
        # In the context of the cell: from it, displays know which cell they belong to
        context = contextvars.copy_context()
        self._thread = threading.Thread(
            target=context.run, args=(self._live,), name="nangonb-progress", daemon=True
        )
        self._thread.start()

    def __call__(self, progress: Progress | None) -> None:
        if progress is not None:
            self._latest = progress
            return
        self._over.set()
        self._thread.join()
        if self._handle is not None:
            self._handle.update({"text/plain": "", "text/html": ""}, raw=True)  # takes no room

    def _live(self) -> None:
        if self._over.wait(_AFTER):
            return
        self._handle = show(self._bundle())
        while not self._over.wait(_EVERY):
            self._handle.update(self._bundle(), raw=True)

    def _bundle(self) -> dict[str, str]:
        from nangonb.render import elapsed, escape, number, page

        seconds = time.monotonic() - self._started
        parts = [self._name]
        if (progress := self._latest) is not None:
            parts += progress.said.split(", ")
            parts += [f"{number(round(progress.records / seconds))} records/s"] if progress.records else []
        text = " · ".join([*parts, elapsed(seconds), "stop with ■"])
        return {"text/plain": text, "text/html": page(f'<div class="n-muted">{escape(text)}</div>')}
