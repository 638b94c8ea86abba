"""TypeScript scripts, and Python by its translation, through the TypeScript compiler: one Problem a cause."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from nangonb.check.definitions import definition_problems
from nangonb.check.typescript_hints import hint, known_to_rules, mended_by
from nangonb.errors import ConfigurationError
from nangonb.project import Module, Problem, Project, Script, Source

if TYPE_CHECKING:
    from nangonb.node import Diagnostic
    from nangonb.translate import Layout

_LAYOUTS: Final[tuple[Layout, ...]] = ("nango-yaml", "zero-yaml")
_MODELS: Final = "models.ts"
_COMPILER: Final = re.compile(r"ts-\d+")


@dataclass(frozen=True, slots=True)
class File:
    """A file of the folder as the compiler sees it. ``lines`` maps those of a translation to its Python."""

    path: str
    text: str
    source: Source
    script: Script | None = None
    lines: Mapping[int, int] | None = None

    def problem(self, said: Diagnostic, hint: str) -> Problem:
        """As a warning, at its place in the cell or file."""
        if self.lines is None:
            place = self.source.body_place(said.line, said.column)
        else:
            above = max((line for line in self.lines if line <= said.line), default=0)
            place = self.source.place(self.lines.get(above, self.source.offset + 1))
            line = self.text.split("\n")[said.line - 1].strip()
            hint = f"In TypeScript: {line}"
        return Problem(said.code, said.message, place, hint, severity="warning")


@dataclass(slots=True)
class Folder:
    """What is checked together. ``modules`` count where they are imported, ``scripts`` always."""

    scripts: list[File] = field(default_factory=list)
    modules: list[File] = field(default_factory=list)


def typescript_problems(project: Project) -> list[Problem]:
    """What the compiler and the rules of Nango's CLIs say of all scripts and modules, as warnings; errors
    are what scripts declare that declare themselves. A dry run is not stopped by any of it.

    Without Node.js one note, where there is TypeScript. Nothing is installed for the sake of Python alone.
    """
    from nangonb.node import NodeMissing, OutOfTime, ProcessDied, ScriptFailure, find_node, packages_folder

    items: list[Script | Module] = [*project.scripts, *project.modules]
    first = next((item.source for item in items if item.language == "typescript"), None)
    if first is None and (packages_folder() is None or not items):
        return []
    try:
        find_node()
        told = dict.fromkeys(problem for problem, _ in _problems(project))
        return [each for each in told if not _is_known(project, each)]
    except (ConfigurationError, ProcessDied, OutOfTime, ScriptFailure) as error:
        if first is None:
            return []  # it is no fault of a Python script's, and nothing was promised
        if not isinstance(error, ConfigurationError):
            said = f"TypeScript was not checked: {str(error) or 'it took too long.'}"
            return [Problem("typescript-unchecked", said, first.top)]
        if any(problem.code == "needs-node" for problem in project.problems):
            return []
        said = f"TypeScript was not checked: {error.message}"
        if isinstance(error, NodeMissing):
            said = NodeMissing(error.reason, purpose="TypeScript is checked with").message
        return [Problem("needs-node", said, first.top, error.hint or "", severity="note")]


def translation_refused(project: Project, layout: str) -> list[Problem]:
    """What keeps the compiler of a layout's CLI from taking what Python becomes, as errors at its lines.

    Nothing where the project has errors, or a script is refused before: that is to be said first.

    Raises:
        ConfigurationError: there is no Node.js, or its packages cannot be installed.
        ProcessDied, OutOfTime, ScriptFailure: it could not be compiled.
    """
    from nangonb.node import compiler

    chosen = next((each for each in _LAYOUTS if each == layout), None)
    items: list[Script | Module] = [*project.scripts, *project.modules]
    python = sum(each.language == "python" for each in items)
    if chosen is None or not python or any(each.severity == "error" for each in project.problems):
        return []
    folder = _folder(project, chosen)
    files = {file.path: file for file in (*folder.modules, *folder.scripts)}
    roots = [path for path, file in files.items() if file.lines is not None]
    if len(roots) < python:
        return []
    texts = {path: file.text for path, file in files.items()}
    if chosen == "nango-yaml":
        texts[_MODELS] = _models(project)
    checked = compiler().check(chosen, texts, roots, [{"file": path} for path in roots])
    own = {path: files[path] for path in roots}
    told = [problem for _, problem, _ in _told(project, own, checked.diagnostics)]
    return [dataclasses.replace(problem, severity="error") for problem in dict.fromkeys(told)]


def typescript_refused(project: Project, layout: str) -> list[Problem]:
    """Of :func:`typescript_problems` what keeps the CLI of a layout from compiling TypeScript, as errors.

    Raises:
        ConfigurationError: there is no Node.js.
        ProcessDied, OutOfTime, ScriptFailure: it could not be checked.
    """
    items: list[Script | Module] = [*project.scripts, *project.modules]
    if not any(item.language == "typescript" for item in items):
        return []
    return [
        dataclasses.replace(problem, severity="error")
        for problem, refused_by in dict.fromkeys(_problems(project))
        if layout in refused_by and not _is_known(project, problem)
    ]


def _is_known(project: Project, said: Problem) -> bool:
    """Whether evaluating a script that declares itself failed at this very line."""
    return said.place is not None and any(
        each.code == "typescript-declaration"
        and each.place is not None
        and (each.place.source, each.place.line) == (said.place.source, said.place.line)
        for each in project.problems
    )


def _problems(project: Project) -> Iterator[tuple[Problem, tuple[str, ...]]]:
    """Each with the layouts whose CLI refuses TypeScript for it; what Python becomes is only warned of."""
    from nangonb.node import compiler

    folders = [(layout, _folder(project, layout)) for layout in _LAYOUTS]
    folders = [(layout, folder) for layout, folder in folders if folder.scripts or folder.modules]
    alone = {file.path: file for _, folder in folders for file in folder.modules}
    said: set[object] = set()
    places: dict[str, Mapping[str, tuple[int, int]]] = {}

    def ask(
        layout: Layout, roots: Sequence[File], others: Sequence[File]
    ) -> Iterator[tuple[Problem, tuple[str, ...]]]:
        files = {file.path: file for file in (*others, *roots)}
        texts = {path: file.text for path, file in files.items()}
        if layout == "nango-yaml":
            texts[_MODELS] = _models(project)
        wanted = [_wanted(project, file) for file in files.values()]
        checked = compiler().check(layout, texts, [file.path for file in roots], wanted)
        places.update(checked.places)
        for path in files:
            if path not in checked.absent:
                alone.pop(path, None)
        for path, problem, each in _told(project, files, checked.diagnostics):
            python = files[path].lines is not None
            at = problem.place and (problem.place.source, problem.place.line, problem.code)
            if problem in said or (python and at in said):  # in both layouts
                continue
            said.update((problem, at))
            refused_by = (layout,) if _COMPILER.fullmatch(each.code) else each.layouts
            yield problem, () if python else refused_by

    for layout, folder in folders:
        if folder.scripts:
            yield from ask(layout, folder.scripts, folder.modules)
    if alone:  # no script imports them yet
        layout, folder = next((one for one in folders if one[1].scripts), folders[0])
        yield from ask(layout, list(alone.values()), folder.modules)
    yield from ((problem, ("zero-yaml",)) for problem in definition_problems(project, places))


def _folder(project: Project, layout: Layout) -> Folder:
    """The files of a layout: TypeScript that is of its style, and what Python becomes."""
    from nangonb.translate import Modules, translate, translate_module

    found = Folder()
    modules = Modules(project)
    style = "yaml" if layout == "nango-yaml" else "zero"
    # the configuration becomes code there, and what is wrong with it is said already
    python = style == "yaml" or all(problem.severity != "error" for problem in project.problems)
    for script in project.scripts:
        path = f"{script.file}.ts"
        if script.language == "typescript":
            if script.style == style:
                found.scripts.append(File(path, script.source.body, script.source, script))
            continue
        done = translate(project, script, layout, modules=modules) if python else None
        if done is not None and done.ok:
            found.scripts.append(File(path, done.code, script.source, script, done.lines))
    for module in project.modules:
        path = f"{module.path}.ts"
        if path == _MODELS and style == "yaml":
            continue  # the CLI makes it anew
        if module.language == "typescript":
            found.modules.append(File(path, module.source.body, module.source))
            continue
        done = translate_module(project, module, layout, modules=modules) if python else None
        if done is not None and done.ok:
            found.modules.append(File(path, done.code, module.source, lines=done.lines))
    return found


def _models(project: Project) -> str:
    from nangonb.node import sdk_declarations
    from nangonb.project import nango_yaml

    return nango_yaml.interfaces(project.checked_models) + sdk_declarations()


def _wanted(project: Project, file: File) -> dict[str, Any]:
    """What the compiler is asked of a file: what is translated keeps the rules of the CLI by itself."""
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


def _told(
    project: Project, files: Mapping[str, File], found: Sequence[Diagnostic]
) -> Iterator[tuple[str, Problem, Diagnostic]]:
    for path, file in files.items():
        own = sorted((each for each in found if each.file == path), key=lambda one: (one.line, one.column))
        hints = {each: hint(project, path, file.script, each) for each in own}
        same = known_to_rules(own) | mended_by(own, hints)
        for each in own:
            if each not in same:
                yield path, file.problem(each, hints[each]), each
