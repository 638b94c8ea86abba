"""nango.uncontrolled_fetch: past the proxy, without credentials, and not into private networks."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from typing import Any

import pytest

from nangonb.errors import HTTPError
from tests.scripted import ScriptedNango
from tests.world import World, shown

CATCH = """
try:
    nango.uncontrolled_fetch({call})
except nango.ActionError as error:
    return [error.payload['code'], error.payload['message']]
"""


class Web:
    """Some server of the web, on loopback. ``asked`` are (method, path, headers, body)."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []
        self.answers: list[tuple[int, dict[str, str], bytes]] = []
        web = self

        class Handler(BaseHTTPRequestHandler):
            def _handle(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                web.asked.append((self.command, self.path, headers, body))
                status, sent, content = web.answers.pop(0)
                self.send_response(status)
                for name, value in {"content-length": str(len(content)), **sent}.items():
                    self.send_header(name, value)
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(content)

            do_GET = do_POST = do_HEAD = do_PUT = _handle  # noqa: N815

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def web() -> Iterator[Web]:
    server = Web()
    yield server
    server.close()


def refused(acme: World, call: str) -> Any:
    return acme.action(CATCH.format(call=call))


class TestAnswers:
    def test_status_body_and_headers(self, acme: World, scripted: ScriptedNango, web: Web) -> None:
        web.answers = [(404, {"X-One": "1", "Content-Type": "application/json"}, b'{"n": 2.0}')]
        output = acme.action(
            "r = nango.uncontrolled_fetch(input['url'] + '/x?a=b', method='POST', "
            "headers={'X-Sent': 1, 'X-No': None}, body='h\\u00e9')\n"
            "return [r.status, r.ok, r.headers['x-one'], r.text(), r.json(), list(r.array_buffer()[:2]), "
            "r.url == input['url'] + '/x?a=b', r.redirected, type(r.json()['n']).__name__]",
            input={"url": web.url},
        )
        assert output == [404, False, "1", '{"n": 2.0}', {"n": 2}, [123, 34], True, False, "int"]
        method, path, headers, body = web.asked[0]
        assert (method, path, body) == ("POST", "/x?a=b", "hé".encode())
        assert headers["x-sent"] == "1"
        assert "x-no" not in headers
        assert headers["content-type"] == "text/plain;charset=UTF-8"
        assert "authorization" not in headers
        assert scripted.asked == []
        (entry,) = acme.session.last_dryrun().trace.requests
        assert (entry.method, entry.status, entry.writes_provider) == ("POST", 404, True)

    def test_what_is_no_json(self, acme: World, web: Web) -> None:
        web.answers = [(200, {"Content-Type": "text/html"}, b"<p>")]
        text = shown(acme.fails(f"nango.uncontrolled_fetch('{web.url}/').json()"))
        assert "ValueError: The body is not JSON (3 bytes, text/html)." in text

    def test_redirects_are_followed(self, acme: World, web: Web) -> None:
        web.answers = [
            (302, {"Location": "/b"}, b""),
            (307, {"Location": f"{web.url}/c"}, b""),
            (200, {}, b"ok"),
        ]
        output = acme.action(
            "r = nango.uncontrolled_fetch(input + '/a', method='POST', body='x')\n"
            "return [r.text(), r.redirected, r.url.rpartition('/')[2]]".replace("input", repr(web.url))
        )
        assert output == ["ok", True, "c"]
        # a POST that is redirected with 302 becomes a GET without a body
        assert [(method, path, body) for method, path, _, body in web.asked] == [
            ("POST", "/a", b"x"), ("GET", "/b", b""), ("GET", "/c", b""),
        ]  # fmt: skip

    def test_secrets_stay_with_their_origin(self, acme: World, web: Web) -> None:
        other = Web()
        try:
            web.answers = [(307, {"Location": f"{other.url}/b"}, b"")]
            other.answers = [(200, {}, b"")]
            acme.action(
                f"nango.uncontrolled_fetch('{web.url}/a', headers={{'Authorization': 'mine', 'X-A': 'b'}})"
            )
            assert web.asked[0][2]["authorization"] == "mine"
            assert "authorization" not in other.asked[0][2]
            assert other.asked[0][2]["x-a"] == "b"
        finally:
            other.close()

    def test_a_replay_gives_each_answer_in_its_turn(self, acme: World, web: Web) -> None:
        web.answers = [(202, {}, b"wait"), (202, {}, b"wait"), (200, {}, b"ready"), (200, {}, b"other")]
        acme.action(
            "seen = []\n"
            f"while 'ready' not in seen: seen.append(nango.uncontrolled_fetch('{web.url}/a').text())\n"
            f"return [seen, nango.uncontrolled_fetch('{web.url}/b').text()]",
            save_responses=True,
        )
        for _ in range(2):
            replays = acme.session.test("do-it")
            assert replays.ok and replays.passed == 1, replays.text()
        assert len(web.asked) == 4


class TestRefused:
    def test_endless_redirects(self, acme: World, web: Web) -> None:
        web.answers = [(302, {"Location": "/a"}, b"")] * 30
        code, message = refused(acme, f"'{web.url}/a'")
        assert code == "too_many_redirects"
        assert "redirects more than 20 times" in message
        assert len(web.asked) == 21

    @pytest.mark.parametrize("location", ["ftp://example.com/x", "http://[::1", "javascript:alert(1)"])
    def test_a_redirect_to_what_is_no_http(self, acme: World, web: Web, location: str) -> None:
        web.answers = [(302, {"Location": location}, b"")]
        assert refused(acme, f"'{web.url}/a'")[0] == "invalid_redirect"

    @pytest.mark.parametrize(
        "url",
        [
            "http://10.0.0.1/x", "http://169.254.169.254/latest/meta-data", "http://192.168.1.1",
            "http://0.0.0.0/",
            "http://[fd00::1]/", "http://[::ffff:10.0.0.1]/", "http://100.64.0.1/", "file:///etc/passwd",
            "//x", "x",
            "http://localhost:99999/", "http://2130706433.0.0.1.bad host/",
        ],
    )  # fmt: skip
    def test_private_networks_and_what_is_no_url(self, acme: World, url: str) -> None:
        found = acme.action(
            "try:\n    nango.uncontrolled_fetch(input['url'])\nexcept nango.ActionError as error:\n"
            "    return error.payload['code']\nexcept Exception as error:\n    return error.code",
            input={"url": url},
        )
        assert found == ("ENOTFOUND" if "bad host" in url else "url_not_allowed")

    def test_a_redirect_into_a_private_network(self, acme: World, web: Web) -> None:
        web.answers = [(302, {"Location": "http://169.254.169.254/latest"}, b"")]
        code, message = refused(acme, f"'{web.url}/a'")
        assert code == "url_not_allowed"
        assert "169.254.169.254 is an address of a private network" in message

    def test_this_machine_is_refused_where_nango_is_elsewhere(self, web: Web) -> None:
        fetch = import_module("nangonb._dryrun.fetch")
        request = import_module("nangonb._sdk.fetch").FetchRequest(f"{web.url}/a")
        with pytest.raises(Exception, match="private network") as caught:
            fetch.fetch(request, loopback=False)
        assert caught.value.payload["code"] == "url_not_allowed"  # type: ignore[attr-defined]
        assert web.asked == []

    def test_a_read_only_run_refuses_to_write(self, acme: World, web: Web) -> None:
        error = acme.fails(f"nango.uncontrolled_fetch('{web.url}/a', method='POST')", read_only=True)
        assert "this run is read-only" in shown(error)
        assert web.asked == []

    def test_nobody_answers(self, acme: World) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        error = acme.fails(f"nango.uncontrolled_fetch('http://127.0.0.1:{port}/')")
        cause = error.__cause__
        assert isinstance(cause, HTTPError)
        assert (str(cause), cause.code) == ("fetch failed", "ECONNREFUSED")

    @pytest.mark.parametrize(
        ("call", "said"),
        [
            ("{'url': 'https://x'}", "url is text, 'https://api.example.com/x', not dict."),
            ("'https://x', method='FETCH'", "method is one of GET, POST"),
            ("'https://x', headers='a'", "headers is a dict, not str"),
            (
                "'https://x', method='POST', body={}",
                "body is text or bytes, not dict: body=json.dumps(data).",
            ),
            ("'https://x', body='a'", "Request with GET/HEAD method cannot have body."),
        ],
    )
    def test_misuse(self, acme: World, call: str, said: str) -> None:
        assert said in shown(acme.fails(f"nango.uncontrolled_fetch({call})"))


def test_requests_count_and_are_shown_without_known_secrets(
    acme: World, scripted: ScriptedNango, web: Web
) -> None:
    web.answers = [(200, {}, b"")]
    result = acme.sync(f"nango.uncontrolled_fetch('{web.url}/a?token=' + nango.get_token())")
    assert result.trace.request_count == 1
    assert scripted.token in web.asked[0][1]
    assert scripted.token not in json.dumps(result.trace.as_dict())
