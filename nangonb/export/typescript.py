"""All scripts and modules of a Project as TypeScript."""

from __future__ import annotations

from nangonb.errors import ProjectError
from nangonb.export.file import File
from nangonb.export.owners import notebook_of
from nangonb.project import Problem, Project
from nangonb.translate import Layout, Modules, Translation, translate, translate_module


def scripts_and_modules(project: Project, layout: Layout) -> list[File]:
    """One file for each.

    Raises:
        ProjectError: something cannot be carried over; ``problems`` has each, at its Python line.
    """
    modules = Modules(project)
    files: list[File] = []
    problems: list[Problem] = []

    def add(path: str, done: Translation, script: str | None, source: object) -> None:
        problems.extend(done.problems)
        files.append(File(f"{path}.ts", done.code, script, notebook_of(source)))  # type: ignore[arg-type]

    for script in project.scripts:
        add(script.key, translate(project, script, layout, modules=modules), script.key, script.source)
    for module in project.modules:
        add(module.path, translate_module(project, module, layout, modules=modules), None, module.source)
    problems = list(dict.fromkeys(problems))
    if problems:
        several = "" if len(problems) == 1 else "s"
        raise ProjectError(
            f"{len(problems)} thing{several} cannot be carried over to TypeScript. Nothing was written.",
            hint="--layout python exports the cells as they are.",
            problems=problems,
        )
    return files
