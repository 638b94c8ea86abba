"""Dry runs in the sandbox: scripts run as deployed ones would, nothing is stored, and the outcome is what
Nango's CLI would print."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from nangonb.errors import HTTPError, SDKError
from nangonb.nango import ProxyRequest, ProxyResponse
from nangonb.node import NodeProcess
from nangonb.project import Script
from nangonb.sandbox.backend import Backend
from nangonb.sandbox.runs.execution import Bundle, run_bundle
from nangonb.sandbox.runs.printed import Given, Printed
from nangonb.sandbox.runs.runner import ScriptRunner
from nangonb.sandbox.runs.runtime import RunsAction, ScriptRuntime
from nangonb.sandbox.runs.workers import Workers
from nangonb.sandbox.store.entries import BadRecord, read_record
from nangonb.sandbox.store.environment import Connection
from nangonb.scripts.context import about, context_of, nango_of
from nangonb.sdk import Context

__all__ = ["DryRuns"]

_AT_ONCE: Final = 2
_ERRORS: Final = ("warn", "error")


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
            runtime = _Runtime(
                self._backend,
                loop,
                context,
                connection,
                given=given,
                printed=printed,
                runs_action=self._runner.deployed().runs_action(process, loop),
            )
            nango = nango_of(runtime, context)
            bundle = Bundle(f"{script.name}-{context.integration}.cjs", js)
            printed.lines.append(f'Executing -> integration:"{context.integration}" script:"{script.name}" ')
            try:
                printed.output = run_bundle(
                    process, bundle, nango, about(nango, isCLI=True), given.input, seconds=self._seconds
                )
            finally:
                runtime.release_all_locks()
                printed.lines.append("Done")

        await self._workers.run(work)

    def close(self) -> None:
        """End all processes."""
        self._workers.close()


class _Runtime(ScriptRuntime):
    """Of a deployed script, with nothing stored."""

    def __init__(
        self,
        backend: Backend,
        loop: asyncio.AbstractEventLoop,
        context: Context,
        connection: Connection,
        *,
        given: Given,
        printed: Printed,
        runs_action: RunsAction,
    ) -> None:
        records = _PrintedRecords(printed, self.log)
        super().__init__(backend, loop, context, connection, runs_action=runs_action, records=records)
        self._given, self._printed = given, printed
        self._checkpoint = None if given.checkpoint is None else dict(given.checkpoint)

    def send(self, request: ProxyRequest, *, page: int | None = None) -> ProxyResponse:
        line = f"{request.method.upper()} {self._backend.base}/proxy/{request.endpoint.lstrip('/')}"
        try:
            answer = super().send(request, page=page)
        except HTTPError as error:
            self._printed.lines.append(f"http [{error.status}] {line}")
            raise
        self._printed.lines.append(f"http [{answer.status}] {line}")
        return answer

    def log(self, level: str, message: str) -> None:
        (self._printed.errors if level in _ERRORS else self._printed.lines).append(message)

    def connection(self, provider_config_key: str, connection_id: str, **options: bool) -> dict[str, Any]:
        answer = super().connection(provider_config_key, connection_id, **options)
        return answer if self._given.metadata is None else {**answer, "metadata": dict(self._given.metadata)}

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


class _PrintedRecords:
    """Prints what a run would save."""

    def __init__(self, printed: Printed, log: Callable[[str, str], None]) -> None:
        self._printed, self._log = printed, log

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

    def records_page(
        self, model: str, *, ids: Sequence[str] | None = None, cursor: str | None = None
    ) -> tuple[list[dict[str, Any]], str | None]:
        raise SDKError("A dry run on the sandbox's side reads no stored records.", code="no_records")

    def _tell(self, what: str, count: str, text: str, rows: list[Mapping[str, Any]]) -> None:
        for row in rows:
            read_key(row)
        if rows:
            self._printed.messages += [f"A batch {what} call would {text}", *map(_bare, rows)]
            self._printed.counts[count] += len(rows)

    def _no_effect(self, what: str) -> None:
        self._log("info", f"This has no effect but on a remote Nango instance would {what}")


def read_key(record: Mapping[str, Any]) -> str:
    """The id of a record, as Nango stores it. Raises: SDKError where there is none."""
    try:
        return read_record(record)[0]
    except BadRecord as error:
        answer = json.dumps({"error": {"code": "invalid_request", "message": str(error)}})
        raise SDKError(f"Failed to save records: {answer}", code="invalid_sync_record") from None


def _bare(record: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name != "_nango_metadata"}
