"""The notebook as it is saved, compared with what its kernel declares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from nangonb.errors import NangonbError
from nangonb.project import Declarations, Kind, Problem, Project, Script


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
    from nangonb.folders import declare_notebook, evaluate_foreign, read_notebook
    from nangonb.project import ScriptCell

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
    here = {script.key: script for script in kernel.scripts}
    there = {script.key: script for script in saved.project.scripts}
    found = []
    for key in sorted(here.keys() | there.keys()):
        if key not in here:
            label = there[key].source.label
            found.append(_note("cell-not-run", f"{key} stands in {label}, and was not run in this kernel."))
        elif key not in there:
            said = f"{key} is declared in this kernel, and not in the saved notebook."
            found.append(_note("not-in-notebook", said))
        elif _differs(here[key], there[key], saved, has_run):
            label = there[key].source.label
            found.append(_note("differs-from-notebook", f"{key} differs from the saved {label}."))
    return found


def _differs(here: Script, there: Script, saved: SavedNotebook, has_run: Callable[[str], bool]) -> bool:
    """A cell further down that was not run yet replaces the script later: that is no difference."""
    text, last = here.source.text.strip(), there.source.text.strip()
    if text == last:
        return False
    return text not in saved.texts.get((here.kind, here.name), ()) or has_run(last)


def _note(code: str, message: str) -> Problem:
    hint = "Run the cell or save the notebook; what this kernel declares is what counts."
    return Problem(code, message, hint=hint)
