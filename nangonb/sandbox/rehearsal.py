"""A dry run in the sandbox: the script runs as a deployed one would, nothing is stored, and what Nango's CLI
would print is all that is told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from nangonb.errors import HTTPError, SDKError
from nangonb.nango import ProxyRequest, ProxyResponse
from nangonb.node import NodeProcess
from nangonb.sandbox.building import Built
from nangonb.sandbox.entries import BadRecord, read_record
from nangonb.sandbox.executing import Execution
from nangonb.sandbox.printed import Given, Printed
from nangonb.sandbox.runner import NodeRunner
from nangonb.sandbox.runtime import RunsNested, ScriptRuntime
from nangonb.sandbox.scripts import Code
from nangonb.sandbox.state import Connection
from nangonb.sandbox.workers import Workers
from nangonb.sandbox.world import World
from nangonb.sdk import Context, NangoAction, NangoSync

__all__ = ["Rehearsals"]

_AT_ONCE: Final = 2

_ERRORS: Final = ("warn", "error")


class Rehearsals:
    """Runs scripts in processes that are kept, for ``seconds`` at most."""

    def __init__(self, world: World, runner: NodeRunner, seconds: float) -> None:
        self._world, self._runner, self._seconds = world, runner, seconds
        self._workers = Workers(_AT_ONCE)

    async def run(self, built: Built, connection: Connection, given: Given, printed: Printed) -> None:
        """Run a script to its end; all that is told goes to ``printed``. Raises: ScriptFailed."""
        loop = asyncio.get_running_loop()
        await self._workers.run(
            lambda process: _rehearse(
                self._world,
                process,
                loop,
                built,
                connection,
                given,
                printed,
                nested=self._runner.running().nested(process, loop),
                seconds=self._seconds,
            )
        )

    def close(self) -> None:
        """End all processes."""
        self._workers.close()


def _rehearse(
    world: World,
    process: NodeProcess,
    loop: asyncio.AbstractEventLoop,
    built: Built,
    connection: Connection,
    given: Given,
    printed: Printed,
    *,
    nested: RunsNested,
    seconds: float,
) -> None:
    """In the thread of a worker."""
    script = built.script
    is_sync = script.kind == "sync"
    integration = world.state.integration(connection.provider_config_key)
    context = Context(
        script=script.name,
        integration=connection.provider_config_key,
        connection_id=connection.connection_id,
        provider="" if integration is None else integration.provider,
        is_sync=is_sync,
        models=script.config.output if is_sync else (),
        last_sync_date=given.last_sync_date,
        variant="base",
        environment_name="dev",
        script_type=script.kind,
        track_deletes=script.config.track_deletes,
    )
    runtime = _Runtime(world, loop, context, connection, given=given, printed=printed, nested=nested)
    nango = NangoSync(runtime, context) if is_sync else NangoAction(runtime, context)
    since = given.last_sync_date
    about = {
        "properties": {
            "accountId": 1,
            "activityLogId": "",
            "connectionId": connection.connection_id,
            "environmentId": 1,
            "environmentName": "dev",
            "isCLI": True,
            "logger": {"level": "debug"},
            "provider": context.provider,
            "providerConfigKey": context.integration,
            "runnerFlags": {},
            "scriptType": script.kind,
            **({"variant": "base", "track_deletes": context.track_deletes} if is_sync else {}),
        },
        **({"lastSyncDate": None if since is None else since.isoformat()} if is_sync else {}),
    }
    printed.lines.append(f'Executing -> integration:"{context.integration}" script:"{script.name}" ')
    code = Code(built.js, script.source.text)
    file = f"{script.name}-{context.integration}.cjs"
    execution = Execution(code, file, nango, about, seconds=seconds)
    try:
        printed.output = execution.run(process, given.input)
    finally:
        runtime.release_all_locks()
        printed.lines.append("Done")


class _Runtime(ScriptRuntime):
    """Of a deployed script, with nothing stored."""

    def __init__(
        self,
        world: World,
        loop: asyncio.AbstractEventLoop,
        context: Context,
        connection: Connection,
        *,
        given: Given,
        printed: Printed,
        nested: RunsNested,
    ) -> None:
        super().__init__(world, loop, context, connection, run=None, nested=nested)
        self._given, self._printed = given, printed
        self._checkpoint = None if given.checkpoint is None else dict(given.checkpoint)

    def send(self, request: ProxyRequest, *, page: int | None = None) -> ProxyResponse:
        said = f"{request.method.upper()} {self._world.base}/proxy/{request.endpoint.lstrip('/')}"
        try:
            answer = super().send(request, page=page)
        except HTTPError as error:
            self._printed.lines.append(f"http [{error.status}] {said}")
            raise
        self._printed.lines.append(f"http [{answer.status}] {said}")
        return answer

    def log(self, level: str, message: str) -> None:
        (self._printed.errors if level in _ERRORS else self._printed.lines).append(message)

    def connection(self, provider_config_key: str, connection_id: str, **options: bool) -> dict[str, Any]:
        found = super().connection(provider_config_key, connection_id, **options)
        return found if self._given.metadata is None else {**found, "metadata": dict(self._given.metadata)}

    def metadata(self) -> dict[str, Any]:
        return super().metadata() if self._given.metadata is None else dict(self._given.metadata)

    def start_sync(self, provider_config_key: str, syncs: Sequence[str], connection_id: str | None) -> None:
        self.log("info", "This has no effect but on a remote Nango instance would start a schedule")

    def get_checkpoint(self) -> dict[str, Any] | None:
        return None if self._checkpoint is None else dict(self._checkpoint)

    def save_checkpoint(self, checkpoint: Mapping[str, Any]) -> None:
        self._checkpoint = dict(checkpoint)

    def clear_checkpoint(self) -> None:
        self._checkpoint = None

    # Records

    def save(self, model: str, records: Iterable[Mapping[str, Any]]) -> None:
        rows = {read_key(record): record for record in records}
        self._tell("save", "added", f"save the following data to the {model} model:", list(rows.values()))

    def update(self, model: str, records: Iterable[Mapping[str, Any]]) -> None:
        said = f"update the following data to the {model} model:"
        self._tell("update", "updated", said, list(records))

    def delete(self, model: str, records: Iterable[Mapping[str, Any]]) -> None:
        self._tell("delete", "deleted", "delete the following data:", list(records))

    def set_merging_strategy(self, model: str, strategy: str) -> None:
        self._no_effect(f"set merging strategy to {strategy}")

    def track_deletes_start(self, model: str) -> None:
        self._no_effect("start tracking deletes")

    def track_deletes_end(self, model: str) -> list[str]:
        self._no_effect("end tracking deletes")
        return []

    def delete_records_from_previous_executions(self, model: str) -> list[str]:
        self._no_effect("delete records from previous executions")
        return []

    def records_page(
        self, model: str, *, ids: Sequence[str] | None = None, cursor: str | None = None
    ) -> tuple[list[dict[str, Any]], str | None]:
        raise SDKError("A dry run on the sandbox's side reads no stored records.", code="no_records")

    def _tell(self, what: str, count: str, said: str, rows: list[Mapping[str, Any]]) -> None:
        for row in rows:
            read_key(row)
        if rows:
            self._printed.messages += [f"A batch {what} call would {said}", *map(_bare, rows)]
            self._printed.counts[count] += len(rows)

    def _no_effect(self, what: str) -> None:
        self.log("info", f"This has no effect but on a remote Nango instance would {what}")


def read_key(record: Mapping[str, Any]) -> str:
    """The id of a record, as Nango stores it. Raises: SDKError where there is none."""
    try:
        return read_record(record)[0]
    except BadRecord as error:
        said = json.dumps({"error": {"code": "invalid_request", "message": str(error)}})
        raise SDKError(f"Failed to save records: {said}", code="invalid_sync_record") from None


def _bare(record: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name != "_nango_metadata"}
