"""Requests through the proxy: what is sent, and every way in which no answer comes."""

from __future__ import annotations

import gzip
import json
import os
import signal
import socket
import threading
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from nangonb._masking import Masker, Secret
from nangonb._nango import ApiResponseError, Client, ProxyRequest, ProxyResponse, Transport, TransportError
from tests.nango.raw_server import answer, reset, serve

KEY = "nango-secret-key-1234"


def _client(host: str, **options: Any) -> Client:
    return Client(Transport(host, Secret(KEY), **{"masker": Masker(), **options}))


def _request(**options: Any) -> ProxyRequest:
    given: dict[str, Any] = {"endpoint": "/x", "provider_config_key": "salesforce", "connection_id": "conn-1"}
    return ProxyRequest(**{**given, **options})


def _sent(
    request: ProxyRequest, respond: httpx.Response | None = None
) -> tuple[httpx.Request, ProxyResponse]:
    seen: list[httpx.Request] = []

    def handle(asked: httpx.Request) -> httpx.Response:
        seen.append(asked)
        return respond or httpx.Response(200, json={"ok": True})

    result = _client("http://nango.test", http=httpx.MockTransport(handle)).proxy(request)
    return seen[0], result


# What every HTTP client sends in its own way
_OWN = {"accept", "accept-encoding", "connection", "host", "user-agent", "authorization", "content-length"}


def _shape(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers if name.lower() not in _OWN}


def _recorded(shared: Path, name: str) -> list[dict[str, Any]]:
    path = shared / "nango" / "recordings" / f"{name}.http.jsonl"
    calls = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [call for call in calls if call["path"].startswith("/proxy/")]


@pytest.mark.parametrize(
    ("recording", "index", "request_options"),
    [
        ("yaml14-sync", 0, {"params": "from-recording", "is_sync": True}),
        ("yaml14-sync", 1, {"is_sync": True}),
        ("yaml14-action", 0, {}),
        (
            "nodeclient",
            0,
            {
                "params": {"q": "a b", "n": [1, 2]},
                "headers": {"X-Foo": "bar", "Content-Type": "text/plain"},
                "base_url_override": "https://x.test",
                "retries": 3,
                "retry_on": [404, 429],
                "decompress": True,
                "is_dry_run": False,
            },
        ),
        ("nodeclient", 1, {"method": "POST", "data": {"x": 1}, "is_dry_run": False}),
        ("nodeclient", 2, {"method": "delete", "data": {"x": 1}, "is_dry_run": False}),
    ],
)
def test_a_request_is_the_one_that_nangos_own_client_sends(
    shared: Path, recording: str, index: int, request_options: dict[str, Any]
) -> None:
    call = _recorded(shared, recording)[index]
    if request_options.get("params") == "from-recording":
        request_options = {**request_options, "params": dict(call["query"])}
    sent, _ = _sent(_request(endpoint=call["path"].removeprefix("/proxy"), **request_options))
    assert sent.method == call["method"]
    assert sent.url.path == call["path"]
    assert [list(pair) for pair in parse_qsl(urlsplit(str(sent.url)).query)] == call["query"]
    assert _shape(sent.headers.items()) == _shape(call["headers"])
    assert sent.headers["authorization"] == f"Bearer {KEY}"
    assert (json.loads(sent.content) if sent.content else None) == call["body"]


def test_headers_with_null_and_false_are_left_out_and_numbers_are_javascripts() -> None:
    sent, _ = _sent(_request(headers={"X-A": None, "X-B": False, "X-C": 1.0, "X-D": "é"}))
    assert "nango-proxy-x-a" not in sent.headers
    assert "nango-proxy-x-b" not in sent.headers
    assert sent.headers["nango-proxy-x-c"] == "1"
    assert (b"Nango-Proxy-X-D", "é".encode("latin-1")) in sent.headers.raw


def test_a_post_without_data_has_an_empty_body() -> None:
    sent, _ = _sent(_request(method="POST"))
    assert sent.headers["content-length"] == "0"


@pytest.mark.parametrize("value", ["two\nlines", "美"])
def test_a_header_that_cannot_be_sent(value: str) -> None:
    with pytest.raises(TransportError) as raised:
        _sent(_request(headers={"X-Foo": value}))
    assert raised.value.code == "ERR_INVALID_CHAR"
    assert '["X-Foo"]' in raised.value.message


def test_the_answer_has_lower_case_joined_headers_and_counts_bytes_on_the_wire() -> None:
    body = b'{"a": "' + b"x" * 10_000 + b'"}'
    packed = gzip.compress(body)
    head = ("Content-Encoding: gzip", "Link: <a>; rel=next", "Link: <b>; rel=last", "X-Up: 1")
    with serve(lambda c, _: c.sendall(answer("200 OK", packed, *head))) as host:
        result = _client(host).proxy(_request(params={"q": "é"}))
    assert result.content == body
    assert result.received == len(packed)
    assert result.headers["link"] == "<a>; rel=next, <b>; rel=last"
    assert result.headers["x-up"] == "1"
    assert result.url == f"{host}/proxy/x?q=%C3%A9"
    assert result.elapsed > 0


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (404, {"error": {"code": "not_found", "message": "No such contact"}}),
        (400, {"error": {"code": "server_error", "message": "Try later"}}),
        (500, {"error": {"code": "server_error", "message": "Failed to get connection"}}),
        (401, [{"errorCode": "INVALID_SESSION_ID"}]),
        (429, {"message": "slow down"}),
        (400, {"error": "invalid_grant"}),
        (200, {"error": {"code": "unknown_connection"}}),
    ],
)
def test_the_providers_errors_are_answers(status: int, body: Any) -> None:
    _, result = _sent(_request(), httpx.Response(status, json=body))
    assert result.status == status
    assert json.loads(result.content) == body


@pytest.mark.parametrize(
    ("status", "code", "message", "hint"),
    [
        (404, "unknown_provider_config", "Provider config not found", "no such integration"),
        (400, "server_error", "Failed to get connection", "no such connection"),
        (400, "server_error", "Failed to get connection credentials: 'refresh'", "Reconnect"),
        (424, "server_error", "Failed to get connection credentials: 'refresh'", "Reconnect"),
        (400, "connection_refresh_backoff", "Too many failed refreshes", "Reconnect"),
        (400, "base_url_override_not_allowed", "Not allowed", "base_url_override"),
        (401, "unknown_account", "", "Check NANGO_SECRET_KEY_DEV"),
        (400, "invalid_headers", "", "retry_on"),
    ],
)
def test_nangos_own_refusals_are_told_apart(status: int, code: str, message: str, hint: str) -> None:
    transport = httpx.MockTransport(
        lambda _: httpx.Response(status, json={"error": {"code": code, "message": message}})
    )
    client = _client("http://nango.test", http=transport, key_name="NANGO_SECRET_KEY_DEV")
    with pytest.raises(ApiResponseError) as raised:
        client.proxy(_request(endpoint="/a?token=hidden-away"))
    assert (raised.value.code, raised.value.status) == (code, status)
    assert hint in raised.value.hint
    assert message in raised.value.message
    assert "'conn-1'" in raised.value.message
    assert "hidden-away" not in raised.value.message


def test_a_proxied_request_is_never_repeated() -> None:
    seen: list[bytes] = []

    def refuse(connection: socket.socket, request: bytes) -> None:
        seen.append(request)
        connection.sendall(answer("503 Service Unavailable", b"", "Retry-After: 0"))

    with serve(refuse) as host:
        assert _client(host).proxy(_request()).status == 503
    assert len(seen) == 1


def _reset_at_once(connection: socket.socket, _: bytes) -> None:
    reset(connection)


def _hang_up(connection: socket.socket, _: bytes) -> None:
    connection.close()


def _truncate(connection: socket.socket, _: bytes) -> None:
    connection.sendall(answer("200 OK", b"x" * 700, length=5000))
    connection.close()


def _reset_in_body(connection: socket.socket, request: bytes) -> None:
    connection.sendall(answer("200 OK", b"x" * 700, length=5000))
    # The client has the 700 bytes when it asks for more; a reset at once could overtake them.
    connection.shutdown(socket.SHUT_RDWR)


def _broken_chunk(connection: socket.socket, _: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc")
    connection.close()


def _bad_gzip(connection: socket.socket, _: bytes) -> None:
    connection.sendall(answer("200 OK", b"not gzip", "Content-Encoding: gzip"))


def _endless_redirect(connection: socket.socket, _: bytes) -> None:
    connection.sendall(answer("302 Found", b"", "Location: /proxy/x"))


def _garbage(connection: socket.socket, _: bytes) -> None:
    connection.sendall(b"what?\r\n\r\n")
    connection.close()


@pytest.mark.parametrize(
    ("misbehave", "code", "message"),
    [
        (_reset_at_once, "ECONNRESET", "socket hang up"),
        (_hang_up, "ECONNRESET", "socket hang up"),
        (_truncate, "ERR_BAD_RESPONSE", "stream has been aborted"),
        (_reset_in_body, "ERR_BAD_RESPONSE", "stream has been aborted"),
        (_broken_chunk, "ERR_BAD_RESPONSE", "stream has been aborted"),
        (_bad_gzip, "Z_DATA_ERROR", "could not be decompressed"),
        (_endless_redirect, "ERR_FR_TOO_MANY_REDIRECTS", "Maximum number of redirects exceeded"),
        (_garbage, "HPE_INVALID_CONSTANT", "Parse Error"),
    ],
)
def test_an_incomplete_answer_has_axios_code(misbehave: Any, code: str, message: str) -> None:
    with serve(misbehave) as host, pytest.raises(TransportError) as raised:
        _client(host).proxy(_request())
    assert raised.value.code == code
    assert message in raised.value.message
    assert raised.value.url == f"{host}/proxy/x"


def test_the_bytes_that_did_arrive_are_counted() -> None:
    with serve(_truncate) as host, pytest.raises(TransportError) as raised:
        _client(host).proxy(_request())
    assert raised.value.received == 700
    assert raised.value.status == 200
    assert raised.value.elapsed > 0


def test_a_server_that_never_answers_times_out() -> None:
    with serve(lambda c, _: None) as host, pytest.raises(TransportError) as raised:
        _client(host).proxy(_request(timeout=0.05))
    assert (raised.value.code, raised.value.message) == ("ECONNABORTED", "timeout of 50ms exceeded")


def test_an_unknown_host_and_a_closed_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(TransportError) as raised:
        _client(f"http://127.0.0.1:{port}").proxy(_request())
    assert (raised.value.code, raised.value.message) == ("ECONNREFUSED", "connect ECONNREFUSED")
    with pytest.raises(TransportError) as raised:
        _client("http://nango.invalid").proxy(_request())
    assert raised.value.code == "ENOTFOUND"


def test_secrets_in_the_url_are_not_in_the_error() -> None:
    masker = Masker()
    masker.add("hidden-away")
    with serve(_hang_up) as host, pytest.raises(TransportError) as raised:
        _client(host, masker=masker).proxy(_request(params={"token": "hidden-away"}))
    assert "hidden-away" not in raised.value.url


def test_the_stop_button_passes_at_once_and_the_client_stays_usable() -> None:
    main = threading.main_thread().ident
    assert main is not None
    seen = 0

    def slow_then_good(connection: socket.socket, _: bytes) -> None:
        nonlocal seen
        seen += 1
        if seen == 1:
            connection.sendall(answer("200 OK", b"x" * 10, length=5000))
            signal.pthread_kill(main, signal.SIGINT)
        else:
            connection.sendall(answer("200 OK", b"good"))

    with serve(slow_then_good) as host:
        client = _client(host)
        with pytest.raises(KeyboardInterrupt):
            client.proxy(_request())
        assert client.proxy(_request()).content == b"good"


def test_connections_are_kept_alive() -> None:
    ports: set[int] = set()

    def note(connection: socket.socket, _: bytes) -> None:
        ports.add(connection.getpeername()[1])
        connection.sendall(answer("200 OK", b"{}"))

    with serve(note) as host:
        client = _client(host)
        for _ in range(3):
            client.proxy(_request())
        client.close()
        client.proxy(_request())
    assert len(ports) == 2


def test_a_proxy_of_the_environment_is_not_asked_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert os.environ["HTTP_PROXY"]
    with serve(lambda c, _: c.sendall(answer("200 OK", b"{}"))) as host:
        assert _client(host).proxy(_request()).status == 200
