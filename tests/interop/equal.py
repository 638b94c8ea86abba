"""Whether a Python run and a Node run of one script are equal: requests, records, logs and outcome.

Equal is after canonical JSON: numbers as IEEE doubles, undefined dropped, null kept, the order of keys
ignored. The order of requests, of records and of log lines counts. A request is compared as it went over
the wire, so that parameters are what JavaScript makes of them. See "Equal" in the architecture.

Both runs start from the same state where each has a sandbox of its own that has seen the same scripts
before: what scripts write to providers and to metadata stays there.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, unquote

from nangonb._dryrun import Dryrun
from nangonb._masking import Secret
from nangonb._nango import Client, ProxyRequest, ProxyResponse, TransportError, proxying
from nangonb._nango.encoding import proxy_path
from nangonb._records import RecordBuffer, decode, to_js_json
from nangonb._session import Target
from nangonb.errors import ActionError, ApiError, HTTPError, ScriptError
from tests.sessions import Session

if TYPE_CHECKING:
    from tests.interop.npm import CliRun

MOST: Final = 20  # differences that are told of one run
#: What a dry run says by itself, in the CLI's words or in ours.
_OWN_LOG: Final = re.compile(r"has no effect|would delete|Merging strategy")
_HTTP: Final = frozenset({"script_http_error", "script_internal_error"})


@dataclass(frozen=True, slots=True)
class PythonRun:
    """A dry run, with what it asked of Nango as it went over the wire.

    ``requests`` and ``metadata_writes`` have the shape of those of ``VmHost.run``.
    """

    dryrun: Dryrun
    requests: list[dict[str, Any]] = field(default_factory=list)
    metadata_writes: list[dict[str, Any]] = field(default_factory=list)

    def document(self) -> dict[str, Any]:
        """The run in the shape that ``VmHost.run`` gives."""
        dryrun = self.dryrun
        return {
            "requests": self.requests,
            "records": dryrun.records,
            "updated": dryrun.updated,
            "deleted": dryrun.deleted,
            "logs": [
                {"level": entry.level, "message": entry.message}
                for entry in dryrun.trace.logs
                if not _OWN_LOG.search(entry.message)
            ],
            "metadataWrites": self.metadata_writes,
            "output": dryrun.output,
            "error": _python_error(dryrun),
        }


class RecordingSession(Session):
    """A session whose every client is one Nango at ``url``, and which keeps what is asked of it."""

    def __init__(self, url: str, key: str) -> None:
        super().__init__()
        target = Target("dev", url, Secret(key), "NANGO_SECRET_KEY_DEV")
        connections = self.own.connections
        self._client = connections.client
        connections.target, connections.client = lambda environment=None: target, self._recorded_client
        self._requests: list[dict[str, Any]] = []
        self._writes: list[dict[str, Any]] = []
        self._hooked: set[int] = set()

    def _recorded_client(self, target: Target) -> Client:
        client = self._client(target)
        if id(client) not in self._hooked:
            self._hooked.add(id(client))
            transport = client.transport  # what copies of the client share
            transport.proxy = self._recording(transport.proxy)
            transport.request = self._writing(transport.request)
        return client

    def run(self, name: str, connection: str, **options: Any) -> PythonRun:
        """A dry run, also where the script fails. Raises what :meth:`Session.dryrun` raises otherwise."""
        self._requests, self._writes = [], []
        try:
            dryrun = self.dryrun(name, connection, **options)
        except ScriptError as error:
            dryrun = error.dryrun
        return PythonRun(dryrun, self._requests, self._writes)

    def _recording(self, proxy: Callable[..., ProxyResponse]) -> Callable[..., ProxyResponse]:
        def recorded(request: ProxyRequest, **limits: Any) -> ProxyResponse:
            entry = _wire(request)
            self._requests.append(entry)
            try:
                answer = proxy(request, **limits)
            except TransportError as error:
                entry["code"] = error.code
                raise
            except ApiError as error:
                entry["status"] = error.status
                raise
            entry["status"] = answer.status
            return answer

        return recorded

    def _writing(self, send: Callable[..., Any]) -> Callable[..., Any]:
        def recorded(method: str, path: str, **options: Any) -> Any:
            if path == "/connections/metadata":
                metadata = decode(to_js_json(dict(options["json"]["metadata"])))
                self._writes.append({"merge": method == "PATCH", "metadata": metadata})
            return send(method, path, **options)

        return recorded


def _wire(request: ProxyRequest) -> dict[str, Any]:
    """The request in the shape that the Node host keeps."""
    method = request.method.upper()
    body, _ = proxying.head(request, method)
    custom = {
        name: str(value) for name, value in (request.headers or {}).items() if value not in (None, False)
    }
    return {
        "method": method,
        "endpoint": request.endpoint,
        "params": request.params,
        "headers": custom,
        "retries": request.retries,
        "retry_on": list(request.retry_on),
        "base_url_override": request.base_url_override or "",
        "status": None,
        "code": None,
        "path": proxy_path(request.endpoint, request.params).removeprefix("/proxy"),
        "body": body.decode("utf-8", "replace") if body else None,
    }


def _python_error(dryrun: Dryrun) -> dict[str, Any] | None:
    """The error as the CLI reports it. ``message`` is None where the script may not rely on it."""
    error = dryrun.error
    if error is None:
        return None
    found = dict(dryrun.error_json or {})
    if isinstance(error, ActionError):
        return {"type": found["type"], "payload": decode(to_js_json(error.payload)), "status": 500}
    if isinstance(error, HTTPError):
        shown = {"type": "script_http_error", "message": error.message, "status": found["status"]}
        return {**shown, "payload": found["payload"]} if error.data else shown
    raised = str((found.get("place") or {}).get("text", "")).strip().startswith("raise")
    return {"type": found["type"], "message": found["message"] if raised else None, "status": 500}


def compare(python: PythonRun, node: Mapping[str, Any]) -> list[str]:
    """The differences, the first :data:`MOST`, each with its place and both values; empty where equal."""
    ours = python.document()
    found: list[str] = []
    for line in _differences(ours, node):
        found.append(line)
        if len(found) == MOST:
            break
    return found


def compare_cli(python: PythonRun, cli: CliRun) -> list[str]:
    """As :func:`compare`, with a run of the real CLI: records, output and error.

    A delete is for the script's first model, as the CLI does not say which. Within one call the CLI keeps
    the last of two records of one id and the server, as we, the first.
    """
    ours = python.document()
    buffers: dict[str, RecordBuffer] = {}
    for batch in cli.batches:
        model = batch["model"] or python.dryrun.models[0]
        buffer = buffers.setdefault(model, RecordBuffer(model))
        getattr(buffer, batch["operation"])(batch["records"])
    theirs = {
        "records": {model: buffer.records() for model, buffer in buffers.items()},
        "updated": {model: buffer.updated() for model, buffer in buffers.items()},
        "deleted": {model: buffer.deleted() for model, buffer in buffers.items()},
    }
    error = None
    if cli.error is not None:
        message = (
            (cli.error.get("payload") or {}).get("message")
            if isinstance(cli.error.get("payload"), dict)
            else None
        )
        error = {"payload": None, **cli.error, "message": message}
        if cli.error["type"] == "script_http_error" and "name" not in (cli.error.get("payload") or {}):
            ours["error"] = {**(ours["error"] or {}), "message": None}  # it prints the provider's body only
    found = [*_outcome(ours["error"], error), *differ("output", ours["output"], cli.output)]
    # after a failure the CLI prints no records
    if error is None:
        for name, models in theirs.items():
            found += differ(name, _filled(ours[name]), _filled(models))
    return found[:MOST]


def _differences(python: Mapping[str, Any], node: Mapping[str, Any]) -> Iterator[str]:
    # the outcome first: it explains most of the others
    yield from _outcome(python["error"], node["error"])
    yield from differ("output", python["output"], node["output"])
    yield from differ("requests", [*map(_request, python["requests"])], [*map(_request, node["requests"])])
    for name in ("records", "updated", "deleted"):
        yield from differ(name, _filled(python[name]), _filled(node[name]))
    yield from differ("logs", python["logs"], node["logs"])
    yield from differ("metadata writes", python["metadataWrites"], node["metadataWrites"])


def _outcome(python: Mapping[str, Any] | None, node: Mapping[str, Any] | None) -> Iterator[str]:
    if python is None or node is None:
        if python is not node:
            yield f"error: Python {_short(python)}, Node {_short(node)}"
        return
    types = {python["type"], node["type"]}
    if len(types) > 1 and not ("message" in python and types == _HTTP and python.get("payload") is None):
        yield f"error.type: Python {python['type']}, Node {node['type']}: {_short(node)}"
        return
    if python.get("message") is not None and python["message"] != node["message"]:
        yield f"error.message: Python {python['message']!r}, Node {node['message']!r}"
    if "payload" in python:
        yield from differ("error.payload", python["payload"], node["payload"])
    yield from differ("error.status", python["status"], node["status"])


def _filled(models: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
    return {model: rows for model, rows in models.items() if rows}


def _request(entry: Mapping[str, Any]) -> dict[str, Any]:
    """A request as it is compared: path and parameters decoded, a JSON body as its value."""
    path, _, query = str(entry.get("path", entry["endpoint"])).partition("?")
    body = entry.get("body")
    if body:
        try:
            body = json.loads(body)
        except ValueError:
            pass  # a form, or text
    return {
        "method": entry["method"],
        "endpoint": unquote(path),
        "params": sorted(parse_qsl(query, keep_blank_values=True), key=lambda pair: pair[0]),
        "headers": {name.lower(): value for name, value in entry["headers"].items()},
        "data": body or None,
        "retries": entry["retries"],
        "retry_on": entry["retry_on"],
        "base_url_override": entry["base_url_override"],
        "status": entry["status"],
        "code": entry["code"],
    }


def differ(where: str, python: Any, node: Any) -> Iterator[str]:
    """Where two JSON values differ. ``where`` is the place of both."""
    if isinstance(python, Mapping) and isinstance(node, Mapping):
        for name in python:
            if name not in node:
                yield f"{where}.{name}: Python {_short(python[name])}, Node has none"
            else:
                yield from differ(f"{where}.{name}", python[name], node[name])
        for name in node:
            if name not in python:
                yield f"{where}.{name}: Python has none, Node {_short(node[name])}"
    elif isinstance(python, (list, tuple)) and isinstance(node, (list, tuple)):
        if len(python) != len(node):
            yield f"{where}: Python has {len(python)}, Node {len(node)}"
        for place, (ours, theirs) in enumerate(zip(python, node, strict=False)):
            yield from differ(f"{where}[{place}]", ours, theirs)
    elif _scalar(python) != _scalar(node):
        yield f"{where}: Python {_short(python)}, Node {_short(node)}"


def _scalar(value: Any) -> tuple[str, Any]:
    """A scalar with its JSON type, so that true is not 1; numbers as doubles."""
    if value is None or isinstance(value, (bool, str)):
        return type(value).__name__, value
    if isinstance(value, (int, float)):
        try:
            number = float(value)
        except OverflowError:
            number = math.inf if value > 0 else -math.inf
        return "number", number if math.isfinite(number) else None
    return type(value).__name__, value


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 200 else f"{text[:200]}…"
