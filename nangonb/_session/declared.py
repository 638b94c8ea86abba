"""What a cell declared: one line, and its problems."""

from __future__ import annotations

from dataclasses import dataclass

from nangonb._project import DeclaredCell, Layout, ModuleCell, Problem, Project, ScriptCell, YamlCell
from nangonb._project.elsewhere import LocateName
from nangonb._render import Displayable
from nangonb._session.translated import may_come_later


@dataclass(frozen=True, repr=False)
class Declared(Displayable):
    """What one cell declared, and the problems that stand in it."""

    title: str
    details: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    def text(self) -> str:
        from nangonb._render import headed_text

        return headed_text(self.title, self.details, self.problems)

    def html(self) -> str:
        from nangonb._render import headed_html

        return headed_html(self.title, self.details, self.problems)


def describe(
    cell: DeclaredCell,
    project: Project,
    layout: Layout,
    notes: list[Problem],
    locate_name: LocateName | None = None,
) -> Declared:
    """The summary, the notes of declaring it, and those problems of the project that stand in this cell.

    That a declared script has no cell yet is left out: the next cell will have it.
    """
    from nangonb._check import cell_problems, slips
    from nangonb._export import ProjectFiles

    files = ProjectFiles(project, layout)
    here = [
        problem
        for problem in files.declared
        if problem.code != "no-script"
        and any(place.source == cell.source.label for place in (problem.place, *problem.related) if place)
    ]
    title, details = _summary(cell, project)
    here += [
        problem
        for problem in cell_problems(files, cell.source, locate_name)
        if problem.place and problem.place.source == cell.source.label and not may_come_later(problem)
    ]
    if isinstance(cell, ScriptCell | ModuleCell) and cell.language == "typescript":
        here += slips(cell.source)
    return Declared(title, details, (*notes, *here))


def _summary(cell: DeclaredCell, project: Project) -> tuple[str, tuple[str, ...]]:
    match cell:
        case ScriptCell():
            script = next(s for s in project.scripts if s.source is cell.source)
            saves = ", ".join(script.config.output)
            details = [script.integration or "no integration yet"]
            details += [script.config.runs] if script.config.runs else []
            details += [f"{'saves' if cell.kind == 'sync' else 'returns'} {saves}"] if saves else []
            return f"{cell.kind} {cell.name}", tuple(details)
        case ModuleCell():
            return f"module {cell.path}", ()
        case YamlCell():
            return f"nango.yaml {cell.name or ''}".rstrip(), (_yaml_parts(cell),)
        case _:
            return cell.name or "", ()


def _yaml_parts(cell: YamlCell) -> str:
    data = cell.document.data if isinstance(cell.document.data, dict) else {}
    counts = {"syncs": 0, "actions": 0}
    events = 0
    integrations = data.get("integrations")
    for kinds in integrations.values() if isinstance(integrations, dict) else ():
        for folder in counts:
            entries = kinds.get(folder) if isinstance(kinds, dict) else None
            counts[folder] += len(entries) if isinstance(entries, dict) else 0
        listed = kinds.get("on-events") if isinstance(kinds, dict) else None
        for names in listed.values() if isinstance(listed, dict) else ():
            events += len(names) if isinstance(names, list) else 0
    models = data.get("models")
    named = {
        "sync": counts["syncs"],
        "action": counts["actions"],
        "on-event script": events,
        "model": len(models) if isinstance(models, dict) else 0,
    }
    parts = [f"{number} {noun}{'' if number == 1 else 's'}" for noun, number in named.items() if number]
    return ", ".join(parts) or "nothing"
