"""The Runtime of a dry run: requests go out through Nango's proxy, records stay here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from nangonb.dryrun.kept import Kept
from nangonb.dryrun.remote import Remote
from nangonb.dryrun.script_errors import as_script_error, http_error, read_only, sdk_error
from nangonb.dryrun.state import CapReached, Progress
from nangonb.dryrun.traceback import calling_place
from nangonb.errors import ActionError, ApiError, HTTPError, UsageError
from nangonb.nango import ProxyRequest, ProxyResponse, TransportError
from nangonb.nango.answers import legible
from nangonb.project import Problem
from nangonb.records import decode, may_round, rounded, unsafe_integers
from nangonb.trace import RequestEntry

if TYPE_CHECKING:
    from nangonb.project import Severity
    from nangonb.sdk.fetch import FetchAnswer, FetchRequest
    from nangonb.sdk.runtime import Doubt

__all__ = ["CapReached", "DryrunRuntime", "Progress"]

_REPEATS_SAID: Final = 3
_REPEATS_MOST: Final = 100
_LOGIN: Final = 65_536  # bytes
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class DryrunRuntime(Remote, Kept):
    """Stores nothing in Nango. Writes to the provider and to metadata really happen, and are counted."""

    def begin(self, request: ProxyRequest, page: int | None, *, retries: int = 0) -> RequestEntry:
        """A request of the script starts. Raises what :meth:`before` does."""
        reads = self.only_reads(request)
        self.before(request.method, request.endpoint, reads=reads)
        return self.trace.begin(
            request.method,
            request.endpoint,
            params=request.params,
            headers=request.headers,
            retries=retries,
            page=page,
            reads=reads,
            sent=(request.data, request.base_url_override),
        )

    def begin_fetch(self, request: FetchRequest) -> RequestEntry:
        """The same of a request past the proxy."""
        reads = self.fetch_only_reads(request)
        self.before(request.method, request.url, reads=reads)
        return self.trace.begin(
            request.method,
            request.url,
            headers=request.headers,
            kind="fetch",
            reads=reads,
            sent=request.body,
        )

    def send(self, request: ProxyRequest, *, page: int | None = None) -> ProxyResponse:
        entry = self.begin(request, page, retries=request.retries)
        with self.trace.on("other"):
            identity = self.recording.identity(request)
            self.recording.keep_sent(entry.n, request, identity)
        largest = self.caps.largest_body
        try:
            answer = self.client.proxy(request, largest=largest)
        except TransportError as error:
            self.trace.end(entry, status=error.status, code=error.code, received=error.received)
            self.check_time()
            if error.is_too_large and largest is not None:
                self.caps.check_largest(largest, f"the answer to {request.method} {request.endpoint}")
            raise http_error(error, request.method, request.endpoint) from None
        except ApiError as error:
            self.trace.end(entry, status=error.status, code=error.code)
            self.recording.keep_refusal(entry.n, identity, error)
            raise http_error(error, request.method, request.endpoint) from None
        except UsageError as error:  # data or headers that cannot be sent
            self.trace.end(entry, code="invalid_request")
            raise sdk_error(error) from None
        except BaseException:
            self.trace.end(entry, code="interrupted")
            raise
        self.trace.end(entry, status=answer.status, received=answer.received)
        if request.response_type not in ("text", "arraybuffer"):
            self.caps.check_body(answer.content, f"the answer to {request.method} {request.endpoint}")
        with self.trace.on("other"):
            self.recording.keep(
                entry.n, identity, answer.status, answer.headers, answer.content, request.response_type
            )
            self._look_for_large_integers(request, answer)
            self._learn(entry, answer.content)
        self._pages += 1
        self.progress()
        return replace(answer, number=entry.n)

    def _look_for_large_integers(self, request: ProxyRequest, answer: ProxyResponse) -> None:
        """Once in a run. A script that takes the answer as text or bytes gets every digit."""
        first = self.first
        if first.rounded is not None or request.response_type in ("text", "arraybuffer"):
            return
        if not may_round(answer.content):
            return
        try:
            counts = rounded(decode(answer.content))
        except ValueError:  # no JSON: the script gets text
            return
        if counts:
            of = f"the answer to {request.method.upper()} {request.endpoint}"
            said = "Nango rounds them when it reads the answer."
            first.rounded = unsafe_integers(of, counts, said, place=calling_place(self.scripts.sources))

    def fetch(self, request: FetchRequest) -> FetchAnswer:
        from nangonb.dryrun.fetch import BodyTooLarge, fetch

        entry = self.begin_fetch(request)
        largest = self.caps.largest_body
        try:
            # where Nango runs on this machine, so does what it may ask
            answer = fetch(
                request,
                loopback=urlsplit(self.client.host).hostname in _LOOPBACK,
                seconds=self.client.transport.seconds,
                largest=min(largest or self.client.transport.largest, self.client.transport.largest),
            )
        except ActionError as error:
            self.trace.end(entry, code=str(error.payload["code"]))
            raise
        except HTTPError as error:
            self.trace.end(entry, code=error.code)
            self.check_time()
            if isinstance(error, BodyTooLarge) and largest is not None:
                self.caps.check_largest(largest, f"the answer to {request.method} {request.url}")
            raise
        except BaseException:
            self.trace.end(entry, code="interrupted")
            raise
        self.trace.end(entry, status=answer.status, received=len(answer.content))
        self.caps.check_body(answer.content, f"the answer to {request.method} {request.url}")
        self.recording.keep_fetch(entry.n, request, answer)
        self._learn(entry, answer.content)
        return answer

    def _learn(self, entry: RequestEntry, content: bytes) -> None:
        """The answer to a login holds the secrets of what follows."""
        if not entry.writes_provider or len(content) > _LOGIN:
            return
        found = legible(content)
        if isinstance(found, Mapping):
            texts = {name: value for name, value in found.items() if isinstance(value, str)}
            self.scripts.masker.learn(texts)

    def repeated(self, what: str, times: int) -> None:
        if times == _REPEATS_SAID:
            message = f"The provider gave {what} again, {times} times in a row: the pages may never end."
            self.log("warn", message)
            hint = "Look at cursor_path_in_response and at what the provider takes as the next page."
            place = calling_place(self.scripts.sources)
            self.add(Problem("repeated-page", message, place, hint))
        if times >= _REPEATS_MOST:
            raise CapReached("repeated-page")

    def doubt(self, doubt: Doubt) -> None:
        self.log("warn", doubt.message)
        place = calling_place(self.scripts.sources)
        severity: Severity = "error" if doubt.lost else "warning"
        self.add(Problem(doubt.code, doubt.message, place, doubt.hint, severity=severity))

    # Other scripts

    def trigger_action(self, provider_config_key: str, connection_id: str, name: str, input: Any) -> Any:
        own = self.scripts.find(self, "action", provider_config_key, name)
        if own is not None:
            self.log("debug", f"The action {name} is declared here, and runs here.")
            return self.scripts.action(self, own, provider_config_key, connection_id, input)
        path = "/action/trigger"
        asked = {"action_name": name, **({} if input is None else {"input": input})}
        if self.read_only:
            raise read_only(f"The action {name} may write to the provider")
        self.before("POST", path, reads=False)
        entry = self.trace.begin("POST", path, params={"action_name": name}, kind="action", sent=input)
        try:
            with as_script_error("POST", path):
                output = self.client.actions.trigger(
                    name, input, connection_id=connection_id, provider_config_key=provider_config_key
                )
        except HTTPError as error:
            self.trace.end(entry, status=error.status, code=error.code)
            if error.status == 404 and not getattr(error, "__notes__", None):
                error.add_note(
                    f"No action {name} is declared here, and none is deployed in {provider_config_key}."
                )
            if error.status is not None:
                self.recording.keep_api(
                    "POST", path, error.data, status=error.status, data=asked, number=entry.n
                )
            raise
        except BaseException:
            self.trace.end(entry, code="interrupted")
            raise
        self.trace.end(entry, status=200)
        self.recording.keep_api("POST", path, output, data=asked, number=entry.n)
        return output

    def trigger_sync(
        self, provider_config_key: str, connection_id: str, sync: str, variant: str, mode: str | None
    ) -> None:
        own = self.scripts.find(self, "sync", provider_config_key, sync)
        if own is None:
            self.log(
                "warn",
                f"The sync {sync} of {provider_config_key} is not declared here, and nothing was run; "
                "on Nango this would trigger it.",
            )
            return
        result = self.scripts.sync(self, own, provider_config_key, connection_id, variant)
        if result.error_json is not None:
            self.log("error", f"The sync {sync} failed: {result.error_json['message']}")
            return
        added, updated, deleted = result.counts.added, result.counts.updated, result.counts.deleted
        self.log(
            "info",
            f"The sync {sync} was dry run here (added {added:,}, updated {updated:,}, deleted "
            f"{deleted:,}); nothing was triggered in Nango.",
        )

    def start_sync(self, provider_config_key: str, syncs: Sequence[str], connection_id: str | None) -> None:
        self.log("info", "This has no effect but on a remote Nango instance would start a schedule")
