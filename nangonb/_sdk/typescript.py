"""The ``nango`` object as TypeScript scripts call it: names and shapes of Nango's own SDK, in and out.

A call is answered by the Python method of the same meaning, with the arguments that its record names
(:mod:`nangonb._sdk.methods`).
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from nangonb._records import decode, to_js_json
from nangonb._sdk.action import NangoAction
from nangonb._sdk.methods import ATTRIBUTES, METHODS, Method, Parameter
from nangonb._sdk.names import camel_case
from nangonb._sdk.options import RequestOptions
from nangonb._sdk.response import Response, as_body, body_of
from nangonb._sdk.sync import NangoSync
from nangonb.errors import ActionError, HTTPError, SDKError

Json = Any
Answer = tuple[Json, bytes | None]
"""A value, and raw bytes that belong to it."""
TellPage = Callable[[int, Json, Mapping[str, Json], bytes], object]
"""Runs the script's ``on_page``: number of the pagination, next page's parameter, the answer and its body."""

_BY_NAME: Final = {each.typescript: each for each in METHODS.values()}
_OPTIONS: Final = {camel_case(name): name for name in RequestOptions.__annotations__}
_SPELLED: Final = {
    **{name: typescript for typescript, name in _OPTIONS.items()},
    **{each.name: each.typescript for each in (*ATTRIBUTES.values(), *METHODS.values())},
    **{p.name: p.typescript for each in METHODS.values() for p in each.parameters},
}
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
_PYTHON: Final = re.compile(  # text in quotes is the script's, and is not changed
    rf"""'[^']*'|(?P<option>\b\w+)=(?=[\[{{'])|(?P<article>\ban? )?\b(?P<kind>{"|".join(_KINDS)})\b(?! of )"""
)


class TypeScriptCalls:
    """Answers the calls of one script. ``tell_page`` is needed for paginations with ``on_page``."""

    def __init__(self, nango: NangoAction, tell_page: TellPage) -> None:
        self._nango = nango
        self._tell_page = tell_page
        self._pagers: dict[int, Iterator[Json]] = {}

    def about(self) -> dict[str, Json]:
        """The methods that the script has, as the host needs them; with the answers that are given at the
        start."""
        has_all = isinstance(self._nango, NangoSync)
        own = [each for each in METHODS.values() if has_all or not each.sync_only]
        return {
            "methods": [{"name": each.typescript, "answered": each.answered} for each in own],
            "answers": {each.typescript: self._at_start(each) for each in own if each.answered == "at-start"},
        }

    def _at_start(self, method: Method) -> dict[str, Json]:
        try:
            return {"value": _called(self._nango, method, [])}
        except SDKError as error:
            return {"error": thrown(error, [])[0]}

    def answer(self, name: str, args: list[Json], body: bytes | None) -> Answer:
        """Raises what the method raises, and SDKError for a call that Nango's SDK has not."""
        if name == "paginate.next":
            return self._next_page(args[0])
        method = _BY_NAME.get(name)
        if method is None:
            raise SDKError(f"nango.{name} is not supported.", code="unknown_method")
        if method.sync_only:
            return self._answer_sync(method, args, body)
        match method.answered:
            case "response":
                return self._request(method.name, _config(args))
            case "pages":
                return self._paginate(_config(args), tells=bool(args[1])), None
            case "fetched":
                return self._fetch(method, args)
            case "log":
                words, level = args
                return self._nango.log(*words, level=level), None
        return _called(self._nango, method, args), None

    def _answer_sync(self, method: Method, args: list[Json], body: bytes | None) -> Answer:
        if not isinstance(self._nango, NangoSync):
            raise SDKError(f"Only a sync has nango.{method.typescript}.", code="unknown_method")
        match method.answered:
            case "saved":
                records = None if body is None else decode(body)
                return getattr(self._nango, method.name)(records, args[0]), None
            case "records":
                return None, to_js_json(list(_called(self._nango, method, args).values()))
            case "stream":
                records, after = self._nango._records_page(*args)
                return {"cursor": after}, to_js_json(records)
        return _called(self._nango, method, args), None

    def _request(self, verb: str, config: Mapping[str, Json]) -> Answer:
        options = _request_options(config)
        endpoint = options.pop("endpoint", None)
        if verb == "proxy":
            options["method"] = config.get("method") or "GET"
        call: Callable[..., Response] = getattr(self._nango, verb)
        response = call(endpoint, **options)
        return _head(response, config), body_of(response)

    def _paginate(self, config: Mapping[str, Json], *, tells: bool) -> int:
        options = _request_options(config)
        how = {name: value for name, value in (config.get("paginate") or {}).items() if value is not None}
        number = len(self._pagers) + 1
        if tells:
            how["on_page"] = lambda parameter, response: self._tell_page(
                number, parameter, _head(response, config), body_of(response)
            )
        method = config.get("method") or "GET"
        endpoint = options.pop("endpoint", None)
        self._pagers[number] = self._nango.paginate(endpoint, paginate=how, method=method, **options)
        return number

    def _next_page(self, number: int) -> Answer:
        for page in self._pagers[number]:
            return {"done": False}, to_js_json(page)
        return {"done": True}, b""

    def _fetch(self, method: Method, args: list[Json]) -> Answer:
        response = _called(self._nango, method, args)
        head = {"status": response.status, "headers": response.headers, "url": response.url}
        return {**head, "redirected": response.redirected}, response.array_buffer()


def thrown(error: Exception, args: list[Json]) -> tuple[dict[str, Json], bytes | None]:
    """What a script throws for ``error``, and the body of a refused request; ``args`` are the call's."""
    if isinstance(error, HTTPError):
        config = args[0] if args and isinstance(args[0], Mapping) else {}
        failure = {
            "kind": "http",
            "message": error.message,
            "code": error.code,
            "status": error.status,
            "headers": error.headers,
            "responseType": config.get("responseType"),
            "config": {"method": error.method.lower(), "url": error.url},
        }
        return failure, as_body(error.data)
    if isinstance(error, ActionError):
        return {"kind": "action", "payload": error.payload}, None
    code = error.code if isinstance(error, SDKError) else None
    return {"kind": "error", "message": in_typescript(str(error)), "code": code}, None


def in_typescript(message: str) -> str:
    """A message of the SDK in the words of TypeScript: ``batchSave`` for ``batch_save``, object for dict."""

    def spelt(match: re.Match[str]) -> str:
        return _SPELLED.get(match[0], match[0])

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
    options = {
        _OPTIONS[name]: value for name, value in config.items() if name in _OPTIONS and value is not None
    }
    if config.get("binary"):
        options["data"] = base64.b64decode(options["data"]["base64"])
    for name in ("decompress", "forward_headers_on_redirect"):
        if name in options:
            options[name] = bool(options[name])
    if isinstance(options.get("retries"), float):
        options["retries"] = int(options["retries"])
    if options.get("response_type") not in (None, "json", "text", "arraybuffer"):
        options.pop("response_type")
    return {**options, "endpoint": config.get("endpoint")}


def _head(response: Response, config: Mapping[str, Json]) -> dict[str, Json]:
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


def _called(nango: NangoAction, method: Method, args: list[Json]) -> Json:
    """What the method gives for the arguments of a call in TypeScript. What is null or missing is left
    out."""
    named: dict[str, Json] = {}
    for place, argument in enumerate(method.arguments):
        value = args[place] if place < len(args) else None
        if isinstance(argument, Parameter):
            given = [(argument, value)]
        else:
            fields = value if isinstance(value, Mapping) else {}
            given = [(each, fields.get(each.typescript)) for each in argument]
        for parameter, each in given:
            if each is not None or parameter.required:
                named[parameter.name] = bool(each) if parameter.annotation == "bool" else each
    if not isinstance(named.get("sync_mode", ""), str):  # Nango's older SDK took a boolean
        del named["sync_mode"]
    return getattr(nango, method.name)(**named)
