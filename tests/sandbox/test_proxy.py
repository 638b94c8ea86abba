"""The proxy itself: headers, errors, retries; and each way in which a provider misbehaves."""

from __future__ import annotations

import socket
import uuid
from collections.abc import Mapping

import httpx
import pytest

from tests.sandbox.process import Sandbox

GOOD = {"connection-id": "flaky-1", "provider-config-key": "unreliable"}


def fresh() -> str:
    """A parameter that makes the URL one of its own: the provider counts failures per URL."""
    return f"test={uuid.uuid4().hex}"


@pytest.mark.parametrize(
    ("headers", "wrong"),
    [
        ({}, ["provider-config-key", "connection-id"]),
        ({"connection-id": "flaky-1"}, ["provider-config-key"]),
        ({**GOOD, "retries": "many"}, ["retries"]),
        ({**GOOD, "retry-on": "404;500"}, ["retry-on"]),
        ({**GOOD, "base-url-override": "no url"}, ["base-url-override"]),
        ({**GOOD, "decompress": "yes"}, ["decompress"]),
        ({**GOOD, "forward-headers-on-redirect": "1"}, ["forward-headers-on-redirect"]),
        ({**GOOD, "provider-config-key": "a/b"}, ["provider-config-key"]),
    ],
)
def test_wrong_headers_are_named(sandbox: Sandbox, headers: Mapping[str, str], wrong: list[str]) -> None:
    answer = sandbox.client.get("/proxy/items", headers=headers)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["code"] == "invalid_headers"
    assert [entry["path"] for entry in error["errors"]] == [[name] for name in wrong]


@pytest.mark.parametrize(
    ("connection", "integration", "status", "code"),
    [
        ("flaky-1", "nope", 404, "unknown_provider_config"),
        ("nope", "unreliable", 400, "server_error"),
        ("conn-1", "unreliable", 400, "server_error"),
        ("expired-1", "unreliable", 424, "server_error"),
    ],
)
def test_connections_that_cannot_be_used(
    sandbox: Sandbox, connection: str, integration: str, status: int, code: str
) -> None:
    answer = sandbox.proxy("/items", connection, integration)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_empty_optional_headers_are_as_absent_ones(sandbox: Sandbox) -> None:
    # The real clients always send some of them empty.
    answer = sandbox.unreliable("/items", headers={"base-url-override": "", "nango-activity-log-id": ""})
    assert answer.status_code == 200


def test_a_host_that_is_no_demo_provider_is_not_called(sandbox: Sandbox) -> None:
    answer = sandbox.unreliable("/items", headers={"base-url-override": "https://example.com"})
    assert answer.status_code == 500
    assert answer.json()["code"] == "ENOTFOUND"
    assert "example.com" in answer.json()["message"]


def test_any_path_is_for_the_provider_to_say(sandbox: Sandbox) -> None:
    for path in ("/", "/a%0Ab", "/a%0A", "//twice", "/%20"):
        answer = sandbox.unreliable(path)
        assert answer.status_code == (200 if path == "/" else 404), path
        assert "sandbox has no endpoint" not in answer.text


# Retries


@pytest.mark.parametrize(("retries", "status"), [("0", 429), ("1", 429), ("2", 200), ("5", 200)])
def test_rate_limits_are_waited_for_as_often_as_asked(sandbox: Sandbox, retries: str, status: int) -> None:
    answer = sandbox.unreliable(f"/rate-limited?times=2&after=0.01&{fresh()}", headers={"retries": retries})
    assert answer.status_code == status
    if status == 429:
        assert answer.headers["retry-after"] == "0.01"
        assert answer.json()["message"].endswith(f"({int(retries) + 1})")


def test_the_wait_that_the_provider_asks_for_is_kept(sandbox: Sandbox) -> None:
    long = sandbox.unreliable(f"/rate-limited?times=1&after=0.6&{fresh()}", headers={"retries": "1"})
    assert long.status_code == 200
    assert long.elapsed.total_seconds() >= 0.6


@pytest.mark.parametrize(
    "path", ["/flaky?times=2", "/flaky?times=2&status=503", "/rate-limited?times=2&after=none"]
)
def test_without_a_header_the_wait_is_the_sandbox_own(sandbox: Sandbox, path: str) -> None:
    assert sandbox.unreliable(f"{path}&{fresh()}", headers={"retries": "2"}).status_code == 200


def test_counting_starts_again_after_a_success(sandbox: Sandbox) -> None:
    path = f"/flaky?times=1&{fresh()}"
    assert [sandbox.unreliable(path).status_code for _ in range(4)] == [500, 200, 500, 200]


def test_only_some_statuses_are_retried_and_retry_on_adds_to_them(sandbox: Sandbox) -> None:
    path = f"/flaky?times=1&status=404&{fresh()}"
    assert sandbox.unreliable(path, headers={"retries": "3"}).status_code == 404
    path = f"/flaky?times=1&status=404&{fresh()}"
    assert sandbox.unreliable(path, headers={"retries": "3", "retry-on": "409,404"}).status_code == 200
    path = f"/flaky?times=1&status=404&{fresh()}"
    assert sandbox.unreliable(path, headers={"retry-on": "404"}).status_code == 404
    assert (
        sandbox.unreliable(f"/flaky?times=1&status=401&{fresh()}", headers={"retries": "1"}).status_code
        == 200
    )


def test_what_stays_broken_ends_after_the_retries(sandbox: Sandbox) -> None:
    answer = sandbox.unreliable("/broken?status=502", headers={"retries": "2"})
    assert (answer.status_code, answer.json()["error"]) == (502, "internal")


@pytest.mark.parametrize(
    "path",
    [
        "/broken?status=0",
        "/broken?status=99999999999999999999",
        "/rate-limited?after=a%0d%0ab",
        "/items?limit=nan&total=inf&cursor=-5&seconds=nan",
        "/large?megabytes=0&kilobytes=0",
        "/repos/%00?%ff=%ff",
    ],
)
def test_parameters_out_of_range_do_not_break_it(sandbox: Sandbox, path: str) -> None:
    answer = sandbox.unreliable(path)
    assert "the sandbox failed" not in answer.text.lower()
    assert 200 <= answer.status_code < 600


# Each misbehaviour, as the caller sees it


def test_the_index_lists_every_path(sandbox: Sandbox) -> None:
    paths = sandbox.unreliable("/").json()["paths"]
    assert {"/items", "/rate-limited", "/flaky", "/slow", "/truncated", "/html", "/reset"} <= set(paths)
    assert sandbox.unreliable("/nope").status_code == 404


def test_a_truncated_body_arrives_truncated(sandbox: Sandbox) -> None:
    with (
        pytest.raises(httpx.RemoteProtocolError, match=r"incomplete|closed"),
        sandbox.client.stream("GET", "/proxy/truncated", headers=GOOD) as answer,
    ):
        assert answer.status_code == 200
        assert answer.headers["content-length"] == "50000"
        answer.read()
    assert sandbox.unreliable("/items").status_code == 200


@pytest.mark.parametrize(("path", "received"), [("/reset", 0), ("/reset-in-body", 500)])
@pytest.mark.parametrize("retries", ["0", "1"])
def test_a_reset_connection_is_reset(sandbox: Sandbox, path: str, received: int, retries: str) -> None:
    address = ("127.0.0.1", int(sandbox.url.rsplit(":", 1)[1]))
    lines = [
        f"GET /proxy{path} HTTP/1.1",
        "Host: x",
        f"Authorization: Bearer {sandbox.key}",
        f"Retries: {retries}",
    ]
    lines += [f"{name}: {value}" for name, value in GOOD.items()]
    got = b""
    with socket.create_connection(address) as connection, pytest.raises(ConnectionResetError):
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        while True:
            part = connection.recv(65536)
            assert part, "an orderly end instead of a reset"
            got += part
    assert len(got) >= received
    assert sandbox.unreliable("/items").status_code == 200


def test_a_provider_that_cannot_be_reached_is_reported_as_by_nango(sandbox: Sandbox) -> None:
    answer = sandbox.unreliable("/unreachable", headers={"retries": "1"})
    assert answer.status_code == 500
    assert answer.json()["code"] == "ECONNREFUSED"
    assert answer.json()["method"] == "get"


def test_an_endless_redirect_ends(sandbox: Sandbox) -> None:
    answer = sandbox.unreliable("/redirect-loop", headers={"retries": "1"})
    assert (answer.status_code, answer.json()["code"]) == (500, "ERR_FR_TOO_MANY_REDIRECTS")


def test_a_slow_answer_keeps_nobody_else_waiting(sandbox: Sandbox) -> None:
    address = ("127.0.0.1", int(sandbox.url.rsplit(":", 1)[1]))
    lines = ["GET /proxy/slow?seconds=300 HTTP/1.1", "Host: x", f"Authorization: Bearer {sandbox.key}"]
    lines += [f"{name}: {value}" for name, value in GOOD.items()]
    with socket.create_connection(address) as waiting:
        waiting.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        assert sandbox.unreliable("/items").status_code == 200
        with pytest.raises(httpx.ReadTimeout):
            sandbox.proxy("/slow?seconds=300", "flaky-1", "unreliable", timeout=0.3)
    answer = sandbox.unreliable("/slow?seconds=0.2")
    assert answer.json()["items"]
    assert answer.elapsed.total_seconds() >= 0.2


def test_bodies_that_are_not_what_they_seem(sandbox: Sandbox) -> None:
    html = sandbox.unreliable("/html")
    assert (html.status_code, html.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert html.text.startswith("<!doctype html>")
    empty = sandbox.unreliable("/empty")
    assert (empty.status_code, empty.content) == (200, b"")
    assert empty.headers["content-type"].startswith("application/json")
    for path in ("/invalid-json", "/invalid-utf8"):
        answer = sandbox.unreliable(path)
        assert answer.status_code == 200
        with pytest.raises(ValueError):
            answer.json()
    odd = sandbox.unreliable("/odd-values").json()["items"][0]
    assert odd["big"] == 2**65 + 1
    assert "\0" in odd["nul"]
    large = sandbox.unreliable("/large?megabytes=2&kilobytes=512")
    assert len(large.json()["items"]) == 4
    assert len(large.content) > 2_000_000


def test_an_expired_token_is_told_in_the_provider_s_words(sandbox: Sandbox) -> None:
    answer = sandbox.unreliable("/expired-token", headers={"retries": "1"})
    assert answer.status_code == 401
    assert answer.json() == {"error": "invalid_token", "error_description": "The access token expired"}
    assert "invalid_token" in answer.headers["www-authenticate"]


def test_cursors(sandbox: Sandbox) -> None:
    pages = [
        sandbox.unreliable(f"/repeating-cursor?cursor={cursor}").json() for cursor in ("", "AAAA", "AAAA")
    ]
    assert [page["next_cursor"] for page in pages] == ["AAAA"] * 3
    found, cursor = [], "0"
    while cursor is not None:
        page = sandbox.unreliable(f"/items?total=25&limit=10&cursor={cursor}").json()
        found += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert found == [f"item-{number}" for number in range(25)]
    assert sandbox.unreliable("/items?total=25&fail_after=20&cursor=20").status_code == 500


def test_credentials_and_forwarded_headers_reach_the_provider_only(sandbox: Sandbox) -> None:
    for path in ("/items", "/expired-token", "/broken", "/html", "/"):
        answer = sandbox.unreliable(path, headers={"nango-proxy-x-canary": "canary"})
        assert "FAKE" not in answer.text + str(answer.headers)
        assert "canary" not in answer.text + str(answer.headers)


def test_head_and_other_methods(sandbox: Sandbox) -> None:
    head = sandbox.proxy("/items", "flaky-1", "unreliable", method="HEAD")
    assert (head.status_code, head.content) == (200, b"")
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answer = sandbox.proxy("/items", "flaky-1", "unreliable", method=method, json={"a": 1})
        assert answer.status_code == 200
