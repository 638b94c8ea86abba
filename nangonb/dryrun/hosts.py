"""Who runs a script: one host for each language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol
from weakref import WeakMethod

from nangonb.project import Problem, Project, Script, Source

if TYPE_CHECKING:
    from nangonb.dryrun.state import RunState
    from nangonb.sdk import NangoAction


class Host(Protocol):
    """``sources`` maps the file names in an error's frames to cells."""

    sources: dict[str, Source]

    def run(self, nango: NangoAction, input: Any = None) -> Any: ...

    def run_webhook(self, nango: NangoAction, payload: Any) -> Any: ...


def host_of(project: Project, script: Script, runtime: RunState, *, sources: dict[str, Source]) -> Host:
    """The host of the script's language."""
    if script.language == "typescript":
        from nangonb.dryrun.typescript_host import TypeScriptHost

        return TypeScriptHost(project, script, runtime, sources=sources)
    from nangonb.dryrun.python_host import PythonHost

    add = WeakMethod(runtime.add)  # the modules of a script live until they are collected, the run does not

    def tell(problem: Problem) -> None:
        if (found := add()) is not None:
            found(problem)

    return PythonHost(project, script, tell, sources=sources)
