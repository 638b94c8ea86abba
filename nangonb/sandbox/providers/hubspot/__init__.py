"""HubSpot: three portals, one of which refuses every fifth request; :mod:`.api` answers for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nangonb.sandbox import (
    Call,
    Connection,
    DemoAction,
    DemoSync,
    Integration,
    Provider,
    Source,
    list_source,
    oauth2,
    text_of,
)  # fmt: skip
from nangonb.sandbox.providers import _people as people
from nangonb.sandbox.providers.hubspot.api import Account, HubSpot
from nangonb.sandbox.providers.hubspot.crm import Portal

_ACCOUNTS = {
    "hub-1": Account("CFAKE1hubspot-demo-access-token-1", 139_000_001, 1_250),
    "hub-2": Account("CFAKE2hubspot-demo-access-token-2", 139_000_002, 520),
    "hub-busy": Account("CFAKE3hubspot-demo-access-token-3", 139_000_003, 500, busy=True),
}
_CONTACT = {
    "email": "text?", "first_name": "text", "last_name": "text", "lifecycle_stage": "text",
    "annual_revenue": "number?", "address": "object", "created_at": "date", "updated_at": "date",
}  # fmt: skip


def provider(rows: int) -> Provider:
    """A fresh HubSpot."""
    api = HubSpot(tuple(_ACCOUNTS.values()))
    portals = {id: api.portal(account.token) for id, account in _ACCOUNTS.items()}

    def connection(id: str, made: str, user: Mapping[str, Any], metadata: Any = None) -> Connection:
        credentials = oauth2(_ACCOUNTS[id].token, refresh=True)
        return Connection(id, "hubspot", credentials, metadata, end_user=user, created_at=made)

    properties = {"properties": ["email", "firstname", "lastname", "lifecyclestage"]}
    return Provider(
        "hubspot",
        api,
        connections=(
            connection("hub-1", "2026-04-28T10:10:00.000Z", people.AOIFE, properties),
            connection("hub-2", "2026-04-27T15:00:00.000Z", people.RAVI),
            connection("hub-busy", "2026-04-26T11:25:00.000Z", people.RAVI),
        ),
        integrations=(Integration("hubspot", created_at="2026-01-07T09:45:00.000Z"),),
        syncs=(
            DemoSync(
                "hubspot-contacts",
                "HubspotContact",
                {
                    **{id: _contacts(portal) for id, portal in portals.items()},
                    "hub-1::customers": _contacts(portals["hub-1"], stage="customer"),
                },
                description="Syncs contacts.",
                endpoint="/hubspot/contact",
                fields=_CONTACT,
                incremental=True,
            ),
        ),
        actions=(
            DemoAction(
                "create-contact",
                _create_contact,
                "NewContact",
                "ContactId",
                "Creates a contact. Input: email, first_name, last_name.",
                "/hubspot/contact",
            ),
        ),
    )


def _create_contact(call: Call, input: Any) -> Any:
    text_of(input, "email")
    names = {"email": "email", "first_name": "firstname", "last_name": "lastname"}
    properties = {theirs: input[ours] for ours, theirs in names.items() if ours in input}
    return {"id": call("POST", "/crm/v3/objects/contacts", {"properties": properties})["id"]}


def _contacts(portal: Portal, *, stage: str = "") -> Source:
    """The model HubspotContact of a portal, of all contacts or of one stage of the life cycle."""
    rows = [row for row in range(portal.size) if not stage or portal.stage(row) == stage]

    def made() -> list[dict[str, Any]]:
        contacts = portal.all("contacts")
        return [_hubspot_contact(contacts[row]) for row in rows]

    return list_source(made, len(rows), "email")


def _hubspot_contact(one: Mapping[str, Any]) -> dict[str, Any]:
    own = one["properties"]
    return {
        "id": one["id"],
        "email": own["email"],
        "first_name": own["firstname"],
        "last_name": own["lastname"],
        "lifecycle_stage": own["lifecyclestage"],
        "annual_revenue": None if own["annualrevenue"] is None else float(own["annualrevenue"]),
        "address": {"city": own["city"], "country": own["country"]},
        "created_at": one["createdAt"],
        "updated_at": one["updatedAt"],
    }
