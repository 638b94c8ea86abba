"""A dry run from start to end."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING, Any, Final, NoReturn

from nangonb._dryrun.checks import as_json, check_data
from nangonb._dryrun.connection import NangoApi
from nangonb._dryrun.limits import LimitReached, Limits, memory_limit
from nangonb._dryrun.live import Nango
from nangonb._dryrun.recording import LIMIT, Recording
from nangonb._dryrun.result import Dryrun, Recall
from nangonb._dryrun.runtime import DryrunRuntime
from nangonb._dryrun.shared import Key, Nesting, Progress, RateLimit, Run
from nangonb._dryrun.traceback import (
    error_json,
    hint,
    place_of,
    short,
    short_line,
    summary,
    trace_lines,
)
from nangonb._dryrun.triggers import Answers, host_in, models_of
from nangonb._masking import Masker
from nangonb._project import Place, Problem, Project, Script, wording
from nangonb._project.elsewhere import LocateName
from nangonb._project.script_problems import concerning
from nangonb._records import RecordBuffer, relaxed_gc
from nangonb._scripts import Host
from nangonb._scripts.context import context_of, nango_of
from nangonb._sdk import Context, NangoAction
from nangonb._text import plural, printable
from nangonb._trace import Trace
from nangonb.errors import Interrupted, ScriptError

if TYPE_CHECKING:
    from nangonb._dryrun.compare import Earlier
    from nangonb._nango import ApiResponseError, Client, Wait

_RING_AGAIN: Final = 1.0
_SOON: Final = 0.001
_AFTER_THE_ALARM: Final = 0.5
_WARNINGS: Final = 5
_LOGGED: Final = 3  # of what a script that failed had logged as an error
_FIRST_LINE: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class DryrunOptions:
    """Options of one dry run, checked and decoded. ``timeout`` is in seconds, ``max_memory`` in bytes: by so
    much the process may grow, without it by most of what the machine has left.

    ``since`` is the run that ``last_sync_date`` and ``checkpoint`` were taken from, ``against`` the one to
    compare with, ``notes`` what is to be said of the options.

    With a ``payload`` a sync takes it as a webhook: ``on_webhook`` runs instead of ``fetch_data``.
    ``remote``: it runs on Nango's servers.
    """

    last_sync_date: datetime | None = None
    input: Any = None
    metadata: Mapping[str, Any] | None = None
    checkpoint: Mapping[str, Any] | None = None
    payload: Any = None
    variant: str = "base"
    validation: bool = False
    read_only: bool = False
    max_requests: int | None = None
    max_records: int | None = None
    max_memory: int | None = None
    since: Earlier | None = None
    against: Earlier | None = None
    notes: tuple[Problem, ...] = ()
    timeout: float | None = None
    save_responses: bool = False
    remote: bool = False


@dataclass(frozen=True, kw_only=True)
class Destination:
    """The connection that a script runs on. ``target`` and ``environment`` name the Nango, for people and for
    the script."""

    masker: Masker
    integration: str
    connection_id: str
    target: str
    environment: str = ""

    @property
    def key(self) -> Key:
        return self.integration, self.connection_id


@dataclass(frozen=True, kw_only=True)
class Audience:
    """Who hears of a run, and how. ``on_start`` gets the result before there is anything in it;
    ``columns`` is how records are kept: see RecordBuffer."""

    preview_rows: int = 20
    on_start: Callable[[Dryrun], None] | None = None
    on_progress: Callable[[Progress], None] | None = None
    locate_name: LocateName | None = None
    recall: Recall = field(default_factory=Recall)
    columns: bool = True


def run(
    project: Project,
    script: Script,
    client: Client,
    to: Destination,
    options: DryrunOptions,
    audience: Audience,
) -> Dryrun:
    """Run ``script`` on a connection.

    Raises:
        ScriptError: the script raised or broke an enforced rule; ``error.dryrun`` is the partial result.
        Interrupted: the user stopped it; likewise.
        ApiError, NetworkError: Nango refused or did not answer before the script started.
        ProjectError: with ``remote``, it cannot be sent, or Nango cannot compile it.
    """
    deadline = None if options.timeout is None else time.monotonic() + options.timeout
    rate_limit = RateLimit(deadline)
    client = client.watched(rate_limit)
    try:
        connection = client.connections.get(to.connection_id, to.integration)
        provider = connection.get("provider") or client.integrations.get(to.integration).get("provider")
    except LimitReached:
        raise _never_started(script, options.timeout or 0) from None
    trace, limits = Trace(to.masker), limits_of(options, deadline)
    # requests end with the run in threads that hear no alarm, too
    end = None if deadline is None else deadline + _AFTER_THE_ALARM
    api = NangoApi(client.watched(partial(_log_wait, trace), end), trace, limits)
    api.keep_connection(to.key, connection)
    answers = Nango(api)
    shared = run_of(project, script, to, options, audience, trace, limits)
    context = context_of(
        script,
        to.key,
        str(provider or ""),
        environment=to.environment,
        models=models_of(script),
        variant=options.variant,
        last_sync_date=options.last_sync_date,
    )

    def remote_host(runtime: DryrunRuntime) -> Host:
        from nangonb._dryrun.functions_host import FunctionsHost

        host = FunctionsHost(project, script, api.client, runtime, options)
        host.start()
        return host

    return execute(
        shared,
        answers,
        script,
        context,
        options,
        audience,
        rate_limit=rate_limit,
        host_for=remote_host if options.remote else None,
    )


def run_of(
    project: Project,
    script: Script,
    to: Destination,
    options: DryrunOptions,
    audience: Audience,
    trace: Trace,
    limits: Limits,
) -> Run:
    """What the scripts of the run share."""

    def new_buffer(model: str, variant: str) -> RecordBuffer:
        return RecordBuffer(
            model,
            project.model_schema(model, script),
            fields=project.model_fields(model, script),
            variant=variant,
            enforce=options.validation,
            columns=audience.columns,
        )

    return Run(
        project=project,
        target=to.target,
        key=to.key,
        masker=to.masker,
        trace=trace,
        limits=limits,
        recording=Recording(
            None if options.save_responses else LIMIT,
            options.input,
            options.payload is not None,
            options.metadata,
        ),
        new_buffer=new_buffer,
        metadata=options.metadata,
        read_only=options.read_only,
        validation=options.validation,
    )


def limits_of(options: DryrunOptions, deadline: float | None) -> Limits:
    return Limits(options.max_requests, options.max_records, options.max_memory or memory_limit(), deadline)


def execute(
    run: Run,
    answers: Answers,
    script: Script,
    context: Context,
    options: DryrunOptions,
    audience: Audience,
    *,
    rate_limit: RateLimit | None = None,
    host_for: Callable[[DryrunRuntime], Host] | None = None,
) -> Dryrun:
    """Run ``script`` on what ``answers``. Raises: as :func:`run`."""
    runtime = answers.runtime(
        run, context, Nesting(), checkpoint=options.checkpoint, on_progress=audience.on_progress
    )
    result = Dryrun(
        script=script,
        connection_id=context.connection_id,
        target=run.target,
        started=datetime.now(UTC),
        runtime=runtime,
        findings=run.findings,
        triggered_syncs=answers.triggered,
        preview_rows=audience.preview_rows,
        caps={
            "max-requests": options.max_requests,
            "max-records": options.max_records,
            "memory": run.limits.max_memory,
            "timeout": options.timeout,
        },
        webhook=options.payload is not None,
        remote=options.remote,
        rate_limit=rate_limit,
        since=options.since,
        against=options.against,
        recall=audience.recall,
    )
    run.findings.problems += [*options.notes, *_problems_of(run.project, script)]
    host = host_in(run, answers, script) if host_for is None else host_for(runtime)
    try:
        if audience.on_start is not None:  # from here on it is known, and never left in the state "running"
            audience.on_start(result)
        output = _call(host, nango_of(runtime, context), run, script, options)
        if script.kind == "sync":
            if output is not None and not result.webhook:
                run.findings.add(_returns_value(script))
        else:
            with run.trace.on("saving"):
                result.output = as_json(output)
                check_data(run, script, "output", result.output)
        result.state = "succeeded"
    except LimitReached as reached:
        _limited(result, reached, host)
    except KeyboardInterrupt as error:
        seconds = run.trace.elapsed
        _interrupted(
            result, f"{script.name} was stopped after {seconds:.1f} s.", place_of(error, host.sources)
        )
    except BaseException as error:
        _failed(result, error, host, audience.locate_name)
    finally:
        result.spent = run.trace.spent
        result.seconds = sum(result.spent.values())
        if result.state == "failed":
            # the error is the result's, and holds this frame: what holds itself keeps its temporary files
            # open until a collection
            del result
    return result


def _call(host: Host, nango: NangoAction, run: Run, script: Script, options: DryrunOptions) -> Any:
    """What the script returns."""
    if script.kind == "action":
        with run.trace.on("saving"):
            check_data(run, script, "input", options.input)
    deadline = run.limits.deadline
    with relaxed_gc(), _alarm(deadline), run.trace.on("script"):
        if options.payload is not None:
            return host.run_webhook(nango, options.payload)
        return host.run(nango, options.input)


def _log_wait(trace: Trace, wait: Wait) -> None:
    if wait.begins:
        trace.log("info", f"{wait.words}.")


def _never_started(script: Script, timeout: float) -> ApiResponseError:
    from nangonb._nango import ApiResponseError

    return ApiResponseError(
        f"{script.name} was not started: Nango's rate limit asks for more than {timeout:g} s (--timeout).",
        code="too_many_request",
        status=429,
        hint="Try again later, or with a longer --timeout.",
    )


def _failed(
    result: Dryrun,
    error: BaseException,
    host: Host,
    locate_name: LocateName | None,
) -> NoReturn:
    """Keep what went wrong with the result, and raise it as one error that shows only the user's lines."""
    masker = result.masker
    result.state = "failed"
    result.error = error
    result.error_json = error_json(error, host.sources, masker)
    result.error_lines = trace_lines(error, host.sources, masker, whole=result.recall.error)
    advice = hint(error, result.runtime.run.project, locate_name)
    place = place_of(error, host.sources)
    text = masker.text(summary(error))
    first = text.splitlines()[0]
    warnings = _warnings(result)
    result.findings.add(Problem("script-failed", first[:_FIRST_LINE], place, advice))
    logged = [
        f"Logged: {short_line(printable(' '.join(message.split())))}"
        for message in result.trace.last_logged("error", _LOGGED)
    ]
    hints = [line for line in (masker.text(advice), *logged, *warnings, _kept(result)) if line]
    raise ScriptError(
        f"{result.script.name} failed: {short(text, whole=result.recall.error)}",
        dryrun=result,
        trace=result.error_lines,
        hint="\n".join(hints),
    ) from error


def _interrupted(result: Dryrun, message: str, place: Place | None) -> NoReturn:
    """Keep where it was stopped with the result, and raise it."""
    result.state = "interrupted"
    warnings = _warnings(result)
    result.findings.add(Problem("interrupted", message, place))
    where = result.masker.known(f"It was at {place}: {place.text.strip()}") if place else ""
    hints = [line for line in (where, *warnings, _kept(result)) if line]
    raise Interrupted(message, dryrun=result, hint="\n".join(hints)) from None


def _limited(result: Dryrun, reached: LimitReached, host: Host) -> None:
    result.capped = reached.limit
    place = place_of(reached, host.sources)
    limit = result.caps.get(reached.limit) or 0
    if reached.limit == "timeout":
        message = f"{result.script.name} was stopped: it ran longer than {limit:g} s (--timeout)."
        _interrupted(result, message, place)
    result.state = "succeeded"
    more, hint = "there may be more records", ""
    match reached.limit:
        case "repeated-page":
            why, more = ", because the provider gave the same page again and again", "Nango would go on"
        case "memory":
            grown, most = result.runtime.run.limits.growth // 2**20, int(limit) // 2**20
            reason = reached.why or f"it took {grown:,} MB of memory, and may take {most:,} MB"
            why = f", because {reason} (max_memory_mb)"
            hint = (
                "max_memory_mb below [tool.nangonb] in pyproject.toml sets how much it may take; "
                "saving each page before fetching the next one takes less."
            )
        case _:
            unit = reached.limit.removeprefix("max-")
            why = f" after {plural(int(limit), unit.removesuffix('s'))} (--{reached.limit})"
    result.findings.add(Problem("cap-reached", f"The run ended{why}; {more}.", place, hint))


def _kept(result: Dryrun) -> str:
    counts = result.counts
    total = counts.added + counts.updated + counts.deleted
    kept = plural(total, "record")
    if not result.remote:
        kept += f", {plural(result.trace.request_count, 'request')}"
    return f"Kept until then: {kept}: {result.recall.result}"


def _warnings(result: Dryrun) -> list[str]:
    """What else was found, one line each: it may well be why the script failed."""
    problems = [problem for problem in result.problem_list if problem.severity != "note"]
    lines = [
        f"▲ {problem.severity} {problem.code}: {short_line(problem.message)}"
        for problem in problems[:_WARNINGS]
    ]
    more = len(problems) - len(lines)
    return [*lines, *([f"… and {more:,} more: {result.recall.problems}"] if more else [])]


def _problems_of(project: Project, script: Script) -> Iterator[Problem]:
    """Errors of the project that concern this script are warnings here: a dry run still shows what it can."""
    unknown = False  # what the script says itself
    for problem in concerning(project, script, project.problems):
        unknown = unknown or problem.code in ("typescript-declaration", "needs-node")
        if problem.severity == "error":
            yield replace(problem, severity="warning")
    if script.kind == "sync" and not script.config.output and not unknown:
        line = wording.line_of(script, "output: Contact")
        yield Problem(
            "undeclared-output",
            f"Nothing declares which models {script.name} saves to.",
            script.source.top,
            "models: { Contact: z.object({ … }) }"
            if script.style == "zero"
            else f"Declare it in {wording.yaml_home(project)}, or add a line: {line}",
        )


def _returns_value(script: Script) -> Problem:
    return Problem(
        "sync-returns-value",
        "fetch_data returned a value. A sync saves its records with nango.batch_save and returns nothing.",
        script.source.top,
        "Remove the return value: the real CLI refuses it.",
    )


@contextlib.contextmanager
def _alarm(deadline: float | None) -> Iterator[None]:
    """Ends an endless loop, too, where signals can: in the main thread of a Unix process."""
    seconds = None if deadline is None else max(deadline - time.monotonic(), _SOON)
    usable = seconds is not None and hasattr(signal, "setitimer")
    if not usable or threading.current_thread() is not threading.main_thread():
        yield
        return

    over = False

    def ring(signum: int, frame: FrameType | None) -> None:
        if not over:
            raise LimitReached("timeout")

    before = signal.getsignal(signal.SIGALRM)
    try:  # first, so that an interrupt in between leaves nothing behind
        signal.signal(signal.SIGALRM, ring)
        # again and again, so that a bare `except:` of the script does not outlive it
        signal.setitimer(signal.ITIMER_REAL, seconds or 0, _RING_AGAIN)
        yield
    finally:
        over = True
        try:
            signal.setitimer(signal.ITIMER_REAL, 0)
        finally:
            signal.signal(signal.SIGALRM, before)
