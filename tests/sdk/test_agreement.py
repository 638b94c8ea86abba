"""Python, the host of TypeScript scripts, the types and the translator agree on ``nango``."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from importlib.resources import files
from types import SimpleNamespace
from typing import Any

import pytest

from nangonb._node.packages import packages_folder
from nangonb._project import NANGO_YAML, ZERO_YAML, Project
from nangonb._sdk import METHODS, NangoAction, NangoSync
from nangonb._translate import translate
from nangonb._translate.single_file import single_file
from tests.scripted import ScriptedNango
from tests.world import YAML, World

#: A call of every method, with every parameter.
REQUEST = (
    "params={'q': 1}, headers={'X-A': 'b'}, retries=2, retry_on=[409], "
    "base_url_override='https://eu.acme.example', "
    "decompress=True, forward_headers_on_redirect=True, response_type='text', "
    "provider_config_key='acme', connection_id='conn-1'"
)
SENDING = f"'/a', data={{'n': 1}}, {REQUEST}"
PAGES = "'/a', paginate={'type': 'offset', 'offset_name_in_request': 'n', 'limit': 5}, method='GET'"
FRESH = "force_refresh=True, refresh_token=True, refresh_github_app_jwt_token=True"
CALLS = {
    "get": f"'/a', {REQUEST}",
    "post": SENDING,
    "put": SENDING,
    "patch": SENDING,
    "delete": f"'/a', {REQUEST}",
    "proxy": f"'/a', method='POST', data={{'n': 1}}, {REQUEST}",
    "paginate": PAGES,
    "uncontrolled_fetch": "'https://a.example/x', method='POST', headers={'X-A': 'b'}, body='x'",
    "get_connection": f"'acme', 'conn-2', {FRESH}",
    "get_token": "",
    "get_integration": "include=['webhook']",
    "get_webhook_url": "",
    "get_metadata": "",
    "set_metadata": "{'a': 1}",
    "update_metadata": "{'b': 2}",
    "set_field_mapping": "{'c': 'd'}",
    "get_field_mapping": "",
    "get_environment_variables": "",
    "get_flow_attributes": "",
    "trigger_action": "'acme', 'conn-1', 'do-it', {'n': 1}",
    "trigger_sync": "'acme', 'conn-1', {'name': 'contacts', 'variant': 'emea'}, 'full_refresh'",
    "start_sync": "'acme', ['contacts'], 'conn-1'",
    "get_checkpoint": "",
    "save_checkpoint": "{'page': 1}",
    "clear_checkpoint": "",
    "try_acquire_lock": "key='k', ttl_ms=5",
    "release_lock": "key='k'",
    "release_all_locks": "",
    "zod_validate_input": "zod_schema='Contact', input={'id': '1'}",
    "log": "'a', level='warn'",
    "set_logger": "level='warn'",
    "batch_save": "[{'id': '1'}], 'Contact'",
    "batch_send": "[{'id': '2'}], 'Contact'",
    "batch_update": "[{'id': '3'}], 'Contact'",
    "batch_delete": "[{'id': '4'}], 'Contact'",
    "set_merging_strategy": "'override', 'Contact'",
    "track_deletes_start": "'Contact'",
    "track_deletes_end": "'Contact'",
    "delete_records_from_previous_executions": "'Contact'",
    "list_records": "'Contact', cursor='x'",
    "get_records_by_ids": "['1'], 'Contact'",
}
LOOPS = ("paginate", "list_records")
#: What the CLI that takes nango.yaml lacks.
ZERO_YAML_ONLY = {
    "clear_checkpoint", "get_checkpoint", "list_records", "release_all_locks", "save_checkpoint",
    "track_deletes_end", "track_deletes_start", "zod_validate_input",
}  # fmt: skip
OBSERVED_BY_REQUESTS = {
    "get", "post", "put", "patch", "delete", "proxy", "paginate", "list_records",
}  # fmt: skip
NODE_ONLY = {"zod_validate_input"}  # the host of TypeScript asks nobody: zod is packages_folder
ANSWERS: Mapping[str, Any] = {
    "get_token": "t",
    "get_webhook_url": "https://hooks.example",
    "get_environment_variables": [],
    "uncontrolled_fetch": SimpleNamespace(
        status=200, headers={}, url="https://a.example/x", redirected=False, array_buffer=lambda: b""
    ),
    "try_acquire_lock": True,
    "release_lock": True,
    "trigger_action": {"done": True},
    "track_deletes_end": {"deletedKeys": []},
    "delete_records_from_previous_executions": {"deletedKeys": []},
    **dict.fromkeys(("batch_save", "batch_send", "batch_update", "batch_delete"), True),
}  # fmt: skip
CAPITALS = {"get_webhook_url": "getWebhookURL"}


def methods(kind: type) -> set[str]:
    return {name for name in dir(kind) if name[0] != "_" and inspect.isfunction(getattr(kind, name))}


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return CAPITALS.get(name) or first + "".join(map(str.capitalize, rest))


def script(names: Mapping[str, str], *, entry: str = "fetch_data(nango)") -> str:
    lines = []
    for name, arguments in names.items():
        call = f"nango.{name}({arguments})"
        lines += [f"    for each in {call}:", "        pass"] if name in LOOPS else [f"    {call}"]
    return f"def {entry}:\n" + "\n".join(lines) + "\n"


def project(world: World, text: str, magic: str = "sync contacts") -> Project:
    world.cell(YAML, label="Cell In[1]")
    world.cell(f"%%nango_{magic}\n{text}", label="Cell In[2]")
    return world.session.project


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """Which methods were called with which arguments; the calls do nothing."""
    calls: list[tuple[str, dict[str, Any]]] = []

    def recording(name: str) -> Callable[..., Any]:
        signature = inspect.signature(getattr(NangoSync, name))

        def record(*args: Any, **options: Any) -> Any:
            bound = signature.bind(*args, **options)
            bound.apply_defaults()
            given = {key: list(v) if isinstance(v, tuple) else v for key, v in bound.arguments.items()}
            del given["self"]
            calls.append((name, given))
            return ANSWERS.get(name, {})

        return record

    for name in sorted(methods(NangoSync) - OBSERVED_BY_REQUESTS - NODE_ONLY):
        monkeypatch.setattr(NangoSync, name, recording(name))
    return calls


def requests(nango: ScriptedNango) -> list[tuple[str, bytes, dict[str, str]]]:
    """What the methods asked; which headers a client sends is no matter of the script."""
    hidden = {"host", "user-agent", "accept-encoding", "connection", "accept", "traceparent", "content-type"}
    found = [
        (asked.line, asked.body, {k: v for k, v in asked.headers.items() if k not in hidden})
        for asked in (*nango.asked, *nango.called)
        if not asked.path.startswith(("/connection", "/integrations", "/providers", "/environment"))
    ]
    nango.asked.clear(), nango.called.clear()
    return found


def run(world: World, nango: ScriptedNango) -> list[tuple[str, bytes, dict[str, str]]]:
    nango.answers = [{}, {}, {}, {}, {}, {}, [{"id": "1"}]]
    nango.api = {"/records": {"records": [{"id": "1"}], "next_cursor": None}}
    world.session.dryrun("contacts", "conn-1")
    return requests(nango)


def test_a_call_of_every_method_is_tried() -> None:
    assert set(CALLS) == methods(NangoSync)
    for name, arguments in CALLS.items():
        parameters = set(inspect.signature(getattr(NangoSync, name)).parameters) - {
            "self",
            "messages",
            "options",
        }
        told = set(re.findall(r"\b(\w+)=", arguments))
        assert {each for each in told if each not in parameters} == set() or name in OBSERVED_BY_REQUESTS


@pytest.mark.skipif(packages_folder() is None, reason="zod is not installed")
def test_python_and_its_translation_call_the_same_methods_with_the_same_arguments(
    acme: World, scripted: ScriptedNango, recorded: list[tuple[str, dict[str, Any]]]
) -> None:
    found = project(acme, script(CALLS))
    asked = run(acme, scripted)
    called = recorded[:]
    recorded.clear()
    assert {name for name, _ in called} == methods(NangoSync) - OBSERVED_BY_REQUESTS - NODE_ONLY
    assert len(asked) == 8

    file = single_file(found, found.script("contacts"))
    assert file.problems == ()
    acme.session.forget("contacts")
    acme.cell(f"%%nango_sync_ts contacts\n{file.code}", label="Cell In[2]")
    assert [p for p in acme.session.check().problems if p.code.startswith("typescript")] == []
    assert run(acme, scripted) == asked
    # what is answered at the start is asked before the script runs
    assert sorted(recorded, key=str) == sorted(called, key=str)


@pytest.mark.parametrize("kind", ["sync", "action"])
def test_the_host_of_typescript_has_the_methods_that_python_has(
    acme: World, scripted: ScriptedNango, kind: str
) -> None:
    body = "await nango.log(Object.keys(nango).filter((name) => typeof nango[name] === 'function').join());"
    head = f"export default async function run(nango: any): Promise<void> {{ {body} }}"
    project(acme, head, "sync_ts contacts" if kind == "sync" else "action_ts do-it")
    result = acme.session.dryrun("contacts" if kind == "sync" else "do-it", "conn-1")
    names = set(result.trace.logs[0].message.split(",")) - {"ActionError"}
    assert names == set(map(camel, methods(NangoSync if kind == "sync" else NangoAction)))


def declared(file: str, kind: str) -> dict[str, str]:
    """The methods that a class or interface of a file of types has, with the text of their parameters."""
    text = files("nangonb._node").joinpath("types", file).read_text()
    body = re.search(rf"^export (?:declare class|interface) {kind}\b.*?^\}}", text, re.MULTILINE | re.DOTALL)
    assert body is not None
    pattern = r"^    (\w+)(?:<.*?>)?\((.*?)\): (?:\w+<|void|A )"
    return dict(re.findall(pattern, body[0], re.MULTILINE | re.DOTALL))


def test_the_types_have_the_methods_of_their_layout() -> None:
    older, newer = declared("sdk.ts", "NangoAction"), declared("nango.d.ts", "NangoAction")
    action = methods(NangoAction)
    assert set(older) == set(map(camel, action - ZERO_YAML_ONLY)) | {"zodValidateInput"}
    assert set(older) | set(newer) == set(map(camel, action))
    sync = methods(NangoSync) - action
    assert set(declared("sdk.ts", "NangoSync")) == set(map(camel, sync - ZERO_YAML_ONLY))
    assert set(declared("nango.d.ts", "NangoSync")) == set(map(camel, sync))


@pytest.mark.parametrize("name", sorted(methods(NangoSync)))
def test_the_types_name_every_argument(name: str) -> None:
    """One for each of Python's, as an argument or as an option; deprecated ones stay as Nango has them."""
    kind = "NangoAction" if hasattr(NangoAction, name) else "NangoSync"
    told = {**declared("sdk.ts", kind), **declared("nango.d.ts", kind)}[camel(name)]
    parameters = list(inspect.signature(getattr(NangoSync, name)).parameters.values())[1:]
    options = {camel(p.name) for p in parameters if p.kind is p.KEYWORD_ONLY}
    if "config: " in told or name == "log":
        return  # requests: their options are an interface
    assert options <= set(re.findall(r"\b(\w+)\??:", told))
    positional = [p for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
    if name != "uncontrolled_fetch":
        count = len(re.findall(r"\b\w+\??: ", re.sub(r"\{.*?\}", "X", told)))
        assert count == len(positional) + bool(options)


def test_the_types_name_every_option_of_a_request() -> None:
    from nangonb._sdk.options import RequestOptions

    text = files("nangonb._node").joinpath("types", "nango.d.ts").read_text()
    body = re.search(
        r"^export interface ProxyConfiguration \{.*?^\}|^interface ProxyConfiguration \{.*?^\}",
        text,
        re.M | re.S,
    )
    assert body is not None
    named = set(re.findall(r"^    (\w+)\??:", body[0], re.MULTILINE))
    assert named >= set(map(camel, RequestOptions.__annotations__))


@pytest.mark.parametrize("name", sorted(CALLS))
def test_the_translator_refuses_where_nango_has_no_such_method(acme: World, name: str) -> None:
    arguments = CALLS[name].replace("decompress=True, forward_headers_on_redirect=True, ", "")
    found = project(acme, script({name: arguments}))
    codes = [p.code for p in translate(found, found.script("contacts"), NANGO_YAML).problems]
    assert codes == (["ts-newer"] if name in ZERO_YAML_ONLY else [])
    assert translate(found, found.script("contacts"), ZERO_YAML).problems == ()

    acme.cell(f"%%nango_action do-it\n{script({name: arguments}, entry='run_action(nango, input)')}")
    codes = [
        p.code
        for p in translate(acme.session.project, acme.session.project.script("do-it"), ZERO_YAML).problems
    ]
    sync_only = name not in methods(NangoAction) or name == "get_flow_attributes"
    assert codes == (["ts-sdk"] if sync_only else [])


def test_flow_attributes_are_no_promise(acme: World, scripted: ScriptedNango) -> None:
    body = "const a = nango.getFlowAttributes(); await nango.log(JSON.stringify(a), a instanceof Promise);"
    project(
        acme, f"export default async function run(nango: any): Promise<void> {{ {body} }}", "sync_ts contacts"
    )
    assert acme.session.dryrun("contacts", "conn-1").trace.logs[0].message == "{} false"
    body = "try { nango.getFlowAttributes(); } catch (error: any) { return [error.message, error.code]; }"
    head = f"export default async function run(nango: any): Promise<any> {{ {body} }}"
    acme.cell(f"%%nango_action_ts do-it\n{head}", label="Cell In[3]")
    assert acme.session.dryrun("do-it", "conn-1").output == [
        "There is no current sync to get attributes from", "no_current_sync",
    ]  # fmt: skip


def test_the_rules_for_typescript_name_methods() -> None:
    """The CLI's own lists; which methods are deprecated is the same in Python."""
    text = files("nangonb._node").joinpath("host", "rules.mjs").read_text()
    names = "REQUESTS|BATCHES|AWAITED|AWAITED_ZERO|OF_SYNCS|OF_MODELS"
    listed = re.findall(rf"^const (?:{names}) = \[(.*?)\];", text, re.M | re.S)
    assert len(listed) == 6
    by_name = {each.typescript: each for each in METHODS.values()}
    assert set(re.findall(r"'(\w+)'", "".join(listed))) <= set(by_name)
    replaced = re.search(r"^const DEPRECATED = \{(.*?)\};", text, re.MULTILINE)
    assert replaced is not None
    assert dict(re.findall(r"(\w+): '(\w+)'", replaced[1])) == {
        each.typescript: METHODS[each.replaced_by].typescript for each in METHODS.values() if each.replaced_by
    }
