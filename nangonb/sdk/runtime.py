"""The ports of the SDK: what the ``nango`` object needs from the world it runs in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from nangonb.nango import ProxyRequest, ProxyResponse

Json = Any


class Runtime(Protocol):
    """A dry run, a replay and the sandbox each are one Runtime.

    All methods are synchronous. What they raise reaches the script: :class:`HTTPError` for a request
    without a complete answer, :class:`SDKError` for misuse.
    """

    def send(self, request: ProxyRequest, *, page: int | None = None) -> ProxyResponse:
        """One request through the proxy; an answer of any status is returned."""
        ...

    def connection(
        self, provider_config_key: str, connection_id: str, *, force_refresh: bool, refresh_token: bool
    ) -> dict[str, Json]:
        """The full connection, with credentials."""
        ...

    def metadata(self) -> dict[str, Json]:
        """The metadata of the run's own connection; ``{}`` where there is none."""
        ...

    def provider(self) -> Mapping[str, Json]:
        """The provider's template: ``proxy.paginate``, ``proxy.retry`` …."""
        ...

    def write_metadata(self, metadata: Mapping[str, Json], *, merge: bool) -> None: ...

    def environment_variables(self) -> list[dict[str, str]]: ...

    def log(self, level: str, message: str) -> None: ...

    def save(self, model: str, records: Iterable[Mapping[str, Json]]) -> None: ...

    def update(self, model: str, records: Iterable[Mapping[str, Json]]) -> None: ...

    def delete(self, model: str, records: Iterable[Mapping[str, Json]]) -> None: ...
