"""The ports of the SDK: what the ``nango`` object needs from the world it runs in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from nangonb._nango import ProxyRequest, ProxyResponse
from nangonb._sdk.fetch import FetchAnswer, FetchRequest

Json = Any


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why ``paginate`` may not have given all that there is, although nothing failed.

    ``code`` is that of a Problem. ``lost``: what came is no proper end, so that the result is not to be
    trusted; without it, it may be one.
    """

    code: str
    message: str
    hint: str = ""
    lost: bool = True


class Requests(Protocol):
    """Requests to providers."""

    def send(self, request: ProxyRequest, *, page: int | None = None) -> ProxyResponse:
        """One request through the proxy; an answer of any status is returned."""
        ...

    def fetch(self, request: FetchRequest) -> FetchAnswer:
        """One request past the proxy, without credentials. Raises ActionError for an address that Nango
        refuses (``url_not_allowed``, ``too_many_redirects``, ``invalid_redirect``)."""
        ...

    def repeated(self, what: str, times: int) -> None:
        """While paginating, the provider gave ``what`` again, the ``times``-th time in a row. May end
        the run; on Nango it would go on."""
        ...

    def doubt(self, doubt: Doubt) -> None:
        """While paginating, the provider gave something that Nango takes for the end, and may be none."""
        ...


class Connection(Protocol):
    """The run's own connection, its integration and its environment."""

    def get(
        self,
        provider_config_key: str,
        connection_id: str,
        *,
        force_refresh: bool,
        refresh_token: bool,
        refresh_github_app_jwt_token: bool,
    ) -> dict[str, Json]:
        """This connection, or another one, with credentials; at most 60 seconds old."""
        ...

    def metadata(self) -> dict[str, Json]:
        """``{}`` where there is none."""
        ...

    def write_metadata(self, metadata: Mapping[str, Json], *, merge: bool) -> None: ...

    def integration(self, include: Sequence[str]) -> dict[str, Json]:
        """At most ten minutes old."""
        ...

    def provider(self) -> Mapping[str, Json]:
        """The provider's template: ``proxy.paginate``, ``proxy.retry`` …."""
        ...

    def environment_variables(self) -> list[dict[str, str]]: ...


class Scripts(Protocol):
    """Other scripts."""

    def trigger_action(self, provider_config_key: str, connection_id: str, name: str, input: Json) -> Json:
        """Run an action and give its output. Raises HTTPError as the API answers where the action fails."""
        ...

    def trigger_sync(
        self, provider_config_key: str, connection_id: str, sync: str, variant: str, mode: str | None
    ) -> None: ...

    def start_sync(
        self, provider_config_key: str, syncs: Sequence[str], connection_id: str | None
    ) -> None: ...


class Locks(Protocol):
    """Locks of the environment."""

    def try_acquire(self, key: str, ttl_ms: float) -> bool: ...

    def release(self, key: str) -> bool: ...

    def release_all(self) -> None: ...


class Checkpoint(Protocol):
    """The checkpoint of the script on its connection."""

    def get(self) -> dict[str, Json] | None: ...

    def save(self, checkpoint: Mapping[str, Json]) -> None: ...

    def clear(self) -> None: ...


class Records(Protocol):
    """Records of the connection and variant."""

    def save(self, model: str, records: Iterable[Mapping[str, Json]]) -> None: ...

    def update(self, model: str, records: Iterable[Mapping[str, Json]]) -> None: ...

    def delete(self, model: str, records: Iterable[Mapping[str, Json]]) -> None: ...

    def set_merging_strategy(self, model: str, strategy: str) -> None: ...

    def track_deletes_start(self, model: str) -> None: ...

    def track_deletes_end(self, model: str) -> list[str]:
        """Ids of the records that were deleted. Raises SDKError without a start."""
        ...

    def delete_records_from_previous_executions(self, model: str) -> list[str]: ...

    def page(
        self, model: str, *, ids: Sequence[str] | None = None, cursor: str | None = None
    ) -> tuple[list[dict[str, Json]], str | None]:
        """Records that Nango holds, and the cursor of the next page."""
        ...


class Runtime(Protocol):
    """A dry run, a replay and the sandbox each are one Runtime.

    All methods are synchronous. What they raise reaches the script: :class:`HTTPError` for a request
    without a complete answer, :class:`SDKError` for misuse. What the ``nango`` object can decide alone
    (types, memory of one run's merging strategies, log levels) it does not ask for.
    """

    @property
    def requests(self) -> Requests: ...

    @property
    def connection(self) -> Connection: ...

    @property
    def scripts(self) -> Scripts: ...

    @property
    def locks(self) -> Locks: ...

    @property
    def checkpoint(self) -> Checkpoint: ...

    @property
    def records(self) -> Records: ...

    def model_schema(self, model: str) -> Mapping[str, Json] | None:
        """The JSON Schema (draft-07) of a model of the project; None where there is none."""
        ...

    def log(self, level: str, message: str) -> None: ...
