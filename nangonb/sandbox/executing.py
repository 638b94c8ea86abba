"""Runs one deployed script in a Node.js process, to its output or to the failure that Nango would report."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Any, Final

from nangonb.errors import ActionError, ConfigurationError, HTTPError, NestedTooDeeply, SDKError
from nangonb.nango import TransportError
from nangonb.node import (
    Call,
    NodeProcess,
    OutOfTime,
    ProcessDied,
    Reply,
    ScriptFailure,
    installed,
    needs_own_packages,
    node_for,
)
from nangonb.records import decode, to_js_json
from nangonb.sandbox.scripts import Code, ScriptFailed
from nangonb.sdk import NangoAction
from nangonb.sdk.typescript import TypeScriptCalls, thrown

__all__ = ["MOST_OUTPUT", "Execution"]

MOST_OUTPUT: Final = 2 * 1024 * 1024
"""So many bytes of JSON an action may give."""

_PACKAGE: Final = re.compile(r"""\brequire\(["'](?:zod|soap|unzipper|botbuilder)["']\)""")
_MAPPED: Final = "//# sourceMappingURL="
_SHOWN: Final = ("content-type", "x-rate")
_FRAMES: Final = 5


class Execution:
    """One script with its ``nango`` object. ``about`` are more properties of that object."""

    def __init__(
        self, code: Code, file: str, nango: NangoAction, about: Mapping[str, Any], *, seconds: float
    ) -> None:
        self._code, self._file, self._nango = code, file, nango
        self._about = about
        self._seconds = seconds
        self._raised: list[Exception] = []

    def run(self, process: NodeProcess, given: Any = None) -> Any:
        """What the script returned, as JSON; None for undefined. Raises: ScriptFailed."""
        deadline = time.monotonic() + self._seconds
        current: list[Call] = []

        def tell_page(pager: int, parameter: Any, answer: Mapping[str, Any], body: bytes) -> None:
            value = {"pager": pager, "parameter": parameter, "answer": answer}
            told = process.tell_page(current[-1], value, body, deadline)
            if told.get("error"):
                raise _OnPageFailed(ScriptFailure(told["error"]))

        calls = TypeScriptCalls(self._nango, tell_page)

        def serve(call: Call) -> Reply:
            current.append(call)
            try:
                return self._reply(calls, call)
            finally:
                current.pop()

        try:
            with node_for("The sandbox runs deployed scripts in"):
                if _PACKAGE.search(self._code.js):
                    installed()
                absent, body = process.run(
                    self._message(given, calls),
                    serve,
                    deadline=deadline,
                    own_packages=needs_own_packages([self._code.js]),
                )
        except ScriptFailure as failure:
            raise self._failed(failure) from None
        except _OnPageFailed as failed:
            raise self._failed(failed.failure) from None
        except ConfigurationError as error:  # no Node.js, or no packages for it
            raise _internal(type(error).__name__, f"{error.message} {error.hint}".strip()) from None
        except ProcessDied as died:
            raise _internal("Error", str(died)) from None
        except OutOfTime:
            said = f"The script ran longer than {self._seconds:g} seconds, and was stopped"
            raise _internal("Error", said) from None
        try:
            return None if absent else decode(body)
        except NestedTooDeeply as error:
            raise _internal("Error", f"What the script returned cannot be read: {error}") from None

    def run_action(self, process: NodeProcess, given: Any) -> bytes:
        """The same of an action, as JSON text, which must not be too large. Raises: ScriptFailed."""
        output = to_js_json(self.run(process, given))
        if len(output) > MOST_OUTPUT:
            said = (
                f"Output size is too large: {len(output)} bytes. Maximum allowed size is {MOST_OUTPUT} bytes"
            )
            raise _internal("Error", said)
        return output

    def _message(self, given: Any, calls: TypeScriptCalls) -> dict[str, Any]:
        mapped = _MAPPED in self._code.js
        # what scripts of nango.yaml get for an empty input
        absent = given is None or (given == {} and "-zero" not in self._code.sdk_version)
        return {
            "entry": self._file,
            "bundle": self._code.js,
            # frames are told of files that are known here, or that a source map leads to
            "files": {} if mapped else {self._file: {"text": "", "offset": 0}},
            "about": {**self._about, **calls.about()},
            "webhook": False,
            **({} if absent else {"input": given}),
        }

    def _reply(self, calls: TypeScriptCalls, call: Call) -> Reply:
        try:
            value, body = calls.answer(call.method, call.args, call.body)
            return Reply(value, body)
        except (
            HTTPError, ActionError, SDKError, TransportError, ConfigurationError, TypeError, ValueError
        ) as raised:  # fmt: skip
            error: Exception = raised
        self._raised.append(error)
        said, body = thrown(error, call.args)
        return Reply(body=body, error={**said, "ref": len(self._raised) - 1})

    def _failed(self, failure: ScriptFailure) -> ScriptFailed:
        error = self._raised[failure.ref] if failure.ref is not None else None
        if failure.kind == "action":
            payload = failure.payload if error is None else getattr(error, "payload", None)
            return ScriptFailed("action_script_runtime_error", payload=payload)
        if isinstance(error, HTTPError):
            return _http(error)
        trace = [f"{failure.name}: {failure.text}"]
        for frame in failure.frames[:_FRAMES]:
            at = f"{frame.file}:{frame.line}" + (f":{frame.column}" if frame.column else "")
            trace.append(f"    at {frame.function} ({at})" if frame.function else f"    at {at}")
        return _internal(failure.name, failure.text, trace)


class _OnPageFailed(Exception):
    """The script's own ``on_page`` threw."""

    def __init__(self, failure: ScriptFailure) -> None:
        super().__init__(str(failure))
        self.failure = failure


def _internal(name: str, message: str, trace: list[str] | None = None) -> ScriptFailed:
    payload = {"name": name, "message": message, "stacktrace": trace or [f"{name}: {message}"]}
    return ScriptFailed("script_internal_error", payload=payload)


def _http(error: HTTPError) -> ScriptFailed:
    """A request that failed, and that the script did not catch."""
    if error.status is None:
        reason = {"code": error.code, "message": error.message}
        return ScriptFailed("script_network_error", payload=reason)
    body = error.data
    if isinstance(body, bytes):
        body = body.decode("utf-8", "replace")
    shown = {name: value for name, value in error.headers.items() if name.startswith(_SHOWN)}
    own = body.get("payload") if isinstance(body, Mapping) else None
    payload = own or (body if isinstance(body, Mapping) else {"message": body})
    upstream = {"status": error.status, "headers": shown, "body": body}
    return ScriptFailed("script_http_error", payload=payload, upstream=upstream)
