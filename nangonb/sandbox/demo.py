"""The demo: which integrations and connections a fresh sandbox holds, and the providers behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from nangonb.sandbox.demo_actions import demo_actions
from nangonb.sandbox.demo_scripts import deploy_syncs
from nangonb.sandbox.providers.github import GitHub
from nangonb.sandbox.providers.hubspot import Account, HubSpot
from nangonb.sandbox.providers.pipedrive import Company, Pipedrive
from nangonb.sandbox.providers.salesforce import Org, Salesforce
from nangonb.sandbox.providers.unreliable import Unreliable
from nangonb.sandbox.providers.wire import Upstream
from nangonb.sandbox.state import Connection, Integration, State
from nangonb.sandbox.syncs import Syncs

__all__ = ["DEFAULT_ROWS", "MAX_ROWS", "Demo", "demo"]

DEFAULT_ROWS = 2_413
"""Contacts of the first Salesforce connection."""

MAX_ROWS = 1_000_000


@dataclass(frozen=True)
class Demo:
    """A state, the demo provider that answers for each host, and what is deployed."""

    state: State
    upstreams: Mapping[str, Upstream]
    syncs: Syncs


def demo(rows: int = DEFAULT_ROWS) -> Demo:
    """A fresh demo with ``rows`` contacts behind ``conn-1``."""
    orgs = (
        Org("nangonb-demo.my.salesforce.com", "00Dm0FAKE1!sandbox.demo.access.token.1", rows, 0),
        Org("second-demo.my.salesforce.com", "00Dm0FAKE2!sandbox.demo.access.token.2", min(rows, 318), 11),
        Org(
            "nangonb-demo--dev.sandbox.my.salesforce.com",
            "00Dm0FAKE3!sandbox.demo.access.token.3",
            min(rows, 57),
            42,
        ),
    )
    salesforce = Salesforce(orgs)
    github, unreliable = GitHub(), Unreliable()
    accounts = (
        Account("CFAKE1hubspot-demo-access-token-1", 139_000_001, 1_250),
        Account("CFAKE2hubspot-demo-access-token-2", 139_000_002, 520),
        Account("CFAKE3hubspot-demo-access-token-3", 139_000_003, 500, busy=True),
    )
    hubspot = HubSpot(accounts)
    companies = (
        Company("nangonb-demo.pipedrive.com", "v1u:FAKE1-pipedrive-access-token", 1_200, 0),
        Company("second-demo.pipedrive.com", "v1u:FAKE2-pipedrive-access-token", 640, 500),
    )
    pipedrive = Pipedrive(companies)
    integrations = (
        _integration("salesforce", "salesforce", "Salesforce", "2026-01-05T09:00:00.000Z"),
        _integration(
            "salesforce-sandbox", "salesforce", "Salesforce (sandbox org)", "2026-01-06T10:30:00.000Z"
        ),
        _integration("github", "github", "GitHub", "2026-01-07T08:15:00.000Z"),
        _integration("hubspot", "hubspot", "HubSpot", "2026-01-07T09:45:00.000Z"),
        _integration("pipedrive", "pipedrive", "Pipedrive", "2026-01-07T12:05:00.000Z"),
        _integration("unreliable", "unreliable", "Unreliable", "2026-01-08T16:45:00.000Z"),
    )
    # Nango lists the newest first, and these stand in the order in which it lists them.
    connections = (
        _connection(
            12, "conn-1", "salesforce", "2026-06-30T09:12:00.000Z",
            _oauth2(orgs[0].token, refresh=True),
            config={"instance_url": f"https://{orgs[0].host}"},
            metadata={"fieldMapping": {"first_name": "FirstName", "city": "MailingCity"}},
            user=("user-1", "ada@acme.example", "Ada Lovelace", "acme", "Acme Corp"),
        ),
        _connection(
            11, "conn-2", "salesforce", "2026-06-29T14:05:00.000Z",
            _oauth2(orgs[1].token, refresh=True),
            config={"instance_url": f"https://{orgs[1].host}"},
            metadata={"fieldMapping": {"job": "Title", "source": "LeadSource"}, "region": "EMEA"},
            user=("user-2", "zoe@globex.example", "Zoë Müller", "globex", "Globex GmbH"),
        ),
        _connection(
            10, "conn-dev", "salesforce-sandbox", "2026-06-12T11:40:00.000Z",
            _oauth2(orgs[2].token, refresh=True),
            config={"instance_url": f"https://{orgs[2].host}"},
            user=("user-1", "ada@acme.example", "Ada Lovelace", "acme", "Acme Corp"),
        ),
        _connection(
            9, "gh-1", "github", "2026-05-20T07:30:00.000Z", _oauth2(GitHub.TOKENS[0]),
            metadata={"owner": "nangonb-demo", "repo": "quickstart"},
            user=("user-1", "ada@acme.example", "Ada Lovelace", "acme", "Acme Corp"),
        ),
        _connection(
            8, "gh-2", "github", "2026-05-02T18:55:00.000Z", _oauth2(GitHub.TOKENS[1]),
            user=("user-3", "jose@initech.example", "José García", "initech", "Initech S.A."),
        ),
        _connection(
            7, "hub-1", "hubspot", "2026-04-28T10:10:00.000Z", _oauth2(accounts[0].token, refresh=True),
            metadata={"properties": ["email", "firstname", "lastname", "lifecyclestage"]},
            user=("user-4", "aoife@vandelay.example", "Aoife Ó Briain", "vandelay", "Vandelay Ltd"),
        ),
        _connection(
            6, "hub-2", "hubspot", "2026-04-27T15:00:00.000Z", _oauth2(accounts[1].token, refresh=True),
            user=("user-5", "ravi@hooper.example", "Ravi Sharma", "hooper", "Hooper B.V."),
        ),
        _connection(
            5, "hub-busy", "hubspot", "2026-04-26T11:25:00.000Z", _oauth2(accounts[2].token, refresh=True),
            user=("user-5", "ravi@hooper.example", "Ravi Sharma", "hooper", "Hooper B.V."),
        ),
        _connection(
            4, "pipe-1", "pipedrive", "2026-04-21T08:40:00.000Z", _oauth2(companies[0].token, refresh=True),
            config={"api_domain": f"https://{companies[0].host}"},
            user=("user-4", "aoife@vandelay.example", "Aoife Ó Briain", "vandelay", "Vandelay Ltd"),
        ),
        _connection(
            3, "pipe-2", "pipedrive", "2026-04-20T17:15:00.000Z", _oauth2(companies[1].token, refresh=True),
            config={"api_domain": f"https://{companies[1].host}"},
            user=("user-5", "ravi@hooper.example", "Ravi Sharma", "hooper", "Hooper B.V."),
        ),
        _connection(
            2, "flaky-1", "unreliable", "2026-04-11T13:20:00.000Z", _oauth2(Unreliable.TOKEN, refresh=True),
            user=("user-2", "zoe@globex.example", "Zoë Müller", "globex", "Globex GmbH"),
        ),
        _connection(
            1, "expired-1", "unreliable", "2026-03-03T03:03:00.000Z",
            _oauth2("unreliable-FAKE-expired-access-token", refresh=True, expires="2026-03-04T03:03:00.000Z"),
            user=("user-3", "jose@initech.example", "José García", "initech", "Initech S.A."),
            errors=({"type": "auth", "log_id": "demoLogOfTheFailedRefresh"},),
        ),
    )  # fmt: skip
    variables = {"DEMO_REGION": "eu-central", "DEMO_API_KEY": "fake-demo-value"}
    upstreams: dict[str, Upstream] = dict.fromkeys(salesforce.hosts, salesforce)
    upstreams |= dict.fromkeys(pipedrive.hosts, pipedrive)
    upstreams |= {GitHub.HOST: github, HubSpot.HOST: hubspot, Unreliable.HOST: unreliable}
    state = State(integrations, connections, variables)
    syncs = Syncs(state)
    deploy_syncs(
        syncs,
        state,
        orgs={
            one: salesforce.tables(org.host)
            for one, org in zip(("conn-1", "conn-2", "conn-dev"), orgs, strict=True)
        },
        issues={"gh-1": github.issues("quickstart"), "gh-2": github.issues("connectors")},
        portals={
            one: hubspot.portal(account.token)
            for one, account in zip(("hub-1", "hub-2", "hub-busy"), accounts, strict=True)
        },
        deals={
            one: (company.deals, partial(pipedrive.deals, company.host))
            for one, company in zip(("pipe-1", "pipe-2"), companies, strict=True)
        },
    )
    for action in demo_actions(state, upstreams):
        syncs.deploy(replace(action, origin=f"{action.integration}/{action.name}"))
    return Demo(state, upstreams, syncs)


def _integration(key: str, provider: str, name: str, made: str) -> Integration:
    credentials = {
        "type": "OAUTH2",
        "client_id": f"fake-client-id-of-{key}",
        "client_secret": f"fake-client-secret-of-{key}",
        "scopes": "offline_access,api" if provider == "salesforce" else None,
        "webhook_secret": None,
    }
    return Integration(key, provider, name, made, made, credentials=credentials)


def _oauth2(
    token: str, *, refresh: bool = False, expires: str = "2030-01-01T00:00:00.000Z"
) -> dict[str, Any]:
    raw: dict[str, Any] = {"access_token": token, "token_type": "Bearer"}
    found: dict[str, Any] = {"type": "OAUTH2", "access_token": token}
    if refresh:
        raw["refresh_token"] = found["refresh_token"] = f"fake-refresh-of-{token[:10]}"
        found["expires_at"] = expires
    return {**found, "raw": raw}


def _connection(
    number: int,
    connection_id: str,
    key: str,
    made: str,
    credentials: Mapping[str, Any],
    *,
    user: tuple[str, str, str, str, str],
    config: Mapping[str, Any] | None = None,
    metadata: Mapping[str, Any] | None = None,
    errors: tuple[Mapping[str, str], ...] = (),
) -> Connection:
    user_id, email, name, organization, organization_name = user
    return Connection(
        number,
        connection_id,
        key,
        made,
        made,
        credentials,
        config or {},
        metadata,
        tags={
            "end_user_id": user_id,
            "end_user_email": email,
            "end_user_display_name": name,
            "organization_id": organization,
        },
        end_user={
            "id": user_id,
            "email": email,
            "display_name": name,
            "tags": {},
            "organization": {"id": organization, "display_name": organization_name},
        },
        errors=errors,
    )
