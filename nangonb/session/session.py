"""The current project, selection and configuration; one of them lives in each kernel and each command."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from nangonb.errors import ApiError, NangonbError, ProjectError, UnknownName, UsageError
from nangonb.masking import Masker
from nangonb.project import Declarations, FailedCell, Problem, Project, Script, read_cell
from nangonb.project.script_problems import concerns
from nangonb.session.choice import ConnectionChoice
from nangonb.session.config import Config, Target
from nangonb.session.describe import describe
from nangonb.session.sandbox_process import SandboxProcess
from nangonb.session.saved import differences, saved_project
from nangonb.session.scaffolds import Scaffolds, scaffolds
from nangonb.session.shown import Check, Declared, Forgotten
from nangonb.session.translated import Translated, translated, warnings
from nangonb.session.values import parse_date, parse_json, parse_metadata, parse_variant, positive

if TYPE_CHECKING:
    from nangonb.dryrun import Dryrun, LocateName, Progress
    from nangonb.export import ExportResult
    from nangonb.nango import Client, Clients, Connection

_HISTORY = 20


class Front(Protocol):
    """What a front end adds: live progress, a picker, and what it knows of the notebook."""

    def progress(self, name: str) -> Callable[[Progress | None], None]:
        """A function that shows progress; called with None at the end."""
        ...

    def show_choice(self, choice: ConnectionChoice) -> None: ...

    def notice(self, problems: Sequence[Problem]) -> None:
        """Show problems at once, before a verb goes on."""
        ...

    def insert_cell(self, text: str) -> bool:
        """Put a new cell below the running one. Returns whether the front end can."""
        ...

    def locate_name(self, name: str) -> str | None: ...

    def notebook(self) -> Path | None:
        """The saved notebook of this kernel, where the front end tells."""
        ...


class Session:
    """Everything that verbs share. Methods have the names and options of the magics."""

    def __init__(
        self,
        *,
        project: Project | None = None,
        sources: Sequence[Path] = (),
        config: Config | None = None,
    ) -> None:
        """``project`` was read from ``sources``; without one, it is what :meth:`declare` collects."""
        self.declarations = Declarations()
        self._read = project
        self._sources = tuple(sources)
        self.config = config or Config()
        self.masker = Masker()
        self.front: Front | None = None
        self._made_clients: Clients | None = None
        self._sandbox = SandboxProcess()
        self.on_select: Callable[[], None] | None = None
        self._selected: dict[str, dict[str, str]] = {}
        self._known: dict[str, list[Connection]] = {}
        self._history: list[Dryrun] = []

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
        return describe(cell, self.project, notes)

    def forget(self, name: str) -> Forgotten:
        """Withdraw what a deleted cell declared. Raises UnknownName."""
        return Forgotten(tuple(self.declarations.forget(name)))

    def check(self, name: str | None = None) -> Check:
        """Everything declared, with its problems; or one script with those that concern it."""
        project = self.project
        problems = [*project.problems, *warnings(project), *self._differences()]
        scripts = project.scripts
        if name is not None:
            script = self._script(name, None)
            scripts = (script,)
            problems = [problem for problem in problems if concerns(problem, script)]
        return Check(project, scripts, tuple(problems))

    # Connections

    def target(self, environment: str | None = None) -> Target:
        """Which Nango ``environment`` means. Raises ConfigurationError."""
        return self.config.target(environment)

    @property
    def _clients(self) -> Clients:
        if self._made_clients is None:
            from nangonb.nango import Clients

            self._made_clients = Clients(self.masker)
        return self._made_clients

    def client(self, target: Target) -> Client:
        """The client of a target; the sandbox is started when it is first needed."""
        if target.host is None or target.key is None:
            self._sandbox.start()
            return self._clients.get(self._sandbox.host, self._sandbox.key)
        return self._clients.get(target.host, target.key, key_name=target.key_name)

    def connections(
        self, *, environment: str | None = None, integration_id: str | None = None
    ) -> list[Connection]:
        """The connections of an environment. Raises ApiError, NetworkError, ConfigurationError."""
        target = self.target(environment)
        client = self.client(target)
        found = client.connections(integration_id=integration_id)
        if integration_id is None:
            self._known[target.environment] = found
        elif not found:
            there = [str(integration["unique_key"]) for integration in client.integrations()]
            if integration_id not in there:
                raise UnknownName(f"integration in {target.label}", integration_id, there)
        return found

    def connection(
        self,
        connection: str | None = None,
        *,
        integration_id: str | None = None,
        environment: str | None = None,
    ) -> ConnectionChoice:
        """Select a connection for its integration; without one, show those there are.

        Raises:
            UnknownName: there is no such connection or integration.
            UsageError: it is in several integrations.
        """
        target = self.target(environment)
        every = self.connections(environment=environment)
        listed = [c for c in every if integration_id in (None, c.provider_config_key)]
        if integration_id is not None and not listed:
            raise UnknownName("integration with connections", integration_id, _integrations(every))
        choice = ConnectionChoice(self, target.environment, target.label, every, integration_id)
        if connection is not None:
            found = [c for c in listed if c.connection_id == connection]
            if not found:
                raise UnknownName("connection", connection, [c.connection_id for c in listed])
            if len(found) > 1:
                hint = "Name one: " + " or ".join(f"--integration-id {c.provider_config_key}" for c in found)
                raise UsageError(f"The connection {connection!r} is in {len(found)} integrations.", hint=hint)
            choice.select(found[0])
        return choice

    def select(self, environment: str, connection: Connection) -> None:
        """Dry runs of this integration in this environment use ``connection`` from now on."""
        selection = self._selected.setdefault(environment, {})
        selection.pop(connection.provider_config_key, None)  # so that the latest stands last
        selection[connection.provider_config_key] = connection.connection_id
        if self.on_select is not None:
            self.on_select()

    def selection(self, environment: str) -> dict[str, str]:
        """integration → selected connection, the one that was selected last standing last."""
        return dict(self._selected.get(environment, {}))

    def known_connections(self) -> list[Connection]:
        """Those seen so far, for completion: never a request."""
        return [connection for each in self._known.values() for connection in each]

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
        variant: str = "base",
        validation: bool = False,
        read_only: bool = False,
        max_requests: int | None = None,
        timeout: float | None = None,
        integration_id: str | None = None,
    ) -> Dryrun:
        """Run a script on a connection; nothing is stored in Nango.

        Without ``connection``: the selected one, else the one that pyproject.toml names, else the
        integration's only one.

        Raises:
            UnknownName, UsageError: the script, the connection or an option.
            ProjectError: the script's cell failed, or was not run.
            ScriptError: the script raised; ``error.dryrun`` is the partial result.
            Interrupted: it was stopped; likewise.
            ApiError, NetworkError, ConfigurationError: Nango.
        """
        from nangonb.dryrun import DryrunOptions, run

        script = self._script(name, integration_id)
        integration = integration_id or script.integration
        if integration is None:
            raise next(
                ProjectError(p.message, problems=[p])
                for p in self.project.problems
                if p.code == "no-integration" and p.place and p.place.source == script.source.label
            )
        _check_applies(script, input=input, last_sync_date=last_sync_date)
        options = DryrunOptions(
            last_sync_date=parse_date(last_sync_date),
            input=parse_json(input, "--input"),
            metadata=parse_metadata(metadata),
            variant=parse_variant(variant),
            validation=validation,
            read_only=read_only,
            max_requests=positive(max_requests, "--max-requests"),
            timeout=positive(timeout, "--timeout"),
        )
        target = self.target(environment)
        client = self.client(target)
        connection_id = connection or self._choose(target, integration)
        show = self.front.progress(script.name) if self.front else None
        try:
            return run(
                self.project,
                script,
                client=client,
                masker=self.masker,
                integration=integration,
                connection_id=connection_id,
                target=target.label,
                options=options,
                preview_rows=self.config.preview_rows,
                on_start=self._remember,
                on_progress=show,
                locate_name=self._locate_name(),
            )
        except ApiError as error:
            raise self._explained(error, target, integration, connection_id) from None
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
        del self._history[:-_HISTORY]

    def _locate_name(self) -> LocateName | None:
        return self.front.locate_name if self.front else None

    def _choose(self, target: Target, integration: str) -> str:
        """The connection of a dry run that names none; never a question, so that Run All does not wait."""
        selected = self.selection(target.environment).get(integration) or self.config.connection(integration)
        if selected:
            return selected
        found = self.connections(environment=target.environment, integration_id=integration)
        if len(found) == 1:
            return found[0].connection_id
        if not found:
            every = self.connections(environment=target.environment)
            raise UnknownName(
                f"integration with connections in {target.label}",
                integration,
                _integrations(every),
                hint="Make a connection in Nango, or name another integration: --integration-id ID",
            )
        choice = ConnectionChoice(self, target.environment, target.label, found, integration)
        raise UsageError(
            f"{integration} has {len(found)} connections, and none is selected.",
            hint=choice.text("Name one after the script, or select one with its line:"),
        )

    def _explained(
        self, error: ApiError, target: Target, integration: str, connection_id: str
    ) -> NangonbError:
        """An unknown connection or integration, with the names there are; any other error as it is."""
        if error.status not in (400, 404):
            return error
        try:
            every = self.connections(environment=target.environment)
        except NangonbError:
            return error
        if integration not in _integrations(every):
            return UnknownName(
                f"integration with connections in {target.label}", integration, _integrations(every)
            )
        ids = [c.connection_id for c in every if c.provider_config_key == integration]
        if connection_id not in ids:
            return UnknownName(f"connection of {integration}", connection_id, ids)
        return error

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

        Raises:
            ProjectError: something is declared that cannot be exported.
            FolderError: a file there is foreign or was edited; nothing is written.
        """
        from nangonb.export import export

        found = self._differences()
        if found and self.front is not None:
            self.front.notice(found)
        return export(
            self.project,
            Path(folder or "nango-integrations"),
            layout=layout,
            notebooks=[path.name for path in (*self._sources, *self._own_notebook())],
            check=check,
            diff=diff,
            prune=prune,
            force=force,
        )

    def generate(self) -> Scaffolds:
        """A cell for each declared script that has none; a front end inserts the first of them."""
        cells = scaffolds(self.project)
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

    def _script(self, name: str, integration: str | None) -> Script:
        homes = {s.integration for s in self.project.scripts if s.answers_to(name)}
        if integration is not None and homes and not homes & {integration, None}:
            raise UnknownName(f"integration of {name}", integration, sorted(filter(None, homes)))
        try:
            return self.project.script(name, integration)
        except (UnknownName, ProjectError):
            where = self._saved_script(name)
            if where is None:
                raise
            raise ProjectError(
                f"{name} stands in {where}, and that cell was not run in this kernel.",
                hint="Run it, then try again.",
            ) from None

    def _saved_script(self, name: str) -> str | None:
        saved = self._saved()
        found = [script for script in saved.scripts if script.answers_to(name)] if saved else []
        known = {script.key for script in self.project.scripts}
        return next((script.source.label for script in found if script.key not in known), None)

    def _saved(self) -> Project | None:
        path = self.front.notebook() if self.front else None
        return None if path is None else saved_project(path)

    def _differences(self) -> list[Problem]:
        saved = self._saved()
        return [] if saved is None else differences(self.project, saved)

    def close(self) -> None:
        """Close connections, and end the sandbox if this session started it."""
        if self._made_clients is not None:
            self._made_clients.close()
        self._sandbox.stop()


def _check_applies(script: Script, *, input: Any, last_sync_date: Any) -> None:
    """Raises :class:`UsageError` for an option that scripts of this kind never see."""
    if script.kind == "sync" and input is not None:
        raise UsageError(
            f"{script.name} is a sync; only an action has an input (--input).",
            hint='What a sync needs to know is in the connection\'s metadata: -m \'{"region": "EMEA"}\'',
        )
    if script.kind != "sync" and last_sync_date not in (None, ""):
        raise UsageError(f"{script.name} is an action; only a sync has a date of its last run (-l).")


def _integrations(connections: Sequence[Connection]) -> list[str]:
    return sorted({connection.provider_config_key for connection in connections})
