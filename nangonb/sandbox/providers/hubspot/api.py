"""A HubSpot-like provider: CRM objects with nested ``properties``, cursor pages, and a search by POST.

Paths: ``/crm/v3/objects/<contacts|companies|deals>`` (GET, POST), ``/<id>`` (GET, PATCH, DELETE), ``/search``
and ``/batch/read`` (POST), ``/crm/v4/objects/<type>/<id>/associations/<type>``,
``/crm/v3/properties/<type>``, ``/crm/v3/owners``, ``/account-info/v3/details``.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import urlencode

from nangonb.sandbox import ProviderRequest, ProviderResponse, json_response
from nangonb.sandbox.providers.hubspot.crm import DEFAULTS, PROPERTIES, TYPES, Portal, stamp
from nangonb.sandbox.providers.hubspot.search import SearchError, search

__all__ = ["Account", "HubSpot"]

_ALLOWED = 110  # requests in ten seconds
_REFUSED_EVERY = 5


@dataclass(frozen=True)
class Account:
    """One portal: the token that opens it, how many contacts it has. ``busy``: every fifth call is a 429."""

    token: str
    portal: int
    contacts: int
    busy: bool = False


class HubSpotFailure(Exception):
    """An error in HubSpot's words."""

    def __init__(self, status: int, message: str, category: str = "", **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body: dict[str, Any] = {"status": "error", "message": message, **more}
        if category:
            self.body["category"] = category


class HubSpot:
    """The provider at ``api.hubapi.com``; a request's token says which portal is meant."""

    HOST: ClassVar[str] = "api.hubapi.com"

    def __init__(self, accounts: Sequence[Account]) -> None:
        self._accounts = {account.token: account for account in accounts}
        self._portals = {a.token: Portal(a.portal, a.contacts) for a in accounts}
        self._calls = dict.fromkeys(self._accounts, 0)

    def portal(self, token: str) -> Portal:
        """The objects of the portal that this token opens."""
        return self._portals[token]

    def __call__(self, request: ProviderRequest) -> ProviderResponse:
        """Answer one request."""
        account = self._accounts.get(request.token)
        try:
            if account is None:
                raise HubSpotFailure(
                    401,
                    "Authentication credentials not found. This API supports OAuth 2.0 authentication.",
                    "INVALID_AUTHENTICATION",
                )
            self._calls[account.token] += 1
            calls = self._calls[account.token]
            # What is left never ends: only busy portals refuse.
            headers = _limits(_ALLOWED - 1 - calls % 100)
            if account.busy and calls % _REFUSED_EVERY == 0:
                headers = (*_limits(0), ("retry-after", "0.05"))
                raise HubSpotFailure(
                    429,
                    "You have reached your ten_secondly_rolling limit.",
                    "RATE_LIMITS",
                    errorType="RATE_LIMIT",
                    policyName="TEN_SECONDLY_ROLLING",
                )
            response = self._answer(request, self._portals[account.token], account)
        except HubSpotFailure as failure:
            known = {**failure.body, "correlationId": _correlation(request)}
            return json_response(known, failure.status, headers if account else ())
        except SearchError as error:
            body = {"status": "error", "message": str(error), "category": "VALIDATION_ERROR"}
            return json_response({**body, "correlationId": _correlation(request)}, 400, headers)
        return ProviderResponse(response.status, response.body, (*response.headers, *headers))

    def _answer(self, request: ProviderRequest, portal: Portal, account: Account) -> ProviderResponse:
        match [request.method, *(part for part in request.path.split("/") if part)]:
            case ["GET", "account-info", "v3", "details"]:
                return json_response(
                    {"portalId": account.portal, "accountType": "STANDARD", "timeZone": "Europe/Berlin",
                     "companyCurrency": "EUR", "utcOffset": "+01:00", "uiDomain": "app.hubspot.com"}
                )  # fmt: skip
            case ["GET", "crm", "v3", "owners"]:
                return json_response({"results": portal.owners()})
            case ["GET", "crm", "v3", "properties", kind] if kind in TYPES:
                return json_response({"results": [_described(name) for name in PROPERTIES[kind]]})
            case ["GET", "crm", "v3", "objects", kind] if kind in TYPES:
                return self._list(request, portal, kind)
            case ["POST", "crm", "v3", "objects", kind] if kind in TYPES:
                return json_response(self._create(request, portal, kind), 201)
            case ["POST", "crm", "v3", "objects", kind, "search"] if kind in TYPES:
                results, total, after = search(_body(request), portal.all(kind), kind)
                page: dict[str, Any] = {"total": total, "results": results}
                return json_response({**page, "paging": {"next": {"after": after}}} if after else page)
            case ["POST", "crm", "v3", "objects", kind, "batch", "read"] if kind in TYPES:
                return self._read(_body(request), portal, kind)
            case ["GET", "crm", "v4", "objects", kind, number, "associations", other] if (
                kind in TYPES and other in TYPES
            ):
                _find(portal, kind, number)
                return json_response(
                    {"results": [_linked(one) for one in portal.linked(kind, number, other)]}
                )
            case [method, "crm", "v3", "objects", kind, number] if kind in TYPES:
                record = _find(portal, kind, number)
                if method == "GET":
                    return json_response(_shown(record, request.params, kind, portal))
                if method == "PATCH":
                    _set(record, _properties(_body(request), kind))
                    return json_response(_shown(record, {}, kind, portal))
                if method == "DELETE":
                    portal.archive(kind, number)
                    return ProviderResponse(204)
                raise HubSpotFailure(405, "Method Not Allowed")
        raise HubSpotFailure(404, "resource not found")

    def _list(self, request: ProviderRequest, portal: Portal, kind: str) -> ProviderResponse:
        params = request.params
        limit = _whole(params.get("limit"), 10, "limit")
        if not 1 <= limit <= 100:
            raise HubSpotFailure(400, "limit must be between 1 and 100, inclusive", "VALIDATION_ERROR")
        objects = portal.all(kind, archived=params.get("archived") == "true")
        after = _whole(params.get("after"), 0, "after")
        rest = [one for one in objects if int(one["id"]) > after] if after else objects
        page = [_shown(one, params, kind, portal) for one in rest[:limit]]
        if len(rest) <= limit:
            return json_response({"results": page})
        last = page[-1]["id"]
        others = {name: value for name, value in params.items() if name != "after"}
        link = f"https://{self.HOST}{request.path}?{urlencode({**others, 'after': last})}"
        return json_response({"results": page, "paging": {"next": {"after": last, "link": link}}})

    def _create(self, request: ProviderRequest, portal: Portal, kind: str) -> dict[str, Any]:
        values = _properties(_body(request), kind)
        email = str(values.get("email") or "").lower()
        if kind == "contacts" and email:
            for one in portal.all(kind):
                if str(one["properties"].get("email")).lower() == email:
                    raise HubSpotFailure(409, f"Contact already exists. Existing ID: {one['id']}", "CONFLICT")
        return _shown(portal.create(kind, values), {}, kind, portal)

    def _read(self, body: Mapping[str, Any], portal: Portal, kind: str) -> ProviderResponse:
        inputs = body.get("inputs")
        if not isinstance(inputs, list) or not all(isinstance(one, dict) and "id" in one for one in inputs):
            raise HubSpotFailure(400, "Invalid input JSON: inputs must be a list of ids", "VALIDATION_ERROR")
        names = {"properties": ",".join(map(str, body.get("properties") or ()))}
        records = [portal.find(kind, str(one["id"])) for one in inputs]
        results = [_shown(one, names, kind, portal) for one in records if one is not None]
        missing = sum(one is None for one in records)
        done: dict[str, Any] = {"status": "COMPLETE", "results": results}
        if missing:
            error = {
                "status": "error",
                "category": "OBJECT_NOT_FOUND",
                "message": "Could not get some objects",
            }
            done |= {"numErrors": missing, "errors": [error]}
        return json_response(done, 207 if missing else 200)


def _shown(one: Mapping[str, Any], params: Mapping[str, str], kind: str, portal: Portal) -> dict[str, Any]:
    """An object as answers have it: some of its properties, null where it has none."""
    names = [name for name in params.get("properties", "").split(",") if name] or DEFAULTS[kind]
    own = one["properties"]
    selected = {"createdate", "hs_object_id", _modified(kind), *(n for n in names if n in PROPERTIES[kind])}
    record = {**one, "properties": {name: own.get(name) for name in sorted(selected)}}
    links = {}
    for other in (name for name in params.get("associations", "").split(",") if name):
        if other not in TYPES:
            raise HubSpotFailure(400, f"Unable to infer object type from: {other}", "VALIDATION_ERROR")
        ids = portal.linked(kind, one["id"], other)
        if ids:
            name = f"{kind[:-1] if kind != 'companies' else 'company'}_to_{other}"
            links[other] = {"results": [{"id": number, "type": name} for number in ids]}
    return {**record, "associations": links} if links else record


def _modified(kind: str) -> str:
    return "lastmodifieddate" if kind == "contacts" else "hs_lastmodifieddate"


def _find(portal: Portal, kind: str, number: str) -> dict[str, Any]:
    record = portal.find(kind, number)
    if record is None:
        raise HubSpotFailure(404, "resource not found")
    return record


def _body(request: ProviderRequest) -> dict[str, Any]:
    try:
        body = request.json()
    except ValueError as error:
        raise HubSpotFailure(400, f"Invalid input JSON: {error}", "VALIDATION_ERROR") from None
    if not isinstance(body, dict):
        raise HubSpotFailure(400, "Invalid input JSON: an object is expected", "VALIDATION_ERROR")
    return body


def _properties(body: Mapping[str, Any], kind: str) -> dict[str, str | None]:
    given = body.get("properties")
    if not isinstance(given, dict):
        raise HubSpotFailure(400, "Invalid input JSON: properties must be an object", "VALIDATION_ERROR")
    wrong = [name for name in given if name not in PROPERTIES[kind]]
    if wrong:
        selected = [
            {"message": f'Property "{n}" does not exist', "code": "PROPERTY_DOESNT_EXIST"} for n in wrong
        ]
        message = f"Property values were not valid: {', '.join(wrong)}"
        raise HubSpotFailure(400, message, "VALIDATION_ERROR", errors=selected)
    return {name: None if value in (None, "") else _text(value) for name, value in given.items()}


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _set(one: dict[str, Any], values: Mapping[str, str | None]) -> None:
    moment = stamp(datetime.now(UTC))
    modified = "lastmodifieddate" if "lastmodifieddate" in one["properties"] else "hs_lastmodifieddate"
    one["properties"] |= {**values, modified: moment}
    one["updatedAt"] = moment


def _described(name: str) -> dict[str, Any]:
    kind = (
        "datetime" if name.endswith("date") else "number" if name in ("amount", "annualrevenue") else "string"
    )
    label = name.removeprefix("hs_").replace("_", " ").capitalize()
    return {"name": name, "label": label, "type": kind, "fieldType": "text", "hubspotDefined": True}


def _linked(number: str) -> dict[str, Any]:
    types = [{"category": "HUBSPOT_DEFINED", "typeId": 1, "label": "Primary"}]
    return {"toObjectId": int(number), "associationTypes": types}


def _whole(text: str | None, default: int, name: str) -> int:
    if text is None or text == "":
        return default
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise HubSpotFailure(400, f"Invalid integer for the parameter {name}", "VALIDATION_ERROR")
    return int(text)


def _limits(left: int) -> tuple[tuple[str, str], ...]:
    return (
        ("x-hubspot-ratelimit-max", str(_ALLOWED)),
        ("x-hubspot-ratelimit-remaining", str(left)),
        ("x-hubspot-ratelimit-interval-milliseconds", "10000"),
    )


def _correlation(request: ProviderRequest) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{request.method} {request.path}"))
