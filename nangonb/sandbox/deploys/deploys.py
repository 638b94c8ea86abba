"""Plans and applies deploys."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from nangonb._project.nango_yaml.runs import schedule
from nangonb.sandbox.answers import Refusal
from nangonb.sandbox.deploys.body import DeployBody, rejected_call
from nangonb.sandbox.store.environment import Connection, Environment, timestamp
from nangonb.sandbox.store.scheduler import Scheduler
from nangonb.sandbox.store.scripts import ActionScript, Code, OnEventScript, SyncScript
from nangonb.sandbox.store.syncs import BASE

__all__ = ["Deploys", "next_version", "scan"]

_FIRST_OF_EVENT = "0.0.1"


@dataclass(frozen=True)
class _Differences:
    new: list[Mapping[str, Any]]
    updated: list[Mapping[str, Any]]
    deleted: list[SyncScript | ActionScript]
    models: list[str]
    """Former models of a sync that has connections."""
    new_events: list[Mapping[str, Any]]
    updated_events: list[Mapping[str, Any]]
    deleted_events: list[OnEventScript]


class Deploys:
    """Applies deploys to the scripts of an environment, one at a time."""

    def __init__(self, environment: Environment, scheduler: Scheduler) -> None:
        self._environment, self._scheduler, self._scripts = environment, scheduler, scheduler.scripts
        self.busy = False
        """Whether a deploy is in progress; concurrent deploys are rejected."""

    def check(self, body: DeployBody) -> None:
        """Raises: Refusal 400 ``unknown_provider_config`` for an unknown integration."""
        keys = [flow["providerConfigKey"] for flow in body.flows]
        keys += [event["providerConfigKey"] for event in body.on_events or ()]
        for key in keys:
            if self._environment.integration(key) is None:
                message = (
                    f"There is no Provider Configuration matching this key: {key}. Please make sure this "
                    "value exists in the Nango dashboard"
                )
                raise Refusal(400, "unknown_provider_config", message, payload={"providerConfigKey": key})

    def held(self, integration: str, kind: str, name: str) -> SyncScript | ActionScript | None:
        """Return the deployed script of that name."""
        return (self._scripts.sync if kind == "sync" else self._scripts.action)(integration, name)

    def confirmation(self, body: DeployBody) -> dict[str, Any]:
        """Return the changes of a deploy of this body, as ``/sync/deploy/confirmation`` does."""
        changes = self._differences(body)
        answer: dict[str, Any] = {}
        for word, flows in (("new", changes.new), ("updated", changes.updated)):
            syncs = [flow for flow in flows if flow["type"] == "sync"]
            answer[f"{word}Syncs"] = [self._sync(word, flow) for flow in syncs]
            answer[f"{word}Actions"] = [_named(flow) for flow in flows if flow["type"] == "action"]
        answer["deletedSyncs"] = [
            self._deleted(script) for script in changes.deleted if isinstance(script, SyncScript)
        ]
        answer["deletedActions"] = [
            {"name": script.name, "providerConfigKey": script.integration}
            for script in changes.deleted
            if isinstance(script, ActionScript)
        ]
        for word, events in (("new", changes.new_events), ("updated", changes.updated_events)):
            answer[f"{word}OnEventScripts"] = [
                {name: event[name] for name in ("providerConfigKey", "name", "event")} for event in events
            ]
        answer["deletedOnEventScripts"] = [
            {"providerConfigKey": one.integration, "name": one.name, "event": one.event}
            for one in changes.deleted_events
        ]
        answer["deletedModels"] = changes.models
        return answer

    def deploy(self, body: DeployBody) -> list[dict[str, Any]]:
        """Apply a deploy, and return the deployed scripts, as ``/sync/deploy`` does.

        Without ``reconcile``, no sync or action is deleted, and connections get no new syncs. Deleting a
        sync deletes its records; records of models that a sync no longer saves are kept. On-event scripts
        that are not in the body are deleted, in all integrations and modes. Raises: Refusal 500.
        """
        changes = self._differences(body)
        for flow in body.flows:
            self._check_schedule(flow)
        moment = timestamp()
        live = [self._put(flow, body, moment) for flow in body.flows]
        if body.on_events is not None:
            live += self._put_events(body.on_events, body, moment)
        if not body.reconcile:
            return live
        for script in changes.deleted:
            self._scheduler.undeploy(script)
        for integration, models in self._left(changes.deleted):
            for connection in self._connections(integration):
                self._scheduler.drop_models(connection, models)
        for flow in body.flows:
            if flow["type"] == "sync":
                self._start(flow)
        return live

    # Current and new scripts

    def _differences(self, body: DeployBody) -> _Differences:
        known = {(_type(one), one.integration, one.name): one for one in self._scripts.every()}
        sent_flows = {_key(flow): flow for flow in body.flows}
        keys = {flow["providerConfigKey"] for flow in body.flows}
        deleted = [
            script
            for key, script in known.items()
            if key not in sent_flows
            and (body.mode == "all" or (body.mode == "integration" and script.integration in keys))
        ]
        events = list(body.on_events or ())
        keys |= {event["providerConfigKey"] for event in events}
        held = {(one.integration, one.event, one.name): one for one in self._scripts.on_events()}
        sent = {(event["providerConfigKey"], event["event"], event["name"]): event for event in events}
        homes = {event["providerConfigKey"] for event in events}
        gone_events = [
            one
            for key, one in held.items()
            if body.on_events is not None
            and key not in sent
            and (body.mode == "all" or one.integration in (homes if body.mode == "single" else keys))
        ]
        return _Differences(
            [flow for key, flow in sent_flows.items() if key not in known],
            [flow for key, flow in sent_flows.items() if key in known],
            deleted,
            [] if body.mode == "single" else list(self._missing_models(known, sent_flows)),
            [event for key, event in sent.items() if key not in held],
            [event for key, event in sent.items() if key in held],
            gone_events,
        )

    def _missing_models(
        self, known: Mapping[Any, SyncScript | ActionScript], sent: Mapping[Any, Mapping[str, Any]]
    ) -> Iterator[str]:
        """Return the models of a sync with connections that its new version no longer declares."""
        for key, flow in sent.items():
            script = known.get(key)
            if isinstance(script, SyncScript) and self._connections(script.integration):
                yield from (model for model in script.models if model not in flow["models"])

    def _left(self, deleted: list[SyncScript | ActionScript]) -> Iterator[tuple[str, set[str]]]:
        """Return the models of deleted syncs that no other sync saves, by integration."""
        for integration in dict.fromkeys(script.integration for script in deleted):
            gone = {
                model
                for one in deleted
                if isinstance(one, SyncScript) and one.integration == integration
                for model in one.models
            }
            for other in self._scripts.of(integration)[0]:
                gone.difference_update(other.models)
            yield integration, gone

    def _check_schedule(self, flow: Mapping[str, Any]) -> None:
        """Raises: Refusal 500 for an interval that is not supported for existing connections of a sync."""
        held = self.held(flow["providerConfigKey"], flow["type"], flow["syncName"])
        runs = flow["runs"]
        if not isinstance(held, SyncScript) or not runs or runs == held.runs:
            return
        names = [(held.name, BASE)]
        for sync in self._scheduler.find(held.integration, names, self._connections(held.integration)):
            interval = sync.frequency or runs
            if schedule(interval) is None:
                what = "error_updating_sync_schedule_frequency"
                payload = {"syncId": sync.id, "environmentId": 1, "interval": interval}
                message = f"The schedule of the sync {held.name} cannot be updated: {interval}"
                raise Refusal(500, f"unhandled_{what}", message, payload=payload)

    def _connections(self, integration: str) -> list[Connection]:
        return [one for one in self._environment.connections() if one.provider_config_key == integration]

    # Responses

    def _sync(self, word: str, flow: Mapping[str, Any]) -> dict[str, Any]:
        count = len(self._connections(flow["providerConfigKey"]))
        if word == "updated":
            syncs = self._scheduler.find(
                flow["providerConfigKey"],
                [(flow["syncName"], BASE)],
                self._connections(flow["providerConfigKey"]),
            )
            count = len(syncs)
        return {**_named(flow), "connections": count, "auto_start": _starts(flow)}

    def _deleted(self, script: SyncScript) -> dict[str, Any]:
        syncs = self._scheduler.find(
            script.integration, [(script.name, BASE)], self._connections(script.integration)
        )
        named = {"name": script.name, "providerConfigKey": script.integration}
        return {**named, "connections": len(syncs), "auto_start": script.auto_start}

    # Changes

    def _put(self, flow: Mapping[str, Any], body: DeployBody, moment: str) -> dict[str, Any]:
        script = self._script(flow, body, moment)
        self._scheduler.deploy(script, create=body.reconcile)
        return {
            "name": script.name,
            "models": list(flow["models"]),
            "version": script.version,
            "providerConfigKey": script.integration,
            "type": _type(script),
        }

    def _script(self, flow: Mapping[str, Any], body: DeployBody, moment: str) -> SyncScript | ActionScript:
        integration, name, is_sync = flow["providerConfigKey"], flow["syncName"], flow["type"] == "sync"
        held = self.held(integration, flow["type"], name)
        metadata = flow.get("metadata") or {}
        given = flow.get("input")
        schema = (flow.get("models_json_schema") or {}).get("definitions") or body.schema
        code = Code(
            flow["fileBody"]["js"],
            flow["fileBody"]["ts"],
            body.sdk_version,
            flow.get("attributes") or {},
            tuple(flow.get("webhookSubscriptions") or ()),
            body.source == "standalone",
            tuple(flow.get("features") or ()),
        )
        common: dict[str, Any] = {
            "integration": integration,
            "name": name,
            "description": metadata.get("description", ""),
            "version": flow.get("version") or next_version(None if held is None else held.version),
            "scopes": tuple(metadata.get("scopes") or ()),
            "endpoints": tuple(_endpoint(one) for one in flow.get("endpoints") or ()),
            "json_schema": {"definitions": schema} if schema else None,
            "last_deployed": moment,
            "input": given if isinstance(given, str) and given else None,
            "code": code,
        }
        if not is_sync:
            return ActionScript(**common, output=(flow["models"] or [None])[0])
        return SyncScript(
            **common,
            models=tuple(flow["models"]),
            runs=flow["runs"] or "",
            incremental=str(flow.get("sync_type", "")).lower() == "incremental",
            track_deletes=flow.get("track_deletes", False),
            auto_start=_starts(flow),
        )

    def _put_events(
        self, events: tuple[Mapping[str, Any], ...], body: DeployBody, moment: str
    ) -> list[dict[str, Any]]:
        held = {(one.integration, one.event, one.name): one.version for one in self._scripts.on_events()}
        scripts = []
        for event in events:
            before = held.get((event["providerConfigKey"], event["event"], event["name"]))
            scripts.append(
                OnEventScript(
                    event["providerConfigKey"],
                    event["name"],
                    event["event"],
                    Code(event["fileBody"]["js"], event["fileBody"]["ts"], body.sdk_version),
                    moment,
                    _FIRST_OF_EVENT if before is None else next_version(before),
                )
            )
        self._scripts.put_on_events(scripts, instead_of=self._scripts.on_events())
        return [
            {
                "name": one.name,
                "version": one.version,
                "providerConfigKey": one.integration,
                "type": "on-event",
                "models": [],
            }
            for one in scripts
        ]

    def _start(self, flow: Mapping[str, Any]) -> None:
        """Create the syncs of the connections; a new sync with auto start runs immediately."""
        for connection in self._connections(flow["providerConfigKey"]):
            for sync in self._scheduler.find(
                flow["providerConfigKey"], [(flow["syncName"], None)], [connection]
            ):
                if not sync.paused and sync.job is None:
                    self._scheduler.trigger(sync, connection)


def scan(body: DeployBody) -> None:
    """Raises: Refusal 400 ``deploy_script_security_rejected`` for code that the server rejects."""
    named = [(flow["syncName"], flow["fileBody"]["js"]) for flow in body.flows]
    named += [(event["name"], event["fileBody"]["js"]) for event in body.on_events or ()]
    for name, js in named:
        call = rejected_call(js)
        if call is not None:
            message = f"The script {name} calls {call}…): calls of a constructor property are not allowed"
            raise Refusal(400, "deploy_script_security_rejected", message)


def next_version(version: str | None) -> str:
    """Return the version of a script without one: 1, then the next number."""
    if version is None:
        return "1"
    head, count = re.fullmatch(r"(.*?)(\d*)", version, re.DOTALL).groups()  # type: ignore[union-attr]
    return f"{head}{int(count) + 1}" if count else "1"


def _starts(flow: Mapping[str, Any]) -> bool:
    """Return whether a sync has auto start, which is the default."""
    return flow.get("auto_start") is not False


def _type(script: SyncScript | ActionScript) -> str:
    return "sync" if isinstance(script, SyncScript) else "action"


def _key(flow: Mapping[str, Any]) -> tuple[str, str, str]:
    return flow["type"], flow["providerConfigKey"], flow["syncName"]


def _named(flow: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": flow["syncName"], "providerConfigKey": flow["providerConfigKey"]}


def _endpoint(given: Mapping[str, str]) -> Mapping[str, str]:
    """Return ``{method, path}``, also for the form ``{"GET": "/a"}``."""
    if "method" in given:
        return given
    ((method, path),) = given.items()
    return {"method": method, "path": path}
