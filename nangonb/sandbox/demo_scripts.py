"""The demo's deployed syncs, with what they have stored and how their latest runs ended."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from nangonb.sandbox.demo_records import (
    Source,
    account_source,
    contact_source,
    first_runs,
    list_source,
    portal_source,
    seed,
    seed_result,
    small_changes,
)
from nangonb.sandbox.providers.crm import Portal
from nangonb.sandbox.providers.pipedrive import LEDGER_NUMBER
from nangonb.sandbox.providers.sobjects import Table
from nangonb.sandbox.scripts import ScriptFailed, SyncScript
from nangonb.sandbox.state import Connection, State, timestamp
from nangonb.sandbox.sync import BASE, Run, Sync, no_changes, owner
from nangonb.sandbox.syncs import Syncs

__all__ = ["deploy_syncs"]

_TYPES: Mapping[str, Any] = {
    "text": {"type": "string"},
    "text?": {"type": ["string", "null"]},
    "number": {"type": "number"},
    "number?": {"type": ["number", "null"]},
    "date": {"type": "string", "format": "date-time"},
    "object": {"type": "object"},
}
_ITEMS = 30
_MODELS: Mapping[str, Mapping[str, str]] = {
    "Contact": {
        "first_name": "text?", "last_name": "text", "email": "text?", "account_id": "text?",
        "last_modified_date": "text",
    },
    "Account": {"name": "text", "industry": "text?", "website": "text?", "employees": "number?"},
    "GithubIssue": {
        "number": "number", "title": "text", "state": "text", "author": "text", "created_at": "date",
        "updated_at": "date",
    },
    "HubspotContact": {
        "email": "text?", "first_name": "text", "last_name": "text", "lifecycle_stage": "text",
        "annual_revenue": "number?", "address": "object", "created_at": "date", "updated_at": "date",
    },
    "Deal": {
        "title": "text", "value": "number", "currency": "text", "status": "text", "ledger_number": "number?",
        "expected_close_date": "text?", "add_time": "text", "update_time": "text",
    },
    "Item": {"name": "text"},
}  # fmt: skip


@dataclass(frozen=True)
class _Demo:
    """One sync of the demo.

    ``sources``: what its records are made of, by ``connection`` or ``connection::variant``.
    """

    integration: str
    name: str
    model: str
    runs: str
    description: str
    endpoint: str
    sources: Mapping[str, Source]
    incremental: bool = False


def deploy_syncs(
    syncs: Syncs,
    state: State,
    *,
    orgs: Mapping[str, Mapping[str, Table]],
    issues: Mapping[str, list[dict[str, Any]]],
    portals: Mapping[str, Portal],
    deals: Mapping[str, tuple[int, Callable[[], list[dict[str, Any]]]]],
) -> None:
    """Deploy them all. The data come by connection id; ``deals`` as their number and what makes them."""
    where = {"salesforce": ("conn-1", "conn-2"), "salesforce-sandbox": ("conn-dev",)}
    about = "Syncs contacts based on a field mapping object."
    contacts = [
        _Demo(
            key, "salesforce-contacts", "Contact", "every day", about, "/crm/contact",
            {one: contact_source(orgs[one]["Contact"]) for one in ids}, incremental=True,
        )
        for key, ids in where.items()
    ]  # fmt: skip
    hubspot = {one: portal_source(portal) for one, portal in portals.items()}
    hubspot["hub-1::customers"] = portal_source(portals["hub-1"], stage="customer")
    items = list_source(_items, _ITEMS, "name")
    for demo in (
        *contacts,
        _Demo(
            "salesforce", "salesforce-accounts", "Account", "every 6 hours", "Syncs accounts.",
            "/crm/account", {one: account_source(orgs[one]["Account"]) for one in where["salesforce"]},
        ),
        _Demo(
            "github", "github-issues", "GithubIssue", "every 30 minutes", "Syncs the issues of a repository.",
            "/github/issue", {one: _issue_source(found) for one, found in issues.items()},
        ),
        _Demo(
            "hubspot", "hubspot-contacts", "HubspotContact", "every hour", "Syncs contacts.",
            "/hubspot/contact", hubspot, incremental=True,
        ),
        _Demo(
            "pipedrive", "pipedrive-deals", "Deal", "every hour", "Syncs deals.", "/pipedrive/deal",
            {one: _deal_source(*found) for one, found in deals.items()},
        ),
        _Demo(
            "unreliable", "unreliable-items", "Item", "every 5 minutes", "Syncs items, and fails.",
            "/unreliable/item", {"flaky-1": items, "expired-1": items},
        ),
    ):  # fmt: skip
        _deploy(syncs, state, demo)
    paused = state.connection("gh-2", "github")
    if paused is not None:
        for sync in syncs.find("github", [], [paused]):
            sync.paused = True


def _deploy(syncs: Syncs, state: State, demo: _Demo) -> None:
    runs = {one: small_changes(source, demo.model) for one, source in demo.sources.items()}
    failing = demo.integration == "unreliable"

    async def run(run: Run) -> None:
        if failing:
            raise ScriptFailed("script_http_error", "Request failed with status code 503")
        await _of(runs, run)(run)
        if demo.incremental:
            run.checkpoint = {"last_modified": timestamp()}

    script = SyncScript(
        demo.integration, demo.name, (demo.model,), demo.runs, run, demo.description,
        incremental=demo.incremental, track_deletes=not demo.incremental,
        endpoints=({"method": "GET", "path": demo.endpoint},),
        scopes=("offline_access", "api") if demo.integration.startswith("salesforce") else (),
        json_schema=_schema(demo.model), origin=f"{demo.integration}/{demo.name}",
    )  # fmt: skip
    syncs.deploy(script)
    for place, source in demo.sources.items():
        connection_id, _, variant = place.partition("::")
        connection = state.connection(connection_id, demo.integration)
        if connection is not None:
            _plant(syncs, connection, script, source, variant or BASE, failed=failing)


def _of(runs: Mapping[str, Callable[[Run], Awaitable[None]]], run: Run) -> Callable[[Run], Awaitable[None]]:
    """What a run does, by its connection and variant; one that was made later does what the base does."""
    own = f"{run.connection.connection_id}::{run.sync.variant}"
    return runs.get(own) or runs.get(run.connection.connection_id) or _nothing


async def _nothing(run: Run) -> None:
    """What a sync of the demo saves of a connection that the demo does not have."""


def _plant(
    syncs: Syncs,
    connection: Connection,
    script: SyncScript,
    source: Source,
    variant: str,
    *,
    failed: bool,
) -> None:
    (model,) = script.models
    make = seed(source, connection.created_at)
    syncs.store.plant(owner(connection), model, make, source.size, variant=variant)
    _, second = first_runs(connection.created_at)
    sync = Sync(
        script, connection.connection_id, variant, job="STOPPED" if failed else "SUCCESS", started_at=second,
        finished_at=second, last_sync_date=second, runs=2, starts_at=second,
        result={model: no_changes() if failed else seed_result(source.size)},
        checkpoint={"last_modified": timestamp(second)} if script.incremental else None,
        error="Request failed with status code 503" if failed else "",
    )  # fmt: skip
    syncs.put(sync)


def _items() -> list[dict[str, Any]]:
    return [{"id": str(n), "name": f"Item {n}"} for n in range(1, _ITEMS + 1)]


def _issue_source(found: list[dict[str, Any]]) -> Source:
    made = [
        {"id": str(one["id"]), "number": one["number"], "title": one["title"], "state": one["state"],
         "author": one["user"]["login"], "created_at": one["created_at"], "updated_at": one["updated_at"]}
        for one in found
    ]  # fmt: skip
    return list_source(lambda: made, len(made), "title")


def _deal_source(size: int, deals: Callable[[], list[dict[str, Any]]]) -> Source:
    plain = ("title", "value", "currency", "status", "expected_close_date", "add_time", "update_time")

    def make() -> list[dict[str, Any]]:
        return [
            {"id": str(one["id"]), **{name: one[name] for name in plain}, "ledger_number": one[LEDGER_NUMBER]}
            for one in deals()
        ]

    return list_source(make, size, "title")


def _schema(model: str) -> Mapping[str, Any]:
    fields = {"id": _TYPES["text"], **{name: _TYPES[kind] for name, kind in _MODELS[model].items()}}
    shape = {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}
    return {"$schema": "http://json-schema.org/draft-07/schema#", "definitions": {model: shape}}
