"""What a host of scripts is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from nangonb._project import Problem, Source
from nangonb._sdk import NangoAction

__all__ = ["Host", "RunSettings"]


class Host(Protocol):
    """``sources`` maps the file names in an error's frames to cells."""

    sources: dict[str, Source]

    def run(self, nango: NangoAction, input: Any = None) -> Any:
        """What the script returns. Whatever it raises passes through."""
        ...

    def run_webhook(self, nango: NangoAction, payload: Any) -> Any:
        """The same of the function that takes a webhook."""
        ...


@dataclass(frozen=True)
class RunSettings:
    """What a host needs to know of a run.

    ``tell`` takes the problems that come up. ``deadline`` is a time of :func:`time.monotonic`;
    ``out_of_time`` makes what ends the run then. ``max_memory`` is by how many bytes the run may grow.
    ``is_replay``: saved responses answer.
    """

    tell: Callable[[Problem], None]
    out_of_time: Callable[[], BaseException]
    deadline: float | None = None
    max_memory: int | None = None
    is_replay: bool = False
