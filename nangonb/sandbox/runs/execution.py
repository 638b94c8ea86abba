"""Runs a bundle in a Node.js process, to its output or to the failure that Nango would report."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from nangonb._nango import TransportError
from nangonb._node import (
    NodeProcess,
    OutOfTime,
    ProcessDied,
    ScriptFailure,
    installed,
    needs_own_packages,
    node_for,
)
from nangonb._records import decode, to_js_json
from nangonb._scripts.node_run import NodeRun
from nangonb._sdk import NangoAction
from nangonb.errors import ConfigurationError, HTTPError, NestedTooDeeply
from nangonb.sandbox.failures import ScriptFailed

__all__ = ["MOST_OUTPUT", "Bundle", "run_action", "run_bundle"]

MOST_OUTPUT: Final = 2 * 1024 * 1024
"""So many bytes of JSON an action may give."""

_PACKAGE: Final = re.compile(r"""\brequire\(["'](?:zod|soap|unzipper|botbuilder)["']\)""")
_MAPPED: Final = "//# sourceMappingURL="
_UPSTREAM_HEADERS: Final = ("content-type", "x-rate")
_FRAMES: Final = 5


@dataclass(frozen=True)
class Bundle:
    """The compiled script, under the name of its file. ``zero``: by a CLI of zero-yaml."""

    file: str
    js: str
    zero: bool = False

    def message(self, input: Any, about: Mapping[str, Any]) -> dict[str, Any]:
        """What the process is told; ``about`` are the properties of the ``nango`` object."""
        # an empty input is none for scripts of nango.yaml
        absent = input is None or (input == {} and not self.zero)
        return {
            "entry": self.file,
            "bundle": self.js,
            # frames are told of files that are known here, or that a source map leads to
            "files": {} if _MAPPED in self.js else {self.file: {"text": "", "offset": 0}},
            "about": about,
            "webhook": False,
            **({} if absent else {"input": input}),
        }


def run_bundle(
    process: NodeProcess,
    bundle: Bundle,
    nango: NangoAction,
    about: Mapping[str, Any],
    input: Any = None,
    *,
    seconds: float,
) -> Any:
    """What the script returned, as JSON; None for undefined. Raises: ScriptFailed."""
    run = NodeRun(
        process,
        nango,
        _failed,
        deadline=time.monotonic() + seconds,
        catchable=(TransportError, ConfigurationError),
    )
    try:
        with node_for("The sandbox runs deployed scripts in"):
            if _PACKAGE.search(bundle.js):
                installed()
            return run.run(bundle.message(input, about), own_packages=needs_own_packages([bundle.js]))
    except ConfigurationError as error:  # no Node.js, or no packages for it
        raise _internal(type(error).__name__, f"{error.message} {error.hint}".strip()) from None
    except ProcessDied as died:
        raise _internal("Error", str(died)) from None
    except OutOfTime:
        message = f"The script was stopped: it ran longer than {seconds:g} seconds"
        raise _internal("Error", message) from None
    except NestedTooDeeply as error:
        raise _internal("Error", f"The return value of the script cannot be read: {error}") from None


def run_action(
    process: NodeProcess,
    bundle: Bundle,
    nango: NangoAction,
    about: Mapping[str, Any],
    input: Any,
    *,
    seconds: float,
) -> Any:
    """The same of an action, whose output must not be too large. Raises: ScriptFailed."""
    output = to_js_json(run_bundle(process, bundle, nango, about, input, seconds=seconds))
    if len(output) > MOST_OUTPUT:
        size = f"{len(output)} bytes. Maximum allowed size is {MOST_OUTPUT} bytes"
        raise _internal("Error", f"Output size is too large: {size}")
    return decode(output)


def _failed(run: NodeRun, failure: ScriptFailure) -> ScriptFailed:
    error = run.raised(failure)
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
    upstream_headers = {
        name: value for name, value in error.headers.items() if name.startswith(_UPSTREAM_HEADERS)
    }
    own = body.get("payload") if isinstance(body, Mapping) else None
    payload = own or (body if isinstance(body, Mapping) else {"message": body})
    upstream = {"status": error.status, "headers": upstream_headers, "body": body}
    return ScriptFailed("script_http_error", payload=payload, upstream=upstream)
