"""Salesforce: three orgs with contacts and accounts, which :mod:`.api` answers for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from nangonb.sandbox import (
    MOST_RECORDS,
    Call,
    Connection,
    DemoAction,
    DemoSync,
    Integration,
    Provider,
    Source,
    oauth2,
)  # fmt: skip
from nangonb.sandbox.providers import _people as people
from nangonb.sandbox.providers.salesforce.api import Org, Salesforce
from nangonb.sandbox.providers.salesforce.sobjects import Table

_ORGS = (
    # connection, host, token, contacts at most, number
    ("conn-1", "nangonb-demo.my.salesforce.com", "00Dm0FAKE1!sandbox.demo.access.token.1", None, 0),
    ("conn-2", "second-demo.my.salesforce.com", "00Dm0FAKE2!sandbox.demo.access.token.2", 318, 11),
    (
        "conn-dev", "nangonb-demo--dev.sandbox.my.salesforce.com", "00Dm0FAKE3!sandbox.demo.access.token.3",
        57, 42,
    ),
)  # fmt: skip
_CONTACT = {
    "first_name": "text?", "last_name": "text", "email": "text?", "account_id": "text?",
    "last_modified_date": "text",
}  # fmt: skip
_ACCOUNT = {"name": "text", "industry": "text?", "website": "text?", "employees": "number?"}


def provider(rows: int) -> Provider:
    """``rows``: so many contacts ``conn-1`` has."""
    orgs = {
        connection: Org(host, token, rows if most is None else min(rows, most), number)
        for connection, host, token, most, number in _ORGS
    }
    api = Salesforce(tuple(orgs.values()))
    tables = {connection: api.tables(org.host) for connection, org in orgs.items()}

    def connection(id: str, key: str, made: str, user: Mapping[str, Any], metadata: Any = None) -> Connection:
        return Connection(
            id,
            key,
            oauth2(orgs[id].token, refresh=True),
            metadata,
            {"instance_url": f"https://{orgs[id].host}"},
            user,
            created_at=made,
        )

    mapping_1 = {"fieldMapping": {"first_name": "FirstName", "city": "MailingCity"}}
    mapping_2 = {"fieldMapping": {"job": "Title", "source": "LeadSource"}, "region": "EMEA"}
    return Provider(
        "salesforce",
        api,
        connections=(
            connection("conn-1", "salesforce", "2026-06-30T09:12:00.000Z", people.ADA, mapping_1),
            connection("conn-2", "salesforce", "2026-06-29T14:05:00.000Z", people.ZOE, mapping_2),
            connection("conn-dev", "salesforce-sandbox", "2026-06-12T11:40:00.000Z", people.ADA),
        ),
        integrations=(
            Integration("salesforce", created_at="2026-01-05T09:00:00.000Z"),
            Integration(
                "salesforce-sandbox",
                display_name="Salesforce (sandbox org)",
                created_at="2026-01-06T10:30:00.000Z",
            ),
        ),
        syncs=(
            DemoSync(
                "salesforce-contacts",
                "Contact",
                {id: _contacts(table["Contact"]) for id, table in tables.items()},
                "every day",
                "Syncs contacts based on a field mapping object.",
                "/crm/contact",
                _CONTACT,
                incremental=True,
            ),
            DemoSync(
                "salesforce-accounts",
                "Account",
                {id: _accounts(tables[id]["Account"]) for id in ("conn-1", "conn-2")},
                "every 6 hours",
                "Syncs accounts.",
                "/crm/account",
                _ACCOUNT,
            ),
        ),
        actions=(
            DemoAction(
                "salesforce-contact-fields",
                _contact_fields,
                output="ContactSchema",
                description="Fetch available contact fields",
                endpoint="/crm/contact-field",
                json_schema={
                    "definitions": {
                        "ContactSchema": {
                            "type": "object",
                            "properties": {"fields": {"type": "array", "items": {"type": "object"}}},
                        }
                    }
                },
            ),
        ),
        scopes=("offline_access", "api"),
    )


def _contact_fields(call: Call, input: Any) -> Any:
    described = call("GET", "/services/data/v51.0/sobjects/Contact/describe")
    names = {"name": "name", "label": "label", "type": "type", "relationship_name": "relationshipName"}
    return {
        "fields": [{ours: field[theirs] for ours, theirs in names.items()} for field in described["fields"]]
    }


def _contacts(table: Table) -> Source:
    """The model Contact of the quickstart, of a Salesforce org."""
    names = {
        "first_name": "FirstName",
        "last_name": "LastName",
        "email": "Email",
        "account_id": "AccountId",
        "last_modified_date": "LastModifiedDate",
    }
    return Source(min(table.size, MOST_RECORDS), _columns(table, names), _edit_contact)


def _accounts(table: Table) -> Source:
    """The model Account of a Salesforce org."""
    names = {"name": "Name", "industry": "Industry", "website": "Website", "employees": "NumberOfEmployees"}
    return Source(min(table.size, MOST_RECORDS), _columns(table, names), _edit_account)


def _columns(table: Table, names: Mapping[str, str]) -> Callable[[range], list[tuple[str, bytes]]]:
    fields = [table.fields[name] for name in names.values()]
    template = '{"id":"%s",' + ",".join(f'"{name}":%s' for name in names) + "}"

    def make(rows: range) -> list[tuple[str, bytes]]:
        if not rows:
            return []
        ids = table.ids(rows)
        columns = [ids, *(table.column(field, rows) for field in fields)]
        texts = map(template.__mod__, zip(*columns, strict=True))
        return [(record_id, text.encode()) for record_id, text in zip(ids, texts, strict=True)]

    return make


def _edit_contact(record: dict[str, Any], edition: int) -> None:
    name = f"edition-{edition}"
    record["email"] = f"{name}@new.example" if record["email"] is None else f"{name}.{record['email']}"


def _edit_account(record: dict[str, Any], edition: int) -> None:
    record["employees"] = (record["employees"] or 0) + edition + 1
