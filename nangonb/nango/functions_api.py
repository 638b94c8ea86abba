"""Nango Cloud's functions API, as a part of the client: jobs are started, and asked for until they end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, TypeVar
from urllib.parse import quote

from nangonb.errors import ApiError
from nangonb.nango import failures
from nangonb.nango.answers import decoded
from nangonb.nango.functions import (
    CompiledFunction,
    DeployedFunction,
    FunctionDryrun,
    FunctionStatus,
    deployment_from,
    dryrun_from,
)
from nangonb.nango.polling import poll
from nangonb.nango.types import ApiResponseError

_READ_SECONDS: Final = 300.0
"""How long a request may take: a compilation waits for a machine of its own."""
_SECONDS: Final = 900.0

FunctionType = Literal["sync", "action"]
OnStatus = Callable[[FunctionStatus, float], None]
"""Is told the state of a job and the seconds since it was started, each time that it is asked for."""

Job = TypeVar("Job", FunctionDryrun, DeployedFunction)


class FunctionsApi:
    """The calls of :class:`nangonb.nango.Client` that take TypeScript source."""

    host: str

    def request(
        self,
        method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"],
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        asked: str = "",
        timeout: float = 60.0,
        decode: Callable[[bytes], Any] = decoded,
    ) -> Any:
        raise NotImplementedError

    def compile_function(self, code: str) -> CompiledFunction:
        """Compile a script on Nango's servers; nothing is stored.

        Raises ApiResponseError, whose code is ``compilation_error`` where the source is at fault; then its
        ``body`` has what the compiler said.
        """
        asked = "the compilation"
        found = self._posted("/functions/compile", {"code": code}, asked)
        js, size = found.get("bundled_js"), found.get("bundle_size_bytes")
        if not isinstance(js, str):
            raise failures.unexpected("/functions/compile", asked=asked, host=self.host, wanted="a bundle")
        return CompiledFunction(
            js, size if isinstance(size, int) else len(js.encode()), str(found.get("compiled_at") or "")
        )

    def start_function_dryrun(
        self,
        code: str,
        *,
        integration_id: str,
        function_type: FunctionType,
        connection_id: str,
        input: Any = None,
        metadata: Mapping[str, Any] | None = None,
        checkpoint: Mapping[str, Any] | None = None,
        last_sync_date: str | None = None,
    ) -> FunctionDryrun:
        """Start a dry run on Nango's servers: ``waiting`` or ``running``. Writes to the provider really
        happen. ``last_sync_date`` is ISO 8601, in UTC and with a ``Z``; what is None is not sent."""
        given = {
            "input": input,
            "metadata": metadata,
            "checkpoint": checkpoint,
            "last_sync_date": last_sync_date,
        }
        body = {
            "integration_id": integration_id,
            "function_type": function_type,
            "code": code,
            "connection_id": connection_id,
            **{name: value for name, value in given.items() if value is not None},
        }
        asked = f"the dry run on connection {connection_id!r} of integration {integration_id!r}"
        return self._job(dryrun_from, self._posted("/functions/dryruns", body, asked), asked)

    def function_dryrun(self, id: str) -> FunctionDryrun:
        """The state of a dry run. Raises ApiResponseError (``dryrun_not_found``)."""
        asked = f"dry run {id}"
        return self._job(dryrun_from, self._asked_for("/functions/dryruns", id, asked), asked)

    def await_function_dryrun(
        self, id: str, *, seconds: float = _SECONDS, on_status: OnStatus | None = None
    ) -> FunctionDryrun:
        """The same at its end, ``success`` or ``failed``. After ``seconds``, ApiResponseError
        (``timeout``): it may go on at Nango's all the same. Some refused or lost questions do not matter."""
        return _ended(lambda: self.function_dryrun(id), f"Dry run {id}", seconds, on_status)

    def start_function_deployment(
        self,
        code: str,
        *,
        integration_id: str,
        function_name: str,
        function_type: FunctionType,
        version: str | None = None,
        allow_destructive: bool = False,
    ) -> DeployedFunction:
        """Start to deploy a script, for real. ``allow_destructive`` lets it take the place of a function that
        was deployed in the same way, even where that loses models."""
        body = {
            "type": "function",
            "integration_id": integration_id,
            "function_name": function_name,
            "function_type": function_type,
            "code": code,
            **({"version": version} if version else {}),
            **({"allow_destructive": True} if allow_destructive else {}),
        }
        asked = f"the deployment of {function_name} to integration {integration_id!r}"
        return self._job(deployment_from, self._posted("/functions/deployments", body, asked), asked)

    def function_deployment(self, id: str) -> DeployedFunction:
        """The state of a deployment. Raises ApiResponseError (``deployment_not_found``)."""
        asked = f"deployment {id}"
        return self._job(deployment_from, self._asked_for("/functions/deployments", id, asked), asked)

    def await_function_deployment(
        self, id: str, *, seconds: float = _SECONDS, on_status: OnStatus | None = None
    ) -> DeployedFunction:
        """The same at its end, as :meth:`await_function_dryrun`."""
        return _ended(lambda: self.function_deployment(id), f"Deployment {id}", seconds, on_status)

    # Within

    def _posted(self, path: str, body: Mapping[str, Any], asked: str) -> Mapping[str, Any]:
        try:
            found = self.request("POST", path, json=body, asked=asked, timeout=_READ_SECONDS)
        except ApiError as error:
            if error.status == 404 and error.code in ("not_found", "http_404"):
                error.hint = "This Nango has no functions API: it is an old one. Nango Cloud has it."
            raise
        if not isinstance(found, Mapping):
            raise failures.unexpected(path, asked=asked, host=self.host, wanted="an object")
        return found

    def _asked_for(self, path: str, id: str, asked: str) -> Mapping[str, Any]:
        found = self.request("GET", f"{path}/{quote(id, safe='')}", asked=asked)
        return found if isinstance(found, Mapping) else {}

    def _job(
        self, read: Callable[[Mapping[str, Any]], Job | None], answer: Mapping[str, Any], asked: str
    ) -> Job:
        found = read(answer)
        if found is None:
            raise failures.unexpected("/functions", asked=asked, host=self.host, wanted="the state of a job")
        return found


def _ended(ask: Callable[[], Job], what: str, seconds: float, on_status: OnStatus | None) -> Job:
    """The job once it has ended. Raises ApiResponseError (``timeout``)."""
    job = poll(
        ask,
        lambda job: job.status in ("success", "failed"),
        seconds=seconds,
        on_answer=None if on_status is None else lambda job, elapsed: on_status(job.status, elapsed),
    )
    if job is None:
        raise ApiResponseError(
            f"{what} had not ended after {seconds:g} s.",
            code="timeout",
            status=200,
            hint="Nango has no way to stop it: it may still end there.",
        )
    return job
