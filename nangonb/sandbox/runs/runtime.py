"""The Runtime of a deployed script: requests go to the demo providers, records are stored here.

Scripts run in threads. All that the sandbox holds is touched in the thread of its event loop only; a call
waits there for its turn.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias, TypeVar
from urllib.parse import unquote, urlsplit

from starlette.requests import Request

from nangonb._nango import ProxyRequest, ProxyResponse, proxy_path
from nangonb._nango.proxying import head
from nangonb._sdk import Context
from nangonb._sdk import runtime as ports
from nangonb._sdk.fetch import FetchAnswer, FetchRequest
from nangonb._sdk.runtime import Doubt
from nangonb.errors import HTTPError
from nangonb.sandbox.answers import Refusal
from nangonb.sandbox.backend import Backend
from nangonb.sandbox.failures import ScriptFailed, failure_answer, unexpected
from nangonb.sandbox.shapes import REFRESH_FAILED, credentials_of, full_connection, public_integration
from nangonb.sandbox.store.environment import Connection
from nangonb.sandbox.store.scripts import ActionScript
from nangonb.sandbox.store.syncs import SyncRun
from nangonb.sandbox.wire import NetworkFault, ProviderRequest, ProviderResponse

__all__ = [
    "EventLoop",
    "Locks",
    "RunsAction",
    "ScriptConnection",
    "ScriptLog",
    "ScriptRequests",
    "ScriptRuntime",
    "Scripts",
    "deployed_runtime",
]

T = TypeVar("T")
Log = Callable[[str, str], None]

_log = logging.getLogger("nangonb.sandbox.scripts")
_LINES: Final = 500  # of a run's log that are kept
_LINE: Final = 99_000  # characters, as on Nango
_RESET: Final = ("full_refresh", "full_refresh_and_clear_cache")


RunsAction: TypeAlias = Callable[[ActionScript, Connection, Any], Any]
"""Runs an action within the run of another script, in its thread and its process."""


class EventLoop:
    """The event loop that owns the sandbox, called from the thread of a script."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def result(self, work: Coroutine[Any, Any, T]) -> T:
        """What a coroutine gives in the event loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def __call__(self, work: Callable[[], T]) -> T:
        """What a function gives in the thread of the event loop."""

        async def done() -> T:
            return work()

        return self.result(done())


@dataclass(frozen=True)
class ScriptRuntime:
    """One run of a script, from its parts; ``write_log`` gets level and message."""

    requests: ports.Requests
    connection: ports.Connection
    scripts: ports.Scripts
    locks: ports.Locks
    checkpoint: ports.Checkpoint
    records: ports.Records
    write_log: Log

    def log(self, level: str, message: str) -> None:
        self.write_log(level, message)

    def model_schema(self, model: str) -> Mapping[str, Any] | None:
        return None  # TypeScript scripts bring their zod schemas


class ScriptLog:
    """The log of the sandbox, and of a sync's run."""

    def __init__(self, context: Context, run: SyncRun | None) -> None:
        self._context, self._run = context, run

    def __call__(self, level: str, message: str) -> None:
        text = message[:_LINE]
        _log.info("%s %s %-5s %s", self._context.script, self._context.connection_id, level, text)
        if self._run is not None and len(self._run.sync.logs) < _LINES:
            self._run.sync.logs.append(f"{level}: {text}")


class ScriptRequests:
    def __init__(self, backend: Backend, loop: EventLoop, log: Log) -> None:
        self._backend, self._loop, self._log = backend, loop, log

    def send(self, request: ProxyRequest, *, page: int | None = None) -> ProxyResponse:
        started = time.monotonic()
        method, url = request.method.upper(), request.endpoint
        asked = _scope(replace(request, is_dry_run=False), method)
        try:
            answer = self._loop.result(self._backend.proxy.answer(*asked))
        except Refusal as refusal:
            summary = f"Request failed with status code {refusal.status}"
            data = {"error": refusal.error}
            raise HTTPError(summary, status=refusal.status, data=data, method=method, url=url) from None
        except NetworkFault as fault:
            raise HTTPError(fault.message, code=fault.code, method=method, url=url) from None
        assert answer is not None  # this caller does not go
        if answer.reset == "head":
            raise HTTPError("socket hang up", code="ECONNRESET", method=method, url=url)
        if answer.reset or (answer.announced is not None and answer.announced != len(answer.body)):
            raise HTTPError("stream has been aborted", code="ERR_BAD_RESPONSE", method=method, url=url)
        elapsed = time.monotonic() - started
        return ProxyResponse(answer.status, _headers(answer), answer.body, elapsed, url, len(answer.body))

    def fetch(self, request: FetchRequest) -> FetchAnswer:
        parts = urlsplit(request.url)
        headers = {name.lower(): value for name, value in request.headers.items()}
        asked = ProviderRequest(
            request.method, parts.netloc, parts.path or "/", parts.query, headers, request.body or b""
        )

        async def answered() -> ProviderResponse:
            return self._backend.proxy.direct(asked)

        try:
            answer = self._loop.result(answered())
        except NetworkFault as fault:
            self._log("warn", f"uncontrolledFetch: {fault.message}")
            raise HTTPError("fetch failed", code=fault.code, method=request.method, url=request.url) from None
        return FetchAnswer(answer.status, _headers(answer), answer.body, request.url)

    def repeated(self, what: str, times: int) -> None:
        if times == 3:
            self._log("warn", f"The provider returned {what} again, {times} times in a row.")

    def doubt(self, doubt: Doubt) -> None:
        self._log("warn", doubt.message)


class ScriptConnection:
    """``own`` is the connection that the script runs on."""

    def __init__(self, backend: Backend, loop: EventLoop, context: Context, own: Connection) -> None:
        self._backend, self._loop, self._context, self._own = backend, loop, context, own

    def get(
        self,
        provider_config_key: str,
        connection_id: str,
        *,
        force_refresh: bool,
        refresh_token: bool,
        refresh_github_app_jwt_token: bool,
    ) -> dict[str, Any]:
        def read() -> dict[str, Any]:
            connection = _connection(self._backend, provider_config_key, connection_id)
            if connection.expired:
                raise _refused(424, "invalid_credentials", REFRESH_FAILED)
            granted = credentials_of(connection, refresh=refresh_token)
            return full_connection(self._backend.environment, connection, credentials=granted)

        return self._loop(read)

    def metadata(self) -> dict[str, Any]:
        return self._loop(lambda: dict(self._current().metadata or {}))

    def write_metadata(self, metadata: Mapping[str, Any], *, merge: bool) -> None:
        state = self._backend.environment
        write = state.update_metadata if merge else state.set_metadata
        self._loop(lambda: write(self._current(), metadata))

    def integration(self, include: Sequence[str]) -> dict[str, Any]:
        def read() -> dict[str, Any]:
            integration = self._backend.environment.integration(self._own.provider_config_key)
            if integration is None:
                raise _refused(404, "not_found", "The integration was deleted")
            return public_integration(integration, self._backend.base, include)

        return self._loop(read)

    def provider(self) -> Mapping[str, Any]:
        return self._backend.environment.facts[self._context.provider].public(self._backend.base)

    def environment_variables(self) -> list[dict[str, str]]:
        variables = self._backend.environment.variables
        return [{"name": name, "value": value} for name, value in variables.items()]

    def _current(self) -> Connection:
        """The run's own connection as it is now."""
        return _connection(self._backend, self._own.provider_config_key, self._own.connection_id)


class Scripts:
    """``runs_action`` runs the actions that the script triggers."""

    def __init__(self, backend: Backend, loop: EventLoop, runs_action: RunsAction) -> None:
        self._backend, self._loop, self._runs_action = backend, loop, runs_action

    def trigger_action(self, provider_config_key: str, connection_id: str, name: str, input: Any) -> Any:
        def named() -> tuple[ActionScript, Connection]:
            connection = _connection(self._backend, provider_config_key, connection_id)
            action = self._backend.scheduler.scripts.action(provider_config_key, name)
            if action is None:
                raise _refused(404, "not_found", f"There is no action {name} for this integration")
            return action, connection

        action, connection = self._loop(named)
        try:
            return self._runs_action(action, connection, input)
        except ScriptFailed as failure:
            status, body = failure_answer(failure)
        except HTTPError:
            raise
        except Exception as error:
            status, body = failure_answer(unexpected(error))
        message = f"Request failed with status code {status}"
        raise HTTPError(message, status=status, data=body, method="POST", url="/action/trigger")

    def trigger_sync(
        self, provider_config_key: str, connection_id: str, sync: str, variant: str, mode: str | None
    ) -> None:
        def trigger() -> None:
            connection = _connection(self._backend, provider_config_key, connection_id)
            scheduler = self._backend.scheduler
            syncs = scheduler.find(provider_config_key, [(sync, variant)], [connection])
            if not syncs:
                raise _refused(400, "no_syncs_found", "No syncs found given the inputs.")
            scheduler.trigger(syncs[0], connection, reset=mode in _RESET, empty=mode == _RESET[1])

        self._loop(trigger)

    def start_sync(self, provider_config_key: str, syncs: Sequence[str], connection_id: str | None) -> None:
        def start() -> None:
            state = self._backend.environment
            connections = [
                one
                for one in state.connections()
                if one.provider_config_key == provider_config_key
                and connection_id in (None, one.connection_id)
            ]
            names = [(name, None) for name in syncs]
            for one in connections:
                for sync in self._backend.scheduler.find(provider_config_key, names, [one]):
                    self._backend.scheduler.start(sync, one)

        self._loop(start)


class Locks:
    """Locks that one run holds."""

    def __init__(self, backend: Backend, loop: EventLoop) -> None:
        self._backend, self._loop = backend, loop

    def try_acquire(self, key: str, ttl_ms: float) -> bool:
        def acquire() -> bool:
            holder, until = self._backend.locks.get(key, (self, 0.0))
            if holder is not self and until > time.monotonic():
                return False
            self._backend.locks[key] = (self, time.monotonic() + ttl_ms / 1000)
            return True

        return self._loop(acquire)

    def release(self, key: str) -> bool:
        def end() -> bool:
            if self._backend.locks.get(key, (None, 0.0))[0] is not self:
                return False
            del self._backend.locks[key]
            return True

        return self._loop(end)

    def release_all(self) -> None:
        def end() -> None:
            for key in [key for key, (holder, _) in self._backend.locks.items() if holder is self]:
                del self._backend.locks[key]

        self._loop(end)


class Checkpoint:
    """The checkpoint of a script on a connection; ``run`` is that of a sync."""

    def __init__(
        self, backend: Backend, loop: EventLoop, place: tuple[int, str], run: SyncRun | None
    ) -> None:
        self._backend, self._loop, self._place, self._run = backend, loop, place, run

    def get(self) -> dict[str, Any] | None:
        def read() -> dict[str, Any] | None:
            held = self._backend.checkpoints.get(self._place) if self._run is None else self._run.checkpoint
            return None if held is None else dict(held)

        return self._loop(read)

    def save(self, checkpoint: Mapping[str, Any]) -> None:
        self._loop(lambda: self._keep(dict(checkpoint)))

    def clear(self) -> None:
        self._loop(lambda: self._keep(None))

    def _keep(self, checkpoint: dict[str, Any] | None) -> None:
        if self._run is not None:  # it stays also where the run fails later
            self._run.checkpoint = self._run.sync.checkpoint = checkpoint
            self._backend.scheduler.changed(self._run.sync)
        elif checkpoint is None:
            self._backend.checkpoints.pop(self._place, None)
        else:
            self._backend.checkpoints[self._place] = checkpoint


def deployed_runtime(
    backend: Backend,
    loop: EventLoop,
    context: Context,
    connection: Connection,
    records: ports.Records,
    run: SyncRun | None = None,
    *,
    runs_action: RunsAction,
) -> ScriptRuntime:
    """The runtime of a deployed script; ``run`` is that of a sync."""
    log = ScriptLog(context, run)
    return ScriptRuntime(
        ScriptRequests(backend, loop, log),
        ScriptConnection(backend, loop, context, connection),
        Scripts(backend, loop, runs_action),
        Locks(backend, loop),
        Checkpoint(backend, loop, (connection.id, context.script), run),
        records,
        log,
    )


def _connection(backend: Backend, key: str, connection_id: str) -> Connection:
    connection = backend.environment.connection(connection_id, key)
    if connection is None:
        raise _refused(404, "not_found", "Failed to find connection")
    return connection


def _refused(status: int, code: str, message: str) -> HTTPError:
    """What a script gets where Nango's API refuses."""
    data = {"error": {"code": code, "message": message}}
    summary = f"Request failed with status code {status}"
    return HTTPError(summary, status=status, data=data, code="ERR_BAD_REQUEST")


def _headers(answer: ProviderResponse) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in answer.headers:
        key = name.lower()
        joined[key] = f"{joined[key]}, {value}" if key in joined else value
    return joined


def _scope(request: ProxyRequest, method: str) -> tuple[Request, Callable[[], Any]]:
    """The request as it would reach the proxy over HTTP, and what receives its body.

    Raises what :func:`head` raises for data or headers that cannot be sent.
    """
    body, headers = head(request, method)
    path, _, query = proxy_path(request.endpoint, request.params).partition("?")
    scope = {
        "type": "http",
        "method": method,
        "path": unquote(path),
        "raw_path": path.encode("latin-1", "replace"),
        "query_string": query.encode("latin-1", "replace"),
        "headers": [(name.lower(), value) for name, value in headers.items()],
    }
    sent = False

    async def receive() -> dict[str, Any]:
        nonlocal sent
        if sent:  # the caller stays for ever
            await asyncio.get_running_loop().create_future()
        sent = True
        return {"type": "http.request", "body": body or b"", "more_body": False}

    return Request(scope, receive), receive
