"""Runs a TypeScript script of a project in Node.js."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any, TypeVar

from nangonb._node import (
    MEMORY_MB,
    Call,
    NodeProcess,
    OutOfTime,
    ProcessDied,
    ScriptFailure,
    find_node,
    needs_own_packages,
    node_for,
    ready,
    script_files,
)
from nangonb._project import Problem, Project, Script, Source, reachable, wording
from nangonb._project.imports import resolve, specifiers
from nangonb._project.script_problems import failed_cell
from nangonb._scripts.context import about
from nangonb._scripts.host import RunSettings
from nangonb._scripts.node_run import NodeRun
from nangonb._sdk import METHODS, NangoAction
from nangonb._sdk.typescript import in_typescript
from nangonb.errors import ActionError, CatchableError, HTTPError, ProjectError, SDKError, nearest

__all__ = ["AxiosError", "JavaScriptError", "ProcessError", "TypeScriptHost", "javascript_error"]

_SAVING = frozenset(each.typescript for each in METHODS.values() if each.answered == "saved")
_threads = threading.local()
_STEP_MB = 128
"""Its limit of memory changes in such steps, so that one process serves runs of a machine that is in use."""
E = TypeVar("E", bound=BaseException)


class JavaScriptError(CatchableError):
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
        self, project: Project, script: Script, settings: RunSettings, *, sources: dict[str, Source]
    ) -> None:
        self._project, self._script, self._settings = project, script, settings
        self.sources = sources
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
        run = NodeRun(
            _process(self._settings.max_memory),
            nango,
            self._error,
            deadline=self._settings.deadline,
            before=self._check_model,
        )
        known = about(nango, isCLI=True)
        message = {
            "entry": self._entry,
            "files": script_files(self._files),
            "about": {**known, "replay": self._settings.is_replay, "models": self._script.config.output},
            "webhook": webhook,
            **given,
        }
        try:
            return run.run(message, own_packages=self._own_packages)
        except ProcessDied as died:
            raise ProcessError(str(died)) from None
        except OutOfTime:
            raise self._settings.out_of_time() from None

    def _check_model(self, call: Call) -> None:
        """Tell of a call that saves to a model that is not declared. The run goes on; on Nango it fails."""
        if call.method not in _SAVING:
            return
        model: Any = call.args[0] if call.args else None
        frame: Mapping[str, Any] | None = call.args[1] if len(call.args) > 1 else None
        models = self._script.config.output
        if not isinstance(model, str) or not models or model in models or model in self._unknown:
            return
        self._unknown.add(model)
        match = nearest(model, models) or (models[0] if len(models) == 1 else None)
        hint = f"Did you mean {match!r}?" if match else f"Its models: {', '.join(models)}."
        message = f"{call.method}: {model!r} is not an output model of {self._script.name}; Nango rejects it."
        place = self._script.source.top
        if frame is not None:
            place = self._files[frame["file"]].place(frame["line"], frame["column"])
        self._settings.tell(Problem("unknown-model", message, place, hint))

    def _say_not_awaited(self, failure: ScriptFailure) -> None:
        frame = failure.frames[0] if failure.frames else None
        place = self._script.source.top
        if frame is not None and frame.file in self._files:
            place = self._files[frame.file].place(frame.line, frame.column)
        message = "This call failed and is not awaited. The script continued without its result."
        hint = "Add `await` before the call."
        self._settings.tell(Problem("not-awaited", message, place, hint, severity="warning"))

    def _error(self, run: NodeRun, failure: ScriptFailure) -> BaseException:
        """The error to raise here, with the frames of the script."""
        if failure.loose:
            self._say_not_awaited(failure)
        raised = run.raised(failure)
        error: AxiosError | SDKError | ActionError | JavaScriptError
        match raised:
            case None:
                error = _own(failure)
            case AxiosError() | ActionError() | JavaScriptError():
                error = raised
            case HTTPError():
                error = _axios(raised)
            case SDKError():
                error = _noted(SDKError(in_typescript(raised.message), code=raised.code), raised)
            case _:
                error = _noted(javascript_error(type(raised).__name__, str(raised)), raised)
        if failure.cause is not None:
            error.__cause__ = self._error(run, failure.cause)
        error.script_frames = failure.frames
        return error


def javascript_error(name: str, message: str, code: str | None = None) -> JavaScriptError:
    """What a script threw, as an error of a class of that name."""
    made: type[JavaScriptError] = type(name, (JavaScriptError,), {})
    error = made(message)
    error.code = code
    return error


def _own(failure: ScriptFailure) -> ActionError | JavaScriptError:
    """What the script itself threw."""
    if failure.kind == "action":
        return ActionError(
            failure.payload if isinstance(failure.payload, Mapping) else {"payload": failure.payload}
        )
    return javascript_error(failure.name, failure.text, failure.code)


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


def _process(max_memory: int | None) -> NodeProcess:
    """One for each thread: a process serves one dry run, and the scripts that it triggers.

    ``max_memory`` is by how many bytes the run may grow, and so the values of its script.
    """
    most = MEMORY_MB if max_memory is None else max_memory // 2**20 // _STEP_MB * _STEP_MB
    memory_mb = min(max(most, _STEP_MB), MEMORY_MB)
    kept: NodeProcess | None = getattr(_threads, "process", None)
    if kept is not None and kept.memory_mb != memory_mb:
        kept.close()
        kept = None
    if kept is None:
        kept = _threads.process = NodeProcess(memory_mb=memory_mb)
    return kept
