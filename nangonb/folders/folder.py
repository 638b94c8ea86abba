"""A nango-integrations folder of layout ``python`` → what its files declare.

The layout is Nango's own, with Python scripts: ``nango.yaml``, ``<integration>/syncs/<name>.py``
(``actions``, ``on-events``), and modules everywhere else.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from nangonb.errors import FolderError, NangonbError, ProjectError
from nangonb.folders.evaluating import evaluate
from nangonb.folders.files import missing, read_text
from nangonb.project import (
    FOLDERS,
    GENERATED_MODELS,
    MODELS_PY,
    Declarations,
    DeclaredCell,
    FailedCell,
    Kind,
    Problem,
    Source,
)
from nangonb.project.cells import read_module, read_script, read_yaml

_KINDS: dict[str, Kind] = {folder: kind for kind, folder in FOLDERS.items()}
#: Folders that hold no scripts: results of builds, and packages of others.
SKIPPED = frozenset({"node_modules", "__pycache__", "dist", "build", "site-packages"})
_MODULE_PATH = re.compile(r"[A-Za-z_][\w-]*(/[A-Za-z_][\w-]*)*")


def read_folder(path: Path | str, *, label: str = "") -> tuple[Declarations, list[Problem]]:
    """What the files of a folder, or one ``nango.yaml``, declare; and what there is to say about them.

    Raises:
        FolderError: as :func:`declare_folder`.
    """
    declarations = Declarations(evaluate)
    problems = declare_folder(declarations, path, label=label)
    return declarations, problems


def declare_folder(declarations: Declarations, path: Path | str, *, label: str = "") -> list[Problem]:
    """Declare what the files of a folder, or one ``nango.yaml``, say. ``label`` stands before file names.

    Raises:
        FolderError: there is no such folder, or nothing of Nango in it.
    """
    path = Path(path)
    if not path.exists():
        raise missing(path)
    root = path if path.is_dir() else path.parent
    files = sorted(_walk(path)) if path.is_dir() else [path.name]
    problems: list[Problem] = []
    found = False
    for name in files:
        if path.is_dir() and name.endswith(".ts"):
            if _script_of(name) is not None:
                found = True
                problems.append(_needs_typescript(label + name))
            continue
        if not name.endswith(".py") and name != "nango.yaml" and path.is_dir():
            continue
        if name == MODELS_PY and read_text(root / name).startswith(GENERATED_MODELS):
            continue
        cell = _read_file(root, name, label, problems)
        if cell is not None:
            found = True
            problems += declarations.declare(cell)
    if not found:
        raise _nothing_there(path, files)
    return problems


def _read_file(root: Path, name: str, label: str, problems: list[Problem]) -> DeclaredCell | None:
    file = root / name
    source = Source(label + name, _lf(read_text(file)), 0, str(file.resolve()))
    script = _script_of(name)
    magic = "yaml" if script is None and not name.endswith(".py") else "module"
    called = None if magic == "yaml" else name.removesuffix(".py")
    try:
        if magic == "yaml":
            return read_yaml(source)
        if script is not None:
            integration, kind, called = script
            magic = kind.replace("-", "_")
            cell = read_script(kind, called, source)
            if cell.integration not in (None, integration):
                problem = Problem(
                    "folder-contradiction",
                    "error",
                    f"The file lies below {integration}, and says integration: {cell.integration}.",
                    source.place(cell.lines.get("integration") or 1),
                    "Move the file, or mend the line.",
                )
                raise ProjectError("The file contradicts its folder.", problems=[problem])
            return replace(cell, integration=integration)
        assert called is not None
        if not _MODULE_PATH.fullmatch(called):
            if not called.endswith("__init__"):
                problems.append(
                    Problem(
                        "module-name",
                        "note",
                        f"{source.label} cannot be imported by scripts.",
                        source.place(),
                        "Its path may hold letters, digits, _ and -.",
                    )
                )
            return None
        if called.endswith("__init__"):
            return None
        return read_module(source, called)
    except NangonbError as error:
        return FailedCell(magic, called, source, error)


def _walk(root: Path) -> Iterator[str]:
    """Files below ``root``, with ``/``. A link to a folder is not followed: it may lead back."""
    for folder, folders, names in os.walk(root, onerror=_cannot_list, followlinks=False):
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".")
            and name not in SKIPPED
            and not (Path(folder) / name / "pyvenv.cfg").exists()
        )
        for name in names:
            if not name.startswith("."):
                yield (Path(folder) / name).relative_to(root).as_posix()


def _cannot_list(error: OSError) -> None:
    raise FolderError(f"{error.filename} cannot be read: {error.strerror}.")


def _script_of(name: str) -> tuple[str, Kind, str] | None:
    """(integration, kind, name) of ``salesforce/syncs/contacts.py``."""
    parts = name.split("/")
    if len(parts) == 3 and parts[1] in _KINDS:
        return parts[0], _KINDS[parts[1]], parts[2].rsplit(".", 1)[0]
    return None


def _lf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _needs_typescript(label: str) -> Problem:
    return Problem(
        "needs-typescript",
        "note",
        "TypeScript scripts are not read by this version.",
        Source(label, "").place(),
    )


def _nothing_there(path: Path, files: list[str]) -> FolderError:
    inner = sorted({name.rsplit("/", 1)[0] for name in files if name.endswith("/nango.yaml")})
    notebooks = [name for name in files if name.endswith(".ipynb") and "/" not in name]
    above = next((p for p in path.resolve().parents if (p / "nango.yaml").is_file()), None)
    if inner:
        hint = f"There is a nango.yaml in {path / inner[0]}."
    elif notebooks:
        hint = f"Name the notebook itself: {path / notebooks[0]}"
    elif above is not None:
        hint = f"There is a nango.yaml in {above}."
    else:
        hint = "Such a folder holds nango.yaml and scripts as in salesforce/syncs/contacts.py."
    return FolderError(f"{path} is no nango-integrations folder: nothing in it is read.", hint=hint)
