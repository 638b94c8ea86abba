"""Dry runs in the sandbox: scripts run as deployed ones would, nothing is stored, and the outcome is what
Nango's CLI would print."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from nangonb._nango import ProxyRequest, ProxyResponse
from nangonb._node import NodeProcess
from nangonb._project import Script
from nangonb._scripts.checkpoint import LocalCheckpoint
from nangonb._scripts.context import about, context_of, nango_of
from nangonb._sdk import Context
from nangonb.errors import HTTPError, SDKError
from nangonb.sandbox.backend import Backend
from nangonb.sandbox.runs.execution import Bundle, run_bundle
from nangonb.sandbox.runs.printed import Given, Printed
from nangonb.sandbox.runs.runner import ScriptRunner
from nangonb.sandbox.runs.runtime import (
    EventLoop,
    Locks,
    RunsAction,
    ScriptConnection,
    ScriptRequests,
    ScriptRuntime,
    Scripts,
)
from nangonb.sandbox.runs.workers import Workers
from nangonb.sandbox.store.entries import BadRecord, read_record
from nangonb.sandbox.store.environment import Connection

__all__ = ["DryRuns"]

_AT_ONCE: Final = 2


class DryRuns:
    """Runs scripts in processes that are kept, for ``seconds`` at most."""

    def __init__(self, backend: Backend, runner: ScriptRunner, seconds: float) -> None:
        self._backend, self._runner, self._seconds = backend, runner, seconds
        self._workers = Workers(_AT_ONCE)

    async def run(
        self, script: Script, js: str, connection: Connection, given: Given, printed: Printed
    ) -> None:
        """Run a compiled script to its end; its output goes to ``printed``. Raises: ScriptFailed."""
        loop = asyncio.get_running_loop()
        integration = self._backend.environment.integration(connection.provider_config_key)
        context = context_of(
            script,
            (connection.provider_config_key, connection.connection_id),
            "" if integration is None else integration.provider,
            environment="dev",
            models=script.config.output if script.kind == "sync" else (),
            last_sync_date=given.last_sync_date,
        )

        def work(process: NodeProcess) -> None:
            on_loop = EventLoop(loop)
            runs_action = self._runner.deployed().runs_action(process, loop)
            runtime = ScriptRuntime(
                _PrintedRequests(self._backend, on_loop, printed),
                ScriptConnection(self._backend, on_loop, context, connection)
                if given.metadata is None
                else _GivenMetadata(self._backend, on_loop, context, connection, given.metadata),
                _Scripts(self._backend, on_loop, runs_action, printed),
                Locks(self._backend, on_loop),
                LocalCheckpoint(given.checkpoint),
                _PrintedRecords(printed),
                printed.log,
            )
            nango = nango_of(runtime, context)
            bundle = Bundle(f"{script.name}-{context.integration}.cjs", js)
            printed.lines.append(f'Executing -> integration:"{context.integration}" script:"{script.name}" ')
            try:
                printed.output = run_bundle(
                    process, bundle, nango, about(nango, isCLI=True), given.input, seconds=self._seconds
                )
            finally:
                runtime.locks.release_all()
                printed.lines.append("Done")

        await self._workers.run(work)

    def close(self) -> None:
        """End all processes."""
        self._workers.close()


class _PrintedRequests(ScriptRequests):
    """Prints a line for each request."""

    def __init__(self, backend: Backend, loop: EventLoop, printed: Printed) -> None:
        super().__init__(backend, loop, printed.log)
        self._base, self._printed = backend.base, printed

    def send(self, request: ProxyRequest, *, page: int | None = None) -> ProxyResponse:
        line = f"{request.method.upper()} {self._base}/proxy/{request.endpoint.lstrip('/')}"
        try:
            answer = super().send(request, page=page)
        except HTTPError as error:
            self._printed.lines.append(f"http [{error.status}] {line}")
            raise
        self._printed.lines.append(f"http [{answer.status}] {line}")
        return answer


class _GivenMetadata(ScriptConnection):
    """Has the metadata that the caller gave."""

    def __init__(
        self,
        backend: Backend,
        loop: EventLoop,
        context: Context,
        own: Connection,
        metadata: Mapping[str, Any],
    ) -> None:
        super().__init__(backend, loop, context, own)
        self._metadata = metadata

    def get(self, provider_config_key: str, connection_id: str, **options: bool) -> dict[str, Any]:
        connection = super().get(provider_config_key, connection_id, **options)
        return {**connection, "metadata": dict(self._metadata)}

    def metadata(self) -> dict[str, Any]:
        return dict(self._metadata)


class _Scripts(Scripts):
    """Starts no schedules."""

    def __init__(self, backend: Backend, loop: EventLoop, runs_action: RunsAction, printed: Printed) -> None:
        super().__init__(backend, loop, runs_action)
        self._printed = printed

    def start_sync(self, provider_config_key: str, syncs: Sequence[str], connection_id: str | None) -> None:
        message = "This has no effect but on a remote Nango instance would start a schedule"
        self._printed.log("info", message)


class _PrintedRecords:
    """Prints what a run would save."""

    def __init__(self, printed: Printed) -> None:
        self._printed = printed

    def save(self, model: str, records: Iterable[Mapping[str, Any]]) -> None:
        rows = {read_key(record): record for record in records}
        self._tell("save", "added", f"save the following data to the {model} model:", list(rows.values()))

    def update(self, model: str, records: Iterable[Mapping[str, Any]]) -> None:
        text = f"update the following data to the {model} model:"
        self._tell("update", "updated", text, list(records))

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

    def page(
        self, model: str, *, ids: Sequence[str] | None = None, cursor: str | None = None
    ) -> tuple[list[dict[str, Any]], str | None]:
        raise SDKError("A dry run in the sandbox cannot read stored records.", code="no_records")

    def _tell(self, what: str, count: str, text: str, rows: list[Mapping[str, Any]]) -> None:
        for row in rows:
            read_key(row)
        if rows:
            self._printed.messages += [f"A batch {what} call would {text}", *map(_bare, rows)]
            self._printed.counts[count] += len(rows)

    def _no_effect(self, what: str) -> None:
        self._printed.log("info", f"This has no effect but on a remote Nango instance would {what}")


def read_key(record: Mapping[str, Any]) -> str:
    """The id of a record, as Nango stores it. Raises: SDKError where there is none."""
    try:
        return read_record(record)[0]
    except BadRecord as error:
        answer = json.dumps({"error": {"code": "invalid_request", "message": str(error)}})
        raise SDKError(f"Failed to save records: {answer}", code="invalid_sync_record") from None


def _bare(record: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name != "_nango_metadata"}
