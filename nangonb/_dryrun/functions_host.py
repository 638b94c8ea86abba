"""Runs a script on Nango's own servers: its TypeScript is sent there, and what they tell is taken in here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal

from nangonb._dryrun.cli_output import Complaint, Written, complaints, plain, read_failure, read_output
from nangonb._dryrun.limits import LimitReached
from nangonb._nango import ApiResponseError, Client, FunctionDryrun, FunctionFault
from nangonb._node import Frame
from nangonb._project import Problem, Project, Script
from nangonb._scripts.typescript import AxiosError, javascript_error
from nangonb._sdk import NangoAction
from nangonb._text import plural
from nangonb._translate import SingleFile, single_file
from nangonb.errors import ActionError, ApiError, CatchableError, ProjectError

if TYPE_CHECKING:
    from nangonb._dryrun.run import DryrunOptions
    from nangonb._dryrun.runtime import DryrunRuntime

__all__ = ["FunctionsHost", "RemoteError", "compile_problems", "message_of", "source_of"]

_SECONDS: Final = 900.0
_FRAME: Final = re.compile(
    r"at (?:(?P<function>.+?) \()?(?:\S*/)?[^\s/():]+\.ts:(?P<line>\d+):(?P<column>\d+)\)?$"
)
_SAID: Final = 20


class RemoteError(Exception):
    """The dry run failed on Nango's servers and returned only a message. ``code`` is Nango's."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


def source_of(project: Project, script: Script) -> SingleFile:
    """What is sent of a script.

    Raises:
        ProjectError: it cannot be put into one TypeScript file.
    """
    made = single_file(project, script)
    if not made.ok:
        raise ProjectError(
            f"{script.name} cannot be sent to Nango's functions API. Nothing was sent.",
            problems=made.problems,
        )
    return made


def compile_problems(script: Script, made: SingleFile, output: str) -> list[Problem]:
    """What Nango's compiler output, at the lines of the cells."""
    problems = [_problem(script, made, each) for each in complaints(output)]
    if problems:
        return list(dict.fromkeys(problems))
    text = "\n".join([line for line in plain(output).split("\n") if line.strip()][:_SAID])
    return [Problem("remote-compile", text or "Nango gives no reason.", script.source.top)]


def message_of(error: ApiResponseError) -> str:
    """The whole of what Nango said; the error itself cuts it."""
    inner = error.body.get("error") if isinstance(error.body, Mapping) else None
    message = inner.get("message") if isinstance(inner, Mapping) else None
    return message if isinstance(message, str) else ""


class FunctionsHost:
    """Sends one script. :meth:`start` compiles it there and starts the run, :meth:`run` waits for its end."""

    def __init__(
        self,
        project: Project,
        script: Script,
        client: Client,
        runtime: DryrunRuntime,
        options: DryrunOptions,
    ) -> None:
        self._script, self._client, self._runtime, self._options = script, client, runtime, options
        self.sources = runtime.run.sources
        self._made = source_of(project, script)
        self._id = ""

    def start(self) -> None:
        """Compile, and start the run.

        Raises:
            ProjectError: Nango cannot compile it; ``problems`` say where.
            ApiError, NetworkError: Nango refused or did not answer: nothing runs.
        """
        options, context, client = self._options, self._runtime.context, self._client
        since = options.last_sync_date
        kind: Literal["sync", "action"] = "sync" if self._script.kind == "sync" else "action"
        try:
            client.functions.compile(self._made.code)
            started = client.functions.start_dryrun(
                self._made.code,
                integration_id=context.integration,
                function_type=kind,
                connection_id=context.connection_id,
                input=options.input,
                metadata=options.metadata,
                checkpoint=options.checkpoint if kind == "sync" else None,
                last_sync_date=None
                if since is None
                else since.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            )
        except ApiResponseError as error:
            if error.code != "compilation_error":
                raise
            raise self._uncompiled(message_of(error)) from None
        self._id = started.id

    def run(self, nango: NangoAction, input: Any = None) -> Any:
        """What an action returned there, as JSON. Records and the log are taken into the runtime.

        Raises what the script raised, as far as Nango tells.
        """
        runtime = self._runtime
        ended: FunctionDryrun | None = None
        try:
            with runtime.run.trace.on("network"):
                ended = self._client.functions.await_dryrun(
                    self._id,
                    seconds=self._options.timeout or _SECONDS,
                    on_status=lambda status, seconds: runtime.meter.report(),
                )
        except ApiError as error:
            if error.code == "timeout" and self._options.timeout is not None:
                raise LimitReached("timeout") from None
            raise
        finally:
            runtime.checkpoint.clear()  # what the script saved is not told
            runtime.run.findings.add(self._note(ended))
        if ended.error is not None:
            raise self._failure(ended, ended.error)
        self._take(ended)
        return ended.result

    def run_webhook(self, nango: NangoAction, payload: Any) -> Any:
        raise AssertionError("options refuse it")

    # What came

    def _take(self, ended: FunctionDryrun) -> None:
        output = read_output(ended.output)
        for line in output.log:
            self._runtime.log("info", line)
        unnamed = 0
        for call in output.written:
            model = call.model or self._only_model(output.written)
            if model is None:
                unnamed += len(call.records)
                continue
            records = self._runtime.records
            write = {"save": records.save, "update": records.update, "delete": records.delete}
            write[call.what](model, call.records)
        if unnamed:
            message = f"{plural(unnamed, 'record')} would be deleted. Nango does not report their model."
            self._say("remote-output", message)
        told = sum(output.counts.values())
        came = sum(len(call.records) for call in output.written)
        if self._script.kind == "sync" and (not output.counts or came < told):
            message = (
                f"Nango reports that {plural(told, 'record')} would be written, and shows {came:,} of them."
                if output.counts
                else "Nango's servers printed something that is not known of them; it is in .logs."
            )
            self._say("remote-output", message)

    def _only_model(self, written: list[Written]) -> str | None:
        models = self._script.config.output or tuple(
            dict.fromkeys(each.model for each in written if each.model)
        )
        return models[0] if len(models) == 1 else None

    def _failure(self, ended: FunctionDryrun, fault: FunctionFault) -> BaseException:
        """As the error that it would be here."""
        message = fault.message or ended.output
        if fault.code == "compilation_error":
            return self._uncompiled(message)
        log, error = read_failure(message)
        before = read_failure(ended.output)[0] if ended.output and ended.output != message else []
        if error is None:
            words = [line for line in log if not line.startswith("http [")] or [f"It failed: {fault.code}"]
            for line in before or log[:-1]:
                self._runtime.log("info", line)
            return RemoteError("\n".join(words[-_SAID:]), fault.code)
        for line in before or log:
            self._runtime.log("info", line)
        return self._raised(error)

    def _raised(self, error: Mapping[str, Any]) -> BaseException:
        payload, kind = error.get("payload"), error.get("type")
        raised: CatchableError
        if kind == "action_script_runtime_error":
            raised = ActionError(payload if isinstance(payload, Mapping) else {"payload": payload})
        elif kind == "script_http_error":
            status = error.get("status")
            raised = AxiosError(f"Request failed with status code {status}", status=status, data=payload)
        else:
            given = payload if isinstance(payload, Mapping) else {"message": payload}
            name, code = str(given.get("name") or "Error"), given.get("code")
            raised = javascript_error(
                name if name.isidentifier() else "Error",
                str(given.get("message") or ""),
                code if isinstance(code, str) else None,
            )
        raised.script_frames = list(self._frames(error))
        return raised

    def _frames(self, error: Mapping[str, Any]) -> Iterator[Frame]:
        """Frames of the source that was sent, at the lines of the cells."""
        payload = error.get("payload")
        trace = error.get("stacktrace") or (
            payload.get("stacktrace") if isinstance(payload, Mapping) else None
        )
        for line in trace if isinstance(trace, list) else ():
            match = _FRAME.search(str(line).strip())
            place = None if match is None else self._made.place(int(match["line"]), int(match["column"]))
            if match is not None and place is not None and place.line is not None:
                self.sources[place.source] = self._made.sources[place.source]
                yield Frame(place.source, place.line, place.column, match["function"] or "")

    def _uncompiled(self, output: str) -> ProjectError:
        return ProjectError(
            f"Nango could not compile {self._script.name}. Nothing was run.",
            problems=compile_problems(self._script, self._made, output),
        )

    def _note(self, ended: FunctionDryrun | None) -> Problem:
        message = (
            f"It ran on Nango's servers (dry run {self._id}). They tell records, output and what was "
            "printed: .requests and .checkpoint are empty, and lines of the log have no level or time."
        )
        if ended is None:
            message = f"It continues on Nango's servers (dry run {self._id}) and cannot be stopped."
        return Problem("remote-run", message)

    def _say(self, code: str, message: str) -> None:
        self._runtime.run.findings.add(Problem(code, message, self._script.source.top))


def _problem(script: Script, made: SingleFile, complaint: Complaint) -> Problem:
    place = made.place(complaint.line, complaint.column) or script.source.top
    lines = made.code.split("\n")
    line = lines[complaint.line - 1].strip() if complaint.line <= len(lines) else ""
    hint = f"In TypeScript: {line}" if line and line != place.text.strip() else ""
    return Problem(_code(complaint.code), complaint.text, place, hint, severity="error")


def _code(code: str) -> str:
    """TS2322 as ts-2322; other codes of Nango are none of ours."""
    return f"ts-{code[2:]}" if code.startswith("TS") and code[2:].isdigit() else "remote-compile"
