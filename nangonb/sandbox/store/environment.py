"""The environment: integrations, connections and their metadata, variables.

In memory. Each change goes through a method of :class:`Environment`, which tells its ``keep`` of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, TypeAlias

from nangonb.sandbox.facts import Facts, published

__all__ = ["Connection", "Environment", "Integration", "Keep", "keep_nothing", "timestamp"]

Keep: TypeAlias = Callable[[str, tuple[str, ...], "Mapping[str, Any] | None"], None]
"""Is told of each thing that changed: its kind, its key, and what it is now as JSON, None: it is gone."""


def keep_nothing(kind: str, key: tuple[str, ...], body: Mapping[str, Any] | None) -> None:
    """The :data:`Keep` of a sandbox that remembers nothing."""


def timestamp(moment: datetime | None = None) -> str:
    """A moment (now) as Nango writes it: ``2026-01-01T00:00:00.000Z``."""
    at = (moment or datetime.now(UTC)).astimezone(UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True)
class Integration:
    """An integration. ``unique_key`` is its id; ``origin`` says which one of a provider it was."""

    unique_key: str
    provider: str = ""
    display_name: str = ""
    created_at: str = "2026-01-10T12:00:00.000Z"
    updated_at: str = ""
    forward_webhooks: bool = True
    credentials: Mapping[str, Any] | None = None
    origin: str = ""


@dataclass(frozen=True)
class Connection:
    """A connection of one end user. ``credentials`` include what only some answers show.

    ``id`` is its number; ``origin`` says which one of a provider it was.
    """

    connection_id: str
    provider_config_key: str = ""
    credentials: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, Any] | None = None
    connection_config: Mapping[str, Any] = field(default_factory=dict)
    end_user: Mapping[str, Any] | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    errors: Sequence[Mapping[str, str]] = ()
    created_at: str = "2026-01-10T12:30:00.000Z"
    updated_at: str = ""
    webhook_url_override: str | None = None
    id: int = 0
    origin: str = ""

    @property
    def expired(self) -> bool:
        """Whether its credentials can no longer be refreshed."""
        return any(error["type"] == "auth" for error in self.errors)


class Environment:
    """Integrations, connections, environment variables, and facts of providers.

    Credentials are not told to ``keep``: they are the demo's, and stand in its code.
    """

    def __init__(
        self,
        integrations: Iterable[Integration] = (),
        connections: Iterable[Connection] = (),
        variables: Mapping[str, str] | None = None,
        facts: Mapping[str, Facts] | None = None,
    ) -> None:
        self.keep: Keep = keep_nothing
        self._integrations = {integration.unique_key: integration for integration in integrations}
        self._connections = {(c.provider_config_key, c.connection_id): c for c in connections}
        self.variables = dict(variables or {})
        self.facts = published() if facts is None else facts

    # Integrations

    def integrations(self) -> list[Integration]:
        """All, in the order in which they were made."""
        return list(self._integrations.values())

    def integration(self, key: str) -> Integration | None:
        """The integration with this key."""
        return self._integrations.get(key)

    def put_integration(self, integration: Integration, *, instead_of: str | None = None) -> None:
        """Add or replace. ``instead_of`` is the former key of an integration that was renamed."""
        if instead_of is not None and instead_of != integration.unique_key:
            self._integrations.pop(instead_of, None)
            self.keep("integration", (instead_of,), None)
            for connection in [c for c in self._connections.values() if c.provider_config_key == instead_of]:
                self.delete_connection(connection)
                self.put_connection(replace(connection, provider_config_key=integration.unique_key))
        self._integrations[integration.unique_key] = integration
        self.keep("integration", (integration.unique_key,), _without_credentials(integration))

    def delete_integration(self, key: str) -> None:
        """Remove an integration and its connections."""
        self._integrations.pop(key, None)
        self.keep("integration", (key,), None)
        for connection in [c for c in self._connections.values() if c.provider_config_key == key]:
            self.delete_connection(connection)

    def facts_of(self, key: str) -> Facts:
        """The facts of the provider of the integration ``key``."""
        return self.facts[self._integrations[key].provider]

    # Connections

    def connections(self) -> list[Connection]:
        """All, newest first, as Nango lists them."""
        return sorted(self._connections.values(), key=lambda c: (c.created_at, c.id), reverse=True)

    def connection(self, connection_id: str, key: str) -> Connection | None:
        """The connection with this id in the integration ``key``."""
        return self._connections.get((key, connection_id))

    def next_connection(self) -> int:
        """A number that no connection has."""
        return 1 + max((one.id for one in self._connections.values()), default=0)

    def put_connection(self, connection: Connection) -> None:
        """Add or replace."""
        place = (connection.provider_config_key, connection.connection_id)
        if self._connections.get(place) != connection:
            self._connections[place] = connection
            self.keep("connection", place, _without_credentials(connection))

    def delete_connection(self, connection: Connection) -> None:
        """Remove."""
        place = (connection.provider_config_key, connection.connection_id)
        self._connections.pop(place, None)
        self.keep("connection", place, None)

    def set_metadata(self, connection: Connection, metadata: Mapping[str, Any]) -> None:
        """Replace all metadata of a connection."""
        self.put_connection(replace(connection, metadata=dict(metadata), updated_at=timestamp()))

    def update_metadata(self, connection: Connection, metadata: Mapping[str, Any]) -> None:
        """Replace the given keys of a connection's metadata, at the top level only."""
        self.set_metadata(connection, {**(connection.metadata or {}), **metadata})

    # Across restarts

    def load(
        self,
        integrations: Iterable[Mapping[str, Any]],
        connections: Iterable[Mapping[str, Any]],
        declared: Sequence[Integration | Connection],
    ) -> None:
        """Take up what was kept. Credentials come from what the providers ``declared``."""
        credentials = {one.origin: one.credentials for one in declared}
        origins = {_made(asdict(one)): one.origin for one in declared}  # for state that names no origin
        for kept in integrations:
            origin = kept.get("origin", origins.get(_made(kept), ""))
            self._integrations[kept["unique_key"]] = Integration(
                **{**kept, "origin": origin, "credentials": credentials.get(origin)}
            )
        for kept in connections:
            origin = kept.get("origin", origins.get(_made(kept), ""))
            self._connections[kept["provider_config_key"], kept["connection_id"]] = Connection(
                **{**kept, "origin": origin, "credentials": credentials.get(origin) or {}}
            )


def _made(thing: Mapping[str, Any]) -> tuple[str, str]:
    return thing.get("connection_id", ""), thing["created_at"]


def _without_credentials(thing: Integration | Connection) -> dict[str, Any]:
    kept = asdict(thing)
    del kept["credentials"]
    return kept
