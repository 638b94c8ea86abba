"""Which Nango a session talks to, and which of its connections dry runs use."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from nangonb._session.choice import NO_CONNECTION, ConnectionChoice, Selection
from nangonb._session.config import Target
from nangonb._session.context import Context
from nangonb._session.sandbox_process import SandboxProcess
from nangonb.errors import ApiError, NangonbError, UnknownName, UsageError

if TYPE_CHECKING:
    from nangonb._nango import Client, Clients, Connection, Wait


_log = logging.getLogger("nangonb")


_NO_INTEGRATION: Final = "Make an integration in Nango (Integrations › Set up new integration)."


class Chosen(NamedTuple):
    """The connection of a dry run, and who named it."""

    connection_id: str
    by: Literal["argument", "selection", "configuration", "nobody"]


class Connections:
    """Clients of the environments, their connections, and what is selected."""

    def __init__(self, context: Context) -> None:
        self.selection = Selection()
        self.sandbox = SandboxProcess()
        self._context = context
        self._made_clients: Clients | None = None
        self._known: dict[str, list[Connection]] = {}

    def target(self, environment: str | None = None) -> Target:
        """Which Nango ``environment`` means. Raises ConfigurationError."""
        return self._context.config.target(environment)

    @property
    def _clients(self) -> Clients:
        if self._made_clients is None:
            from nangonb._nango import Clients

            self._made_clients = Clients(self._context.masker, self._show_wait)
        return self._made_clients

    def _show_wait(self, wait: Wait) -> None:
        wait = replace(wait, asked=self._context.masker.text(wait.asked))
        if self._context.front is not None:
            self._context.front.waiting(wait)
        elif wait.begins:
            _log.warning("%s: %s", wait.words, wait.asked)

    def client(self, target: Target) -> Client:
        """The client of a target; the sandbox is started when it is first needed."""
        from nangonb._dryrun.limits import largest_body, memory_limit

        seconds = self._context.config.request_timeout
        largest = largest_body(self._context.config.max_memory or memory_limit())
        if target.host is None or target.key is None:
            self.sandbox.start()
            return self._clients.get(self.sandbox.host, self.sandbox.key, seconds=seconds, largest=largest)
        return self._clients.get(
            target.host, target.key, key_name=target.key_name, seconds=seconds, largest=largest
        )

    def fetch(self, *, environment: str | None = None, integration_id: str | None = None) -> list[Connection]:
        """The connections of an environment. Raises ApiError, NetworkError, ConfigurationError."""
        target = self.target(environment)
        client = self.client(target)
        fetched = client.connections.list(integration_id=integration_id)
        if integration_id is None:
            self._known[target.environment] = fetched
        elif not fetched:
            integrations = [str(integration["unique_key"]) for integration in client.integrations.list()]
            if integration_id not in integrations:
                raise UnknownName(
                    f"integration in {target.label}", integration_id, integrations, none=_NO_INTEGRATION
                )
        return fetched

    def choice(
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
        every = self.fetch(environment=environment)
        listed = [c for c in every if integration_id in (None, c.provider_config_key)]
        if integration_id is not None and not listed:
            raise UnknownName(
                "integration with connections", integration_id, _integrations(every), none=NO_CONNECTION
            )
        choice = self._choice(target.environment, target.label, every, integration_id)
        if connection is not None:
            matching = [c for c in listed if c.connection_id == connection]
            if not matching:
                ids = [c.connection_id for c in listed]
                raise UnknownName("connection", connection, ids, none=NO_CONNECTION)
            if len(matching) > 1:
                hint = "Name one: " + " or ".join(
                    f"--integration-id {c.provider_config_key}" for c in matching
                )
                raise UsageError(
                    f"The connection {connection!r} is in {len(matching)} integrations.", hint=hint
                )
            choice.select(matching[0])
        return choice

    def without_connections(self, environment: str) -> ConnectionChoice:
        """A choice of nothing, for the time until the connections are fetched."""
        return self._choice(environment, environment, ())

    def _choice(
        self,
        environment: str,
        target: str,
        connections: Sequence[Connection],
        integration_id: str | None = None,
        *,
        script: str = "",
        verb: str = "dryrun",
    ) -> ConnectionChoice:
        return ConnectionChoice(
            selection=self.selection,
            lines=self._context.lines,
            display=self._display,
            environment=environment,
            target=target,
            connections=connections,
            integration_id=integration_id,
            script=script,
            verb=verb,
        )

    def _display(self, choice: ConnectionChoice) -> bool:
        if self._context.front is None:
            return False
        self._context.front.show_choice(choice)
        return True

    def known(self) -> list[Connection]:
        """Those seen so far, for completion: never a request."""
        return [connection for each in self._known.values() for connection in each]

    def choose(
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
        if selected := self.selection.of(target.environment).get(integration):
            return Chosen(selected, "selection")
        if configured := self._context.config.connection(integration):
            return Chosen(configured, "configuration")
        fetched = self.fetch(environment=target.environment, integration_id=integration)
        if len(fetched) == 1:
            return Chosen(fetched[0].connection_id, "nobody")
        if not fetched:
            every = self.fetch(environment=target.environment)
            raise UnknownName(
                f"integration with connections in {target.label}",
                integration,
                _integrations(every),
                hint="Make a connection in Nango, or name another integration: --integration-id ID",
            )
        choice = self._choice(
            target.environment, target.label, fetched, integration, script=script, verb=verb
        )
        how = f"Name one after the {'model' if verb == 'records' else 'script'}" + (
            ":" if self._context.is_command else ", or select one with its line:"
        )
        raise UsageError(
            f"{integration} has {len(fetched)} connections, and none is selected.", hint=choice.text(how)
        )

    def explained(self, error: ApiError, target: Target, integration: str, chosen: Chosen) -> NangonbError:
        """An unknown connection or integration, with the names there are; any other error as it is."""
        if error.status not in (400, 404):
            return error
        try:
            every = self.fetch(environment=target.environment)
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
        where = self._context.config.connection_named_in(integration) if chosen.by == "configuration" else ""
        hint = f"It is named in {where}." if where else ""
        if chosen.by == "selection":
            hint = "It was selected in this session; select another one."
        return UnknownName(f"connection of {integration}", chosen.connection_id, ids, hint=hint)

    def close(self) -> None:
        """Close connections, and end the sandbox if this session started it."""
        if self._made_clients is not None:
            self._made_clients.close()
        self.sandbox.stop()


def _integrations(connections: Sequence[Connection]) -> list[str]:
    return sorted({connection.provider_config_key for connection in connections})
