"""What hints call the place of a thing: a cell in a notebook, a file in a folder."""

from __future__ import annotations

from typing import Protocol

from nangonb._project.cells import FailedCell
from nangonb._project.merging import magic_line
from nangonb._project.scripts import Script


class Project(Protocol):
    """What the words depend on: see :class:`nangonb._project.Project`."""

    @property
    def scripts(self) -> tuple[Script, ...]: ...
    @property
    def of_files(self) -> bool: ...


def yaml_home(project: Project) -> str:
    """Where models and scripts are declared."""
    return "nango.yaml" if project.of_files else "a %%nango_yaml cell"


def new_script(project: Project, path: tuple[str, str, str, str]) -> str:
    """What to write for a declared script that is missing: the first line of its cell, or its file."""
    languages = {script.language for script in project.scripts}
    if project.of_files:
        suffix, language = (".ts", " --language typescript") if "typescript" in languages else (".py", "")
        file = "/".join(path[1:]) + suffix
        return f"Its file is {file}; nangonb generate DIR{language} writes a scaffold."
    magic, name = magic_line(path).split(" ", 1)
    return f"{magic}_ts {name}" if languages == {"typescript"} else f"{magic} {name}"


def first_script(project: Project, name: str) -> str:
    """What to do where no script is declared at all."""
    if project.of_files:
        return f"No file has a script. Declare {name} in nango.yaml; nangonb generate DIR writes a scaffold."
    return f"No cell declares a script. Run its cell, or write one: %%nango_sync {name}"


def new_module(project: Project, path: str) -> str:
    """Where a module of that path is declared."""
    return f"the file {path}.py" if project.of_files else f"a cell: %%nango_module {path}"


def line_of(script: Script, line: str) -> str:
    """A line of configuration in a script: ``#| event: …`` or ``//| event: …``."""
    return f"{'#' if script.language == 'python' else '//'}| {line}"


def fix(project: Project) -> str:
    """What to do about a cell or file that was refused."""
    return "Fix that file." if project.of_files else "Fix that cell and run it."


def fix_or_forget(project: Project, refused: FailedCell) -> str:
    """The same, where the cell may be gone."""
    return " ".join(filter(None, (fix(project), forget(project, refused))))


def forget(project: Project, refused: FailedCell) -> str:
    """How to withdraw a refused cell that is gone; nothing for a file."""
    name = refused.name or f'"{refused.source.label}"'
    return "" if project.of_files else f"If you deleted the cell: %nango_forget {name}"


def refused_module(project: Project, name: str, refused: FailedCell) -> str:
    """Why a module cannot be imported whose cell or file was refused."""
    return (
        f"{name} cannot be used: its {thing(project)} has an error ({refused.source.label}). {fix(project)}"
    )


def thing(project: Project) -> str:
    return "file" if project.of_files else "cell"
