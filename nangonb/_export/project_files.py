"""A project in a layout: the files of its folder, in memory, and what the layout refuses.

Checking, exporting and deploying start from it, so that they say the same of the same project. What is in a
folder already is not its business.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Final, Protocol

from nangonb._export import layout_nango_yaml, layout_python, layout_zero_yaml
from nangonb._export.file import File, as_it_is, body
from nangonb._export.owners import notebook_of
from nangonb._folders.names import SKIPPED
from nangonb._project import (
    NANGO_YAML,
    PYTHON,
    YAML_FILE,
    ZERO_YAML,
    Layout,
    Module,
    Place,
    Problem,
    Project,
    Script,
    reachable,
)
from nangonb._records.jsonvalue import brief
from nangonb._translate import WRAPPED, Modules, Translation, translate, translate_module, zero_style

#: To Nango's CLI, too, a key of yaml without a value is this text.
_NULL: Final = "null"


class _Writer(Protocol):
    """What a layout has beside scripts and modules."""

    def beside(self, project: Project, scripts: list[File], /) -> list[File]: ...

    def generated(self, text: str, /) -> list[File]:
        """What the layout makes of nango.yaml alone."""

    def next_steps(self, folder: Path, project: Project, /) -> tuple[str, ...]: ...


WRITERS: Final[Mapping[Layout, _Writer]] = {
    NANGO_YAML: layout_nango_yaml,
    ZERO_YAML: layout_zero_yaml,
    PYTHON: layout_python,
}


class ProjectFiles:
    """Everything is made when it is first asked for."""

    def __init__(self, project: Project, layout: Layout) -> None:
        self.project, self.layout = project, layout
        self._modules = Modules(project)
        self._translations: dict[int, Translation] = {}

    # Translation

    def becomes_typescript(self, item: Script | Module) -> bool:
        """Whether the text of an item is not what is written: Python is translated, or a script gets a file
        that declares it."""
        return (item.language == "python" and bool(self.layout.cli)) or self._is_wrapped(item)

    def translation(self, item: Script | Module) -> Translation:
        """The TypeScript of an item of which :meth:`becomes_typescript` is true."""
        if id(item) not in self._translations:
            self._translations[id(item)] = (
                translate(self.project, item, self.layout, modules=self._modules)
                if isinstance(item, Script)
                else translate_module(self.project, item, self.layout, modules=self._modules)
            )
        return self._translations[id(item)]

    def _is_wrapped(self, item: Script | Module) -> bool:
        """A script in TypeScript that nango.yaml configures, where the layout has no nango.yaml."""
        if not isinstance(item, Script):
            return False
        return (self.layout, item.language, item.style) == (ZERO_YAML, "typescript", "yaml")

    @property
    def items(self) -> tuple[Script | Module, ...]:
        return (*self.project.scripts, *self.project.modules)

    # Files

    @cached_property
    def files(self) -> Mapping[str, File]:
        """The files by their paths; where two have the same, the first."""
        found: dict[str, File] = {}
        for file in self._all:
            found.setdefault(file.path, file)
        return found

    @cached_property
    def _all(self) -> list[File]:
        places = _places(self.project) if self.layout == ZERO_YAML else {}
        made: dict[tuple[str, str], File] = {}  # one file may be the script of several integrations
        for item in self.items:
            for file in self._of(item, places):
                made.setdefault((file.path, file.text), file)
        scripts = list(made.values())
        return [*scripts, *WRITERS[self.layout].beside(self.project, scripts)]

    def _of(self, item: Script | Module, places: Mapping[str, list[str]]) -> Iterator[File]:
        """The files of a script or module. TypeScript is written as it is; in layout zero-yaml, scripts
        that nango.yaml configures are in a folder of their own, with all that they import."""
        path, key = (item.key, item.key) if isinstance(item, Script) else (item.path, None)
        notebooks = notebook_of(item.source)
        if self.becomes_typescript(item):
            yield File(f"{path}.ts", self.translation(item).code, key, notebooks)
        elif item.language == "python":
            yield File(f"{path}.py", body(item.source.body), key, notebooks, verbatim=True)
        if item.language == "typescript":
            path = f"{item.file if isinstance(item, Script) else path}.ts"
            key = None if self._is_wrapped(item) else key
            for place in places.get(path, [""]):
                yield File(place + path, as_it_is(item.source.body), key, notebooks, verbatim=True)

    @cached_property
    def texts(self) -> dict[str, str]:
        return {path: file.text for path, file in self.files.items()}

    @cached_property
    def typescript(self) -> dict[str, str]:
        return {path: text for path, text in self.texts.items() if path.endswith(".ts")}

    @cached_property
    def scripts(self) -> Mapping[str, Script]:
        """Path → script, of the files that are scripts."""
        keys = {script.key: script for script in self.project.scripts}
        return {path: keys[file.script] for path, file in self.files.items() if file.script in keys}

    # Refusals

    @cached_property
    def declared(self) -> tuple[Problem, ...]:
        """The problems of the project that are problems in this layout."""
        others = () if self.layout == NANGO_YAML else self.project.missing_endpoints
        return tuple(each for each in self.project.problems if each not in others)

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """What the layout refuses besides: errors."""
        translations = [self.translation(item) for item in self.items if self.becomes_typescript(item)]
        return (*(each for done in translations for each in done.problems), *self.refusals)

    @cached_property
    def refusals(self) -> tuple[Problem, ...]:
        """Those that no translation is the cause of."""
        return (*self._zero_style(), *self._integrations(), *self._paths())

    def _zero_style(self) -> Iterator[Problem]:
        for script in self.project.scripts:
            if self.layout.style == "yaml" and script.style == "zero":
                yield zero_style(script, self.layout)

    def _integrations(self) -> Iterator[Problem]:
        """Integrations that cannot be the name of a folder, and paths that would leave it."""
        for name in self.project.integrations:
            place = self.project.place(("integrations", name), key=True)
            if name == _NULL:
                yield Problem(
                    "integration-name",
                    "The integration has no name: yaml reads `~`, `null` and an empty key as null.",
                    place,
                    "Write the id of the integration at Nango; in quotes where it looks like null: '~'.",
                )
            elif not re.fullmatch(r"[^/\\\0.][^/\\\0]*", name) or name in SKIPPED:
                yield Problem(
                    "integration-name",
                    f"The integration {name!r} cannot be the name of a folder.",
                    place,
                    "It must not begin with a dot, contain a slash, or be a name like dist or node_modules.",
                )

    def _paths(self) -> Iterator[Problem]:
        """Two files with one path, a file that would be a folder, text that no file can hold."""
        if any(each.severity == "error" for each in self.declared):
            return  # nothing is written, and what is declared wrongly may be the cause
        folders = {str(parent) for path in self.files for parent in PurePosixPath(path).parents}
        names = {*self.files, *([YAML_FILE] if self.layout.style == "yaml" else [])}
        for file in self._all:
            place, path = self.top(file), brief(file.path)
            if self.files[file.path] is not file:
                message = f"The file {path} would be written twice: a module has the path of another file."
                yield Problem("path-taken", message, place, "Give the module another path.")
            for parent in PurePosixPath(file.path).parents if names & folders else ():
                if str(parent) in names:
                    message = f"{parent} would be a file and a folder: {path} is below it."
                    hint = f"Rename the integration or module {parent}."
                    yield Problem("path-taken", message, place, hint)
            if (half := _half_character(file.text)) is not None:
                message = f"The file {path} cannot be written: it holds half a character ({half!r})."
                yield Problem("half-character", message, place, "Write it as an escape.")

    # Places

    def top(self, file: File) -> Place | None:
        """The cell of the script that a file is of."""
        script = self.scripts.get(file.path)
        return script.source.top if script else None

    def place(self, path: str, line: int | None = None, column: int | None = None) -> Place:
        """Where a line of a file was written: the cell, or the line that was translated to it."""
        item = self._sources.get(path)
        if item is None:
            return Place(path, line, column)
        if line is None:
            return item.source.top
        if item.language != "python":
            return item.source.place(line + item.source.offset, column)
        lines = self.translation(item).lines
        before = max((number for number in lines if number <= line), default=None)
        return item.source.top if before is None else item.source.place(lines[before])

    def wrote(self, path: str, line: int) -> bool:
        """Whether the user wrote a line, and it is no helper of a translation."""
        item = self._sources.get(path)
        return item is not None and (item.language != "python" or line in self.translation(item).lines)

    @cached_property
    def _sources(self) -> dict[str, Script | Module]:
        modules = {f"{module.path}.ts": module for module in self.project.modules}
        return {**modules, **self.scripts}


def _places(project: Project) -> dict[str, list[str]]:
    """Path of a TypeScript file → folders that layout zero-yaml writes it to, with a slash; "" is its own."""
    texts = {f"{m.path}.ts": m.source.text for m in project.modules if m.language == "typescript"}
    scripts = {f"{s.file}.ts": s for s in project.scripts if s.language == "typescript"}
    texts |= {path: script.source.text for path, script in scripts.items()}
    found: dict[str, list[str]] = {}
    for path, script in scripts.items():
        place = f"{WRAPPED}/" if script.style == "yaml" else ""
        for each in reachable(path, texts):
            places = found.setdefault(each, [])
            if place not in places:
                places.append(place)
    alone = [] if any(script.style == "zero" for script in scripts.values()) or not scripts else [WRAPPED]
    for path in texts.keys() - found.keys():  # modules that nobody imports
        found[path] = [f"{place}/" for place in alone] or [""]
    return found


def _half_character(text: str) -> str | None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return text[error.start]
    return None
