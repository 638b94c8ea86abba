"""How well-known providers paginate, for a replay of responses that say nothing about it.

Facts of Nango's own templates; a replay asks nobody. What we save names the provider's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def _cursor(response_path: str | None, cursor: str, name: str, limit: str) -> dict[str, Any]:
    found = {
        "type": "cursor",
        "cursor_path_in_response": cursor,
        "cursor_name_in_request": name,
        "limit_name_in_request": limit,
    }
    return {**found, **({"response_path": response_path} if response_path else {})}


def _link(*, header: str = "", body: str = "", response_path: str = "", limit: str = "") -> dict[str, Any]:
    found = {
        "link_rel_in_response_header": header,
        "link_path_in_response_body": body,
        "response_path": response_path,
        "limit_name_in_request": limit,
    }
    return {"type": "link", **{name: value for name, value in found.items() if value}}


def _offset(response_path: str, name: str, limit: str) -> dict[str, Any]:
    return {
        "type": "offset",
        "response_path": response_path,
        "offset_name_in_request": name,
        "limit_name_in_request": limit,
    }


_GOOGLE = _cursor("items", "nextPageToken", "pageToken", "maxSize")
_ATLASSIAN = _link(header="next", body="_links.next", response_path="results", limit="limit")
_BY_HEADER = _link(header="next", limit="per_page")

#: provider → ``proxy.paginate`` of its template.
PAGINATION: Mapping[str, Mapping[str, Any]] = {
    "asana": _cursor("data", "next_page.offset", "offset", "limit"),
    "calendly": _link(body="pagination.next_page"),
    "confluence": _ATLASSIAN,
    "github": _BY_HEADER,
    "github-app": _BY_HEADER,
    "google": _GOOGLE,
    "google-calendar": _GOOGLE,
    "google-drive": _GOOGLE,
    "greenhouse-basic": _BY_HEADER,
    "hubspot": _cursor("results", "paging.next.after", "after", "limit"),
    "jira": _ATLASSIAN,
    "notion": _cursor("results", "next_cursor", "start_cursor", "page_size"),
    "okta": _link(header="next", limit="limit"),
    "pipedrive": _offset("data", "start", "limit"),
    "slack": _cursor(None, "response_metadata.next_cursor", "cursor", "limit"),
    "zendesk": _link(body="next_page", limit="per_page"),
    "zoho-crm": _offset("data", "page", "per_page"),
    "zoom": _cursor(None, "next_page_token", "next_page_token", "page_size"),
}
