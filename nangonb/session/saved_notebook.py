"""The notebook as it is saved, compared with what its kernel declares."""

from __future__ import annotations

from pathlib import Path

from nangonb.errors import NangonbError
from nangonb.project import Declarations, Problem, Project


def saved_project(path: Path) -> Project | None:
    """What the saved notebook declares; None where it cannot be read (it may be being written)."""
    if not path.is_file():
        return None
    from nangonb.folders import declare_notebook, evaluate_foreign

    declarations = Declarations(evaluate_foreign)
    try:
        declare_notebook(declarations, path)
    except NangonbError:
        return None
    return declarations.project()


def differences(kernel: Project, saved: Project) -> list[Problem]:
    """How the saved notebook differs from the kernel, script by script."""
    here = {script.key: script for script in kernel.scripts}
    there = {script.key: script for script in saved.scripts}
    found = []
    for key in sorted(here.keys() | there.keys()):
        if key not in here:
            label = there[key].source.label
            found.append(_note("cell-not-run", f"{key} stands in {label}, and was not run in this kernel."))
        elif key not in there:
            said = f"{key} is declared in this kernel, and not in the saved notebook."
            found.append(_note("not-in-notebook", said))
        elif here[key].source.text.strip() != there[key].source.text.strip():
            label = there[key].source.label
            found.append(_note("differs-from-notebook", f"{key} differs from the saved {label}."))
    return found


def _note(code: str, message: str) -> Problem:
    hint = "Run the cell or save the notebook; what this kernel declares is what counts."
    return Problem(code, "warning", message, hint=hint)
