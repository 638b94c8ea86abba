"""Layout ``python``: nango.yaml and Python, which ``nangonb dryrun`` runs, beside TypeScript as it is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from nangonb._export.file import README, File
from nangonb._export.yaml_parts import of_project
from nangonb._project import GENERATED_MODELS, MODELS_PY, NANGO_YAML, YAML_FILE, ZERO_YAML, Project, Source
from nangonb._project import nango_yaml as yaml
from nangonb.errors import ProjectError


def beside(project: Project, scripts: Sequence[File]) -> list[File]:
    """The files beside scripts and modules, without nango.yaml, which is merged (:mod:`.nango_yaml`)."""
    return [*generated(of_project(project)), File(README, _README, optional=True)]


def generated(text: str) -> list[File]:
    """The models of a nango.yaml as TypedDicts, for editors and type checkers; a run makes its own."""
    try:
        checked = yaml.check(yaml.read(text, Source(YAML_FILE, text)).data)
    except ProjectError:
        return []
    if not checked.models:
        return []
    return [File(MODELS_PY, f"{GENERATED_MODELS}\n{yaml.models_module(checked)}", generated=True)]


def next_steps(folder: Path, project: Project) -> tuple[str, ...]:
    """Lines that say what to do with the folder."""
    kinds = ("sync", "action", "on-event")
    first = min(project.scripts, key=lambda script: kinds.index(script.kind), default=None)
    run = [f"Run it from there: nangonb dryrun {folder} {first.name} CONNECTION"] if first else []
    return (
        *run,
        "The nango CLI does not take this layout: it takes "
        f"{NANGO_YAML} ({NANGO_YAML.cli}) and {ZERO_YAML} ({ZERO_YAML.cli}).",
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
