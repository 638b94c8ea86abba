"""A nango-integrations folder → what its files declare.

The layouts are Nango's own: ``nango.yaml`` with ``<integration>/syncs/<name>.ts`` (``actions``,
``on-events``) or ``<name>.ts`` beside it, or ``index.ts`` that imports scripts which declare themselves.
Scripts may be in Python, too: ``<integration>/syncs/<name>.py``. Modules lie everywhere else.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from nangonb._folders.evaluating import evaluate_foreign
from nangonb._folders.files import missing, read_text
from nangonb._folders.names import RECORD, SKIPPED
from nangonb._folders.typescript import TypeScriptFile, TypeScriptFiles
from nangonb._project import (
    FOLDERS,
    GENERATED_MODELS,
    MODELS_PY,
    YAML_FILE,
    Declarations,
    DeclaredCell,
    FailedCell,
    Kind,
    Problem,
    ScriptCell,
    Source,
    YamlCell,
)
from nangonb._project.cells import is_path, read_module, read_script, read_yaml
from nangonb._project.problems import declared_twice
from nangonb.errors import FolderError, NangonbError, ProjectError

_KINDS: dict[str, Kind] = {folder: kind for kind, folder in FOLDERS.items()}


def read_folder(path: Path | str, *, label: str = "") -> tuple[Declarations, list[Problem]]:
    """Return what the files of a folder, or one ``nango.yaml``, declare, and the problems in them.

    Raises:
        FolderError: as :func:`declare_folder`.
    """
    declarations = Declarations(evaluate_foreign)
    problems = declare_folder(declarations, path, label=label)
    return declarations, problems


def declare_folder(declarations: Declarations, path: Path | str, *, label: str = "") -> list[Problem]:
    """Declare the files of a folder, or one ``nango.yaml``. ``label`` is a prefix of the file names.

    Raises:
        FolderError: the folder does not exist, or has no files of Nango.
    """
    path = Path(path)
    if not path.exists():
        raise missing(path)
    root = path if path.is_dir() else path.parent
    names = sorted(_walk(path)) if path.is_dir() else [path.name]
    folder = _Folder(root, label, is_whole=path.is_dir())
    cells = list(folder.read(names))
    if not cells:
        raise _nothing_there(path, names)
    problems = folder.problems
    for cell in cells:
        problems += declarations.declare(cell)
    return problems


@dataclass
class _Folder:
    root: Path
    label: str
    is_whole: bool
    problems: list[Problem] = field(default_factory=list)

    def read(self, names: list[str]) -> Iterator[DeclaredCell]:
        """Yield what each file declares, in the order of their names."""
        cells: dict[str, list[DeclaredCell]] = {}
        for name in names:
            if name.endswith(".py") or name == YAML_FILE or not self.is_whole:
                cell = self._python_or_yaml(name)
                if cell is not None:
                    cells[name] = [cell]
        typescript = [name for name in names if name.endswith(".ts") and self.is_whole]
        if typescript:
            self._typescript(typescript, cells)
        for name in sorted(cells):
            yield from cells[name]

    def _source(self, name: str, text: str | None = None, *, more: str = "") -> Source:
        text = _lf(read_text(self.root / name)) if text is None else text
        # the name in the folder, even of a link: two names are two files
        return Source(self.label + name, text, 0, f"{self.root.resolve() / name}{more}")

    # Python and nango.yaml

    def _python_or_yaml(self, name: str) -> DeclaredCell | None:
        if name == MODELS_PY and read_text(self.root / name).startswith(GENERATED_MODELS):
            return None
        source = self._source(name)
        script = _script_of(name)
        magic = "yaml" if script is None and not name.endswith(".py") else "module"
        called = None if magic == "yaml" else name.removesuffix(".py")
        try:
            if magic == "yaml":
                return read_yaml(source)
            if script is not None:
                integration, kind, called = script
                magic = kind.replace("-", "_")
                return _at_home(read_script(kind, called, source), integration)
            assert called is not None
            if called.endswith("__init__"):
                return None
            if not is_path(called, "python"):
                self._report_module_name(source, "letters, digits, _ and -")
                return None
            return read_module(source, called)
        except NangonbError as error:
            return FailedCell(magic, called, source, error, integration=script[0] if script else None)

    def _report_module_name(self, source: Source, allowed: str) -> None:
        message = f"Scripts cannot import {source.label}."
        hint = f"Use {allowed} in its path."
        self.problems.append(Problem("module-name", message, source.place(), hint))

    # TypeScript

    def _typescript(self, names: list[str], read: dict[str, list[DeclaredCell]]) -> None:
        made = self._exported()  # translations of the Python beside them
        texts = {
            name: _lf(read_text(self.root / name))
            for name in names
            if not (name in made and name.removesuffix(".ts") + ".py" in read)
        }
        files = TypeScriptFiles(texts, _data(read.get(YAML_FILE)), self.label)
        there = {
            (cell.integration, cell.kind, cell.name): cell
            for cells in read.values()
            for cell in cells
            if isinstance(cell, ScriptCell)
        }
        for file in files.read():
            first = there.get((file.integration, file.kind, file.name)) if file.kind else None
            if first is not None:
                source = self._source(file.path, texts[file.path])
                what = f"{file.integration}/{file.name}"
                self.problems.append(declared_twice(what, source.place(1), first.source.place(1), "file"))
                continue
            cell = self._typescript_cell(file, texts[file.path], again=file.path in read)
            if cell is not None:
                read.setdefault(file.path, []).append(cell)
        self.problems += files.problems

    def _typescript_cell(self, file: TypeScriptFile, text: str, *, again: bool) -> DeclaredCell | None:
        """``again``: one file may be the script of several integrations."""
        source = self._source(file.path, text, more=f"#{file.integration}" if again else "")
        stem = file.path.removesuffix(".ts")
        try:
            if file.kind is None:
                if not is_path(stem, "typescript"):
                    self._report_module_name(source, "letters, digits and _ - . @ ~ +")
                    return None
                return read_module(source, stem, "typescript")
            cell = read_script(file.kind, file.name, source, None, "typescript")
            return replace(_at_home(cell, file.integration), path=stem if file.unusual else "")
        except NangonbError as error:
            magic = file.kind.replace("-", "_") if file.kind else "module"
            return FailedCell(magic, file.name or stem, source, error, "typescript", file.integration or None)

    def _exported(self) -> frozenset[str]:
        """Return the files that an export wrote; none if there is no readable record."""
        try:
            files = json.loads((self.root / RECORD).read_bytes())["files"]
            return frozenset(each["path"] for each in files)
        except (OSError, ValueError, KeyError, TypeError):
            return frozenset()


def _data(cells: list[DeclaredCell] | None) -> dict[str, Any] | None:
    """Return the data of nango.yaml: empty if it cannot be read, None if there is none."""
    if cells is None:
        return None
    cell = cells[0]
    data = cell.document.data if isinstance(cell, YamlCell) else None
    return data if isinstance(data, dict) else {}


def _at_home(cell: ScriptCell, integration: str) -> ScriptCell:
    """Return the script with the integration of its folder. Raises ProjectError if it has another."""
    if cell.integration in (None, integration):
        return replace(cell, integration=integration)
    problem = Problem(
        "folder-contradiction",
        f"The file is in the folder of `{integration}`, but declares the integration `{cell.integration}`.",
        cell.source.place(cell.lines.get("integration") or 1),
        "Move the file, or fix the line.",
    )
    raise ProjectError("The integration of the file differs from its folder.", problems=[problem])


def _walk(root: Path) -> Iterator[str]:
    """Files below ``root``, with ``/``. A link to a folder is followed if it stays inside and isn't circular:
    one integration may have the scripts of another."""
    inside = root.resolve()

    def walk(folder: Path, prefix: str, above: tuple[Path, ...]) -> Iterator[str]:
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            raise FolderError(f"{error.filename} cannot be read: {error.strerror}.") from None
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if not entry.is_dir():
                yield prefix + entry.name
                continue
            real = Path(entry.path).resolve()
            leads_back = entry.is_symlink() and (real in above or not real.is_relative_to(inside))
            if entry.name in SKIPPED or leads_back or (real / "pyvenv.cfg").exists():
                continue
            yield from walk(Path(entry.path), f"{prefix}{entry.name}/", (*above, real))

    yield from walk(root, "", (inside,))


def _script_of(name: str) -> tuple[str, Kind, str] | None:
    """(integration, kind, name) of ``salesforce/syncs/contacts.py``."""
    parts = name.split("/")
    if len(parts) == 3 and parts[1] in _KINDS:
        return parts[0], _KINDS[parts[1]], parts[2].rsplit(".", 1)[0]
    return None


def _lf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _nothing_there(path: Path, files: list[str]) -> FolderError:
    inner = sorted({name.rsplit("/", 1)[0] for name in files if name.endswith("/nango.yaml")})
    notebooks = [name for name in files if name.endswith(".ipynb") and "/" not in name]
    above = next((p for p in path.resolve().parents if (p / YAML_FILE).is_file()), None)
    if inner:
        hint = f"There is a nango.yaml in {path / inner[0]}."
    elif notebooks:
        hint = f"Name the notebook itself: {path / notebooks[0]}"
    elif above is not None:
        hint = f"There is a nango.yaml in {above}."
    else:
        hint = (
            "A nango-integrations folder contains nango.yaml and scripts such as "
            "salesforce/syncs/contacts.ts (or .py), or index.ts and such scripts."
        )
    return FolderError(f"{path} is not a nango-integrations folder.", hint=hint)
