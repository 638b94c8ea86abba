"""Providers that an integration may name: auth mode, base URL, pagination and retry, as Nango knows them.

A table of facts about forty of the thousand providers in Nango 0.71, and the demo's own ``unreliable``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nangonb.sandbox.catalogue_auth import SIGNING_IN, docs_of

__all__ = ["PROVIDERS", "Provider"]


@dataclass(frozen=True)
class Provider:
    """What the proxy and ``paginate`` need to know of a provider."""

    name: str
    display_name: str
    auth_mode: str
    base_url: str
    paginate: Mapping[str, Any] | None = None
    retry: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def public(self, base: str) -> dict[str, Any]:
        """The body of ``GET /providers/{provider}``; ``base`` is the address of the sandbox."""
        proxy: dict[str, Any] = {"base_url": self.base_url}
        for name, value in (("headers", self.headers), ("paginate", self.paginate), ("retry", self.retry)):
            if value:
                proxy[name] = dict(value)
        return {
            "name": self.name,
            "display_name": self.display_name,
            "auth_mode": self.auth_mode,
            **SIGNING_IN[self.name],
            "docs": docs_of(self.name),
            "logo_url": f"{base}/images/template-logos/{self.name}.svg",
            "proxy": proxy,
        }


def _link(limit: str = "", *, header: str = "", body: str = "", path: str = "") -> dict[str, Any]:
    names = {
        "type": "link",
        "limit_name_in_request": limit,
        "link_rel_in_response_header": header,
        "link_path_in_response_body": body,
        "response_path": path,
    }
    return {name: value for name, value in names.items() if value}


def _cursor(read: str, send: str, limit: str, *, path: str = "") -> dict[str, Any]:
    found = {
        "type": "cursor",
        "cursor_path_in_response": read,
        "cursor_name_in_request": send,
        "limit_name_in_request": limit,
    }
    return {**found, "response_path": path} if path else found


def _offset(send: str, limit: str, *, path: str) -> dict[str, Any]:
    return {
        "type": "offset",
        "offset_name_in_request": send,
        "limit_name_in_request": limit,
        "response_path": path,
    }


_AFTER: Mapping[str, Any] = {"after": ["retry-after"]}
_CODES: Sequence[str] = ("403", "5xx", "401", "429")
_GITHUB = {"at": ["x-ratelimit-reset"], "remaining": "x-ratelimit-remaining", "error_code": list(_CODES)}
_GOOGLE = {
    "in_body": {
        "path": "error.message",
        "value": r"User-rate limit exceeded\. +Retry after (.+)",
        "strategy": "at",
    }
}
_GOOGLE_PAGES = _cursor("nextPageToken", "pageToken", "maxSize", path="items")
_ATLASSIAN = _link("limit", header="next", body="_links.next", path="results")
_GRAPH = "https://graph.microsoft.com"
_ZOHO = "https://www.zohoapis.${connectionConfig.extension} || ${connectionConfig.api_domain}"
_BAMBOO = "https://api.bamboohr.com/api/gateway.php/${connectionConfig.subdomain}"
_NETSUITE = "https://${connectionConfig.accountId}.suitetalk.api.netsuite.com/services/rest/record/v1"
_INTERCOM = "https://api.${connectionConfig.region}.intercom.io || https://api.intercom.io"
_WORKDAY = "https://${connectionConfig.hostname}/ccx/service/${connectionConfig.tenant}"
_OAUTH = "OAUTH2"

_ALL = (
    Provider("airtable", "Airtable", _OAUTH, "https://api.airtable.com"),
    Provider(
        "asana",
        "Asana",
        _OAUTH,
        "https://app.asana.com",
        _cursor("next_page.offset", "offset", "limit", path="data"),
        _AFTER,
    ),
    Provider("bamboohr-basic", "BambooHR (Basic Auth)", "BASIC", _BAMBOO),
    Provider(
        "calendly",
        "Calendly",
        _OAUTH,
        "https://api.calendly.com",
        _link(body="pagination.next_page"),
        {"at": ["x-ratelimit-reset"]},
    ),
    Provider("confluence", "Confluence", _OAUTH, "https://api.atlassian.com", _ATLASSIAN),
    Provider("docusign", "DocuSign", _OAUTH, "https://www.docusign.net"),
    Provider("dropbox", "Dropbox", _OAUTH, "https://api.dropboxapi.com"),
    Provider(
        "github",
        "GitHub (User OAuth)",
        _OAUTH,
        "https://api.github.com",
        _link("per_page", header="next"),
        _GITHUB,
    ),
    Provider(
        "github-app",
        "GitHub (App)",
        "APP",
        "https://api.github.com",
        _link("per_page", header="next"),
        _GITHUB,
    ),
    Provider("gong", "Gong (Basic Auth)", "BASIC", "https://api.gong.io", None, _AFTER),
    Provider("google", "Google", _OAUTH, "https://www.googleapis.com", _GOOGLE_PAGES, _GOOGLE),
    Provider(
        "google-calendar",
        "Google Calendar",
        _OAUTH,
        "https://www.googleapis.com",
        _GOOGLE_PAGES,
        {"error_code": list(_CODES)},
    ),
    Provider("google-drive", "Google Drive", _OAUTH, "https://www.googleapis.com", _GOOGLE_PAGES, _GOOGLE),
    Provider("google-mail", "Gmail", _OAUTH, "https://gmail.googleapis.com"),
    Provider("google-sheet", "Google Sheet", _OAUTH, "https://sheets.googleapis.com"),
    Provider(
        "greenhouse-basic",
        "Greenhouse (Basic Auth)",
        "BASIC",
        "https://${connectionConfig.resource}.greenhouse.io",
        _link("per_page", header="next"),
        _AFTER,
    ),
    Provider("gusto", "Gusto", _OAUTH, "https://api.gusto.com"),
    Provider(
        "hubspot",
        "HubSpot",
        _OAUTH,
        "https://api.hubapi.com",
        _cursor("paging.next.after", "after", "limit", path="results"),
        {"remaining": "x-hubspot-ratelimit-remaining"},
    ),
    Provider("intercom", "Intercom", _OAUTH, _INTERCOM, None, {"at": ["x-ratelimit-reset"]}),
    Provider("jira", "Jira", _OAUTH, "https://api.atlassian.com", _ATLASSIAN),
    Provider("lever", "Lever", _OAUTH, "https://api.lever.co"),
    Provider(
        "linear",
        "Linear",
        _OAUTH,
        "https://api.linear.app",
        None,
        {
            "at": ["x-ratelimit-requests-reset"],
            "remaining": "x-ratelimit-requests-remaining",
            "error_code": ["400", "5xx", "401", "429"],
        },
    ),
    Provider("microsoft-teams", "Microsoft Teams", _OAUTH, _GRAPH, None, _AFTER),
    Provider("netsuite-tba", "NetSuite (TBA)", "TBA", _NETSUITE, None, _AFTER),
    Provider(
        "notion",
        "Notion",
        _OAUTH,
        "https://api.notion.com",
        _cursor("next_cursor", "start_cursor", "page_size", path="results"),
        _AFTER,
        {"notion-version": "2022-06-28"},
    ),
    Provider(
        "okta",
        "Okta",
        _OAUTH,
        "https://${connectionConfig.subdomain}.okta.com",
        _link("limit", header="next"),
        {"at": ["x-rate-limit-reset"]},
    ),
    Provider("one-drive", "OneDrive", _OAUTH, _GRAPH, None, _AFTER),
    Provider("outlook", "Outlook", _OAUTH, _GRAPH, None, _AFTER),
    Provider(
        "pipedrive",
        "Pipedrive",
        _OAUTH,
        "${connectionConfig.api_domain}/api",
        _offset("start", "limit", path="data"),
    ),
    Provider("quickbooks", "QuickBooks", _OAUTH, "https://quickbooks.api.intuit.com"),
    Provider("salesforce", "Salesforce", _OAUTH, "${connectionConfig.instance_url}"),
    Provider("sharepoint-online", "SharePoint Online", _OAUTH, _GRAPH, None, _AFTER),
    Provider(
        "shopify",
        "Shopify",
        _OAUTH,
        "https://${connectionConfig.subdomain}.myshopify.com",
        headers={"x-shopify-access-token": "${accessToken}"},
    ),
    Provider(
        "slack",
        "Slack",
        _OAUTH,
        "https://slack.com/api",
        _cursor("response_metadata.next_cursor", "cursor", "limit"),
        _AFTER,
    ),
    Provider("stripe-app", "Stripe App", _OAUTH, "https://api.stripe.com"),
    Provider("workday", "Workday", "BASIC", _WORKDAY),
    Provider("xero", "Xero", _OAUTH, "https://api.xero.com", None, _AFTER),
    Provider(
        "zendesk",
        "Zendesk",
        _OAUTH,
        "https://${connectionConfig.subdomain}.zendesk.com",
        _link("per_page", body="next_page"),
        _AFTER,
    ),
    Provider("zoho-crm", "Zoho CRM", _OAUTH, _ZOHO, _offset("page", "per_page", path="data")),
    Provider(
        "zoom",
        "Zoom",
        _OAUTH,
        "https://api.zoom.us/v2",
        _cursor("next_page_token", "next_page_token", "page_size"),
    ),
    # Not one of Nango's: the provider of the demo that misbehaves.
    Provider(
        "unreliable",
        "Unreliable (demo)",
        _OAUTH,
        "https://api.unreliable.example",
        _cursor("next_cursor", "cursor", "limit", path="items"),
        _AFTER,
    ),
)

PROVIDERS: Mapping[str, Provider] = {provider.name: provider for provider in _ALL}
"""Providers by name."""
