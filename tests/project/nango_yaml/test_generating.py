"""What is made of the models and scripts: Python, JSON Schema for validation, first texts of scripts."""

from __future__ import annotations

import subprocess
import sys
import types
import typing
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from nangonb._project.nango_yaml import (
    Checked,
    check,
    interfaces,
    model_schema,
    models_module,
    python_name,
    scaffold,
    schema_json,
)

from .conftest import checked

MODELS = """\
integrations:
  sf:
    syncs:
      contacts:
        runs: every day
        output: Contact
        endpoint: /contacts
        webhook-subscriptions: '*'
        description: |
          Contacts, "by field".
      notes:
        runs: every day
        output: [As, Note_]
        endpoint: [/a, /n]
        input: Meta
    actions:
      create-contact:
        endpoint: /contacts
        input: Meta
        output: Contact
      find: {endpoint: GET /find, output: 'Contact[]', input: string}
      broken: {endpoint: /broken, output: Endless}
      ping: {endpoint: /ping}
    on-events:
      validate-connection: [check-key]
models:
  Contact:
    id: string
    name?: string
    age: integer | null
    born: date
    status: open | closed
    tags: string[]
    parent?: Contact
    address:
      street: string
      geo?: {lat: number}
    "odd name": any
    kind: person
    size: 5
    both: [Meta, string]
    extra: undefined | string
  Meta:
    __string: string | number
    page: number
  Map: {__string: Contact}
  As: {id: string}
  Note_: {id: number, class: string}
  Endless: {next: Endless}
  list: {items: 'string[]'}
  Any: {value: any, any: Any}
"""


@pytest.fixture(scope="module")
def models() -> Checked:
    found = checked(MODELS)
    assert found.accepted, found.errors
    return found


def python(source: str) -> dict[str, Any]:
    module = types.ModuleType("nangonb_models_of_a_test")
    sys.modules[module.__name__] = module
    try:
        exec(source, module.__dict__)
        hints = {
            name: typing.get_type_hints(value, include_extras=True)
            for name, value in vars(module).items()
            if typing.is_typeddict(value)
        }
    finally:
        del sys.modules[module.__name__]
    return {**vars(module), "hints": hints}


def test_models_are_typed_dicts(models: Checked) -> None:
    made = python(models_module(models, {"Contact": "Cell In[3], line 9"}))
    contact = made["Contact"]
    assert contact.__required_keys__ >= {"id", "age", "born", "odd name", "both"}
    assert contact.__optional_keys__ == {"name", "parent", "extra"}
    hints = made["hints"]["Contact"]
    assert hints["id"] is str
    assert hints["age"] == float | None
    assert hints["status"] == typing.Literal["open", "closed"]
    assert hints["kind"] == typing.Literal["person"]
    assert hints["size"] == typing.Literal[5]
    assert hints["tags"] == list[str]
    assert typing.is_typeddict(hints["address"])
    assert made["hints"][hints["address"].__name__]["street"] is str
    assert made["Map"] == dict[str, contact]
    assert made["Meta"] == dict[str, Any]
    assert contact(id="1") == {"id": "1"}
    assert "Cell In[3], line 9" in models_module(models, {"Contact": "Cell In[3], line 9"})
    assert set(made["__all__"]) == {python_name(name) for name in models.models}


def test_mypy_takes_the_models_and_scripts(models: Checked, tmp_path: Path) -> None:
    package = tmp_path / "src" / "nangonb"
    package.mkdir(parents=True)
    (package / "models.py").write_text(models_module(models))
    (package / "py.typed").touch()
    (package / "__init__.py").write_text(
        "from collections.abc import Iterable, Mapping\nfrom typing import Any\n\n"
        "class NangoAction:\n    class ActionError(Exception): ...\n"
        "    def log(self, *parts: object) -> None: ...\n\n"
        "class NangoSync(NangoAction):\n"
        "    def batch_save(self, records: Iterable[Mapping[str, Any]] | None, model: str) -> bool:\n"
        "        return True\n"
    )
    files = []
    for script in models.scripts:
        files.append(tmp_path / f"{script.kind}_{script.name}.py".replace("-", "_"))
        files[-1].write_text(scaffold(script, "python", models.models))
    (tmp_path / "use.py").write_text(
        "from nangonb.models import Contact\n\ndef use(one: Contact) -> str:\n"
        '    one["tags"].append(one["id"])\n    return one["name"]\n'
    )
    (tmp_path / "misuse.py").write_text(
        'from nangonb.models import As, Contact\n\nempty: As = {"id": 5}\n\ndef use(one: Contact) -> int:\n'
        '    return one["nothing"]\n'
    )
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--no-incremental",
        "--cache-dir",
        str(tmp_path / "cache"),
    ]
    environment = {"MYPYPATH": str(tmp_path / "src"), "PATH": ""}
    files.append(tmp_path / "use.py")

    def run(*paths: Path) -> str:
        done = subprocess.run(
            [*command, *map(str, paths)], capture_output=True, text=True, cwd=tmp_path, env=environment
        )
        return done.stdout + done.stderr

    assert "Success: no issues found" in run(package / "models.py", *files)
    refused = run(tmp_path / "misuse.py")
    assert 'has no key "nothing"' in refused and 'item "id" has type "str"' in refused, refused


def test_names_that_python_cannot_have() -> None:
    assert [python_name(name) for name in ("Contact", "class", "5", "__x", "None", "match")] == [
        "Contact",
        "class_",
        "_5",
        "_x",
        "None_",
        "match",
    ]
    made = python(models_module(check({"integrations": {}, "models": {"class": {"a": "class"}, "5": {}}})))
    assert made["hints"]["class_"] == {"a": made["class_"]}


class Log:
    """As much of ``nango`` as a fresh script uses."""

    class ActionError(Exception):
        pass

    def __init__(self) -> None:
        self.saved: dict[str, list[Any]] = {}
        self.lines: list[str] = []

    def batch_save(self, records: list[Any], model: str) -> None:
        self.saved[model] = records

    def log(self, line: str) -> None:
        self.lines.append(line)


def run_python(models: Checked, name: str, function: str, *arguments: Any) -> tuple[Log, Any]:
    (script,) = (one for one in models.scripts if one.name == name)
    source = scaffold(script, "python", models.models)
    lines = [line for line in source.splitlines() if not line.startswith("from ")]
    namespace: dict[str, Any] = {"NangoSync": Log, "NangoAction": Log, **python(models_module(models))}
    exec("from __future__ import annotations\n" + "\n".join(lines), namespace)
    nango = Log()
    return nango, namespace[function](nango, *arguments)


def test_a_fresh_sync_runs(models: Checked) -> None:
    nango, _ = run_python(models, "contacts", "fetch_data")
    assert nango.saved == {"Contact": []}
    assert run_python(models, "notes", "fetch_data")[0].saved == {"As": [], "Note_": []}
    assert run_python(models, "contacts", "on_webhook", {"a": 1})[0].lines == ["{'a': 1}"]


def test_a_fresh_action_returns_a_valid_output(models: Checked) -> None:
    nango, output = run_python(models, "create-contact", "run_action", {})
    assert nango.lines == ["create-contact is not written yet"]
    jsonschema.validate(output, model_schema(models, "Contact"))
    assert run_python(models, "find", "run_action", "")[1] == []
    assert run_python(models, "ping", "run_action", None)[1] is None
    with pytest.raises(Log.ActionError):
        run_python(models, "broken", "run_action", None)


def test_a_fresh_event_script_runs(models: Checked) -> None:
    assert run_python(models, "check-key", "on_event")[0].lines == ["check-key is not written yet"]


def test_typescript_scaffolds(models: Checked) -> None:
    made = {script.name: scaffold(script, "typescript", models.models) for script in models.scripts}
    assert (
        made["contacts"]
        == """\
import type { NangoSync, Contact } from '../../models';

/** Contacts, "by field". */
export default async function fetchData(nango: NangoSync): Promise<void> {
    const contacts: Contact[] = []; // fetch them with nango.get or nango.paginate
    await nango.batchSave(contacts, 'Contact');
}

export async function onWebhookPayloadReceived(nango: NangoSync, payload: any): Promise<void> {
    await nango.log(payload);
}
"""
    )
    assert (
        made["ping"]
        == """\
import type { NangoAction } from '../../models';

export default async function runAction(nango: NangoAction, _input?: void): Promise<void> {
    await nango.log("ping is not written yet");
}
"""
    )
    assert (
        made["check-key"]
        == """\
import type { NangoAction } from '../../models';

export default async function onEvent(nango: NangoAction): Promise<void> {
    await nango.log("check-key is not written yet");
}
"""
    )
    assert "_input: Meta): Promise<Contact> {" in made["create-contact"]
    assert "return { id: '', age: 0, born: new Date(0), status: 'open', tags: []," in made["create-contact"]
    assert 'throw new nango.ActionError({ message: "broken is not written yet" });' in made["broken"]
    assert "const recordsAs: As[]" in made["notes"]
    assert "Meta" not in made["notes"]


VALID: dict[str, Any] = {
    "id": "1",
    "age": None,
    "born": "2024-01-01T00:00:00Z",
    "status": "open",
    "tags": [],
    "address": {"street": "x"},
    "odd name": 5,
    "kind": "person",
    "size": 5,
    "both": ["x", {"page": 1, "more": "y"}],
}


@pytest.mark.parametrize(
    ("change", "valid"),
    [
        ({}, True),
        ({"age": 5}, True),
        ({"age": "5"}, False),
        ({"name": None}, False),
        ({"name": "x", "extra": "y"}, True),
        ({"status": "half"}, False),
        ({"kind": "thing"}, False),
        ({"size": 6}, False),
        ({"size": 5.0}, True),
        ({"tags": ["a", 5]}, False),
        ({"address": {}}, False),
        ({"address": {"street": "x", "no": 1}}, False),
        ({"address": {"street": "x", "geo": {"lat": 1.5}}}, True),
        ({"parent": {**VALID, "id": 5}}, False),
        ({"parent": VALID}, True),
        ({"both": [{"page": "1"}]}, False),
        ({"both": [True]}, False),
        ({"unknown": 1}, False),
        ({"odd name": None}, True),
    ],
)
def test_validating_records(models: Checked, change: dict[str, Any], valid: bool) -> None:
    schema = model_schema(models, "Contact")
    assert set(schema["definitions"]) == {"Contact", "Meta"}
    jsonschema.Draft7Validator.check_schema(schema)
    record = {**VALID, **change}
    assert jsonschema.Draft7Validator(schema).is_valid(record) == valid


@pytest.mark.parametrize("missing", ["id", "age", "odd name", "address"])
def test_required_fields(models: Checked, missing: str) -> None:
    record = {key: value for key, value in VALID.items() if key != missing}
    assert not jsonschema.Draft7Validator(model_schema(models, "Contact")).is_valid(record)


def test_the_schema_of_an_anonymous_model(models: Checked) -> None:
    schema = model_schema(models, "Anonymous_sf_action_find_output")
    assert jsonschema.Draft7Validator(schema).is_valid([VALID])
    assert not jsonschema.Draft7Validator(schema).is_valid(VALID)


def test_a_model_that_is_not_there(models: Checked) -> None:
    with pytest.raises(KeyError):
        model_schema(models, "Nope")


def test_unions_as_the_generator_of_the_cli_makes_them() -> None:
    """Taken from ts-json-schema-generator 2.4.0."""
    written: dict[str, tuple[Any, Any]] = {
        "a": ("never | bigint", {"type": "number"}),
        "b": ("open | string", {"type": "string"}),
        "c": ("open | string | null", {"type": ["string", "null"]}),
        "d": ("open | 5 | true", {"type": ["string", "number", "boolean"], "enum": ["open", 5, True]}),
        "e": ("number | bigint | open", {"anyOf": [{"type": "number"}, {"type": "string", "const": "open"}]}),
        "f": ("null | open | void", None),
        "g": ("open | open | date", None),
        "h": ([], {"$comment": "() =>[]"}),
    }
    written["f"] = (
        written["f"][0],
        {"anyOf": [{"type": "null"}, {"type": "string", "const": "open"}, {"type": "null"}]},
    )
    written["g"] = (
        written["g"][0],
        {"anyOf": [{"type": "string", "const": "open"}, {"type": "string", "format": "date-time"}]},
    )
    fields = {name: text for name, (text, _) in written.items()}
    made = check({"integrations": {}, "models": {"M": fields}})
    properties = schema_json(made)["definitions"]["M"]["properties"]
    assert properties == {name: schema for name, (_, schema) in written.items()}


def test_interfaces_of_no_models() -> None:
    assert interfaces(check({"integrations": {}, "models": {}})) == "\n"


def test_typed_views(models: Checked) -> None:
    (integration,) = models.integrations
    contacts, notes = integration.syncs
    assert (contacts.integration, contacts.kind, contacts.name) == ("sf", "sync", "contacts")
    assert contacts.at == ("integrations", "sf", "syncs", "contacts")
    assert (contacts.runs, contacts.output, contacts.webhook_subscriptions) == (
        "every day",
        ("Contact",),
        ("*",),
    )
    assert [str(endpoint) for endpoint in notes.endpoints] == ["GET /a", "GET /n"]
    assert notes.used_models == ("As", "Note_", "Meta")
    assert integration.on_events is not None
    assert integration.on_events["validate-connection"] == ("check-key",)
    event = integration.scripts[-1]
    assert (event.kind, event.name, event.event) == ("on-event", "check-key", "validate-connection")
    assert event.at == ("integrations", "sf", "on-events", "validate-connection", 0)
    find = next(action for action in integration.actions if action.name == "find")
    assert (find.output, find.input) == (
        ("Anonymous_sf_action_find_output",),
        "Anonymous_sf_action_find_input",
    )
    assert models.models["Anonymous_sf_action_find_output"].is_anonymous


def row_of_models(length: int, key: str) -> Checked:
    """Models that each use the next, declared in that order."""
    fields = {f"M{number}": {key: f"M{number + 1}", "id": "string"} for number in range(length)}
    action = {"endpoint": "/x", "output": "M0"}
    models = {**fields, f"M{length}": {"id": "string"}}
    return check({"integrations": {"p": {"actions": {"a": action}}}, "models": models})


@pytest.mark.parametrize("key", ["next", "__extends"])
def test_a_long_row_of_models(key: str) -> None:
    before = sys.getrecursionlimit()
    made = row_of_models(400, key)
    assert sys.getrecursionlimit() == before
    assert made.accepted and next(iter(made.models)) == "M400"
    assert len(model_schema(made, "M0")["definitions"]) == (401 if key == "next" else 1)
    for script in made.scripts:
        compile(scaffold(script, "python", made.models), "script.py", "exec")
    python(models_module(made))


def test_a_row_of_models_without_end() -> None:
    made = row_of_models(20_000, "next")
    assert made.crash is not None and made.crash.code == "too_deep"
