"""How a script fails, and what ``/action/trigger`` answers then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["ScriptFailed", "failure_answer", "failure_text", "unexpected"]

_MESSAGES = {
    "action_script_runtime_error": "The action script failed with a runtime error",
    "script_internal_error": "An internal error occurred during the script execution",
    "script_http_error": "An error occurred during an HTTP call",
    "script_network_error": "A network error occurred during an HTTP call",
}


class ScriptFailed(Exception):
    """A script failed. ``code`` is Nango's; ``upstream`` is what the provider answered, if that was why."""

    def __init__(
        self, code: str, message: str = "", *, payload: Any = None, upstream: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(message or code)
        self.code, self.message, self.payload, self.upstream = code, message, payload, upstream


def failure_answer(failure: ScriptFailed) -> tuple[int, dict[str, Any]]:
    """Status and body."""
    payload = failure.payload
    error = {
        "message": failure.message or _MESSAGES.get(failure.code, failure.code),
        "code": failure.code,
        "payload": payload if isinstance(payload, dict) else {"error": payload},
    }
    if failure.upstream is not None:
        error["upstream"] = dict(failure.upstream)
    return (424 if failure.code == "script_http_error" else 500), {"error": error}


def unexpected(error: Exception) -> ScriptFailed:
    """An exception of a script of the demo, or of the sandbox itself."""
    payload = {"name": type(error).__name__, "message": str(error), "stacktrace": []}
    return ScriptFailed("script_internal_error", payload=payload)


def failure_text(failure: ScriptFailed) -> str:
    """One line that says why."""
    if failure.message:
        return failure.message
    payload = failure.payload if isinstance(failure.payload, dict) else {"message": failure.payload}
    if failure.upstream is not None:
        return f"Request failed with status code {failure.upstream['status']}"
    reason = payload.get("message")
    name = payload.get("name") or payload.get("code") or failure.code
    trace = payload.get("stacktrace") or []
    where = f" {trace[1].strip()}" if len(trace) > 1 else ""
    return f"{name}: {reason}{where}" if reason else f"{name}{where}"
