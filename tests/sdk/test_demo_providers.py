"""Scripts on the HubSpot-like and the Pipedrive-like provider, with their own pagination."""

from __future__ import annotations

from tests.world import World

YAML = """%%nango_yaml
integrations:
  hubspot:
    syncs:
      contacts:
        runs: every day
        output: Contact
        endpoint: GET /contacts
    actions:
      customers:
        endpoint: POST /customers
  pipedrive:
    syncs:
      deals:
        runs: every day
        output: Deal
        endpoint: GET /deals
models:
  Contact:
    id: string
    email: string | null
    company_ids: string[]
  Deal:
    id: string
    number: number
    value: number
    currency: string
"""


def test_cursor_pages_of_nested_properties(demo: World) -> None:
    demo.cell(YAML)
    demo.cell(
        """%%nango_sync contacts
def fetch_data(nango):
    params = {"properties": "email", "associations": "companies"}
    for page in nango.paginate("/crm/v3/objects/contacts", params=params, paginate={"limit": 100}):
        nango.batch_save([to_contact(contact) for contact in page], "Contact")

def to_contact(contact):
    links = contact.get("associations", {}).get("companies", {}).get("results", [])
    email = contact["properties"]["email"]
    return {"id": contact["id"], "email": email, "company_ids": [link["id"] for link in links]}
"""
    )
    result = demo.session.dryrun("contacts", "hub-1")
    assert (result.counts.added, result.trace.request_count) == (1_250, 13)
    assert 0 < result.df["email"].isna().sum() < 100
    assert result.df["company_ids"].map(len).max() == 1


def test_a_search_by_post_has_its_cursor_in_the_body(demo: World) -> None:
    demo.cell(YAML)
    demo.cell(
        """%%nango_action customers
def run_action(nango):
    search = {"filterGroups": [{"filters": [
        {"propertyName": "lifecyclestage", "operator": "EQ", "value": "customer"}]}]}
    where = "/crm/v3/objects/contacts/search"
    pages = nango.paginate(where, method="POST", data=search, paginate={"limit": 100})
    return [len(page) for page in pages]
"""
    )
    assert demo.session.dryrun("customers", "hub-1").output == [100, 100, 50]


def test_offset_pages_of_numbers_beyond_a_double(demo: World) -> None:
    demo.cell(YAML)
    demo.cell(
        """%%nango_sync deals
def fetch_data(nango):
    for page in nango.paginate("/v1/deals", paginate={"limit": 400}):
        nango.batch_save([to_deal(deal) for deal in page], "Deal")

def to_deal(deal):
    return {"id": str(deal["id"]), "number": deal["id"], "value": deal["value"], "currency": deal["currency"]}
"""
    )
    result = demo.session.dryrun("deals", "pipe-1")
    assert result.counts.added == 1_200
    assert result.df["number"].astype(str).tolist() == result.df["id"].tolist()
    assert str(2**53 + 1) in result.df["id"].tolist()
    # the last page is full, so one more is asked for: it has null for data
    assert [entry.status for entry in result.trace.requests if entry.page] == [200] * 4
