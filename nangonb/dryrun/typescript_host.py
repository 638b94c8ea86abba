"""Runs a TypeScript script: in Node.js, with all that it asks of Nango answered here."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from nangonb.dryrun.caps import CapReached
from nangonb.errors import ActionError, HTTPError, ProjectError, SDKError, nearest
from nangonb.project import Problem, Project, Script, Source, reachable, wording
from nangonb.project.imports import resolve, specifiers
from nangonb.project.script_problems import failed_cell
from nangonb.records import decode
from nangonb.sdk import NangoAction
from nangonb.sdk.typescript import TypeScriptCalls, in_typescript, thrown

if TYPE_CHECKING:
    from nangonb.dryrun.state import RunState
    from nangonb.node import Call, NodeProcess, Reply, ScriptFailure

_SAVING = frozenset({"batchSave", "batchSend", "batchUpdate", "batchDelete"})
_threads = threading.local()
_STEP_MB = 128
"""Its limit of memory changes in such steps, so that one process serves runs of a machine that is in use."""
E = TypeVar("E", bound=BaseException)


class JavaScriptError(Exception):
    """What a script threw. Its class is named as in JavaScript: ``TypeError``, ``ReferenceError`` …"""

    code: str | None = None


class ProcessError(Exception):
    """Node.js ended in the middle of the script."""


class AxiosError(HTTPError):
    """An HTTPError as TypeScript scripts know it."""


class TypeScriptHost:
    """Loads one script and calls its functions. ``sources`` maps file names in stacks to cells.

    Raises ConfigurationError where there is no Node.js, or what the script imports cannot be installed.
    """

    def __init__(
        self, project: Project, script: Script, runtime: RunState, *, sources: dict[str, Source] | None = None
    ) -> None:
        from nangonb.node import find_node, needs_own_packages, node_for, ready

        self._project, self._script, self._runtime = project, script, runtime
        self.sources: dict[str, Source] = {} if sources is None else sources
        self._entry = f"{script.file}.ts"
        files = {f"{m.path}.ts": m.source for m in project.modules if m.language == "typescript"}
        files[self._entry] = script.source
        bodies = {path: source.text for path, source in files.items()}
        self._files = {path: files[path] for path in reachable(self._entry, bodies)}
        self._check_refused()
        with node_for("TypeScript scripts run in"):
            find_node()
        ready(self._files)
        # of all: a script may trigger an action that imports them, and that runs in the same process
        texts = [each.source.text for each in project.scripts]
        texts += [each.source.text for each in project.modules]
        self._own_packages = needs_own_packages(texts)
        self.sources.update(self._files)
        self._raised: list[BaseException] = []
        self._unknown: set[str] = set()

    def _check_refused(self) -> None:
        """Raises ProjectError where a file imports a module whose cell was refused."""
        refused = {
            f"{cell.name}.ts": cell
            for cell in self._project.failed
            if (cell.magic, cell.language) == ("module", "typescript")
        }
        for path, source in self._files.items():
            for specifier in specifiers(source.text):
                cell = refused.get(resolve(specifier, path, refused) or "")
                if cell is not None:
                    raise ProjectError(
                        wording.refused_module(self._project, specifier, cell),
                        problems=[failed_cell(self._project, cell)],
                    )

    def run(self, nango: NangoAction, input: Any = None) -> Any:
        """What the script returns, as JSON; None for undefined. Whatever it throws passes through."""
        return self._run(nango, {} if input is None else {"input": input}, webhook=False)

    def run_webhook(self, nango: NangoAction, payload: Any) -> Any:
        """The same of the function that takes a webhook."""
        return self._run(nango, {"input": payload}, webhook=True)

    def _run(self, nango: NangoAction, given: Mapping[str, Any], *, webhook: bool) -> Any:
        from nangonb.node import OutOfTime, ProcessDied, ScriptFailure, script_files

        process = _process(self._runtime.caps.max_memory)
        current: list[Call] = []
        calls = TypeScriptCalls(
            nango,
            lambda pager, parameter, answer, body: self._on_page(
                process, current[-1], pager, {"parameter": parameter, "answer": answer}, body
            ),
        )

        def serve(call: Call) -> Reply:
            current.append(call)
            try:
                return self._reply(calls, call)
            finally:
                current.pop()

        message = {
            "entry": self._entry,
            "files": script_files(self._files),
            "about": {
                **_about(nango, is_replay=self._runtime.is_replay),
                "models": self._script.config.output,
            },
            "webhook": webhook,
            **given,
        }
        try:
            absent, body = process.run(
                message, serve, deadline=self._runtime.deadline, own_packages=self._own_packages
            )
        except ScriptFailure as failure:
            if failure.loose:
                self._say_not_awaited(failure)
            error = self._error(failure)
            try:
                raise error from error.__cause__
            finally:
                del error  # which holds this frame
        except ProcessDied as died:
            raise ProcessError(str(died)) from None
        except OutOfTime:
            raise CapReached("timeout") from None
        finally:
            self._raised.clear()
        return None if absent else decode(body)

    def _reply(self, calls: TypeScriptCalls, call: Call) -> Reply:
        from nangonb.node import Reply

        try:
            if call.method in _SAVING:
                self._check_model(call.method, *call.args)
            value, body = calls.answer(call.method, call.args, call.body)
            return Reply(value, body)
        except (HTTPError, ActionError, SDKError, TypeError, ValueError) as error:
            self._raised.append(error)
            said, body = thrown(error, call.args)
            return Reply(body=body, error={**said, "ref": len(self._raised) - 1})

    def _on_page(
        self, process: NodeProcess, call: Call, pager: int, value: Mapping[str, Any], body: bytes
    ) -> None:
        from nangonb.node import ScriptFailure

        told = process.tell_page(call, {"pager": pager, **value}, body, self._runtime.deadline)
        if told.get("error"):
            raise self._error(ScriptFailure(told["error"]))

    def _check_model(self, method: str, model: Any, frame: Mapping[str, Any] | None = None) -> None:
        """On Nango saving to a model that is not declared fails; here it is said, and the run goes on."""
        models = self._script.config.output
        if not isinstance(model, str) or not models or model in models or model in self._unknown:
            return
        self._unknown.add(model)
        match = nearest(model, models) or (models[0] if len(models) == 1 else None)
        hint = f"Did you mean {match!r}?" if match else f"Its models: {', '.join(models)}."
        said = f"{method}: {model!r} is not a model that {self._script.name} saves to; Nango refuses it."
        place = self._script.source.top
        if frame is not None:
            place = self._files[frame["file"]].place(frame["line"], frame["column"])
        self._runtime.add(Problem("unknown-model", said, place, hint, severity="error"))

    def _say_not_awaited(self, failure: ScriptFailure) -> None:
        frame = failure.frames[0] if failure.frames else None
        place = self._script.source.top
        if frame is not None and frame.file in self._files:
            place = self._files[frame.file].place(frame.line, frame.column)
        said = "Nothing awaited what failed here, and the script had gone on without it."
        self._runtime.add(Problem("not-awaited", said, place, "Write await before the call."))

    def _error(self, failure: ScriptFailure) -> BaseException:
        """The error to raise here, with the frames of the script."""
        error = self._raised[failure.ref] if failure.ref is not None else _own(failure)
        if isinstance(error, HTTPError) and not isinstance(error, AxiosError):
            error = _axios(error)
        elif isinstance(error, SDKError):
            error = _noted(SDKError(in_typescript(error.message), code=error.code), error)
        if failure.cause is not None:
            error.__cause__ = self._error(failure.cause)
        error.script_frames = failure.frames  # type: ignore[attr-defined]
        return error


def _own(failure: ScriptFailure) -> BaseException:
    """What the script itself threw."""
    if failure.kind == "action":
        return ActionError(
            failure.payload if isinstance(failure.payload, Mapping) else {"payload": failure.payload}
        )
    made: type[JavaScriptError] = type(failure.name, (JavaScriptError,), {})
    error = made(failure.text)
    error.code = failure.code
    return error


def _axios(error: HTTPError) -> AxiosError:
    made = AxiosError(
        error.message,
        status=error.status,
        data=error.data,
        headers=error.headers,
        code=error.code,
        method=error.method,
        url=error.url,
    )
    return _noted(made, error)


def _noted(made: E, error: BaseException) -> E:
    """``made`` with the notes and the cause of the error that it stands for."""
    made.__cause__ = error.__cause__
    for note in getattr(error, "__notes__", ()):
        made.add_note(note)
    return made


def _about(nango: NangoAction, *, is_replay: bool) -> dict[str, Any]:
    """The properties of the ``nango`` object, as the CLI's dry run sets them."""
    properties: dict[str, Any] = {
        "connectionId": nango.connection_id,
        "providerConfigKey": nango.provider_config_key,
        "provider": nango.provider,
        "environmentId": 1,
        "environmentName": nango.environment_name,
        "activityLogId": "",
        "accountId": 1,
        "isCLI": True,
        "scriptType": nango.script_type,
        "logger": {"level": "debug"},
        "runnerFlags": {},
    }
    about: dict[str, Any] = {"properties": properties, "replay": is_replay}
    if nango.script_type == "sync":
        properties["variant"] = nango.variant  # type: ignore[attr-defined]
        properties["track_deletes"] = nango.track_deletes  # type: ignore[attr-defined]
        since = nango.last_sync_date  # type: ignore[attr-defined]
        about["lastSyncDate"] = None if since is None else since.isoformat()
    return about


def _process(max_memory: int | None) -> NodeProcess:
    """One for each thread: a process serves one dry run, and the scripts that it triggers.

    ``max_memory`` is by how many bytes the run may grow, and so the values of its script.
    """
    from nangonb.node import MEMORY_MB, NodeProcess

    most = MEMORY_MB if max_memory is None else max_memory // 2**20 // _STEP_MB * _STEP_MB
    memory_mb = min(max(most, _STEP_MB), MEMORY_MB)
    found: NodeProcess | None = getattr(_threads, "process", None)
    if found is not None and found.memory_mb != memory_mb:
        found.close()
        found = None
    if found is None:
        found = _threads.process = NodeProcess(memory_mb=memory_mb)
    return found
