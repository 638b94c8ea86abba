"""Notebooks and folders, as many as there are → one Project."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from nangonb._folders.evaluating import evaluate, evaluate_foreign
from nangonb._folders.files import missing
from nangonb._folders.folder import declare_folder
from nangonb._folders.notebook import declare_notebook
from nangonb._project import YAML_FILE, Declarations, DeclaredCell, Problem, Project
from nangonb._project.project import build
from nangonb.errors import FolderError


def read(paths: Sequence[Path | str], *, trust: bool = False) -> Project:
    """The Project that notebooks, folders and nango.yaml files declare together.

    Within a notebook a later cell replaces an earlier one, as in a kernel. Two notebooks that declare one
    thing in different ways are a problem of the Project that names both.

    If the declarations of scripts are not literal and the system has no isolation, their code runs only with
    ``trust``; otherwise the Project has the Problem ``needs-trust``.

    Raises:
        FolderError: a path does not exist, or cannot be read.
    """
    evaluates = evaluate if trust else evaluate_foreign
    distinct = _once([Path(path) for path in paths])
    cells: list[DeclaredCell] = []
    problems: list[Problem] = []
    for path, label in zip(distinct, _labels(distinct), strict=True):
        declarations = Declarations(evaluates)
        problems += _declare(declarations, path, label, alone=len(distinct) == 1)
        cells += declarations.cells
    return build(cells, problems, evaluates)


def _declare(declarations: Declarations, path: Path, label: str, *, alone: bool) -> list[Problem]:
    if path.is_dir():
        return declare_folder(declarations, path, label="" if alone else f"{label}/")
    if path.suffix == ".ipynb":
        return declare_notebook(declarations, path, label=label)
    if not path.exists():
        raise missing(path)
    if path.suffix in (".yaml", ".yml"):
        return declare_folder(declarations, path, label="" if alone else f"{path.parent.name}/")
    folder = next((p for p in path.resolve().parents if (p / YAML_FILE).is_file()), None)
    raise FolderError(
        f"{path} is neither a notebook nor a nango-integrations folder.",
        hint=f"Name its folder: {folder}" if folder else "Name a .ipynb file, or a folder with a nango.yaml.",
    )


def _once(paths: list[Path]) -> list[Path]:
    seen: dict[Path, Path] = {}
    for path in paths:
        seen.setdefault(path.resolve(), path)
    return list(seen.values())


def _labels(paths: list[Path]) -> list[str]:
    """The name of each, or its whole path where two have the same name."""
    names = [path.name or path.resolve().name for path in paths]
    return [
        name if names.count(name) == 1 else path.as_posix() for name, path in zip(names, paths, strict=True)
    ]
