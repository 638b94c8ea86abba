"""The Runtime of a deployed script: requests go to the demo providers, records are stored here.

Scripts run in threads. All that the sandbox holds is touched in the thread of its event loop only; a call
waits there for its turn.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, TypeAlias, TypeVar
from urllib.parse import unquote, urlsplit

from starlette.requests import Request

from nangonb.errors import HTTPError
from nangonb.nango import ProxyRequest, ProxyResponse, proxy_path
from nangonb.nango.proxying import head
from nangonb.sandbox.answers import Refusal
from nangonb.sandbox.backend import Backend
from nangonb.sandbox.failures import ScriptFailed, failure_answer, unexpected
from nangonb.sandbox.runs.records import RunRecords, StoredRecords
from nangonb.sandbox.shapes import REFRESH_FAILED, credentials_of, full_connection, public_integration
from nangonb.sandbox.store.environment import Connection
from nangonb.sandbox.store.scripts import ActionScript
from nangonb.sandbox.store.syncs import SyncRun
from nangonb.sandbox.wire import NetworkFault, ProviderRequest, ProviderResponse
from nangonb.sdk import Context
from nangonb.sdk.fetch import FetchAnswer, FetchRequest
from nangonb.sdk.runtime import Doubt

__all__ = ["RunsAction", "ScriptRuntime"]

T = TypeVar("T")

_log = logging.getLogger("nangonb.sandbox.scripts")
_LINES: Final = 500  # of a run's log that are kept
_LINE: Final = 99_000  # characters, as on Nango
_RESET: Final = ("full_refresh", "full_refresh_and_clear_cache")


RunsAction: TypeAlias = Callable[[ActionScript, Connection, Any], Any]
"""Runs an action within the run of another script, in its thread and its process."""


class ScriptRuntime:
    """One run. ``run`` is that of a sync; ``runs_action`` runs the actions that the script triggers."""

    def __init__(
        self,
        backend: Backend,
        loop: asyncio.AbstractEventLoop,
        context: Context,
        connection: Connection,
        run: SyncRun | None = None,
        *,
        runs_action: RunsAction,
        records: RunRecords | None = None,
    ) -> None:
        self._backend, self._loop, self._runs_action = backend, loop, runs_action
        self.context, self.run = context, run
        self._own = connection
        self.records = StoredRecords(run, self.on_loop, self.log) if records is None else records

    def waited(self, work: Coroutine[Any, Any, T]) -> T:
        """What a coroutine gives in the event loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def on_loop(self, work: Callable[[], T]) -> T:
        """What a function gives in the thread of the event loop."""

        async def done() -> T:
            return work()

        return self.waited(done())

    # Requests

    def send(self, request: ProxyRequest, *, page: int | None = None) -> ProxyResponse:
        started = time.monotonic()
        method, url = request.method.upper(), request.endpoint
        asked = _scope(replace(request, is_dry_run=False), method)
        try:
            answer = self.waited(self._backend.proxy.answer(*asked))
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
            answer = self.waited(answered())
        except NetworkFault as fault:
            self.log("warn", f"uncontrolledFetch: {fault.message}")
            raise HTTPError("fetch failed", code=fault.code, method=request.method, url=request.url) from None
        return FetchAnswer(answer.status, _headers(answer), answer.body, request.url)

    def repeated(self, what: str, times: int) -> None:
        if times == 3:
            self.log("warn", f"The provider gave {what} again, {times} times in a row.")

    def doubt(self, doubt: Doubt) -> None:
        self.log("warn", doubt.message)

    # Connection, integration, environment

    def connection(
        self,
        provider_config_key: str,
        connection_id: str,
        *,
        force_refresh: bool,
        refresh_token: bool,
        refresh_github_app_jwt_token: bool,
    ) -> dict[str, Any]:
        def read() -> dict[str, Any]:
            connection = self._connection(provider_config_key, connection_id)
            if connection.expired:
                raise _refused(424, "invalid_credentials", REFRESH_FAILED)
            granted = credentials_of(connection, refresh=refresh_token)
            return full_connection(self._backend.environment, connection, credentials=granted)

        return self.on_loop(read)

    def metadata(self) -> dict[str, Any]:
        return self.on_loop(lambda: dict(self._current().metadata or {}))

    def write_metadata(self, metadata: Mapping[str, Any], *, merge: bool) -> None:
        state = self._backend.environment
        write = state.update_metadata if merge else state.set_metadata
        self.on_loop(lambda: write(self._current(), metadata))

    def integration(self, include: Sequence[str]) -> dict[str, Any]:
        def read() -> dict[str, Any]:
            integration = self._backend.environment.integration(self._own.provider_config_key)
            if integration is None:
                raise _refused(404, "not_found", "The integration was deleted")
            return public_integration(integration, self._backend.base, include)

        return self.on_loop(read)

    def provider(self) -> Mapping[str, Any]:
        return self._backend.environment.facts[self.context.provider].public(self._backend.base)

    def environment_variables(self) -> list[dict[str, str]]:
        variables = self._backend.environment.variables
        return [{"name": name, "value": value} for name, value in variables.items()]

    def model_schema(self, model: str) -> Mapping[str, Any] | None:
        return None  # TypeScript scripts bring their zod schemas

    def log(self, level: str, message: str) -> None:
        text = message[:_LINE]
        _log.info("%s %s %-5s %s", self.context.script, self.context.connection_id, level, text)
        if self.run is not None and len(self.run.sync.logs) < _LINES:
            self.run.sync.logs.append(f"{level}: {text}")

    # Other scripts

    def trigger_action(self, provider_config_key: str, connection_id: str, name: str, input: Any) -> Any:
        def named() -> tuple[ActionScript, Connection]:
            connection = self._connection(provider_config_key, connection_id)
            action = self._backend.scheduler.scripts.action(provider_config_key, name)
            if action is None:
                raise _refused(404, "not_found", f"There is no action {name} for this integration")
            return action, connection

        action, connection = self.on_loop(named)
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
            connection = self._connection(provider_config_key, connection_id)
            scheduler = self._backend.scheduler
            syncs = scheduler.find(provider_config_key, [(sync, variant)], [connection])
            if not syncs:
                raise _refused(400, "no_syncs_found", "No syncs found given the inputs.")
            scheduler.trigger(syncs[0], connection, reset=mode in _RESET, empty=mode == _RESET[1])

        self.on_loop(trigger)

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

        self.on_loop(start)

    # What lives longer than a run

    def try_acquire_lock(self, key: str, ttl_ms: float) -> bool:
        def acquire() -> bool:
            holder, until = self._backend.locks.get(key, (self, 0.0))
            if holder is not self and until > time.monotonic():
                return False
            self._backend.locks[key] = (self, time.monotonic() + ttl_ms / 1000)
            return True

        return self.on_loop(acquire)

    def release_lock(self, key: str) -> bool:
        def release() -> bool:
            if self._backend.locks.get(key, (None, 0.0))[0] is not self:
                return False
            del self._backend.locks[key]
            return True

        return self.on_loop(release)

    def release_all_locks(self) -> None:
        def release() -> None:
            for key in [key for key, (holder, _) in self._backend.locks.items() if holder is self]:
                del self._backend.locks[key]

        self.on_loop(release)

    def get_checkpoint(self) -> dict[str, Any] | None:
        def read() -> dict[str, Any] | None:
            held = self._backend.checkpoints.get(self._place) if self.run is None else self.run.checkpoint
            return None if held is None else dict(held)

        return self.on_loop(read)

    def save_checkpoint(self, checkpoint: Mapping[str, Any]) -> None:
        self.on_loop(lambda: self._keep_checkpoint(dict(checkpoint)))

    def clear_checkpoint(self) -> None:
        self.on_loop(lambda: self._keep_checkpoint(None))

    # Records

    def save(self, model: str, records: Iterable[Mapping[str, Any]]) -> None:
        self.records.save(model, records)

    def update(self, model: str, records: Iterable[Mapping[str, Any]]) -> None:
        self.records.update(model, records)

    def delete(self, model: str, records: Iterable[Mapping[str, Any]]) -> None:
        self.records.delete(model, records)

    def set_merging_strategy(self, model: str, strategy: str) -> None:
        self.records.set_merging_strategy(model, strategy)

    def track_deletes_start(self, model: str) -> None:
        self.records.track_deletes_start(model)

    def track_deletes_end(self, model: str) -> list[str]:
        return self.records.track_deletes_end(model)

    def delete_records_from_previous_executions(self, model: str) -> list[str]:
        return self.records.delete_records_from_previous_executions(model)

    def records_page(
        self, model: str, *, ids: Sequence[str] | None = None, cursor: str | None = None
    ) -> tuple[list[dict[str, Any]], str | None]:
        return self.records.records_page(model, ids=ids, cursor=cursor)

    # Within

    @property
    def _place(self) -> tuple[int, str]:
        return self._own.id, self.context.script

    def _keep_checkpoint(self, checkpoint: dict[str, Any] | None) -> None:
        if self.run is not None:  # it stays also where the run fails later
            self.run.checkpoint = self.run.sync.checkpoint = checkpoint
            self._backend.scheduler.changed(self.run.sync)
        elif checkpoint is None:
            self._backend.checkpoints.pop(self._place, None)
        else:
            self._backend.checkpoints[self._place] = checkpoint

    def _current(self) -> Connection:
        """The run's own connection as it is now."""
        return self._connection(self._own.provider_config_key, self._own.connection_id)

    def _connection(self, key: str, connection_id: str) -> Connection:
        connection = self._backend.environment.connection(connection_id, key)
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
