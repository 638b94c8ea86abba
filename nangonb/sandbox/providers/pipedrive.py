"""A Pipedrive-like provider: pages by offset, ids and amounts that need 64 bits, money and dates.

Paths under ``/api``: ``/v1/deals`` and ``/v1/persons`` (GET with ``start``, ``limit``; POST), ``/<id>`` (GET,
PUT, DELETE), ``/v1/dealFields``, ``/v1/currencies``, ``/v1/users/me``. Its ids are beyond 2^53, where a
double no longer holds every integer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from nangonb.sandbox import (
    Connection,
    DemoSync,
    Integration,
    Provider,
    ProviderRequest,
    ProviderResponse,
    Source,
    json_response,
    list_source,
    oauth2,
)  # fmt: skip
from nangonb.sandbox.providers import _people as people

FIRST_ID = 2**53 + 1
"""The least id; they are odd, and so none of them is a double."""

_KINDS = ("deals", "persons")
_START = datetime(2026, 1, 3, 7, 0, tzinfo=UTC)
_CURRENCIES = (("EUR", "€", 2), ("USD", "$", 2), ("JPY", "¥", 0), ("KWD", "KD", 3))
LEDGER_NUMBER = "3f1c5a9d2b7e4c60a8d1e5f20b9c47a6e3d8f015"
"""A field of the customer's own, which has a name like this: integers up to 2^63 - 1."""
_STATUSES = ("open", "won", "lost", "open")
_WRITABLE = {
    "deals": ("title", "value", "currency", "status", "person_id", "expected_close_date", LEDGER_NUMBER),
    "persons": ("name", "email", "phone"),
}
_LIMITS = (("x-ratelimit-limit", "80"), ("x-ratelimit-remaining", "78"), ("x-ratelimit-reset", "2"))


@dataclass(frozen=True)
class Company:
    """One Pipedrive account: its host, the token that opens it, how many deals it has."""

    host: str
    token: str
    deals: int
    number: int


class _Failure(Exception):
    def __init__(self, status: int, error: str, info: str = "") -> None:
        super().__init__(error)
        body: dict[str, Any] = {"success": False, "error": error, "errorCode": status}
        self.response = json_response({**body, "error_info": info} if info else body, status, _LIMITS)


class _Book:
    """The deals and persons of one account, made when they are first asked for."""

    def __init__(self, company: Company) -> None:
        self._company = company

    @cached_property
    def all(self) -> dict[str, dict[int, dict[str, Any]]]:
        number, size = self._company.number, self._company.deals
        deals = [_deal(row, number) for row in range(size)]
        persons = [_person(row, number) for row in range(-(-size // 2))]
        return {"deals": {d["id"]: d for d in deals}, "persons": {p["id"]: p for p in persons}}


class Pipedrive:
    """The provider behind the demo accounts; a request's host says which."""

    def __init__(self, companies: Sequence[Company]) -> None:
        self._companies = {company.host: company for company in companies}
        self._books = {company.host: _Book(company) for company in companies}

    @property
    def hosts(self) -> Sequence[str]:
        """The hosts of the accounts."""
        return tuple(self._companies)

    def deals(self, host: str) -> list[dict[str, Any]]:
        """The deals of an account."""
        return list(self._books[host].all["deals"].values())

    def __call__(self, request: ProviderRequest) -> ProviderResponse:
        """Answer one request."""
        try:
            return self._answer(request)
        except _Failure as failure:
            return failure.response

    def _answer(self, request: ProviderRequest) -> ProviderResponse:
        company = self._companies[request.host]
        if request.token != company.token:
            raise _Failure(401, "unauthorized access", "Please check the documentation of OAuth 2.0")
        book = self._books[request.host].all
        match [request.method, *(part for part in request.path.removeprefix("/api").split("/") if part)]:
            case ["GET", "v1", "users", "me"]:
                domain = company.host.split(".")[0]
                me = {"id": 11 + company.number, "name": "Aoife Ó Briain", "company_domain": domain}
                return _done({**me, "default_currency": "EUR", "timezone_name": "Europe/Dublin"})
            case ["GET", "v1", "currencies"]:
                return _done([{"code": c, "symbol": s, "decimal_points": p} for c, s, p in _CURRENCIES])
            case ["GET", "v1", "dealFields"]:
                first = next(iter(book["deals"].values()), {})
                return _done([{"key": key, "name": _label(key), "field_type": _type(key)} for key in first])
            case ["GET", "v1", kind] if kind in _KINDS:
                return _page(request, list(book[kind].values()))
            case ["POST", "v1", kind] if kind in _KINDS:
                return _done(_create(request, book[kind], kind), 201)
            case [method, "v1", kind, number] if kind in _KINDS and re.fullmatch(r"[0-9]{1,19}", number):
                record = book[kind].get(int(number))
                if record is None:
                    raise _Failure(404, f"{kind[:-1].capitalize()} not found")
                if method == "GET":
                    return _done(record)
                if method == "PUT":
                    record |= {**_changes(request, kind), "update_time": _stamp(datetime.now(UTC))}
                    return _done(record)
                if method == "DELETE":
                    del book[kind][int(number)]
                    return _done({"id": int(number)})
                raise _Failure(405, "Method not allowed")
        raise _Failure(404, "Unknown method .")


def _page(request: ProviderRequest, rows: list[dict[str, Any]]) -> ProviderResponse:
    params = request.params
    start, limit = _whole(params, "start", 0), min(_whole(params, "limit", 100), 500)
    status, since = params.get("status", "all_not_deleted"), params.get("since", "")
    if status != "all_not_deleted":
        rows = [one for one in rows if one.get("status") == status]
    if since:  # a moment as the records have them
        rows = [one for one in rows if one["update_time"] > since.replace("T", " ")[:19]]
    page = rows[start : start + limit]
    more = start + limit < len(rows)
    pagination: dict[str, Any] = {"start": start, "limit": limit, "more_items_in_collection": more}
    if more:
        pagination["next_start"] = start + limit
    # An empty page has null for data, which a script may stumble over
    return json_response(
        {"success": True, "data": page or None, "additional_data": {"pagination": pagination}},
        headers=_LIMITS,
    )


def _whole(params: Mapping[str, str], name: str, default: int) -> int:
    text = params.get(name) or str(default)
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise _Failure(400, f"Bad request: {name} must be a number")
    return int(text)


def _done(data: Any, status: int = 200) -> ProviderResponse:
    return json_response({"success": True, "data": data}, status, _LIMITS)


def _create(request: ProviderRequest, held: dict[int, dict[str, Any]], kind: str) -> dict[str, Any]:
    changes = _changes(request, kind)
    required = "title" if kind == "deals" else "name"
    if not changes.get(required):
        raise _Failure(400, f"{required} is required")
    number = max(held, default=FIRST_ID - 2) + 2
    now = _stamp(datetime.now(UTC))
    made = dict.fromkeys(next(iter(held.values()), {}))
    made |= {"id": number, **changes, "add_time": now, "update_time": now}
    held[number] = made
    return made


def _changes(request: ProviderRequest, kind: str) -> dict[str, Any]:
    try:
        body = request.json()
    except ValueError:
        raise _Failure(400, "Bad request: the body is not JSON") from None
    if not isinstance(body, dict):
        raise _Failure(400, "Bad request: the body is not an object")
    value = body.get("value")
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise _Failure(400, "Bad request: value must be a number")
    return {name: body[name] for name in _WRITABLE[kind] if name in body}


def _deal(row: int, number: int) -> dict[str, Any]:
    n = row + number
    added = _START + timedelta(minutes=row * 53)
    changed = added + timedelta(days=n % 40, seconds=17)
    code, symbol, places = _CURRENCIES[n % len(_CURRENCIES)]
    cents = n * 7919 % 90_000_000 + (2**53 if n % 97 == 13 else 0)
    value: int | float = cents if places == 0 else round(cents % 10**11 / 10**places, places)
    status = _STATUSES[n % len(_STATUSES)]
    company = people.COMPANIES[n % len(people.COMPANIES)]
    return {
        "id": FIRST_ID + 2 * row,
        "title": f"{company} – offer {n}",
        "value": value,
        "currency": code,
        "formatted_value": f"{symbol}{value:,.{places}f}",
        "probability": None if n % 5 == 1 else n * 5 % 101,
        "status": status,
        "person_id": FIRST_ID + 2 * (row // 2),
        "org_name": company,
        "expected_close_date": None if n % 7 == 2 else (added + timedelta(days=45)).date().isoformat(),
        "add_time": _stamp(added),
        "update_time": _stamp(changed),
        "won_time": _stamp(changed) if status == "won" else None,
        LEDGER_NUMBER: None if n % 4 == 3 else 9_223_372_036_854_775_807 - n,
    }


def _person(row: int, number: int) -> dict[str, Any]:
    n = row + number
    first, last = n * 5 % len(people.FIRST), n * 3 % len(people.LAST)
    added = _START + timedelta(minutes=row * 71)
    address = f"{people.FIRST_ASCII[first]}.{people.LAST_ASCII[last]}.{n}@buyer.example"
    return {
        "id": FIRST_ID + 2 * row,
        "name": f"{people.FIRST[first]} {people.LAST[last]}",
        "email": [{"value": address, "primary": True, "label": "work"}],
        "phone": []
        if n % 6 == 5
        else [{"value": f"+353 1 {n * 7919 % 9_000_000}", "primary": True, "label": ""}],
        "add_time": _stamp(added),
        "update_time": _stamp(added + timedelta(days=n % 30)),
    }


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def _label(key: str) -> str:
    return "Ledger number" if key == LEDGER_NUMBER else key.replace("_", " ").capitalize()


def _type(key: str) -> str:
    if key.endswith(("_date", "_time")):
        return "date"
    return {"id": "int", "value": "monetary", "person_id": "people", LEDGER_NUMBER: "int"}.get(key, "varchar")


# What is there of it

_COMPANIES = {
    "pipe-1": Company("nangonb-demo.pipedrive.com", "v1u:FAKE1-pipedrive-access-token", 1_200, 0),
    "pipe-2": Company("second-demo.pipedrive.com", "v1u:FAKE2-pipedrive-access-token", 640, 500),
}
_DEAL = {
    "title": "text", "value": "number", "currency": "text", "status": "text", "ledger_number": "number?",
    "expected_close_date": "text?", "add_time": "text", "update_time": "text",
}  # fmt: skip


def provider(rows: int) -> Provider:
    """A fresh Pipedrive."""
    api = Pipedrive(tuple(_COMPANIES.values()))

    def connection(id: str, made: str, user: Mapping[str, Any]) -> Connection:
        company = _COMPANIES[id]
        config = {"api_domain": f"https://{company.host}"}
        credentials = oauth2(company.token, refresh=True)
        return Connection(
            id, "pipedrive", credentials, connection_config=config, end_user=user, created_at=made
        )

    return Provider(
        "pipedrive",
        api,
        connections=(
            connection("pipe-1", "2026-04-21T08:40:00.000Z", people.AOIFE),
            connection("pipe-2", "2026-04-20T17:15:00.000Z", people.RAVI),
        ),
        integrations=(Integration("pipedrive", created_at="2026-01-07T12:05:00.000Z"),),
        syncs=(
            DemoSync(
                "pipedrive-deals",
                "Deal",
                {id: _deal_records(api, company) for id, company in _COMPANIES.items()},
                description="Syncs deals.",
                endpoint="/pipedrive/deal",
                fields=_DEAL,
            ),
        ),
    )


def _deal_records(api: Pipedrive, company: Company) -> Source:
    same = [name for name in _DEAL if name != "ledger_number"]

    def make() -> list[dict[str, Any]]:
        return [
            {"id": str(one["id"]), **{name: one[name] for name in same}, "ledger_number": one[LEDGER_NUMBER]}
            for one in api.deals(company.host)
        ]

    return list_source(make, company.deals, "title")
