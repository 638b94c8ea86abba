"""Contacts and accounts of a demo Salesforce org, computed from their number.

Nothing is held: a column of any rows is a list comprehension over their numbers, so an org of a million
contacts costs no memory. Dates grow with the number, so a condition on them is a range. What a script
changes lies over that in :attr:`Table.edits`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from nangonb.sandbox.providers import _people as people

__all__ = ["DATES", "Field", "Table", "accounts", "contacts", "iso"]

BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_PAIRS = [a + b for a in BASE62 for b in BASE62]
_PAIR_BITS = [(p[0].isupper() << 3) | (p[1].isupper() << 4) for p in _PAIRS]

START = datetime(2026, 1, 1, tzinfo=UTC)
SPAN = 181 * 86_400  # seconds: all records were last modified in the first half of 2026
CREATED_BEFORE = timedelta(days=400)
DATES = {"LastModifiedDate": timedelta(), "SystemModstamp": timedelta(), "CreatedDate": CREATED_BEFORE}
"""The date fields that grow with a record's number, and how long before its modification they are."""

_MINUTES = [f"{minute // 60:02d}:{minute % 60:02d}:" for minute in range(1440)]
_SECONDS = [f'{second:02d}.000+0000"' for second in range(60)]


def iso(moment: datetime) -> str:
    """A moment as Salesforce writes it: ``2026-01-31T08:15:00.000+0000``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}+0000"


def _check(chunk: str) -> int:
    return sum(1 << place for place, letter in enumerate(chunk) if letter.isupper())


def suffix(short: str) -> str:
    """The three letters that make a 15-character id safe where case is lost: one for five characters each."""
    return "".join(_CHECK[_check(short[at : at + 5])] for at in (0, 5, 10))


@dataclass(frozen=True)
class Field:
    """A field of an object: what ``describe`` says of it, and how its values are made (as JSON texts)."""

    name: str
    label: str
    type: str
    make: Callable[[Table, Sequence[int]], list[str]]
    length: int = 0
    nillable: bool = True
    updateable: bool = True
    refers_to: str = ""
    relationship: str | None = None


class Table:
    """One object of one org: ``size`` records, numbered from 0.

    ``org`` (0…61) makes ids and names differ from those of other orgs; ``parents`` is the size of the
    table that references point to.
    """

    def __init__(
        self, name: str, prefix: str, size: int, *, org: int, fields: Sequence[Field], parents: int
    ) -> None:
        self.name, self.size, self.org, self.parents = name, size, org, parents
        self.fields = {field.name: field for field in fields}
        self._by_lower = {field.name.lower(): field for field in fields}
        self.stem = f"{prefix}Dm0000{BASE62[org]}"
        self._stem_check = suffix(self.stem + "00000")[:2]
        self.edits: dict[int, dict[str, Any]] = {}

    def field(self, name: str) -> Field | None:
        """The field of this name; case does not matter."""
        return self._by_lower.get(name.lower())

    # Ids

    def ids(self, rows: Sequence[int]) -> list[str]:
        """The 18-character ids of these records."""
        stem, check, pairs, bits = self.stem, self._stem_check, _PAIRS, _PAIR_BITS
        heads: dict[int, tuple[str, int]] = {}
        for high in {row // 3844 for row in (rows[0], rows[-1])} if isinstance(rows, range) and rows else ():
            heads[high] = _head(stem, high)
        made = []
        for row in rows:
            high, low = divmod(row, 3844)
            head = heads.get(high)
            if head is None:
                head = heads[high] = _head(stem, high)
            made.append(head[0] + pairs[low] + check + _CHECK[head[1] | bits[low]])
        return made

    def row(self, record_id: str) -> int | None:
        """The number of the record with this id of 15 or 18 characters, or None."""
        if len(record_id) not in (15, 18) or not record_id.startswith(self.stem):
            return None
        short = record_id[:15]
        if not set(short) <= set(BASE62) or (
            len(record_id) == 18 and record_id[15:].upper() != suffix(short)
        ):
            return None
        row = 0
        for letter in short[10:]:
            row = row * 62 + BASE62.index(letter)
        return row if row < self.size else None

    # Values

    def column(self, field: Field, rows: Sequence[int]) -> list[str]:
        """The values of one field of these records, as JSON texts."""
        made = field.make(self, rows)
        if self.edits:
            for place, row in enumerate(rows):
                changed = self.edits.get(row)
                if changed and field.name in changed:
                    made[place] = orjson.dumps(changed[field.name]).decode()
        return made

    def edit(self, row: int, values: Mapping[str, Any]) -> None:
        """Change fields of a record; its modification date becomes now."""
        now = iso(datetime.now(UTC))
        changed = self.edits.setdefault(row, {})
        changed.update(values)
        changed.update({"LastModifiedDate": now, "SystemModstamp": now})

    # Dates

    def seconds(self, row: int) -> int:
        """When the record was last modified (edits apart), in seconds since START."""
        return row * SPAN // max(self.size, 1)

    def rows_between(self, field: str, low: datetime | None, high: datetime | None) -> range:
        """The records whose date is in low <= date < high, edits apart."""
        begin, end = 0, self.size
        if low is not None:
            begin = self._first_at(low + DATES[field])
        if high is not None:
            end = self._first_at(high + DATES[field])
        return range(begin, max(begin, end))

    def _first_at(self, moment: datetime) -> int:
        after = (moment - START) / timedelta(seconds=1)
        return bisect_left(range(self.size), after, key=self.seconds)


def _head(stem: str, high: int) -> tuple[str, int]:
    letters = ""
    for _ in range(3):
        high, digit = divmod(high, 62)
        letters = BASE62[digit] + letters
    return stem + letters, _check(letters)


def _dates(before: timedelta) -> Callable[[Table, Sequence[int]], list[str]]:
    def make(table: Table, rows: Sequence[int]) -> list[str]:
        size = max(table.size, 1)
        days: dict[int, str] = {}
        made = []
        for row in rows:
            day, second = divmod(row * SPAN // size, 86_400)
            text = days.get(day)
            if text is None:
                text = days[day] = (START - before + timedelta(days=day)).strftime('"%Y-%m-%dT')
            made.append(text + _MINUTES[second // 60] + _SECONDS[second % 60])
        return made

    return make


def _quoted_ids(table: Table, rows: Sequence[int]) -> list[str]:
    return [f'"{one}"' for one in table.ids(rows)]


def _choice(
    choices: Sequence[Any], step: int, *, none_every: int = 0
) -> Callable[[Table, Sequence[int]], list[str]]:
    texts = [orjson.dumps(choice).decode() for choice in choices]
    count = len(texts)

    def make(table: Table, rows: Sequence[int]) -> list[str]:
        shift = table.org
        if not none_every:
            return [texts[(row // step + shift) % count] for row in rows]
        return [
            "null" if (row + shift) % none_every == 3 else texts[(row // step + shift) % count]
            for row in rows
        ]

    return make


def _always(value: Any) -> Callable[[Table, Sequence[int]], list[str]]:
    text = orjson.dumps(value).decode()
    return lambda table, rows: [text] * len(rows)


def _first_names(table: Table, rows: Sequence[int]) -> list[str]:
    texts, count, shift = people.FIRST_JSON, len(people.FIRST), table.org
    return ["null" if row % 53 == 31 else texts[(row + shift) % count] for row in rows]


def _last_names(table: Table, rows: Sequence[int]) -> list[str]:
    texts, count, shift = people.LAST_JSON, len(people.LAST), table.org
    return [texts[(row * 7 + row // 61 + shift) % count] for row in rows]


def _names(table: Table, rows: Sequence[int]) -> list[str]:
    pairs = zip(_first_names(table, rows), _last_names(table, rows), strict=True)
    return [last if first == "null" else f"{first[:-1]} {last[1:]}" for first, last in pairs]


def _emails(table: Table, rows: Sequence[int]) -> list[str]:
    first, last = people.FIRST_ASCII, people.LAST_ASCII
    firsts, lasts, shift, at = len(first), len(last), table.org, '@example.com"'
    return [
        "null"
        if row % 17 == 0
        else f'"{first[(row + shift) % firsts]}.{last[(row * 7 + row // 61 + shift) % lasts]}.{row}{at}'
        for row in rows
    ]


def _phones(table: Table, rows: Sequence[int]) -> list[str]:
    return ["null" if row % 5 == 2 else f'"+1 555 01{row % 100:02d} {row % 9973:04d}"' for row in rows]


def _account_ids(table: Table, rows: Sequence[int]) -> list[str]:
    # Contacts that follow each other mostly share an account, so that few ids are made for a page.
    parents = table.parents
    numbers = [-1 if row % 29 == 3 else (row // 20 + row % 3 * 17) % parents for row in rows]
    parent = Table("Account", "001", parents, org=table.org, fields=(), parents=1)
    new = sorted(set(numbers) - {-1})
    known = dict(zip(new, _quoted_ids(parent, new), strict=True))
    known[-1] = "null"
    return [known[one] for one in numbers]


def _birthdates(table: Table, rows: Sequence[int]) -> list[str]:
    return [
        "null" if row % 3 == 1 else f'"{1955 + row % 47}-{1 + row % 12:02d}-{1 + row % 28:02d}"'
        for row in rows
    ]


def _company_names(table: Table, rows: Sequence[int]) -> list[str]:
    texts, kinds = people.COMPANIES, people.COMPANY_KINDS
    return [
        orjson.dumps(
            f"{texts[(row + table.org) % len(texts)]} {kinds[row // len(texts) % len(kinds)]} {row}"
        ).decode()
        for row in rows
    ]


def _websites(table: Table, rows: Sequence[int]) -> list[str]:
    return ["null" if row % 11 == 5 else f'"https://www.company-{row}.example"' for row in rows]


def _employees(table: Table, rows: Sequence[int]) -> list[str]:
    return ["null" if row % 13 == 4 else str(3 + row * 37 % 9000) for row in rows]


def _revenues(table: Table, rows: Sequence[int]) -> list[str]:
    return ["null" if row % 7 == 6 else f"{row * 7919 % 100_000_000 / 4:.2f}" for row in rows]


_COMMON = (
    Field("IsDeleted", "Deleted", "boolean", _always(False), nillable=False, updateable=False),
    Field(
        "CreatedDate", "Created Date", "datetime", _dates(CREATED_BEFORE), nillable=False, updateable=False
    ),
    Field(
        "LastModifiedDate",
        "Last Modified Date",
        "datetime",
        _dates(timedelta()),
        nillable=False,
        updateable=False,
    ),
    Field(
        "SystemModstamp", "System Modstamp", "datetime", _dates(timedelta()), nillable=False, updateable=False
    ),
)
_OWNER = Field(
    "OwnerId",
    "Owner ID",
    "reference",
    _always("005Dm000001Fake" + suffix("005Dm000001Fake")),
    18,
    False,
    refers_to="User",
    relationship="Owner",
)


def contacts(size: int, *, org: int, accounts: int) -> Table:
    """The contacts of an org."""
    fields = (
        Field("Id", "Contact ID", "id", _quoted_ids, 18, False, False),
        Field(
            "AccountId",
            "Account ID",
            "reference",
            _account_ids,
            18,
            refers_to="Account",
            relationship="Account",
        ),
        Field("FirstName", "First Name", "string", _first_names, 40),
        Field("LastName", "Last Name", "string", _last_names, 80, False),
        Field("Name", "Full Name", "string", _names, 121, False, False),
        Field("Email", "Email", "email", _emails, 80),
        Field("Phone", "Business Phone", "phone", _phones, 40),
        Field("Title", "Title", "string", _choice(people.TITLES, 1, none_every=19), 128),
        Field("Department", "Department", "string", _choice(people.DEPARTMENTS, 3, none_every=7), 80),
        Field("LeadSource", "Lead Source", "picklist", _choice(people.SOURCES, 2, none_every=4), 255),
        Field("MailingCity", "Mailing City", "string", _choice(people.CITIES, 5, none_every=23), 40),
        Field("MailingCountry", "Mailing Country", "string", _choice(people.COUNTRIES, 5, none_every=23), 80),
        Field("Birthdate", "Birthdate", "date", _birthdates),
        Field(
            "HasOptedOutOfEmail", "Email Opt Out", "boolean", _choice((False, True, False), 1), nillable=False
        ),
        _OWNER,
        *_COMMON,
    )
    return Table("Contact", "003", size, org=org, fields=fields, parents=max(accounts, 1))


def accounts(size: int, *, org: int) -> Table:
    """The accounts of an org."""
    fields = (
        Field("Id", "Account ID", "id", _quoted_ids, 18, False, False),
        Field("Name", "Account Name", "string", _company_names, 255, False),
        Field("Industry", "Industry", "picklist", _choice(people.INDUSTRIES, 1, none_every=9), 255),
        Field("Website", "Website", "url", _websites, 255),
        Field("Phone", "Account Phone", "phone", _phones, 40),
        Field("BillingCity", "Billing City", "string", _choice(people.CITIES, 1, none_every=23), 40),
        Field("BillingCountry", "Billing Country", "string", _choice(people.COUNTRIES, 1, none_every=23), 80),
        Field("NumberOfEmployees", "Employees", "int", _employees),
        Field("AnnualRevenue", "Annual Revenue", "currency", _revenues),
        _OWNER,
        *_COMMON,
    )
    return Table("Account", "001", size, org=org, fields=fields, parents=1)
