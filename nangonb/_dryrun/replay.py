"""A replay: saved responses answer, and nothing is asked over a network."""

from __future__ import annotations

import copy
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from nangonb._dryrun.identity import Identity, data_identity, identities, whole_data
from nangonb._dryrun.recording import api_identity
from nangonb._dryrun.records import page_params
from nangonb._dryrun.requests import begin_fetch, begin_proxy, check_repeats
from nangonb._dryrun.result import Dryrun
from nangonb._dryrun.run import Audience, Destination, DryrunOptions, execute, limits_of, run_of
from nangonb._dryrun.runtime import DryrunRuntime
from nangonb._dryrun.saved_responses import Saved, SavedResponses, same_text
from nangonb._dryrun.script_errors import sdk_error
from nangonb._dryrun.shared import Key, Nesting, Progress, ProgressMeter, Run
from nangonb._dryrun.triggers import Triggers, models_of
from nangonb._masking import Masker
from nangonb._nango import ProxyRequest, ProxyResponse, js_string
from nangonb._nango.providers import pagination
from nangonb._records import to_js_json
from nangonb._scripts.context import context_of
from nangonb._sdk import Context
from nangonb._trace import Trace
from nangonb.errors import HTTPError, SDKError, UsageError

if TYPE_CHECKING:
    from nangonb._project import Project, Script
    from nangonb._sdk.fetch import FetchAnswer, FetchRequest
    from nangonb._sdk.runtime import Doubt

TARGET: Final = "saved responses"
_CONNECTION: Final = "saved"
_MOST_REQUESTS: Final = 10_000
_SECONDS: Final = 60.0
#: What Nango's test library gives for any integration.
_WEBHOOK_URL: Final = "https://example.com/webhook"


def replay(project: Project, script: Script, saved: SavedResponses) -> Dryrun:
    """Run ``script`` on what is saved; offline, and as a first run: without a date or a checkpoint.

    Raises:
        ScriptError: the script raised, or asked for something that is not saved.
        Interrupted: the user stopped it, or it ran longer than a minute.
    """
    masker = Masker()
    answers = SavedAnswers(replace(saved, _given=set()))  # which answers were given is this run's
    connection = saved.nango.get("getConnection") or {}
    to = Destination(
        masker=masker,
        integration=script.integration or "",
        connection_id=str(connection.get("connection_id") or _CONNECTION),
        target=TARGET,
    )
    options = DryrunOptions(
        input=saved.input, variant=_variant(saved), max_requests=_MOST_REQUESTS, timeout=_SECONDS
    )
    audience, limits = Audience(), limits_of(options, time.monotonic() + _SECONDS)
    run = run_of(project, script, to, options, audience, Trace(masker), limits)
    # the provider is the connection's own, or named as the integration
    provider = str(connection.get("provider") or to.integration)
    context = context_of(
        script, to.key, provider, environment="", models=models_of(script), variant=options.variant
    )
    return execute(run, answers, script, context, options, audience)


class SavedAnswers:
    """What is saved, and what the run did to it: ``metadata`` that it wrote."""

    is_replay = True

    def __init__(self, saved: SavedResponses) -> None:
        self.triggered: list[Dryrun] = []
        self.metadata: dict[str, Any] | None = None
        self._saved = saved
        self._fetched: Counter[int] = Counter()

    @property
    def nango(self) -> Mapping[str, Any]:
        """What the file has of Nango itself."""
        return self._saved.nango

    def provider_of(self, key: Key) -> str:
        return str((self.nango.get("getConnection") or {}).get("provider") or "")

    def runtime(
        self,
        run: Run,
        context: Context,
        nesting: Nesting,
        *,
        checkpoint: Mapping[str, Any] | None = None,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> DryrunRuntime:
        return DryrunRuntime(
            run,
            context,
            nesting,
            ProgressMeter(run.trace, on_progress),
            requests=SavedRequests(run, context, self),
            connection=SavedConnection(context, nesting, self),
            scripts=Triggers(run, context, nesting, self, self.action),
            stored=SavedRecords(self),
            checkpoint=checkpoint,
        )

    def response(self, candidates: Sequence[Identity], whole: str | None = None) -> Saved:
        """The answer to a request. Raises SDKError where none is saved."""
        return self._saved.find(candidates, whole)

    def api(self, method: str, path: str, *, params: Any = None, data: Any = None) -> Saved:
        """The same for a request to Nango's own API."""
        return self.response([api_identity(method, path, params=params, data=data)])

    def action(self, provider_config_key: str, connection_id: str, name: str, input: Any) -> Any:
        """The output of an action that the project does not have."""
        data = {"action_name": name, **({} if input is None else {"input": input})}
        saved = self.api("POST", "/action/trigger", data=data)
        if saved.status >= 400:
            raise HTTPError(
                f"Request failed with status code {saved.status}",
                status=saved.status,
                data=copy.deepcopy(saved.response),
                headers={"content-type": "application/json"},
                method="POST",
                url="/action/trigger",
            )
        return copy.deepcopy(saved.response)

    def fetched(self, request: FetchRequest) -> Mapping[str, Any] | None:
        """The answer to a request past the proxy; None where none is saved."""
        sent = request.method, request.url, data_identity(request.body)
        saved = [
            (one, (one.get("method"), one.get("url"), one.get("data")))
            for one in self.nango.get("uncontrolledFetch") or ()
        ]
        same = [one for one, parts in saved if parts == sent] or [
            one  # in which something is masked
            for one, parts in saved
            if all(same_text(str(part or ""), want or "") for part, want in zip(parts, sent, strict=True))
        ]
        if not same:
            return None
        first = id(same[0])  # what is masked looks the same for several requests: then in their order
        answer: Mapping[str, Any] = same[min(self._fetched[first], len(same) - 1)]
        self._fetched[first] += 1
        return answer


class SavedRequests:
    """Requests of one script."""

    def __init__(self, run: Run, context: Context, answers: SavedAnswers) -> None:
        self._run, self._context, self._answers = run, context, answers

    def send(self, request: ProxyRequest, *, page: int | None = None) -> ProxyResponse:
        trace = self._run.trace
        entry = begin_proxy(self._run, self._context, request, page)
        try:
            candidates = identities(request)
            saved = self._answers.response(candidates, whole_data(request, candidates[0].data))
        except UsageError as error:
            trace.end(entry, code="invalid_request")
            raise sdk_error(error) from None
        except SDKError as error:
            trace.end(entry, code=error.code)
            raise
        content = _content(saved.response, request.response_type)
        trace.end(entry, status=saved.status, received=len(content))
        headers = {name.lower(): _header(value) for name, value in saved.headers.items()}
        return ProxyResponse(
            saved.status, headers, content, 0.0, "", len(content), only_page=saved.any_request
        )

    def fetch(self, request: FetchRequest) -> FetchAnswer:
        from nangonb._sdk.fetch import FetchAnswer

        entry = begin_fetch(self._run, self._context, request)
        saved = self._answers.fetched(request)
        if saved is None:
            self._run.trace.end(entry, code="no_saved_response")
            raise _missing(f"{request.method} {request.url} (uncontrolled_fetch)")
        body = _content(saved.get("response"), "arraybuffer")
        self._run.trace.end(entry, status=saved["status"], received=len(body))
        return FetchAnswer(
            saved["status"], dict(saved.get("headers") or {}), body, saved.get("at") or request.url
        )

    def repeated(self, what: str, times: int) -> None:
        check_repeats(self._run, what, times)

    def doubt(self, doubt: Doubt) -> None:
        """Only logged: it is a problem of the run whose responses these are, and what comes of them is
        compared with what that run gave."""
        self._run.trace.log("warn", doubt.message)


class SavedConnection:
    """The connection of one script."""

    def __init__(self, context: Context, nesting: Nesting, answers: SavedAnswers) -> None:
        self._context, self._nesting, self._answers = context, nesting, answers

    def get(self, provider_config_key: str, connection_id: str, **options: bool) -> dict[str, Any]:
        if "getConnection" not in self._answers.nango:
            raise _missing("get_connection")
        connection: dict[str, Any] = copy.deepcopy(self._answers.nango["getConnection"] or {})
        if self._answers.metadata is not None:
            connection["metadata"] = copy.deepcopy(self._answers.metadata)
        return connection

    def metadata(self) -> dict[str, Any]:
        written = self._answers.metadata
        return self._saved_metadata() if written is None else copy.deepcopy(written)

    def write_metadata(self, metadata: Mapping[str, Any], *, merge: bool) -> None:
        answers = self._answers
        before: Mapping[str, Any] = {}
        if merge:
            before = answers.metadata or {}
            if answers.metadata is None and {"getMetadata", "getConnection"} & set(answers.nango):
                before = self._saved_metadata()
        answers.metadata = {**before, **copy.deepcopy(dict(metadata))}
        self._nesting.count_metadata_write()

    def _saved_metadata(self) -> dict[str, Any]:
        nango = self._answers.nango
        if "getMetadata" in nango:
            return copy.deepcopy(nango["getMetadata"] or {})
        if "getConnection" in nango:  # the CLI saves no metadata where the connection has none
            return copy.deepcopy((nango["getConnection"] or {}).get("metadata") or {})
        raise _missing("get_metadata")

    def integration(self, include: Sequence[str]) -> dict[str, Any]:
        params = {"include": list(include)} if include else {}
        try:
            path = f"/integrations/{self._context.integration}"
            answer = self._answers.api("GET", path, params=params).response
        except SDKError:
            if list(include) != ["webhook"]:
                raise
            answer = {"data": {"webhook_url": _WEBHOOK_URL}}
        return copy.deepcopy(answer["data"]) if isinstance(answer, Mapping) and "data" in answer else {}

    def provider(self) -> Mapping[str, Any]:
        saved = self._answers.nango.get("provider")
        if isinstance(saved, Mapping):
            return saved
        return {"proxy": {"paginate": pagination(self._context.provider)}}

    def environment_variables(self) -> list[dict[str, str]]:
        variables: list[dict[str, str]] = self._answers.api("GET", "/environment-variables").response
        return copy.deepcopy(variables)


class SavedRecords:
    """Records of earlier runs."""

    def __init__(self, answers: SavedAnswers) -> None:
        self._answers = answers

    def page(
        self, model: str, ids: Sequence[str] | None, cursor: str | None
    ) -> tuple[list[dict[str, Any]], str | None]:
        """Empty where none are saved, as in Nango's test library."""
        try:
            answer = self._answers.api("GET", "/records", params=page_params(model, ids, cursor)).response
        except SDKError:
            return [], None
        return copy.deepcopy(answer["records"]), answer.get("next_cursor")

    def deleted(self, method: str) -> list[str]:
        saved = self._answers.nango.get(method)
        return list(saved.get("deletedKeys") or ()) if isinstance(saved, Mapping) else []


def _missing(what: str) -> SDKError:
    error = SDKError(f"No saved response for {what}", code="no_saved_response")
    error.add_note("The saved run did not request it. Save the responses again with --save-responses.")
    return error


def _variant(saved: SavedResponses) -> str:
    """The variant that was run stands with the models: ``Contact::emea``."""
    for model in saved.nango.get("batchSave") or ():
        _, mark, variant = model.partition("::")
        if mark and variant:
            return str(variant)
    return "base"


def _content(value: Any, response_type: str | None) -> bytes:
    """A body from which a script's client would make ``value``."""
    if response_type == "arraybuffer" and isinstance(value, Mapping) and value.get("type") == "Buffer":
        return bytes(value.get("data") or ())
    if isinstance(value, str) and (response_type in ("text", "arraybuffer") or not value):
        return value.encode("utf-8", "surrogatepass")
    return to_js_json(value)


def _header(value: Any) -> str:
    return ", ".join(map(js_string, value)) if isinstance(value, list) else js_string(value)
