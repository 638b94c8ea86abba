"""POSTs that only read: ``--read-only`` lets them through, and they are not counted as writes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nangonb._folders import read
from nangonb.errors import ProjectError
from tests.scripted import Answer, ScriptedNango
from tests.sessions import Session
from tests.world import YAML, World, shown

COMPOSITE = "/services/data/v60.0/composite"
QUERY = "query Q($n: Int) { issues(first: $n) { ...F } } fragment F on Issue { id }"
MUTATION = "mutation { issueCreate(input: {}) { success } }"
READS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "hubspot search": ("hubspot", "/crm/v3/objects/contacts/search", {"data": {"limit": 1}}),
    "hubspot without a slash": ("hubspot", "crm/v3/objects/contacts/search", {}),
    "hubspot batch read": ("hubspot", "/crm/v4/associations/deals/companies/batch/read", {"data": {}}),
    "notion query": ("notion", "/v1/databases/0af1/query", {"data": {"query": "to do"}}),
    "notion search": ("notion", "/v1/search?page_size=1", {}),
    "airtable": ("airtable", "/v0/app1/Tasks/listRecords", {"data": {"pageSize": 1}}),
    "algolia": ("algolia", "/1/indexes/products/query", {"data": {"query": "x"}}),
    "jira": ("jira", "/ex/jira/c-1/rest/api/3/search/jql", {"data": {"jql": "project = A"}}),
    "elasticsearch": ("acme", "/orders/_search", {"data": {"query": {"match_all": {}}}}),
    "fhir": ("acme", "/r4/Patient/_search", {}),
    "graphql": ("linear", "/graphql", {"data": {"query": QUERY, "variables": {"n": 1}}}),
    "graphql as text": ("github", "/graphql", {"data": '{"query": "{ viewer { login } }"}'}),
    "graphql of shopify": ("shopify", "/admin/api/2025-01/graphql.json", {"data": {"query": QUERY}}),
    "graphql document": ("acme", "/graphql", {
        "data": "{ a }", "headers": {"Content-Type": "application/graphql"},
    }),
    "graphql batch": ("acme", "/graphql", {"data": [{"query": "{ a }"}, {"query": QUERY}]}),
    "monday": ("monday", "/v2", {"data": {"query": "{ boards { id } }"}}),
    "composite": ("salesforce", COMPOSITE, {"data": {"compositeRequest": [
        {"method": "GET", "url": "/services/data/v60.0/sobjects/Account/1", "referenceId": "a"},
        {"method": "get", "url": "/services/data/v60.0/query?q=SELECT+Id+FROM+Contact", "referenceId": "b"},
    ]}}),
    "composite batch": ("salesforce-sandbox", f"{COMPOSITE}/batch", {"data": {"batchRequests": [
        {"method": "GET", "url": "v60.0/sobjects/Account/1"},
    ]}}),
    "composite graph": ("salesforce", f"{COMPOSITE}/graph", {"data": {"graphs": [
        {"graphId": "1", "compositeRequest": [{"method": "GET", "url": "/x", "referenceId": "a"}]},
    ]}}),
    "several by id": ("salesforce", f"{COMPOSITE}/sobjects/Account", {
        "data": {"ids": ["1"], "fields": ["Id"]},
    }),
    "odata batch": ("microsoft", "/v1.0/$batch", {"data": {"requests": [
        {"id": "1", "method": "GET", "url": "/me"},
    ]}}),
}  # fmt: skip
WRITES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "hubspot create": ("hubspot", "/crm/v3/objects/contacts", {"data": {}}),
    "hubspot batch create": ("hubspot", "/crm/v3/objects/contacts/batch/create", {"data": {}}),
    "another provider's path": ("acme", "/crm/v3/objects/contacts/search", {}),
    "another host": ("hubspot", "/crm/v3/objects/contacts/search", {
        "base_url_override": "https://other.example",
    }),
    "a way out of the path": ("hubspot", "/crm/v3/objects/../../x/search", {}),
    "an encoded way out": ("hubspot", "/crm/v3/objects/%2e%2e/x/search", {}),
    "an override in a header": ("hubspot", "/crm/v3/objects/contacts/search", {
        "headers": {"x-http-method-override": "PATCH"},
    }),
    "an override in the query": ("salesforce", f"{COMPOSITE}/sobjects/Account?_HttpMethod=DELETE", {
        "data": {"ids": ["1"], "fields": ["Id"]},
    }),
    "an override in the params": ("salesforce", f"{COMPOSITE}/sobjects/Account", {
        "data": {"ids": ["1"], "fields": ["Id"]}, "params": {"_HttpMethod": "PATCH"},
    }),
    "an override in a form": ("hubspot", "/crm/v3/objects/contacts/search", {"data": "_method=delete"}),
    "graphql mutation": ("linear", "/graphql", {"data": {"query": MUTATION}}),
    "graphql subscription": ("linear", "/graphql", {"data": {"query": "subscription { a }"}}),
    "graphql of two kinds": ("linear", "/graphql", {
        "data": {"query": f"query A {{ a }} {MUTATION}", "operationName": "A"},
    }),
    "graphql mutation behind a comment": ("linear", "/graphql", {
        "data": {"query": "# query { a }\n" + MUTATION},
    }),
    "graphql that cannot be read": ("linear", "/graphql", {"data": {"query": "query {"}}),
    "graphql without a document": ("linear", "/graphql", {
        "data": {"extensions": {"persistedQuery": {"sha256Hash": "0a"}}},
    }),
    "graphql batch with a mutation": ("linear", "/graphql", {
        "data": [{"query": "{ a }"}, {"query": MUTATION}],
    }),
    "graphql of a key twice": ("linear", "/graphql", {
        "data": f'{{"query": "{MUTATION}", "query": "{{ a }}"}}',
    }),
    "graphql mutation in the query string": ("linear", "/graphql", {
        "data": {"query": "{ a }"}, "params": {"query": MUTATION},
    }),
    "graphql somewhere else": ("acme", "/api", {"data": {"query": "{ a }"}}),
    "composite with a write": ("salesforce", COMPOSITE, {"data": {"compositeRequest": [
        {"method": "GET", "url": "/x", "referenceId": "a"},
        {"method": "PATCH", "url": "/x", "referenceId": "b"},
    ]}}),
    "composite with a search by POST": ("salesforce", COMPOSITE, {"data": {"compositeRequest": [
        {"method": "POST", "url": "/services/data/v60.0/parameterizedSearch", "referenceId": "a"},
    ]}}),
    "composite of an override": ("salesforce", COMPOSITE, {"data": {"compositeRequest": [
        {"method": "GET", "url": "/x?_HttpMethod=DELETE", "referenceId": "a"},
    ]}}),
    "composite without parts": ("salesforce", COMPOSITE, {"data": {"compositeRequest": []}}),
    "composite graph with a write": ("salesforce", f"{COMPOSITE}/graph", {"data": {"graphs": [
        {"graphId": "1", "compositeRequest": [{"method": "GET", "url": "/x", "referenceId": "a"}]},
        {"graphId": "2", "compositeRequest": [{"method": "POST", "url": "/x", "referenceId": "a"}]},
    ]}}),
    "composite create": ("salesforce", f"{COMPOSITE}/sobjects", {"data": {"records": []}}),
    "odata batch with a write": ("microsoft", "/v1.0/$batch", {"data": {"requests": [
        {"id": "1", "method": "DELETE", "url": "/me/messages/1"},
    ]}}),
    "stripe": ("stripe", "/v1/charges/search", {}),
    "bigquery": ("google-bigquery", "/bigquery/v2/projects/p/queries", {"data": {"query": "SELECT 1"}}),
}  # fmt: skip


def of(scripted: ScriptedNango, provider: str) -> None:
    connection = {"connection_id": "conn-1", "provider_config_key": "acme", "provider": provider}
    scripted.api["/connections/conn-1"] = Answer({**connection, "metadata": {}, "credentials": {}})


def call(endpoint: str, options: dict[str, Any]) -> str:
    words = "".join(f", {name}={value!r}" for name, value in options.items())
    return f"nango.post({endpoint!r}{words})"


@pytest.mark.parametrize("case", READS)
def test_reads_are_let_through_and_not_counted(acme: World, scripted: ScriptedNango, case: str) -> None:
    provider, endpoint, options = READS[case]
    of(scripted, provider)
    scripted.answers = [{}]
    result = acme.sync(call(endpoint, options), read_only=True)
    assert result.ok and result.writes == 0 and len(scripted.asked) == 1
    assert result.requests["writes_provider"].tolist() == [False]
    assert "0 writes to the provider" in str(result)


@pytest.mark.parametrize("case", WRITES)
def test_what_may_write_is_refused_and_counted(acme: World, scripted: ScriptedNango, case: str) -> None:
    provider, endpoint, options = WRITES[case]
    of(scripted, provider)
    error = acme.fails(call(endpoint, options), read_only=True)
    assert "would write to the provider, and this run is read-only" in shown(error)
    assert scripted.asked == []
    scripted.answers = [{}]
    assert acme.sync(call(endpoint, options)).writes == 1


def test_a_get_that_says_it_is_another_method_is_a_write(acme: World, scripted: ScriptedNango) -> None:
    acme.fails("nango.get('/a', headers={'X-HTTP-Method-Override': 'DELETE'})", read_only=True)
    assert scripted.asked == []


def test_pages_of_a_search(acme: World, scripted: ScriptedNango) -> None:
    of(scripted, "hubspot")
    scripted.answers = [{"results": [{"id": "1"}], "next": "a"}, {"results": [{"id": "2"}]}]
    how = {
        "type": "cursor",
        "cursor_path_in_response": "next",
        "cursor_name_in_request": "after",
        "response_path": "results",
        "in_body": True,
        "limit_name_in_request": "limit",
    }
    scripted.api["/providers/hubspot"] = Answer({"data": {"name": "hubspot", "auth_mode": "OAUTH2"}})
    body = (
        f"for page in nango.paginate('/crm/v3/objects/contacts/search', method='POST', data={{}}, "
        f"paginate={how!r}):\n    nango.batch_save(page, 'Contact')"
    )
    result = acme.sync(body, read_only=True)
    assert (result.counts.added, result.writes) == (2, 0)


@pytest.mark.parametrize(
    ("line", "endpoint", "data"),
    [
        ("reads: POST /v1/reports/*/run", "/v1/reports/42/run", {}),
        ("reads: /rpc/list", "/rpc/list/?a=1", {}),
        ("reads: [POST /a, /rpc/list]", "rpc/list", {}),
        ("reads: /api", "/api", {"query": "{ a }"}),
        ("reads: /graphql", "/graphql", {"extensions": {"persistedQuery": {"sha256Hash": "0a"}}}),
    ],
)
def test_a_script_declares_what_it_only_reads(
    acme: World, scripted: ScriptedNango, line: str, endpoint: str, data: Any
) -> None:
    scripted.answers = [{}, {}]
    body = call(endpoint, {"data": data})
    assert acme.sync(body, head=f"#| {line}\n", read_only=True).writes == 0
    acme.cell(
        f"%%nango_action_ts do-it\n//| {line}\n"
        "export default async function runAction(nango: any, input: any) {\n"
        "    return (await nango.post({ endpoint: input.endpoint, data: input.data })).data;\n}\n"
    )
    given = {"endpoint": endpoint, "data": data}
    result = acme.session.dryrun("do-it", "conn-1", input=given, read_only=True)
    assert result.ok and result.writes == 0 and len(scripted.asked) == 2


@pytest.mark.parametrize(
    ("line", "endpoint", "data"),
    [
        ("reads: POST /v1/reports/*/run", "/v1/reports/42/43/run", {}),
        ("reads: POST /v1/*/run", "/v1/../run", {}),
        ("reads: /a", "/ab", {}),
        ("reads: /graphql", "/graphql", {"query": MUTATION}),
        ("reads: /api", "/api", {"query": MUTATION}),
    ],
)
def test_a_declaration_covers_nothing_else(
    acme: World, scripted: ScriptedNango, line: str, endpoint: str, data: Any
) -> None:
    acme.fails(call(endpoint, {"data": data}), head=f"#| {line}\n", read_only=True)
    acme.fails("nango.put('/a')", head="#| reads: /a\n", read_only=True)
    assert scripted.asked == []


def test_a_refusal_says_what_to_declare(acme: World) -> None:
    error = acme.fails("nango.post('/rpc/list?token=x')", read_only=True)
    assert "#| reads: POST /rpc/list" in shown(error)
    assert "#| reads" not in shown(acme.fails("nango.delete('/a')", read_only=True))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("reads: search", "'search'"),
        ("reads: PUT /a", "PUT is always a write"),
        ("reads: [/a, GET /b]", "GET always reads"),
        ("reads: {a: 1}", "{'a': 1}"),
        ("reads:", "None"),
    ],
)
def test_a_declaration_that_is_none(acme: World, line: str, said: str) -> None:
    with pytest.raises(ProjectError) as caught:
        acme.cell(
            f"%%nango_action do-it\n#| endpoint: /x\n#| {line}\ndef run_action(nango, input):\n    pass\n"
        )
    (problem,) = caught.value.problems
    assert (problem.code, problem.place and problem.place.line) == ("invalid-reads", 3)
    assert said in problem.message and "#| reads: POST" in problem.hint


def test_a_script_that_is_triggered_declares_its_own(acme: World, scripted: ScriptedNango) -> None:
    acme.cell(YAML)
    acme.cell("%%nango_action do-it\n#| reads: /a\ndef run_action(nango, input):\n    nango.post('/a')\n")
    scripted.answers = [{}]
    trigger = "nango.trigger_action('acme', 'conn-1', 'do-it')"
    assert acme.sync(trigger, read_only=True).writes == 0
    scripted.answers = [{}]
    error = acme.fails(f"{trigger}\nnango.post('/a')", read_only=True)
    assert "POST /a would write" in shown(error)


@pytest.mark.parametrize("layout", ["nango-yaml", "zero-yaml", "python"])
@pytest.mark.parametrize("language", ["python", "typescript"])
def test_a_declaration_survives_the_export(
    acme: World, scripted: ScriptedNango, layout: str, language: str
) -> None:
    cells = {
        "python": "%%nango_action do-it\n#| reads: [/rpc/*, /b]\ndef run_action(nango, input):\n"
        "    return nango.post('/rpc/list').data\n",
        "typescript": "%%nango_action_ts do-it\n//| reads: [/rpc/*, /b]\n"
        "export default async function runAction(nango: any): Promise<any> {\n"
        "    return (await nango.post({ endpoint: '/rpc/list' })).data;\n}\n",
    }
    acme.cell(YAML)
    acme.cell("%%nango_sync contacts\ndef fetch_data(nango):\n    pass\n")
    acme.cell(cells[language])
    acme.session.export("out", layout=layout)
    project = read([Path("out")])
    assert project.script("do-it").reads == ("/rpc/*", "/b")
    again = Session(project=project, sources=[Path("out")])
    scripted.answers = [{"got": 1}]
    result = again.dryrun("do-it", "conn-1", read_only=True)
    assert (result.output, result.writes) == ({"got": 1}, 0)
