"""A server on loopback that keeps each request as it arrived, and lets another server answer it."""

from __future__ import annotations

import http.client
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

_HOP = ("connection", "keep-alive", "transfer-encoding", "content-length", "date", "server")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer; ``headers`` are those of the request, with lower-case names."""

    method: str
    path: str
    query: list[list[str]]
    headers: dict[str, str]
    body: bytes
    status: int
    answer: bytes


class Recorder:
    """Use as a context manager; ``url`` is where to send to, ``exchanges`` grows in order of arrival."""

    def __init__(self, upstream: str) -> None:
        self.exchanges: list[Exchange] = []
        target = urlsplit(upstream)
        assert target.hostname == "127.0.0.1" and target.port is not None
        port, exchanges = target.port, self.exchanges

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: Any) -> None:
                pass

            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
                try:
                    connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
                    for name, value in self.headers.items():
                        connection.putheader(name, value)
                    connection.endheaders(body)
                    response = connection.getresponse()
                    answer = response.read()
                finally:
                    connection.close()
                url = urlsplit(self.path)
                exchanges.append(
                    Exchange(
                        self.command,
                        url.path,
                        [list(pair) for pair in parse_qsl(url.query, keep_blank_values=True)],
                        {name.lower(): value for name, value in self.headers.items()},
                        body,
                        response.status,
                        answer,
                    )
                )
                self.send_response_only(response.status)
                for name, value in response.getheaders():
                    if name.lower() not in _HOP:
                        self.send_header(name, value)
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any  # noqa: N815 - the names of http.server

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Recorder:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
