"""The demo in a sandbox: what the providers declare, planted, and what its scripts do."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Final

import orjson

from nangonb.sandbox.failures import ScriptFailed
from nangonb.sandbox.provider import Call, DemoAction, DemoSync, Provider
from nangonb.sandbox.seeding import Source, first_runs, seed, seed_result, small_changes
from nangonb.sandbox.store.environment import Connection, Environment, Integration, timestamp
from nangonb.sandbox.store.scheduler import Scheduler
from nangonb.sandbox.store.scripts import ActionScript, SyncScript
from nangonb.sandbox.store.syncs import BASE, Sync, SyncRun, no_changes, owner
from nangonb.sandbox.wire import Api, NetworkFault, ProviderRequest

__all__ = ["DemoRuns", "Planting"]

_UPSTREAM_HEADERS: Final = ("content-type", "x-rate")
_SECONDS: Final = 0.25
"""So long a run of a demo sync takes, so that it can be watched."""


class DemoRuns:
    """Runs the scripts that providers declare, found by their origin."""

    def __init__(self, environment: Environment, providers: Iterable[Provider]) -> None:
        self._environment = environment
        self._syncs: dict[str, DemoSync] = {}
        self._actions: dict[str, DemoAction] = {}
        self.apis: dict[str, Api] = {}
        """What answers for each host."""
        for provider in providers:
            self.apis |= dict.fromkeys(provider.hosts, provider.api)
            for key in (each.unique_key for each in provider.integrations):
                self._syncs |= {f"{key}/{sync.name}": sync for sync in provider.syncs}
                self._actions |= {f"{key}/{action.name}": action for action in provider.actions}

    async def sync(self, run: SyncRun) -> None:
        """A run of a sync. Raises: ScriptFailed."""
        await asyncio.sleep(_SECONDS)
        sync = self._syncs.get(run.sync.script.origin)
        if sync is None:
            raise _gone()
        if sync.error:
            raise ScriptFailed("script_http_error", sync.error)
        own = f"{run.connection.connection_id}::{run.sync.variant}"
        # a variant without records of its own is as the base
        source = sync.sources.get(own) or sync.sources.get(run.connection.connection_id)
        if source is not None:
            small_changes(source, sync.model, run)
        if sync.incremental:
            run.checkpoint = {"last_modified": timestamp()}

    async def action(self, script: ActionScript, connection: Connection, input: Any) -> Any:
        """The output of an action. Raises: ScriptFailed."""
        action = self._actions.get(script.origin)
        if action is None:
            raise _gone()
        return action.run(self._call(connection), input)

    def _call(self, connection: Connection) -> Call:
        """What an action asks the provider's API with."""
        facts = self._environment.facts_of(connection.provider_config_key)
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
            return _answer(self.apis[host], ProviderRequest(method, host, at, query, headers, sent))

        return call


class Planting:
    """Plants providers in the environment and among the syncs of a sandbox."""

    def __init__(self, environment: Environment, scheduler: Scheduler, providers: Iterable[Provider]) -> None:
        self._environment, self._scheduler, self._providers = environment, scheduler, tuple(providers)

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
            if self._environment.integration(integration.unique_key) is None:
                self._environment.put_integration(integration)
        connections = [each for provider in chosen for each in provider.connections]
        for connection in sorted(connections, key=lambda each: each.created_at):
            if self._environment.connection(connection.connection_id, connection.provider_config_key) is None:
                self._environment.put_connection(replace(connection, id=self._environment.next_connection()))
        for provider in chosen:
            for script in self._scripts(provider):
                self._scheduler.deploy(script)
            for sync in provider.syncs:
                self._plant_syncs(provider, sync)

    def plant_records(self) -> None:
        """Say which records the syncs of all providers have stored: they are made when they are needed."""
        for provider in self._providers:
            for sync in provider.syncs:
                for connection, variant, source in self._places(provider, sync):
                    make = seed(source, connection.created_at)
                    self._scheduler.records.plant(
                        owner(connection), sync.model, make, source.size, variant=variant
                    )

    def _scripts(self, provider: Provider) -> Iterator[SyncScript | ActionScript]:
        for sync in provider.syncs:
            ids = {place.partition("::")[0] for place in sync.records}
            keys = [each.provider_config_key for each in provider.connections if each.connection_id in ids]
            for key in dict.fromkeys(keys or [provider.integrations[0].unique_key]):
                yield _sync_script(provider, sync, key)
        for action in provider.actions:
            for integration in provider.integrations:
                yield _action_script(action, integration.unique_key)

    # The syncs of connections

    def _plant_syncs(self, provider: Provider, sync: DemoSync) -> None:
        for connection, variant, source in self._places(provider, sync):
            script = self._scheduler.scripts.sync(connection.provider_config_key, sync.name)
            assert script is not None
            _, second = first_runs(connection.created_at)
            self._scheduler.put(
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

    def _places(self, provider: Provider, sync: DemoSync) -> Iterator[tuple[Connection, str, Source]]:
        """The connections that a sync has records of, with the variant and the records."""
        for place, source in sync.sources.items():
            connection_id, _, variant = place.partition("::")
            origins = [each.origin for each in provider.connections if each.connection_id == connection_id]
            for connection in self._environment.connections():
                if connection.origin in origins:
                    yield connection, variant or BASE, source


def _sync_script(provider: Provider, sync: DemoSync, key: str) -> SyncScript:
    return SyncScript(
        key,
        sync.name,
        (sync.model,),
        sync.runs,
        sync.description,
        incremental=sync.incremental,
        track_deletes=not sync.incremental,
        endpoints=({"method": "GET", "path": sync.endpoint or f"/{sync.name}"},),
        scopes=tuple(provider.scopes),
        json_schema=sync.schema,
        origin=f"{key}/{sync.name}",
    )


def _action_script(action: DemoAction, key: str) -> ActionScript:
    return ActionScript(
        key,
        action.name,
        output=action.output,
        input=action.input,
        description=action.description,
        endpoints=({"method": "POST", "path": action.endpoint or f"/{action.name}"},),
        json_schema=action.json_schema,
        origin=f"{key}/{action.name}",
    )


def _gone() -> ScriptFailed:
    message = "The provider of this script is not loaded. Start the sandbox with its --provider."
    return ScriptFailed("script_internal_error", message)


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
