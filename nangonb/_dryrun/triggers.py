"""Scripts that a script runs: ``trigger_action``, ``trigger_sync`` and ``start_sync``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final, NoReturn, Protocol

from nangonb._dryrun.checks import as_json, check_data
from nangonb._dryrun.limits import LimitReached
from nangonb._dryrun.result import Dryrun
from nangonb._dryrun.runtime import DryrunRuntime
from nangonb._dryrun.script_errors import as_script_error, read_only
from nangonb._dryrun.shared import Findings, Key, Nesting, Progress, Run
from nangonb._dryrun.traceback import error_json, summary, trace_lines
from nangonb._nango import Client
from nangonb._project import Kind, Script, wording
from nangonb._project.script_problems import failed_cell
from nangonb._records import decode, to_js_json
from nangonb._scripts import Host, RunSettings, host_of
from nangonb._scripts.context import context_of
from nangonb._sdk import Context, NangoAction, NangoSync
from nangonb.errors import ActionError, ConfigurationError, HTTPError, ProjectError, SDKError

__all__ = ["Answers", "DeployedAction", "Triggers", "host_in", "models_of", "trigger_deployed"]

DEEPEST: Final = 10
"""Scripts that run each other; more is taken for an endless recursion."""

DeployedAction = Callable[[str, str, str, Any], Any]
"""Runs an action that the project does not have: integration, connection id, name, input."""


class Answers(Protocol):
    """Where the answers to a run's requests come from: Nango, or a file. ``triggered`` are the results of the
    syncs that the run's scripts ran."""

    is_replay: bool
    triggered: list[Dryrun]

    def provider_of(self, key: Key) -> str:
        """The provider of a connection. Raises HTTPError where Nango refuses."""
        ...

    def runtime(
        self,
        run: Run,
        context: Context,
        nesting: Nesting,
        *,
        checkpoint: Mapping[str, Any] | None = None,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> DryrunRuntime:
        """The runtime of one script of the run."""
        ...


def host_in(run: Run, answers: Answers, script: Script) -> Host:
    """The host of the script's language, with the limits of the run."""
    settings = RunSettings(
        run.findings.add,
        partial(LimitReached, "timeout"),
        run.limits.deadline,
        run.limits.max_memory,
        is_replay=answers.is_replay,
    )
    return host_of(run.project, script, settings, sources=run.sources)


class Triggers:
    """Scripts of the project run here; ``deployed`` runs an action that the project does not have."""

    def __init__(
        self, run: Run, context: Context, nesting: Nesting, answers: Answers, deployed: DeployedAction
    ) -> None:
        self._run, self._context, self._nesting = run, context, nesting
        self._answers, self._deployed = answers, deployed

    def trigger_action(self, provider_config_key: str, connection_id: str, name: str, input: Any) -> Any:
        """Its output. Raises HTTPError with what ``POST /action/trigger`` would answer where it fails."""
        script = self._find("action", provider_config_key, name)
        if script is None:
            return self._deployed(provider_config_key, connection_id, name, input)
        run = self._run
        run.trace.log("debug", f"The action {name} is declared here, and runs here.")
        context = self._context_of(script, (provider_config_key, connection_id))
        given = _json(input)
        try:
            runtime = self._answers.runtime(run, context, Nesting(self._nesting))
            check_data(run, script, "input", given)
            output = as_json(host_in(run, self._answers, script).run(NangoAction(runtime, context), given))
            check_data(run, script, "output", output)
        except (ConfigurationError, ProjectError):
            raise  # no Node.js, a refused cell: nothing that an action answers
        except Exception as error:
            _answer(error, script)
        return output

    def trigger_sync(
        self, provider_config_key: str, connection_id: str, sync: str, variant: str, mode: str | None
    ) -> None:
        """Runs a sync of the project. On Nango, whoever triggers a sync does not wait for it: one that fails
        is logged only."""
        log = self._run.trace.log
        script = self._find("sync", provider_config_key, sync)
        if script is None:
            log(
                "warn",
                f"The sync {sync} of {provider_config_key} is not declared here, and nothing was run; "
                "on Nango this would trigger it.",
            )
            return
        result = self._run_sync(
            script, self._context_of(script, (provider_config_key, connection_id), variant)
        )
        if result.error_json is not None:
            log("error", f"The sync {sync} failed: {result.error_json['message']}")
            return
        added, updated, deleted = result.counts.added, result.counts.updated, result.counts.deleted
        log(
            "info",
            f"The sync {sync} was dry run here (added {added:,}, updated {updated:,}, deleted "
            f"{deleted:,}); nothing was triggered in Nango.",
        )

    def start_sync(self, provider_config_key: str, syncs: Sequence[str], connection_id: str | None) -> None:
        message = "This has no effect but on a remote Nango instance would start a schedule"
        self._run.trace.log("info", message)

    def _find(self, kind: Kind, integration: str, name: str) -> Script | None:
        """The script of that name which can run here: its integration's, else one without integration.

        Raises ProjectError where its cell was refused: an older one, or the one that is deployed, is not
        what the project says now.
        """
        project = self._run.project
        for cell in project.failed:
            if cell.kind == kind and cell.answers_to(name, integration):
                problem = failed_cell(project, cell)
                self._run.findings.add(problem)  # also where the script goes on
                what = f"its {wording.thing(project)} has an error ({cell.source.label})"
                raise ProjectError(f"The {kind} {name} cannot be used: {what}.", problems=[problem])
        scripts = [
            script
            for script in project.scripts
            if (script.kind, script.name) == (kind, name) and script.integration in (integration, None)
        ]
        return min(scripts, key=lambda script: script.integration is None, default=None)

    def _run_sync(self, script: Script, context: Context) -> Dryrun:
        run = self._run
        runtime = self._answers.runtime(run, context, Nesting(self._nesting))
        result = Dryrun(
            script=script,
            connection_id=context.connection_id,
            target=run.target,
            started=datetime.now(UTC),
            runtime=runtime,
            findings=Findings(),
            triggered_syncs=self._answers.triggered,
        )
        self._answers.triggered.append(result)
        before = run.trace.spent
        result.state = "interrupted"
        try:
            host_in(run, self._answers, script).run(NangoSync(runtime, context))
            result.state = "succeeded"
        except Exception as error:
            result.state, result.error = "failed", error
            result.error_json = error_json(error, run.sources, run.masker)
            whole = "the result's own .error has all of it"
            result.error_lines = trace_lines(error, run.sources, run.masker, whole=whole)
        finally:
            result.spent = {part: seconds - before[part] for part, seconds in run.trace.spent.items()}
            result.seconds = sum(result.spent.values())
        return result

    def _context_of(self, script: Script, key: Key, variant: str = "base") -> Context:
        if self._nesting.depth >= DEEPEST:
            raise SDKError(
                f"{script.name} would be the {DEEPEST + 1}th script that runs another: they call each other "
                "without end.",
                code="recursion",
            )
        return context_of(
            script,
            key,
            self._answers.provider_of(key),
            environment=self._context.environment_name,
            models=models_of(script),
            variant=variant,
        )


def trigger_deployed(
    run: Run, client: Client, provider_config_key: str, connection_id: str, name: str, input: Any
) -> Any:
    """The output of an action that is deployed in Nango: it runs there."""
    path = "/action/trigger"
    body = {"action_name": name, **({} if input is None else {"input": input})}
    if run.read_only:
        raise read_only(f"The action {name} may write to the provider")
    run.before_request("POST", path, reads=False)
    entry = run.trace.begin("POST", path, params={"action_name": name}, kind="action", sent=input)
    try:
        with as_script_error("POST", path):
            output = client.actions.trigger(
                name, input, connection_id=connection_id, provider_config_key=provider_config_key
            )
    except HTTPError as error:
        run.trace.end(entry, status=error.status, code=error.code)
        if error.status == 404 and not getattr(error, "__notes__", None):
            error.add_note(
                f"No action {name} is declared here, and none is deployed in {provider_config_key}."
            )
        if error.status is not None:
            run.recording.keep_api("POST", path, error.data, status=error.status, data=body, number=entry.n)
        raise
    except BaseException:
        run.trace.end(entry, code="interrupted")
        raise
    run.trace.end(entry, status=200)
    run.recording.keep_api("POST", path, output, data=body, number=entry.n)
    return output


def models_of(script: Script) -> tuple[str, ...]:
    """The models that the ``nango`` object of a script accepts; none means any.

    For TypeScript the compiler and its host say what is wrong, and the run goes on.
    """
    return script.config.output if script.kind == "sync" and script.language == "python" else ()


def _json(input: Any) -> Any:
    try:
        return decode(to_js_json(input))
    except TypeError as error:
        raise SDKError(
            f"trigger_action: input is what JSON cannot hold: {error}.", code="invalid_request"
        ) from None


def _answer(error: Exception, script: Script) -> NoReturn:
    """Raise what the API answers where an action raised ``error``."""
    status = 500
    answer: dict[str, Any]
    if isinstance(error, ActionError):
        answer = {
            "message": "The action script failed with a runtime error",
            "code": error.type,
            "payload": error.payload,
        }
    elif isinstance(error, HTTPError) and error.status is not None and error.data:
        status = 424
        headers = {
            name: value
            for name, value in error.headers.items()
            if name == "content-type" or name.startswith("x-rate")
        }
        upstream = {"status": error.status, "headers": headers, "body": error.data}
        payload = error.data if isinstance(error.data, (dict, list)) else {"message": error.data}
        answer = {"payload": payload, "code": "script_http_error", "upstream": upstream}
    else:
        code = {"code": error.code} if isinstance(error, (SDKError, HTTPError)) else {}
        payload = {"name": type(error).__name__, **code, "message": _message(error)}
        answer = {"payload": payload, "code": "script_internal_error"}
    raised = HTTPError(
        f"Request failed with status code {status}",
        status=status,
        data={"error": answer},
        headers={"content-type": "application/json"},
        code="ERR_BAD_RESPONSE" if status >= 500 else "ERR_BAD_REQUEST",
        method="POST",
        url="/action/trigger",
    )
    raised.add_note(f"The action {script.name} ran here, and failed. See its error above.")
    raise raised from error


def _message(error: Exception) -> str:
    return summary(error).removeprefix(type(error).__name__).removeprefix(": ")
