"""A layout makes the files of a folder from a Project. What is in the folder already is not its business."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from nangonb.errors import UnknownName, UsageError
from nangonb.export.owners import NOBODY, Owners, notebook_of
from nangonb.export.targets import NANGO_YAML_CLI, ZERO_YAML_CLI
from nangonb.project import Problem, Project

NANGO_YAML = "nango.yaml"
README = "README.md"
#: Folders of these names are never read as integrations.
_NO_INTEGRATION = frozenset({"node_modules", "__pycache__", "dist", "build", "site-packages"})


@dataclass(frozen=True, slots=True)
class File:
    """One file. ``path`` has ``/`` and is relative to the folder; ``script`` is the key of its script.

    ``notebooks`` are those it came from, as far as known. An ``optional`` file gives way to one that is
    there already.
    """

    path: str
    text: str
    script: str | None = None
    notebooks: Owners = NOBODY
    optional: bool = False


Layout = Callable[[Project], dict[str, File]]


def python(project: Project) -> dict[str, File]:
    """Nango's folder with Python scripts: what ``nangonb dryrun DIR NAME`` runs.

    nango.yaml is not among the files: it may hold entries of others, and is merged (:mod:`.nango_yaml`).
    """
    files = [
        File(f"{script.key}.py", _body(script.source.body), script.key, notebook_of(script.source))
        for script in project.scripts
    ]
    files += [
        File(f"{module.path}.py", _body(module.source.body), None, notebook_of(module.source))
        for module in project.modules
    ]
    files.append(File(README, _README, optional=True))
    return {file.path: file for file in files}


LAYOUTS: dict[str, Layout] = {"python": python}
_COMING = {
    "nango-yaml": f"nango.yaml and TypeScript, for the CLI nango@{NANGO_YAML_CLI}",
    "zero-yaml": f"TypeScript with createSync and createAction, for the CLI nango@{ZERO_YAML_CLI}",
}


def layout_named(name: str) -> Layout:
    """The layout of that name.

    Raises:
        UsageError: it needs the translation to TypeScript, which this version does not have.
        UnknownName: there is none.
    """
    if name in LAYOUTS:
        return LAYOUTS[name]
    if name in _COMING:
        raise UsageError(
            f"The layout {name} ({_COMING[name]}) needs the translation to TypeScript, "
            "which this version does not have.",
            hint=f"There is: --layout {', '.join(LAYOUTS)}.",
        )
    raise UnknownName("layout", name, sorted({*LAYOUTS, *_COMING}))


def path_problems(project: Project) -> Iterator[Problem]:
    """Integrations that cannot be the name of a folder, and paths that would leave it."""
    for integration in project.integrations:
        if re.fullmatch(r"[^/\\\0.][^/\\\0]*", integration) and integration not in _NO_INTEGRATION:
            continue
        yield Problem(
            "integration-name",
            "error",
            f"The integration {integration!r} cannot be the name of a folder.",
            project.place(("integrations", integration), key=True),
            "It must not begin with a dot, contain a slash, or be a name such as dist or node_modules.",
        )


def _body(text: str) -> str:
    """The body of a cell as a file: LF, and one at the end."""
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n") + "\n"


_README = """\
# Nango integrations in Python

Exported from a notebook by nangonb. Change the notebook and export again: `nangonb export NOTEBOOK DIR`
does not overwrite files that were edited here.

- `nango.yaml`: integrations, syncs, actions and models.
- `<integration>/syncs/<name>.py`, `actions/`, `on-events/`: the scripts.
- Every other `.py` file is a module: scripts import `helpers/dates.py` as `nangonb.modules.helpers.dates`.
- `.nangonb/export.json`: which files were exported. Commit it with them.

Run a script against a connection without storing anything:

    nangonb dryrun . NAME CONNECTION

`nangonb connections` lists the connections; the key is read from `NANGO_SECRET_KEY_DEV`.
"""
