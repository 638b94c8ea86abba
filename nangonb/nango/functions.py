"""What Nango Cloud's functions API gives: TypeScript source is compiled, dry run and deployed there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["CompiledFunction", "DeployedFunction", "FunctionDryrun", "FunctionFault", "FunctionStatus"]

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


def dryrun_from(answer: Mapping[str, Any]) -> FunctionDryrun | None:
    """None where it is no such answer."""
    common = _job(answer)
    if common is None:
        return None
    return FunctionDryrun(**common, result=answer.get("result"), has_result="result" in answer)


def deployment_from(answer: Mapping[str, Any]) -> DeployedFunction | None:
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
    said = answer.get("error")
    fault = None
    if isinstance(said, Mapping):
        fault = FunctionFault(
            str(said.get("code") or ""), str(said.get("message") or ""), said.get("payload")
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
