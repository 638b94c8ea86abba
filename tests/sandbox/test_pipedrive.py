"""The Pipedrive-like provider: pages by offset, integers of 64 bits, money and dates."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import httpx
import pytest

from tests.sandbox.process import Sandbox


def pipe(sandbox: Sandbox, path: str, *, connection: str = "pipe-1", **more: Any) -> httpx.Response:
    return sandbox.proxy(path, connection, "pipedrive", **more)


def every(sandbox: Sandbox, path: str, connection: str = "pipe-1", **params: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    start = 0
    while True:
        answer = pipe(sandbox, path, connection=connection, params={**params, "start": start, "limit": 500})
        page = answer.json()
        assert page["success"] is True
        found += page["data"] or []
        pagination = page["additional_data"]["pagination"]
        if not pagination["more_items_in_collection"]:
            assert "next_start" not in pagination
            return found
        start = pagination["next_start"]


@pytest.mark.parametrize(("connection", "size"), [("pipe-1", 1_200), ("pipe-2", 640)])
def test_offsets_lead_through_all_deals(sandbox: Sandbox, connection: str, size: int) -> None:
    deals = every(sandbox, "/v1/deals", connection)
    ids = [deal["id"] for deal in deals]
    assert len(set(ids)) == len(ids) == size
    # none of them is a double: a reader that takes numbers for doubles merges neighbours
    assert all(int(float(one)) != one for one in ids)
    assert min(ids) > 2**53


def test_money_and_dates(sandbox: Sandbox) -> None:
    deals = every(sandbox, "/v1/deals")
    decimals = {"EUR": 2, "USD": 2, "JPY": 0, "KWD": 3}
    for deal in deals:
        places = decimals[deal["currency"]]
        assert round(deal["value"], places) == deal["value"]
        assert isinstance(deal["value"], int) == (places == 0)
        assert re.fullmatch(r"2026-\d\d-\d\d \d\d:\d\d:\d\d", deal["add_time"])
        assert deal["expected_close_date"] is None or date.fromisoformat(deal["expected_close_date"])
    assert {deal["currency"] for deal in deals} == set(decimals)
    assert any(deal["value"] > 2**53 for deal in deals if deal["currency"] == "JPY")
    assert max(max(value for value in deal.values() if isinstance(value, int)) for deal in deals) == 2**63 - 1


def test_filters_and_the_empty_page(sandbox: Sandbox) -> None:
    won = every(sandbox, "/v1/deals", status="won")
    assert {deal["status"] for deal in won} == {"won"}
    assert all(deal["won_time"] for deal in won)
    since = every(sandbox, "/v1/deals", since="2026-03-01 00:00:00")
    assert 0 < len(since) < 1_200
    assert min(deal["update_time"] for deal in since) > "2026-03-01 00:00:00"
    empty = pipe(sandbox, "/v1/deals", params={"start": 1_200}).json()
    assert (empty["data"], empty["additional_data"]["pagination"]["more_items_in_collection"]) == (
        None,
        False,
    )
    assert len(pipe(sandbox, "/v1/deals").json()["data"]) == 100


def test_errors(sandbox: Sandbox) -> None:
    for path, status in (("/v1/deals/1", 404), ("/v1/nothing", 404), ("/v1/deals?start=x", 400)):
        answer = pipe(sandbox, path)
        assert (answer.status_code, answer.json()["success"], answer.json()["errorCode"]) == (
            status,
            False,
            status,
        )
    override = {"base-url-override": "https://second-demo.pipedrive.com"}
    answer = pipe(sandbox, "/api/v1/deals", headers=override)
    assert (answer.status_code, answer.json()["error"]) == (401, "unauthorized access")
    for body, status in (
        (b"{", 400),
        (b"[]", 400),
        (b'{"value": 1}', 400),
        (b'{"title": "x", "value": "1"}', 400),
    ):
        assert pipe(sandbox, "/v1/deals", method="POST", content=body).status_code == status


def test_a_deal_is_made_changed_and_deleted(new_sandbox: Callable[..., Sandbox]) -> None:
    sandbox = new_sandbox()
    made = pipe(sandbox, "/v1/deals", method="POST", json={"title": "New", "value": 12.34, "currency": "EUR"})
    assert made.status_code == 201
    path = f"/v1/deals/{made.json()['data']['id']}"
    assert (
        pipe(sandbox, path, method="PUT", json={"status": "won", "value": 2**60 + 1}).json()["success"]
        is True
    )
    deal = pipe(sandbox, path).json()["data"]
    assert (deal["title"], deal["status"], deal["value"]) == ("New", "won", 2**60 + 1)
    since = every(sandbox, "/v1/deals", since="2026-06-30 00:00:00")
    assert [one["id"] for one in since] == [deal["id"]]
    assert pipe(sandbox, path, method="DELETE").json()["data"] == {"id": deal["id"]}
    assert pipe(sandbox, path).status_code == 404


def test_other_paths(sandbox: Sandbox) -> None:
    assert pipe(sandbox, "/v1/users/me").json()["data"]["default_currency"] == "EUR"
    points = {one["code"]: one["decimal_points"] for one in pipe(sandbox, "/v1/currencies").json()["data"]}
    assert points == {"EUR": 2, "USD": 2, "JPY": 0, "KWD": 3}
    fields = {one["key"]: one["field_type"] for one in pipe(sandbox, "/v1/dealFields").json()["data"]}
    assert fields["value"] == "monetary"
    persons = every(sandbox, "/v1/persons")
    assert len(persons) == 600
    template = sandbox.client.get("/providers/pipedrive").json()["data"]["proxy"]["paginate"]
    assert (template["type"], template["offset_name_in_request"]) == ("offset", "start")
