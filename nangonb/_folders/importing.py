"""A nango-integrations folder → a notebook: a cell for each file, and a dry run of each script."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nangonb._folders.evaluating import evaluate, evaluate_foreign
from nangonb._folders.folder import declare_folder
from nangonb._project import (
    NANGO_YAML,
    PYTHON,
    Declarations,
    DeclaredCell,
    FailedCell,
    Layout,
    Module,
    ModuleCell,
    Problem,
    Project,
    Script,
    ScriptCell,
    YamlCell,
    layout_of,
)
from nangonb._project.project import build
from nangonb.errors import FolderError, ProjectError

#: Key of the notebook's metadata, and of the hashes in it: path in the folder → SHA-256 of its bytes.
METADATA = "nangonb"
IMPORTED = "imported"


@dataclass(frozen=True)
class FolderNotebook:
    """``text`` is the .ipynb file, ``layout`` what exports it again; ``problems`` are those of the folder."""

    text: str
    layout: str
    project: Project
    problems: tuple[Problem, ...]


def folder_notebook(folder: Path, *, trust: bool = False) -> FolderNotebook:
    """Return the notebook of a folder, always with the same text. ``trust`` is as in :func:`read`.

    Raises:
        FolderError: the folder does not exist, or has no files of Nango.
        ProjectError: a script must run to be read, and is not trusted.
    """
    if folder.exists() and not folder.is_dir():
        raise FolderError(f"{folder} is not a folder.", hint=f"Name its folder: {folder.parent}")
    evaluates = evaluate if trust else evaluate_foreign
    declarations = Declarations(evaluates)
    noticed = declare_folder(declarations, folder)
    cells = declarations.cells
    project = build(cells, noticed, evaluates)
    untrusted = [problem for problem in project.problems if problem.code == "needs-trust"]
    if untrusted:
        raise ProjectError(f"{folder} is not imported: nothing was written.", problems=untrusted)
    layout = _layout(project)
    name = folder.resolve().name
    made = [
        ("markdown", _title(name, layout)),
        ("code", "%load_ext nangonb"),
        *(("code", _cell(cell)) for cell in cells if isinstance(cell, YamlCell)),
        *(("code", _cell(cell)) for cell in cells if isinstance(cell, ModuleCell)),
        *(("code", text) for text in _scripts(cells, project)),
    ]
    hashes = {
        path: hashlib.sha256((folder / path).read_bytes()).hexdigest()
        for path in sorted({cell.source.label for cell in cells})
    }
    return FolderNotebook(_notebook(made, hashes), layout.name, project, project.problems)


def _layout(project: Project) -> Layout:
    """The layout that the folder has."""
    layout = layout_of(project)
    items: list[Script | Module] = [*project.scripts, *project.modules]
    has_python = any(item.language == "python" for item in items)
    return PYTHON if layout == NANGO_YAML and has_python else layout


def _title(name: str, layout: Layout) -> str:
    return (
        f"# {name}\n\n"
        f"Imported from the folder `{name}` by nangonb. `%nango_export {name} --layout {layout}` writes it "
        "back; files of cells that were not edited keep every byte."
    )


def _scripts(cells: Sequence[DeclaredCell], project: Project) -> Iterator[str]:
    """Each script with its dry run below it, in the order of their names."""
    scripts = [cell for cell in cells if isinstance(cell, ScriptCell)]
    for cell in sorted(scripts, key=lambda cell: (cell.name, cell.integration or "", cell.kind)):
        yield _cell(cell)
        script = next(s for s in project.scripts if s.source is cell.source)
        yield f"%nango_dryrun {_shortest(script, project)}{_input(script, project)}"
    for failed in cells:
        if isinstance(failed, FailedCell):
            yield _cell(failed)


def _shortest(script: Script, project: Project) -> str:
    """Return the shortest unambiguous name of a script."""
    for name in (script.name, f"{script.integration}/{script.name}"):
        if sum(each.answers_to(name) for each in project.scripts) == 1:
            return shlex.quote(name)
    return shlex.quote(script.key)


def _input(script: Script, project: Project) -> str:
    """``-i '{}'`` where an action takes an object: what to fill in."""
    if script.kind != "action" or script.config.input is None:
        return ""
    schema = project.model_schema(script.config.input, script)
    return "" if schema is None or schema.get("type") == "null" else " -i '{}'"


def _cell(cell: DeclaredCell) -> str:
    """The text of the cell that declares what a file does; its last line has no end.

    Of an empty file it is an empty line, without which IPython refuses to run it.
    """
    body = cell.source.text.removesuffix("\n") or "\n"
    return f"{_magic(cell)}\n{body}"


def _magic(cell: DeclaredCell) -> str:
    typescript = "_ts" if cell.source.label.endswith(".ts") else ""
    match cell:
        case YamlCell():
            return "%%nango_yaml"
        case ModuleCell():
            return f"%%nango_module{typescript} {cell.path}"
        case ScriptCell():
            path = f" --path {shlex.quote(cell.path)}" if cell.path else ""
            home = f" --integration-id {shlex.quote(cell.integration or '')}"
            return f"%%nango_{cell.kind.replace('-', '_')}{typescript} {shlex.quote(cell.name)}{home}{path}"
        case FailedCell():
            home = f" --integration-id {shlex.quote(cell.integration)}" if cell.integration else ""
            return f"%%nango_{cell.magic}{typescript} {shlex.quote(cell.name or '')}".rstrip(" '") + home


def _notebook(cells: Sequence[tuple[str, str]], hashes: Mapping[str, str]) -> str:
    import nbformat
    from nbformat import v4

    new: dict[str, Any] = {"code": v4.new_code_cell, "markdown": v4.new_markdown_cell}
    made = [new[kind](text, id=f"cell-{number}") for number, (kind, text) in enumerate(cells, start=1)]
    metadata: dict[str, Any] = {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        METADATA: {IMPORTED: dict(hashes)},
    }
    notebook = v4.new_notebook(cells=made, metadata=metadata)  # type: ignore[no-untyped-call]
    text: str = nbformat.writes(notebook, version=4)  # type: ignore[no-untyped-call]
    return text.rstrip("\n") + "\n"
