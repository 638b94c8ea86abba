"""A .ipynb file → the cells that declare something, in their order."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nangonb._folders import unexecuted
from nangonb._folders.files import read_text
from nangonb._project import Declarations, DeclaredCell, FailedCell, Language, Problem, Source, read_cell
from nangonb._project.cells import find_magic
from nangonb._project.declaring import COMMANDS
from nangonb._project.options import split_line
from nangonb.errors import FolderError, NangonbError, ProjectError, nearest


@dataclass(frozen=True, slots=True)
class NotebookCell:
    """A code cell. ``number`` counts all cells from 1, as people do; ``id`` is unique among all notebooks."""

    number: int
    text: str
    label: str
    id: str


def notebook_cells(path: Path | str, *, label: str | None = None) -> list[NotebookCell]:
    """Return the code cells of a notebook. ``label`` is its name in messages, by default its file name.

    Raises:
        FolderError: the file does not exist, is not JSON, or is not a notebook of format 4.
    """
    path = Path(path)
    label = label or path.name
    cells, ids = [], set()
    for number, cell in enumerate(_all_cells(path), start=1):
        where = f"{label} cell {number}"
        if not isinstance(cell, dict) or "cell_type" not in cell:
            raise _no_notebook(path, f"cell {number} has no cell_type")
        source = cell.get("source", "")
        if isinstance(source, list) and all(isinstance(line, str) for line in source):
            source = "".join(source)
        if not isinstance(source, str):
            raise _no_notebook(path, f"the source of cell {number} is not text")
        if cell["cell_type"] != "code":
            continue
        known = cell.get("id")
        id = f"{path.resolve()}#{known if isinstance(known, str) and known else number}"
        if id in ids:  # a copied cell has the id of the original
            id = f"{id}#{number}"
        ids.add(id)
        cells.append(NotebookCell(number, source, where, id))
    return cells


def read_notebook(path: Path | str, *, label: str | None = None) -> list[DeclaredCell]:
    """Return what each cell of a notebook declares, in order, without executing any.

    A cell that cannot be read is a :class:`~nangonb._project.FailedCell`.

    Raises:
        FolderError: as :func:`notebook_cells`.
    """
    read = (_read(cell) for cell in notebook_cells(path, label=label))
    return [cell for cell in read if cell is not None]


def declare_notebook(
    declarations: Declarations, path: Path | str, *, label: str | None = None
) -> list[Problem]:
    """Declare the cells of a notebook, in order, as running all of them in a kernel would.

    Returns the problems: cells that replace others, and declarations that are known only when executed
    (code ``needs-execution``).

    Raises:
        FolderError: as :func:`notebook_cells`.
    """
    problems: list[Problem] = []
    for cell in notebook_cells(path, label=label):
        declared = _read(cell)
        if declared is not None:
            problems += declarations.declare(declared)
        elif (magic := find_magic(cell.text)) is not None:
            problems.append(_unknown_magic(cell, *magic[:2]))
        else:
            problems += _statements(declarations, cell)
    return problems


def imported_files(path: Path) -> dict[str, str]:
    """Return the files that ``nangonb import`` made the notebook from: path in the folder → SHA-256 of the
    bytes. Empty if it was not imported, or cannot be read."""
    try:
        metadata = json.loads(read_text(path))["metadata"]["nangonb"]["imported"]
        return {str(name): str(digest) for name, digest in metadata.items()}
    except (FolderError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def _read(cell: NotebookCell) -> DeclaredCell | None:
    match = find_magic(cell.text)
    if match is None or match[1] not in COMMANDS:
        return None
    index, magic, line = match
    variable = unexecuted.variable(line)
    if variable is None:
        return read_cell(cell.text, label=cell.label, id=cell.id)
    source = Source(cell.label, cell.text, index + 1, cell.id)
    problem = Problem(
        "needs-execution",
        f"`{variable}` is known only when the notebook runs.",
        source.place(index + 1),
        "Write the literal name.",
        severity="error",
    )
    error = ProjectError(f"`{variable}` is known only when the notebook runs.", problems=[problem])
    what = magic.removesuffix("_ts")
    language: Language = "python" if what == magic else "typescript"
    return FailedCell(what, variable if line.split()[0] == variable else None, source, error, language)


def _unknown_magic(cell: NotebookCell, index: int, magic: str) -> Problem:
    place = Source(cell.label, cell.text).place(index + 1)
    match = nearest(magic, COMMANDS)
    return Problem(
        "unknown-magic",
        f"The magic `%%nango_{magic}` is not defined.",
        place,
        f"Did you mean `%%nango_{match}`?" if match else "",
    )


def _statements(declarations: Declarations, cell: NotebookCell) -> Iterator[Problem]:
    """Apply ``%nango_forget NAME``. Yields a Problem for what is known only in a kernel."""
    source = Source(cell.label, cell.text, 0, cell.id)
    if "nango" not in cell.text and ".ipynb" not in cell.text:
        return
    for statement in unexecuted.statements(source):
        if isinstance(statement, Problem):
            yield statement
            continue
        try:
            words = split_line(statement.rest, prog="%nango_forget")
            for name in words[:1]:
                declarations.forget(name)
        except NangonbError as error:
            yield Problem("forget", error.message, source.place(statement.line), error.hint)


def _all_cells(path: Path) -> list[Any]:
    if path.is_dir():
        raise FolderError(f"{path} is a folder, not a notebook.")
    text = read_text(path)
    if not text.strip():
        raise _no_notebook(path, "it is empty")
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        hint = f"Line {error.lineno}, column {error.colno}: {error.msg}."
        if any(line.startswith(("<<<<<<< ", ">>>>>>> ")) for line in text.splitlines()):
            hint = "Resolve the merge conflict in it (<<<<<<<)."
        raise FolderError(f"{path} is not a notebook: it is not JSON.", hint=hint) from None
    except RecursionError:
        raise _no_notebook(path, "it is nested too deeply") from None
    if not isinstance(data, dict):
        raise _no_notebook(path, "it is not a JSON object")
    version = data.get("nbformat")
    if (isinstance(version, int) and version < 4) or "worksheets" in data:
        raise FolderError(
            f"{path} has the old notebook format {version}.",
            hint=f"Convert it to format 4: jupyter nbconvert --to notebook --nbformat 4 --inplace {path}",
        )
    cells = data.get("cells")
    if not isinstance(cells, list):
        raise _no_notebook(path, "it has no cells")
    return cells


def _no_notebook(path: Path, why: str) -> FolderError:
    return FolderError(f"{path} is not a notebook: {why}.", hint="Open it in Jupyter and save it again.")
