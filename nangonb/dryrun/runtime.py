"""The Runtime of a dry run: requests go out through Nango's proxy, records stay here."""

from __future__ import annotations

import contextlib
import copy
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from nangonb.errors import ApiError, HTTPError, NangonbError, NetworkError, SDKError, UsageError
from nangonb.nango import Client, ProxyRequest, ProxyResponse, TransportError
from nangonb.records import RecordBuffer
from nangonb.trace import Trace

if TYPE_CHECKING:
    from nangonb.sdk import Context

_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_PROGRESS_EVERY = 0.2
_E = TypeVar("_E", HTTPError, SDKError)


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
    use by ``new_buffer(model)``.
    """

    client: Client
    context: Context
    trace: Trace
    new_buffer: Callable[[str], RecordBuffer]
    connection_data: dict[str, Any]
    stub: Mapping[str, Any] | None = None
    read_only: bool = False
    max_requests: int | None = None
    on_progress: Callable[[Progress], None] | None = None
    buffers: dict[str, RecordBuffer] = field(default_factory=dict)
    metadata_writes: int = 0
    deadline: float | None = None
    _records: int = 0
    _pages: int = 0
    _shown: float = 0.0
    _provider: Mapping[str, Any] | None = None

    # Requests

    def send(self, request: ProxyRequest, *, page: int | None = None) -> ProxyResponse:
        self._before(request)
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
            raise _http_error(error, request.method, request.endpoint) from None
        except ApiError as error:
            self.trace.end(entry, status=error.status, code=error.code)
            raise _http_error(error, request.method, request.endpoint) from None
        except UsageError as error:  # data or headers that cannot be sent
            self.trace.end(entry, code="invalid_request")
            raise _sdk_error(error) from None
        except BaseException:
            self.trace.end(entry, code="interrupted")
            raise
        self.trace.end(entry, status=answer.status, received=answer.received)
        self._pages += 1
        self._progress()
        return answer

    def _before(self, request: ProxyRequest) -> None:
        if self.read_only and request.method not in _READS:
            what = f"{request.method} {request.endpoint} would write to the provider"
            raise SDKError(f"{what}, and this run is read-only (--read-only).", code="read_only")
        if self.max_requests is not None and self.trace.request_count >= self.max_requests:
            raise CapReached("max-requests")
        if self.deadline is not None and time.monotonic() > self.deadline:
            raise CapReached("timeout")

    def connection(
        self, provider_config_key: str, connection_id: str, *, force_refresh: bool, refresh_token: bool
    ) -> dict[str, Any]:
        own = (provider_config_key, connection_id) == (self.context.integration, self.context.connection_id)
        if own and not force_refresh and not refresh_token:
            found = copy.deepcopy(self.connection_data)
        else:
            with _as_script_error("GET", f"/connections/{connection_id}"):
                found = self.client.connection(
                    connection_id,
                    provider_config_key,
                    force_refresh=force_refresh,
                    refresh_token=refresh_token,
                )
        if own and self.stub is not None:
            found["metadata"] = {**(found.get("metadata") or {}), **self.stub}
        return found

    def metadata(self) -> dict[str, Any]:
        # as the CLI: what is given stands alone here, and is merged into the whole connection above
        found = self.connection_data.get("metadata") if self.stub is None else self.stub
        return copy.deepcopy(dict(found or {}))

    def provider(self) -> Mapping[str, Any]:
        if self._provider is None:
            with _as_script_error("GET", f"/providers/{self.context.provider}"):
                try:
                    self._provider = self.client.provider(self.context.provider)
                except ApiError as error:
                    if error.status != 404:
                        raise
                    self._provider = {}
        return self._provider

    def write_metadata(self, metadata: Mapping[str, Any], *, merge: bool) -> None:
        if self.read_only:
            raise SDKError(
                "This would write the connection's metadata, and this run is read-only (--read-only).",
                code="read_only",
            )
        write = self.client.update_metadata if merge else self.client.set_metadata
        with _as_script_error("PATCH" if merge else "POST", "/connections/metadata"):
            write(self.context.connection_id, self.context.integration, metadata)
        self.metadata_writes += 1
        old = self.connection_data.get("metadata") or {}
        self.connection_data["metadata"] = {**(old if merge else {}), **metadata}

    def environment_variables(self) -> list[dict[str, str]]:
        with _as_script_error("GET", "/environment-variables"):
            return self.client.environment_variables()

    def log(self, level: str, message: str) -> None:
        self.trace.log(level, message)

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

    def _buffer(self, model: str) -> RecordBuffer:
        buffer = self.buffers.get(model)
        if buffer is None:
            buffer = self.buffers[model] = self.new_buffer(model)
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


@contextlib.contextmanager
def _as_script_error(method: str, path: str) -> Iterator[None]:
    """What a script sees on Nango where its API refuses: an error of a request."""
    try:
        yield
    except (ApiError, NetworkError) as error:
        raise _http_error(error, method, path) from None
    except UsageError as error:
        raise _sdk_error(error) from None


def _http_error(error: ApiError | NetworkError, method: str, url: str) -> HTTPError:
    """axios' words; what the kit knows more is a note, which the shown trace adds."""
    if isinstance(error, ApiError):
        said = getattr(error, "body", None) or {"error": {"code": error.code, "message": error.message}}
        text = f"Request failed with status code {error.status}"
        found = HTTPError(text, status=error.status, data=said, code=error.code, method=method, url=url)
    else:
        status, headers = getattr(error, "status", None), getattr(error, "headers", None)
        code = getattr(error, "code", "ECONNRESET")
        found = HTTPError(error.message, status=status, headers=headers, code=code, method=method, url=url)
    return _noted(found, error)


def _sdk_error(error: UsageError) -> SDKError:
    return _noted(SDKError(error.message, code="invalid_request"), error)


def _noted(found: _E, error: NangonbError) -> _E:
    if error.hint:
        found.add_note(error.hint)
    return found


def _rows(records: Any) -> Any:
    """A list where only an iterator was given; anything else is left for the buffer to check."""
    return list(records) if isinstance(records, Iterator) else records
