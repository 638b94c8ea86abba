"""Ports of a dry run that ask Nango's own API: connections, metadata, variables, stored records."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from nangonb.dryrun.script_errors import as_script_error, read_only
from nangonb.dryrun.state import RunState


class Remote(RunState):
    """Writes to metadata really happen, and are counted."""

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
        if key == self.key and self.stub is not None:
            found["metadata"] = {**(found.get("metadata") or {}), **self.stub}
        return found

    def metadata(self) -> dict[str, Any]:
        # as the CLI: what is given stands alone here, and is merged into the whole connection above
        if self.stub is not None:
            return copy.deepcopy(dict(self.stub))
        return self.connections.connection(self.key).get("metadata") or {}

    def write_metadata(self, metadata: Mapping[str, Any], *, merge: bool) -> None:
        if self.read_only:
            raise read_only("This would write the connection's metadata")
        write = self.client.update_metadata if merge else self.client.set_metadata
        with as_script_error("PATCH" if merge else "POST", "/connections/metadata"):
            write(self.context.connection_id, self.context.integration, metadata)
        self.count_metadata_write()
        self.connections.forget(self.key)

    def integration(self, include: Sequence[str]) -> dict[str, Any]:
        return self.connections.integration(self.context.integration, include)

    def provider(self) -> Mapping[str, Any]:
        return self.connections.provider(self.context.provider)

    def environment_variables(self) -> list[dict[str, str]]:
        with as_script_error("GET", "/environment-variables"):
            return self.client.environment_variables()

    def model_schema(self, model: str) -> Mapping[str, Any] | None:
        return self.scripts.project.model_schema(model)

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
