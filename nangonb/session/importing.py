"""``nangonb import``: a folder becomes a notebook."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nangonb.errors import FolderError, UsageError
from nangonb.project import Problem
from nangonb.render import Shown
from nangonb.session.front import Door


@dataclass(frozen=True, repr=False)
class ImportedFolder(Shown):
    """``notebook`` was written. ``problems`` are those of the folder; ``next`` says what to do with it."""

    folder: str
    notebook: str
    scripts: int
    modules: int
    layout: str
    problems: tuple[Problem, ...] = ()
    next: tuple[str, ...] = ()

    def text(self) -> str:
        from nangonb.render import problems_text

        problems = [problems_text(self.problems)] if self.problems else []
        return "\n".join([self._said, *problems, *self.next])

    def html(self) -> str:
        from nangonb.render import escape, page, problems_html

        problems = problems_html(self.problems) if self.problems else ""
        return (
            page(escape(self._said)) + problems + page("".join(f"<div>{escape(x)}</div>" for x in self.next))
        )

    @property
    def _said(self) -> str:
        from nangonb.render import plural

        counts = f"{plural(self.scripts, 'script')}, {plural(self.modules, 'module')}"
        return f"{self.notebook} is written: {counts} of {self.folder}."


def import_folder(
    folder: Path, notebook: Path | None, *, force: bool, trust: bool, door: Door
) -> ImportedFolder:
    """Write the notebook of a folder; see :meth:`nangonb.session.Session.import_folder`."""
    from nangonb.folders import folder_notebook
    from nangonb.folders.files import write_text

    folder = folder.expanduser()
    notebook = Path(f"{folder.resolve().name}.ipynb") if notebook is None else notebook.expanduser()
    if notebook.suffix != ".ipynb":
        raise UsageError(f"{notebook} is no name of a notebook.", hint=f"{notebook.stem}.ipynb")
    made = folder_notebook(folder, trust=trust)
    if notebook.exists() and not force:
        raise FolderError(f"{notebook} is there already.", hint="Name another one; --force overwrites it.")
    write_text(notebook, made.text)
    command = f"nangonb export {notebook}" if door == "command" else "%nango_export"
    steps = (
        f"Open {notebook} and run its cells: they declare what the folder does, and dry run each script.",
        f"{command} {folder} --layout {made.layout} writes it back; what was not edited stays as it is.",
    )
    project = made.project
    return ImportedFolder(
        str(folder),
        str(notebook),
        len(project.scripts),
        len(project.modules),
        made.layout,
        made.problems,
        steps,
    )
