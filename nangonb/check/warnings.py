"""All that can be said about the scripts of a project without running them, one Problem a cause."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterator
from typing import TYPE_CHECKING

from nangonb.check.calls import ScriptKind, read
from nangonb.check.definitions import definition_problems
from nangonb.check.finding import Finding
from nangonb.check.python import python_findings
from nangonb.check.rules import sdk_findings
from nangonb.project import Module, Problem, Project, Script, Source
from nangonb.project.codes import code_of
from nangonb.project.elsewhere import LocateName, name_hint

if TYPE_CHECKING:
    from nangonb.translate import Layout

_MODULES = "nangonb.modules"


def warnings(
    project: Project,
    source: Source | None = None,
    locate_name: LocateName | None = None,
    layout: Layout = "nango-yaml",
) -> list[Problem]:
    """Lints, and what an export to TypeScript in a layout would refuse, of all scripts and modules; or of
    ``source``.

    ``locate_name`` finds names in cells of the notebook that declare nothing.
    """
    from nangonb.translate import Modules, translate, translate_module

    modules = Modules(project)
    found: list[Problem] = []
    for item, tree in _python(project, source):
        lints = [finding.problem(item.source) for finding in _lint(project, item, tree, locate_name)]
        if isinstance(item, Script):
            done = translate(project, item, layout, modules=modules)
        else:
            done = translate_module(project, item, layout, modules=modules)
        found += _one_a_cause(lints, done.problems)
    return [dataclasses.replace(problem, severity="warning") for problem in dict.fromkeys(found)]


def refused(project: Project, layout: str, locate_name: LocateName | None = None) -> list[Problem]:
    """The lints that keep an export in a layout from being compiled by its CLI, as errors.

    Of TypeScript, which is exported as it stands, only what scripts declare themselves.
    """
    declared = definition_problems(project) if layout == "zero-yaml" else ()
    return [
        *declared,
        *(
            dataclasses.replace(finding.problem(item.source), severity="error")
            for item, tree in _python(project, None)
            for finding in _lint(project, item, tree, locate_name)
            if layout in finding.refused_by
        ),
    ]


def _python(project: Project, source: Source | None) -> Iterator[tuple[Script | Module, ast.Module]]:
    """What is Python that can be read, parsed; where it cannot, its cell says so."""
    items: list[Script | Module] = [*project.scripts, *project.modules]
    for item in items:
        if item.language != "python" or source not in (None, item.source):
            continue
        try:
            tree = ast.parse(item.source.body)
        except (SyntaxError, ValueError):
            continue
        yield item, tree


def _lint(
    project: Project, item: Script | Module, tree: ast.Module, locate_name: LocateName | None
) -> list[Finding]:
    kind: ScriptKind = "module" if isinstance(item, Module) else item.kind
    script = read(tree, kind)
    models: tuple[str, ...] = project.model_names
    if isinstance(item, Script):
        models = item.config.output if item.kind == "sync" else ()
    wanted = _imported_from(project, item) if isinstance(item, Module) else frozenset[str]()
    found = list(sdk_findings(script, models, project.model_names))
    found += python_findings(script, lambda name: name_hint(name, project, locate_name), wanted)
    return sorted(found, key=lambda finding: (finding.line, finding.column))


def _imported_from(project: Project, module: Module) -> frozenset[str]:
    """The names that other cells import from a module."""
    names: set[str] = set()
    for item, tree in _python(project, None):
        if item is module:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module == module.import_name:
                names.update(alias.name for alias in node.names)
    return frozenset(names)


def _one_a_cause(lints: list[Problem], translation: tuple[Problem, ...]) -> list[Problem]:
    """On a line, a code that another one covers is not reported: see :attr:`Code.covers`."""

    def at(problem: Problem) -> tuple[str, int | None]:
        return (problem.place.source, problem.place.line) if problem.place else ("", None)

    covered = {
        (at(problem), code) for problem in (*lints, *translation) for code in code_of(problem.code).covers
    }
    if any(problem.code == "star-import" for problem in lints):  # names from it are unknown on all lines
        translation = tuple(p for p in translation if p.code not in ("ts-unknown-name", "ts-unknown-call"))
    return [problem for problem in (*lints, *translation) if (at(problem), problem.code) not in covered]
