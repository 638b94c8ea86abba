"""Names that a script uses and another cell or file has."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from nangonb._project import wording

if TYPE_CHECKING:
    from nangonb._project.project import Project

LocateName = Callable[[str], str | None]
"""Which cell of the notebook defines a name, as people call it, or None."""


def name_hint(name: str, project: Project, locate_name: LocateName | None) -> str:
    """Which cell or file has ``name``, and how a script gets at it; an empty string where none has it."""
    other = next((label for label, names in _defined(project) if name in names), None)
    other = other or (locate_name(name) if locate_name else None)
    if other is None:
        return ""
    move = f"move {name} into this cell, or into a %%nango_module cell"
    if project.of_files:
        move = f"move {name} into this file, or into a module"
    return (
        f"{name} is defined in {other}. A script can use only the names of its own {wording.thing(project)}, "
        "as on Nango: "
        f"{move} and import it."
    )


def _defined(project: Project) -> Iterator[tuple[str, set[str]]]:
    sources = [script.source for script in project.scripts] + [module.source for module in project.modules]
    for source in sources:
        try:
            tree = ast.parse(source.body)
        except (SyntaxError, ValueError):
            continue
        names = {node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
        for node in tree.body:
            for target in node.targets if isinstance(node, ast.Assign) else ():
                names.update(each.id for each in ast.walk(target) if isinstance(each, ast.Name))
        yield source.label, names
