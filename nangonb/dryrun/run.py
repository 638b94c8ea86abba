"""A dry run from start to end."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import FrameType
from typing import TYPE_CHECKING, Any, Final, NoReturn

from nangonb.dryrun.caps import CapReached, Caps, memory_limit
from nangonb.dryrun.checks import as_json, check_data
from nangonb.dryrun.connections import Connections
from nangonb.dryrun.hosts import Host, host_of
from nangonb.dryrun.nested import OwnScripts, models_of
from nangonb.dryrun.recall import Recall
from nangonb.dryrun.recording import LIMIT, Recording
from nangonb.dryrun.result import Dryrun
from nangonb.dryrun.runtime import DryrunRuntime, Progress
from nangonb.dryrun.traceback import (
    error_json,
    hint,
    place_of,
    short,
    short_line,
    summary,
    trace_lines,
)
from nangonb.dryrun.waiting import Waiting
from nangonb.errors import Interrupted, ScriptError
from nangonb.masking import Masker
from nangonb.project import Place, Problem, Project, Script, wording
from nangonb.project.elsewhere import LocateName
from nangonb.project.script_problems import concerning
from nangonb.records import RecordBuffer, relaxed_gc
from nangonb.sdk import Context, NangoAction, NangoSync
from nangonb.text import plural, printable
from nangonb.trace import Trace

if TYPE_CHECKING:
    from nangonb.dryrun.compare import Earlier
    from nangonb.nango import ApiResponseError, Client

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


def run(
    project: Project,
    script: Script,
    *,
    client: Client,
    masker: Masker,
    integration: str,
    connection_id: str,
    target: str,
    environment: str = "",
    options: DryrunOptions,
    preview_rows: int = 20,
    on_start: Callable[[Dryrun], None] | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    locate_name: LocateName | None = None,
    recall: Recall | None = None,
    connections: Connections | None = None,
    columns: bool = True,
    runtime_type: type[DryrunRuntime] = DryrunRuntime,
) -> Dryrun:
    """Run ``script`` on a connection. ``on_start`` gets the result before there is anything in it.
    ``columns`` is how records are kept: see RecordBuffer.

    Raises:
        ScriptError: the script raised or broke an enforced rule; ``error.dryrun`` is the partial result.
        Interrupted: the user stopped it; likewise.
        ApiError, NetworkError: Nango refused or did not answer before the script started.
        ProjectError: with ``remote``, it cannot be sent, or Nango cannot compile it.
    """
    deadline = None if options.timeout is None else time.monotonic() + options.timeout
    waiting = Waiting(deadline)
    client = client.watched(waiting)
    connections = connections or Connections(client)
    try:
        _, provider = connections.first((integration, connection_id))
    except CapReached:
        raise _never_started(script, options.timeout or 0) from None
    context = Context(
        script=script.name,
        integration=integration,
        connection_id=connection_id,
        provider=provider,
        is_sync=script.kind == "sync",
        models=models_of(script),
        last_sync_date=options.last_sync_date,
        variant=options.variant,
        environment_name=environment,
        script_type=script.kind,
        track_deletes=script.config.track_deletes,
        reads=script.reads,
    )
    own = OwnScripts(project, masker, target, options.validation)
    trace = waiting.trace = Trace(masker)
    runtime = runtime_type(
        client=client,
        context=context,
        trace=trace,
        new_buffer=lambda model, variant: _new_buffer(project, script, model, variant, options, columns),
        connections=connections,
        scripts=own,
        stub=options.metadata,
        read_only=options.read_only,
        max_requests=options.max_requests,
        on_progress=on_progress,
        checkpoint=None if options.checkpoint is None else dict(options.checkpoint),
        deadline=deadline,
        caps=Caps(options.max_records, options.max_memory or memory_limit()),
    )
    runtime.recording = Recording(
        None if options.save_responses else LIMIT,
        options.input,
        options.payload is not None,
        options.metadata,
    )
    connections.asking = runtime.asking
    result = Dryrun(
        script=script,
        connection_id=connection_id,
        target=target,
        started=datetime.now(UTC),
        trace=runtime.trace,
        runtime=runtime,
        masker=masker,
        preview_rows=preview_rows,
        caps={
            "max-requests": options.max_requests,
            "max-records": options.max_records,
            "memory": runtime.caps.max_memory,
            "timeout": options.timeout,
        },
        webhook=options.payload is not None,
        remote=options.remote,
        waiting=waiting,
        since=options.since,
        against=options.against,
        _problems=runtime.problems,
        recall=recall or Recall(),
    )
    result._problems.extend([*options.notes, *_problems_of(project, script)])
    nango = NangoSync(runtime, context) if script.kind == "sync" else NangoAction(runtime, context)
    host: Host
    if options.remote:
        from nangonb.dryrun.functions_host import FunctionsHost

        host = FunctionsHost(project, script, runtime, options, sources=own.sources)
        host.start()
    else:
        host = host_of(project, script, runtime, sources=own.sources)
    try:
        if on_start is not None:  # from here on it is known, and never left in the state "running"
            on_start(result)
        if script.kind == "action":
            with runtime.trace.on("saving"):
                check_data(runtime, project, script, "input", options.input, enforce=options.validation)
        with relaxed_gc(), _alarm(runtime.deadline), _until(runtime.deadline), runtime.trace.on("script"):
            webhook = options.payload is not None
            output = host.run_webhook(nango, options.payload) if webhook else host.run(nango, options.input)
        if script.kind == "sync":
            if output is not None and not webhook:
                result._add(_returns_value(script))
        else:
            with runtime.trace.on("saving"):
                result.output = as_json(output)
                check_data(runtime, project, script, "output", result.output, enforce=options.validation)
        result.state = "succeeded"
    except CapReached as cap:
        _capped(result, cap, host)
    except KeyboardInterrupt as error:
        seconds = runtime.trace.elapsed
        _interrupted(
            result, f"{script.name} was stopped after {seconds:.1f} s.", place_of(error, host.sources)
        )
    except BaseException as error:
        _failed(result, error, host, project, masker, locate_name)
    finally:
        del connections.asking  # which holds the runtime
        result.spent = runtime.trace.spent
        result.seconds = sum(result.spent.values())
        if result.state == "failed":
            # the error is the result's, and holds this frame: what holds itself keeps its temporary files
            # open until a collection
            del result
    return result


def _never_started(script: Script, timeout: float) -> ApiResponseError:
    from nangonb.nango import ApiResponseError

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
    project: Project,
    masker: Masker,
    locate_name: LocateName | None,
) -> None:
    """Keep what went wrong with the result, and raise it as one error that shows only the user's lines."""
    result.state = "failed"
    result.error = error
    result.error_json = error_json(error, host.sources, masker)
    result.error_lines = trace_lines(error, host.sources, masker, whole=result.recall.error)
    said = hint(error, project, locate_name)
    place = place_of(error, host.sources)
    text = masker.text(summary(error))
    first = text.splitlines()[0]
    warnings = _warnings(result)
    result._add(Problem("script-failed", first[:_FIRST_LINE], place, said))
    logged = [
        f"Logged: {short_line(printable(' '.join(message.split())))}"
        for message in result.trace.last_logged("error", _LOGGED)
    ]
    hints = [line for line in (masker.text(said), *logged, *warnings, _kept(result)) if line]
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
    result._add(Problem("interrupted", message, place))
    where = result.masker.known(f"It was at {place}: {place.text.strip()}") if place else ""
    hints = [line for line in (where, *warnings, _kept(result)) if line]
    raise Interrupted(message, dryrun=result, hint="\n".join(hints)) from None


def _capped(result: Dryrun, cap: CapReached, host: Host) -> None:
    result.capped = cap.what
    place = place_of(cap, host.sources)
    limit = result.caps.get(cap.what) or 0
    if cap.what == "timeout":
        message = f"{result.script.name} was stopped: it ran longer than {limit:g} s (--timeout)."
        _interrupted(result, message, place)
    result.state = "succeeded"
    more, hint = "there may be more records", ""
    match cap.what:
        case "repeated-page":
            why, more = ", because the provider gave the same page again and again", "Nango would go on"
        case "memory":
            grown, most = result.runtime.caps.grown // 2**20, int(limit) // 2**20
            said = cap.why or f"it took {grown:,} MB of memory, and may take {most:,} MB"
            why = f", because {said} (max_memory_mb)"
            hint = (
                "max_memory_mb below [tool.nangonb] in pyproject.toml sets how much it may take; "
                "saving each page before the next is fetched takes less."
            )
        case _:
            unit = cap.what.removeprefix("max-")
            why = f" after {plural(int(limit), unit.removesuffix('s'))} (--{cap.what})"
    result._add(Problem("cap-reached", f"The run ended{why}; {more}.", place, hint))


def _kept(result: Dryrun) -> str:
    counts = result.counts
    total = counts.added + counts.updated + counts.deleted
    kept = plural(total, "record")
    if not result.remote:
        kept += f", {plural(result.trace.request_count, 'request')}"
    return f"Kept until then: {kept}: {result.recall.result}"


def _warnings(result: Dryrun) -> list[str]:
    """What else was found, one line each: it may well be why the script failed."""
    found = [problem for problem in result.problem_list if problem.severity != "note"]
    lines = [
        f"▲ {problem.severity} {problem.code}: {short_line(problem.message)}" for problem in found[:_WARNINGS]
    ]
    more = len(found) - len(lines)
    return [*lines, *([f"… and {more:,} more: {result.recall.problems}"] if more else [])]


def _problems_of(project: Project, script: Script) -> Iterator[Problem]:
    """Errors of the project that concern this script are warnings here: a dry run still shows what it can."""
    from dataclasses import replace

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


def _new_buffer(
    project: Project, script: Script, model: str, variant: str, options: DryrunOptions, columns: bool
) -> RecordBuffer:
    return RecordBuffer(
        model,
        project.model_schema(model, script),
        fields=project.model_fields(model, script),
        variant=variant,
        enforce=options.validation,
        columns=columns,
    )


@contextlib.contextmanager
def _until(deadline: float | None) -> Iterator[None]:
    """Requests end with the run, in any thread: where it has no alarm, or that is not heard."""
    from nangonb.nango.transfer import until

    with contextlib.nullcontext() if deadline is None else until(deadline + _AFTER_THE_ALARM):
        yield


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
            raise CapReached("timeout")

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
