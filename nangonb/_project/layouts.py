"""The layouts of a nango-integrations folder. One project has one layout, whatever is done with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from nangonb._project.project import Project
from nangonb._project.scripts import Style
from nangonb.errors import UnknownName


@dataclass(frozen=True, slots=True)
class Layout:
    """``style`` is that of its scripts: configured by nango.yaml, or by themselves.

    ``cli`` is the version of Nango's CLI (``nango`` on npm) that takes the folder, and whose deployments
    ours equal. Without one nothing is translated: Python stays Python.
    """

    name: str
    style: Style
    cli: str = ""

    def __str__(self) -> str:
        return self.name


#: nango.yaml and TypeScript: the last CLI that reads nango.yaml.
NANGO_YAML: Final = Layout("nango-yaml", "yaml", "0.69.14")
#: createSync, createAction and createOnEvent.
ZERO_YAML: Final = Layout("zero-yaml", "zero", "0.71.10")
#: nango.yaml and Python: what ``nangonb dryrun`` runs.
PYTHON: Final = Layout("python", "yaml")
LAYOUTS: Final = (NANGO_YAML, PYTHON, ZERO_YAML)
#: Those that Nango's CLI compiles: Python is translated for them.
TYPESCRIPT: Final = (NANGO_YAML, ZERO_YAML)


def layout_named(name: str, choices: Sequence[Layout] = LAYOUTS, *, kind: str = "layout") -> Layout:
    """The layout of that name.

    Raises:
        UnknownName: there is none among ``choices``, which ``kind`` names.
    """
    by_name = {each.name: each for each in choices}
    if name not in by_name:
        raise UnknownName(kind, name, list(by_name))
    return by_name[name]


def layout_of(project: Project) -> Layout:
    """The layout of a project that names none: nango.yaml has no place for a script that declares itself."""
    return ZERO_YAML if any(script.style == "zero" for script in project.scripts) else NANGO_YAML
