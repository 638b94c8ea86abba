"""``%nango_dryrun --remote``: the script is sent as TypeScript, and the same Dryrun comes of it."""

from __future__ import annotations

import pytest

from nangonb.errors import ProjectError, ScriptError, UsageError
from tests.world import World, shown

YAML = """%%nango_yaml
integrations:
  salesforce:
    syncs:
      contacts:
        runs: every day
        output: Contact
        sync_type: full
        endpoint: GET /contacts
    actions:
      fields:
        input: Asked
        output: Fields
        endpoint: POST /fields
models:
  Contact:
    id: string
    name: string | null
  Asked:
    object: string
  Fields:
    names: string[]
"""
MODULE = """%%nango_module helpers/mapping
def to_contact(record: dict) -> dict:
    return {"id": record["Id"], "name": record["FirstName"].strip()}
"""
SYNC = """%%nango_sync contacts
from nangonb.modules.helpers.mapping import to_contact

def fetch_data(nango):
    response = nango.get(
        "/services/data/v53.0/query",
        params={"q": "SELECT Id, FirstName FROM Contact ORDER BY Id"},
    )
    records = response.data["records"]
    nango.log(f"{len(records)} contacts")
    nango.batch_save([to_contact(record) for record in records], "Contact")
    nango.batch_delete([{"id": "gone"}], "Contact")
"""


def test_a_python_sync_with_a_module(remote: World) -> None:
    for cell in (YAML, MODULE, SYNC):
        remote.cell(cell)
    here = remote.session.dryrun("contacts", "conn-1")
    there = remote.session.dryrun("contacts", "conn-1", remote=True)
    assert there.ok
    assert there.records == here.records
    assert len(there.df) == 5
    assert there.deleted == {"Contact": [{"id": "gone"}]} == here.deleted
    assert there.counts == here.counts
    logs = list(there.logs["message"])
    assert logs[-1] == "5 contacts"
    assert logs[0].startswith("http [200] GET http")
    assert there.requests.empty
    assert "request" in str(here) and "0 requests" not in str(there)  # nobody told of them
    assert [problem.code for problem in there.problem_list] == ["remote-run"]
    assert remote.session.last_dryrun("contacts") is there


def test_an_action_in_typescript_that_declares_itself(remote: World) -> None:
    remote.cell(
        """%%nango_module_ts helpers/names
/** What stands in a `quoted` comment: export const not = 1; */
export const FIELD = 'name';
export function unused(): string {
    return FIELD;
}
export function names(fields: any[]): string[] {
    return fields.map((field) => field[FIELD]);
}
"""
    )
    remote.cell(
        """%%nango_action_ts fields --integration-id salesforce
import { createAction } from 'nango';
import { z } from 'zod';
import { names } from '../../helpers/names.js';

const Fields = z.object({ names: z.array(z.string()) });

export default createAction({
    description: 'The fields of an object.',
    version: '1.0.0',
    endpoint: { method: 'POST', path: '/fields', group: 'Fields' },
    input: z.object({ object: z.string() }),
    output: Fields,
    exec: async (nango, input): Promise<z.infer<typeof Fields>> => {
        const endpoint = `/services/data/v53.0/sobjects/${input.object}/describe`;
        const response = await nango.get({ endpoint });
        return { names: names(response.data.fields).slice(0, 2) };
    }
});
"""
    )
    run = remote.session.dryrun("fields", "conn-1", input={"object": "Contact"}, remote=True)
    assert run.output == remote.session.dryrun("fields", "conn-1", input={"object": "Contact"}).output
    assert len(run.output["names"]) == 2


@pytest.fixture
def declared(remote: World) -> World:
    for cell in (YAML, MODULE):
        remote.cell(cell)
    return remote


def _sync(world: World, *lines: str) -> None:
    body = "".join(f"    {line}\n" for line in lines)
    world.cell(f"%%nango_sync contacts\ndef fetch_data(nango):\n{body}", label="Cell In[9]")


class TestWhatGoesWrong:
    def test_a_refusal_of_the_provider(self, declared: World) -> None:
        _sync(declared, "nango.log('before')", "nango.get('/services/data/v53.0/nothing')")
        with pytest.raises(ScriptError) as caught:
            declared.session.dryrun("contacts", "conn-1", remote=True)
        run = caught.value.dryrun
        assert run.state == "failed"
        assert run.error_json is not None
        assert (run.error_json["type"], run.error_json["status"]) == ("script_http_error", 404)
        assert "before" in list(run.logs["message"])
        assert "AxiosError: Request failed with status code 404" in shown(caught.value)

    def test_an_action_error(self, declared: World) -> None:
        declared.cell(
            "%%nango_action fields\ndef run_action(nango, input):\n"
            '    raise nango.ActionError(message="No such object", object=input["object"])\n'
        )
        with pytest.raises(ScriptError, match="ActionError: No such object") as caught:
            declared.session.dryrun("fields", "conn-1", input={"object": "X"}, remote=True)
        assert caught.value.dryrun.error_json is not None
        assert caught.value.dryrun.error_json["payload"] == {"message": "No such object", "object": "X"}

    def test_a_type_error_is_shown_at_the_line_of_the_cell(self, declared: World) -> None:
        _sync(
            declared,
            "response = nango.get('/services/data/v53.0/query', params={'q': 'SELECT Id FROM Contact'})",
            "nango.batch_save([{'id': response.data['nothing']['id'], 'name': None}], 'Contact')",
        )
        with pytest.raises(ScriptError) as caught:
            declared.session.dryrun("contacts", "conn-1", remote=True)
        text = shown(caught.value)
        assert "Cell In[9], line 4" in text
        assert "TypeError" in text
        problem = next(each for each in caught.value.dryrun.problem_list if each.code == "script-failed")
        assert problem.place is not None
        assert (problem.place.source, problem.place.line) == ("Cell In[9]", 4)

    def test_what_does_not_compile_is_shown_at_the_line_of_the_cell(self, remote: World) -> None:
        remote.cell(
            """%%nango_module_ts helpers/first
export function first(rows: string[]): string {
    return rows.length;
}
"""
        )
        remote.cell(
            """%%nango_sync_ts contacts --integration-id salesforce
import { createSync } from 'nango';
import { z } from 'zod';
import { first } from '../../helpers/first.js';

export default createSync({
    description: 'x',
    version: '1.0.0',
    endpoints: [{ method: 'GET', path: '/contacts', group: 'Contacts' }],
    frequency: 'every day',
    autoStart: true,
    syncType: 'full',
    models: { Contact: z.object({ id: z.string() }) },
    exec: async (nango) => {
        const id: number = first(['a']);
        await nango.batchSave([{ id: String(id) }], 'Contact');
    }
});
"""
        )
        with pytest.raises(ProjectError, match="Nango could not compile contacts") as caught:
            remote.session.dryrun("contacts", "conn-1", remote=True)
        found = [(p.code, str(p.place)) for p in caught.value.problems]
        assert found == [
            ("ts-2322", "Cell In[1], line 3, column 5"),
            ("ts-2322", "Cell In[2], line 15, column 15"),
        ]
        with pytest.raises(UsageError, match="No script was dry run yet"):
            remote.session.last_dryrun()

    def test_what_cannot_be_translated(self, declared: World) -> None:
        _sync(declared, "import os", "nango.log(os.getcwd())")
        with pytest.raises(ProjectError, match="cannot be sent to Nango's functions API"):
            declared.session.dryrun("contacts", "conn-1", remote=True)

    @pytest.mark.parametrize(
        ("options", "named"),
        [
            ({"payload": {}}, "--payload"),
            ({"payload": {"a": 1}}, "--payload"),
            ({"variant": "emea"}, "--variant"),
            ({"read_only": True}, "--read-only"),
            ({"max_requests": 0}, "--max-requests"),
            ({"max_records": 1}, "--max-records"),
            ({"save_responses": True}, "--save-responses"),
        ],
    )
    def test_options_that_it_cannot_have(
        self, declared: World, options: dict[str, object], named: str
    ) -> None:
        declared.cell(SYNC)
        with pytest.raises(UsageError, match=f"{named} does not go with --remote"):
            declared.session.dryrun("contacts", "conn-1", remote=True, **options)  # type: ignore[arg-type]

    def test_an_unknown_connection(self, declared: World) -> None:
        declared.cell(SYNC)
        with pytest.raises(Exception, match="conn-9"):
            declared.session.dryrun("contacts", "conn-9", remote=True)


def test_what_is_given_arrives(declared: World) -> None:
    _sync(
        declared,
        "since = nango.last_sync_date",
        "if since is None:",
        "    raise ValueError('no date')",
        "region = nango.get_metadata()['region']",
        "nango.batch_save([{'id': since.isoformat(), 'name': region}], 'Contact')",
    )
    run = declared.session.dryrun(
        "contacts", "conn-1", remote=True, last_sync_date="2026-01-02", metadata={"region": "EMEA"}
    )
    assert run.records["Contact"][0]["name"] == "EMEA"
    assert run.records["Contact"][0]["id"].startswith("2026-01-02T00:00:00")
