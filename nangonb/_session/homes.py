"""Where a deployed model or sync belongs: what the project declares, and what the connections tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from nangonb._project import Project
from nangonb._project.merging import declared_scripts
from nangonb._session.choice import NO_CONNECTION
from nangonb._session.connections import Connections
from nangonb._session.lines import Lines
from nangonb.errors import UnknownName, UsageError, nearest

if TYPE_CHECKING:
    from nangonb._session.config import Target

_OCCASIONS = {
    "action": "your application triggers it (POST /action/trigger)",
    "on-event": "its event happens",
}

NOT_DEPLOYED: Final = "It is declared here, but not deployed. Run `%nango_deploy` or `nangonb deploy`."

NOTHING_DEPLOYED: Final = "No sync is deployed. Declare one, then run `%nango_deploy` or `nangonb deploy`."


def integrations_of_model(project: Project, model: str) -> list[str]:
    """The integrations with a sync that saves the model, sorted."""
    return sorted({integration for integration, _, models in _syncs(project) if model in models})


def integrations_of_sync(project: Project, name: str) -> list[str]:
    """The integrations that declare a sync of this name, sorted."""
    return sorted({integration for integration, sync, _ in _syncs(project) if sync == name})


def integrations_with_syncs(project: Project) -> list[str]:
    return sorted({integration for integration, _, _ in _syncs(project)})


def names_of_syncs_and_models(project: Project) -> list[str]:
    """What a misspelt name may have meant, sorted."""
    return sorted({name for _, sync, models in _syncs(project) for name in (sync, *models)})


def is_declared(project: Project, integration: str, name: str) -> bool:
    return integration in integrations_of_sync(project, name)


def models_of_syncs(project: Project, integration: str, states: Sequence[Mapping[str, Any]]) -> set[str]:
    """The models of deployed syncs: those that Nango counts, and those that they declare here."""
    models: set[str] = set()
    for state in states:
        for counts in (state.get("recordCount"), state.get("latestResult")):
            names_of = counts if isinstance(counts, Mapping) else ()
            models.update(str(model).partition("::")[0] for model in names_of)  # a variant's: Model::variant
    names = {state.get("name") for state in states}
    for home, sync, saved in _syncs(project):
        if home == integration and sync in names:
            models.update(saved)
    return models


def split_name(named: str) -> tuple[str | None, str]:
    """Integration and name of ``contacts``, ``salesforce/contacts`` or ``salesforce/syncs/contacts``.

    Raises: UsageError: it is another kind of script.
    """
    parts = named.split("/")
    if len(parts) == 3 and parts[1] != "syncs":
        raise UsageError(f"`{named}` is not a sync.", hint=f"A sync is {parts[0]}/syncs/NAME.")
    return (parts[0], parts[-1]) if len(parts) in (2, 3) else (None, named)


def _syncs(project: Project) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Integration, name and models of every sync that is declared, whether a cell has it or not."""
    for _, integration, folder, name in declared_scripts(project.data):
        if folder == "syncs":
            entry = project.data["integrations"][integration]["syncs"][name]
            output = entry.get("output") if isinstance(entry, Mapping) else None
            models = output if isinstance(output, list) else [output] if output else []
            yield integration, name, tuple(map(str, models))
    for script in project.scripts:
        if script.kind == "sync" and script.integration is not None:
            yield script.integration, script.name, script.config.output


class Homes:
    """Finds the integrations of what is deployed."""

    def __init__(self, project: Project, connections: Connections, lines: Lines) -> None:
        self._project, self._connections, self._lines = project, connections, lines

    def of_sync(
        self, named: str, target: Target, connection: str | None, integration_id: str | None
    ) -> tuple[str, str]:
        """Integration and name of the sync that ``named`` means."""
        integration, name = split_name(named)
        if integration is not None and integration_id not in (None, integration):
            raise UsageError(
                f"{named} is in {integration}, not in {integration_id}.", hint="Name one of them."
            )
        homes = integrations_of_sync(self._project, name)
        if not homes:
            self._refuse_other_kinds(named)
        return self.of(name, homes, target, connection, integration or integration_id), name

    def _refuse_other_kinds(self, named: str) -> None:
        for script in self._project.scripts:
            if script.kind != "sync" and script.answers_to(named):
                kind = "an action" if script.kind == "action" else "an on-event script"
                line = self._lines.verb("dryrun", script.name, needs_source=True)
                raise UsageError(
                    f"{named} is {kind}; only a sync has a state and a schedule.",
                    hint=f"Nango runs it when {_OCCASIONS[script.kind]}; {line} runs it here.",
                )

    def of_connection(self, target: Target, connection: str | None, integration_id: str | None) -> list[str]:
        """The integrations whose syncs are shown where none is named."""
        if integration_id is not None:
            return [integration_id]
        declared = integrations_with_syncs(self._project)
        if declared and connection is None:
            return declared
        connected = self._integrations_of(target, connection)
        return [home for home in connected if home in declared] or connected

    def of(
        self,
        what: str,
        declared: Sequence[str],
        target: Target,
        connection: str | None,
        integration_id: str | None,
    ) -> str:
        """The integration of a model or sync: the one given, else where it is declared, else the
        connection's only one, else the environment's only one, else the only one of those with a connection
        that is selected. Raises UsageError, UnknownName."""
        if integration_id is not None:
            return integration_id
        if len(declared) == 1:
            return declared[0]
        connected = self._integrations_of(target, connection)
        candidates = [home for home in connected if home in declared] or list(declared) or connected
        if len(candidates) == 1:
            return candidates[0]
        if not candidates:
            raise UsageError(
                f"There are no connections in {target.label}.",
                hint=NO_CONNECTION,
            )
        selected = [home for home in candidates if home in self._connections.selection.of(target.environment)]
        if connection is None and len(selected) == 1:
            return selected[0]
        choices = " or ".join(f"--integration-id {home}" for home in candidates[:12])
        match = None if declared else nearest(what, names_of_syncs_and_models(self._project))
        meant = f"Did you mean {match!r}? Or name it: " if match else "Name it: "
        raise UsageError(
            f"{what} may be in {len(candidates)} integrations, and none is set.",
            hint=f"{meant}{choices}",
        )

    def _integrations_of(self, target: Target, connection: str | None) -> list[str]:
        every = self._connections.fetch(environment=target.environment)
        integrations = {c.provider_config_key for c in every if connection in (None, c.connection_id)}
        if connection is not None and not integrations:
            ids = sorted({c.connection_id for c in every})
            raise UnknownName(f"connection in {target.label}", connection, ids, none=NO_CONNECTION)
        return sorted(integrations)
