"""nango.zod_validate_input: data against a model, with zod's verdict."""

from __future__ import annotations

from typing import Any

import pytest

from nangonb.errors import ActionError, ScriptError
from tests.world import World, shown

YAML = """%%nango_yaml more
models:
  Ask:
    name: string
    count?: number
    tags?: string[]
    inner?:
      on: boolean
    child?: Child
  Child:
    age: number
"""


def check(acme: World, input: Any, schema: str = "'Ask'") -> Any:
    acme.cell(YAML)
    return acme.action(
        f"return nango.zod_validate_input(zod_schema={schema}, input=input)",
        head="from nangonb.models import Ask\n",
        input=input,
    )


def refused(acme: World, input: Any) -> list[str]:
    with pytest.raises(ScriptError) as caught:
        check(acme, input)
    cause = caught.value.__cause__
    assert isinstance(cause, ActionError)
    assert cause.payload == {"message": "Invalid input provided"}
    logs = acme.session.last_dryrun().trace.logs
    assert {entry.level for entry in logs} == {"error"}
    return [entry.message for entry in logs]


def test_valid_input_comes_back_without_unknown_keys(acme: World) -> None:
    given = {
        "name": "a",
        "more": 1,
        "inner": {"on": True, "off": 2},
        "child": {"age": 3, "x": 1},
        "tags": ["t"],
    }
    clean = {"name": "a", "inner": {"on": True}, "child": {"age": 3}, "tags": ["t"]}
    assert check(acme, given) == {"success": True, "data": clean}
    assert check(acme, given, "Ask") == {"success": True, "data": clean}
    assert acme.session.last_dryrun().trace.logs == []


def test_each_issue_is_logged_with_its_path(acme: World) -> None:
    assert refused(acme, {"count": "3", "child": {"age": True}}) == [
        "Invalid input provided: Invalid input: expected number, received boolean at path child.age",
        "Invalid input provided: Invalid input: expected number, received string at path count",
        "Invalid input provided: Invalid input: expected string, received undefined at path name",
    ]


def test_nothing_is_no_input(acme: World) -> None:
    assert len(refused(acme, None)) == 1


def test_a_json_schema_will_do(acme: World) -> None:
    schema = "{'type': 'object', 'properties': {'a': {'type': 'string'}}, 'required': ['a']}"
    assert check(acme, {"a": "x"}, schema)["data"] == {"a": "x"}


def test_an_unknown_model(acme: World) -> None:
    with pytest.raises(ScriptError) as caught:
        check(acme, {}, "'Asks'")
    assert "zod_validate_input: 'Asks' is not a declared model." in shown(caught.value)
