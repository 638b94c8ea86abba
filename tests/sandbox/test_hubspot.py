"""The HubSpot-like provider: nested properties, pages by cursor, search by POST, limits of the rate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.sandbox.process import Sandbox

CONTACTS = "/crm/v3/objects/contacts"


def hub(sandbox: Sandbox, path: str, *, connection: str = "hub-1", **more: Any) -> httpx.Response:
    return sandbox.proxy(path, connection, "hubspot", **more)


def search(sandbox: Sandbox, **body: Any) -> Any:
    return hub(sandbox, f"{CONTACTS}/search", method="POST", json=body).json()


@pytest.mark.parametrize(("connection", "size"), [("hub-1", 1_250), ("hub-2", 520)])
def test_cursors_lead_through_all_contacts(sandbox: Sandbox, connection: str, size: int) -> None:
    found: list[str] = []
    after: dict[str, str] = {}
    while True:
        page = hub(sandbox, CONTACTS, connection=connection, params={"limit": 100, **after}).json()
        found += [contact["id"] for contact in page["results"]]
        if "paging" not in page:
            break
        assert page["paging"]["next"]["link"].startswith("https://api.hubapi.com/crm/v3/objects/contacts?")
        after = {"after": page["paging"]["next"]["after"]}
    assert len(set(found)) == len(found) == size


def test_properties_are_those_that_were_asked_for(sandbox: Sandbox) -> None:
    plain = hub(sandbox, CONTACTS).json()["results"]
    assert len(plain) == 10
    assert set(plain[0]["properties"]) == {
        "createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"
    }  # fmt: skip
    params = {"properties": "jobtitle,annualrevenue,nope", "associations": "companies", "limit": 3}
    contacts = hub(sandbox, CONTACTS, params=params).json()["results"]
    assert set(contacts[1]["properties"]) == {
        "annualrevenue", "createdate", "hs_object_id", "jobtitle", "lastmodifieddate"
    }  # fmt: skip
    values = [value for contact in contacts for value in contact["properties"].values()]
    assert all(value is None or isinstance(value, str) for value in values)
    (link,) = contacts[1]["associations"]["companies"]["results"]
    assert hub(sandbox, f"/crm/v3/objects/companies/{link['id']}").json()["id"] == link["id"]
    linked = hub(sandbox, f"/crm/v4/objects/contacts/{contacts[1]['id']}/associations/companies").json()
    assert [one["toObjectId"] for one in linked["results"]] == [int(link["id"])]


def test_search_by_groups_of_filters(sandbox: Sandbox) -> None:
    stage = {"propertyName": "lifecyclestage", "operator": "EQ", "value": "customer"}
    opted = {"propertyName": "hs_email_optout", "operator": "HAS_PROPERTY"}
    late = {"propertyName": "createdate", "operator": "GTE", "value": "2026-01-20T00:00:00Z"}
    customers = search(sandbox, filterGroups=[{"filters": [stage]}], limit=200, properties=["lifecyclestage"])
    assert customers["total"] == 250
    assert customers["paging"]["next"]["after"] == "200"
    rest = search(sandbox, filterGroups=[{"filters": [stage]}], limit=200, after="200")
    assert len(rest["results"]) == 50
    assert "paging" not in rest
    opted_out = search(sandbox, filterGroups=[{"filters": [opted]}])["total"]
    both = search(sandbox, filterGroups=[{"filters": [stage, opted]}])["total"]
    either = search(sandbox, filterGroups=[{"filters": [stage]}, {"filters": [opted]}])["total"]
    assert either == 250 + opted_out - both
    assert 0 < search(sandbox, filterGroups=[{"filters": [stage, late]}])["total"] < 250
    order = [{"propertyName": "createdate", "direction": "DESCENDING"}]
    dates = [one["properties"]["createdate"] for one in search(sandbox, sorts=order, limit=50)["results"]]
    assert dates == sorted(dates, reverse=True)
    for operator, more in (("IN", {"values": ["lead", "customer"]}), ("CONTAINS_TOKEN", {"value": "cust*"})):
        filters = [{"propertyName": "lifecyclestage", "operator": operator, **more}]
        stages = search(sandbox, filterGroups=[{"filters": filters}], properties=["lifecyclestage"])[
            "results"
        ]
        assert {one["properties"]["lifecyclestage"] for one in stages} <= {"lead", "customer"}
        assert stages
    assert search(sandbox, query="no-such-word")["total"] == 0


@pytest.mark.parametrize(
    "body",
    [
        {"filterGroups": [{"filters": [{"propertyName": "nope", "operator": "EQ", "value": "1"}]}]},
        {"filterGroups": [{"filters": [{"propertyName": "email", "operator": "LIKE", "value": "1"}]}]},
        {"filterGroups": [{"filters": []}]},
        {"filterGroups": "all"},
        {"limit": 201},
        {"after": "10000"},
        {"properties": "email"},
        {"sorts": ["nope"]},
    ],
)
def test_searches_that_are_refused(sandbox: Sandbox, body: dict[str, Any]) -> None:
    answer = hub(sandbox, f"{CONTACTS}/search", method="POST", json=body)
    error = answer.json()
    assert (answer.status_code, error["status"], error["category"]) == (400, "error", "VALIDATION_ERROR")
    assert error["correlationId"]


def test_errors(sandbox: Sandbox) -> None:
    for path, status in (
        (f"{CONTACTS}/1", 404),
        ("/crm/v3/objects/tickets", 404),
        (f"{CONTACTS}?limit=101", 400),
    ):
        answer = hub(sandbox, path)
        assert (answer.status_code, answer.json()["status"]) == (status, "error")
    other = {"base-url-override": "https://api.hubapi.com"}
    answer = sandbox.proxy(CONTACTS, "gh-1", "github", headers=other)
    assert (answer.status_code, answer.json()["category"]) == (401, "INVALID_AUTHENTICATION")
    answer = hub(sandbox, f"{CONTACTS}/search", method="POST", content=b"{")
    assert answer.status_code == 400
    wrong = hub(sandbox, CONTACTS, method="POST", json={"properties": {"shoe_size": "44"}}).json()
    assert wrong["errors"][0]["code"] == "PROPERTY_DOESNT_EXIST"


def test_a_contact_is_made_changed_and_archived(new_sandbox: Callable[..., Sandbox]) -> None:
    sandbox = new_sandbox()
    given = {"properties": {"email": "x@y.example", "firstname": "X"}}
    made = hub(sandbox, CONTACTS, method="POST", json=given)
    assert made.status_code == 201
    path = f"{CONTACTS}/{made.json()['id']}"
    again = hub(sandbox, CONTACTS, method="POST", json=given)
    assert (again.status_code, again.json()["category"]) == (409, "CONFLICT")
    changed = hub(sandbox, path, method="PATCH", json={"properties": {"firstname": "Y"}}).json()
    assert changed["properties"]["firstname"] == "Y"
    since = {"propertyName": "lastmodifieddate", "operator": "GTE", "value": changed["updatedAt"]}
    assert [one["id"] for one in search(sandbox, filterGroups=[{"filters": [since]}])["results"]] == [
        changed["id"]
    ]
    read = {"inputs": [{"id": changed["id"]}, {"id": "1"}], "properties": ["email"]}
    batch = hub(sandbox, f"{CONTACTS}/batch/read", method="POST", json=read)
    assert (batch.status_code, len(batch.json()["results"]), batch.json()["numErrors"]) == (207, 1, 1)
    assert hub(sandbox, path, method="DELETE").status_code == 204
    assert hub(sandbox, path).status_code == 404
    archived = hub(sandbox, CONTACTS, params={"archived": "true"}).json()["results"]
    assert [one["id"] for one in archived] == [changed["id"]]


def test_every_fifth_request_of_a_busy_portal_is_refused(new_sandbox: Callable[..., Sandbox]) -> None:
    sandbox = new_sandbox()
    answers = [hub(sandbox, CONTACTS, connection="hub-busy") for _ in range(10)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429] * 2
    assert answers[4].json()["errorType"] == "RATE_LIMIT"
    assert answers[4].headers["x-hubspot-ratelimit-remaining"] == "0"
    retried = [hub(sandbox, CONTACTS, connection="hub-busy", headers={"retries": "1"}) for _ in range(10)]
    assert {answer.status_code for answer in retried} == {200}


def test_other_paths(sandbox: Sandbox) -> None:
    assert hub(sandbox, "/account-info/v3/details").json()["portalId"] == 139_000_001
    assert len(hub(sandbox, "/crm/v3/owners").json()["results"]) == 4
    names = [one["name"] for one in hub(sandbox, "/crm/v3/properties/deals").json()["results"]]
    assert {"amount", "closedate", "dealname"} <= set(names)
    template = sandbox.client.get("/providers/hubspot").json()["data"]["proxy"]["paginate"]
    assert template["cursor_path_in_response"] == "paging.next.after"
