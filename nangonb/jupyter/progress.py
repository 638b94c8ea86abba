"""Live progress of a run, as a display that is updated in place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nangonb.jupyter.displaying import show

if TYPE_CHECKING:
    from nangonb.dryrun import Progress

_AFTER = 0.5


class LiveProgress:
    """Shows nothing for a run of less than half a second; cleared at the end."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._handle: Any = None

    def __call__(self, progress: Progress | None) -> None:
        if progress is None:
            if self._handle is not None:
                self._handle.update({"text/plain": "", "text/html": ""}, raw=True)
        elif self._handle is not None:
            self._handle.update(self._bundle(progress), raw=True)
        elif progress.seconds >= _AFTER:
            self._handle = show(self._bundle(progress))

    def _bundle(self, progress: Progress) -> dict[str, str]:
        from nangonb.render import elapsed, escape, number, page, plural

        text = (
            f"{self._name} · {plural(progress.requests, 'request')} · {plural(progress.records, 'record')} · "
            f"{number(round(progress.rate))} records/s · {elapsed(progress.seconds)} · stop with ■"
        )
        return {"text/plain": text, "text/html": page(f"<div>{escape(text)}</div>")}
