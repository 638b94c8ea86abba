"""Problems of declared scripts and modules, independent of nango.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Protocol

from nangonb._project import wording
from nangonb._project.cells import FailedCell
from nangonb._project.merging import declared_scripts
from nangonb._project.problems import Place, Problem, declared_twice
from nangonb._project.scripts import FOLDERS, Module, Script
from nangonb._project.source import Source


class Project(wording.Project, Protocol):
    """What the problems depend on: see :class:`nangonb._project.Project`."""

    @property
    def modules(self) -> tuple[Module, ...]: ...
    @property
    def failed(self) -> tuple[FailedCell, ...]: ...
    @property
    def data(self) -> dict[str, Any]: ...
    @property
    def integrations(self) -> tuple[str, ...]: ...
    def place(self, path: tuple[str | int, ...], *, key: bool = False) -> Place | None: ...
    def places_of(self, script: Script) -> list[Place]: ...


_SUFFIX = {"python": ".py", "typescript": ".ts"}


def script_problems(project: Project) -> Iterator[Problem]:
    seen: dict[str, Script] = {}
    for script in project.scripts:
        place = script.source.top
        if script.integration is None:
            yield Problem(
                "no-integration",
                f"{script.name} has no integration.",
                place,
                f"Declare it in {wording.yaml_home(project)}, or add a line below: "
                + wording.line_of(script, f"integration: {_some(project.integrations)}"),
            )
        elif script.key in seen:
            yield declared_twice(script.key, place, seen[script.key].source.top, wording.thing(project))
        else:
            seen[script.key] = script
        if (problem := _event_problem(script)) is not None:
            yield problem
    for failed in project.failed:
        problem = failed_cell(project, failed)
        hints = (problem.hint, wording.forget(project, failed))
        yield replace(problem, hint=" ".join(filter(None, hints)))
    present = {(script.integration, FOLDERS[script.kind], script.name) for script in project.scripts}
    for path in declared_scripts(project.data):
        if path[1:] not in present and not is_refused(project, path):
            yield Problem(
                "no-script",
                f"{path[3]} is declared, but no cell or file has its script.",
                project.place(path, key=True),
                wording.new_script(project, path),
            )
    yield from _file_problems(project)


def failed_cell(project: Project, failed: FailedCell) -> Problem:
    """A refused cell as a problem of the project, at the line that its own error names."""
    what = f"{failed.magic} {failed.name}" if failed.name else f"the {failed.magic} {wording.thing(project)}"
    first = next(iter(getattr(failed.error, "problems", ())), None)
    return Problem(
        "failed-cell",
        f"{what} has an error: {first.message if first else failed.error}",
        first.place if first and first.place else failed.source.top,
        first.hint if first else failed.error.hint,
    )


def is_refused(project: Project, path: tuple[str, str, str, str]) -> bool:
    """Whether a script that nango.yaml declares has a cell or file, which was refused."""
    return any(failed.answers_to("/".join(path[1:])) for failed in project.failed)


def concerning(project: Project, script: Script, problems: Iterable[Problem]) -> list[Problem]:
    """Those that stand in the script's own cell or file, in its entry of nango.yaml or in its models.

    One without a place concerns it if it contains the script's whole key.
    """
    lines = {(place.source, place.line) for place in project.places_of(script)}
    key = re.compile(rf"(?<![\w/-]){re.escape(script.key)}(?![\w/-])")

    def concerns(problem: Problem) -> bool:
        places = [place for place in (problem.place, *problem.related) if place is not None]
        if not places:
            return key.search(problem.message) is not None
        return any(p.source == script.source.label or (p.source, p.line) in lines for p in places)

    return [problem for problem in problems if concerns(problem)]


def _event_problem(script: Script) -> Problem | None:
    """An on-event script that no event starts."""
    if script.kind != "on-event" or script.config.declared:
        return None
    return Problem(
        "no-event",
        f"{script.name} has no event.",
        script.source.top,
        f"Add a line below: {wording.line_of(script, 'event: post-connection-creation')}",
    )


def _file_problems(project: Project) -> Iterator[Problem]:
    """Files of the exported folder that would be one another's, or be read as something else."""
    files = [(s.file + _SUFFIX[s.language], s.source, "script") for s in project.scripts if s.integration]
    files += [(m.path + _SUFFIX[m.language], m.source, "module") for m in project.modules]
    seen: dict[str, tuple[str, Source]] = {}
    for path, source, what in files:
        parts = path.split("/")
        python = path.endswith(".py")  # in TypeScript, what makes a script is told otherwise
        if what == "module" and python and len(parts) == 3 and parts[1] in FOLDERS.values():
            yield Problem(
                "module-path",
                f"A module cannot be in {parts[0]}/{parts[1]}: Nango would compile its file as a script.",
                source.top,
                f"Move it, for example to {parts[0]}/{parts[2].removesuffix('.py')}.",
            )
        for depth in range(1, len(parts) + 1):
            here = "/".join(parts[:depth])
            other, first = seen.setdefault(here.lower(), (here, source))
            if other != here:  # one file on macOS, two on Linux
                yield Problem(
                    "case-collision",
                    f"{here} and {other} differ only in case.",
                    source.top,
                    "Rename one of the two.",
                    related=(first.top,),
                )
                break
            if depth == len(parts) and what == "module" and first is not source:
                module = f"The module {path.rpartition('.')[0]}"
                yield declared_twice(module, source.top, first.top, wording.thing(project))


def _some(names: tuple[str, ...]) -> str:
    return names[0] if names else "salesforce"
