"""A run of a TypeScript script in Node.js: it asks, and its ``nango`` object answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from nangonb._node import Call, NodeProcess, Reply, ScriptFailure
from nangonb._records import decode
from nangonb._sdk import NangoAction
from nangonb._sdk.typescript import TypeScriptCalls, thrown
from nangonb.errors import ActionError, HTTPError, SDKError

__all__ = ["NodeRun"]

_CATCHABLE: Final = (HTTPError, ActionError, SDKError, TypeError, ValueError)


class NodeRun:
    """One run in ``process``, until ``deadline`` (a time of :func:`time.monotonic`).

    ``error_of`` makes the error to raise here of what the script threw; it gets the run, too. ``before`` gets
    each call before it is answered. ``catchable`` are errors that the script gets, besides those of the SDK.
    """

    def __init__(
        self,
        process: NodeProcess,
        nango: NangoAction,
        error_of: Callable[[NodeRun, ScriptFailure], BaseException],
        *,
        deadline: float | None = None,
        before: Callable[[Call], None] | None = None,
        catchable: tuple[type[Exception], ...] = (),
    ) -> None:
        self._process, self._error_of, self._deadline, self._before = process, error_of, deadline, before
        self._nango = nango
        self._catchable: tuple[type[Exception], ...] = (*_CATCHABLE, *catchable)
        self._raised: list[BaseException] = []
        self._current: list[Call] = []

    def run(self, message: Mapping[str, Any], *, own_packages: bool = False) -> Any:
        """What the script returned, as JSON; None for undefined. ``message`` is that of NodeProcess.run.

        Raises: what ``error_of`` gives for what the script threw; what a call raised and the script cannot
        catch; ProcessDied, OutOfTime; NestedTooDeeply for what it returned.
        """
        calls = TypeScriptCalls(self._nango, self._on_page)  # which this object must not hold: it holds us
        message = {**message, "about": {**message["about"], **calls.about()}}
        try:
            absent, body = self._process.run(
                message, partial(self._serve, calls), deadline=self._deadline, own_packages=own_packages
            )
        except ScriptFailure as failure:
            error = self._error_of(self, failure)
            try:
                raise error from error.__cause__
            finally:
                del error  # which holds this frame
        finally:
            self._raised.clear()
        return None if absent else decode(body)

    def raised(self, failure: ScriptFailure) -> BaseException | None:
        """The error that a call raised, where that is what the script did not catch."""
        return None if failure.ref is None else self._raised[failure.ref]

    def _serve(self, calls: TypeScriptCalls, call: Call) -> Reply:
        self._current.append(call)
        try:
            if self._before is not None:
                self._before(call)
            return Reply(*calls.answer(call.method, call.args, call.body))
        except self._catchable as error:
            self._raised.append(error)
            described, body = thrown(error, call.args)
            return Reply(body=body, error={**described, "ref": len(self._raised) - 1})
        finally:
            self._current.pop()

    def _on_page(self, pager: int, parameter: Any, answer: Mapping[str, Any], body: bytes) -> None:
        """Run the script's ``on_page``. Raises what it throws."""
        page = {"pager": pager, "parameter": parameter, "answer": answer}
        ended = self._process.tell_page(self._current[-1], page, body, self._deadline)
        if ended.get("error"):
            raise self._error_of(self, ScriptFailure(ended["error"]))
