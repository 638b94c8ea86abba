"""What a script's ``nango`` object is told of its run."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from nangonb._project import Script
from nangonb._sdk import ATTRIBUTES, Context, NangoAction, NangoSync
from nangonb._sdk.runtime import Runtime

__all__ = ["about", "context_of", "nango_of"]

#: Properties that some runs lack, and the date, which is no JSON.
_NOT_ALWAYS = frozenset({"is_cli", "empty_cache", "last_sync_date"})


def context_of(
    script: Script,
    connection: tuple[str, str],
    provider: str,
    *,
    environment: str,
    models: tuple[str, ...],
    variant: str = "base",
    last_sync_date: datetime | None = None,
) -> Context:
    """What a run of a project's script is about; ``connection`` is its integration and its id."""
    integration, connection_id = connection
    return Context(
        script=script.name,
        integration=integration,
        connection_id=connection_id,
        provider=provider,
        is_sync=script.kind == "sync",
        models=models,
        last_sync_date=last_sync_date,
        variant=variant,
        environment_name=environment,
        script_type=script.kind,
        track_deletes=script.config.track_deletes,
        reads=script.reads,
    )


def nango_of(runtime: Runtime, context: Context) -> NangoAction:
    """The ``nango`` object of a run."""
    return (NangoSync if context.is_sync else NangoAction)(runtime, context)


def about(nango: NangoAction, **properties: Any) -> dict[str, Any]:
    """The properties of the ``nango`` object in TypeScript, as Nango sets them, and further ones."""
    is_sync = isinstance(nango, NangoSync)
    known: dict[str, Any] = {
        "accountId": 1,
        "activityLogId": "",
        "environmentId": 1,
        "logger": {"level": "debug"},
        "runnerFlags": {},
        **{
            each.typescript: getattr(nango, each.name)
            for each in ATTRIBUTES.values()
            if each.name not in _NOT_ALWAYS and (is_sync or not each.sync_only)
        },
    }
    if not isinstance(nango, NangoSync):
        return {"properties": {**known, **properties}}
    since = nango.last_sync_date
    return {
        "properties": {**known, **properties},
        "lastSyncDate": None if since is None else since.isoformat(),
    }
