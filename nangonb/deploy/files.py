"""The TypeScript that is deployed, and which line of a cell each of its lines comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from nangonb.errors import ProjectError, UnknownName
from nangonb.export import LAYOUTS
from nangonb.project import Module, Place, Project, Script

#: Those that Nango takes, each with the ending of the version that its CLI calls itself by.
STYLES = {"nango-yaml": "yaml", "zero-yaml": "zero"}


@dataclass(frozen=True)
class Files:
    """``texts`` are path → text of the exported folder; ``scripts`` the path of each script of it."""

    project: Project
    layout: str
    texts: Mapping[str, str]
    scripts: Mapping[str, Script]

    @cached_property
    def typescript(self) -> dict[str, str]:
        return {path: text for path, text in self.texts.items() if path.endswith(".ts")}

    def place(self, path: str, line: int | None = None, column: int | None = None) -> Place:
        """Where a line of a file was written: the cell, or the line that was translated to it."""
        found = self._sources.get(path)
        if found is None:
            return Place(path, line, column)
        source, python = found.source, found.language == "python"
        if line is None:
            return source.top
        if not python:
            return source.place(line + source.offset, column)
        lines = self._translated(found)
        before = max((number for number in lines if number <= line), default=None)
        return source.top if before is None else source.place(lines[before])

    def wrote(self, path: str, line: int) -> bool:
        """Whether the user wrote what stands there, and it is no helper of a translation."""
        found = self._sources.get(path)
        return found is not None and (found.language != "python" or line in self._translated(found))

    @cached_property
    def _sources(self) -> dict[str, Script | Module]:
        modules = {f"{module.path}.ts": module for module in self.project.modules}
        return {**modules, **self.scripts}

    def _translated(self, item: Script | Module) -> Mapping[int, int]:
        """The lines of a translation → those of its cell. Asked for only where something is wrong."""
        from nangonb.translate import LAYOUTS, translate, translate_module

        layout = next(each for each in LAYOUTS if each == self.layout)
        if isinstance(item, Script):
            return translate(self.project, item, layout).lines
        return translate_module(self.project, item, layout).lines


def files_of(project: Project, layout: str) -> Files:
    """The files of a layout, made in memory.

    Raises:
        UnknownName: Nango does not take that layout.
        ProjectError: something cannot be carried over to TypeScript.
    """
    if layout not in STYLES:
        raise UnknownName("layout that can be deployed", layout, list(STYLES))
    try:
        made = LAYOUTS[layout](project)
    except ProjectError as error:
        raise ProjectError(
            error.message.replace("Nothing was written.", "Nothing was deployed."), problems=error.problems
        ) from None
    keys = {script.key: script for script in project.scripts}
    return Files(
        project,
        layout,
        {path: file.text for path, file in made.items()},
        {path: keys[file.script] for path, file in made.items() if file.script in keys},
    )


def layout_for(project: Project) -> str:
    """The layout where none is named: that of an export, but zero-yaml where a script takes no other."""
    return "zero-yaml" if any(script.style == "zero" for script in project.scripts) else "nango-yaml"
