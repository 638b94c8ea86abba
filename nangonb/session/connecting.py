"""Which Nango a session talks to, and which of its connections dry runs use."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from nangonb.errors import ApiError, NangonbError, UnknownName, UsageError
from nangonb.masking import Masker
from nangonb.session.choice import NO_CONNECTION, ConnectionChoice
from nangonb.session.config import Config, Target
from nangonb.session.front import Door, Front
from nangonb.session.sandbox_process import SandboxProcess

if TYPE_CHECKING:
    from nangonb.nango import Client, Clients, Connection, Wait


_log = logging.getLogger("nangonb")


_NO_INTEGRATION: Final = "Make an integration in Nango (Integrations › Set up new integration)."


class Chosen(NamedTuple):
    """The connection of a dry run, and who named it."""

    connection_id: str
    by: Literal["argument", "selection", "configuration", "nobody"]


class Connecting:
    """The part of a session that knows its Nango: clients, connections, and what is selected."""

    def __init__(
        self, config: Config | None = None, *, door: Door = "notebook", sources: Sequence[str] = ()
    ) -> None:
        """``door`` is how hints spell the verbs; ``sources`` are what a command was given."""
        self.config = config or Config()
        self.masker = Masker()
        self.door = door
        self.named_sources = tuple(sources)
        self.front: Front | None = None
        self.on_select: Callable[[], None] | None = None
        self._made_clients: Clients | None = None
        self._sandbox = SandboxProcess()
        self._selected: dict[str, dict[str, str]] = {}
        self._known: dict[str, list[Connection]] = {}

    def target(self, environment: str | None = None) -> Target:
        """Which Nango ``environment`` means. Raises ConfigurationError."""
        return self.config.target(environment)

    @property
    def _clients(self) -> Clients:
        if self._made_clients is None:
            from nangonb.nango import Clients

            self._made_clients = Clients(self.masker, self._show_wait)
        return self._made_clients

    def _show_wait(self, wait: Wait) -> None:
        wait = replace(wait, asked=self.masker.text(wait.asked))
        if self.front is not None:
            self.front.waiting(wait)
        elif wait.begins:
            _log.warning("%s: %s", wait.words, wait.asked)

    def client(self, target: Target) -> Client:
        """The client of a target; the sandbox is started when it is first needed."""
        from nangonb.dryrun.caps import largest_body, memory_limit

        seconds = self.config.request_timeout
        largest = largest_body(self.config.max_memory or memory_limit())
        if target.host is None or target.key is None:
            self._sandbox.start()
            return self._clients.get(self._sandbox.host, self._sandbox.key, seconds=seconds, largest=largest)
        return self._clients.get(
            target.host, target.key, key_name=target.key_name, seconds=seconds, largest=largest
        )

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
                raise UnknownName(
                    f"integration in {target.label}", integration_id, there, none=_NO_INTEGRATION
                )
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
            raise UnknownName(
                "integration with connections", integration_id, _integrations(every), none=NO_CONNECTION
            )
        choice = ConnectionChoice(self, target.environment, target.label, every, integration_id)
        if connection is not None:
            found = [c for c in listed if c.connection_id == connection]
            if not found:
                ids = [c.connection_id for c in listed]
                raise UnknownName("connection", connection, ids, none=NO_CONNECTION)
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

    def _choose(
        self, target: Target, integration: str, named: str | None, script: str, verb: str = "dryrun"
    ) -> Chosen:
        """The connection of a dry run; never a question, so that Run All does not wait.

        ``script`` is what stands before the connection, for the lines of the hint.

        Raises:
            UsageError: nothing names one, and there are several; the hint has the line for each.
            UnknownName: the integration has none.
        """
        if named:
            return Chosen(named, "argument")
        if selected := self.selection(target.environment).get(integration):
            return Chosen(selected, "selection")
        if configured := self.config.connection(integration):
            return Chosen(configured, "configuration")
        found = self.connections(environment=target.environment, integration_id=integration)
        if len(found) == 1:
            return Chosen(found[0].connection_id, "nobody")
        if not found:
            every = self.connections(environment=target.environment)
            raise UnknownName(
                f"integration with connections in {target.label}",
                integration,
                _integrations(every),
                hint="Make a connection in Nango, or name another integration: --integration-id ID",
            )
        choice = ConnectionChoice(
            self, target.environment, target.label, found, integration, script=script, verb=verb
        )
        how = f"Name one after the {'model' if verb == 'records' else 'script'}" + (
            ":" if self.door == "command" else ", or select one with its line:"
        )
        raise UsageError(
            f"{integration} has {len(found)} connections, and none is selected.", hint=choice.text(how)
        )

    def _explained(self, error: ApiError, target: Target, integration: str, chosen: Chosen) -> NangonbError:
        """An unknown connection or integration, with the names there are; any other error as it is."""
        if error.status not in (400, 404):
            return error
        try:
            every = self.connections(environment=target.environment)
        except NangonbError:
            return error
        if integration not in _integrations(every):
            return UnknownName(
                f"integration with connections in {target.label}",
                integration,
                _integrations(every),
                none=NO_CONNECTION,
            )
        ids = [c.connection_id for c in every if c.provider_config_key == integration]
        if chosen.connection_id in ids:
            return error
        where = self.config.connection_named_in(integration) if chosen.by == "configuration" else ""
        hint = f"It is named in {where}." if where else ""
        if chosen.by == "selection":
            hint = "It was selected in this session; select another one."
        return UnknownName(f"connection of {integration}", chosen.connection_id, ids, hint=hint)

    def close(self) -> None:
        """Close connections, and end the sandbox if this session started it."""
        if self._made_clients is not None:
            self._made_clients.close()
        self._sandbox.stop()


def _integrations(connections: Sequence[Connection]) -> list[str]:
    return sorted({connection.provider_config_key for connection in connections})
