"""Jobs of ``/functions/*``: compile, dry-run and deploy source."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import time
import uuid
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from nangonb.sandbox.answers import Refusal
from nangonb.sandbox.backend import Backend
from nangonb.sandbox.deploys.body import read_deploy
from nangonb.sandbox.deploys.deploys import Deploys, scan
from nangonb.sandbox.failures import ScriptFailed
from nangonb.sandbox.runs.printed import CompileFailed, Given, NoEnvironment, Printed
from nangonb.sandbox.runs.runner import ScriptRunner
from nangonb.sandbox.store.environment import Connection, timestamp

if TYPE_CHECKING:
    from nangonb.sandbox.deploys.building import Builder
    from nangonb.sandbox.runs.dryruns import DryRuns

__all__ = ["Functions", "Job"]

_KEPT: Final = 1_000  # jobs
_log = logging.getLogger("nangonb.sandbox.functions")


@dataclass
class Job:
    """A dry run or a deployment. ``about`` is its request, ``told`` its result."""

    what: Literal["dryrun", "deployment"]
    about: dict[str, str]
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    status: Literal["waiting", "running", "success", "failed"] = "running"
    created_at: str = field(default_factory=timestamp)
    updated_at: str = field(default_factory=timestamp)
    completed_at: str = ""
    told: dict[str, Any] = field(default_factory=dict)
    task: asyncio.Task[None] | None = None
    _begun: float = field(default_factory=time.monotonic)

    def started(self) -> dict[str, Any]:
        """The response to its ``POST``."""
        return {"id": self.id, "status": self.status, "created_at": self.created_at}

    def state(self) -> dict[str, Any]:
        """The response to ``GET``."""
        ended = {"completed_at": self.completed_at} if self.completed_at else {}
        return {
            "id": self.id,
            "status": self.status,
            **self.about,
            "created_at": self.created_at,
            "updated_at": self.updated_at,
            "started_at": self.created_at,
            **ended,
            **self.told,
        }

    def end(self, status: Literal["success", "failed"], **told: Any) -> None:
        self.status = status
        self.completed_at = self.updated_at = timestamp()
        self.told = {"duration_ms": round((time.monotonic() - self._begun) * 1000), **told}

    def fail(self, code: str, message: str, output: str = "") -> None:
        printed = {"output": output} if output else {}
        self.end("failed", **printed, error={"code": code, "message": message})


class Functions:
    """Runs jobs in the sandbox. Imports the compiler with the first job, so that the sandbox starts fast."""

    def __init__(self, backend: Backend, deploys: Deploys, runner: ScriptRunner, *, seconds: float) -> None:
        self._backend, self._deploys, self._runner, self._seconds = backend, deploys, runner, seconds
        self._tools: tuple[Builder, DryRuns] | None = None
        self._jobs: OrderedDict[str, Job] = OrderedDict()

    def close(self) -> None:
        """Stop the processes."""
        for tool in self._tools or ():
            tool.close()

    async def compiled(self, code: str) -> str:
        """Return the bundle. Raises: Refusal 400 ``compilation_error``, 500 without Node.js."""
        try:
            return re.sub(r"//# sourceMappingURL=\S*\n?", "", (await self._builder.build(code)).js)
        except CompileFailed as error:
            raise Refusal(400, "compilation_error", str(error)) from None
        except NoEnvironment as error:
            raise _no_environment(error) from None

    async def start_dryrun(self, body: Mapping[str, Any], given: Given) -> Job:
        """Start a dry run of a valid body. Raises: Refusal."""
        connection = self._connection(body["integration_id"], body["connection_id"])
        about = {name: body[name] for name in ("integration_id", "function_type")}
        job = Job("dryrun", about)
        await self._start(job, lambda: self._dryrun(job, body, connection, given))
        return job

    async def start_deployment(self, body: Mapping[str, Any]) -> Job:
        """Start a deployment of a valid body. Raises: Refusal."""
        self._integration(body["integration_id"])
        held = self._deploys.held(body["integration_id"], body["function_type"], body["function_name"])
        if held is not None and not (held.code is not None and held.code.standalone):
            message = f"Cannot overwrite existing function '{body['function_name']}'"
            raise Refusal(400, "invalid_request", message)
        about = {name: body[name] for name in ("integration_id", "function_name", "function_type")}
        job = Job("deployment", about)
        await self._start(job, lambda: self._deployment(job, body))
        return job

    def job(self, what: str, id: str) -> Job:
        """Return a job. Raises: Refusal 400 for an invalid id, 404 for an unknown one."""
        try:
            uuid.UUID(id)
        except ValueError:
            entry = {"code": "invalid_format", "message": "Invalid UUID", "path": ["id"]}
            raise Refusal(400, "invalid_uri_params", errors=[entry]) from None
        job = self._jobs.get(id)
        if job is None or job.what != what:
            raise Refusal(404, f"{what}_not_found", f"{what.capitalize()} '{id}' was not found")
        return job

    # Within

    @property
    def _builder(self) -> Builder:
        return self._made()[0]

    @property
    def _dryruns(self) -> DryRuns:
        return self._made()[1]

    def _made(self) -> tuple[Builder, DryRuns]:
        if self._tools is None:
            from nangonb.sandbox.deploys.building import Builder
            from nangonb.sandbox.runs.dryruns import DryRuns

            self._tools = Builder(), DryRuns(self._backend, self._runner, self._seconds)
        return self._tools

    async def _start(self, job: Job, run: Callable[[], Awaitable[None]]) -> None:
        try:
            await self._builder.check()
        except NoEnvironment as error:
            raise _no_environment(error) from None
        self._jobs[job.id] = job
        while len(self._jobs) > _KEPT:
            self._jobs.popitem(last=False)
        job.task = asyncio.create_task(self._run(job, run))

    async def _run(self, job: Job, run: Callable[[], Awaitable[None]]) -> None:
        try:
            await run()
        except CompileFailed as error:
            job.fail("compilation_error", str(error), str(error))
        except Refusal as error:
            job.fail(f"{job.what}_error", str(error))
        except Exception as error:
            _log.error("%s %s failed", job.what, job.id, exc_info=error)
            job.fail(f"{job.what}_error", f"The sandbox failed: {type(error).__name__}: {error}")

    async def _dryrun(self, job: Job, body: Mapping[str, Any], connection: Connection, given: Given) -> None:
        built = await self._builder.build(
            body["code"], integration=body["integration_id"], kind=body["function_type"]
        )
        printed = Printed()
        try:
            await self._dryruns.run(built.script, built.js, connection, given, printed)
        except ScriptFailed as failed:
            report = printed.failure(failed)
            job.fail("dryrun_error", report, report)
            return
        if body["function_type"] == "sync":
            job.end("success", output="\n".join([*printed.lines, *printed.records()]))
            return
        result = {} if printed.output is None else {"result": printed.output}
        job.end("success", output="\n".join(printed.lines), **result)

    async def _deployment(self, job: Job, body: Mapping[str, Any]) -> None:
        name = body["function_name"]
        built = await self._builder.build(
            body["code"], integration=body["integration_id"], kind=body["function_type"], name=name
        )
        deploy = read_deploy(built.deployment(body.get("version")), confirmation=False)
        with self._alone():
            await asyncio.to_thread(scan, deploy)
            live = self._deploys.deploy(deploy)
        functions = [{"name": one["name"], "version": one["version"]} for one in live]
        listed = "\n".join(f"- {one['name']}@{one['version']}" for one in functions)
        output = f"✓ Packaging\n✓ Deployed\nSuccessfully deployed the functions:\n{listed}"
        job.end("success", deployed=True, deployed_functions=functions, output=output)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        if self._deploys.busy:
            raise Refusal(400, "concurrent_deployment", "Another deploy to this environment is in progress.")
        self._deploys.busy = True
        try:
            yield
        finally:
            self._deploys.busy = False

    def _integration(self, key: str) -> None:
        if self._backend.environment.integration(key) is None:
            raise Refusal(404, "integration_not_found", f"Integration '{key}' was not found")

    def _connection(self, key: str, connection_id: str) -> Connection:
        self._integration(key)
        connection = self._backend.environment.connection(connection_id, key)
        if connection is None:
            message = f"Connection '{connection_id}' was not found for integration '{key}'"
            raise Refusal(404, "connection_not_found", message)
        return connection


def _no_environment(error: NoEnvironment) -> Refusal:
    message = f"Failed to initialize the function execution environment. {error}"
    return Refusal(500, "server_error", message)
