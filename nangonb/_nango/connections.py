"""Connections and integrations of an environment."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from nangonb._nango import failures
from nangonb._nango.answers import connection_from, learn_credentials
from nangonb._nango.encoding import js_string
from nangonb._nango.transport import Method, Transport, segment
from nangonb._nango.types import ApiResponseError, Connection

_MAY_HAVE_MORE: Final = 100  # no Nango pages in smaller pieces
_MOST_PAGES: Final = 1_000  # then the server must be wrong


class Connections:
    """``client.connections``"""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(
        self,
        *,
        connection_id: str | None = None,
        integration_id: str | Sequence[str] | None = None,
        search: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> list[Connection]:
        """The connections of the environment, without credentials; all pages, in the server's order."""
        params: dict[str, Any] = {}
        if connection_id is not None:
            params["connectionId"] = connection_id
        if search is not None:
            params["search"] = search
        if integration_id is not None:
            params["integrationId"] = (
                integration_id if isinstance(integration_id, str) else ",".join(integration_id)
            )
        for name, value in (tags or {}).items():
            params[f"tags[{name.lower()}]"] = value

        def fetch(page: Mapping[str, Any]) -> list[Any]:
            return self._transport.get_list(
                "/connections", params={**params, **page}, subject="the connections", inside="connections"
            )

        connections: dict[tuple[str, str], Connection] = {}
        for page in _pages(fetch):
            before = len(connections)
            for item in page:
                connection = connection_from(item)
                connections.setdefault((connection.provider_config_key, connection.connection_id), connection)
            if len(connections) == before:
                break
        return [*connections.values()]

    def get(
        self,
        connection_id: str,
        provider_config_key: str,
        *,
        force_refresh: bool = False,
        refresh_token: bool = False,
        refresh_github_app_jwt_token: bool = False,
    ) -> dict[str, Any]:
        """A connection in full, as Nango sends it: credentials, metadata, connection_config, errors.

        ``force_refresh`` makes Nango fetch new credentials first; ``refresh_token`` puts the refresh token
        into the answer.
        """
        subject = f"connection {connection_id!r} of integration {provider_config_key!r}"
        connection = self._transport.get_object(
            f"/connections/{segment(connection_id)}",
            params={
                "provider_config_key": provider_config_key,
                "force_refresh": js_string(force_refresh),
                "refresh_token": js_string(refresh_token),
                "refresh_github_app_jwt_token": js_string(refresh_github_app_jwt_token),
            },
            subject=subject,
        )
        masker = self._transport.masker
        learn_credentials(masker, connection.get("credentials"))
        masker.learn([connection.get("connection_config"), connection.get("metadata")])
        if failures.error_of(connection) is not None:
            # `invalid_credentials` comes with the connection inside, perhaps with status 200.
            raise self._transport.refusal(200, {}, connection, subject)
        return connection

    def set_metadata(
        self, connection_id: str | Sequence[str], provider_config_key: str, metadata: Mapping[str, Any]
    ) -> Any:
        """Replace the metadata of one or several connections. This writes to Nango."""
        return self._metadata("POST", connection_id, provider_config_key, metadata)

    def update_metadata(
        self, connection_id: str | Sequence[str], provider_config_key: str, metadata: Mapping[str, Any]
    ) -> Any:
        """Merge into the metadata of one or several connections. This writes to Nango."""
        return self._metadata("PATCH", connection_id, provider_config_key, metadata)

    def _metadata(
        self, method: Method, connection_id: str | Sequence[str], key: str, metadata: Mapping[str, Any]
    ) -> Any:
        ids = connection_id if isinstance(connection_id, str) else [*connection_id]
        return self._transport.request(
            method,
            "/connections/metadata",
            json={"metadata": metadata, "connection_id": ids, "provider_config_key": key},
            subject=f"the metadata of connection {ids!r} of integration {key!r}",
        )


class Integrations:
    """``client.integrations``"""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self) -> list[dict[str, Any]]:
        """The integrations of the environment: ``unique_key``, ``provider``, ``display_name`` …"""
        return self._transport.get_list("/integrations", subject="the integrations", inside="data")

    def get(self, key: str, include: Sequence[str] = ()) -> dict[str, Any]:
        """One integration. ``include``: ``webhook``, ``credentials``."""
        integration = self._transport.get_object(
            f"/integrations/{segment(key)}",
            params={"include": [*include]} if include else None,
            subject=f"integration {key!r}",
            inside="data",
        )
        learn_credentials(self._transport.masker, integration.get("credentials"))
        return integration


def _pages(fetch: Callable[[Mapping[str, Any]], list[Any]]) -> Iterator[list[Any]]:
    """The pages that ``fetch`` returns for ``{}``, ``{"page": 1}``, ``{"page": 2}`` …

    Older servers send everything at once and refuse the parameter, so the first request has none.
    """
    first = fetch({})
    yield first
    if len(first) < _MAY_HAVE_MORE:
        return
    previous = first
    for number in range(1, _MOST_PAGES):
        try:
            page = fetch({"page": number})
        except ApiResponseError as error:
            if number == 1 and error.code == "invalid_query_params":
                return
            raise
        if not page:
            return
        if page == previous:
            # Page 1 is the first one again where pages count from 1; later it means that there are none.
            if number > 1:
                return
            continue
        yield page
        previous = page
