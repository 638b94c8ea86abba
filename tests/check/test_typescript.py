"""TypeScript cells in, what is said of them out: the compiler, the rules of Nango's CLIs, its server."""

from __future__ import annotations

import json
import os
import re
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nangonb._folders import read
from nangonb._node import Compiler, NodeProcess, find_node
from nangonb._project import NANGO_YAML, Problem
from nangonb._project.codes import code_of
from tests.check.cells import YAML
from tests.folders.making import YAML as FOLDER_CELL
from tests.folders.making import write_folder
from tests.scripted import ScriptedNango
from tests.sessions import Session
from tests.world import World

SEED_YAML = """%%nango_yaml
integrations:
    salesforce:
        syncs:
            salesforce-contacts:
                runs: every day
                output: Contact
                endpoint: /crm/contact
        actions:
            salesforce-contact-fields:
                output: ContactSchema
                endpoint: /crm/contact-field
models:
    Contact:
        id: string
        first_name: string
        last_name: string
        email: string
        account_id: string
        last_modified_date: string
    ContactSchema:
        fields: string[]
"""
FOLDER_YAML = FOLDER_CELL.split("\n", 1)[1]
HEAD = "import type { NangoSync, NangoAction, Person } from '../../models';\nexport const none: Person[] = [];\nexport type Other = NangoAction;\n"


def check(*cells: str, yaml: str = YAML) -> list[Problem]:
    """The problems of the last cell, and of the whole where they have no place."""
    made = Session()
    for number, text in enumerate(filter(None, (yaml, *cells)), 1):
        made.declare(text, label=f"Cell In[{number}]")
    last = f"Cell In[{len(cells) + bool(yaml)}]"
    return [p for p in made.check().problems if p.place is None or p.place.source == last]


def said(problems: list[Problem]) -> list[tuple[str, int | None, int | None]]:
    return [(p.code, p.place.line, p.place.column) if p.place else (p.code, None, None) for p in problems]


def fetch(body: str, head: str = HEAD) -> str:
    """The cell of a sync; its body begins in line 6."""
    return f"%%nango_sync_ts people\n{head}export default async function fetchData(nango: NangoSync): Promise<void> {{\n    await nango.log(none.length);\n{body}\n}}\n"


def seed(shared: Path, function: str, first: str) -> str:
    """One of the two scripts of the seed, as it is printed there."""
    text = (shared / "seed.txt").read_text("utf-8")
    start = text.index(first, text.index(f"Fill in the {function} method"))
    return text[start : text.index("In this integration script", start)]


class TestSeed:
    def test_its_slips_with_how_to_mend_them(self, shared: Path) -> None:
        sync = "%%nango_sync_ts salesforce-contacts\n" + seed(shared, "fetchData", "import type { NangoSync")
        action = "%%nango_action_ts salesforce-contact-fields\n"
        action += seed(shared, "runAction", "import type { NangoAction")
        found = check(sync, yaml=SEED_YAML)
        assert [(p.code, p.place and p.place.line, p.hint) for p in found] == [
            ("unknown-model", 31, "Did you mean 'Contact'?"),
            ("ts-2304", 41, "Did you mean Contact?"),
        ]
        assert found[0].message == (
            '"SalesforceContact" is not a valid model name. The possible model names are: Contact, ContactSchema'
        )
        found = check(action, yaml=SEED_YAML)
        assert said(found) == [("ts-2305", 2, 28), ("ts-6133", 13, 25), ("ts-7006", 32, 24)]
        assert found[0].message == "Module '\"../../models\"' has no exported member 'FieldSchema'."
        hints = ["Did you mean ContactSchema?", "Remove it.", "Annotate it: (field: any)"]
        assert [p.hint for p in found] == hints

    def test_mended_as_hinted_nothing_is_left(self, shared: Path) -> None:
        sync = seed(shared, "fetchData", "import type { NangoSync").replace("SalesforceContact", "Contact")
        assert check(f"%%nango_sync_ts salesforce-contacts\n{sync}", yaml=SEED_YAML) == []
        action = seed(shared, "runAction", "import type { NangoAction").replace(
            "FieldSchema", "ContactSchema"
        )
        action = action.replace(", childRelationships }", " }").replace("(field)", "(field: any)")
        assert check(f"%%nango_action_ts salesforce-contact-fields\n{action}", yaml=SEED_YAML) == []

    def test_a_dry_run_goes_on(self, acme: World, scripted: ScriptedNango) -> None:
        acme.cell(YAML.replace("crm:", "acme:"))
        acme.cell(fetch("    const unused = 1;\n    await nango.batchSave([{ id: '1' }], 'Person');"))
        assert [p.code for p in acme.session.check("people").problems] == ["ts-6133"]
        assert acme.session.dryrun("people", "conn-1").counts.added == 1


def golden(shared: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads((shared / "nango/golden/lint-golden.json").read_text())
    return found


def test_every_golden_case_of_the_cli_gives_its_messages_and_lines(shared: Path) -> None:
    yaml = YAML.replace("Person:\n", "M:\n", 1).replace("output: Person", "output: M")
    yaml = yaml.replace("  Company:\n    id: string\n  Account:\n    id: string\n", "")
    yaml = yaml.replace("[Company, Account]", "M").replace("[GET /all, GET /all-companies]", "GET /all")
    wrong = {}
    for name, case in golden(shared).items():
        magic = "action_ts do" if "action" in name else "sync_ts people"
        problems = check(f"%%nango_{magic}\n{case['source']}", yaml=yaml)
        rules = [p for p in problems if not p.code.startswith("ts-")]
        ours = [(p.place.line - 1, p.message) for p in rules if p.place and p.place.line]
        theirs = [_placed(message) for _, message in case["messages"]]
        if ours != theirs:
            wrong[name] = (ours, theirs)
    assert wrong == {}
    assert len(golden(shared)) == 22


def _placed(message: str) -> tuple[int, str]:
    """Line and words of a message of the CLI, which has the place in it."""
    found = re.search(r'(?: Please check| in| at)? "PROJECT[^"]*:(\d+)"\.?| used at line (\d+)', message)
    assert found is not None
    end = "." if found[0].endswith(".") and not found[0].startswith(" Please") else ""
    return int(found[1] or found[2]), message.replace(found[0], end)


# code, line and column in the cell, what is said (message and hint)
YAML_STYLE = [
    (fetch("    nango.post({ endpoint: '/x' });"), ("not-awaited", 7, 5), "nango.post() calls must be awaited. … Write await nango.post(…)."),
    (fetch("    await nango.batchSave(none, 'Persons');"), ("unknown-model", 7, 33), '"Persons" is not a valid model name. … Did you mean \'Person\'?'),
    (fetch("    await nango.batchSave(none, 'Company');"), ("unknown-model", 7, 33), "is not an output model of this script. Its output models are: Person. … Add it to the output: [Person, Company]"),
    (fetch("    await nango.log(thing);", "import { thing } from 'lodash';\n" + HEAD), ("import-not-allowed", 2, 23), 'Importing libraries is not allowed. Please remove the import "lodash" … url, node:url'),
    (fetch("    await nango.log(thing);", "import thing from '../../../thing';\n" + HEAD), ("import-not-allowed", 2, 19), "must live within the nango-integrations directory"),
    (fetch("    await nango.log(createHash('md5').digest('hex'));", "import { createHash } from 'node:crypto';\n" + HEAD), ("import-not-on-server", 2, 28), "Module 'node:crypto' is not allowed. … Use 'crypto'."),
    (fetch("    const text = none.constructor('x');\n    await nango.log(text);"), ("constructor-call", 7, 23), "rejects a script that calls none.constructor(…)"),
    (fetch("    console.log('x');"), ("console-log", 7, 5), "do not appear in Nango. … Use await nango.log()"),
    (fetch("    await nango.log(frobnicate(none));"), ("ts-2304", 7, 21), "Cannot find name 'frobnicate'."),
    (fetch("    await nango.log(nango.lastSyncDate.toISOString());"), ("ts-18048", 7, 21), "'nango.lastSyncDate' is possibly 'undefined'."),
    (fetch("    await nango.batchSave<Person>([{ id: 1 }], 'Person');"), ("ts-2322", 7, 38), "Type 'number' is not assignable to type 'string'."),
    (fetch("    await nango.saveCheckpoint({ a: 1 });"), ("ts-2339", 7, 17), "Property 'saveCheckpoint' does not exist"),
    (fetch("", HEAD.replace("'../../models'", "'./models'")), ("ts-2307", 2, 53), "Cannot find module './models' … Write '../../models'."),
    (fetch("    await nango.log('ü😀', none.lenght);"), ("ts-2551", 7, 32), "Did you mean 'length'?"),
    (fetch("    if (none.length > 1 {\n    }"), ("ts-1005", 7, 25), "')' expected."),
]  # fmt: skip


#: What the CLI or the server refuses; it warns of the rest.
REFUSED = {"constructor-call", "import-not-allowed", "not-awaited", "unknown-model"}


@pytest.mark.parametrize(("cell", "place", "words"), YAML_STYLE, ids=lambda case: case[0] if isinstance(case, tuple) else None)  # fmt: skip
def test_is_said_once_at_its_place(cell: str, place: tuple[str, int, int], words: str) -> None:
    (problem,) = check(cell)
    refused = problem.code.startswith("ts-") or problem.code in REFUSED
    refused = refused and "is not an output model of this script" not in words
    assert problem.severity == ("error" if refused else "warning")
    assert said([problem]) == [place]
    assert all(part in f"{problem.message} … {problem.hint}" for part in words.split(" … ")), problem


def test_a_right_script_is_left_alone() -> None:
    body = """
    const { data } = await nango.get({ endpoint: '/x', retries: 3, retryOn: [404], params: { a: 1 } });
    for await (const page of nango.paginate<Person>({ endpoint: '/x', paginate: { type: 'link' } })) {
        await nango.batchSave(page, 'Person');
    }
    nango.get({ endpoint: '/x' }).then(() => undefined).catch(() => undefined);
    await nango.log(z.string().parse(data.x) + createHash('md5').update(Buffer.from('x')).digest('hex'));
    const parsed: Client = soap.x;
    await nango.log(parsed);
    return;"""
    head = "import { createHash } from 'crypto';\nimport soap from 'soap';\nimport type { Client } from 'soap';\nimport * as z from 'zod';\n"
    assert check(fetch(body, head + HEAD)) == []


class TestModules:
    MODULE = "%%nango_module_ts mappers/person\nimport type { Person } from '../models';\nexport function mapped(row: any): Person {\n    return { id: row.Id };\n}\n"

    def test_what_a_script_gets_of_them(self) -> None:
        script = fetch(
            "    await nango.batchSave([mapped({}).id], 'Person');",
            "import { mapped } from '../../mappers/person.js';\n" + HEAD,
        )
        assert said(check(self.MODULE, script)) == [("ts-2322", 8, 28)]
        wrong = script.replace("mappers/person.js", "mapper/person.js")
        (problem,) = check(self.MODULE, wrong)
        assert (problem.code, problem.hint) == ("ts-2307", "Write '../../mappers/person.js'.")

    def test_their_own(self) -> None:
        cell = self.MODULE.replace("row.Id }", "row.Id, nmae: 1 }")
        script = fetch(
            "    await nango.log(mapped({}).id);", "import { mapped } from '../../mappers/person';\n" + HEAD
        )
        assert said(check(script, cell)) == [("ts-2353", 4, 26)]
        assert said(check(cell)) == [("ts-2353", 4, 26)]  # nothing imports it

    def test_an_edit_of_one_reaches_the_scripts_that_import_it(self) -> None:
        made = Session()
        script = fetch(
            "    await nango.log(mapped({}).id.length);",
            "import { mapped } from '../../mappers/person';\n" + HEAD,
        )
        for label, text in (("yaml", YAML), ("module", self.MODULE), ("script", script)):
            made.declare(text, label=label)
        assert made.check("people").problems == ()
        made.declare(
            self.MODULE.replace("Person {", "{ name: string } {").replace("id:", "name:"), label="module"
        )
        assert [p.code for p in made.check("people").problems] == ["ts-2339"]
        made.forget("mappers/person")
        assert [p.code for p in made.check("people").problems] == ["ts-2307"]
        made.declare(self.MODULE, label="module")
        assert made.check("people").problems == ()


ZERO = """%%nango_sync_ts rows --integration-id crm
import { createSync } from 'nango';
import * as z from 'zod';
const Row = z.object({ id: z.string(), name: z.string().optional() });
export default createSync({
    description: 'Rows',
    frequency: 'every day',
    models: { Row },
    checkpoint: z.object({ cursor: z.string() }),
    exec: async (nango) => {
BODY
    }
});
"""
SAVE = "await nango.batchSave([], 'Row');"
START, END = "await nango.trackDeletesStart('Row');", "await nango.trackDeletesEnd('Row');"
MERGE = "await nango.setMergingStrategy({ strategy: 'override' }, 'Row');"


def zero(*lines: str) -> str:
    """A script with these lines in its ``exec``; the first is line 11 of the cell."""
    return ZERO.replace("BODY", "\n".join(f"        {line}" for line in lines))


ZERO_STYLE = [
    (zero("nango.trackDeletesStart('Row');", END), ("not-awaited", 11), "nango.trackDeletesStart() calls must be awaited."),
    (zero("await nango.get({ endpoint: '/x', retryOn: [404] });"), ("retry-on-without-retries", 11), "Proxy call: 'retryOn' should not be used if 'retries' is not set."),
    (zero(SAVE, MERGE), ("merging-order", 12), "setMergingStrategy should be called before any batching records function."),
    (zero("await nango.get({ endpoint: '/x' });", MERGE), ("merging-order", 12), "before any proxy function."),
    (zero(SAVE, START, END), ("track-deletes-order", 12), "trackDeletesStart for model 'Row' should be called before any batching records function."),
    (zero(START, END, SAVE), ("track-deletes-order", 12), "trackDeletesEnd for model 'Row' should be called after any batching records function. … Move it below line 13."),
    (zero(END, START), ("track-deletes-order", 12), "should be called before trackDeletesEnd."),
    (zero(START, START, END), ("track-deletes-order", 12), "should be called only once per sync."),
    (zero(START, END, END), ("track-deletes-order", 13), "should be called only once per sync."),
    (zero(END), ("track-deletes-order", 11), "is called but trackDeletesStart is never called."),
    (zero(START), ("track-deletes-order", 11), "is called but trackDeletesEnd is never called."),
    (zero("await nango.deleteRecordsFromPreviousExecutions('Row');", "await nango.deleteRecordsFromPreviousExecutions('Row');"), ("delete-order", 12), "should be called only once per sync."),
    (zero("await nango.deleteRecordsFromPreviousExecutions('Row');", SAVE), ("delete-order", 11), "should be called after any batching records function."),
    (zero(SAVE) + "export function helper() {}\n", ("named-export", 14), "Named export 'helper' is not allowed. Only export default and createAction"),
    (zero(SAVE) + "const a = 1;\nexport { a };\n", ("named-export", 15), "Named export 'a' is not allowed."),
    (zero(SAVE).replace("export default", "const made =") + "export default made as typeof made;\n", ("bad-export", 14), "Invalid default export: should be createAction(), createSync() or createOnEvent()."),
    (zero(SAVE).replace("export default createSync({", "const given = {").replace("    }\n});", "    }\n};\nexport default createSync(given);").replace("(nango)", "(nango: any)"), ("bad-export", 14), "Invalid function parameter, should be an object."),
    (zero("await nango.batchSave([{ id: '1' }], 'Rows');"), ("ts-2345", 11), "Argument of type '\"Rows\"' is not assignable to parameter of type '\"Row\"'."),
    (zero("const checkpoint = await nango.getCheckpoint();", "await nango.log(checkpoint.cursor);"), ("ts-18047", 12), "'checkpoint' is possibly 'null'."),
    (zero("const checkpoint = await nango.getCheckpoint();", "await nango.log(checkpoint?.curser);"), ("ts-2551", 12), "Did you mean 'cursor'?"),
    (zero(SAVE).replace("'Rows'", "1"), ("ts-2322", 6), "Type 'number' is not assignable to type 'string'."),
]  # fmt: skip


@pytest.mark.parametrize(("cell", "place", "words"), ZERO_STYLE, ids=lambda case: case[0] if isinstance(case, tuple) else None)  # fmt: skip
def test_of_a_script_that_declares_itself(cell: str, place: tuple[str, int], words: str) -> None:
    problems = [p for p in check(cell, yaml="") if p.code != "invalid-runs"]
    assert [each[:2] for each in said(problems)] == [place], problems
    (problem,) = problems
    assert all(part in f"{problem.message} … {problem.hint}" for part in words.split(" … ")), problem


def test_an_import_that_keeps_it_from_being_read_is_said_once() -> None:
    cell = zero("await nango.log(sep);").replace(
        "import * as z", "import { sep } from 'path';\nimport * as z"
    )
    (problem,) = check(cell, yaml="")
    assert said([problem]) == [("typescript-declaration", 3, 21)]


def test_a_right_one_is_left_alone() -> None:
    body = (START, "for await (const page of nango.paginate<{ id: string }>({ endpoint: '/x' })) {", "    await nango.batchSave(page, 'Row');",
            "    await nango.saveCheckpoint({ cursor: 'x' });", "}", END)  # fmt: skip
    assert check(zero(*body), yaml="") == []


DEFINITIONS = [
    ("'every day'", "'daily'", ("invalid-runs", 7, 5), "Interval is invalid, check syntax here https://github.com/vercel/ms … Did you mean 'every day'?"),
    ("models: { Row },", "models: { Row }, endpoints: [{ method: 'GET', path: '/a' }, { method: 'GET', path: '/b' }],", ("endpoints-mismatch", 8, 22), "You need as many endpoints as models"),
    ("models: { Row },", "models: { Row }, syncType: 'incremental', trackDeletes: true,", ("server-track-deletes", 8, 47), "Track deletes is not supported for incremental syncs"),
    ("models: { Row },", "models: { Row, Other: Row }, endpoints: [{ method: 'GET', path: '/a' }, { method: 'GET', path: '/a' }],", ("duplicate-endpoint", 8, 34), 'Endpoint "GET /a" is used multiple times.'),
    ("models: { Row },", "models: { Row, row: Row },", ("invalid-model-name", 8, 5), 'Model "row" contains invalid characters.'),
    ("models: { Row },", "models: { Row, R: Row },", ("invalid-model-name", 8, 5), 'Model "R" contains invalid characters. … Use two or more characters.'),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "place", "words"), DEFINITIONS)
def test_what_it_declares(old: str, new: str, place: tuple[str, int, int], words: str) -> None:
    found = check(zero(SAVE).replace(old, new), yaml="")
    assert set(said(found)) == {place}
    assert found[0].severity == "error"
    assert all(part in f"{found[0].message} … {found[0].hint}" for part in words.split(" … "))


def test_models_and_endpoints_are_an_integrations() -> None:
    one = zero(SAVE).replace(
        "models: { Row },", "models: { Row }, endpoints: [{ method: 'GET', path: '/a' }],"
    )
    other = one.replace("_ts rows", "_ts rows-again")
    found = check(one, other, yaml="")
    assert said(found) == [("duplicate-endpoint", 8, 22), ("duplicate-model", 8, 5)]
    assert [place.source for p in found for place in p.related] == ["Cell In[1]"] * 2
    assert check(one, other.replace("id crm", "id other"), yaml="") == []


class TestFolders:
    SCRIPT = "import type { NangoSync, Contact } from 'MODELS';\nexport default async function fetchData(nango: NangoSync): Promise<void> {\n    const rows: Contact[] = [{ id: 1 }];\n    await nango.batchSave(rows, 'Contact');\n}\n"

    @pytest.mark.parametrize(("path", "models"), [("contacts.ts", "./models"), ("salesforce/syncs/contacts.ts", "../../models")])  # fmt: skip
    def test_both_places_of_a_script(self, tmp_path: Path, path: str, models: str) -> None:
        files = {"nango.yaml": FOLDER_YAML, path: self.SCRIPT.replace("MODELS", models)}
        found = self.check(tmp_path, {**files, "models.ts": "// what was generated long ago\n"})
        refused, *found = found
        assert refused.code == "path-taken"  # an export makes this file
        assert [(p.code, str(p.place)) for p in found] == [("ts-2322", f"{path}, line 3, column 32")]
        found = self.check(tmp_path, {path: self.SCRIPT.replace("MODELS", "../models")})
        assert [(p.code, p.hint) for p in found if p.code == "ts-2307"] == [("ts-2307", f"Write '{models}'.")]

    def test_of_todays_layout(self, tmp_path: Path) -> None:
        script = (
            zero("nango.log(x);")
            .split("\n", 1)[1]
            .replace("import * as z", "import { x } from '../../models.js';\nimport * as z")
        )
        files = {
            "index.ts": "import './crm/syncs/rows.js';\n",
            "package.json": "{}",
            "crm/syncs/rows.ts": script,
        }
        found = self.check(tmp_path, {**files, "models.ts": "export const x: number = '';\n"})
        assert sorted((p.code, str(p.place)) for p in found) == [
            ("not-awaited", "crm/syncs/rows.ts, line 11, column 9"),
            ("ts-2322", "models.ts, line 1, column 14"),
        ]

    def check(self, folder: Path, files: dict[str, str]) -> list[Problem]:
        return list(Session(project=read([write_folder(folder, files)])).check().problems)


class TestPython:
    def test_what_typescript_refuses_of_it_at_its_own_line(self) -> None:
        found = check(
            "%%nango_sync people\ndef fetch_data(nango):\n    nango.log('x')\n    nango.set_metadata([1])\n"
        )
        assert said(found) == [("ts-2345", 4, None)]
        assert found[0].hint == "In TypeScript: await nango.setMetadata([1]);"

    def test_what_the_translator_refuses_is_not_said_twice(self) -> None:
        found = check("%%nango_sync people\ndef fetch_data(nango):\n    nango.log({'x': 1}['y'])\n")
        assert [p.code for p in found] == ["ts-model-field"]


class TestProcess:
    def test_without_node_one_note_says_so(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("NANGONB_NODE", "/nowhere/node")
        find_node.cache_clear()
        try:
            found = check(fetch("    const unused = 1;"))
            assert [(p.code, p.severity) for p in found] == [("needs-node", "note")]
            assert "nangonb[typescript]" in found[0].hint
            assert check("%%nango_sync people\ndef fetch_data(nango):\n    nango.set_metadata([1])\n") == []
            (problem,) = check(zero(SAVE), yaml="")
            assert problem.code == "needs-node"
        finally:
            find_node.cache_clear()

    @pytest.fixture
    def process(self) -> Iterator[NodeProcess]:
        process = NodeProcess("compiler")
        yield process
        process.close()

    def test_it_is_started_again_when_it_has_died(self, process: NodeProcess) -> None:
        compiler = Compiler(process)

        def codes(text: str) -> list[str]:
            found = compiler.check(NANGO_YAML, {"a.ts": text}, ["a.ts"], [{"file": "a.ts"}])
            return [each.code for each in found.diagnostics]

        assert codes("export const a: number = '';") == ["ts-2322"]
        assert process._process is not None
        first = process._process.pid
        os.kill(first, signal.SIGKILL)
        process._process.wait()
        assert codes("export const b: number = '';") == ["ts-2322"]
        assert process._process.pid != first

    def test_threads_have_one_each(self) -> None:
        found: dict[int, list[tuple[str, int | None, int | None]]] = {}

        def work(number: int) -> None:
            found[number] = said(check(fetch(f"    const unused{number} = 1;")))

        threads = [threading.Thread(target=work, args=(number,)) for number in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert found == {number: [("ts-6133", 7, 11)] for number in range(2)}

    def test_files_of_the_user_are_not_read(self, tmp_path: Path, process: NodeProcess) -> None:
        (tmp_path / "secret.ts").write_text("export const secret = 1;")
        text = f"import {{ secret }} from '{tmp_path}/secret';\nexport const a = secret;\n/// <reference path='{tmp_path}/secret.ts' />\n"
        found = Compiler(process).check(NANGO_YAML, {"a.ts": text}, ["a.ts"], [{"file": "a.ts"}])
        assert [each.code for each in found.diagnostics] == ["ts-2307"]


RULES = [*YAML_STYLE, *ZERO_STYLE]
CODES = {place[0] for _, place, _ in RULES} | {place[0] for _, _, place, _ in DEFINITIONS}


@pytest.mark.parametrize("code", sorted(CODES | {"needs-node", "typescript-unchecked", "duplicate-model"}))
def test_each_code_has_a_paragraph(root: Path, code: str) -> None:
    pages = [(root / "docs" / name).read_text("utf-8") for name in ("problems.md", "problems-nango-yaml.md")]
    assert any(f"### `{code_of(code).name}`" in page for page in pages)
