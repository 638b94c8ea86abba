"""Nango Cloud's functions API: TypeScript source is compiled, dry run and deployed there.

Dry runs and deployments are jobs: they are started, and polled until they end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeVar

from nangonb._nango import failures
from nangonb._nango.polling import poll
from nangonb._nango.transport import Transport, segment
from nangonb._nango.types import ApiResponseError

__all__ = [
    "CompiledFunction",
    "DeployedFunction",
    "FunctionDryrun",
    "FunctionFault",
    "FunctionStatus",
    "Functions",
]

_READ_SECONDS: Final = 300.0
"""How long a request may take: a compilation waits for a machine of its own."""
_SECONDS: Final = 900.0

FunctionType = Literal["sync", "action"]
FunctionStatus = Literal["waiting", "running", "success", "failed"]


@dataclass(frozen=True, slots=True)
class CompiledFunction:
    """``js`` is the bundle, ``size`` its bytes, ``compiled_at`` ISO 8601."""

    js: str
    size: int
    compiled_at: str


@dataclass(frozen=True, slots=True)
class FunctionFault:
    """Why a job failed. ``code`` is one of Nango's: ``compilation_error``, ``dryrun_error``,
    ``deployment_error``, ``timeout`` …; ``message`` is mostly what Nango's CLI printed."""

    code: str
    message: str
    payload: Any = None


@dataclass(frozen=True, slots=True)
class FunctionDryrun:
    """The state of a dry run on Nango's servers.

    ``output`` is what Nango's CLI printed there; ``result`` what an action returned, where ``has_result``.
    Times are ISO 8601, or empty where there is none yet; ``duration_ms`` None likewise.
    """

    id: str
    status: FunctionStatus
    created_at: str = ""
    started_at: str = ""
    completed_at: str = ""
    duration_ms: int | None = None
    output: str = ""
    result: Any = None
    has_result: bool = False
    error: FunctionFault | None = None


@dataclass(frozen=True, slots=True)
class DeployedFunction:
    """The state of a deployment of one script.

    ``deployed`` says whether something was deployed, ``functions`` are pairs of name and version;
    the rest is as in :class:`FunctionDryrun`.
    """

    id: str
    status: FunctionStatus
    created_at: str = ""
    started_at: str = ""
    completed_at: str = ""
    duration_ms: int | None = None
    output: str = ""
    deployed: bool = False
    functions: tuple[tuple[str, str], ...] = ()
    error: FunctionFault | None = None


OnStatus = Callable[[FunctionStatus, float], None]
"""Gets the state of a job and the seconds since its start, at each poll."""

Job = TypeVar("Job", FunctionDryrun, DeployedFunction)


class Functions:
    """``client.functions``"""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def compile(self, code: str) -> CompiledFunction:
        """Compile a script on Nango's servers; nothing is stored.

        Raises ApiResponseError, whose code is ``compilation_error`` where the source is at fault; then its
        ``body`` has what the compiler said.
        """
        subject = "the compilation"
        answer = self._posted("/functions/compile", {"code": code}, subject)
        js, size = answer.get("bundled_js"), answer.get("bundle_size_bytes")
        if not isinstance(js, str):
            raise failures.unexpected(
                "/functions/compile", subject=subject, host=self._transport.host, expected="a bundle"
            )
        return CompiledFunction(
            js, size if isinstance(size, int) else len(js.encode()), str(answer.get("compiled_at") or "")
        )

    def start_dryrun(
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
        subject = f"the dry run on connection {connection_id!r} of integration {integration_id!r}"
        return self._job(_dryrun_from, self._posted("/functions/dryruns", body, subject), subject)

    def dryrun(self, id: str) -> FunctionDryrun:
        """The state of a dry run. Raises ApiResponseError (``dryrun_not_found``)."""
        subject = f"dry run {id}"
        return self._job(_dryrun_from, self._get("/functions/dryruns", id, subject), subject)

    def await_dryrun(
        self, id: str, *, seconds: float = _SECONDS, on_status: OnStatus | None = None
    ) -> FunctionDryrun:
        """The same at its end, ``success`` or ``failed``. After ``seconds``, ApiResponseError
        (``timeout``): it may go on at Nango's all the same. Some refused or lost questions do not matter."""
        return _ended(lambda: self.dryrun(id), f"Dry run {id}", seconds, on_status)

    def start_deployment(
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
        subject = f"the deployment of {function_name} to integration {integration_id!r}"
        return self._job(_deployment_from, self._posted("/functions/deployments", body, subject), subject)

    def deployment(self, id: str) -> DeployedFunction:
        """The state of a deployment. Raises ApiResponseError (``deployment_not_found``)."""
        subject = f"deployment {id}"
        return self._job(_deployment_from, self._get("/functions/deployments", id, subject), subject)

    def await_deployment(
        self, id: str, *, seconds: float = _SECONDS, on_status: OnStatus | None = None
    ) -> DeployedFunction:
        """The same at its end, as :meth:`await_dryrun`."""
        return _ended(lambda: self.deployment(id), f"Deployment {id}", seconds, on_status)

    def _posted(self, path: str, body: Mapping[str, Any], subject: str) -> Mapping[str, Any]:
        try:
            answer = self._transport.request("POST", path, json=body, subject=subject, timeout=_READ_SECONDS)
        except ApiResponseError as error:
            if error.status != 404 or error.code not in ("not_found", "http_404"):
                raise
            raise ApiResponseError(
                error.message,
                code=error.code,
                status=error.status,
                hint="This version of Nango has no functions API. Nango Cloud has it.",
                body=error.body,
            ) from None
        if not isinstance(answer, Mapping):
            raise failures.unexpected(path, subject=subject, host=self._transport.host, expected="an object")
        return answer

    def _get(self, path: str, id: str, subject: str) -> Mapping[str, Any]:
        answer = self._transport.request("GET", f"{path}/{segment(id)}", subject=subject)
        return answer if isinstance(answer, Mapping) else {}

    def _job(
        self, read: Callable[[Mapping[str, Any]], Job | None], answer: Mapping[str, Any], subject: str
    ) -> Job:
        job = read(answer)
        if job is None:
            raise failures.unexpected(
                "/functions", subject=subject, host=self._transport.host, expected="the state of a job"
            )
        return job


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


def _dryrun_from(answer: Mapping[str, Any]) -> FunctionDryrun | None:
    """None where it is no such answer."""
    common = _job(answer)
    if common is None:
        return None
    return FunctionDryrun(**common, result=answer.get("result"), has_result="result" in answer)


def _deployment_from(answer: Mapping[str, Any]) -> DeployedFunction | None:
    """None where it is no such answer."""
    common = _job(answer)
    if common is None:
        return None
    listed = answer.get("deployed_functions")
    functions = tuple(
        (str(each.get("name") or ""), str(each.get("version") or ""))
        for each in (listed if isinstance(listed, list) else ())
        if isinstance(each, Mapping)
    )
    return DeployedFunction(**common, deployed=answer.get("deployed") is True, functions=functions)


def _job(answer: Mapping[str, Any]) -> dict[str, Any] | None:
    """What both kinds of jobs have."""
    status, identity = answer.get("status"), answer.get("id")
    if not isinstance(identity, str) or status not in ("waiting", "running", "success", "failed"):
        return None
    error = answer.get("error")
    fault = None
    if isinstance(error, Mapping):
        fault = FunctionFault(
            str(error.get("code") or ""), str(error.get("message") or ""), error.get("payload")
        )
    elif status == "failed":
        fault = FunctionFault("", "")
    milliseconds = answer.get("duration_ms")
    moments = {name: answer.get(name) for name in ("created_at", "started_at", "completed_at")}
    output = answer.get("output")
    return {
        "id": identity,
        "status": status,
        **{name: moment if isinstance(moment, str) else "" for name, moment in moments.items()},
        "duration_ms": milliseconds if isinstance(milliseconds, int) else None,
        "output": output if isinstance(output, str) else "",
        "error": fault,
    }
