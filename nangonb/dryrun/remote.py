"""Ports of a dry run that ask Nango's own API: connections, metadata, variables, stored records."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from nangonb.dryrun.script_errors import read_only
from nangonb.dryrun.state import RunState
from nangonb.dryrun.traceback import calling_place
from nangonb.project import Problem


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
        if key == self.key and self.of_own_connection:
            self.recording.keep_connection(found)
        return found

    def metadata(self) -> dict[str, Any]:
        # as the CLI: what is given stands alone here, and is merged into the whole connection above
        if self.stub is not None:
            return copy.deepcopy(dict(self.stub))
        found: dict[str, Any] = self.connections.connection(self.key).get("metadata") or {}
        if self.of_own_connection:
            self.recording.keep_metadata(found)
        return found

    def write_metadata(self, metadata: Mapping[str, Any], *, merge: bool) -> None:
        if self.read_only:
            raise read_only("This would write the connection's metadata in Nango")
        write = self.client.connections.update_metadata if merge else self.client.connections.set_metadata
        with self.asking("PATCH" if merge else "POST", "/connections/metadata"):
            write(self.context.connection_id, self.context.integration, metadata)
        self.count_metadata_write()
        self.connections.forget(self.key)

    def integration(self, include: Sequence[str]) -> dict[str, Any]:
        name = self.context.integration
        found = self.connections.integration(name, include)
        self.recording.keep_api("GET", f"/integrations/{name}", {"data": found}, params=_included(include))
        return found

    def provider(self) -> Mapping[str, Any]:
        found = self.connections.provider(self.context.provider)
        if self.of_own_connection:
            self.recording.keep_pagination(found)
        return found

    def environment_variables(self) -> list[dict[str, str]]:
        with self.asking("GET", "/environment-variables") as entry:
            found = self.client.environment_variables()
        self.recording.keep_api("GET", "/environment-variables", found, number=entry.n)
        return found

    def model_schema(self, model: str) -> Mapping[str, Any] | None:
        return self.scripts.project.model_schema(model)

    def records_page(
        self, model: str, *, ids: Sequence[str] | None = None, cursor: str | None = None
    ) -> tuple[list[dict[str, Any]], str | None]:
        if ids is None and cursor in self._listed:
            self._past_the_first_page(model)
        asked = records_params(model, ids, cursor)
        with self.asking("GET", "/records", asked) as entry:
            records, after = self.client.records.page(
                model,
                connection_id=self.context.connection_id,
                provider_config_key=self.context.integration,
                variant=None if self.context.variant == "base" else self.context.variant,
                ids=ids,
                cursor=cursor,
            )
        if ids is None and after is not None:
            self._listed.add(after)
        answer = {"records": records, "next_cursor": after}
        self.recording.keep_api("GET", "/records", answer, params=asked, number=entry.n)
        return records, after

    def _past_the_first_page(self, model: str) -> None:
        if model in self._past:
            return
        self._past.add(model)
        self.add(
            Problem(
                "list-records-stops",
                f"Nango 0.71.4 ends the list of stored records of {model} after 100 of them. Here it goes "
                "on, so that a deployed script sees fewer.",
                calling_place(self.scripts.sources),
                "Read records by their ids, or keep what the script needs in its checkpoint or in metadata.",
            )
        )


def records_params(model: str, ids: Sequence[str] | None, cursor: str | None) -> dict[str, Any]:
    """What a page of records is saved and found by."""
    return {"model": model, "ids": None if ids is None else list(ids), "cursor": cursor}


def _included(include: Sequence[str]) -> dict[str, Any]:
    return {"include": list(include)} if include else {}
