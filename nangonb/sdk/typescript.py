"""The ``nango`` object as TypeScript scripts call it: names and shapes of Nango's own SDK, in and out.

What a call does is what the Python method of the same meaning does.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, cast

from nangonb.errors import ActionError, HTTPError, SDKError
from nangonb.records import decode, to_js_json
from nangonb.sdk.action import NangoAction
from nangonb.sdk.names import camel_case
from nangonb.sdk.options import RequestOptions
from nangonb.sdk.response import Response, as_body, body_of
from nangonb.sdk.sync import NangoSync

Json = Any
Answer = tuple[Json, bytes | None]
"""A value, and raw bytes that belong to it."""
TellPage = Callable[[int, Json, Mapping[str, Json], bytes], object]
"""Runs the script's ``on_page``: number of the pagination, next page's parameter, the answer and its body."""

_REQUESTS: Final = ("proxy", "get", "post", "put", "patch", "delete")
_OPTIONS: Final = {camel_case(name): name for name in RequestOptions.__annotations__}
_SNAKE: Final = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")
_KINDS: Final = {
    "None, of type NoneType": "null",
    "NoneType": "undefined",
    "None": "null",
    "dict": "object",
    "mapping": "object",
    "list": "array",
    "str": "string",
    "int": "number",
    "float": "number",
    "bool": "boolean",
}
_PYTHON: Final = re.compile(  # what stands between quotes is the script's, and stays as it is
    rf"""'[^']*'|(?P<option>\b\w+)=(?=[\[{{'])|(?P<article>\ban? )?\b(?P<kind>{"|".join(_KINDS)})\b(?! of )"""
)


class TypeScriptCalls:
    """Answers the calls of one script. ``tell_page`` is needed for paginations with ``on_page``."""

    def __init__(self, nango: NangoAction, tell_page: TellPage) -> None:
        self._nango = nango
        self._tell_page = tell_page
        self._pagers: dict[int, Iterator[Json]] = {}

    def answer(self, method: str, args: list[Json], body: bytes | None) -> Answer:
        """Raises what the method raises, and SDKError for a call that Nango's SDK has not."""
        if method in _REQUESTS:
            return self._request(method, _config(args))
        match method:
            case "paginate":
                return self._paginate(_config(args), tells=bool(args[1])), None
            case "paginate.next":
                return self._next_page(args[0])
            case "uncontrolledFetch":
                return self._fetch(args[0])
            case "batchSave" | "batchUpdate" | "batchDelete" | "batchSend":
                return self._save(method, args[0], body), None
            case "getRecordsByIds" | "listRecords":
                return self._stored(method, *args)
        found = _PLAIN.get(method)
        if found is None:
            raise SDKError(f"nango.{method} is not served here.", code="unknown_method")
        return found(self._nango, *args), None

    def _request(self, verb: str, config: Mapping[str, Json]) -> Answer:
        options = _request_options(config)
        endpoint = options.pop("endpoint", None)
        if verb == "proxy":
            options["method"] = config.get("method") or "GET"
        call: Callable[..., Response] = getattr(self._nango, verb)
        response = call(endpoint, **options)
        return _told(response, config), body_of(response)

    def _paginate(self, config: Mapping[str, Json], *, tells: bool) -> int:
        options = _request_options(config)
        how = {name: value for name, value in (config.get("paginate") or {}).items() if value is not None}
        number = len(self._pagers) + 1
        if tells:
            how["on_page"] = lambda parameter, response: self._tell_page(
                number, parameter, _told(response, config), body_of(response)
            )
        method = config.get("method") or "GET"
        endpoint = options.pop("endpoint", None)
        self._pagers[number] = self._nango.paginate(endpoint, paginate=how, method=method, **options)
        return number

    def _next_page(self, number: int) -> Answer:
        for page in self._pagers[number]:
            return {"done": False}, to_js_json(page)
        return {"done": True}, b""

    def _fetch(self, options: Mapping[str, Json]) -> Answer:
        response = self._nango.uncontrolled_fetch(
            options["url"],
            method=options.get("method") or "GET",
            headers=options.get("headers"),
            body=options.get("body"),
        )
        said = {"status": response.status, "headers": response.headers, "url": response.url}
        return {**said, "redirected": response.redirected}, response.array_buffer()

    def _save(self, method: str, model: Json, body: bytes | None) -> bool:
        nango = self._sync(method)
        save = {
            "batchSave": nango.batch_save,
            "batchSend": nango.batch_send,
            "batchUpdate": nango.batch_update,
            "batchDelete": nango.batch_delete,
        }[method]
        return save(None if body is None else decode(body), model)

    def _stored(self, method: str, first: Json, second: Json) -> Answer:
        nango = self._sync(method)
        if method == "getRecordsByIds":
            return None, to_js_json(list(nango.get_records_by_ids(first, second).values()))
        records, after = nango._records_page(first, second)
        return {"cursor": after}, to_js_json(records)

    def _sync(self, method: str) -> NangoSync:
        if not isinstance(self._nango, NangoSync):
            raise SDKError(f"nango.{method} is there for syncs only.", code="unknown_method")
        return self._nango


def thrown(error: Exception, args: list[Json]) -> tuple[dict[str, Json], bytes | None]:
    """What a script is to throw for ``error``, and the body of a refused request; ``args`` are the call's."""
    if isinstance(error, HTTPError):
        config = args[0] if args and isinstance(args[0], Mapping) else {}
        said = {
            "kind": "http",
            "message": error.message,
            "code": error.code,
            "status": error.status,
            "headers": error.headers,
            "responseType": config.get("responseType"),
            "config": {"method": error.method.lower(), "url": error.url},
        }
        return said, as_body(error.data)
    if isinstance(error, ActionError):
        return {"kind": "action", "payload": error.payload}, None
    code = error.code if isinstance(error, SDKError) else None
    return {"kind": "error", "message": in_typescript(str(error)), "code": code}, None


def in_typescript(message: str) -> str:
    """A message of the SDK in the words of TypeScript: ``batchSave`` for ``batch_save``, object for dict."""

    def spelt(match: re.Match[str]) -> str:
        name = match[0]
        known = hasattr(NangoSync, name) or name in RequestOptions.__annotations__
        return camel_case(name) if known else name

    def worded(match: re.Match[str]) -> str:
        article, kind, option = match["article"], match["kind"], match["option"]
        if option:
            return f"{option}: "
        if kind is None:
            return match[0]
        word = _KINDS[kind]
        return f"{'an' if word[0] in 'aou' else 'a'} {word}" if article else word

    return _PYTHON.sub(worded, _SNAKE.sub(spelt, message))


def _config(args: list[Json]) -> Mapping[str, Json]:
    config = args[0] if args else None
    if not isinstance(config, Mapping):
        raise SDKError("A request takes an object: { endpoint: '/contacts' }", code="invalid_request")
    return config


def _request_options(config: Mapping[str, Json]) -> dict[str, Json]:
    """Options of a request by their names here; keys that are none are left out, as in TypeScript."""
    found = {
        _OPTIONS[name]: value for name, value in config.items() if name in _OPTIONS and value is not None
    }
    if config.get("binary"):
        found["data"] = base64.b64decode(found["data"]["base64"])
    for name in ("decompress", "forward_headers_on_redirect"):
        if name in found:
            found[name] = bool(found[name])
    if isinstance(found.get("retries"), float):
        found["retries"] = int(found["retries"])
    if found.get("response_type") not in (None, "json", "text", "arraybuffer"):
        found.pop("response_type")
    return {**found, "endpoint": config.get("endpoint")}


def _told(response: Response, config: Mapping[str, Json]) -> dict[str, Json]:
    return {
        "status": response.status,
        "headers": response.headers,
        "responseType": config.get("responseType"),
        "config": {
            "method": str(config.get("method") or "GET").lower(),
            "url": config.get("endpoint"),
            "headers": config.get("headers") or {},
            "params": config.get("params"),
        },
    }


def _connection(nango: NangoAction, key: Json = None, id: Json = None, options: Json = None) -> Json:
    asked = options or {}
    return nango.get_connection(
        key,
        id,
        force_refresh=bool(asked.get("forceRefresh")),
        refresh_token=bool(asked.get("refreshToken")),
        refresh_github_app_jwt_token=bool(asked.get("refreshGithubAppJwtToken")),
    )


def _action(nango: NangoAction, key: Json, id: Json, name: Json, input: Json = None) -> Json:
    return nango.trigger_action(key, id, name, input)


def _trigger(nango: NangoAction, key: Json, id: Json, sync: Json, mode: Json = None) -> None:
    nango.trigger_sync(key, id, sync, cast(Any, mode if isinstance(mode, str) else None))


def _start(nango: NangoAction, key: Json, syncs: Json, id: Json = None) -> None:
    nango.start_sync(key, syncs, id)


def _merging(nango: NangoAction, merging: Json, model: Json) -> None:
    assert isinstance(nango, NangoSync)
    nango.set_merging_strategy(cast(Any, (merging or {}).get("strategy")), model)


def _log(nango: NangoAction, words: Json, level: Json = "info") -> None:
    nango.log(*words, level=level)


def _logger(nango: NangoAction, logger: Json) -> None:
    nango.set_logger(level=cast(Any, (logger or {}).get("level")))


#: Calls whose arguments and answers are JSON.
_PLAIN: Final[Mapping[str, Callable[..., Json]]] = {
    "getToken": lambda nango: nango.get_token(),
    "getConnection": _connection,
    "getIntegration": lambda nango, options=None: nango.get_integration(
        include=list((options or {}).get("include") or ())
    ),
    "getMetadata": lambda nango: nango.get_metadata(),
    "setMetadata": lambda nango, metadata=None: nango.set_metadata(metadata),
    "updateMetadata": lambda nango, metadata=None: nango.update_metadata(metadata),
    "setFieldMapping": lambda nango, mapping=None: nango.set_field_mapping(mapping),
    "getFieldMapping": lambda nango: nango.get_field_mapping(),
    "getWebhookURL": lambda nango: nango.get_webhook_url(),
    "getEnvironmentVariables": lambda nango: nango.get_environment_variables(),
    "getFlowAttributes": lambda nango: nango.get_flow_attributes(),
    "triggerAction": _action,
    "triggerSync": _trigger,
    "startSync": _start,
    "tryAcquireLock": lambda nango, lock: nango.try_acquire_lock(
        key=lock.get("key"), ttl_ms=lock.get("ttlMs")
    ),
    "releaseLock": lambda nango, lock: nango.release_lock(key=lock.get("key")),
    "releaseAllLocks": lambda nango: nango.release_all_locks(),
    "getCheckpoint": lambda nango: nango.get_checkpoint(),
    "saveCheckpoint": lambda nango, checkpoint=None: nango.save_checkpoint(checkpoint),
    "clearCheckpoint": lambda nango: nango.clear_checkpoint(),
    "setMergingStrategy": _merging,
    "deleteRecordsFromPreviousExecutions": lambda nango, model: nango.delete_records_from_previous_executions(
        model
    ),
    "trackDeletesStart": lambda nango, model: nango.track_deletes_start(model),
    "trackDeletesEnd": lambda nango, model: nango.track_deletes_end(model),
    "log": _log,
    "setLogger": _logger,
}
