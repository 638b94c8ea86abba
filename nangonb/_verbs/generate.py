"""``generate``: a scaffold for each declared script that has none."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from nangonb._project import Language, Project
from nangonb._project.options import Option
from nangonb._project.script_problems import is_refused
from nangonb._project.scripts import FOLDERS
from nangonb._render import Displayable
from nangonb._session import current
from nangonb._verbs.verb import verb
from nangonb.errors import UnknownName

if TYPE_CHECKING:
    from nangonb._export import Generated


@dataclass(frozen=True, repr=False)
class Scaffolds(Displayable):
    """``cells`` are the texts of new cells, by the name of the script."""

    cells: dict[str, str]
    inserted: str | None = None

    def text(self) -> str:
        if not self.cells:
            return "Every declared script has its cell."
        parts = []
        if self.inserted:
            parts.append(f"A cell for {self.inserted} is inserted below.")
        rest = {name: text for name, text in self.cells.items() if name != self.inserted}
        if rest and self.inserted:
            parts.append(f"Run it, then %nango_generate again for {', '.join(rest)}.")
        elif rest:
            parts += rest.values()
        return "\n\n".join(parts)


def _scaffolds(project: Project, language: Language) -> dict[str, str]:
    """The text of a cell for each script that nango.yaml declares and no cell has."""
    from nangonb._project import nango_yaml as yaml

    if not project.data:
        return {}
    present = {(script.integration, script.kind, script.name) for script in project.scripts}
    names = [script.name for script in project.checked.scripts]
    cells = {}
    for script in project.checked.scripts:
        path = ("integrations", script.integration, FOLDERS[script.kind], script.name)
        if (script.integration, script.kind, script.name) in present or is_refused(project, path):
            continue
        several = names.count(script.name) > 1
        option = f" --integration-id {script.integration}" if several else ""
        magic = script.kind.replace("-", "_") + ("_ts" if language == "typescript" else "")
        head = f"%%nango_{magic} {script.name}{option}"
        body = yaml.scaffold(script, language, project.checked.models)
        cells[f"{script.integration}/{script.name}" if several else script.name] = f"{head}\n{body.rstrip()}"
    return cells


def _command(
    folder: Annotated[str, Option("DIR", "a folder with nango.yaml", completes="path")],
    *,
    force: Annotated[bool, Option("--force", "overwrite files that nobody generated")] = False,
    **options: Any,
) -> Generated:
    from nangonb._export import generate as generate_files

    return generate_files(Path(folder), force=force, **options)


@verb(command=_command)
def generate(language: Annotated[Language, Option("--language", "of the scaffolds")] = "python") -> Scaffolds:
    """Make a scaffold for each declared script that has none; nothing existing is touched.

    In a notebook, a cell; the front end inserts the first of them.

    Raises:
        UnknownName: there is no such language.
    """
    if language not in ("python", "typescript"):
        raise UnknownName("language", language, ["python", "typescript"])
    session = current()
    cells = _scaffolds(session.project, language)
    first = next(iter(cells), None)
    inserted = first is not None and session.front is not None and session.front.insert_cell(cells[first])
    return Scaffolds(cells, first if inserted else None)
