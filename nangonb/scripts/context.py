"""What a script's ``nango`` object is told of its run."""

from __future__ import annotations

from typing import Any

from nangonb.sdk import Context, NangoAction, NangoSync
from nangonb.sdk.runtime import Runtime

__all__ = ["about", "nango_of"]


def nango_of(runtime: Runtime, context: Context) -> NangoAction:
    """The ``nango`` object of a run."""
    return (NangoSync if context.is_sync else NangoAction)(runtime, context)


def about(nango: NangoAction, **properties: Any) -> dict[str, Any]:
    """The properties of the ``nango`` object in TypeScript, as Nango sets them, and further ones."""
    known: dict[str, Any] = {
        "accountId": 1,
        "activityLogId": "",
        "connectionId": nango.connection_id,
        "environmentId": 1,
        "environmentName": nango.environment_name,
        "logger": {"level": "debug"},
        "provider": nango.provider,
        "providerConfigKey": nango.provider_config_key,
        "runnerFlags": {},
        "scriptType": nango.script_type,
    }
    if not isinstance(nango, NangoSync):
        return {"properties": {**known, **properties}}
    since = nango.last_sync_date
    known |= {"variant": nango.variant, "track_deletes": nango.track_deletes}
    return {
        "properties": {**known, **properties},
        "lastSyncDate": None if since is None else since.isoformat(),
    }
