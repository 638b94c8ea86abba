"""A Nango on loopback whose provider answers exactly what a test says, and that keeps what it was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

KEY = "canary-key-4f1d2c3b-0000-4000-8000-000000000001"
TOKEN = "canary-token!with/odd+characters==001"


@dataclass(frozen=True)
class Answer:
    """``body`` is sent as JSON, unless it is bytes."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """One request as it came. ``query`` is decoded, in order; ``headers`` have lower-case names."""

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def line(self) -> str:
        """``GET /items?cursor=a``, decoded."""
        query = "&".join(f"{name}={value}" for name, value in self.query)
        return f"{self.method} {self.path}{'?' if query else ''}{query}"


Reply = Answer | dict[str, Any] | list[Any] | bytes | Callable[[Asked], Any]


class ScriptedNango:
    """One integration ``acme`` of provider ``acme`` with connection ``conn-1``.

    ``answers`` are given to requests through ``/proxy``, one each, in order; ``asked`` are those requests,
    ``called`` those of Nango's own API as ``METHOD /path``. A reply may be a function of the request.
    ``api`` overrides what Nango's own API answers at a path; it, too, may be a function.
    """

    def __init__(self) -> None:
        self.key, self.token = KEY, TOKEN
        self.answers: list[Reply] = []
        self.asked: list[Asked] = []
        self.called: list[Asked] = []
        self.paginate: dict[str, Any] | None = None
        self.metadata: dict[str, Any] = {"region": "EMEA"}
        self.variables = [{"name": "REGION", "value": "eu"}]
        self.api: dict[str, Reply] = {}
        scripted = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def _handle(self) -> None:
                length = int(self.headers.get("content-length") or 0)
                parts = urlsplit(self.path)
                asked = Asked(
                    self.command,
                    unquote(parts.path),
                    parse_qsl(parts.query, keep_blank_values=True),
                    {name.lower(): value for name, value in self.headers.items()},
                    self.rfile.read(length),
                )
                answer = scripted._reply(asked)
                content = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
                self.send_response(answer.status)
                sent = {"content-type": "application/json", **answer.headers}
                for name, value in sent.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _handle  # noqa: N815

            def log_message(self, format: str, *args: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            def handle_error(self, request: Any, client_address: Any) -> None:
                pass  # the client went away, or the test wants no answer

        self._server = Server(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def lines(self) -> list[str]:
        """``METHOD /path?query`` of each request to the provider."""
        return [asked.line for asked in self.asked]

    def _reply(self, asked: Asked) -> Answer:
        if asked.headers.get("authorization") != f"Bearer {self.key}":
            return _error(401, "unknown_account", "Authentication failed. No such account.")
        if asked.path.startswith("/proxy"):
            asked = Asked(
                asked.method, asked.path.removeprefix("/proxy"), asked.query, asked.headers, asked.body
            )
            self.asked.append(asked)
            if not self.answers:
                return Answer({"error": "the test gave no more answers"}, 500)
            reply = self.answers.pop(0)
            found = reply(asked) if callable(reply) else reply
            return found if isinstance(found, Answer) else Answer(found)
        self.called.append(asked)
        reply = self.api.get(asked.path)
        if reply is None:
            return self._own(asked)
        found = reply(asked) if callable(reply) else reply
        return found if isinstance(found, Answer) else Answer(found)

    def _own(self, asked: Asked) -> Answer:
        connection = {
            "id": 1,
            "connection_id": "conn-1",
            "provider_config_key": "acme",
            "provider": "acme",
            "errors": [],
            "metadata": self.metadata,
            "created": "2026-01-01T00:00:00.000Z",
            "created_at": "2026-01-01T00:00:00.000Z",
        }
        match asked.method, asked.path:
            case "GET", "/connections" | "/connection":
                return Answer({"connections": [connection]})
            case "GET", "/connections/conn-1":
                credentials = {"type": "OAUTH2", "access_token": self.token, "raw": {}}
                return Answer({**connection, "credentials": credentials, "connection_config": {}})
            case "GET", "/providers/acme":
                proxy: dict[str, Any] = {"base_url": "https://api.acme.example"}
                if self.paginate is not None:
                    proxy["paginate"] = self.paginate
                return Answer({"data": {"name": "acme", "auth_mode": "OAUTH2", "proxy": proxy}})
            case "GET", "/integrations":
                return Answer({"data": [{"unique_key": "acme", "provider": "acme", "display_name": "Acme"}]})
            case "GET", "/environment-variables":
                return Answer(self.variables)
            case "POST" | "PATCH", "/connections/metadata":
                given = asked.json["metadata"]
                self.metadata = {**self.metadata, **given} if asked.method == "PATCH" else given
                return Answer(asked.json)
        return _error(404, "not_found", "Not found")


def _error(status: int, code: str, message: str) -> Answer:
    return Answer({"error": {"code": code, "message": message}}, status)
