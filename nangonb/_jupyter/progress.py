"""Live progress of a run and of a wait, as displays that are updated in place."""

from __future__ import annotations

import contextvars
import threading
import time
from typing import TYPE_CHECKING, Any

from nangonb._jupyter.displaying import new_handle, show

if TYPE_CHECKING:
    from nangonb._dryrun import Progress
    from nangonb._nango import Wait

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
            self._handle.update(_NOTHING, raw=True)

    def _live(self) -> None:
        if self._over.wait(_AFTER):
            return
        self._handle = show(self._bundle())
        while not self._over.wait(_EVERY):
            self._handle.update(self._bundle(), raw=True)

    def _bundle(self) -> dict[str, str]:
        from nangonb._render import elapsed, number

        seconds = time.monotonic() - self._started
        parts = [self._name]
        if (progress := self._latest) is not None:
            parts += progress.text.split(", ")
            parts += [f"{number(round(progress.records / seconds))} records/s"] if progress.records else []
        return _muted([*parts, elapsed(seconds)])


class LiveWait:
    """A wait for Nango's rate limit, counted down; gone when it is over. Several threads may wait at once.

    ``updates``: the front end can change what it shows.
    """

    def __init__(self, *, updates: bool) -> None:
        self._updates = updates
        self._handles: dict[int, Any] = {}

    def __call__(self, wait: Wait) -> None:
        thread = threading.get_ident()
        if wait.begins:
            # kept before it is shown: an interrupt in between leaves nothing on the page
            self._handles[thread] = handle = new_handle()
            handle.display(_muted([wait.words, wait.asked]), raw=True)
            return
        handle = self._handles.pop(thread, None) if wait.over else self._handles.get(thread)
        if handle is not None and self._updates:
            handle.update(_NOTHING if wait.over else _muted([wait.words, wait.asked]), raw=True)


_NOTHING = {"text/plain": "", "text/html": ""}  # takes no room


def _muted(parts: list[str]) -> dict[str, str]:
    from nangonb._render import escape, page

    text = " · ".join([*parts, "stop with ■"])
    return {"text/plain": text, "text/html": page(f'<div class="n-muted">{escape(text)}</div>')}
