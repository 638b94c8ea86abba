"""Check TypeScript scripts, and translated Python, with the TypeScript compiler: one Problem per cause."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from nangonb._check.definitions import Places
from nangonb._check.typescript_hints import duplicates_of_rules, hint, resolved_by_hints
from nangonb._export import ProjectFiles
from nangonb._node import Diagnostic, NodeMissing, OutOfTime, ProcessDied, ScriptFailure
from nangonb._project import (
    NANGO_YAML,
    TYPESCRIPT,
    Layout,
    Module,
    Problem,
    Project,
    Script,
    Severity,
    Source,
)
from nangonb.errors import ConfigurationError

#: Why something could not be compiled.
NOT_COMPILED: Final = (ConfigurationError, ProcessDied, OutOfTime, ScriptFailure)
_MODELS: Final = "models.ts"
_COMPILER: Final = re.compile(r"ts-\d+")


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file of the folder as the compiler sees it. ``lines`` maps those of a translation to its Python."""

    path: str
    text: str
    source: Source
    script: Script | None = None
    lines: Mapping[int, int] | None = None

    def problem(self, diagnostic: Diagnostic, hint: str, severity: Severity) -> Problem:
        """Return the Problem at its place in the cell or file."""
        if self.lines is None:
            place = self.source.body_place(diagnostic.line, diagnostic.column)
        else:
            above = max((line for line in self.lines if line <= diagnostic.line), default=0)
            place = self.source.place(self.lines.get(above, self.source.offset + 1))
            line = self.text.split("\n")[diagnostic.line - 1].strip()
            hint = f"In TypeScript: {line}"
        return Problem(diagnostic.code, diagnostic.message, place, hint, severity=severity)


@dataclass(slots=True)
class Folder:
    """What is checked together. ``modules`` are checked if they are imported, ``scripts`` always."""

    scripts: list[CheckedFile] = field(default_factory=list)
    modules: list[CheckedFile] = field(default_factory=list)


def compile_files(files: ProjectFiles) -> tuple[list[Problem], Places]:
    """Return the problems that the compiler and the rules of Nango's CLIs report in all scripts and modules,
    and the places of the properties of scripts that declare themselves. A problem is an error if the CLI of
    the layout refuses it.

    TypeScript is compiled in its own style, whatever the layout.

    Raises:
        ConfigurationError: there is no Node.js, or its packages cannot be installed.
        ProcessDied, OutOfTime, ScriptFailure: the compiler failed.
    """
    from nangonb._node import compiler

    project = files.project
    folders = [(layout, _folder(files, layout)) for layout in TYPESCRIPT]
    folders = [(layout, folder) for layout, folder in folders if folder.scripts or folder.modules]
    alone = {file.path: file for _, folder in folders for file in folder.modules}
    problems: list[Problem] = []
    seen: set[object] = set()
    places: dict[str, Mapping[str, tuple[int, int]]] = {}

    def ask(layout: Layout, roots: Sequence[CheckedFile], others: Sequence[CheckedFile]) -> None:
        asked = {file.path: file for file in (*others, *roots)}
        texts = {path: file.text for path, file in asked.items()}
        if layout == NANGO_YAML:
            texts[_MODELS] = _models(project)
        rules = [_rules(project, file) for file in asked.values()]
        checked = compiler().check(layout, texts, [file.path for file in roots], rules)
        places.update(checked.places)
        for path in asked.keys() - checked.absent:
            alone.pop(path, None)
        for path, file in asked.items():
            for each, fix in _with_hints(
                project, file, [one for one in checked.diagnostics if one.file == path]
            ):
                refused_by = (layout,) if _COMPILER.fullmatch(each.code) else each.layouts
                refused = files.layout in refused_by
                problem = file.problem(each, fix, "error" if refused else "warning")
                if problem not in seen and not _is_known(project, problem):  # one module, two styles
                    seen.add(problem)
                    problems.append(problem)

    for layout, folder in folders:
        if folder.scripts:
            ask(layout, folder.scripts, folder.modules)
    if alone:  # no script imports them yet
        layout, folder = next((one for one in folders if one[1].scripts), folders[0])
        ask(layout, list(alone.values()), folder.modules)
    return problems, places


def unchecked(project: Project, error: Exception) -> Iterator[Problem]:
    """Return the note of a check whose compiler cannot run, if there is TypeScript."""
    items: list[Script | Module] = [*project.scripts, *project.modules]
    first = next((item.source for item in items if item.language == "typescript"), None)
    if first is None or any(problem.code == "needs-node" for problem in project.problems):
        return
    if isinstance(error, NodeMissing):
        error = NodeMissing(error.reason, purpose="TypeScript is checked with")
    reason, hint = _reason(error)
    code = "needs-node" if isinstance(error, ConfigurationError) else "typescript-unchecked"
    yield Problem(code, f"TypeScript was not checked: {reason}", first.top, hint, severity="note")


def not_compiled(project: Project, error: Exception) -> Iterator[Problem]:
    """Return the problem of an export whose compiler cannot run."""
    reason, hint = _reason(error)
    if not isinstance(error, ConfigurationError):
        hint = "Export again."
    yield Problem("not-compiled", f"The TypeScript was not compiled. {reason}", None, hint)


def _reason(error: Exception) -> tuple[str, str]:
    if isinstance(error, ConfigurationError):
        return error.message, error.hint or ""
    return str(error) or "It took too long.", ""


def _is_known(project: Project, problem: Problem) -> bool:
    """Whether evaluating a script that declares itself failed at this line."""
    return problem.place is not None and any(
        each.code == "typescript-declaration"
        and each.place is not None
        and (each.place.source, each.place.line) == (problem.place.source, problem.place.line)
        for each in project.problems
    )


def _folder(files: ProjectFiles, layout: Layout) -> Folder:
    """Return the TypeScript files for a layout, with translated Python if it is the project's layout."""
    folder = Folder()
    project = files.project
    python = files.layout == layout and not any(
        files.translation(module).problems for module in project.modules if files.becomes_typescript(module)
    )
    if layout.style == "zero" and any(problem.severity == "error" for problem in files.declared):
        python = False  # the configuration becomes code there, and its errors are reported already
    for item in files.items:
        script = item if isinstance(item, Script) else None
        path = f"{item.file if isinstance(item, Script) else item.path}.ts"
        group = folder.scripts if script else folder.modules
        if path == _MODELS and script is None and layout.style == "yaml":
            continue  # the CLI generates it
        if item.language == "typescript":
            if script is None or script.style == layout.style:
                group.append(CheckedFile(path, item.source.body, item.source, script))
        elif python and (done := files.translation(item)).ok:
            group.append(CheckedFile(path, done.code, item.source, script, done.lines))
    return folder


def _models(project: Project) -> str:
    from nangonb._node import sdk_declarations
    from nangonb._project import nango_yaml

    return nango_yaml.interfaces(project.checked_models) + sdk_declarations()


def _rules(project: Project, file: CheckedFile) -> dict[str, Any]:
    """Return the file for the compiler. Translated code follows the rules of the CLI."""
    if file.lines is not None:
        return {"file": file.path}
    script = file.script
    rules = {
        "kind": "module" if script is None else script.kind,
        "models": list(project.model_names),
        "output": list(script.config.output) if script is not None and script.kind == "sync" else [],
        "offset": file.source.offset,
    }
    return {"file": file.path, "rules": rules}


def _with_hints(
    project: Project, file: CheckedFile, diagnostics: Sequence[Diagnostic]
) -> Iterator[tuple[Diagnostic, str]]:
    """Yield the diagnostics of a file with their hints, one per cause."""
    own = sorted(diagnostics, key=lambda one: (one.line, one.column))
    hints = {each: hint(project, file.path, file.script, each) for each in own}
    same = duplicates_of_rules(own) | resolved_by_hints(own, hints)
    yield from ((each, hints[each]) for each in own if each not in same)
