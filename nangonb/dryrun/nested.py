"""Scripts of the same project that a script runs: ``trigger_action`` and ``trigger_sync``."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NoReturn

from nangonb.dryrun.checks import as_json, check_data
from nangonb.dryrun.hosts import host_of
from nangonb.dryrun.result import Dryrun
from nangonb.dryrun.traceback import error_json, summary, trace_lines
from nangonb.errors import ActionError, ConfigurationError, HTTPError, ProjectError, SDKError
from nangonb.project import Kind, Project, Script, Source, wording
from nangonb.project.script_problems import failed_cell
from nangonb.records import decode, to_js_json
from nangonb.sdk import Context, NangoAction, NangoSync

if TYPE_CHECKING:
    from nangonb.dryrun.runtime import DryrunRuntime
    from nangonb.masking import Masker

DEEPEST: Final = 10
"""Scripts that run each other; more is taken for an endless recursion."""


@dataclass
class OwnScripts:
    """The project of a run. ``sources`` are of all scripts that ran, ``triggered`` the results of syncs."""

    project: Project
    masker: Masker
    target: str
    validation: bool = False
    sources: dict[str, Source] = field(default_factory=dict)
    triggered: list[Dryrun] = field(default_factory=list)

    def find(self, caller: DryrunRuntime, kind: Kind, integration: str, name: str) -> Script | None:
        """The script of that name which can run here: its integration's, else one without integration.

        Raises ProjectError where its cell was refused: an older one, or the one that is deployed, is not
        what the project says now.
        """
        for cell in self.project.failed:
            if cell.kind == kind and cell.answers_to(name, integration):
                problem = failed_cell(self.project, cell)
                caller.add(problem)  # said, too, where the script goes on
                what = f"its {wording.thing(self.project)} has an error ({cell.source.label})"
                raise ProjectError(f"The {kind} {name} cannot be used: {what}.", problems=[problem])
        found = [
            script
            for script in self.project.scripts
            if (script.kind, script.name) == (kind, name) and script.integration in (integration, None)
        ]
        found.sort(key=lambda script: script.integration is None)
        return found[0] if found else None

    def action(self, caller: DryrunRuntime, script: Script, key: str, connection_id: str, input: Any) -> Any:
        """Its output. Raises HTTPError with what ``POST /action/trigger`` would answer where it fails."""
        context = self._context(caller, script, key, connection_id)
        given = _json(input)
        try:
            runtime = caller.for_script(context)
            check_data(caller, self.project, script, "input", given, enforce=self.validation)
            host = host_of(self.project, script, runtime, sources=self.sources)
            output = as_json(host.run(NangoAction(runtime, context), given))
            check_data(caller, self.project, script, "output", output, enforce=self.validation)
        except (ConfigurationError, ProjectError):
            raise  # no Node.js, a refused cell: nothing that an action answers
        except Exception as error:
            _answer(error, script)
        return output

    def sync(
        self, caller: DryrunRuntime, script: Script, key: str, connection_id: str, variant: str
    ) -> Dryrun:
        """Its result, failed ones included: on Nango, whoever triggers a sync does not wait for it."""
        context = self._context(caller, script, key, connection_id, variant)
        runtime = caller.for_script(context)
        result = Dryrun(
            script=script,
            connection_id=connection_id,
            target=self.target,
            started=datetime.now(UTC),
            trace=runtime.trace,
            runtime=runtime,
            masker=self.masker,
            _problems=runtime.problems,
        )
        self.triggered.append(result)
        before = runtime.trace.spent
        result.state = "interrupted"
        try:
            host_of(self.project, script, runtime, sources=self.sources).run(NangoSync(runtime, context))
            result.state = "succeeded"
        except Exception as error:
            result.state, result.error = "failed", error
            result.error_json = error_json(error, self.sources, self.masker)
            whole = "the result's own .error has all of it"
            result.error_lines = trace_lines(error, self.sources, self.masker, whole=whole)
        finally:
            result.spent = {part: seconds - before[part] for part, seconds in runtime.trace.spent.items()}
            result.seconds = sum(result.spent.values())
        return result

    def _context(
        self, caller: DryrunRuntime, script: Script, key: str, connection_id: str, variant: str = "base"
    ) -> Context:
        if caller.depth >= DEEPEST:
            raise SDKError(
                f"{script.name} would be the {DEEPEST + 1}th script that runs another: they call each other "
                "without end.",
                code="recursion",
            )
        connection = caller.connections.connection((key, connection_id))
        return Context(
            script=script.name,
            integration=key,
            connection_id=connection_id,
            provider=str(connection.get("provider") or ""),
            is_sync=script.kind == "sync",
            models=models_of(script),
            variant=variant,
            environment_name=caller.context.environment_name,
            script_type=script.kind,
            track_deletes=script.config.track_deletes,
            reads=script.reads,
        )


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
    said: dict[str, Any]
    if isinstance(error, ActionError):
        said = {
            "message": "The action script failed with a runtime error",
            "code": error.type,
            "payload": error.payload,
        }
    elif isinstance(error, HTTPError) and error.status is not None and error.data:
        status = 424
        shown = {
            name: value
            for name, value in error.headers.items()
            if name == "content-type" or name.startswith("x-rate")
        }
        upstream = {"status": error.status, "headers": shown, "body": error.data}
        payload = error.data if isinstance(error.data, (dict, list)) else {"message": error.data}
        said = {"payload": payload, "code": "script_http_error", "upstream": upstream}
    else:
        code = {"code": error.code} if isinstance(error, (SDKError, HTTPError)) else {}
        payload = {"name": type(error).__name__, **code, "message": _message(error)}
        said = {"payload": payload, "code": "script_internal_error"}
    found = HTTPError(
        f"Request failed with status code {status}",
        status=status,
        data={"error": said},
        headers={"content-type": "application/json"},
        code="ERR_BAD_RESPONSE" if status >= 500 else "ERR_BAD_REQUEST",
        method="POST",
        url="/action/trigger",
    )
    found.add_note(f"The action {script.name} ran here, and failed: its own error stands above.")
    raise found from error


def _message(error: Exception) -> str:
    return summary(error).removeprefix(type(error).__name__).removeprefix(": ")
