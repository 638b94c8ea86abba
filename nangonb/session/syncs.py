"""The state of deployed syncs, and acting on them, for real."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nangonb.errors import ApiError, NangonbError, UnknownName, UsageError
from nangonb.session.connecting import Chosen
from nangonb.session.deployed import NOT_DEPLOYED, NOTHING_DEPLOYED, is_declared
from nangonb.session.homes import Homes
from nangonb.session.values import parse_variant

if TYPE_CHECKING:
    from nangonb.nango import Client
    from nangonb.session.config import Target
    from nangonb.session.sync_states import SyncStates


class Syncs(Homes):
    """The part of a session that looks at deployed syncs and acts on them."""

    def status(
        self,
        name: str | None = None,
        connection: str | None = None,
        *,
        environment: str | None = None,
        integration_id: str | None = None,
        variant: str = "base",
    ) -> SyncStates:
        """The state of a deployed sync, or of all: status, schedule, counts, checkpoint, latest result.

        Of the connection that is named, else the selected or configured one, else of all connections.

        Raises:
            UnknownName, UsageError: the sync, the connection or an option.
            ApiError, NetworkError, ConfigurationError: Nango.
        """
        from nangonb.session.sync_states import SyncStates

        target = self.target(environment)
        client = self.client(target)
        if name is not None:
            integration, name = self._sync_home(name, target, connection, integration_id)
            homes = [integration]
        else:
            homes = self._homes(target, connection, integration_id)
        states: list[dict[str, Any]] = []
        where = set()
        for home in homes:
            known = connection or self.selection(target.environment).get(home) or self.config.connection(home)
            where.add(known)
            states += self._states(client, target, home, known, name, variant)
        every = f"{name} of {homes[0]}" if name else f"the syncs of {', '.join(homes) or 'no integration'}"
        one = where.pop() if len(where) == 1 else ""
        of = f" on {one}" if one else " on all connections" if one is None else ""
        none = "" if states else ": none is deployed"
        return SyncStates(target.label, (f"{every}{of} · {target.label}{none}",), states)

    def trigger(
        self,
        name: str,
        connection: str | None = None,
        *,
        environment: str | None = None,
        integration_id: str | None = None,
        variant: str = "base",
        reset: bool = False,
        empty_cache: bool = False,
    ) -> SyncStates:
        """Run a deployed sync now, for real, beside its schedule. Returns its state.

        ``reset`` lets it start from scratch: without checkpoint and date of the last run. ``empty_cache``
        also deletes its synced records first.

        Raises: as :meth:`status`; UsageError also where nothing says which connection.
        """
        if empty_cache and not reset:
            raise UsageError(
                "--empty-cache deletes what was synced, and needs --reset, so that all is fetched again.",
                hint="Add --reset.",
            )
        how = " from scratch" if reset else ""
        gone = ", and its synced records are deleted first" if empty_cache else ""
        return self._act(
            "trigger",
            f"triggered: Nango runs it now{how}{gone}",
            (name, connection, environment, integration_id, variant),
            {"reset": reset, "empty_cache": empty_cache},
        )

    def start(
        self,
        name: str,
        connection: str | None = None,
        *,
        environment: str | None = None,
        integration_id: str | None = None,
        variant: str = "base",
    ) -> SyncStates:
        """Start the schedule of a deployed sync, for real: it runs at once, then at its interval.

        Raises: as :meth:`trigger`.
        """
        return self._act(
            "start",
            "started: it runs at once, then at its interval",
            (name, connection, environment, integration_id, variant),
        )

    def pause(
        self,
        name: str,
        connection: str | None = None,
        *,
        environment: str | None = None,
        integration_id: str | None = None,
        variant: str = "base",
    ) -> SyncStates:
        """Pause the schedule of a deployed sync, for real. Its records stay.

        Raises: as :meth:`trigger`.
        """
        return self._act(
            "pause",
            "paused: it runs no more until it is started; its records stay",
            (name, connection, environment, integration_id, variant),
        )

    def _act(
        self,
        verb: str,
        said: str,
        given: tuple[str, str | None, str | None, str | None, str],
        more: dict[str, Any] | None = None,
    ) -> SyncStates:
        from nangonb.session.sync_states import SyncStates

        named, connection, environment, integration_id, variant = given
        parse_variant(variant)
        target = self.target(environment)
        integration, name = self._sync_home(named, target, connection, integration_id)
        chosen = self._choose(target, integration, connection, named, verb=verb)
        client, connection_id = self.client(target), chosen.connection_id
        self._states(
            client, target, integration, connection_id, name, variant, chosen
        )  # raises unless it is there
        order = {"trigger": client.trigger_sync, "start": client.start_sync, "pause": client.pause_sync}[verb]
        try:
            order(
                name,
                connection_id=connection_id,
                provider_config_key=integration,
                variant=variant,
                **(more or {}),
            )
        except ApiError as error:
            raise self._explained(error, target, integration, chosen) from None
        states = self._states(client, target, integration, connection_id, name, variant, chosen)
        shown = name if variant == "base" else f"{name} ({variant})"
        head = f"✓ {shown} on {connection_id} · {target.label} · {integration} · {said}."
        watch = "start" if verb == "pause" else "status"
        line = self._line(watch, named, connection_id, variant, target, integration_id)
        hint = f"{'Start it again' if verb == 'pause' else 'Watch it'}: {line}"
        done = {"trigger": "triggered", "start": "started", "pause": "paused"}[verb]
        return SyncStates(target.label, (head, hint), states, done)

    def _states(
        self,
        client: Client,
        target: Target,
        integration: str,
        connection_id: str | None,
        name: str | None,
        variant: str,
        chosen: Chosen | None = None,
    ) -> list[dict[str, Any]]:
        """The state of one sync, or of all of an integration. Raises UnknownName where it is not there."""
        chosen = chosen or Chosen(connection_id or "", "argument")
        wanted = [] if name is None else [name if variant == "base" else f"{name}::{variant}"]
        try:
            states = client.sync_status(integration, wanted, connection_id=connection_id)
        except ApiError as error:
            shown = self._explained(error, target, integration, chosen) if connection_id else error
            if shown is not error or name is None or error.status not in (400, 404):
                raise shown from None
            states = []
        if name is not None and not states:
            raise self._no_sync(client, target, integration, connection_id, name, variant)
        return [{"integration": integration, **state} for state in states]

    def _no_sync(
        self,
        client: Client,
        target: Target,
        integration: str,
        connection_id: str | None,
        name: str,
        variant: str,
    ) -> NangonbError:
        every = client.sync_status(integration, connection_id=connection_id)
        if variant != "base":
            variants = sorted({str(each.get("variant")) for each in every if each.get("name") == name})
            if variants:
                return UnknownName(f"variant of {name} in {target.label}", variant, variants)
        where = f" on {connection_id}" if connection_id else ""
        declared = is_declared(self.project, integration, name)
        return UnknownName(
            f"sync of {integration}{where} in {target.label}",
            name,
            sorted({str(each.get("name")) for each in every}),
            hint=NOT_DEPLOYED if declared else "",
            none="" if declared else NOTHING_DEPLOYED,
        )
