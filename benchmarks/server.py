"""A paged API on loopback that is never the bottleneck: every answer is built before the first request.

``python benchmarks/server.py flat:20000`` builds the pages of 20,000 flat records, prints
``ready http://127.0.0.1:PORT`` and serves until its standard input closes.

``GET /services/data/v53.0/query?q=SHAPE+N`` answers the first page of N records of a shape (the
functions in ``SHAPES``), ``GET /services/data/v53.0/query/SHAPE-N-OFFSET`` the others, as Salesforce does:
``records``, ``done``, ``nextRecordsUrl``, 2,000 a page. The same paths under ``/proxy``, and the few answers
of the Nango API that a dry run asks for, so that the server can stand for Nango, too.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import sys
from typing import Any, Final

PAGE: Final = 2000
QUERY: Final = "/services/data/v53.0/query"
CONNECTION: Final = "bench-connection"
INTEGRATION: Final = "salesforce"

_FIRST = [
    "Aino",
    "Béla",
    "Chloé",
    "Dagny",
    "Emre",
    "Fatima",
    "Goran",
    "Hye-jin",
    "Ines",
    "Jørgen",
    "Kofi",
    "Łucja",
]
_LAST = [
    "Abe",
    "Brontë",
    "Castro",
    "Dvořák",
    "Eriksen",
    "Fonseca",
    "Gupta",
    "Haddad",
    "Ivanova",
    "Jones",
    "Köhler",
]
_NEXT = re.compile(rb"GET (?:/proxy)?/services/data/v53\.0/query/([a-z]+)-(\d+)-(\d+)[ ?]")
_QUERY = re.compile(rb"GET (?:/proxy)?/services/data/v53\.0/query\?(?:[^ ]*&)?q=([a-z]+)(?:\+|%20)(\d+)[ &]")


def contact(number: int) -> dict[str, Any]:
    """A record as Salesforce sends it, with nulls and letters beyond ASCII."""
    dice = random.Random(number)
    first, last = dice.choice(_FIRST), dice.choice(_LAST)
    identifier = f"003{number:010d}{dice.randrange(16**5):05X}"
    return {
        "attributes": {"type": "Contact", "url": f"{QUERY.rsplit('/', 1)[0]}/sobjects/Contact/{identifier}"},
        "Id": identifier,
        "FirstName": first,
        "LastName": last,
        "Email": None if number % 19 == 7 else f"{first}.{last}.{number}@example.com".lower(),
        "AccountId": f"001{dice.randrange(4000):010d}AAAAA",
        "LastModifiedDate": f"2026-0{1 + number % 9}-{10 + number % 18}T{10 + number % 13}:00:00.000+0000",
    }


def wide(number: int) -> dict[str, Any]:
    """200 columns: texts, integers beyond 2^53, fractions, booleans, dates, nulls."""
    record: dict[str, Any] = {"Id": f"w{number}"}
    for column in range(199):
        record[f"Field{column:03d}__c"] = (
            f"text {number * column}",
            2**60 + number * 7 + column,
            number / 8 + column + 0.125,
            number % 3 == 0,
            f"2026-01-{1 + number % 28:02d}T00:00:00.000Z",
            None if number % 5 == 0 else column,
        )[column % 6]
    return record


def nested(number: int) -> dict[str, Any]:
    """Four levels deep, with lists and fields that are not always there."""
    record = contact(number)
    record["address"] = {
        "street": f"{number} Main St",
        "geo": {"lat": number / 7, "points": [{"x": number, "y": None}]},
    }
    record["tags"] = [f"tag-{number % 7}", "all"]
    if number % 2:
        record["owner"] = {
            "id": number % 50,
            "team": {"name": f"Team {number % 5}", "lead": {"id": number % 3}},
        }
    return record


def numbers(number: int) -> dict[str, Any]:
    """As flat as a contact, with 64-bit ids, dates and amounts."""
    return {
        "Id": 2**62 + number,
        "OwnerId": 2**63 - 1 - number % 50,
        "CreatedDate": f"2026-0{1 + number % 9}-{10 + number % 18}T10:{number % 60:02d}:00.000Z",
        "CloseDate": None if number % 19 == 7 else f"2026-1{number % 3}-{10 + number % 18}",
        "Amount": number / 8,
        "Quantity": number % 100,
    }


def broken(number: int) -> dict[str, Any]:
    """A contact; each second one has a number where its model wants a text."""
    return contact(number) | ({"Email": number} if number % 2 else {})


SHAPES: Final = {"flat": contact, "wide": wide, "nested": nested, "numbers": numbers, "broken": broken}


class Pages:
    """Answers, head and body, by shape, total and offset."""

    def __init__(self) -> None:
        self._records: dict[tuple[str, int, int], bytes] = {}
        self._answers: dict[tuple[str, int, int], bytes] = {}

    def answer(self, shape: str, total: int, offset: int) -> bytes:
        key = (shape, total, offset)
        if key not in self._answers:
            end = min(offset + PAGE, total)
            more = {"nextRecordsUrl": f"{QUERY}/{shape}-{total}-{end}"} if end < total else {}
            head = _json({"totalSize": total, "done": not more, **more})[:-1]
            self._answers[key] = _response(head + b',"records":' + self._page(shape, offset, end) + b"}")
        return self._answers[key]

    def _page(self, shape: str, start: int, end: int) -> bytes:
        key = (shape, start, end)
        if key not in self._records:
            self._records[key] = _json([SHAPES[shape](number) for number in range(start, end)])
        return self._records[key]

    def build(self, shape: str, total: int) -> None:
        for offset in range(0, total, PAGE):
            self.answer(shape, total, offset)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _response(body: bytes, status: str = "200 OK") -> bytes:
    kind = "Content-Type: application/json; charset=utf-8"
    head = f"HTTP/1.1 {status}\r\n{kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def _nango_api() -> list[tuple[bytes, bytes]]:
    now = "2026-01-01T00:00:00.000Z"
    connection = {
        "id": 1,
        "connection_id": CONNECTION,
        "provider_config_key": INTEGRATION,
        "provider": "salesforce",
        "errors": [],
        "end_user": None,
        "tags": {},
        "metadata": {},
        "connection_config": {"instance_url": "https://example.my.salesforce.com"},
        "created_at": now,
        "updated_at": now,
        "last_fetched_at": now,
        "credentials": {"type": "OAUTH2", "access_token": "benchmark-token", "raw": {}},
    }
    integration = {
        "unique_key": INTEGRATION,
        "display_name": "Salesforce",
        "provider": "salesforce",
        "logo": "",
        "created_at": now,
        "updated_at": now,
    }
    listed = {
        "connections": [{k: connection[k] for k in connection if k != "credentials"} | {"created": now}]
    }
    provider = {"name": "salesforce", "display_name": "Salesforce", "auth_mode": "OAUTH2", "proxy": {}}
    return [
        (b"GET /connections/", _response(_json(connection))),
        (b"GET /connection/", _response(_json(connection))),
        (b"GET /connections", _response(_json(listed))),
        (b"GET /connection", _response(_json(listed))),
        (b"GET /integrations/", _response(_json({"data": integration}))),
        (b"GET /integrations", _response(_json({"data": [integration]}))),
        (b"GET /providers/", _response(_json({"data": provider}))),
        (b"GET /environment-variables", _response(b"[]")),
    ]


class _Protocol(asyncio.Protocol):
    pages = Pages()
    nango = _nango_api()
    missing = _response(b"{}", "404 Not Found")

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport, self._received = transport, b""

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (end := self._received.find(b"\r\n\r\n")) >= 0:
            request, self._received = self._received[: end + 4], self._received[end + 4 :]
            self._transport.write(self._answer(request))

    def _answer(self, request: bytes) -> bytes:
        if match := _NEXT.match(request):
            return self.pages.answer(match[1].decode(), int(match[2]), int(match[3]))
        if match := _QUERY.match(request):
            return self.pages.answer(match[1].decode(), int(match[2]), 0)
        return next((answer for lead, answer in self.nango if request.startswith(lead)), self.missing)


async def serve(prebuilt: list[tuple[str, int]]) -> None:
    for shape, total in prebuilt:
        _Protocol.pages.build(shape, total)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_Protocol, "127.0.0.1", 0)
    print(f"ready http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(
        serve([(shape, int(total)) for shape, _, total in (arg.partition(":") for arg in sys.argv[1:])])
    )
