"""Contacts, companies and deals of a demo HubSpot portal. Every property is text or null, as in HubSpot."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from nangonb.sandbox.providers import _people as people

__all__ = ["DEFAULTS", "PROPERTIES", "TYPES", "Portal", "stamp"]

TYPES = ("contacts", "companies", "deals")
DEFAULTS = {
    "contacts": ("createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"),
    "companies": ("createdate", "domain", "hs_lastmodifieddate", "hs_object_id", "name"),
    "deals": (
        "amount", "closedate", "createdate", "dealname", "dealstage", "hs_lastmodifieddate", "hs_object_id",
        "pipeline",
    ),
}  # fmt: skip
"""The properties that an answer has where none are asked for."""

PROPERTIES = {
    "contacts": (
        *DEFAULTS["contacts"], "phone", "jobtitle", "company", "city", "country", "lifecyclestage",
        "hs_lead_status", "hubspot_owner_id", "hs_email_optout", "annualrevenue",
    ),
    "companies": (
        *DEFAULTS["companies"], "industry", "city", "country", "numberofemployees", "annualrevenue",
        "hubspot_owner_id",
    ),
    "deals": (*DEFAULTS["deals"], "deal_currency_code", "hubspot_owner_id", "hs_priority"),
}  # fmt: skip

_START = datetime(2026, 1, 2, 6, 30, tzinfo=UTC)
_BASE = {"contacts": 50_101, "companies": 9_000_000_301, "deals": 18_000_000_501}
_STAGES = ("subscriber", "lead", "marketingqualifiedlead", "opportunity", "customer")
_LEAD = ("NEW", "OPEN", "IN_PROGRESS", None, "CONNECTED", None)
_DEAL_STAGES = ("appointmentscheduled", "qualifiedtobuy", "contractsent", "closedwon", "closedlost")


def stamp(moment: datetime) -> str:
    """A moment as HubSpot writes it: ``2026-01-31T08:15:00.000Z``."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Portal:
    """The objects of one portal, made when they are first asked for. ``number`` makes them its own."""

    def __init__(self, number: int, contacts: int) -> None:
        self.number, self.size = number, contacts
        self._shift = number % 997
        self._archived: dict[str, dict[str, dict[str, Any]]] = {kind: {} for kind in TYPES}

    @cached_property
    def _objects(self) -> dict[str, dict[str, dict[str, Any]]]:
        makers = {"contacts": _contact, "companies": _company, "deals": _deal}
        objects: dict[str, dict[str, dict[str, Any]]] = {}
        for kind in TYPES:
            size = (
                self.size if kind == "contacts" else self._companies if kind == "companies" else self._deals
            )
            made = [_object(kind, row, makers[kind](row + self._shift)) for row in range(size)]
            objects[kind] = {one["id"]: one for one in made}
        return objects

    @property
    def _companies(self) -> int:
        return max(1, self.size // 4)

    @property
    def _deals(self) -> int:
        return self.size // 2

    def stage(self, row: int) -> str:
        """The stage of the life cycle of the contact with this number, as long as nobody changed it."""
        return _STAGES[(row + self._shift) % len(_STAGES)]

    def all(self, kind: str, *, archived: bool = False) -> list[dict[str, Any]]:
        """The objects of a type, by id."""
        return list((self._archived if archived else self._objects)[kind].values())

    def find(self, kind: str, number: str) -> dict[str, Any] | None:
        """One object by its id."""
        return self._objects[kind].get(number)

    def create(self, kind: str, values: Mapping[str, str | None]) -> dict[str, Any]:
        """A new object."""
        row = len(self._objects[kind]) + len(self._archived[kind])
        while str(_BASE[kind] + row * 50) in self._objects[kind]:
            row += 1
        made = _object(kind, row, dict(values), at=datetime.now(UTC))
        self._objects[kind][made["id"]] = made
        return made

    def archive(self, kind: str, number: str) -> None:
        """Move an object to the archive."""
        record = self._objects[kind].pop(number)
        self._archived[kind][number] = {**record, "archived": True, "archivedAt": stamp(datetime.now(UTC))}

    def linked(self, kind: str, number: str, other: str) -> list[str]:
        """The ids of the objects of another type that belong to one."""
        row = (int(number) - _BASE[kind]) // 50
        pairs = {
            ("contacts", "companies"): [row % self._companies] if row % 11 else [],
            ("deals", "companies"): [row % self._companies],
            ("contacts", "deals"): [row // 2] if row % 2 == 0 else [],
            ("deals", "contacts"): [row * 2],
            ("companies", "contacts"): [n for n in range(row, self.size, self._companies) if n % 11],
            ("companies", "deals"): list(range(row, self._deals, self._companies)),
        }
        rows = pairs.get((kind, other), [])
        ids = [str(_BASE[other] + one * 50) for one in rows]
        return [one for one in ids if one in self._objects[other]]

    def owners(self) -> list[dict[str, Any]]:
        """Who may own an object."""
        return [
            {"id": str(700_000 + n), "email": f"{people.FIRST_ASCII[n]}@demo.example",
             "firstName": people.FIRST[n], "lastName": people.LAST[n], "userId": 40_000 + n,
             "archived": False}
            for n in range(4)
        ]  # fmt: skip


def _object(
    kind: str, row: int, values: dict[str, str | None], *, at: datetime | None = None
) -> dict[str, Any]:
    made = at or _START + timedelta(minutes=row * 37)
    changed = at or made + timedelta(days=row % 90, minutes=11)
    number = str(_BASE[kind] + row * 50)
    modified = "lastmodifieddate" if kind == "contacts" else "hs_lastmodifieddate"
    own = {"createdate": stamp(made), modified: stamp(changed), "hs_object_id": number}
    return {
        "id": number,
        "properties": {**values, **own},
        "createdAt": stamp(made),
        "updatedAt": stamp(changed),
        "archived": False,
    }


def _contact(n: int) -> dict[str, str | None]:
    first, last = n * 7 % len(people.FIRST), n * 11 % len(people.LAST)
    email = f"{people.FIRST_ASCII[first]}.{people.LAST_ASCII[last]}.{n}@mail.example"
    return {
        "email": None if n % 29 == 4 else email,
        "firstname": people.FIRST[first],
        "lastname": people.LAST[last],
        "phone": None if n % 5 == 1 else f"+49 30 {1_000_000 + n * 7919 % 9_000_000}",
        "jobtitle": people.TITLES[n % len(people.TITLES)],
        "company": f"{people.COMPANIES[n % len(people.COMPANIES)]} {people.COMPANY_KINDS[n % 6]}",
        "city": people.CITIES[n % len(people.CITIES)],
        "country": people.COUNTRIES[n % len(people.COUNTRIES)],
        "lifecyclestage": _STAGES[n % len(_STAGES)],
        "hs_lead_status": _LEAD[n % len(_LEAD)],
        "hubspot_owner_id": str(700_000 + n % 4),
        "hs_email_optout": "true" if n % 9 == 2 else None,
        "annualrevenue": None if n % 3 else f"{n * 7919 % 10_000_000 / 100:.2f}",
    }


def _company(n: int) -> dict[str, str | None]:
    return {
        "name": f"{people.COMPANIES[n % len(people.COMPANIES)]} {people.COMPANY_KINDS[n // 7 % 6]} {n}",
        "domain": f"company-{n}.example",
        "industry": people.INDUSTRIES[n % len(people.INDUSTRIES)].upper(),
        "city": people.CITIES[n % len(people.CITIES)],
        "country": people.COUNTRIES[n % len(people.COUNTRIES)],
        "numberofemployees": str(n * 13 % 5_000 + 1),
        "annualrevenue": None if n % 6 == 5 else str(n * 104_729 % 90_000_000),
        "hubspot_owner_id": str(700_000 + n % 4),
    }


def _deal(n: int) -> dict[str, str | None]:
    closing = _START + timedelta(days=30 + n * 3 % 300)
    return {
        "dealname": f"{people.COMPANIES[n % len(people.COMPANIES)]} – order {n}",
        "amount": None if n % 17 == 3 else f"{n * 7919 % 25_000_000 / 100:.2f}",
        "deal_currency_code": ("EUR", "USD", "JPY")[n % 3],
        "closedate": stamp(closing),
        "dealstage": _DEAL_STAGES[n % len(_DEAL_STAGES)],
        "pipeline": "default",
        "hubspot_owner_id": str(700_000 + n % 4),
        "hs_priority": ("low", "medium", "high", None)[n % 4],
    }
