"""The endpoints apart from the proxy: shapes, filters, errors."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import pytest

from tests.demo import CONNECTIONS, INTEGRATIONS
from tests.sandbox.process import Sandbox


def error_of(answer: httpx.Response) -> dict[str, Any]:
    """The error of an answer, which must have Nango's shape and nothing else."""
    body = answer.json()
    assert set(body) == {"error"}
    assert set(body["error"]) <= {"code", "message", "errors", "payload"}
    return body["error"]


def ids(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [connection["connection_id"] for connection in answer.json()["connections"]]


# The key


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, "missing_auth_header"),
        ("Basic abc", "invalid_secret_key_format"),
        ("Bearer", "invalid_secret_key_format"),
        ("Bearer not-a-uuid", "invalid_secret_key_format"),
        ("Bearer 00000000-0000-4000-8000-000000000000", "unknown_account"),
    ],
)
@pytest.mark.parametrize("path", ["/connections", "/proxy/anything"])
def test_a_wrong_key_is_refused(sandbox: Sandbox, header: str | None, code: str, path: str) -> None:
    answer = httpx.get(sandbox.url + path, headers={"authorization": header} if header else {})
    assert answer.status_code == 401
    assert error_of(answer)["code"] == code


def test_an_unknown_path_is_not_found_in_the_shape_of_an_error(sandbox: Sandbox) -> None:
    for method, path in [
        ("GET", "/nothing"),
        ("PUT", "/connections"),
        ("GET", "/sync/nothing"),
        ("GET", "/"),
    ]:
        answer = sandbox.client.request(method, path)
        assert answer.status_code == 404
        assert error_of(answer)["code"] == "not_found"


# Connections


def test_connections_have_their_shape_and_no_credentials(sandbox: Sandbox) -> None:
    answer = sandbox.client.get("/connections")
    assert ids(answer) == CONNECTIONS
    for connection in answer.json()["connections"]:
        assert set(connection) == {
            "id",
            "connection_id",
            "provider_config_key",
            "provider",
            "errors",
            "end_user",
            "tags",
            "metadata",
            "created",
        }
    assert "token" not in answer.text.lower()
    errors = {c["connection_id"]: c["errors"] for c in answer.json()["connections"]}
    assert errors["expired-1"] == [{"type": "auth", "log_id": "demoLogOfTheFailedRefresh"}]
    first, second = answer.json()["connections"][:2]
    assert first["metadata"] != second["metadata"]
    assert first["tags"] != second["tags"]


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"connectionId": "conn-2"}, ["conn-2"]),
        ({"connectionId": "conn"}, []),
        ({"search": "CONN"}, ["conn-1", "conn-2", "conn-dev"]),
        ({"search": "globex"}, ["conn-2", "flaky-1"]),
        ({"endUserId": "user-3"}, ["gh-2", "expired-1"]),
        ({"endUserOrganizationId": "acme"}, ["conn-1", "conn-dev", "gh-1"]),
        ({"integrationId": "github, salesforce-sandbox"}, ["conn-dev", "gh-1", "gh-2"]),
        ({"tags[end_user_email]": "ada@acme.example"}, ["conn-1", "conn-dev", "gh-1"]),
        ({"tags[organization_id]": "acme", "tags[foo]": "bar"}, []),
        ({"limit": "2"}, CONNECTIONS[:2]),
        ({"limit": "2", "page": "1"}, CONNECTIONS[2:4]),
        ({"limit": "2", "page": "9"}, []),
        ({"integrationId": "salesforce", "endUserId": "user-2"}, ["conn-2"]),
    ],
)
def test_connections_are_filtered(sandbox: Sandbox, params: dict[str, str], found: list[str]) -> None:
    assert ids(sandbox.client.get("/connections", params=params)) == found


@pytest.mark.parametrize("params", [{"limit": "0"}, {"limit": "x"}, {"page": "-1"}, {"nope": "1"}])
def test_wrong_parameters_are_named(sandbox: Sandbox, params: dict[str, str]) -> None:
    answer = sandbox.client.get("/connections", params=params)
    assert answer.status_code == 400
    error = error_of(answer)
    assert error["code"] == "invalid_query_params"
    assert error["errors"][0]["path"] == ([] if "nope" in params else list(params))


@pytest.mark.parametrize("path", ["/connections/conn-1", "/connection/conn-1", "/connections/conn-1/"])
def test_a_connection_comes_with_its_credentials(sandbox: Sandbox, path: str) -> None:
    connection = sandbox.client.get(path, params={"provider_config_key": "salesforce"}).json()
    required = (
        "id connection_id provider_config_key provider errors metadata connection_config tags created_at"
    )
    assert set(required.split()) | {"updated_at", "last_fetched_at", "credentials"} <= set(connection)
    credentials = connection["credentials"]
    assert credentials["type"] == "OAUTH2"
    assert credentials["raw"]["access_token"] == credentials["access_token"]
    assert "FAKE" in credentials["access_token"]
    assert "refresh_token" not in credentials
    assert "refresh_token" not in credentials["raw"]


def test_the_refresh_token_is_given_when_asked_for(sandbox: Sandbox) -> None:
    params = {
        "provider_config_key": "salesforce",
        "refresh_token": "true",
        "force_refresh": "false",
        "refresh_github_app_jwt_token": "false",
    }
    credentials = sandbox.client.get("/connections/conn-1", params=params).json()["credentials"]
    assert credentials["refresh_token"] == credentials["raw"]["refresh_token"]


@pytest.mark.parametrize("method", ["GET", "PATCH"])
@pytest.mark.parametrize(
    ("path", "params", "status", "code"),
    [
        ("/connections/conn-1", {}, 400, "invalid_query_params"),
        ("/connections/conn-1", {"provider_config_key": "nope"}, 400, "unknown_provider_config"),
        ("/connections/nope", {"provider_config_key": "salesforce"}, 404, "not_found"),
        ("/connections/gh-1", {"provider_config_key": "salesforce"}, 404, "not_found"),
        ("/connections/conn-1", {"provider_config_key": "salesforce", "x": "1"}, 400, "invalid_query_params"),
    ],
)
def test_a_connection_that_is_not_there(
    sandbox: Sandbox, method: str, path: str, params: dict[str, str], status: int, code: str
) -> None:
    answer = sandbox.client.request(method, path, params=params)
    assert (answer.status_code, error_of(answer)["code"]) == (status, code)


def test_a_connection_that_cannot_be_refreshed_says_so(sandbox: Sandbox) -> None:
    answer = sandbox.client.get("/connections/expired-1", params={"provider_config_key": "unreliable"})
    assert answer.status_code == 424
    error = error_of(answer)
    assert error["code"] == "invalid_credentials"
    assert error["payload"]["connection_id"] == "expired-1"
    assert error["payload"]["credentials"] == {}


def test_connections_are_changed_and_deleted(new_sandbox: Callable[..., Sandbox]) -> None:
    client = new_sandbox().client
    params = {"provider_config_key": "salesforce"}
    tags = {"tags": {"Team": "blue"}, "end_user": {"id": "user-9", "email": "kim@example.com"}}
    assert client.patch("/connections/conn-1", params=params, json=tags).json() == {"success": True}
    changed = client.get("/connections/conn-1", params=params).json()
    assert changed["tags"] == {"team": "blue"}
    assert changed["end_user"]["email"] == "kim@example.com"
    assert ids(client.get("/connections", params={"tags[team]": "blue"})) == ["conn-1"]
    for wrong in ({"nope": 1}, {"tags": {"a": 1}}, {"end_user": {"email": "x"}}, {"webhook_url_override": 1}):
        answer = client.patch("/connections/conn-1", params=params, json=wrong)
        assert (answer.status_code, error_of(answer)["code"]) == (400, "invalid_body")
    assert client.delete("/connections/conn-1", params=params).json() == {"success": True}
    assert client.get("/connections/conn-1", params=params).status_code == 404
    assert ids(client.get("/connections")) == CONNECTIONS[1:]


def test_metadata_is_set_and_updated(new_sandbox: Callable[..., Sandbox]) -> None:
    client = new_sandbox().client
    params = {"provider_config_key": "salesforce"}

    def metadata(connection: str) -> Any:
        return client.get(f"/connections/{connection}", params=params).json()["metadata"]

    body = {
        "connection_id": "conn-1",
        "provider_config_key": "salesforce",
        "metadata": {"a": 1, "b": {"c": 2}},
    }
    answer = client.post("/connections/metadata", json=body)
    assert (answer.status_code, answer.json()) == (201, body)
    assert metadata("conn-1") == {"a": 1, "b": {"c": 2}}
    both = {**body, "connection_id": ["conn-1", "conn-2"], "metadata": {"b": 3}}
    answer = client.patch("/connections/metadata", json=both)
    assert (answer.status_code, answer.json()) == (200, both)
    assert metadata("conn-1") == {"a": 1, "b": 3}
    assert set(metadata("conn-2")) == {"fieldMapping", "region", "b"}
    # All or none
    answer = client.post("/connections/metadata", json={**both, "connection_id": ["conn-1", "nope"]})
    assert answer.status_code == 404
    assert error_of(answer)["code"] == "unknown_connection"
    assert "No actions were taken" in error_of(answer)["message"]
    assert metadata("conn-1") == {"a": 1, "b": 3}
    # The older form
    key = {"provider-config-key": "salesforce"}
    answer = client.post("/connection/conn-1/metadata", headers=key, json={"z": 1})
    assert (answer.status_code, answer.json(), metadata("conn-1")) == (201, {"z": 1}, {"z": 1})


@pytest.mark.parametrize(
    "change",
    [
        {"metadata": [1]},
        {"connection_id": 5},
        {"connection_id": []},
        {"provider_config_key": None},
        {"more": 1},
    ],
)
def test_wrong_metadata_is_refused(sandbox: Sandbox, change: Mapping[str, Any]) -> None:
    body = {"connection_id": "conn-1", "provider_config_key": "salesforce", "metadata": {}, **change}
    answer = sandbox.client.post("/connections/metadata", json=body)
    assert (answer.status_code, error_of(answer)["code"]) == (400, "invalid_body")


@pytest.mark.parametrize("body", [b"{", b"[1]", b'"x"'])
def test_a_body_that_is_no_json_object_is_refused(sandbox: Sandbox, body: bytes) -> None:
    answer = sandbox.client.post("/connections/metadata", content=body)
    assert (answer.status_code, error_of(answer)["code"]) == (400, "invalid_body")


# Integrations


def test_integrations_are_listed_without_credentials(sandbox: Sandbox) -> None:
    answer = sandbox.client.get("/integrations")
    assert [integration["unique_key"] for integration in answer.json()["data"]] == INTEGRATIONS
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    ("query", "more"),
    [
        ("", set()),
        ("?include=credentials", {"credentials"}),
        ("?include=webhook&include=credentials", {"credentials", "webhook_url"}),
        ("?include=webhook,credentials", {"credentials", "webhook_url"}),
    ],
)
def test_an_integration_includes_what_is_asked_for(sandbox: Sandbox, query: str, more: set[str]) -> None:
    data = sandbox.client.get(f"/integrations/salesforce{query}").json()["data"]
    plain = {"unique_key", "display_name", "provider", "logo", "created_at", "updated_at", "forward_webhooks"}
    assert set(data) == plain | more
    assert data["provider"] == "salesforce"


def test_integrations_that_are_not_there(sandbox: Sandbox) -> None:
    for method in ("GET", "PATCH", "DELETE"):
        answer = sandbox.client.request(method, "/integrations/nope")
        assert (answer.status_code, error_of(answer)["code"]) == (404, "not_found")
    answer = sandbox.client.get("/integrations/salesforce?include=everything")
    assert (answer.status_code, error_of(answer)["code"]) == (400, "invalid_query_params")


def test_integrations_are_made_changed_and_deleted(new_sandbox: Callable[..., Sandbox]) -> None:
    client = new_sandbox().client
    app = {"type": "OAUTH2", "client_id": "id", "client_secret": "secret", "scopes": "a,b"}
    body: dict[str, Any] = {"unique_key": "crm", "provider": "hubspot", "credentials": app}
    made = client.post("/integrations", json=body).json()["data"]
    assert (made["unique_key"], made["display_name"]) == ("crm", "HubSpot")
    for wrong in (body, {"provider": "nope", "unique_key": "x"}, {"provider": "hubspot"}, {**body, "x": 1}):
        answer = client.post("/integrations", json=wrong)
        assert (answer.status_code, error_of(answer)["code"]) == (400, "invalid_body")
    renamed = client.patch("/integrations/salesforce", json={"unique_key": "sf", "display_name": "SF"})
    assert renamed.json()["data"]["display_name"] == "SF"
    assert ids(client.get("/connections", params={"integrationId": "sf"})) == ["conn-1", "conn-2"]
    assert client.get("/connections/conn-1", params={"provider_config_key": "sf"}).status_code == 200
    taken = client.patch("/integrations/sf", json={"unique_key": "github"})
    assert error_of(taken)["code"] == "invalid_body"
    assert client.delete("/integrations/sf").json() == {"success": True}
    assert ids(client.get("/connections")) == CONNECTIONS[2:]


# Providers, environment, sessions


def test_providers_tell_what_paginate_and_retry_need(sandbox: Sandbox) -> None:
    data = {provider["name"]: provider for provider in sandbox.client.get("/providers").json()["data"]}
    assert len(data) >= 40
    for name, provider in data.items():
        assert {"name", "display_name", "auth_mode", "docs", "proxy"} <= set(provider), name
    for name in list(data)[::25]:
        assert sandbox.client.get(f"/providers/{name}").json() == {"data": data[name]}
    assert data["salesforce"]["proxy"] == {"base_url": "${connectionConfig.instance_url}"}
    assert data["github"]["proxy"]["paginate"] == {
        "type": "link",
        "limit_name_in_request": "per_page",
        "link_rel_in_response_header": "next",
    }
    assert data["hubspot"]["proxy"]["paginate"] == {
        "type": "cursor",
        "cursor_path_in_response": "paging.next.after",
        "cursor_name_in_request": "after",
        "limit_name_in_request": "limit",
        "response_path": "results",
    }
    assert data["pipedrive"]["proxy"]["paginate"]["type"] == "offset"
    assert data["slack"]["proxy"]["retry"] == {"after": ["retry-after"]}
    assert data["zendesk"]["proxy"]["paginate"]["link_path_in_response_body"] == "next_page"
    answer = sandbox.client.get("/providers/nope")
    assert (answer.status_code, error_of(answer)["code"]) == (404, "not_found")
    for name in ("github", "nope"):
        assert sandbox.client.get(f"/providers/{name}/templates").json() == {"data": []}


def test_environment_variables_and_scripts(sandbox: Sandbox) -> None:
    variables = sandbox.client.get("/environment-variables").json()
    assert all(set(variable) == {"name", "value"} for variable in variables)
    assert "DEMO_REGION" in [variable["name"] for variable in variables]
    scripts = sandbox.client.get("/scripts/config", params={"format": "nango"}).json()
    names = {one["providerConfigKey"]: [sync["name"] for sync in one["syncs"]] for one in scripts}
    assert names["salesforce"] == ["salesforce-contacts", "salesforce-accounts"]
    contacts = scripts[0]["syncs"][0]
    assert (contacts["runs"], contacts["returns"]) == ("every day", ["Contact"])
    assert contacts["models"] == [{"name": "Contact", "fields": []}]
    fields = contacts["json_schema"]["definitions"]["Contact"]["properties"]
    assert fields["email"] == {"type": ["string", "null"]}
    functions = sandbox.client.get("/scripts/config", params={"format": "openai"}).json()["data"]
    assert "salesforce-contact-fields" in [one["name"] for one in functions]


def test_connect_sessions(sandbox: Sandbox) -> None:
    answer = sandbox.client.post(
        "/connect/sessions", json={"end_user": {"id": "u"}, "allowed_integrations": ["salesforce"]}
    )
    assert answer.status_code == 201
    data = answer.json()["data"]
    assert re.fullmatch(r"nango_connect_session_[0-9a-f]{64}", data["token"])
    assert set(data) == {"token", "connect_link", "expires_at"}
    for wrong in ({}, {"end_user": {}}, {"tags": {}, "allowed_integrations": ["nope"]}, {"tags": {}, "x": 1}):
        refused = sandbox.client.post("/connect/sessions", json=wrong)
        assert (refused.status_code, error_of(refused)["code"]) == (400, "invalid_body")
    again = {"connection_id": "conn-1", "integration_id": "salesforce"}
    assert sandbox.client.post("/connect/sessions/reconnect", json=again).status_code == 201
    refused = sandbox.client.post("/connect/sessions/reconnect", json={**again, "connection_id": "nope"})
    assert error_of(refused)["code"] == "invalid_body"
