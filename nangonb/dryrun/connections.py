"""Connections and integrations that a run asked for, kept as long as Nango's runner keeps them."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from time import monotonic
from typing import Any, Final

from nangonb.dryrun.script_errors import as_script_error
from nangonb.errors import HTTPError
from nangonb.nango import Client

CONNECTION_SECONDS: Final = 60.0
INTEGRATION_SECONDS: Final = 600.0

Key = tuple[str, str]
"""Integration and connection id."""


class Connections:
    """What :meth:`connection` and :meth:`integration` give is the caller's own, to change as it likes.

    ``asking(method, path)`` is around each call of Nango's API that a script causes.
    """

    asking: Callable[[str, str], AbstractContextManager[Any]] = staticmethod(as_script_error)

    def __init__(self, client: Client) -> None:
        self._client = client
        self._connections: dict[Key, tuple[float, dict[str, Any]]] = {}
        self._integrations: dict[tuple[str, frozenset[str]], tuple[float, dict[str, Any]]] = {}
        self._providers: dict[str, Mapping[str, Any]] = {}

    def first(self, key: Key) -> tuple[dict[str, Any], str]:
        """The connection of a run, and its provider. Raises ApiError and NetworkError."""
        integration, connection_id = key
        found = self._client.connections.get(connection_id, integration)
        provider = found.get("provider") or self._client.integrations.get(integration).get("provider")
        self.keep(key, found)
        return found, str(provider or "")

    def keep(self, key: Key, connection: dict[str, Any]) -> None:
        """What was just fetched."""
        self._connections[key] = monotonic(), connection

    def forget(self, key: Key) -> None:
        """Its metadata was written: the next look fetches it anew."""
        self._connections.pop(key, None)

    def connection(self, key: Key, **options: bool) -> dict[str, Any]:
        """``options`` (force_refresh …) that are set fetch it anew."""
        kept = self._connections.get(key)
        if kept is None or monotonic() - kept[0] > CONNECTION_SECONDS or any(options.values()):
            integration, connection_id = key
            with self.asking("GET", f"/connections/{connection_id}"):
                found = self._client.connections.get(connection_id, integration, **options)
            if options.get("refresh_token"):  # the next caller did not ask for that
                return found
            self.keep(key, found)
            return copy.deepcopy(found)
        return copy.deepcopy(kept[1])

    def integration(self, name: str, include: Sequence[str]) -> dict[str, Any]:
        key = name, frozenset(include)
        kept = self._integrations.get(key)
        if kept is None or monotonic() - kept[0] > INTEGRATION_SECONDS:
            with self.asking("GET", f"/integrations/{name}"):
                kept = monotonic(), self._client.integrations.get(name, include)
            self._integrations[key] = kept
        return copy.deepcopy(kept[1])

    def provider(self, name: str) -> Mapping[str, Any]:
        """The provider's template; empty where Nango knows no such provider."""
        if name not in self._providers:
            try:
                with self.asking("GET", f"/providers/{name}"):
                    self._providers[name] = self._client.provider(name)
            except HTTPError as error:
                if error.status != 404:
                    raise
                self._providers[name] = {}
        return self._providers[name]
