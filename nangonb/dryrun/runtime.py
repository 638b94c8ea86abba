"""The Runtime of a dry run: requests go out through Nango's proxy, records stay here."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from nangonb.dryrun.connections import Connections
from nangonb.dryrun.script_errors import as_script_error, http_error, read_only, sdk_error
from nangonb.dryrun.traceback import calling_place
from nangonb.errors import ActionError, ApiError, HTTPError, SDKError, UsageError
from nangonb.nango import Client, ProxyRequest, ProxyResponse, TransportError
from nangonb.project import Problem
from nangonb.records import RecordBuffer
from nangonb.trace import Trace

if TYPE_CHECKING:
    from nangonb.dryrun.nested import OwnScripts
    from nangonb.sdk import Context
    from nangonb.sdk.fetch import FetchAnswer, FetchRequest

_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_PROGRESS_EVERY = 0.2
_REPEATS_SAID: Final = 3
_REPEATS_MOST: Final = 100
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class CapReached(BaseException):
    """Ends a script whose cap was hit. Not an Exception, so that no handler of the script stops it."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: ``records`` saved, updated and deleted; ``seconds`` since its start."""

    requests: int
    pages: int
    records: int
    seconds: float

    @property
    def rate(self) -> float:
        """Records a second."""
        return self.records / self.seconds if self.seconds > 0 else 0.0


@dataclass
class DryrunRuntime:
    """Stores nothing in Nango. Writes to the provider and to metadata really happen, and are counted.

    ``stub`` stands in for the connection's metadata where it is not None. ``buffers`` are made on first
    use by ``new_buffer(model, variant)``. ``checkpoint`` is the one that the script saved last, at first
    the one that was given. ``caller`` is the runtime of the script that runs this one, or None.
    """

    client: Client
    context: Context
    trace: Trace
    new_buffer: Callable[[str, str], RecordBuffer]
    connections: Connections
    scripts: OwnScripts
    stub: Mapping[str, Any] | None = None
    read_only: bool = False
    max_requests: int | None = None
    on_progress: Callable[[Progress], None] | None = None
    buffers: dict[str, RecordBuffer] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    metadata_writes: int = 0
    deadline: float | None = None
    checkpoint: dict[str, Any] | None = None
    caller: DryrunRuntime | None = None
    _records: int = 0
    _pages: int = 0
    _shown: float = 0.0
    _tracking: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._resumed = self.checkpoint is not None

    def for_script(self, context: Context) -> DryrunRuntime:
        """The runtime of another script that this one runs: it shares trace, caps and connections."""
        same = self._key == (context.integration, context.connection_id)
        return DryrunRuntime(
            client=self.client,
            context=context,
            trace=self.trace,
            new_buffer=self.new_buffer,
            connections=self.connections,
            scripts=self.scripts,
            stub=self.stub if same else None,
            read_only=self.read_only,
            max_requests=self.max_requests,
            deadline=self.deadline,
            caller=self,
        )

    @property
    def depth(self) -> int:
        """How many scripts run this one."""
        return 0 if self.caller is None else 1 + self.caller.depth

    def add(self, problem: Problem | None) -> None:
        """A problem of the whole run."""
        if problem is not None:
            (self.problems if self.caller is None else self.caller.problems).append(problem)

    @property
    def _key(self) -> tuple[str, str]:
        return self.context.integration, self.context.connection_id

    # Requests

    def send(self, request: ProxyRequest, *, page: int | None = None) -> ProxyResponse:
        self._before(request.method, request.endpoint)
        entry = self.trace.begin(
            request.method,
            request.endpoint,
            params=request.params,
            headers=request.headers,
            retries=request.retries,
            page=page,
        )
        try:
            answer = self.client.proxy(request)
        except TransportError as error:
            self.trace.end(entry, status=error.status, code=error.code, received=error.received)
            raise http_error(error, request.method, request.endpoint) from None
        except ApiError as error:
            self.trace.end(entry, status=error.status, code=error.code)
            raise http_error(error, request.method, request.endpoint) from None
        except UsageError as error:  # data or headers that cannot be sent
            self.trace.end(entry, code="invalid_request")
            raise sdk_error(error) from None
        except BaseException:
            self.trace.end(entry, code="interrupted")
            raise
        self.trace.end(entry, status=answer.status, received=answer.received)
        self._pages += 1
        self._progress()
        return answer

    def fetch(self, request: FetchRequest) -> FetchAnswer:
        from nangonb.dryrun.fetch import fetch

        self._before(request.method, request.url)
        entry = self.trace.begin(request.method, request.url, headers=request.headers)
        try:
            # where Nango runs on this machine, so does what it may ask
            answer = fetch(request, loopback=urlsplit(self.client.host).hostname in _LOOPBACK)
        except ActionError as error:
            self.trace.end(entry, code=str(error.payload["code"]))
            raise
        except HTTPError as error:
            self.trace.end(entry, code=error.code)
            raise
        except BaseException:
            self.trace.end(entry, code="interrupted")
            raise
        self.trace.end(entry, status=answer.status, received=len(answer.content))
        return answer

    def _before(self, method: str, endpoint: str) -> None:
        if self.read_only and method not in _READS:
            raise read_only(f"{method} {endpoint} would write to the provider")
        if self.max_requests is not None and self.trace.request_count >= self.max_requests:
            raise CapReached("max-requests")
        if self.deadline is not None and time.monotonic() > self.deadline:
            raise CapReached("timeout")

    def repeated(self, what: str, times: int) -> None:
        if times == _REPEATS_SAID:
            message = f"The provider gave {what} again, {times} times in a row: the pages may never end."
            self.log("warn", message)
            hint = "Look at cursor_path_in_response and at what the provider takes as the next page."
            place = calling_place(self.scripts.sources)
            self.add(Problem("repeated-page", "warning", message, place, hint))
        if times >= _REPEATS_MOST:
            raise CapReached("repeated-page")

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
        key = provider_config_key, connection_id
        found = self.connections.connection(
            key,
            force_refresh=force_refresh,
            refresh_token=refresh_token,
            refresh_github_app_jwt_token=refresh_github_app_jwt_token,
        )
        if key == self._key and self.stub is not None:
            found["metadata"] = {**(found.get("metadata") or {}), **self.stub}
        return found

    def metadata(self) -> dict[str, Any]:
        # as the CLI: what is given stands alone here, and is merged into the whole connection above
        if self.stub is not None:
            return copy.deepcopy(dict(self.stub))
        return self.connections.connection(self._key).get("metadata") or {}

    def write_metadata(self, metadata: Mapping[str, Any], *, merge: bool) -> None:
        if self.read_only:
            raise read_only("This would write the connection's metadata")
        write = self.client.update_metadata if merge else self.client.set_metadata
        with as_script_error("PATCH" if merge else "POST", "/connections/metadata"):
            write(self.context.connection_id, self.context.integration, metadata)
        self._count_metadata_write()
        self.connections.forget(self._key)

    def _count_metadata_write(self) -> None:
        self.metadata_writes += 1
        if self.caller is not None:
            self.caller._count_metadata_write()

    def integration(self, include: Sequence[str]) -> dict[str, Any]:
        return self.connections.integration(self.context.integration, include)

    def provider(self) -> Mapping[str, Any]:
        return self.connections.provider(self.context.provider)

    def environment_variables(self) -> list[dict[str, str]]:
        with as_script_error("GET", "/environment-variables"):
            return self.client.environment_variables()

    def model_schema(self, model: str) -> Mapping[str, Any] | None:
        return self.scripts.project.model_schema(model)

    def log(self, level: str, message: str) -> None:
        self.trace.log(level, message)

    # Other scripts

    def trigger_action(self, provider_config_key: str, connection_id: str, name: str, input: Any) -> Any:
        own = self.scripts.find("action", provider_config_key, name)
        if own is not None:
            self.log("debug", f"trigger_action: {name} is declared here, and runs here.")
            return self.scripts.action(self, own, provider_config_key, connection_id, input)
        path = "/action/trigger"
        if self.read_only:
            raise read_only(f"The action {name} may write to the provider")
        self._before("POST", path)
        entry = self.trace.begin("POST", path, params={"action_name": name})
        try:
            with as_script_error("POST", path):
                output = self.client.trigger_action(
                    name, input, connection_id=connection_id, provider_config_key=provider_config_key
                )
        except HTTPError as error:
            self.trace.end(entry, status=error.status, code=error.code)
            raise
        except BaseException:
            self.trace.end(entry, code="interrupted")
            raise
        self.trace.end(entry, status=200)
        return output

    def trigger_sync(
        self, provider_config_key: str, connection_id: str, sync: str, variant: str, mode: str | None
    ) -> None:
        own = self.scripts.find("sync", provider_config_key, sync)
        if own is None:
            self.log(
                "warn",
                f"trigger_sync: {sync} of {provider_config_key} is not declared here, and nothing was run; "
                "on Nango this would trigger it.",
            )
            return
        result = self.scripts.sync(self, own, provider_config_key, connection_id, variant)
        if result.error_json is not None:
            self.log("error", f"trigger_sync: {sync} failed: {result.error_json['message']}")
            return
        added, updated, deleted = result.counts.added, result.counts.updated, result.counts.deleted
        self.log(
            "info",
            f"trigger_sync: {sync} was dry run here (added {added:,}, updated {updated:,}, deleted "
            f"{deleted:,}); nothing was triggered in Nango.",
        )

    def start_sync(self, provider_config_key: str, syncs: Sequence[str], connection_id: str | None) -> None:
        self.log("info", "This has no effect but on a remote Nango instance would start a schedule")

    # What lives longer than a run

    def try_acquire_lock(self, key: str, ttl_ms: float) -> bool:
        return True

    def release_lock(self, key: str) -> bool:
        return True

    def release_all_locks(self) -> None:
        return None

    def get_checkpoint(self) -> dict[str, Any] | None:
        return None if self.checkpoint is None else dict(self.checkpoint)

    def save_checkpoint(self, checkpoint: Mapping[str, Any]) -> None:
        self.checkpoint = dict(checkpoint)

    def clear_checkpoint(self) -> None:
        self.checkpoint = None

    # Records

    def save(self, model: str, records: Iterable[Mapping[str, Any]]) -> None:
        rows = _rows(records)
        self._buffer(model).save(rows)
        self._taken(rows)

    def update(self, model: str, records: Iterable[Mapping[str, Any]]) -> None:
        rows = _rows(records)
        self._buffer(model).update(rows)
        self._taken(rows)

    def delete(self, model: str, records: Iterable[Mapping[str, Any]]) -> None:
        rows = _rows(records)
        self._buffer(model).delete(rows)
        self._taken(rows)

    def set_merging_strategy(self, model: str, strategy: str) -> None:
        self._no_effect(f"set_merging_strategy to {strategy}", model)

    def track_deletes_start(self, model: str) -> None:
        self._tracking.add(model)
        self._no_effect("track_deletes_start", model)

    def track_deletes_end(self, model: str) -> list[str]:
        # a run that goes on from a checkpoint may have started in an earlier one
        if model not in self._tracking and not self._resumed:
            raise SDKError(
                f"No track deletes starting point found for model '{model}'.", code="no_track_deletes_start"
            )
        self._tracking.discard(model)
        self._no_effect("track_deletes_end", model)
        return []

    def delete_records_from_previous_executions(self, model: str) -> list[str]:
        self._no_effect("delete_records_from_previous_executions", model)
        return []

    def records_page(
        self, model: str, *, ids: Sequence[str] | None = None, cursor: str | None = None
    ) -> tuple[list[dict[str, Any]], str | None]:
        with as_script_error("GET", "/records"):
            return self.client.records_page(
                model,
                connection_id=self.context.connection_id,
                provider_config_key=self.context.integration,
                variant=None if self.context.variant == "base" else self.context.variant,
                ids=ids,
                cursor=cursor,
            )

    def _no_effect(self, what: str, model: str) -> None:
        self.log("info", f"This has no effect locally: {what} for {model}.")

    def _buffer(self, model: str) -> RecordBuffer:
        buffer = self.buffers.get(model)
        if buffer is None:
            buffer = self.buffers[model] = self.new_buffer(model, self.context.variant)
        return buffer

    def _taken(self, rows: Any) -> None:
        count = len(rows) if isinstance(rows, Sized) else 0
        self._records += count
        self.trace.saved(count)
        self._progress()

    def _progress(self) -> None:
        now = self.trace.elapsed
        if self.on_progress is not None and now - self._shown >= _PROGRESS_EVERY:
            self._shown = now
            self.on_progress(Progress(self.trace.request_count, self._pages, self._records, now))


def _rows(records: Any) -> Any:
    """A list where only an iterator was given; anything else is left for the buffer to check."""
    return list(records) if isinstance(records, Iterator) else records
