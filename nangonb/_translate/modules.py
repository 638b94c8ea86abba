"""Module cells: each becomes one file, from which scripts and other modules import.

Files exchange whether a function is async, its parameters and return type, and whether anything calls it
below a handler. Parameters have the types of their annotations, else JSON.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Literal

from nangonb._project import Module, Project, wording
from nangonb._translate.errors import catches_builtin
from nangonb._translate.function import Function
from nangonb._translate.model_types import model_types
from nangonb._translate.nodes import walk
from nangonb._translate.printed import Printed
from nangonb._translate.script import ScriptTranslator
from nangonb._translate.sdk import SYNC_ONLY
from nangonb._translate.types import Type
from nangonb.errors import nearest

PREFIX = "nangonb.modules."

NangoType = Literal["NangoSync", "NangoAction"]


@dataclass(frozen=True)
class TranslatedModule:
    module: Module
    translator: ScriptTranslator
    functions: tuple[Printed, ...]


class Modules:
    """The modules of a project, translated on first use."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._done: dict[str, TranslatedModule] = {}
        self._open: list[str] = []

    @cached_property
    def models(self) -> Mapping[str, Type]:
        return model_types(self.project)

    @cached_property
    def _catching(self) -> Mapping[str, frozenset[str]]:
        return reached_below_handlers(self.project)

    def translated(self, name: str) -> TranslatedModule | None:
        """Return the module that is imported as ``name``; None if there is none, or if it imports itself."""
        module = self.project.module(name)
        if module is None or name in self._open:
            return None
        if name not in self._done:
            self._open.append(name)
            try:
                translator = ScriptTranslator(
                    module.source.body,
                    "module",
                    self.models,
                    modules=self,
                    catching=self._catching.get(name, frozenset()),
                    nango_type=nango_type,
                )
                self._done[name] = TranslatedModule(module, translator, tuple(translator.run()))
            finally:
                self._open.pop()
        return self._done[name]

    def function(self, module: str, name: str) -> Function | None:
        found = self.translated(module)
        return found.translator.functions.get(name) if found else None

    def constant(self, module: str, name: str) -> Type | None:
        found = self.translated(module)
        return found.translator.constants.get(name) if found else None

    def shown(self, module: str, name: str) -> str:
        """Return the TypeScript name of a definition of a module."""
        found = self.translated(module)
        return found.translator.js_name(name) if found else name

    def path(self, module: str) -> str:
        found = self.project.module(module)
        return found.path if found else module.removeprefix(PREFIX).replace(".", "/")

    def problem(self, module: str, name: str) -> str:
        if self.project.module(f"{module}.{name}") is not None:
            return f"Importing a whole module is not supported. Write `from {module}.{name} import …`."
        if module in self._open:
            return f"`{module.removeprefix(PREFIX)}` and a module that it imports import each other."
        found = self.translated(module)
        if found is None:
            if (refused := self.project.refused_module(module)) is not None:
                return wording.refused_module(self.project, module, refused)
            names = [each.import_name for each in self.project.modules]
            match = nearest(module, names)
            return f"There is no module `{module}`." + (f" Did you mean `{match}`?" if match else "")
        if any(
            isinstance(node, ast.FunctionDef) and node.name == name for node in found.translator.tree.body
        ):
            return f"`{name}` of `{module}` has problems. See the problems of that cell."
        known = [*found.translator.functions, *found.translator.constants]
        match = nearest(name, known)
        return f"`{module}` does not define `{name}`." + (f" Did you mean `{match}`?" if match else "")


def nango_type(function: Function) -> NangoType:
    """Return the type of the nango object: that of a sync if the function uses or annotates it."""
    names = {argument.arg for argument in function.node.args.args}
    uses = any(
        isinstance(node, ast.Attribute)
        and node.attr in SYNC_ONLY
        and isinstance(node.value, ast.Name)
        and node.value.id in names
        for node in walk(function.node)
    )
    return "NangoSync" if uses else "NangoAction"


def reached_below_handlers(project: Project) -> dict[str, frozenset[str]]:
    """Return module → its functions that run below a handler of another file."""
    files = {f"script {script.key}": _outline(script.source.body) for script in project.scripts}
    files |= {module.import_name: _outline(module.source.body) for module in project.modules}
    waiting = [(file, name) for file, outline in files.items() for name in outline.tried]
    found: dict[str, set[str]] = {}
    while waiting:
        file, name = waiting.pop()
        outline = files.get(file)
        if outline is None or name in found.setdefault(file, set()):
            continue
        if name in outline.calls:
            found[file].add(name)
            waiting += [(file, called) for called in outline.calls[name]]
        elif name in outline.imports:
            waiting.append(outline.imports[name])
    return {file: frozenset(names) for file, names in found.items()}


@dataclass(frozen=True, slots=True)
class _Outline:
    """``calls``: function → names in it; ``tried``: names below a handler; ``imports``: local → origin."""

    calls: Mapping[str, frozenset[str]] = field(default_factory=dict)
    tried: frozenset[str] = frozenset()
    imports: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@lru_cache(maxsize=512)
def _outline(text: str) -> _Outline:
    """Return the outline of a file for other files; an empty one if it is not Python."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return _Outline()
    functions = {node.name: _names(node) for node in tree.body if isinstance(node, ast.FunctionDef)}
    tried: set[str] = set()
    for node in walk(tree) if "except" in text else ():
        if isinstance(node, ast.Try) and catches_builtin(node):
            for part in node.body:
                tried |= _names(part)
    return _Outline(functions, frozenset(tried), dict(_imports(tree)))


def _imports(tree: ast.Module) -> Iterator[tuple[str, tuple[str, str]]]:
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(PREFIX):
            for alias in node.names:
                yield alias.asname or alias.name, (node.module or "", alias.name)


def _names(node: ast.AST) -> frozenset[str]:
    """Yield the names of called functions and of functions that are arguments."""
    return frozenset(each.id for each in walk(node) if isinstance(each, ast.Name))
