"""Connection, integration, provider and environment variables of a run, as Nango has them."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from time import monotonic
from typing import Any, Final

from nangonb._dryrun.limits import Limits
from nangonb._dryrun.script_errors import as_script_error, read_only
from nangonb._dryrun.shared import Key, Nesting, Run
from nangonb._nango import Client
from nangonb._sdk import Context
from nangonb._trace import RequestEntry, Trace
from nangonb.errors import HTTPError

__all__ = ["Connection", "NangoApi"]

CONNECTION_SECONDS: Final = 60.0
INTEGRATION_SECONDS: Final = 600.0


class NangoApi:
    """Nango's own API for a run: calls are traced, and their errors are those of a request of the script.

    Connections and integrations are kept as long as Nango's runner keeps them. What the methods give is the
    caller's own, to change as it likes.
    """

    def __init__(self, client: Client, trace: Trace, limits: Limits) -> None:
        self.client = client
        self._trace, self._limits = trace, limits
        self._connections: dict[Key, tuple[float, dict[str, Any]]] = {}
        self._integrations: dict[tuple[str, frozenset[str]], tuple[float, dict[str, Any]]] = {}
        self._providers: dict[str, Mapping[str, Any]] = {}

    @contextmanager
    def call(self, method: str, path: str, params: Mapping[str, Any] | None = None) -> Iterator[RequestEntry]:
        entry = self._trace.begin(method, path, params=params, kind="nango")
        try:
            with as_script_error(method, path):
                yield entry
        except HTTPError as error:
            self._trace.end(entry, status=error.status, code=None if error.status else error.code)
            self._limits.check_time()
            raise
        except BaseException:
            self._trace.end(entry, code="interrupted")
            raise
        self._trace.end(entry, status=200)

    def keep_connection(self, key: Key, connection: dict[str, Any]) -> None:
        """A connection that was just fetched."""
        self._connections[key] = monotonic(), connection

    def forget_connection(self, key: Key) -> None:
        """Its metadata was written: the next look fetches it anew."""
        self._connections.pop(key, None)

    def connection(self, key: Key, **options: bool) -> dict[str, Any]:
        """``options`` (force_refresh …) that are set fetch it anew."""
        kept = self._connections.get(key)
        if kept is None or monotonic() - kept[0] > CONNECTION_SECONDS or any(options.values()):
            integration, connection_id = key
            with self.call("GET", f"/connections/{connection_id}"):
                connection = self.client.connections.get(connection_id, integration, **options)
            if options.get("refresh_token"):  # the next caller did not ask for that
                return connection
            self.keep_connection(key, connection)
            return copy.deepcopy(connection)
        return copy.deepcopy(kept[1])

    def integration(self, name: str, include: Sequence[str]) -> dict[str, Any]:
        key = name, frozenset(include)
        kept = self._integrations.get(key)
        if kept is None or monotonic() - kept[0] > INTEGRATION_SECONDS:
            with self.call("GET", f"/integrations/{name}"):
                kept = monotonic(), self.client.integrations.get(name, include)
            self._integrations[key] = kept
        return copy.deepcopy(kept[1])

    def provider(self, name: str) -> Mapping[str, Any]:
        """The provider's template; empty where Nango knows no such provider."""
        if name not in self._providers:
            try:
                with self.call("GET", f"/providers/{name}"):
                    self._providers[name] = self.client.provider(name)
            except HTTPError as error:
                if error.status != 404:
                    raise
                self._providers[name] = {}
        return self._providers[name]


class Connection:
    """The connection of one script. Writes of metadata really happen, and are counted."""

    def __init__(self, run: Run, api: NangoApi, context: Context, nesting: Nesting) -> None:
        self._run, self._api, self._context, self._nesting = run, api, context, nesting
        self._key: Key = context.integration, context.connection_id
        self._is_own = self._key == run.key  # of the script that the user started
        self._given = run.metadata if self._is_own else None

    def get(
        self,
        provider_config_key: str,
        connection_id: str,
        *,
        force_refresh: bool,
        refresh_token: bool,
        refresh_github_app_jwt_token: bool,
    ) -> dict[str, Any]:
        key = provider_config_key, connection_id
        connection = self._api.connection(
            key,
            force_refresh=force_refresh,
            refresh_token=refresh_token,
            refresh_github_app_jwt_token=refresh_github_app_jwt_token,
        )
        if key == self._key and self._given is not None:
            connection["metadata"] = {**(connection.get("metadata") or {}), **self._given}
        if key == self._key and self._is_own:
            self._run.recording.keep_connection(connection)
        return connection

    def metadata(self) -> dict[str, Any]:
        # as the CLI: what is given stands alone here, and is merged into the whole connection above
        if self._given is not None:
            return copy.deepcopy(dict(self._given))
        metadata: dict[str, Any] = self._api.connection(self._key).get("metadata") or {}
        if self._is_own:
            self._run.recording.keep_metadata(metadata)
        return metadata

    def write_metadata(self, metadata: Mapping[str, Any], *, merge: bool) -> None:
        if self._run.read_only:
            raise read_only("This would write the connection's metadata in Nango")
        connections = self._api.client.connections
        write = connections.update_metadata if merge else connections.set_metadata
        with self._api.call("PATCH" if merge else "POST", "/connections/metadata"):
            write(self._context.connection_id, self._context.integration, metadata)
        self._nesting.count_metadata_write()
        self._api.forget_connection(self._key)

    def integration(self, include: Sequence[str]) -> dict[str, Any]:
        name = self._context.integration
        integration = self._api.integration(name, include)
        params = {"include": list(include)} if include else {}
        self._run.recording.keep_api("GET", f"/integrations/{name}", {"data": integration}, params=params)
        return integration

    def provider(self) -> Mapping[str, Any]:
        provider = self._api.provider(self._context.provider)
        if self._is_own:
            self._run.recording.keep_pagination(provider)
        return provider

    def environment_variables(self) -> list[dict[str, str]]:
        path = "/environment-variables"
        with self._api.call("GET", path) as entry:
            variables = self._api.client.environment_variables()
        self._run.recording.keep_api("GET", path, variables, number=entry.n)
        return variables
