"""The verbs of a session; one session lives in each kernel and in each command."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nangonb.errors import ApiError, ProjectError, UnknownName, UsageError
from nangonb.folders.evaluating import evaluate
from nangonb.project import Declarations, FailedCell, Language, Problem, Project, Script, read_cell
from nangonb.project.script_problems import concerning
from nangonb.session.config import Config
from nangonb.session.deploying import Deploys
from nangonb.session.describe import describe
from nangonb.session.earlier import Where, check_earlier, with_earlier
from nangonb.session.front import Door
from nangonb.session.options import TIMEOUT
from nangonb.session.saved_notebook import SavedNotebook, differences, saved_notebook
from nangonb.session.scaffolds import Scaffolds, scaffolds
from nangonb.session.shown import Check, Declared, Forgotten
from nangonb.session.synced import Synced
from nangonb.session.syncs import Syncs
from nangonb.session.testing import Testing
from nangonb.session.translated import Translated, compiled, refused, translated, typed, warnings
from nangonb.session.values import (
    check_applies,
    check_remote,
    check_saves,
    count,
    parse_checkpoint,
    parse_date,
    parse_json,
    parse_metadata,
    parse_variant,
    positive,
)

if TYPE_CHECKING:
    from nangonb.dryrun import Dryrun, LocateName
    from nangonb.export import ExportResult
    from nangonb.session.importing import ImportedFolder

_HISTORY = 20


class Session(Synced, Syncs, Testing, Deploys):
    """Everything that verbs share. Methods have the names and options of the magics."""

    def __init__(
        self,
        *,
        project: Project | None = None,
        sources: Sequence[Path] = (),
        config: Config | None = None,
        door: Door = "notebook",
    ) -> None:
        """``project`` was read from ``sources``; without one, it is what :meth:`declare` collects."""
        super().__init__(config, door=door, sources=[str(path) for path in sources])
        self.declarations = Declarations(evaluate)
        self._read = project
        self._sources = tuple(sources)
        self._history: list[Dryrun] = []
        self._run: set[int] = set()  # hashes of the texts of all cells that were declared

    @property
    def project(self) -> Project:
        return self._read or self.declarations.project()

    # Declaring

    def declare(self, text: str, *, label: str, id: str | None = None) -> Declared:
        """Take in one cell, ``%%`` line included. Returns what it declared, with the problems in it.

        Raises:
            NangonbError: the cell cannot be read; what it declared before is withdrawn.
        """
        cell = read_cell(text, label=label, id=id)
        if cell is None:
            raise UsageError(
                "This cell declares nothing.", hint="It starts with %%nango_yaml, %%nango_sync …"
            )
        notes = self.declarations.declare(cell)
        if isinstance(cell, FailedCell):
            raise cell.error
        self._run.add(hash(text.strip()))
        return describe(cell, self.project, notes, self._locate_name())

    def forget(self, name: str) -> Forgotten:
        """Withdraw what a deleted cell declared. Raises UnknownName."""
        return Forgotten(tuple(self.declarations.forget(name)))

    def check(self, name: str | None = None) -> Check:
        """Everything declared, with its problems; or one script with those that concern it."""
        project = self.project
        linted = warnings(project, locate_name=self._locate_name())
        problems = [*project.problems, *linted, *typed(project), *self._differences()]
        scripts = project.scripts
        if name is not None:
            script = self._script(name, None)
            scripts = (script,)
            problems = concerning(project, script, problems)
        return Check(project, scripts, tuple(problems))

    # Dry runs

    def dryrun(
        self,
        name: str,
        connection: str | None = None,
        *,
        environment: str | None = None,
        last_sync_date: str | date | datetime | None = None,
        input: Any = None,
        metadata: Any = None,
        checkpoint: Any = None,
        payload: Any = None,
        variant: str = "base",
        validation: bool = False,
        read_only: bool = False,
        max_requests: int | None = None,
        max_records: int | None = None,
        timeout: float | None = None,
        since_last: bool = False,
        against: Dryrun | str | None = None,
        save_responses: bool = False,
        integration_id: str | None = None,
        remote: bool = False,
    ) -> Dryrun:
        """Run a script on a connection; nothing is stored in Nango.

        ``remote`` runs it on Nango's own servers, which compile its TypeScript first (Python is translated):
        Nango Cloud can, and the sandbox. They tell less: no requests and no checkpoint.

        ``timeout`` is in seconds, 3,600 unless given: then the run is stopped.

        With ``save_responses`` (which validates, as in the CLI) what it received is written where
        :meth:`test` replays it, once the script has succeeded.

        With ``since_last`` it goes on from the previous dry run in this kernel (same script, connection,
        Nango and variant). ``against``, a Dryrun, ``"previous"`` or ``"@run.json"``, is what
        ``Dryrun.changes`` compares it with.

        Without ``connection``: the selected one, else the one that pyproject.toml names, else the
        integration's only one.

        Raises:
            UnknownName, UsageError: the script, the connection or an option.
            ProjectError: the script's cell failed, or was not run; with ``remote``, it does not compile.
            ScriptError: the script raised; ``error.dryrun`` is the partial result.
            Interrupted: it was stopped; likewise.
            FolderError: the responses could not be saved; ``error.dryrun`` is the whole result.
            ApiError, NetworkError, ConfigurationError: Nango.
        """
        from nangonb.dryrun import FROM_JSON, DryrunOptions, run

        script = self._script(name, integration_id)
        integration = integration_id or script.integration
        if integration is None:
            raise next(
                ProjectError(p.message, problems=[p])
                for p in self.project.problems
                if p.code == "no-integration" and p.place and p.place.source == script.source.label
            )
        check_saves(payload=payload, save_responses=save_responses)
        if save_responses:
            self._check_saving(script, integration)
        if remote:
            check_remote(
                script,
                payload=payload,
                variant=variant != "base",
                read_only=read_only,
                max_requests=max_requests,
                max_records=max_records,
                save_responses=save_responses,
            )
        since = parse_date(last_sync_date)
        check_earlier(script, since_last=since_last, against=against, last_sync_date=since, payload=payload)
        check_applies(script, input=input, last_sync_date=since, payload=payload)
        options = DryrunOptions(
            last_sync_date=since,
            input=parse_json(input, "--input"),
            metadata=parse_metadata(metadata),
            checkpoint=parse_checkpoint(checkpoint),
            payload=parse_json(payload, "--payload"),
            variant=parse_variant(variant),
            validation=validation or save_responses,
            read_only=read_only,
            max_requests=count(max_requests, "--max-requests"),
            max_records=count(max_records, "--max-records"),
            max_memory=self.config.max_memory,
            timeout=positive(timeout, "--timeout") or TIMEOUT,
            save_responses=save_responses,
            remote=remote,
        )
        target = self.target(environment)
        client = self.client(target)
        chosen = self._choose(target, integration, connection, name)
        where = Where(script.key, integration, chosen.connection_id, target.label, options.variant)
        options = with_earlier(
            options, where, self._history, since_last=since_last, against=against, door=self.door
        )
        show = None
        try:
            show = self.front.progress(script.name) if self.front else None
            result = run(
                self.project,
                script,
                client=client,
                masker=self.masker,
                integration=integration,
                connection_id=chosen.connection_id,
                target=target.label,
                environment=target.environment,
                options=options,
                preview_rows=self.config.preview_rows,
                on_start=self._remember,
                on_progress=show,
                locate_name=self._locate_name(),
                recall=FROM_JSON if self.door == "command" else None,
                columns=self.door != "command",
            )
            if save_responses:
                self._save_responses(result)
            return result
        except ApiError as error:
            raise self._explained(error, target, integration, chosen) from None
        finally:
            if show is not None:
                show(None)

    def last_dryrun(self, name: str | None = None) -> Dryrun:
        """The latest dry run (of a script), failed and interrupted ones included. Raises UsageError."""
        for result in reversed(self._history):
            if name is None or result.script.answers_to(name):
                return result
        ran = sorted({result.script.name for result in self._history})
        if name is not None and ran:
            raise UnknownName("script with a dry run", name, ran)
        raise UsageError("There was no dry run yet.", hint=f"%nango_dryrun {name or 'NAME'}")

    def _remember(self, result: Dryrun) -> None:
        self._history.append(result)
        for old in self._history[:-_HISTORY]:
            _ = old.compared  # so that it lets go of the run before it
        del self._history[:-_HISTORY]

    def _locate_name(self) -> LocateName | None:
        return self.front.locate_name if self.front else None

    # Export

    def export(
        self,
        folder: str | Path | None = None,
        *,
        layout: str = "nango-yaml",
        check: bool = False,
        diff: bool = False,
        prune: bool = False,
        force: bool = False,
    ) -> ExportResult:
        """Write the deployable folder. How the saved notebook differs from this kernel is said before.

        What Python becomes is compiled, where there is Node.js; else the problem ``not-compiled`` says so.

        Raises:
            ProjectError: something is declared that cannot be exported, or does not compile.
            FolderError: a file there is foreign or was edited; nothing is written.
        """
        from nangonb.export import export

        found = self._differences()
        if found and self.front is not None:
            self.front.notice(found)
        target = Path(folder or "nango-integrations")
        wrong = refused(self.project, layout, self._locate_name())
        uncompiled, not_compiled = ([], []) if wrong else compiled(self.project, layout)
        return export(
            self.project,
            target,
            layout=layout,
            notebooks=[path.name for path in (*self._sources, *self._own_notebook())],
            refused=[*wrong, *uncompiled],
            warned=not_compiled,
            saved=self._saved_files(layout, target),
            imported=self._imported_files(),
            check=check,
            diff=diff,
            prune=prune,
            force=force,
        )

    def import_folder(
        self,
        folder: str | Path,
        notebook: str | Path | None = None,
        *,
        force: bool = False,
        trust: bool = False,
    ) -> ImportedFolder:
        """Make a notebook of a nango-integrations folder. What this session declares stays as it is.

        ``notebook`` is the file to write: ``NAME.ipynb`` here for a folder NAME, unless given. ``trust`` lets
        the code of scripts run where what they declare is not literal and this system offers no isolation.

        Raises:
            FolderError: there is nothing of Nango in the folder, or the notebook is there already.
            ProjectError: what a script declares is known only by running it, and it is not trusted.
            UsageError: ``notebook`` is no name of a notebook.
        """
        from nangonb.session.importing import import_folder

        path = None if notebook is None else Path(notebook)
        return import_folder(Path(folder), path, force=force, trust=trust, door=self.door)

    def generate(self, language: Language = "python") -> Scaffolds:
        """A cell for each declared script that has none; a front end inserts the first of them.

        Raises:
            UnknownName: there is no such language.
        """
        if language not in ("python", "typescript"):
            raise UnknownName("language", language, ["python", "typescript"])
        cells = scaffolds(self.project, language)
        first = next(iter(cells), None)
        inserted = first is not None and self.front is not None and self.front.insert_cell(cells[first])
        return Scaffolds(cells, first if inserted else None)

    def show(self, name: str, *, layout: str = "nango-yaml", integration_id: str | None = None) -> Translated:
        """A script in Python and in TypeScript, side by side. Raises UnknownName, ProjectError."""
        from nangonb.translate import LAYOUTS

        if layout not in LAYOUTS:
            raise UnknownName("layout with TypeScript", layout, list(LAYOUTS))
        return translated(self.project, self._script(name, integration_id), layout)

    # The saved notebook

    def _own_notebook(self) -> list[Path]:
        path = self.front.notebook() if self.front else None
        return [] if path is None else [path]

    def _imported_files(self) -> dict[str, str]:
        """The files that the notebooks were made of, as they were then."""
        from nangonb.folders import imported_files

        found: dict[str, str] = {}
        for path in (*self._sources, *self._own_notebook()):
            if path.suffix == ".ipynb":
                found |= imported_files(path)
        return found

    def _script(self, name: str, integration: str | None) -> Script:
        if (refusal := self.project.refusal(name, integration)) is not None:
            raise refusal
        homes = {s.integration for s in self.project.scripts if s.answers_to(name)}
        if integration is not None and homes and not homes & {integration, None}:
            raise UnknownName(f"integration of {name}", integration, sorted(filter(None, homes)))
        try:
            return self.project.script(name, integration)
        except (UnknownName, ProjectError):
            where = self._label_in_saved_notebook(name)
            if where is None:
                raise
            raise ProjectError(
                f"{name} stands in {where}, and that cell was not run in this kernel.",
                hint="Run it, then try again.",
            ) from None

    def _label_in_saved_notebook(self, name: str) -> str | None:
        saved = self._saved_notebook()
        found = [script for script in saved.project.scripts if script.answers_to(name)] if saved else []
        known = {script.key for script in self.project.scripts}
        return next((script.source.label for script in found if script.key not in known), None)

    def _saved_notebook(self) -> SavedNotebook | None:
        path = self.front.notebook() if self.front else None
        return None if path is None else saved_notebook(path)

    def _differences(self) -> list[Problem]:
        saved = self._saved_notebook()
        if saved is None:
            return []
        return differences(self.project, saved, lambda text: hash(text) in self._run)
