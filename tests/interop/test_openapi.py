"""The sandbox's answers against Nango's OpenAPI file: requests by schemathesis, each answer checked.

Four checks are named, because they speak of the answers: no 5xx, and the status, the content type and the
body as the file has them. The others of schemathesis would be noise: ``negative_data_rejection`` and
``positive_data_acceptance`` (Nango validates on its own, both stricter and looser than the file),
``ignored_auth`` (the key is tested in tests/sandbox), ``unsupported_method`` (Nango answers 404,
schemathesis wants 405), and those about sequences of requests, for which the file has no links.
"""

from __future__ import annotations

import base64
import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import BaseSchema, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.openapi import from_dict
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from nangonb.sandbox.api.routes import ROUTES
from tests.interop.openapi import AMENDMENTS, NOT_IN_THE_FILE, Amendment, Spec, amended
from tests.sandbox.deploying import action, deploy
from tests.sandbox.process import Sandbox
from tests.sandbox.test_functions import ACTION, DEPLOYMENT, DRYRUN

pytestmark = pytest.mark.interop

CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
EXAMPLES: Final = 30  # for each operation, half of them with names that exist
WRONG_EXAMPLES: Final = 15  # for each operation: data that the file forbids

_NUMBERS = itertools.count()
_CURSOR: Final = base64.b64encode(b"2026-07-01T00:00:00.000000+00:00||0").decode()
# Parameters and fields by name, with values that the demo has.
KNOWN: Final[dict[str, Any]] = {
    "connectionId": "conn-1",
    "connection_id": "conn-1",
    "Connection-Id": "conn-1",
    "uniqueKey": "salesforce",
    "provider_config_key": "salesforce",
    "Provider-Config-Key": "salesforce",
    "integration_id": "salesforce",
    "provider": "hubspot",
    "allowed_integrations": ["salesforce"],
    "limit": 3,
    "page": 0,
    "model": "Contact",
    "filter": "added,updated",
    "ids": ["003Dm0000000000IAA"],
    "modified_after": lambda: datetime.now(UTC).isoformat().replace("+00:00", "Z"),
    "delta": lambda: datetime.now(UTC).isoformat().replace("+00:00", "Z"),
    "cursor": _CURSOR,
    "until_cursor": _CURSOR,
    "syncs": [],
    "opts": {"reset": True},
    "sync_name": "salesforce-contacts",
    "sync_variant": "base",
    "frequency": "every hour",
    "action_name": "salesforce-contact-fields",
    "X-Max-Retries": "0",
    "code": ACTION,
    "function_type": "action",
    "function_name": "hello",
}
KNOWN_AT: Final[dict[str, dict[str, Any]]] = {
    "POST /integrations": {
        "unique_key": lambda: f"crm-{next(_NUMBERS)}",
        "credentials": {"type": "OAUTH2", "client_id": "id", "client_secret": "secret"},
    },
    "POST /connections": {
        "connection_id": "conn-2",
        "credentials": {"type": "OAUTH2", "access_token": "FAKE"},
        "end_user": {"id": "u"},
        "tags": {"a": "b"},
    },
    "GET /integrations/{}/functions": {"type": "sync", "search": "contacts"},
    "GET /integrations/{}/functions/{}": {"name": "salesforce-contacts", "type": "sync"},
    "PATCH /integrations/{}": {"unique_key": "salesforce"},
    "GET /sync/status": {"syncs": "*"},
    "POST /sync/{}/variant/{}": {"name": "salesforce-contacts", "variant": lambda: f"v{next(_NUMBERS)}"},
    "DELETE /sync/{}/variant/{}": {
        "name": "hubspot-contacts",
        "variant": "customers",
        "provider_config_key": "hubspot",
        "connection_id": "hub-1",
    },
    # the demo provider whose /items takes any method
    "/proxy/{}": {
        "anyPath": "items",
        "Connection-Id": "flaky-1",
        "Provider-Config-Key": "unreliable",
        "Base-Url-Override": "",
        "Retries": "0",
        "Retry-On": "429",
        "Decompress": "true",
    },
}

Operation = tuple[str, str]


def _nameless(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", path)


def _served() -> list[Operation]:
    """Every method and path of the sandbox, parameters without their names."""
    routes = [
        (method, _nameless(route.path))
        for route in ROUTES
        for method in sorted(route.methods or ())
        if method != "HEAD"
    ]
    return routes + [(method, "/proxy/{}") for method in ("GET", "POST", "PUT", "PATCH", "DELETE")]


CHECKED: Final = [operation for operation in _served() if operation not in NOT_IN_THE_FILE]


@pytest.fixture(scope="module")
def spec(shared: Path) -> Spec:
    path = shared / "nango" / "spec.yaml"
    if not path.is_file():
        pytest.skip("Nango's OpenAPI file is not here")
    loaded: Spec = yaml.safe_load(path.read_text("utf-8"))
    return loaded


@pytest.fixture(scope="module")
def schema(spec: Spec) -> BaseSchema:
    return from_dict(_for_requests(amended(spec)))


def _for_requests(spec: Spec) -> Spec:
    """The file, for better requests; what it says about answers stays.

    No security: every request has the right key, and schemathesis would make up others. Bodies without
    unknown keys: Nango refuses those, the file does not say so, and nearly every request would be refused
    for that alone.
    """
    for methods in spec["paths"].values():
        for operation in methods.values():
            for content in operation.get("requestBody", {}).get("content", {}).values():
                body = content["schema"]
                if "$ref" in body:
                    body = spec["components"]["schemas"][body["$ref"].rpartition("/")[2]]
                if "properties" in body:
                    body["additionalProperties"] = False
    return {**spec, "security": []}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A fresh one for each operation: some delete what others need."""
    started = Sandbox("--rows", "5")
    yield started
    started.close()


def _operation(schema: BaseSchema, method: str, path: str) -> Any:
    found = [
        operation
        for operation in (result.ok() for result in schema.get_all_operations())
        if (operation.method.upper(), _nameless(operation.path)) == (method, _nameless(path))
    ]
    assert len(found) == 1, f"{method} {path} is {len(found)} times in Nango's OpenAPI file"
    return found[0]


def _send(sandbox: Sandbox, case: Case) -> Any:
    """The answer, checked; raises FailureGroup where it is not as the file says."""
    headers = {"Authorization": f"Bearer {sandbox.key}"}
    answer = case.call(base_url=sandbox.url, headers=headers, timeout=30)
    case.validate_response(answer, checks=CHECKS)
    return answer


def _with_known_names(case: Case, method: str, path: str, made: Mapping[str, Any]) -> None:
    values = {**KNOWN, **KNOWN_AT.get(f"{method} {path}", {}), **KNOWN_AT.get(path, {}), **made}
    for part in (case.path_parameters, case.query, case.headers, case.body):
        if isinstance(part, Mapping):
            for name in set(part) & set(values):
                value = values[name]
                part[name] = value() if callable(value) else value  # type: ignore[index]


def _action_in_background(sandbox: Sandbox) -> str:
    """The id of an action that has ended."""
    headers = {"Connection-Id": "conn-1", "Provider-Config-Key": "salesforce", "X-Async": "true"}
    body = {"action_name": "salesforce-contact-fields"}
    triggered: dict[str, str] = sandbox.client.post("/action/trigger", json=body, headers=headers).json()
    while sandbox.client.get(triggered["statusUrl"]).status_code == 404:
        pass
    return triggered["id"]


def _made(sandbox: Sandbox, path: str) -> dict[str, str]:
    """Ids of what this very sandbox has."""
    match path:
        case "/action/{}":
            return {"actionId": _action_in_background(sandbox)}
        case "/integrations/{}/functions/{}/code":
            deploy(sandbox, action("hello", integration="salesforce"))
            return {"name": "hello", "type": "action"}
        case "/functions/dryruns/{}":
            return {"id": sandbox.client.post("/functions/dryruns", json=DRYRUN).json()["id"]}
        case "/functions/deployments/{}":
            return {"id": sandbox.client.post("/functions/deployments", json=DEPLOYMENT).json()["id"]}
    return {}


@pytest.mark.parametrize(("method", "path"), CHECKED, ids=[f"{m} {p}" for m, p in CHECKED])
def test_answers_are_as_the_file_says(schema: BaseSchema, sandbox: Sandbox, method: str, path: str) -> None:
    operation = _operation(schema, method, path)
    seen: Counter[int] = Counter()
    made = _made(sandbox, path)

    @_bounded(EXAMPLES)
    @given(case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE), known=st.booleans())
    def fits(case: Case, known: bool) -> None:
        if known:
            _with_known_names(case, method, path, made)
        seen[_send(sandbox, case).status_code] += 1

    fits()
    assert any(200 <= status < 300 for status in seen), f"no request succeeded: {seen}"

    if _can_be_wrong(operation):

        @_bounded(WRONG_EXAMPLES)
        @given(case=operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))
        def fits_wrong(case: Case) -> None:
            _send(sandbox, case)

        fits_wrong()


def _can_be_wrong(operation: Any) -> bool:
    """Whether there is a request that the file forbids: any text is right in a path."""
    return bool(operation.body) or any(each.location != "path" for each in operation.iter_parameters())


def _bounded(examples: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    # the same requests in each run; each is quick, and none is made smaller: what failed is in the message
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def test_the_file_has_every_route_or_it_is_said_why(schema: BaseSchema) -> None:
    in_file = {
        (operation.method.upper(), _nameless(operation.path))
        for operation in (result.ok() for result in schema.get_all_operations())
    }
    assert set(_served()) - in_file == set(NOT_IN_THE_FILE)
    assert len(CHECKED) >= 36


def test_what_the_sandbox_does_not_serve_is_not_found_in_the_shape_of_nango(
    spec: Spec, sandbox: Sandbox
) -> None:
    absent = [
        (method.upper(), re.sub(r"\{[^}]*\}", "any", path))
        for path, methods in spec["paths"].items()
        for method in methods
        if (method.upper(), _nameless(path)) not in CHECKED
    ]
    assert absent
    for method, path in absent:
        answer = sandbox.client.request(method, path, **({} if method == "GET" else {"json": {}}))
        said = f"The sandbox has no endpoint {method} {path}"
        assert answer.status_code == 404, (method, path)
        assert answer.json() == {"error": {"code": "not_found", "message": said}}


@pytest.mark.parametrize("amendment", AMENDMENTS, ids=lambda each: each.operations)
def test_each_amendment_of_the_file_is_needed(spec: Spec, sandbox: Sandbox, amendment: Amendment) -> None:
    assert amendment.says and amendment.reason
    method, path, arguments = amendment.example
    with pytest.raises(FailureGroup) as caught:
        _send(sandbox, _operation(from_dict(spec), method, path).Case(**arguments))
    assert [type(failure).__name__ for failure in caught.value.exceptions] == list(amendment.breaks)
    _send(sandbox, _operation(from_dict(amended(spec)), method, path).Case(**arguments))
