"""The demo's deployed actions. They call the demo providers, as the proxy does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson

from nangonb.sandbox.catalogue import PROVIDERS
from nangonb.sandbox.providers.wire import NetworkFault, ProviderRequest, Upstream
from nangonb.sandbox.proxy import base_url
from nangonb.sandbox.scripts import ActionScript, ScriptFailed
from nangonb.sandbox.state import Connection, State

__all__ = ["demo_actions"]

_SHOWN = ("content-type", "x-rate")

Call = Callable[..., Any]


def demo_actions(state: State, upstreams: Mapping[str, Upstream]) -> tuple[ActionScript, ...]:
    """All of them."""

    def call(connection: Connection, method: str, path: str, body: Any = None) -> Any:
        return _call(state, upstreams, connection, method, path, body)

    fields = {"fields": {"type": "array", "items": {"type": "object"}}}
    return (
        *(
            ActionScript(
                integration,
                "salesforce-contact-fields",
                _contact_fields(call),
                output="ContactSchema",
                description="Fetch available contact fields",
                endpoints=({"method": "POST", "path": "/crm/contact-field"},),
                json_schema={"definitions": {"ContactSchema": {"type": "object", "properties": fields}}},
            )
            for integration in ("salesforce", "salesforce-sandbox")
        ),
        ActionScript(
            "github",
            "create-issue",
            _create_issue(call),
            input="NewIssue",
            output="GithubIssue",
            description="Opens an issue in a demo repository. Input: repo, title, body.",
            endpoints=({"method": "POST", "path": "/github/issue"},),
        ),
        ActionScript(
            "hubspot",
            "create-contact",
            _create_contact(call),
            input="NewContact",
            output="ContactId",
            description="Creates a contact. Input: email, first_name, last_name.",
            endpoints=({"method": "POST", "path": "/hubspot/contact"},),
        ),
        ActionScript(
            "unreliable",
            "fail",
            _fail(call),
            input="HowToFail",
            description="Fails as the input says (how: action-error, error, http), or gives it back.",
            endpoints=({"method": "POST", "path": "/unreliable/fail"},),
        ),
    )


Script = Callable[[Connection, Any], Awaitable[Any]]


def _contact_fields(call: Call) -> Script:
    async def run(connection: Connection, given: Any) -> Any:
        found = call(connection, "GET", "/services/data/v51.0/sobjects/Contact/describe")
        return {
            "fields": [
                {
                    "name": field["name"],
                    "label": field["label"],
                    "type": field["type"],
                    "relationship_name": field["relationshipName"],
                }
                for field in found["fields"]
            ]
        }

    return run


def _create_issue(call: Call) -> Script:
    async def run(connection: Connection, given: Any) -> Any:
        wanted = _input(given, "repo")
        body = {"title": wanted.get("title"), "body": wanted.get("body")}
        made = call(connection, "POST", f"/repos/nangonb-demo/{wanted['repo']}/issues", body)
        return {
            "id": str(made["id"]),
            "number": made["number"],
            "url": made["html_url"],
            "title": made["title"],
        }

    return run


def _create_contact(call: Call) -> Script:
    async def run(connection: Connection, given: Any) -> Any:
        wanted = _input(given, "email")
        names = {"email": "email", "first_name": "firstname", "last_name": "lastname"}
        properties = {theirs: wanted[ours] for ours, theirs in names.items() if ours in wanted}
        made = call(connection, "POST", "/crm/v3/objects/contacts", {"properties": properties})
        return {"id": made["id"]}

    return run


def _fail(call: Call) -> Script:
    async def run(connection: Connection, given: Any) -> Any:
        how = given.get("how") if isinstance(given, dict) else None
        if how == "action-error":
            raise ScriptFailed(
                "action_script_runtime_error", payload={"message": "As you wished", "input": given}
            )
        if how == "error":
            trace = ["Error: As you wished", "    at runAction (fail-unreliable.cjs:4:11)"]
            payload = {"name": "Error", "message": "As you wished", "stacktrace": trace}
            raise ScriptFailed("script_internal_error", payload=payload)
        if how == "http":
            call(connection, "GET", "/broken?status=503")
        return {"input": given}

    return run


def _input(given: Any, name: str) -> dict[str, Any]:
    """The input as an object that has this text. Raises: ScriptFailed, as an ActionError."""
    if isinstance(given, dict) and isinstance(given.get(name), str) and given[name]:
        return given
    payload = {"message": f"The input needs {name}, a text"}
    raise ScriptFailed("action_script_runtime_error", payload=payload)


def _call(
    state: State,
    upstreams: Mapping[str, Upstream],
    connection: Connection,
    method: str,
    path: str,
    body: Any,
) -> Any:
    """The provider's answer, read. Raises: ScriptFailed where it is an error."""
    integration = state.integration(connection.provider_config_key)
    provider = PROVIDERS[integration.provider if integration else ""]
    host, _, base = base_url(provider, connection).removeprefix("https://").partition("/")
    where, _, query = path.partition("?")
    headers = {
        "authorization": f"Bearer {connection.credentials.get('access_token', '')}",
        "content-type": "application/json",
    }
    sent = b"" if body is None else orjson.dumps(body)
    prefix = f"/{base}" if base else ""
    request = ProviderRequest(method, host, f"{prefix}{where}", query, headers, sent)
    try:
        response = upstreams[host](request)
    except NetworkFault as fault:
        raise ScriptFailed(
            "script_network_error", payload={"code": fault.code, "message": fault.message}
        ) from None
    try:
        found = orjson.loads(response.body or b"null")
    except ValueError:
        found = response.body.decode(errors="replace")
    if response.status >= 400:
        shown = {name: value for name, value in response.headers if name.lower().startswith(_SHOWN)}
        upstream = {"status": response.status, "headers": shown, "body": found}
        raise ScriptFailed("script_http_error", payload=found, upstream=upstream)
    return found
