"""Which notebook a declaration stands in, and which notebooks may write over what others wrote."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePath

from nangonb._project import Project, Source

Owners = frozenset[str]
NOBODY: Owners = frozenset()
_CELL_OF_A_FILE = re.compile(r"(.+\.ipynb)#")


def notebook_of(source: Source) -> Owners:
    """The base name of the notebook that a source was read from; nothing for a cell of a kernel."""
    found = _CELL_OF_A_FILE.match(source.id or "")
    return frozenset({PurePath(found[1]).name}) if found else NOBODY


def notebooks_of(project: Project) -> Owners:
    """All notebooks that a Project was read from, as far as its sources tell."""
    sources: list[Source] = [script.source for script in project.scripts]
    sources += [module.source for module in project.modules]
    sources += [cell.source for cell in project.yaml_cells]
    return NOBODY.union(*map(notebook_of, sources))


def may_replace(owners: Owners, us: Owners) -> bool:
    """Whether an export of ``us`` may change what ``owners`` wrote.

    A kernel that does not know its notebook's name may change whatever was exported: it most probably is
    that notebook.
    """
    return not owners or not us or owners <= us


def is_ours_alone(owners: Owners, us: Owners) -> bool:
    """Whether nobody else would miss it."""
    return owners <= us if owners else not us


def named(owners: Iterable[str]) -> str:
    return " and ".join(sorted(owners))


def owners_after(mine: Owners, before: Owners, us: Owners) -> Owners:
    """The notebooks of something that we write now as ``mine``, and that ``before`` had written."""
    return (mine or us) | (before - us) if us else before
