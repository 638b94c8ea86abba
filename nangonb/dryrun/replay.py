"""The Runtime of a replay: saved responses answer, and nothing is asked over a network."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from nangonb.dryrun.connections import Connections, Key
from nangonb.dryrun.identity import Identity, data_identity, identities, whole_data
from nangonb.dryrun.recording import api_identity
from nangonb.dryrun.remote import records_params
from nangonb.dryrun.run import DryrunOptions, run
from nangonb.dryrun.runtime import DryrunRuntime
from nangonb.dryrun.saved_responses import Saved, SavedResponses, same_text
from nangonb.dryrun.script_errors import sdk_error
from nangonb.errors import HTTPError, SDKError, UsageError
from nangonb.masking import Masker, Secret
from nangonb.nango import Client, ProxyRequest, ProxyResponse, Transport, js_string
from nangonb.nango.providers import pagination
from nangonb.records import to_js_json

if TYPE_CHECKING:
    from nangonb.dryrun.result import Dryrun
    from nangonb.project import Project, Script
    from nangonb.sdk.fetch import FetchAnswer, FetchRequest
    from nangonb.sdk.runtime import Doubt

TARGET: Final = "saved responses"
_CONNECTION: Final = "saved"
_MOST_REQUESTS: Final = 10_000
_SECONDS: Final = 60.0
_HOST: Final = "http://replay.invalid"
#: What Nango's test library gives for any integration.
_WEBHOOK_URL: Final = "https://example.com/webhook"


def replay(project: Project, script: Script, saved: SavedResponses) -> Dryrun:
    """Run ``script`` on what is saved; offline, and as a first run: without a date or a checkpoint.

    Raises:
        ScriptError: the script raised, or asked for something that is not saved.
        Interrupted: the user stopped it, or it ran longer than a minute.
    """
    masker = Masker()
    saved = replace(saved, _given=set())  # which answers were given is this run's
    connection = saved.nango.get("getConnection") or {}
    return run(
        project,
        script,
        client=Client(Transport(_HOST, Secret(""), masker=masker, http=_refusing())),
        masker=masker,
        integration=script.integration or "",
        connection_id=str(connection.get("connection_id") or _CONNECTION),
        target=TARGET,
        options=DryrunOptions(
            input=saved.input, variant=_variant(saved), max_requests=_MOST_REQUESTS, timeout=_SECONDS
        ),
        connections=SavedConnections(saved),
        runtime_type=ReplayRuntime,
    )


class SavedConnections(Connections):
    """What is saved of the connection, and what the run did to it; ``fetched`` counts its requests past the
    proxy. The provider is the connection's own, or named as the integration."""

    def __init__(self, saved: SavedResponses) -> None:
        self.saved = saved
        self.written: dict[str, Any] | None = None
        self.fetched: Counter[int] = Counter()

    def first(self, key: Key) -> tuple[dict[str, Any], str]:
        found = self.connection(key)
        return found, str(found.get("provider") or key[0])

    def connection(self, key: Key, **options: bool) -> dict[str, Any]:
        return copy.deepcopy(self.saved.nango.get("getConnection") or {})

    def forget(self, key: Key) -> None:
        return None

    def find_fetched(self, asked: tuple[str, str, str | None]) -> list[Mapping[str, Any]]:
        """The saved answers to a request past the proxy; else those in which something is masked."""
        saved = [
            (one, (one.get("method"), one.get("url"), one.get("data")))
            for one in self.saved.nango.get("uncontrolledFetch") or ()
        ]
        return [one for one, was in saved if was == asked] or [
            one
            for one, was in saved
            if all(same_text(str(part or ""), want or "") for part, want in zip(was, asked, strict=True))
        ]

    def provider(self, name: str) -> Mapping[str, Any]:
        saved = self.saved.nango.get("provider")
        return saved if isinstance(saved, Mapping) else {"proxy": {"paginate": pagination(name)}}


class ReplayRuntime(DryrunRuntime):
    """A dry run whose Nango and provider are a file."""

    connections: SavedConnections
    is_replay = True

    @property
    def saved(self) -> SavedResponses:
        return self.connections.saved

    # Requests

    def send(self, request: ProxyRequest, *, page: int | None = None) -> ProxyResponse:
        entry = self.begin(request, page)
        try:
            candidates = identities(request)
            found = self.saved.find(candidates, whole_data(request, candidates[0].data))
        except UsageError as error:
            self.trace.end(entry, code="invalid_request")
            raise sdk_error(error) from None
        except SDKError as error:
            self.trace.end(entry, code=error.code)
            raise
        content = _content(found.response, request.response_type)
        self.trace.end(entry, status=found.status, received=len(content))
        headers = {name.lower(): _header(value) for name, value in found.headers.items()}
        return ProxyResponse(
            found.status, headers, content, 0.0, "", len(content), only_page=found.any_request
        )

    def fetch(self, request: FetchRequest) -> FetchAnswer:
        from nangonb.sdk.fetch import FetchAnswer

        entry = self.begin_fetch(request)
        asked = (request.method, request.url, data_identity(request.body))
        there = self.connections.find_fetched(asked)
        if not there:
            self.trace.end(entry, code="no_saved_response")
            raise _missing(f"{request.method} {request.url} (uncontrolled_fetch)")
        first = id(there[0])  # what is masked looks the same for several requests: then in their order
        one = there[min(self.connections.fetched[first], len(there) - 1)]
        self.connections.fetched[first] += 1
        body = _content(one.get("response"), "arraybuffer")
        self.trace.end(entry, status=one["status"], received=len(body))
        return FetchAnswer(one["status"], dict(one.get("headers") or {}), body, one.get("at") or request.url)

    def doubt(self, doubt: Doubt) -> None:
        """Said of the run whose responses these are; what they give is compared with what that run gave."""
        self.log("warn", doubt.message)

    def trigger_action(self, provider_config_key: str, connection_id: str, name: str, input: Any) -> Any:
        own = self.scripts.find(self, "action", provider_config_key, name)
        if own is not None:
            return super().trigger_action(provider_config_key, connection_id, name, input)
        data = {"action_name": name, **({} if input is None else {"input": input})}
        found = self._api("POST", "/action/trigger", data=data)
        if found.status >= 400:
            raise HTTPError(
                f"Request failed with status code {found.status}",
                status=found.status,
                data=copy.deepcopy(found.response),
                headers={"content-type": "application/json"},
                method="POST",
                url="/action/trigger",
            )
        return copy.deepcopy(found.response)

    # Connection, integration, environment

    def connection(
        self,
        provider_config_key: str,
        connection_id: str,
        *,
        force_refresh: bool,
        refresh_token: bool,
        refresh_github_app_jwt_token: bool,
    ) -> dict[str, Any]:
        if "getConnection" not in self.saved.nango:
            raise _missing("get_connection")
        found = self.connections.connection((provider_config_key, connection_id))
        if self.connections.written is not None:
            found["metadata"] = copy.deepcopy(self.connections.written)
        return found

    def metadata(self) -> dict[str, Any]:
        if self.connections.written is not None:
            return copy.deepcopy(self.connections.written)
        return self._saved_metadata()

    def write_metadata(self, metadata: Mapping[str, Any], *, merge: bool) -> None:
        nango = self.saved.nango
        there = self.connections.written or {}
        if merge and self.connections.written is None and {"getMetadata", "getConnection"} & set(nango):
            there = self._saved_metadata()
        there = there if merge else {}
        self.connections.written = {**there, **copy.deepcopy(dict(metadata))}
        self.count_metadata_write()

    def _saved_metadata(self) -> dict[str, Any]:
        nango = self.saved.nango
        if "getMetadata" in nango:
            return copy.deepcopy(nango["getMetadata"] or {})
        if "getConnection" in nango:  # the CLI saves no metadata where the connection has none
            return copy.deepcopy((nango["getConnection"] or {}).get("metadata") or {})
        raise _missing("get_metadata")

    def integration(self, include: Sequence[str]) -> dict[str, Any]:
        params = {"include": list(include)} if include else {}
        try:
            found = self._api("GET", f"/integrations/{self.context.integration}", params=params).response
        except SDKError:
            if list(include) != ["webhook"]:
                raise
            found = {"data": {"webhook_url": _WEBHOOK_URL}}
        return copy.deepcopy(found["data"]) if isinstance(found, Mapping) and "data" in found else {}

    def environment_variables(self) -> list[dict[str, str]]:
        found: list[dict[str, str]] = copy.deepcopy(self._api("GET", "/environment-variables").response)
        return found

    # Records

    def records_page(
        self, model: str, *, ids: Sequence[str] | None = None, cursor: str | None = None
    ) -> tuple[list[dict[str, Any]], str | None]:
        """Empty where none are saved, as in Nango's test library."""
        try:
            found = self._api("GET", "/records", params=records_params(model, ids, cursor)).response
        except SDKError:
            return [], None
        return copy.deepcopy(found["records"]), found.get("next_cursor")

    def track_deletes_end(self, model: str) -> list[str]:
        return self._deleted("trackDeletesEnd", super().track_deletes_end(model))

    def delete_records_from_previous_executions(self, model: str) -> list[str]:
        name = "deleteRecordsFromPreviousExecutions"
        return self._deleted(name, super().delete_records_from_previous_executions(model))

    def _deleted(self, name: str, otherwise: list[str]) -> list[str]:
        saved = self.saved.nango.get(name)
        return list(saved.get("deletedKeys") or ()) if isinstance(saved, Mapping) else otherwise

    def _api(self, method: str, path: str, *, params: Any = None, data: Any = None) -> Saved:
        identity: Identity = api_identity(method, path, params=params, data=data)
        return self.saved.find([identity])


def _missing(what: str) -> SDKError:
    error = SDKError(f"No saved response for {what}", code="no_saved_response")
    error.add_note("The run that was saved did not ask for it. Save it anew with --save-responses.")
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


def _refusing() -> Any:
    """A transport without a network: whatever reached it would be a mistake of ours."""
    import httpx

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("a replay asks for nothing over a network", request=request)

    return httpx.MockTransport(refuse)
