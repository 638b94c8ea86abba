"""A layout makes the files of a folder from a Project. What is in the folder already is not its business."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from nangonb.errors import ProjectError, UnknownName
from nangonb.export.file import NANGO_YAML, README, File, body, by_path
from nangonb.export.layout_nango_yaml import generated, nango_yaml
from nangonb.export.layout_zero_yaml import zero_yaml
from nangonb.export.owners import notebook_of
from nangonb.export.targets import NANGO_YAML_CLI, ZERO_YAML_CLI
from nangonb.export.typescript import refuse, typescript_as_it_is
from nangonb.export.yaml_parts import of_project
from nangonb.project import GENERATED_MODELS, MODELS_PY, Problem, Project, Source
from nangonb.project import nango_yaml as yaml
from nangonb.translate import zero_style

#: Folders of these names are never read as integrations.
_NO_INTEGRATION = frozenset({"node_modules", "__pycache__", "dist", "build", "site-packages"})

#: What a key is that says nothing: to Nango's CLI, too, it is this text.
_NULL = "null"

Layout = Callable[[Project], dict[str, File]]


def python(project: Project) -> dict[str, File]:
    """Nango's folder with Python scripts: what ``nangonb dryrun DIR NAME`` runs. What is TypeScript stays so.

    nango.yaml is not among the files: it may hold entries of others, and is merged (:mod:`.nango_yaml`).

    Raises:
        ProjectError: a script declares itself, for which nango.yaml has no place.
    """
    refuse(zero_style(script, "python") for script in project.scripts if script.style == "zero")
    files = [
        File(
            f"{script.key}.py",
            body(script.source.body),
            script.key,
            notebook_of(script.source),
            verbatim=True,
        )
        for script in project.scripts
        if script.language == "python"
    ]
    files += [
        File(f"{module.path}.py", body(module.source.body), None, notebook_of(module.source), verbatim=True)
        for module in project.modules
        if module.language == "python"
    ]
    files += typescript_as_it_is(project)
    files += python_models(of_project(project))
    files.append(File(README, _README, optional=True))
    return by_path(files)


def python_models(text: str) -> list[File]:
    """The models of a nango.yaml as TypedDicts, for editors and type checkers; a run makes its own."""
    try:
        checked = yaml.check(yaml.read(text, Source(NANGO_YAML, text)).data)
    except ProjectError:
        return []
    if not checked.models:
        return []
    return [File(MODELS_PY, f"{GENERATED_MODELS}\n{yaml.models_module(checked)}", generated=True)]


#: What a layout makes of nango.yaml alone.
GENERATED: dict[str, Callable[[str], list[File]]] = {"nango-yaml": generated, "python": python_models}
LAYOUTS: dict[str, Layout] = {"nango-yaml": nango_yaml, "zero-yaml": zero_yaml, "python": python}
DEFAULT = "nango-yaml"


def layout_named(name: str) -> Layout:
    """The layout of that name. Raises UnknownName."""
    if name not in LAYOUTS:
        raise UnknownName("layout", name, sorted(LAYOUTS))
    return LAYOUTS[name]


def next_steps(layout: str, folder: Path, project: Project) -> tuple[str, ...]:
    """Lines that say what to do with an exported folder."""
    runnable = sorted(project.scripts, key=lambda script: ("sync", "action", "on-event").index(script.kind))
    name = runnable[0].name if runnable else None
    if layout == "nango-yaml":
        return (
            f"Nango's CLI ({NANGO_YAML_CLI}) takes it from there: cd {folder} && npm install && "
            "NANGO_CLI_UPGRADE_MODE=ignore npx nango compile",
        )
    if layout == "zero-yaml":
        return (f"Nango's CLI takes it from there: cd {folder} && npm install && npx nango compile",)
    run = [f"Run it from there: nangonb dryrun {folder} {name} CONNECTION"] if name else []
    return (
        *run,
        "The nango CLI does not take this layout: it takes nango-yaml "
        f"({NANGO_YAML_CLI}) and zero-yaml ({ZERO_YAML_CLI}).",
    )


def path_problems(project: Project) -> Iterator[Problem]:
    """Integrations that cannot be the name of a folder, and paths that would leave it."""
    for integration in project.integrations:
        if integration == _NULL:
            yield Problem(
                "integration-name",
                "The integration has no name: yaml reads `~`, `null` and an empty key as null.",
                project.place(("integrations", integration), key=True),
                "Write the id of the integration at Nango; in quotes where it looks like null: '~'.",
            )
            continue
        if re.fullmatch(r"[^/\\\0.][^/\\\0]*", integration) and integration not in _NO_INTEGRATION:
            continue
        yield Problem(
            "integration-name",
            f"The integration {integration!r} cannot be the name of a folder.",
            project.place(("integrations", integration), key=True),
            "It must not begin with a dot, contain a slash, or be a name such as dist or node_modules.",
        )


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

__all__ = [
    "DEFAULT",
    "GENERATED",
    "LAYOUTS",
    "NANGO_YAML",
    "File",
    "Layout",
    "layout_named",
    "next_steps",
    "path_problems",
]
