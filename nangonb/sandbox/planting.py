"""Puts into a sandbox what providers declare: integrations, connections, scripts, stored records."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import orjson

from nangonb.sandbox.provider import Call, DemoAction, DemoSync, Provider
from nangonb.sandbox.scripts import ActionScript, ScriptFailed, SyncScript
from nangonb.sandbox.seeding import first_runs, seed, seed_result, small_changes
from nangonb.sandbox.state import Connection, Integration, State, timestamp
from nangonb.sandbox.sync import BASE, Run, Sync, no_changes, owner
from nangonb.sandbox.syncs import Syncs
from nangonb.sandbox.wire import Api, NetworkFault, ProviderRequest

__all__ = ["Planting"]

_UPSTREAM_HEADERS = ("content-type", "x-rate")


class Planting:
    """Plants providers in the state and the syncs of a sandbox."""

    def __init__(self, state: State, syncs: Syncs, providers: Iterable[Provider]) -> None:
        self._state, self._syncs, self._providers = state, syncs, tuple(providers)
        self._apis = {host: provider.api for provider in self._providers for host in provider.hosts}

    @property
    def apis(self) -> Mapping[str, Api]:
        """What answers for each host."""
        return self._apis

    @property
    def declared(self) -> list[Integration | Connection]:
        """The integrations and connections of all providers."""
        declared: list[Integration | Connection] = []
        for provider in self._providers:
            declared += [*provider.integrations, *provider.connections]
        return declared

    def plant(self, names: Iterable[str]) -> None:
        """Make the integrations, connections, scripts and syncs of these providers."""
        chosen = [provider for provider in self._providers if provider.name in set(names)]
        integrations = [each for provider in chosen for each in provider.integrations]
        for integration in sorted(integrations, key=lambda each: each.created_at):
            if self._state.integration(integration.unique_key) is None:
                self._state.put_integration(integration)
        connections = [each for provider in chosen for each in provider.connections]
        for connection in sorted(connections, key=lambda each: each.created_at):
            if self._state.connection(connection.connection_id, connection.provider_config_key) is None:
                self._state.put_connection(replace(connection, id=self._state.next_connection()))
        for provider in chosen:
            for script in self._scripts(provider):
                self._syncs.deploy(script)
            for sync in provider.syncs:
                self._plant_syncs(provider, sync)

    def plant_records(self) -> None:
        """Say which records the syncs of all providers have stored: they are made when they are needed."""
        for provider in self._providers:
            for sync in provider.syncs:
                for connection, variant, source in self._places(provider, sync):
                    make = seed(source, connection.created_at)
                    self._syncs.store.plant(owner(connection), sync.model, make, source.size, variant=variant)

    def scripts(self) -> dict[tuple[type, str], SyncScript | ActionScript]:
        """The scripts of all providers, by type and origin."""
        scripts = (script for provider in self._providers for script in self._scripts(provider))
        return {(type(script), script.origin): script for script in scripts}

    def _scripts(self, provider: Provider) -> Iterable[SyncScript | ActionScript]:
        for sync in provider.syncs:
            ids = {place.partition("::")[0] for place in sync.records}
            keys = [each.provider_config_key for each in provider.connections if each.connection_id in ids]
            for key in dict.fromkeys(keys or [provider.integrations[0].unique_key]):
                yield _sync_script(provider, sync, key)
        for action in provider.actions:
            for integration in provider.integrations:
                yield self._action_script(action, integration.unique_key)

    def _action_script(self, action: DemoAction, key: str) -> ActionScript:
        async def run(connection: Connection, input: Any) -> Any:
            return action.run(self._call(connection), input)

        return ActionScript(
            key,
            action.name,
            run,
            output=action.output,
            input=action.input,
            description=action.description,
            endpoints=({"method": "POST", "path": action.endpoint or f"/{action.name}"},),
            json_schema=action.json_schema,
            origin=f"{key}/{action.name}",
        )

    def _call(self, connection: Connection) -> Call:
        """What an action asks the provider's API with."""
        facts = self._state.facts_of(connection.provider_config_key)
        base = facts.url(connection.connection_config)
        headers = {
            **facts.filled_headers(connection.credentials),
            **facts.authorization(connection.credentials),
            "content-type": "application/json",
        }

        def call(method: str, path: str, body: Any = None) -> Any:
            host, _, prefix = base.removeprefix("https://").partition("/")
            where, _, query = path.partition("?")
            sent = b"" if body is None else orjson.dumps(body)
            at = f"/{prefix}{where}" if prefix else where
            return _answer(self._apis[host], ProviderRequest(method, host, at, query, headers, sent))

        return call

    # The syncs of connections

    def _plant_syncs(self, provider: Provider, sync: DemoSync) -> None:
        for connection, variant, source in self._places(provider, sync):
            script = self._syncs.sync_script(connection.provider_config_key, sync.name)
            assert script is not None
            _, second = first_runs(connection.created_at)
            self._syncs.put(
                Sync(
                    script,
                    connection.connection_id,
                    variant,
                    paused=connection.connection_id in sync.paused,
                    job="STOPPED" if sync.error else "SUCCESS",
                    started_at=second,
                    finished_at=second,
                    last_sync_date=second,
                    runs=2,
                    starts_at=second,
                    result={sync.model: no_changes() if sync.error else seed_result(source.size)},
                    checkpoint={"last_modified": timestamp(second)} if sync.incremental else None,
                    error=sync.error,
                )
            )

    def _places(self, provider: Provider, sync: DemoSync) -> Iterable[tuple[Connection, str, Any]]:
        """The connections that a sync has records of, with the variant and the records."""
        for place, source in sync.sources.items():
            connection_id, _, variant = place.partition("::")
            origins = [each.origin for each in provider.connections if each.connection_id == connection_id]
            for connection in self._state.connections():
                if connection.origin in origins:
                    yield connection, variant or BASE, source


def _sync_script(provider: Provider, sync: DemoSync, key: str) -> SyncScript:
    runs = {place: small_changes(source, sync.model) for place, source in sync.sources.items()}

    async def run(run: Run) -> None:
        if sync.error:
            raise ScriptFailed("script_http_error", sync.error)
        await _change(runs, run)(run)
        if sync.incremental:
            run.checkpoint = {"last_modified": timestamp()}

    return SyncScript(
        key,
        sync.name,
        (sync.model,),
        sync.runs,
        run,
        sync.description,
        incremental=sync.incremental,
        track_deletes=not sync.incremental,
        endpoints=({"method": "GET", "path": sync.endpoint or f"/{sync.name}"},),
        scopes=tuple(provider.scopes),
        json_schema=sync.schema,
        origin=f"{key}/{sync.name}",
    )


def _change(
    runs: Mapping[str, Callable[[Run], Awaitable[None]]], run: Run
) -> Callable[[Run], Awaitable[None]]:
    """What a run does, by its connection and variant. A variant without records of its own is as the base."""
    own = f"{run.connection.connection_id}::{run.sync.variant}"
    return runs.get(own) or runs.get(run.connection.connection_id) or _nothing


async def _nothing(run: Run) -> None:
    """What a sync of the demo saves of a connection that no provider declares."""


def _answer(api: Api, request: ProviderRequest) -> Any:
    """The provider's answer, decoded. Raises: ScriptFailed where it is an error."""
    try:
        response = api(request)
    except NetworkFault as fault:
        payload = {"code": fault.code, "message": fault.message}
        raise ScriptFailed("script_network_error", payload=payload) from None
    try:
        body = orjson.loads(response.body or b"null")
    except ValueError:
        body = response.body.decode(errors="replace")
    if response.status >= 400:
        headers = {
            name: value for name, value in response.headers if name.lower().startswith(_UPSTREAM_HEADERS)
        }
        upstream = {"status": response.status, "headers": headers, "body": body}
        raise ScriptFailed("script_http_error", payload=body, upstream=upstream)
    return body
