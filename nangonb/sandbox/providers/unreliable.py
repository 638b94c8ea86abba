"""A provider that misbehaves, each way at its own path, so that one can see what a script makes of it.

``GET /`` lists the paths. ``times`` counts per URL and starts again after a success, so a run can be
repeated.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable
from typing import Any, ClassVar

import orjson

from nangonb.sandbox import (
    Call,
    Connection,
    DemoAction,
    DemoSync,
    Integration,
    NetworkFault,
    Provider,
    ProviderRequest,
    ProviderResponse,
    ScriptFailed,
    json_response,
    oauth2,
)  # fmt: skip
from nangonb.sandbox.providers import _people as people

_HTML = b"""<!doctype html>
<html><head><title>Down for maintenance</title></head>
<body><h1>We'll be back soon!</h1><p>Incident 4711 <script>alert("not run")</script></p></body></html>
"""
_JSON = ("content-type", "application/json; charset=utf-8")


class Unreliable:
    """The provider at ``api.unreliable.example``."""

    HOST: ClassVar[str] = "api.unreliable.example"
    TOKEN: ClassVar[str] = "unreliable-FAKE-access-token-0001"

    def __init__(self) -> None:
        self._failures: Counter[str] = Counter()
        self._paths: dict[str, Callable[[ProviderRequest], ProviderResponse]] = {
            "/items": _items,
            "/rate-limited": self._rate_limited,
            "/flaky": self._flaky,
            "/broken": _broken,
            "/slow": _slow,
            "/truncated": _truncated,
            "/html": lambda request: ProviderResponse(
                200, _HTML, (("content-type", "text/html; charset=utf-8"),)
            ),
            "/expired-token": _expired_token,
            "/reset": lambda request: ProviderResponse(reset="head"),
            "/reset-in-body": lambda request: ProviderResponse(
                200, _part(), (_JSON,), reset="body", announced=50_000
            ),
            "/unreachable": _unreachable,
            "/redirect-loop": _redirect,
            "/empty": lambda request: ProviderResponse(200, b"", (_JSON,)),
            "/invalid-json": lambda request: ProviderResponse(
                200, b'{"items": [{"id": 1}, {"id": 2,', (_JSON,)
            ),
            "/repeating-cursor": _repeating_cursor,
            "/invalid-utf8": lambda request: ProviderResponse(
                200, b'{"items": [{"id": 1, "name": "caf\xe9"}]}', (_JSON,)
            ),
            "/odd-values": _odd_values,
            "/large": _large,
        }

    def __call__(self, request: ProviderRequest) -> ProviderResponse:
        """Answer, or misbehave as the path says."""
        if request.token != self.TOKEN:
            return _expired_token(request)
        path = request.path.rstrip("/") or "/"
        if path == "/":
            return json_response({"paths": sorted(self._paths)})
        behave = self._paths.get(path)
        if behave is None:
            return json_response({"error": "not_found", "message": f"No such path: {path}"}, 404)
        return behave(request)

    def _failing(self, request: ProviderRequest) -> int:
        """How often this URL failed in a row, this time included, or 0 when it is time to succeed."""
        url = f"{request.method} {request.path}?{request.query}"
        if self._failures[url] >= _whole(request, "times", 2):
            del self._failures[url]
            return 0
        self._failures[url] += 1
        return self._failures[url]

    def _rate_limited(self, request: ProviderRequest) -> ProviderResponse:
        attempt = self._failing(request)
        if not attempt:
            return json_response(_success(request))
        after = request.params.get("after", "0.05")
        plain = after != "none" and re.fullmatch(r"[A-Za-z0-9 ,.:+-]{1,40}", after)
        headers = (("retry-after", after),) if plain else ()
        return json_response(
            {"error": "rate_limited", "message": f"Too many requests ({attempt})"}, 429, headers
        )

    def _flaky(self, request: ProviderRequest) -> ProviderResponse:
        attempt = self._failing(request)
        if not attempt:
            return json_response(_success(request))
        status = _status(request)
        return json_response({"error": "internal", "message": f"Something went wrong ({attempt})"}, status)


def _number(request: ProviderRequest, name: str, default: float, most: float) -> float:
    try:
        value = float(request.params.get(name, default))
    except ValueError:
        return default
    return min(max(value, 0.0), most) if math.isfinite(value) else default


def _whole(request: ProviderRequest, name: str, default: int, most: int = 1_000_000) -> int:
    return int(_number(request, name, default, most))


def _status(request: ProviderRequest) -> int:
    return min(max(_whole(request, "status", 500), 400), 599)


def _success(request: ProviderRequest) -> dict[str, Any]:
    return {
        "items": [{"id": f"item-{number}", "name": f"Item {number}"} for number in (1, 2, 3)],
        "next_cursor": None,
    }


def _part() -> bytes:
    return b'{"items": [' + b",".join(b'{"id": "item-%d", "name": "Item %d"}' % (n, n) for n in range(40))


def _items(request: ProviderRequest) -> ProviderResponse:
    """Good pages: ?total= (30), ?limit= (10), ?cursor=, ?seconds= for each page, ?fail_after= items."""
    total, limit = _whole(request, "total", 30), max(1, _whole(request, "limit", 10))
    start = _whole(request, "cursor", 0)
    fail_after = _whole(request, "fail_after", total + 1)
    if start >= fail_after:
        return json_response({"error": "internal", "message": "Something went wrong"}, 500)
    items = [
        {"id": f"item-{number}", "name": f"Item {number}"}
        for number in range(start, min(start + limit, total))
    ]
    after = str(start + limit) if start + limit < total else None
    body = orjson.dumps({"items": items, "next_cursor": after})
    return ProviderResponse(200, body, (_JSON,), delay=_number(request, "seconds", 0.0, 300.0))


def _broken(request: ProviderRequest) -> ProviderResponse:
    status = _status(request)
    return json_response({"error": "internal", "message": "Something went wrong"}, status)


def _slow(request: ProviderRequest) -> ProviderResponse:
    seconds = _number(request, "seconds", 2.0, 300.0)
    return ProviderResponse(200, orjson.dumps(_success(request)), (_JSON,), delay=seconds)


def _truncated(request: ProviderRequest) -> ProviderResponse:
    return ProviderResponse(200, _part(), (_JSON,), announced=50_000)


def _expired_token(request: ProviderRequest) -> ProviderResponse:
    challenge = (
        "www-authenticate",
        'Bearer error="invalid_token", error_description="The access token expired"',
    )
    body = {"error": "invalid_token", "error_description": "The access token expired"}
    return json_response(body, 401, (challenge,))


def _unreachable(request: ProviderRequest) -> ProviderResponse:
    raise NetworkFault("ECONNREFUSED", f"connect ECONNREFUSED {Unreliable.HOST}:443")


def _redirect(request: ProviderRequest) -> ProviderResponse:
    return ProviderResponse(302, b"", (("location", f"https://{Unreliable.HOST}/redirect-loop"),))


def _repeating_cursor(request: ProviderRequest) -> ProviderResponse:
    return json_response({**_success(request), "next_cursor": "AAAA"})


def _odd_values(request: ProviderRequest) -> ProviderResponse:
    body = (
        b'{"items": [{"id": "1", "nul": "a\\u0000b", "lone": "\\ud83d", "big": 36893488147419103233, '
        b'"int64": 9223372036854775807, "above_2_53": 9007199254740993, "float": 1e308, '
        b'"deep": {"a": {"b": {"c": {}}}}, '
        b'"emoji": "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x9a\x80"}], '
        b'"next_cursor": null}'
    )
    return ProviderResponse(200, body, (_JSON,))


def _large(request: ProviderRequest) -> ProviderResponse:
    """?megabytes= (5, at most 64) in one page of records of ?kilobytes= (1, at most 8192) each."""
    size = max(1, _whole(request, "kilobytes", 1, 8192)) * 1024
    count = max(1, _whole(request, "megabytes", 5, 64) * 1024 * 1024 // size)
    text = b"x" * max(size - 40, 1)
    records = b",".join(b'{"id":"item-%d","text":"%b"}' % (number, text) for number in range(count))
    return ProviderResponse(200, b'{"items":[' + records + b'],"next_cursor":null}', (_JSON,))


# What is there of it


def provider(rows: int) -> Provider:
    """A fresh one, in which nothing has failed."""
    items = [{"id": str(number), "name": f"Item {number}"} for number in range(1, 31)]
    expired = oauth2("unreliable-FAKE-expired-access-token", refresh=True, expires="2026-03-04T03:03:00.000Z")
    return Provider(
        "unreliable",
        Unreliable(),
        connections=(
            Connection(
                "flaky-1",
                "unreliable",
                oauth2(Unreliable.TOKEN, refresh=True),
                end_user=people.ZOE,
                created_at="2026-04-11T13:20:00.000Z",
            ),
            Connection(
                "expired-1",
                "unreliable",
                expired,
                end_user=people.JOSE,
                errors=({"type": "auth", "log_id": "demoLogOfTheFailedRefresh"},),
                created_at="2026-03-03T03:03:00.000Z",
            ),
        ),
        integrations=(
            Integration("unreliable", display_name="Unreliable", created_at="2026-01-08T16:45:00.000Z"),
        ),
        syncs=(
            DemoSync(
                "unreliable-items",
                "Item",
                {"flaky-1": items, "expired-1": items},
                "every 5 minutes",
                "Syncs items, and fails.",
                "/unreliable/item",
                error="Request failed with status code 503",
            ),
        ),
        actions=(
            DemoAction(
                "fail",
                _fail,
                "HowToFail",
                description="Fails as the input asks (how: action-error, error, http), or returns the input.",
                endpoint="/unreliable/fail",
            ),
        ),
        base_url=f"https://{Unreliable.HOST}",
        display_name="Unreliable (demo)",
        paginate={
            "type": "cursor",
            "cursor_path_in_response": "next_cursor",
            "cursor_name_in_request": "cursor",
            "limit_name_in_request": "limit",
            "response_path": "items",
        },
        retry={"after": ["retry-after"]},
    )


def _fail(call: Call, input: Any) -> Any:
    how = input.get("how") if isinstance(input, dict) else None
    if how == "action-error":
        payload = {"message": "As you wished", "input": input}
        raise ScriptFailed("action_script_runtime_error", payload=payload)
    if how == "error":
        trace = ["Error: As you wished", "    at runAction (fail-unreliable.cjs:4:11)"]
        payload = {"name": "Error", "message": "As you wished", "stacktrace": trace}
        raise ScriptFailed("script_internal_error", payload=payload)
    if how == "http":
        call("GET", "/broken?status=503")
    return {"input": input}
