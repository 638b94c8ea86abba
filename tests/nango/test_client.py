"""Nango's own API: shapes, pages, retries, and an error for each way it can refuse."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from nangonb._masking import MASK, Masker, Secret
from nangonb._nango import ApiResponseError, Client, Clients, Connection, Transport
from nangonb._nango.transfer import until
from nangonb.errors import ConfigurationError, NetworkError
from tests.nango.raw_server import answer, serve

KEY = "nango-secret-key-1234"


class Nango:
    """Answers from a list, and keeps what was asked."""

    def __init__(self, *answers: Any) -> None:
        self.answers = [a if isinstance(a, httpx.Response) else httpx.Response(200, json=a) for a in answers]
        self.asked: list[httpx.Request] = []
        self.masker = Masker()
        self.client = Client(
            Transport(
                "http://nango.test/",
                Secret(KEY),
                masker=self.masker,
                key_name="NANGO_SECRET_KEY_DEV",
                http=httpx.MockTransport(self._answer),
            )
        )

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return self.answers.pop(0)

    @property
    def query(self) -> dict[str, str]:
        return dict(self.asked[-1].url.params)


def _client(host: str) -> Client:
    return Client(Transport(host, Secret(KEY), masker=Masker()))


def _item(number: int, key: str = "salesforce") -> dict[str, Any]:
    return {
        "id": number,
        "connection_id": f"conn-{number}",
        "provider_config_key": key,
        "provider": "salesforce",
        "errors": [],
        "tags": {"team": "a"},
        "end_user": None,
        "metadata": None,
        "created": "2026-01-01T00:00:00.000Z",
    }


def _error(status: int, code: str, message: str = "", **more: Any) -> httpx.Response:
    headers = more.pop("headers", None)
    return httpx.Response(status, json={"error": {"code": code, "message": message, **more}}, headers=headers)


# Connections


def test_connections_as_the_recorded_server_lists_them(shared: Path) -> None:
    recorded = json.loads(
        (shared / "nango/recordings/nodeclient.http.jsonl").read_text("utf-8").splitlines()[0]
    )
    nango = Nango(recorded["response"]["body"])
    [connection] = nango.client.connections.list()
    assert nango.asked[0].url.path == recorded["path"]
    assert nango.query == {}
    assert connection == Connection(
        "conn-1",
        "salesforce",
        "salesforce",
        "2026-01-01T00:00:00.000Z",
        metadata={"fieldMapping": {"a": "b"}},
    )
    assert connection.as_dict() == {
        "connection_id": "conn-1",
        "provider_config_key": "salesforce",
        "provider": "salesforce",
        "created": "2026-01-01T00:00:00.000Z",
        "errors": [],
    }


def test_the_filters_of_connections_as_the_recorded_client_sends_them(shared: Path) -> None:
    recorded = json.loads(
        (shared / "nango/recordings/nodeclient.http.jsonl").read_text("utf-8").splitlines()[1]
    )
    nango = Nango({"connections": []})
    nango.client.connections.list(
        connection_id="conn-1", integration_id=["a", "b"], tags={"end_user_email": "x", "Foo": "y"}
    )
    expected = dict(recorded["query"])
    del expected["endUserId"], expected["limit"]
    assert nango.query == expected
    nango = Nango({"connections": []})
    nango.client.connections.list(search="ada", integration_id="salesforce")
    assert nango.query == {"search": "ada", "integrationId": "salesforce"}


def _ids(connections: list[Connection]) -> list[str]:
    return [connection.connection_id for connection in connections]


@pytest.mark.parametrize(
    ("more_pages", "count"),
    [
        ([[100, 200], [200, 250], []], 250),  # pages count from 0
        ([[0, 100], [100, 130], []], 130),  # pages count from 1
        ([[0, 100], [0, 100]], 100),  # no pages
        ([[]], 100),
    ],
)
def test_all_pages_of_connections_are_read_once(more_pages: list[list[int]], count: int) -> None:
    pages = [[0, 100], *more_pages]
    nango = Nango(*({"connections": [_item(n) for n in range(*page)] if page else []} for page in pages))
    assert _ids(nango.client.connections.list()) == [f"conn-{n}" for n in range(count)]
    assert nango.answers == []
    assert "page" not in nango.asked[0].url.params


def test_a_server_that_refuses_pages_has_sent_everything() -> None:
    nango = Nango({"connections": [_item(n) for n in range(150)]}, _error(400, "invalid_query_params"))
    assert len(nango.client.connections.list()) == 150


def test_one_id_may_stand_for_several_integrations() -> None:
    nango = Nango({"connections": [_item(1, "a"), _item(1, "b")]})
    assert [c.provider_config_key for c in nango.client.connections.list()] == ["a", "b"]


CREDENTIALS = {
    "type": "OAUTH2",
    "access_token": "tok-abcdef",
    "refresh_token": "ref-abcdef",
    "expires_at": "2030-01-01T00:00:00.000Z",
    "raw": {"access_token": "tok-abcdef", "instance_url": "https://x.my.salesforce.com", "scope": "api full"},
}


def test_a_connection_as_the_recorded_client_asks_for_it(shared: Path) -> None:
    recorded = json.loads(
        (shared / "nango/recordings/nodeclient.http.jsonl").read_text("utf-8").splitlines()[2]
    )
    nango = Nango(recorded["response"]["body"])
    found = nango.client.connections.get("conn-1", "salesforce")
    assert nango.asked[0].url.path == recorded["path"]
    assert nango.query == dict(recorded["query"])
    assert found == recorded["response"]["body"]


def test_credentials_are_learnt_as_secrets_and_addresses_are_not() -> None:
    nango = Nango({**_item(1), "credentials": CREDENTIALS})
    nango.client.connections.get("a/b", "salesforce", force_refresh=True)
    assert nango.asked[0].url.raw_path.startswith(b"/connections/a%2Fb?")
    assert nango.query["force_refresh"] == "true"
    shown = nango.masker.text(
        "tok-abcdef ref-abcdef https://x.my.salesforce.com OAUTH2 2030-01-01T00:00:00.000Z"
    )
    assert shown == f"{MASK} {MASK} https://x.my.salesforce.com OAUTH2 2030-01-01T00:00:00.000Z"


def test_invalid_credentials_are_an_error_even_with_status_200_and_stay_secret() -> None:
    nango = Nango(
        _error(200, "invalid_credentials", "tok-abcdef is expired", payload={"credentials": CREDENTIALS})
    )
    with pytest.raises(ApiResponseError) as raised:
        nango.client.connections.get("conn-1", "salesforce")
    assert raised.value.code == "invalid_credentials"
    assert "Reconnect" in raised.value.hint
    assert "tok-abcdef" not in f"{raised.value} {raised.value.body} {raised.value.lines()}"


# The rest of the API


def test_integrations_and_providers() -> None:
    nango = Nango(
        {"data": [{"unique_key": "salesforce"}]}, {"data": {"unique_key": "a b"}}, {"data": {"name": "p"}}
    )
    assert nango.client.integrations.list() == [{"unique_key": "salesforce"}]
    assert nango.client.integrations.get("a b", include=("webhook", "credentials")) == {"unique_key": "a b"}
    assert nango.asked[-1].url.raw_path == b"/integrations/a%20b?include=webhook&include=credentials"
    assert nango.client.provider("salesforce") == {"name": "p"}
    assert nango.asked[-1].url.path == "/providers/salesforce"


def test_metadata_as_the_recorded_client_writes_it(shared: Path) -> None:
    lines = (shared / "nango/recordings/nodeclient.http.jsonl").read_text("utf-8").splitlines()
    calls = [call for call in map(json.loads, lines) if call["path"] == "/connections/metadata"]
    nango = Nango(
        *(httpx.Response(call["response"]["status"], json=call["response"]["body"]) for call in calls)
    )
    nango.client.connections.set_metadata("conn-1", "salesforce", {"a": 1.0})
    nango.client.connections.update_metadata(["conn-1"], "salesforce", {"a": 2})
    for asked, call in zip(nango.asked, calls, strict=True):
        assert (asked.method, asked.url.path) == (call["method"], call["path"])
        assert asked.headers["content-type"] == "application/json"
        assert json.loads(asked.content) == call["body"]


def test_environment_variables_that_look_secret_are_learnt() -> None:
    nango = Nango(
        [
            {"name": "MODE", "value": "true"},
            {"name": "API_KEY", "value": "k-123"},
            {"name": "X", "value": "a1" * 16},
        ]
    )
    assert len(nango.client.environment_variables()) == 3
    assert nango.masker.text(f"true k-123 {'a1' * 16}") == f"true {MASK} {MASK}"


def test_an_action_is_triggered_as_recorded_and_its_error_keeps_the_payload(shared: Path) -> None:
    lines = (shared / "nango/recordings/nodeclient.http.jsonl").read_text("utf-8").splitlines()
    call = next(call for call in map(json.loads, lines) if call["path"] == "/action/trigger")
    failure = _error(500, "action_script_runtime_error", "The action script failed", payload={"why": "no"})
    nango = Nango(call["response"]["body"], failure)
    client = nango.client
    output = client.actions.trigger("act", {"a": 1}, connection_id="conn-1", provider_config_key="salesforce")
    assert output == call["response"]["body"]
    assert json.loads(nango.asked[0].content) == call["body"]
    assert nango.asked[0].headers["connection-id"] == "conn-1"
    assert nango.asked[0].headers["provider-config-key"] == "salesforce"
    with pytest.raises(ApiResponseError) as raised:
        client.actions.trigger("act", connection_id="conn-1", provider_config_key="salesforce")
    assert raised.value.code == "action_script_runtime_error"
    assert raised.value.body["error"]["payload"] == {"why": "no"}
    assert json.loads(nango.asked[1].content) == {"action_name": "act"}


def test_the_output_of_an_action_may_look_like_an_error() -> None:
    output = {"error": {"code": "unknown_account", "message": "of the provider"}}
    client = Nango(output).client
    assert client.actions.trigger("act", connection_id="c", provider_config_key="k") == output


def test_text_that_is_no_unicode_is_still_read() -> None:
    client = Nango(httpx.Response(200, content=b'{"data": [{"display_name": "\\ud800x"}]}')).client
    assert client.integrations.list() == [{"display_name": "\ud800x"}]


# Errors


def test_an_unknown_integration_is_told_as_one() -> None:
    with pytest.raises(
        ApiResponseError, match=r"integration 'nope': Integration \"nope\" does not"
    ) as raised:
        Nango(_error(404, "not_found", 'Integration "nope" does not exist')).client.integrations.get("nope")
    assert "no such integration" in raised.value.hint


@pytest.mark.parametrize(
    ("response", "code", "hint"),
    [
        (
            _error(401, "unknown_account", f"No account for {KEY}"),
            "unknown_account",
            "Check NANGO_SECRET_KEY_DEV",
        ),
        (_error(401, "invalid_secret_key_format"), "invalid_secret_key_format", "Check NANGO_SECRET_KEY_DEV"),
        (_error(404, "not_found", "Failed to find connection"), "not_found", "nangonb connections"),
        (
            _error(400, "unknown_provider_config", "Provider config not found"),
            "unknown_provider_config",
            "no such integration",
        ),
        (_error(424, "refresh_token_external_error", "refused"), "refresh_token_external_error", "Reconnect"),
        (_error(403, "plan_limit", "Too many"), "plan_limit", "plan"),
        (_error(500, "server_error", "oops"), "server_error", "Nango failed"),
        (httpx.Response(404, html="<h1>Not found</h1>"), "http_404", "NANGO_HOSTPORT"),
        (httpx.Response(200, html="<h1>Login</h1>"), "not_nango", "NANGO_HOSTPORT"),
        (httpx.Response(200, json=["odd"]), "not_nango", "NANGO_HOSTPORT"),
        (httpx.Response(404, json={"detail": "Not Found"}), "http_404", "NANGO_HOSTPORT"),
    ],
)
def test_each_refusal_says_what_to_do(response: httpx.Response, code: str, hint: str) -> None:
    nango = Nango(response)
    with pytest.raises(ApiResponseError) as raised:
        nango.client.connections.get("nope", "salesforce")
    error = raised.value
    assert error.code == code
    assert hint in error.hint
    assert error.exit_code == 3
    assert "http://nango.test" in error.message
    assert KEY not in " ".join(error.lines())


def test_the_places_of_a_refused_request_are_named() -> None:
    nango = Nango(
        _error(
            400,
            "invalid_body",
            errors=[{"code": "invalid_type", "message": "Expected string", "path": ["metadata", 0]}],
        )
    )
    with pytest.raises(ApiResponseError, match=r"metadata\.0: Expected string"):
        nango.client.connections.set_metadata("c", "k", {})


def test_a_get_is_tried_again_after_a_passing_failure() -> None:
    nango = Nango(
        httpx.Response(503, headers={"Retry-After": "0"}),
        _error(429, "too_many_requests", headers={"Retry-After": "0"}),
        {"data": []},
    )
    assert nango.client.integrations.list() == []
    assert len(nango.asked) == 3


def test_a_get_is_given_up_after_three_attempts() -> None:
    nango = Nango(*(httpx.Response(502, headers={"Retry-After": "0"}) for _ in range(3)))
    started = time.monotonic()
    with pytest.raises(ApiResponseError) as raised:
        nango.client.integrations.list()
    assert time.monotonic() - started >= 2  # 0 may be a part of a second, rounded down
    assert raised.value.status == 502
    assert "gateway" in raised.value.hint


def test_a_long_wait_is_not_waited_but_told() -> None:
    nango = Nango(_error(429, "too_many_requests", headers={"Retry-After": "3600"}))
    with pytest.raises(ApiResponseError) as raised:
        nango.client.integrations.list()
    assert "3600 s" in raised.value.hint


def test_a_write_is_never_repeated() -> None:
    nango = Nango(httpx.Response(503, headers={"Retry-After": "0"}))
    with pytest.raises(ApiResponseError):
        nango.client.connections.set_metadata("c", "k", {})
    assert len(nango.asked) == 1


def test_no_server_names_the_host_after_three_attempts() -> None:
    with pytest.raises(NetworkError) as raised:
        _client("http://127.0.0.1:9").integrations.list()
    assert "http://127.0.0.1:9" in raised.value.message
    assert "ECONNREFUSED" in raised.value.message
    assert "NANGO_HOSTPORT" in raised.value.hint


def test_a_tls_client_at_a_plain_server() -> None:
    with (
        serve(lambda c, _: c.sendall(answer("200 OK", b"{}"))) as host,
        pytest.raises(NetworkError) as raised,
    ):
        _client(host.replace("http:", "https:")).connections.set_metadata("c", "k", {})
    assert "TLS" in raised.value.message


@pytest.mark.parametrize("host", ["localhost:3003", "nango", "", "ftp://x"])
def test_a_host_without_scheme_is_refused_with_an_example(host: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        _client(host)
    assert "http://localhost:3003" in raised.value.hint


def test_a_password_in_the_host_is_not_shown() -> None:
    client = _client("http://ada:pass-word@nango.test")
    assert client.host == "http://nango.test"
    assert "pass-word" not in repr(client)


def test_a_session_has_one_client_for_a_host_and_key() -> None:
    clients = Clients(Masker())
    first = clients.get("http://a.test", Secret("key-1"))
    assert clients.get("http://a.test", Secret("key-1")) is first
    assert clients.get("http://a.test", Secret("key-2")) is not first
    clients.close()
    assert clients.get("http://a.test", Secret("key-1")) is not first


def test_httpx_is_imported_by_the_first_request_only() -> None:
    program = (
        "import sys, nangonb._nango as n, nangonb._masking as m\n"
        "n.Client(n.Transport('http://a.test', m.Secret('key-1'), masker=m.Masker()))\n"
        "print([name for name in ('httpx', 'orjson', 'ssl') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# Deadlines


def test_a_deadline_that_an_interrupt_left_behind_ends_no_later_request() -> None:
    left_behind = until(time.monotonic() - 1)
    left_behind.__enter__()  # interrupted here, before the block that would end it
    try:
        with serve(lambda connection, _: connection.sendall(answer("200 OK", b'{"data": []}'))) as host:
            assert _client(host).integrations.list() == []
    finally:
        left_behind.__exit__(None, None, None)


def test_the_deadline_of_a_client_ends_its_requests_in_any_thread() -> None:
    ended = threading.Event()
    with serve(lambda connection, _: ended.wait(60) and None) as host, ThreadPoolExecutor(1) as pool:
        client = _client(host).watched(lambda wait: None, time.monotonic() + 0.2)
        error = pool.submit(client.integrations.list).exception()
        ended.set()
    assert isinstance(error, NetworkError)
