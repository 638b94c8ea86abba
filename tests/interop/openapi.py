"""Nango's OpenAPI file, with what it says wrong about the real server set right.

Each row of :data:`AMENDMENTS` is a documented difference: the sandbox answers as the real server does, and
the file says something else. ``test_openapi.py`` shows for each row that the file alone refuses the answer.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

Spec = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Amendment:
    """One change of the file. ``example`` is a request whose answer the file refuses without it.

    ``example``: method, path of the file, and arguments of schemathesis' ``Case``.
    """

    operations: str
    says: str
    reason: str
    apply: Callable[[Spec], object]
    example: tuple[str, str, dict[str, Any]]
    breaks: tuple[str, ...] = field(default=())


def _answers(status: str, *operations: tuple[str, str]) -> Callable[[Spec], None]:
    """Let operations answer with an error of this status."""

    def apply(spec: Spec) -> None:
        for method, path in operations:
            responses = spec["paths"][path][method]["responses"]
            assert status not in responses, (method, path)
            error = {"$ref": "#/components/schemas/StdError"}
            responses[status] = {
                "description": "Error",
                "content": {"application/json": {"schema": error}},
            }

    return apply


def _proxy(spec: Spec) -> None:
    for method in ("get", "post", "put", "patch", "delete"):
        spec["paths"]["/proxy/{anyPath}"][method]["responses"]["default"] = {"description": "Any other"}


def _provider(spec: Spec) -> None:
    proxy = spec["components"]["schemas"]["BaseProvider"]["properties"]["proxy"]["properties"]
    names = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
    proxy["retry"] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "at": names,
            "after": names,
            "remaining": {"type": "string"},
            "error_code": {"type": "array", "items": {"type": "string"}},
            "in_body": {
                "type": "object",
                "required": ["path", "strategy"],
                "additionalProperties": False,
                "properties": {
                    "path": {"type": "string"},
                    "value": {"type": "string"},
                    "strategy": {"enum": ["at", "after"]},
                },
            },
        },
    }
    fields = spec["components"]["schemas"]["BaseProvider"]["properties"]
    fields |= {"logo_url": {"type": "string"}, "refresh_params": {"type": "object"}}
    fields["auth_mode"]["enum"] += ["MCP_OAUTH2", "MCP_OAUTH2_GENERIC", "AWS_SIGV4"]
    common = ("type", "limit_name_in_request", "response_path", "limit")
    kinds = {
        # one of Nango's providers has the name of an offset in place of both
        "cursor": ((), ("cursor_path_in_response", "cursor_name_in_request", "offset_name_in_request")),
        "link": ((), ("link_rel_in_response_header", "link_path_in_response_body")),
        "offset": (("offset_name_in_request",), ("offset_start_value", "offset_calculation_method")),
    }
    proxy["paginate"] = {
        "oneOf": [
            {
                "type": "object",
                "required": ["type", *needed],
                "additionalProperties": False,
                "properties": {
                    **{name: {"type": ["string", "number"]} for name in (*common, *needed, *more)},
                    "type": {"const": kind},
                },
            }
            for kind, (needed, more) in kinds.items()
        ]
    }


def _open(schemas: Spec, name: str, base: str) -> None:
    """Make ``allOf`` of two closed objects, which nothing can satisfy, one closed object."""
    whole = schemas[name]
    own = {key: value for key, value in whole["allOf"][1].items() if key != "additionalProperties"}
    inherited = {key: value for key, value in schemas[base].items() if key != "additionalProperties"}
    schemas[name] = {"allOf": [inherited, own], "unevaluatedProperties": False}


def _integration(spec: Spec) -> None:
    _open(spec["components"]["schemas"], "IntegrationFull", "Integration")


def _credentials(spec: Spec) -> None:
    _open(spec["components"]["schemas"], "OAuth2CredentialsWithRaw", "OAuth2Credentials")


def _scripts(spec: Spec) -> None:
    content = spec["paths"]["/scripts/config"]["get"]["responses"]["200"]["content"]["application/json"]
    for kind in ("syncs", "actions"):
        script = content["schema"]["properties"][kind]["items"]["properties"]
        script["input"] = {"type": "string"}
        script["returns"] = {"type": "array", "items": {"type": "string"}}
        script["json_schema"] = {"type": ["object", "null"]}
    openai = {"type": "object", "required": ["data"], "properties": {"data": {"type": "array"}}}
    content["schema"] = {"anyOf": [{"type": "array", "items": content["schema"]}, openai]}


def _nullable(spec: Spec, path: str, *names: str) -> None:
    """Let fields of an answer, or of the objects in its only list, be null."""
    answer = spec["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    properties = answer["properties"]
    if "syncs" in properties:
        properties = properties["syncs"]["items"]["properties"]
    for name in names:
        properties[name] = {"anyOf": [properties[name], {"type": "null"}]}


def _created(spec: Spec) -> None:
    responses = spec["paths"]["/connections"]["post"]["responses"]
    responses["201"] = responses.pop("200")
    responses["404"] = {"$ref": "#/components/responses/NotFound"}


def _either(spec: Spec, path: str) -> None:
    """Let an operation answer 404 as it answers 400."""
    responses = spec["paths"][path]["post"]["responses"]
    assert "404" not in responses
    responses["404"] = responses["400"]


def _triggered(spec: Spec) -> None:
    responses = spec["paths"]["/action/trigger"]["post"]["responses"]
    responses["202"] = {
        "description": "Triggered",
        "content": {"application/json": {"schema": {"type": "object", "required": ["id", "statusUrl"]}}},
    }
    error = {"$ref": "#/components/schemas/StdError"}
    responses["404"] = {"description": "Error", "content": {"application/json": {"schema": error}}}


_CONN_1: Final = {"Connection-Id": "conn-1", "Provider-Config-Key": "salesforce"}
_SALESFORCE: Final = {"provider_config_key": "salesforce"}
_UNKNOWN: Final = {
    "provider_config_key": "nope",
    "credentials": {"type": "OAUTH2", "access_token": "FAKE"},
}
_NOWHERE: Final = {"connection_id": "nope", "provider_config_key": "salesforce", "metadata": {}}

AMENDMENTS: Final = (
    Amendment(
        "GET /connection",
        "no 400",
        "The older name of GET /connections, with the same validation; there the file has the 400.",
        _answers("400", ("get", "/connection")),
        ("GET", "/connection", {"query": {"limit": 0}}),
        ("UndefinedStatusCode",),
    ),
    Amendment(
        "POST, PATCH /connections/metadata and /connection/metadata",
        "no 404",
        "Nango answers 404 unknown_connection for a connection that is not there.",
        _answers(
            "404",
            *((m, f"/{path}/metadata") for m in ("post", "patch") for path in ("connection", "connections")),
        ),
        ("POST", "/connections/metadata", {"body": _NOWHERE, "media_type": "application/json"}),
        ("UndefinedStatusCode",),
    ),
    Amendment(
        "POST, PATCH /connection/{connectionId}/metadata",
        "no 404",
        "The same for its oldest form.",
        _answers("404", *((method, "/connection/{connectionId}/metadata") for method in ("post", "patch"))),
        (
            "POST",
            "/connection/{connectionId}/metadata",
            {
                "path_parameters": {"connectionId": "nope"},
                "headers": {"Provider-Config-Key": "salesforce"},
                "body": {},
                "media_type": "application/json",
            },
        ),
        ("UndefinedStatusCode",),
    ),
    Amendment(
        "GET /providers, GET /providers/{provider}",
        "proxy.retry.at and after are one string, proxy.paginate fits nothing (an empty anyOf), no logo_url, "
        "refresh_params elsewhere only",
        "Nango's types: lists of headers, remaining, error_code, in_body; cursor, link and offset pages.",
        _provider,
        ("GET", "/providers/{provider}", {"path_parameters": {"provider": "github"}}),
        ("JsonSchemaError",),
    ),
    Amendment(
        "GET /integrations/{uniqueKey}",
        "IntegrationFull is allOf of two objects that both forbid what the other has",
        "Nothing can satisfy it. Both together, and nothing more, is what is meant.",
        _integration,
        ("GET", "/integrations/{uniqueKey}", {"path_parameters": {"uniqueKey": "salesforce"}}),
        ("JsonSchemaError",),
    ),
    Amendment(
        "GET /connections/{connectionId}, GET /connection/{connectionId}",
        "OAuth2CredentialsWithRaw is allOf of two objects that both forbid what the other has",
        "As above.",
        _credentials,
        (
            "GET",
            "/connections/{connectionId}",
            {"path_parameters": {"connectionId": "conn-1"}, "query": _SALESFORCE},
        ),
        ("JsonSchemaError",),
    ),
    Amendment(
        "GET /scripts/config",
        "one object; input is an object, and what an action returns is one",
        "Nango answers a list with one such object for each integration, and {data} with format=openai. "
        "input is a name, returns are names, json_schema may be null.",
        _scripts,
        ("GET", "/scripts/config", {}),
        ("JsonSchemaError",),
    ),
    Amendment(
        "GET /records",
        "next_cursor is a string",
        "It is null on the last page, as the node client was given it.",
        lambda spec: _nullable(spec, "/records", "next_cursor"),
        ("GET", "/records", {"query": {"model": "Contact"}, "headers": _CONN_1}),
        ("JsonSchemaError",),
    ),
    Amendment(
        "POST /connections",
        "200, and no 404",
        "A connection that is made is 201; an integration that is not there is 404 not_found.",
        _created,
        ("POST", "/connections", {"body": _UNKNOWN, "media_type": "application/json"}),
        ("UndefinedStatusCode",),
    ),
    Amendment(
        "POST /sync/trigger, /sync/pause, /sync/start",
        "no 404",
        "Nango answers 404 unknown_connection for a connection that is not there.",
        lambda spec: [_either(spec, f"/sync/{verb}") for verb in ("trigger", "pause", "start")],
        (
            "POST",
            "/sync/pause",
            {
                "body": {"syncs": [], "provider_config_key": "salesforce", "connection_id": "nope"},
                "media_type": "application/json",
            },
        ),
        ("UndefinedStatusCode",),
    ),
    Amendment(
        "GET /action/{actionId}",
        "no 400",
        "Nango answers 400 invalid_uri_params for what is no UUID.",
        _answers("400", ("get", "/action/{actionId}")),
        ("GET", "/action/{actionId}", {"path_parameters": {"actionId": "zz"}}),
        ("UndefinedStatusCode",),
    ),
    Amendment(
        "GET /sync/status",
        "nextScheduledSyncAt is a string",
        "It is null while a sync is paused, as the node client was given it.",
        lambda spec: _nullable(spec, "/sync/status", "nextScheduledSyncAt"),
        ("GET", "/sync/status", {"query": {"syncs": "*", "provider_config_key": "github"}}),
        ("JsonSchemaError",),
    ),
    Amendment(
        "POST /action/trigger",
        "no 202, no 404",
        "With X-Async the answer is 202 with id and statusUrl; an action that is not there is 404 not_found.",
        _triggered,
        (
            "POST",
            "/action/trigger",
            {"body": {"action_name": "nope"}, "media_type": "application/json", "headers": _CONN_1},
        ),
        ("UndefinedStatusCode",),
    ),
    Amendment(
        "ANY /proxy/{anyPath}",
        "200 only",
        "The answer is the provider's, of any status; the proxy's own errors are in Nango's shape.",
        _proxy,
        (
            "GET",
            "/proxy/{anyPath}",
            {
                "path_parameters": {"anyPath": "items"},
                "query": {"$ANY_QUERY_PARAMS": ""},
                "headers": {"Connection-Id": "nope", "Provider-Config-Key": "salesforce"},
            },
        ),
        ("UndefinedStatusCode",),
    ),
)

# Routes of the sandbox that the file does not have.
NOT_IN_THE_FILE: Final = {
    ("PATCH", "/connection/{}"): "the older name of PATCH /connections/{connectionId}",
    ("GET", "/config/{}"): "an older GET /integrations/{uniqueKey}",
    ("GET", "/health"): "whether it serves",
    ("GET", "/sandbox/runs"): "the sandbox's own: what Nango shows in its dashboard",
    ("POST", "/sync/deploy"): "what the CLI sends; test_deploy.py has the CLI itself",
    ("POST", "/sync/deploy/confirmation"): "what the CLI sends; test_deploy.py has the CLI itself",
}


def amended(spec: Spec) -> Spec:
    """A copy of the file with all amendments."""
    spec = copy.deepcopy(spec)
    for amendment in AMENDMENTS:
        amendment.apply(spec)
    return spec
