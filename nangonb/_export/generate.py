"""``nango generate``: what follows from nango.yaml alone. Scripts that exist stay untouched."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nangonb._export import layout_nango_yaml, layout_python, writing
from nangonb._export.file import File
from nangonb._export.owners import NOBODY
from nangonb._export.plan import CONFLICTS, Planned, plan_file
from nangonb._export.record import Record
from nangonb._project import FOLDERS, YAML_FILE, Language, Source
from nangonb._project import nango_yaml as yaml
from nangonb._render import Displayable
from nangonb.errors import FolderError, ProjectError

_SUFFIX: dict[str, str] = {"python": ".py", "typescript": ".ts"}


@dataclass(frozen=True, repr=False)
class Generated(Displayable):
    """``created`` are scaffolds, ``updated`` is made anew each time, ``kept`` are scripts that were there."""

    folder: str
    created: tuple[str, ...]
    updated: tuple[str, ...]
    kept: tuple[str, ...]

    def text(self) -> str:
        lines = [f"created    {path}" for path in self.created]
        lines += [f"generated  {path}" for path in self.updated]
        lines += [f"untouched  {path}" for path in self.kept]
        return "\n".join(lines) or "Nothing is declared."


def generate(folder: Path, language: Language, *, force: bool = False) -> Generated:
    """Write scaffolds of declared scripts that have no file, and models.ts and .nango/ as the CLI makes them.

    What the CLI or an export generated is made anew. A file of that name that neither of them made stays
    as it is, unless ``force``.

    Raises:
        FolderError: there is no nango.yaml, or a file cannot be written or must not be overwritten; then
            nothing is written.
        ProjectError: Nango would refuse the nango.yaml; nothing is written.
    """
    text = writing.content(folder, YAML_FILE)
    if not isinstance(text, str):
        raise FolderError(f"{folder} has no {YAML_FILE}.", hint="Write one, or name the folder that has it.")
    document = yaml.read(text, Source(YAML_FILE, text))
    checked = yaml.check(document.data)
    if not checked.accepted:
        found = [p for p in yaml.problems(checked, document.place) if p.severity == "error"]
        raise ProjectError(f"Nango would refuse this {YAML_FILE}.", problems=found)
    kept, files = [], []
    for script in checked.scripts:
        base = f"{script.integration}/{FOLDERS[script.kind]}/{script.name}"
        there = [base + suffix for suffix in _SUFFIX.values() if (folder / (base + suffix)).exists()]
        there += [f"{script.name}.ts"] if (folder / f"{script.name}.ts").exists() else []
        if there:
            kept += there
        else:
            files.append(File(base + _SUFFIX[language], yaml.scaffold(script, language, checked.models)))
    made = layout_nango_yaml.generated(text)
    if language == "python":
        made += layout_python.generated(text)
    nothing = Record("generate")

    def plan() -> list[Planned]:
        plans = [plan_file(folder, file, nothing, NOBODY, force=force) for file in (*files, *made)]
        if refused := [f"  {plan.path}: {plan.reason}" for plan in plans if plan.state in CONFLICTS]:
            raise FolderError(
                f"{folder} holds what generate must not overwrite. Nothing was written.",
                hint="\n".join([*refused, "Move it away or rename it; --force overwrites files."]),
            )
        return plans

    plan()  # before the lock is made, which would leave a trace
    with writing.locked(folder):
        for each in plan():
            if each.state in ("created", "updated") and each.new is not None:
                writing.write(folder, each.path, each.new)
    return Generated(
        str(folder), tuple(f.path for f in files), tuple(f.path for f in made), tuple(sorted(kept))
    )
