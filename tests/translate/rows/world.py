"""The nango object that small programs get: what they do with it is noted, and answered as in tests/programs/host.mjs."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from nangonb._records.jsonvalue import to_js_json
from nangonb._sdk.names import camel_case
from nangonb.errors import ActionError, HTTPError


class Response:
    def __init__(self, data: Any) -> None:
        self.status, self.headers, self.data = 200, {}, data


class Nango:
    """``calls`` are requests, records and logs, in order, as Nango would see them."""

    connection_id, provider_config_key, provider, variant = "c", "k", "p", "base"
    ActionError = ActionError

    def __init__(self) -> None:
        self.calls: list[Any] = []
        for method in ("get", "post", "put", "patch", "delete"):
            setattr(self, method, self._request(method))

    def _request(self, method: str) -> Callable[..., Response]:
        def request(endpoint: str, **options: Any) -> Response:
            sent = {"endpoint": endpoint, **{camel_case(name): value for name, value in options.items()}}
            for name in sent.keys() & {"params", "headers"}:
                sent[name] = {key: _text(value) for key, value in sent[name].items()}
            self.calls.append([method, _json(sent)])
            if endpoint == "/missing":
                raise HTTPError("Request failed with status code 404", status=404, data={"missing": True})
            return Response({"method": method, "endpoint": endpoint, "items": [1, "a", None], "next": None})

        return request

    def log(self, *messages: Any, level: str = "info") -> None:
        text = " ".join(each if isinstance(each, str) else to_js_json(each).decode() for each in messages)
        self.calls.append(["log", text, level])

    def batch_save(self, records: Any, model: str) -> bool:
        self.calls.append(["save", _json(records), model])
        return True


def _text(value: Any) -> str:
    return value if isinstance(value, str) else to_js_json(value).decode()


def _json(value: Any) -> Any:
    return json.loads(to_js_json(value))
