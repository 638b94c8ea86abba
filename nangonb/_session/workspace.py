"""What a session declares: its project, cell by cell or as it was read, and the saved notebook beside it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from nangonb._folders.evaluating import evaluate
from nangonb._project import LAYOUTS, Declarations, FailedCell, Layout, Problem, Project, Script, read_cell
from nangonb._session.context import Context
from nangonb._session.declared import Declared, describe
from nangonb._session.layout import project_layout
from nangonb._session.saved_notebook import SavedNotebook, differences, saved_notebook
from nangonb.errors import ProjectError, UnknownName, UsageError


class Workspace:
    """``project`` is what :meth:`declare` collects, or what was read from ``sources``."""

    def __init__(self, context: Context, project: Project | None, sources: Sequence[Path]) -> None:
        self._context = context
        self._read = project
        self._sources = tuple(sources)
        self._declarations = Declarations(evaluate)
        self._run: set[int] = set()  # hashes of the texts of all cells that were declared

    @property
    def project(self) -> Project:
        return self._read or self._declarations.project()

    @property
    def files(self) -> list[Path]:
        """The notebooks and folders that this was read from; this kernel's notebook, where it is known."""
        own = self._context.front.notebook() if self._context.front else None
        return [*self._sources, *([] if own is None else [own])]

    def declare(self, text: str, *, label: str, id: str | None = None) -> Declared:
        """Take in one cell, ``%%`` line included. Returns what it declared, with the problems in it.

        Raises:
            NangonbError: the cell cannot be read; what it declared before is withdrawn.
        """
        cell = read_cell(text, label=label, id=id)
        if cell is None:
            raise UsageError(
                "This cell does not declare anything.", hint="Start it with %%nango_yaml, %%nango_sync …"
            )
        notes = self._declarations.declare(cell)
        if isinstance(cell, FailedCell):
            raise cell.error
        self._run.add(hash(text.strip()))
        return describe(cell, self.project, self.layout(), notes, self._context.locate_name)

    def layout(
        self, named: str | None = None, choices: Sequence[Layout] = LAYOUTS, *, kind: str = "layout"
    ) -> Layout:
        """The layout of the project: see :func:`project_layout`."""
        return project_layout(self.project, self._context.config, named, choices, kind=kind)

    def forget(self, name: str) -> tuple[str, ...]:
        """Withdraw what a deleted cell declared. Returns the labels of its cells. Raises UnknownName."""
        return tuple(self._declarations.forget(name))

    def script(self, name: str, integration: str | None = None) -> Script:
        """The script that ``name`` means.

        Raises:
            UnknownName: there is no such script, or it is not in this integration.
            ProjectError: its cell failed, or did not run in this kernel.
        """
        if (refusal := self.project.refusal(name, integration)) is not None:
            raise refusal
        homes = {s.integration for s in self.project.scripts if s.answers_to(name)}
        if integration is not None and homes and not homes & {integration, None}:
            raise UnknownName(f"integration of {name}", integration, sorted(filter(None, homes)))
        try:
            return self.project.script(name, integration)
        except (UnknownName, ProjectError):
            label = self._label_in_saved_notebook(name)
            if label is None:
                raise
            raise ProjectError(
                f"`{name}` is declared in {label}, which did not run in this kernel.",
                hint="Run that cell, then try again.",
            ) from None

    def integration_of(self, script: Script) -> str:
        """Raises ProjectError where the script has none."""
        if script.integration is not None:
            return script.integration
        raise next(
            ProjectError(problem.message, problems=[problem])
            for problem in self.project.problems
            if problem.code == "no-integration"
            and problem.place
            and problem.place.source == script.source.label
        )

    def differences(self) -> list[Problem]:
        """How the saved notebook differs from what this kernel declares."""
        saved = self._saved_notebook()
        if saved is None:
            return []
        return differences(self.project, saved, lambda text: hash(text) in self._run)

    def show_differences(self) -> None:
        """Show them at once, before a verb goes on."""
        problems = self.differences()
        if problems and self._context.front is not None:
            self._context.front.notice(problems)

    def _label_in_saved_notebook(self, name: str) -> str | None:
        saved = self._saved_notebook()
        scripts = [script for script in saved.project.scripts if script.answers_to(name)] if saved else []
        declared = {script.key for script in self.project.scripts}
        return next((script.source.label for script in scripts if script.key not in declared), None)

    def _saved_notebook(self) -> SavedNotebook | None:
        path = self._context.front.notebook() if self._context.front else None
        return None if path is None else saved_notebook(path)
