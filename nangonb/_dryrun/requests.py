"""Requests of one script: through Nango's proxy, and past it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from nangonb._dryrun.limits import LimitReached
from nangonb._dryrun.reading import Asked, only_reads
from nangonb._dryrun.script_errors import http_error, sdk_error
from nangonb._dryrun.shared import ProgressMeter, Run
from nangonb._dryrun.traceback import calling_place
from nangonb._nango import Client, ProxyRequest, ProxyResponse, TransportError
from nangonb._nango.answers import legible
from nangonb._project import Problem
from nangonb._records import decode, may_round, rounded, unsafe_integers
from nangonb._sdk import Context
from nangonb._trace import RequestEntry
from nangonb.errors import ActionError, ApiError, HTTPError, UsageError

if TYPE_CHECKING:
    from nangonb._project import Severity
    from nangonb._sdk.fetch import FetchAnswer, FetchRequest
    from nangonb._sdk.runtime import Doubt

__all__ = ["Requests", "begin_fetch", "begin_proxy", "check_repeats"]

_REPEATS_WARNED: Final = 3
_REPEATS_MOST: Final = 100
_LOGIN: Final = 65_536  # bytes
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class Requests:
    """Writes to the provider really happen, and are counted."""

    def __init__(self, run: Run, client: Client, context: Context, meter: ProgressMeter) -> None:
        self._run, self._client, self._context, self._meter = run, client, context, meter

    def send(self, request: ProxyRequest, *, page: int | None = None) -> ProxyResponse:
        run, trace, limits, recording = self._run, self._run.trace, self._run.limits, self._run.recording
        entry = begin_proxy(run, self._context, request, page, retries=request.retries)
        with trace.on("other"):
            identity = recording.identity(request)
            recording.keep_sent(entry.n, request, identity)
        largest = limits.largest_body
        body = f"the answer to {request.method} {request.endpoint}"
        try:
            answer = self._client.proxy(request, largest=largest)
        except TransportError as error:
            trace.end(entry, status=error.status, code=error.code, received=error.received)
            limits.check_time()
            if error.is_too_large and largest is not None:
                limits.check_largest(largest, body)
            raise http_error(error, request.method, request.endpoint) from None
        except ApiError as error:
            trace.end(entry, status=error.status, code=error.code)
            recording.keep_refusal(entry.n, identity, error)
            raise http_error(error, request.method, request.endpoint) from None
        except UsageError as error:  # data or headers that cannot be sent
            trace.end(entry, code="invalid_request")
            raise sdk_error(error) from None
        except BaseException:
            trace.end(entry, code="interrupted")
            raise
        trace.end(entry, status=answer.status, received=answer.received)
        if request.response_type not in ("text", "arraybuffer"):
            limits.check_body(answer.content, body)
        with trace.on("other"):
            recording.keep(
                entry.n, identity, answer.status, answer.headers, answer.content, request.response_type
            )
            self._look_for_large_integers(request, answer)
            self._learn(entry, answer.content)
        self._meter.pages += 1
        self._meter.report()
        return replace(answer, number=entry.n)

    def fetch(self, request: FetchRequest) -> FetchAnswer:
        from nangonb._dryrun.fetch import BodyTooLarge, fetch

        run, trace, limits = self._run, self._run.trace, self._run.limits
        entry = begin_fetch(run, self._context, request)
        transport, largest = self._client.transport, limits.largest_body
        body = f"the answer to {request.method} {request.url}"
        try:
            # where Nango runs on this machine, so does what it may ask
            answer = fetch(
                request,
                loopback=urlsplit(transport.host).hostname in _LOOPBACK,
                deadline=transport.end_of(transport.seconds),
                largest=min(largest or transport.largest, transport.largest),
            )
        except ActionError as error:
            trace.end(entry, code=str(error.payload["code"]))
            raise
        except HTTPError as error:
            trace.end(entry, code=error.code)
            limits.check_time()
            if isinstance(error, BodyTooLarge) and largest is not None:
                limits.check_largest(largest, body)
            raise
        except BaseException:
            trace.end(entry, code="interrupted")
            raise
        trace.end(entry, status=answer.status, received=len(answer.content))
        limits.check_body(answer.content, body)
        run.recording.keep_fetch(entry.n, request, answer)
        self._learn(entry, answer.content)
        return answer

    def repeated(self, what: str, times: int) -> None:
        check_repeats(self._run, what, times)

    def doubt(self, doubt: Doubt) -> None:
        self._run.trace.log("warn", doubt.message)
        place = calling_place(self._run.sources)
        severity: Severity = "error" if doubt.lost else "warning"
        self._run.findings.add(Problem(doubt.code, doubt.message, place, doubt.hint, severity=severity))

    def _look_for_large_integers(self, request: ProxyRequest, answer: ProxyResponse) -> None:
        """Once in a run. A script that takes the answer as text or bytes gets every digit."""
        findings = self._run.findings
        if findings.rounded is not None or request.response_type in ("text", "arraybuffer"):
            return
        if not may_round(answer.content):
            return
        try:
            counts = rounded(decode(answer.content))
        except ValueError:  # no JSON: the script gets text
            return
        if counts:
            of = f"the answer to {request.method.upper()} {request.endpoint}"
            reason = "Nango rounds them when it reads the answer."
            findings.rounded = unsafe_integers(of, counts, reason, place=calling_place(self._run.sources))

    def _learn(self, entry: RequestEntry, content: bytes) -> None:
        """The answer to a login holds the secrets of what follows."""
        if not entry.writes_provider or len(content) > _LOGIN:
            return
        answer = legible(content)
        if isinstance(answer, Mapping):
            texts = {name: value for name, value in answer.items() if isinstance(value, str)}
            self._run.masker.learn(texts)


def begin_proxy(
    run: Run, context: Context, request: ProxyRequest, page: int | None, *, retries: int = 0
) -> RequestEntry:
    """A request through the proxy starts. Raises what :meth:`Run.before_request` does."""
    is_own = request.base_url_override is None and request.provider_config_key == context.integration
    provider = context.provider if is_own else ""
    asked = Asked(request.method, request.endpoint, provider, request.params, request.headers, request.data)
    reads = only_reads(asked, context.reads)
    run.before_request(request.method, request.endpoint, reads=reads)
    return run.trace.begin(
        request.method,
        request.endpoint,
        params=request.params,
        headers=request.headers,
        retries=retries,
        page=page,
        reads=reads,
        sent=(request.data, request.base_url_override),
    )


def begin_fetch(run: Run, context: Context, request: FetchRequest) -> RequestEntry:
    """The same of a request past the proxy."""
    asked = Asked(request.method, request.url, headers=request.headers, data=request.body)
    reads = only_reads(asked, context.reads)
    run.before_request(request.method, request.url, reads=reads)
    return run.trace.begin(
        request.method, request.url, headers=request.headers, kind="fetch", reads=reads, sent=request.body
    )


def check_repeats(run: Run, what: str, times: int) -> None:
    """While paginating, the provider gave ``what`` again: warns, and raises LimitReached in the end."""
    if times == _REPEATS_WARNED:
        message = f"The provider gave {what} again, {times} times in a row: the pages may never end."
        run.trace.log("warn", message)
        hint = "Check cursor_path_in_response, and which parameter of the provider selects the next page."
        run.findings.add(Problem("repeated-page", message, calling_place(run.sources), hint))
    if times >= _REPEATS_MOST:
        raise LimitReached("repeated-page")
