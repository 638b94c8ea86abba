"""What stands around the functions of a script: imports, configuration, schemas, exports."""

from __future__ import annotations

import pytest

from nangonb._project import NANGO_YAML, ZERO_YAML
from nangonb._translate import Modules, translate
from tests.translate.layouts.making import YAML, code, project

SYNC = """\
%%nango_sync people
from nangonb import NangoSync
from nangonb.models import Person

PAGE_SIZE = 50
UNUSED = 1


# Called every hour.
def fetch_data(nango: NangoSync) -> None:
    for page in nango.paginate("/people", params={"limit": PAGE_SIZE}):
        save(nango, page)


def on_webhook(nango: NangoSync, payload) -> None:
    save(nango, [payload["person"]])


def save(nango: NangoSync, people: list) -> None:
    nango.batch_save([to_person(person) for person in people], "Person")


def to_person(person: dict) -> Person:
    return {"id": person["id"], "name": person["name"], "address": person["address"]}
"""
NO_MODELS = (
    "%%nango_yaml\nintegrations:\n  crm:\n    actions:\n      do:\n        endpoint: POST /do\nmodels: {}\n"
)
ACTION = """\
%%nango_action add-person
def run_action(nango, input):
    return nango.post("/people", data={"name": input["name"]}).data
"""
EVENT = """\
%%nango_on_event validate --integration-id crm
def on_event(nango):
    nango.get("/me")
"""


def test_a_sync_of_nango_yaml() -> None:
    assert (
        code(project(SYNC), "people")
        == """\
import type { NangoSync, Person } from '../../models';

const PAGE_SIZE = 50;

// Called every hour.
export default async function fetchData(nango: NangoSync): Promise<void> {
    for await (const page of nango.paginate({ endpoint: '/people', params: { limit: PAGE_SIZE } })) {
        await save(nango, page);
    }
}

export async function onWebhookPayloadReceived(nango: NangoSync, payload: any): Promise<void> {
    await save(nango, [payload.person]);
}

async function save(nango: NangoSync, people: any[]): Promise<void> {
    await nango.batchSave(
        people.map((person: any) => toPerson(person)),
        'Person'
    );
}

function toPerson(person: any): Person {
    return { id: person.id, name: person.name, address: person.address };
}
"""
    )


def test_a_sync_of_zero_yaml() -> None:
    assert (
        code(project(SYNC), "people", "zero-yaml")
        == """\
import { createSync } from 'nango';
import * as z from 'zod';

const Address = z.object({
    city: z.string(),
    kind: z.enum(['home', 'work'])
});

const Person = z.object({
    id: z.string(),
    name: z.string().nullable(),
    tags: z.array(z.string()).optional(),
    address: Address
});
type Person = z.infer<typeof Person>;

const Settings = z.object({
    region: z.string()
});

const PAGE_SIZE = 50;

const sync = createSync({
    description: 'Everybody',
    version: '1.2.3',
    endpoints: [{ method: 'GET', path: '/people', group: 'People' }],
    frequency: 'every hour',
    autoStart: false,
    syncType: 'incremental',
    scopes: ['read', 'write'],
    webhookSubscriptions: ['person.*'],
    metadata: Settings,
    models: { Person },
    // Called every hour.
    exec: async (nango) => {
        for await (const page of nango.paginate({ endpoint: '/people', params: { limit: PAGE_SIZE } })) {
            await save(nango, page);
        }
    },
    onWebhook: async (nango, payload: any) => {
        await save(nango, [payload.person]);
    }
});

type NangoSyncLocal = Parameters<(typeof sync)['exec']>[0];
export default sync;

async function save(nango: NangoSyncLocal, people: any[]): Promise<void> {
    await nango.batchSave(
        people.map((person: any) => toPerson(person)),
        'Person'
    );
}

function toPerson(person: any): Person {
    return { id: person.id, name: person.name, address: person.address };
}
"""
    )


def test_an_action() -> None:
    assert (
        code(project(ACTION), "add-person")
        == """\
import type { NangoAction, NewPerson, Person } from '../../models';

export default async function runAction(nango: NangoAction, input: NewPerson): Promise<Person> {
    return (await nango.post({ endpoint: '/people', data: { name: input.name } })).data;
}
"""
    )
    zero = code(project(ACTION), "add-person", "zero-yaml")
    assert (
        """\
const action = createAction({
    description: '',
    endpoint: { method: 'POST', path: '/people' },
    input: NewPerson,
    output: Person,
    exec: async (nango, input): Promise<Person> => {
        return (await nango.post({ endpoint: '/people', data: { name: input.name } })).data;
    }
});
export default action;
"""
        in zero
    )


def test_a_script_of_an_event() -> None:
    assert (
        code(project(EVENT), "validate")
        == """\
import type { NangoAction } from '../../models';

export default async function onEvent(nango: NangoAction): Promise<void> {
    await nango.get({ endpoint: '/me' });
}
"""
    )
    assert (
        code(project(EVENT), "validate", "zero-yaml")
        == """\
import { createOnEvent } from 'nango';

const onEvent = createOnEvent({
    description: '',
    event: 'validate-connection',
    exec: async (nango) => {
        await nango.get({ endpoint: '/me' });
    }
});
export default onEvent;
"""
    )


@pytest.mark.parametrize(
    ("body", "takes", "gives"),
    [
        ("def run_action(nango, input):\n    pass\n", "z.void()", "z.void()"),
        ("def run_action(nango, input):\n    return input['a']\n", "z.any()", "z.any()"),
    ],
)
def test_an_action_without_models_takes_and_gives_anything(body: str, takes: str, gives: str) -> None:
    made = code(project(f"%%nango_action do\n{body}", yaml=NO_MODELS), "do", "zero-yaml")
    assert f"input: {takes}," in made and f"output: {gives}," in made
    assert ("import * as z" in made) and "exec: async (" in made


def test_metadata_that_is_written_has_a_schema_of_its_own() -> None:
    made = code(
        project(
            "%%nango_action add-person\ndef run_action(nango, input):\n    nango.update_metadata({'a': 1})\n"
        ),
        "add-person",
        "zero-yaml",
    )
    assert "metadata: z.looseObject({})," in made


@pytest.mark.parametrize("name", ["person", "P", "4People"])
def test_names_of_models_that_zero_yaml_refuses(name: str) -> None:
    yaml = YAML.replace("Person:", f"{name}:").replace("output: Person", f"output: {name}")
    made = project(SYNC.replace("from nangonb.models import Person\n", "").replace(" -> Person", "").replace(
        '"Person"', f'"{name}"'), yaml=yaml)  # fmt: skip
    assert translate(made, made.script("people"), NANGO_YAML).ok
    (problem,) = translate(made, made.script("people"), ZERO_YAML).problems
    assert problem.code == "zero-yaml-model-name"
    assert problem.place is not None and problem.place.source == "In[1]"
    assert problem.hint.startswith("Rename it")


def test_lines_lead_back_to_the_cell() -> None:
    made = project(SYNC)
    script = made.script("people")
    for layout in (NANGO_YAML, ZERO_YAML):
        done = translate(made, script, layout, modules=Modules(made))
        shown = done.code.splitlines()
        cell = script.source.lines
        for words, python in (
            ("nango.paginate(", "nango.paginate("),
            ("nango.batchSave(", "nango.batch_save("),
            ("name: person.name", '"name": person["name"]'),
        ):
            (number,) = [n for n, line in enumerate(shown, 1) if words in line]
            assert python in cell[done.lines[number] - 1]


def test_whether_it_is_a_dry_run_is_a_boolean_on_nango_too() -> None:
    """The runner leaves ``isCLI`` undefined, which would vanish from what an action returns."""
    body = "def run_action(nango, input):\n    return {'dry': nango.is_cli, 'live': not nango.is_cli}\n"
    made = code(project(f"%%nango_action do\n{body}", yaml=NO_MODELS), "do", "zero-yaml")
    assert "dry: nango.isCLI ?? false, live: !(nango.isCLI ?? false)" in made
