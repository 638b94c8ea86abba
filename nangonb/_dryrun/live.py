"""A dry run on the real Nango: it and the providers behind it answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from nangonb._dryrun.connection import Connection, NangoApi
from nangonb._dryrun.records import StoredRecords
from nangonb._dryrun.requests import Requests
from nangonb._dryrun.result import Dryrun
from nangonb._dryrun.runtime import DryrunRuntime
from nangonb._dryrun.shared import Key, Nesting, Progress, ProgressMeter, Run
from nangonb._dryrun.triggers import Triggers, trigger_deployed
from nangonb._sdk import Context

__all__ = ["Nango"]


class Nango:
    """Nango and the providers behind it answer."""

    is_replay = False

    def __init__(self, api: NangoApi) -> None:
        self._api = api
        self.triggered: list[Dryrun] = []

    def provider_of(self, key: Key) -> str:
        return str(self._api.connection(key).get("provider") or "")

    def runtime(
        self,
        run: Run,
        context: Context,
        nesting: Nesting,
        *,
        checkpoint: Mapping[str, Any] | None = None,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> DryrunRuntime:
        api, meter = self._api, ProgressMeter(run.trace, on_progress)
        return DryrunRuntime(
            run,
            context,
            nesting,
            meter,
            requests=Requests(run, api.client, context, meter),
            connection=Connection(run, api, context, nesting),
            scripts=Triggers(run, context, nesting, self, partial(trigger_deployed, run, api.client)),
            stored=StoredRecords(run, api, context),
            checkpoint=checkpoint,
        )
