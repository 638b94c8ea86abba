"""Which integration a model or a sync belongs to, where nobody says it."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING

from nangonb.errors import UnknownName, UsageError, nearest
from nangonb.session.choice import NO_CONNECTION
from nangonb.session.connecting import Connecting
from nangonb.session.deployed import (
    integrations_of_sync,
    integrations_with_syncs,
    names_of_syncs_and_models,
    split_name,
)

if TYPE_CHECKING:
    from nangonb.project import Project
    from nangonb.session.config import Target


_OCCASIONS = {
    "action": "your application triggers it (POST /action/trigger)",
    "on-event": "its event happens",
}


class Homes(Connecting):
    """The part of a session that finds the integration of what is deployed."""

    @property
    def project(self) -> Project:
        raise NotImplementedError

    def _sync_home(
        self, named: str, target: Target, connection: str | None, integration_id: str | None
    ) -> tuple[str, str]:
        """Integration and name of the sync that ``named`` means."""
        integration, name = split_name(named)
        if integration is not None and integration_id not in (None, integration):
            raise UsageError(
                f"{named} is in {integration}, not in {integration_id}.", hint="Name one of them."
            )
        homes = integrations_of_sync(self.project, name)
        if not homes:
            self._refuse_other_kinds(named)
        return self._home(name, homes, target, connection, integration or integration_id), name

    def _refuse_other_kinds(self, named: str) -> None:
        for script in self.project.scripts:
            if script.kind != "sync" and script.answers_to(named):
                kind = "an action" if script.kind == "action" else "an on-event script"
                tried = "%nango_dryrun" if self.door == "notebook" else "nangonb dryrun …"
                raise UsageError(
                    f"{named} is {kind}; only a sync has a state and a schedule.",
                    hint=f"Nango runs it when {_OCCASIONS[script.kind]}; {tried} {script.name} runs it here.",
                )

    def _homes(self, target: Target, connection: str | None, integration_id: str | None) -> list[str]:
        """The integrations whose syncs are shown where none is named."""
        if integration_id is not None:
            return [integration_id]
        declared = integrations_with_syncs(self.project)
        if declared and connection is None:
            return declared
        there = self._integrations_of(target, connection)
        return [home for home in there if home in declared] or there

    def _home(
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
        there = self._integrations_of(target, connection)
        fitting = [home for home in there if home in declared] or list(declared) or there
        if len(fitting) == 1:
            return fitting[0]
        if not fitting:
            raise UsageError(
                f"There are no connections in {target.label}.",
                hint=NO_CONNECTION,
            )
        selected = [home for home in fitting if home in self.selection(target.environment)]
        if connection is None and len(selected) == 1:
            return selected[0]
        choices = " or ".join(f"--integration-id {home}" for home in fitting[:12])
        match = None if declared else nearest(what, names_of_syncs_and_models(self.project))
        meant = f"Did you mean {match!r}? Or name it: " if match else "Name it: "
        raise UsageError(
            f"{what} may be in {len(fitting)} integrations, and nothing says which.", hint=f"{meant}{choices}"
        )

    def _integrations_of(self, target: Target, connection: str | None) -> list[str]:
        every = self.connections(environment=target.environment)
        found = {c.provider_config_key for c in every if connection in (None, c.connection_id)}
        if connection is not None and not found:
            ids = sorted({c.connection_id for c in every})
            raise UnknownName(f"connection in {target.label}", connection, ids, none=NO_CONNECTION)
        return sorted(found)

    def _line(
        self,
        verb: str,
        name: str,
        connection_id: str,
        variant: str,
        target: Target,
        integration_id: str | None,
    ) -> str:
        """The line to type for another verb on the same sync."""
        sources = self.named_sources[:1] if self.door == "command" else ()
        words = [f"%nango_{verb}" if self.door == "notebook" else f"nangonb {verb}"]
        words += [shlex.quote(word) for word in (*sources, name, connection_id)]
        words += ["--variant", shlex.quote(variant)] if variant != "base" else []
        words += ["--integration-id", shlex.quote(integration_id)] if integration_id else []
        if target.environment != self.config.usual_environment:
            words += ["-e", shlex.quote(target.environment)]
        return " ".join(words)
