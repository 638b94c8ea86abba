"""Synced records and the state of syncs: what is asked, and how an answer is read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from nangonb._nango import ApiResponseError
from tests.nango.test_client import Nango, _error

WHERE = {"connection_id": "conn-1", "provider_config_key": "salesforce"}


def _page(ids: list[str], cursor: str | None) -> dict[str, Any]:
    return {"records": [{"id": name} for name in ids], "next_cursor": cursor}


def _ids(pages: list[tuple[list[dict[str, Any]], str | None]]) -> list[list[str]]:
    return [[record["id"] for record in page] for page, _ in pages]


class TestRecords:
    def test_cursors_are_followed_to_the_end(self) -> None:
        nango = Nango(_page(["1", "2"], "c1"), _page([], "c2"), _page(["3"], None))
        pages = list(nango.client.records.pages("Contact", filter="added,updated", variant="emea", **WHERE))
        assert _ids(pages) == [["1", "2"], [], ["3"]]
        assert [cursor for _, cursor in pages] == ["c1", "c2", None]
        assert [request.url.params.get("cursor") for request in nango.asked] == [None, "c1", "c2"]
        assert nango.query == {
            "model": "Contact", "limit": "10000", "filter": "added,updated", "variant": "emea",
            "cursor": "c2",
        }  # fmt: skip
        assert nango.asked[-1].headers["connection-id"] == "conn-1"
        assert nango.asked[-1].headers["provider-config-key"] == "salesforce"

    def test_no_more_than_the_limit(self) -> None:
        nango = Nango(_page(["1", "2"], "c1"), _page(["3", "4"], "c2"))
        pages = list(nango.client.records.pages("Contact", limit=3, **WHERE))
        assert _ids(pages) == [["1", "2"], ["3"]]
        assert [request.url.params["limit"] for request in nango.asked] == ["3", "1"]

    def test_pages_that_would_never_end(self) -> None:
        nango = Nango(_page(["1"], "c1"), _page(["2"], "c2"), _page(["1"], "c1"))
        got = []
        with pytest.raises(
            ApiResponseError, match="'c1' for the records of Contact for the second time"
        ) as caught:
            for page, _ in nango.client.records.pages("Contact", **WHERE):
                got.append(page[0]["id"])
        assert (got, caught.value.code) == (["1", "2", "1"], "repeated_cursor")

    @pytest.mark.parametrize("answer", [{}, {"records": {}}, {"records": [1]}, []])
    def test_something_else(self, answer: Any) -> None:
        with pytest.raises(ApiResponseError, match="with JSON that is not records"):
            Nango(answer).client.records.page("Contact", **WHERE)


class TestSyncs:
    def test_the_state_of_some_and_of_all(self) -> None:
        state = {"name": "contacts", "status": "SUCCESS", "recordCount": {"Contact": 3}}
        nango = Nango({"syncs": [state]}, {"syncs": []})
        assert nango.client.syncs.status("salesforce", ["contacts", "a::v"], connection_id="conn-1") == [
            state
        ]
        assert nango.query == {
            "syncs": "contacts,a::v", "provider_config_key": "salesforce", "connection_id": "conn-1",
        }  # fmt: skip
        assert nango.client.syncs.status("salesforce") == []
        assert nango.query == {"syncs": "*", "provider_config_key": "salesforce"}

    def test_orders(self) -> None:
        nango = Nango(*[{"success": True}] * 4)
        nango.client.syncs.trigger("contacts", **WHERE)
        nango.client.syncs.trigger("contacts", variant="emea", reset=True, empty_cache=True, **WHERE)
        nango.client.syncs.start("contacts", **WHERE)
        nango.client.syncs.pause("contacts", variant="emea", **WHERE)
        emea = [{"name": "contacts", "variant": "emea"}]
        assert [(request.url.path, json.loads(request.content)) for request in nango.asked] == [
            ("/sync/trigger", {"syncs": ["contacts"], **WHERE}),
            ("/sync/trigger", {"syncs": emea, "opts": {"reset": True, "emptyCache": True}, **WHERE}),
            ("/sync/start", {"syncs": ["contacts"], **WHERE}),
            ("/sync/pause", {"syncs": emea, **WHERE}),
        ]

    def test_an_order_is_never_repeated(self) -> None:
        nango = Nango(_error(503, "server_error"), {"success": True})
        with pytest.raises(ApiResponseError, match="503 server_error for the trigger of sync 'contacts'"):
            nango.client.syncs.trigger("contacts", **WHERE)
        assert len(nango.asked) == 1

    def test_a_plan_that_does_not_allow_it(self) -> None:
        nango = Nango(_error(400, "resource_capped", "Reached maximum number of allowed connections"))
        with pytest.raises(ApiResponseError) as caught:
            nango.client.syncs.start("contacts", **WHERE)
        assert "not enabled or not allowed for this environment or plan" in caught.value.hint

    def test_something_else(self) -> None:
        with pytest.raises(ApiResponseError, match="not a list of syncs"):
            Nango({"syncs": "none"}).client.syncs.status("salesforce")
