"""The notebook as it is saved, compared with what its kernel declares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from nangonb._project import Declarations, Kind, Problem, Project, Script
from nangonb.errors import NangonbError


@dataclass(frozen=True)
class SavedNotebook:
    """``project`` is what running all cells would declare. ``texts`` are those of all cells of a script, by
    kind and name: of several the last one counts, and before it is run, the one above it."""

    project: Project
    texts: dict[tuple[Kind, str], list[str]]


def saved_notebook(path: Path) -> SavedNotebook | None:
    """What is saved; None where it cannot be read (it may be being written)."""
    if not path.is_file():
        return None
    from nangonb._folders import declare_notebook, evaluate_foreign, read_notebook
    from nangonb._project import ScriptCell

    declarations = Declarations(evaluate_foreign)
    texts: dict[tuple[Kind, str], list[str]] = {}
    try:
        declare_notebook(declarations, path)
        for cell in read_notebook(path):
            if isinstance(cell, ScriptCell):
                texts.setdefault((cell.kind, cell.name), []).append(cell.source.text.strip())
    except NangonbError:
        return None
    return SavedNotebook(declarations.project(), texts)


def differences(kernel: Project, saved: SavedNotebook, has_run: Callable[[str], bool]) -> list[Problem]:
    """How the saved notebook differs from the kernel, script by script.

    ``has_run``: whether a cell of that text was run in this kernel.
    """
    declared = {script.key: script for script in kernel.scripts}
    saved_scripts = {script.key: script for script in saved.project.scripts}
    problems = []
    for key in sorted(declared.keys() | saved_scripts.keys()):
        if key not in declared:
            label = saved_scripts[key].source.label
            problems.append(
                _note("cell-not-run", f"`{key}` is declared in {label}, which did not run in this kernel.")
            )
        elif key not in saved_scripts:
            message = f"`{key}` is declared in this kernel, but not in the saved notebook."
            problems.append(_note("not-in-notebook", message))
        elif _differs(declared[key], saved_scripts[key], saved, has_run):
            label = saved_scripts[key].source.label
            problems.append(_note("differs-from-notebook", f"`{key}` differs from the saved {label}."))
    return problems


def _differs(here: Script, there: Script, saved: SavedNotebook, has_run: Callable[[str], bool]) -> bool:
    """A cell further down that was not run yet replaces the script later: that is no difference."""
    text, last = here.source.text.strip(), there.source.text.strip()
    if text == last:
        return False
    return text not in saved.texts.get((here.kind, here.name), ()) or has_run(last)


def _note(code: str, message: str) -> Problem:
    hint = "Run the cell or save the notebook. Verbs use what this kernel declares."
    return Problem(code, message, hint=hint)
