"""The host of a dry run."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from weakref import WeakMethod

from nangonb.dryrun.caps import CapReached
from nangonb.project import Problem, Project, Script, Source
from nangonb.scripts import Host, RunSettings
from nangonb.scripts import host_of as host_of_script

if TYPE_CHECKING:
    from nangonb.dryrun.state import RunState

__all__ = ["Host", "host_of"]


def host_of(project: Project, script: Script, runtime: RunState, *, sources: dict[str, Source]) -> Host:
    """The host of the script's language, with the limits of the run."""
    add = WeakMethod(runtime.add)  # the modules of a script live until they are collected, the run does not

    def tell(problem: Problem) -> None:
        if (alive := add()) is not None:
            alive(problem)

    settings = RunSettings(
        tell,
        partial(CapReached, "timeout"),
        runtime.deadline,
        runtime.caps.max_memory,
        is_replay=runtime.is_replay,
    )
    return host_of_script(project, script, settings, sources=sources)
