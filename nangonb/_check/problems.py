"""Check the scripts of a project without running them: one Problem per cause."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator

from nangonb._check.calls import ScriptKind, read
from nangonb._check.definitions import Places, definition_problems
from nangonb._check.finding import Finding
from nangonb._check.python import python_findings
from nangonb._check.rules import sdk_findings
from nangonb._export import ProjectFiles
from nangonb._project import Module, Problem, Project, Script, Source
from nangonb._project.codes import code_of
from nangonb._project.elsewhere import LocateName, name_hint

Uncompiled = Callable[[Project, Exception], Iterable[Problem]]


def problems(
    files: ProjectFiles, locate_name: LocateName | None = None, *, uncompiled: Uncompiled | None = None
) -> list[Problem]:
    """Return all problems of a project in its layout, with severities, without running it.

    A check displays them; an export and a deployment stop at errors. ``locate_name`` finds names in cells of
    the notebook that declare nothing. ``uncompiled`` returns the problems to report if the compiler cannot
    run.

    Raises:
        ConfigurationError, ProcessDied, OutOfTime, ScriptFailure: the compiler cannot run, ``uncompiled`` is
            not set, and there are no other errors.
    """
    from nangonb._check.typescript import NOT_COMPILED, compile_files

    try:
        compiled, places = compile_files(files)
    except NOT_COMPILED as error:
        others = uncompiled_problems(files, locate_name)
        if uncompiled is None and not any(each.severity == "error" for each in others):
            raise
        compiled = [] if uncompiled is None else list(uncompiled(files.project, error))
        return list(dict.fromkeys([*others, *compiled]))
    return list(dict.fromkeys([*uncompiled_problems(files, locate_name, places), *compiled]))


def uncompiled_problems(
    files: ProjectFiles, locate_name: LocateName | None = None, places: Places | None = None
) -> list[Problem]:
    """Return the problems without those of the TypeScript compiler. Does not need Node.js."""
    result = [*files.declared]
    for item, tree in _python(files.project):
        result += _of_item(files, item, tree, locate_name)
    result += [
        each
        for item in files.items
        if item.language == "typescript" and files.becomes_typescript(item)
        for each in files.translation(item).problems
    ]
    result += files.refusals
    if files.layout.style == "zero":
        result += definition_problems(files.project, places)
    return result


def cell_problems(
    files: ProjectFiles, source: Source, locate_name: LocateName | None = None
) -> list[Problem]:
    """Return the problems in the text of one Python cell: lints, and errors of the translation."""
    result: list[Problem] = []
    for item, tree in _python(files.project):
        if item.source == source:
            result += _of_item(files, item, tree, locate_name)
    return list(dict.fromkeys(result))


def _of_item(
    files: ProjectFiles, item: Script | Module, tree: ast.Module, locate_name: LocateName | None
) -> list[Problem]:
    lints = [
        each.problem(item.source, files.layout) for each in _lint(files.project, item, tree, locate_name)
    ]
    refused = files.translation(item).problems if files.becomes_typescript(item) else ()
    return _one_a_cause(lints, refused)


def _python(project: Project) -> Iterator[tuple[Script | Module, ast.Module]]:
    """Yield the parsed Python items. One that cannot be parsed has a Problem already."""
    items: list[Script | Module] = [*project.scripts, *project.modules]
    for item in items:
        if item.language != "python":
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
    exported = _imported_from(project, item) if isinstance(item, Module) else frozenset[str]()
    findings = list(sdk_findings(script, models, project.model_names))
    findings += python_findings(script, lambda name: name_hint(name, project, locate_name), exported)
    return sorted(findings, key=lambda finding: (finding.line, finding.column))


def _imported_from(project: Project, module: Module) -> frozenset[str]:
    """Return the names that other cells import from a module."""
    names: set[str] = set()
    for item, tree in _python(project):
        if item is module:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module == module.import_name:
                names.update(alias.name for alias in node.names)
    return frozenset(names)


def _one_a_cause(lints: list[Problem], translation: tuple[Problem, ...]) -> list[Problem]:
    """Drop problems whose code another one on the same line covers: see :attr:`Code.covers`."""

    def at(problem: Problem) -> tuple[str, int | None]:
        return (problem.place.source, problem.place.line) if problem.place else ("", None)

    covered = {
        (at(problem), code) for problem in (*lints, *translation) for code in code_of(problem.code).covers
    }
    if any(problem.code == "star-import" for problem in lints):  # names from it are unknown on all lines
        translation = tuple(p for p in translation if p.code not in ("ts-unknown-name", "ts-unknown-call"))
    return [problem for problem in (*lints, *translation) if (at(problem), problem.code) not in covered]
