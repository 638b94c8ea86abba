"""``import``: make a notebook of a folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from nangonb._project import Problem
from nangonb._project.options import Option
from nangonb._render import Displayable
from nangonb._session import current
from nangonb._session.lines import Lines
from nangonb._verbs.options import TrustOption
from nangonb._verbs.verb import verb
from nangonb.errors import FolderError, UsageError


@dataclass(frozen=True, repr=False)
class ImportedFolder(Displayable):
    """``notebook`` was written. ``problems`` are those of the folder; ``next`` says what to do with it."""

    folder: str
    notebook: str
    scripts: int
    modules: int
    layout: str
    problems: tuple[Problem, ...] = ()
    next: tuple[str, ...] = ()

    def text(self) -> str:
        from nangonb._render import problems_text

        problems = [problems_text(self.problems)] if self.problems else []
        return "\n".join([self._summary, *problems, *self.next])

    def html(self) -> str:
        from nangonb._render import escape, page, problems_html

        problems = problems_html(self.problems) if self.problems else ""
        return (
            page(escape(self._summary))
            + problems
            + page("".join(f"<div>{escape(x)}</div>" for x in self.next))
        )

    @property
    def _summary(self) -> str:
        from nangonb._render import plural

        counts = f"{plural(self.scripts, 'script')}, {plural(self.modules, 'module')}"
        return f"{self.notebook} is written: {counts} of {self.folder}."


@verb(name="import", command=True)
def import_folder(
    folder: Annotated[str | Path, Option("DIR", "the folder", completes="path")],
    notebook: Annotated[
        str | Path | None,
        Option("NOTEBOOK", "the notebook to write; DIR.ipynb, unless given", completes="path"),
    ] = None,
    *,
    force: Annotated[bool, Option("--force", "overwrite a notebook that is there")] = False,
    trust: TrustOption = False,
) -> ImportedFolder:
    """Make a notebook of a nango-integrations folder: a cell for each file, and a dry run of each script.

    What is declared already stays as it is. ``notebook`` is the file to write: ``NAME.ipynb`` here for a
    folder NAME, unless given. ``trust`` lets the code of scripts run where what they declare is not literal
    and this system offers no isolation.

    Raises:
        FolderError: there is nothing of Nango in the folder, or the notebook is there already.
        ProjectError: what a script declares is known only by running it, and it is not trusted.
        UsageError: ``notebook`` is not the name of a notebook.
    """
    from nangonb._export import writing
    from nangonb._folders import folder_notebook

    folder = Path(folder).expanduser()
    notebook = Path(f"{folder.resolve().name}.ipynb" if notebook is None else notebook).expanduser()
    if notebook.suffix != ".ipynb":
        raise UsageError(f"{notebook} is not the name of a notebook.", hint=f"{notebook.stem}.ipynb")
    made = folder_notebook(folder, trust=trust)
    if notebook.exists() and not force:
        raise FolderError(f"{notebook} exists.", hint="Name another notebook, or overwrite it with --force.")
    writing.write(notebook.parent, notebook.name, made.text, hint="Fix the cause, then import again.")
    lines = Lines(current().config, current().lines.door, (str(notebook),))
    export = lines.verb("export", str(folder), "--layout", made.layout)
    steps = (
        f"Open {notebook} and run its cells: they declare what the folder does, and dry run each script.",
        f"{export} writes it back; what was not edited stays as it is.",
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
