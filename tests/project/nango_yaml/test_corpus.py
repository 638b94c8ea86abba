"""Every file of the corpus: the outcome, the parsed form and what is generated equal the real software's."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from nangonb._project.nango_yaml import (
    RunsError,
    check,
    interfaces,
    interval,
    models_to_json_schema,
    nango_json,
    problems,
    schema_json,
)
from nangonb.errors import ProjectError

from .conftest import case_names, checked, document
from .differences import CRASHES, DEPRECATION, NEW_PAGE, OLD_PAGE, UNCOMPILABLE, UNREADABLE

CORPUS = "yaml-corpus.jsonl.gz"
MEASURED_AT = datetime(2024, 1, 1, 15, 36, 20, 500_000)


@pytest.mark.parametrize("name", case_names(CORPUS))
def test_outcome_and_parsed_form(corpus: dict[str, Any], name: str) -> None:
    case = corpus[name]
    expected = case["expected"]
    if name in UNREADABLE:
        assert "load_error" in expected
        assert _codes(case["yaml"]) == [UNREADABLE[name]]
        return
    ours = checked(case["yaml"]).as_dict()
    assert ours["version"] == expected["version"]
    assert ours["accepted"] == expected["cli_accepts"]
    assert ours["schema_errors"] == expected.get("schema_errors", [])
    assert ours["warnings"] == expected["warnings"]
    if name in CRASHES:
        assert "parse_exception" in expected
        assert [error["code"] for error in ours["errors"]] == [CRASHES[name]]
        assert ours["parsed"] is None
        return
    assert ours["errors"] == expected["errors"]
    assert ours["parsed"] == expected["parsed"]
    assert ours["model_order"] == expected["model_order"]


@pytest.mark.parametrize("name", case_names(CORPUS))
def test_generated_files(corpus: dict[str, Any], name: str) -> None:
    case = corpus[name]
    if name in UNREADABLE:
        return
    ours = checked(case["yaml"])
    if "interfaces" not in case:
        assert ours.parsed is None
        return
    assert interfaces(ours) == case["interfaces"]
    assert nango_json(ours) == case["expected"]["parsed"]["integrations"]
    assert models_to_json_schema(ours) == case["json_schema"]
    schema = case.get("dot_nango_schema")
    if schema is not None and name not in UNCOMPILABLE:
        for definition in schema["definitions"].values():
            if DEPRECATION in definition.get("description", ""):
                del definition["description"]
        assert schema_json(ours, schema["$comment"]) == schema


@pytest.mark.parametrize("name", sorted(UNCOMPILABLE))
def test_a_schema_that_differs_is_warned_of(corpus: dict[str, Any], name: str) -> None:
    assert "typescript-syntax" in _codes(corpus[name]["yaml"])
    assert schema_json(checked(corpus[name]["yaml"])) != corpus[name]["dot_nango_schema"]


def test_intervals(corpus: dict[str, Any]) -> None:
    measured = [one for case in corpus.values() for one in case["expected"].get("intervals", ())]
    assert len(measured) > 300
    for one in measured:
        try:
            found = interval(one["runs"])
        except RunsError as error:
            assert one.get("error") == error.code, one
        else:
            assert (found.interval, found.offset(MEASURED_AT)) == (one["interval"], one["offset"]), one


def test_everything_refused_has_an_error_with_a_line(corpus: dict[str, Any]) -> None:
    for name, case in corpus.items():
        try:
            read = document(case["yaml"])
        except ProjectError as error:
            assert error.problems[0].place and error.problems[0].place.line, name
            continue
        said = problems(check(read.data), read.place)
        refused = any(problem.severity == "error" for problem in said)
        assert refused != case["expected"]["cli_accepts"], name
        assert all(problem.place and problem.place.line for problem in said), name


@pytest.mark.parametrize("name", case_names("yaml-golden.json"))
def test_cases_of_0_69_36(golden: Any, name: str) -> None:
    case = golden("yaml-golden.json")[name]
    if name == "empty":
        assert _codes(case["yaml"]) == ["empty-file"]
        return
    ours = checked(case["yaml"])
    shown = ours.as_dict()
    assert shown["schema_errors"] == [_without_undefined(error) for error in case["schemaErrors"]]
    if "exception" in case:
        assert ours.crash is not None
        return
    assert shown["version"] == case["version"]
    assert (shown["errors"] == []) == case["parseOk"]
    assert shown["errors"] == [
        {**error, "message": error["message"].replace(OLD_PAGE, NEW_PAGE)} for error in case["errors"]
    ]
    assert shown["warnings"] == case["warnings"]
    if "parsed" in case:
        integrations = shown["parsed"]["integrations"]
        for script in [
            script for one in integrations for kind in ("syncs", "actions") for script in one[kind]
        ]:
            script.pop("features", None)  # newer than this version
        assert integrations == _without_undefined(case["parsed"])
    if "models" in case:
        assert [model.as_dict() for model in ours.models.values()] == _without_undefined(case["models"])
        assert interfaces(ours) == "\n\n".join(case["interfaces"]) + "\n"
    if "schemaJson" in case:
        assert schema_json(ours, case["schemaJson"]["$comment"]) == case["schemaJson"]
    if "nangoModelsToJsonSchema" in case:
        assert models_to_json_schema(ours) == case["nangoModelsToJsonSchema"]


@pytest.mark.parametrize("runs", case_names("runs-golden.json"))
def test_runs(golden: Any, runs: str) -> None:
    expected = golden("runs-golden.json")[runs]
    try:
        found = interval(runs)
    except RunsError as error:
        # `ms` throws on an empty text; ours is an error like the others.
        assert error.code == ("sync_interval_invalid" if runs == "" else expected["error"])
    else:
        assert {"interval": found.interval, "offset": found.offset(datetime(2024, 1, 1))} == expected


#: The words of nango.yaml that become the TypeScript types of tsj-golden.json.
WORDS = {
    "Date": "date",
    "Record<string, any>": "object",
    "'hello'": "hello",
    "'open' | 'closed'": "open | closed",
    "{ a: string; b?: Ref | undefined; }": {"a": "string", "b?": "Ref"},
    "('a' | Ref | string)[]": ["a", "Ref", "string"],
    "'a' | 'b' | null": "a | b | null",
    "'x'[]": ["x"],
    "string | Date": "string | date",
    "1.5": 1.5,
}
#: No word of nango.yaml becomes the type `symbol`.
TYPES = [written for written in case_names("tsj-golden.json") if written != "symbol"]
ANONYMOUS = {"Anon1": "string", "Anon2": "Ref[]", "Anon3": "Ref | null", "Anon4": "foo"}


@pytest.mark.parametrize("written", TYPES)
def test_types_as_json_schema(golden: Any, written: str) -> None:
    expected = golden("tsj-golden.json")[written]
    models: dict[str, Any] = {"Ref": {"x": "string"}}
    if written in ANONYMOUS:
        action = {"endpoint": "/x", "output": ANONYMOUS[written]}
        ours = check({"integrations": {"p": {"actions": {"a": action}}}, "models": models})
        assert schema_json(ours)["definitions"]["Anonymous_p_action_a_output"] == expected
        return
    ours = check({"integrations": {}, "models": models | {"M": {"f": WORDS.get(written, written)}}})
    schema = schema_json(ours)["definitions"]["M"]
    required = {"required": schema["required"]} if "required" in schema else {}
    assert {"f": schema["properties"]["f"], **required} == expected


def _codes(text: str) -> list[str]:
    from .conftest import found

    return [problem.code for problem in found(text)]


def _without_undefined(value: Any) -> Any:
    """The golden file spells JavaScript's undefined out."""
    if isinstance(value, dict):
        return {key: _without_undefined(item) for key, item in value.items() if item != "__undefined__"}
    return [_without_undefined(item) for item in value] if isinstance(value, list) else value
