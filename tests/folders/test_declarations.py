"""What scripts declare themselves is read where it is literal: the same as when they run, and nothing of them runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nangonb._folders import read
from nangonb._node import NodeProcess, declarations
from nangonb._project import Project
from tests.folders.making import write_folder
from tests.folders.test_typescript_folder import ZERO, codes, one

SYNC = """\
import {{ createSync }} from 'nango';
import * as z from 'zod';
{head}
const sync = createSync({{
    description: 'Things',
    version: '1.0.0',
    frequency: 'every hour',
    endpoints: [{{ method: 'GET', path: '/things', group: 'Things' }}],
    models: {{ Thing: {model} }},{more}
    exec: async (nango) => {{ await nango.batchSave([], 'Thing'); }}
}});
export type NangoSyncLocal = Parameters<(typeof sync)['exec']>[0];
export default sync;
"""


def folder(
    tmp_path: Path,
    model: str = "z.object({ id: z.string() })",
    *,
    head: str = "",
    more: str = "",
    **files: str,
) -> Path:
    text = SYNC.format(head=head, model=model, more=more)
    named = {name.replace("__", "/") + ".ts": body for name, body in files.items()}
    return write_folder(
        tmp_path, {"index.ts": "import './acme/syncs/things.js';\n", "acme/syncs/things.ts": text, **named}
    )


def facts(project: Project) -> Any:
    scripts = [
        (s.key, s.kind, s.style, s.config, s.schemas, s.file, s.webhook, s.source.text)
        for s in project.scripts
    ]
    return (
        scripts,
        [str(problem) for problem in project.problems],
        project.data,
        [m.path for m in project.modules],
    )


@pytest.fixture(autouse=True)
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is known of the tests before."""
    monkeypatch.setattr(declarations, "_threads", type("Fresh", (), {})())


@pytest.fixture
def unisolated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(declarations, "isolation", tuple)


@pytest.fixture
def never_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def declare(self: NodeProcess, *args: object, **options: object) -> None:
        raise AssertionError("a script was run")

    monkeypatch.setattr(NodeProcess, "declare", declare)


def evaluated(path: Path) -> Project:
    """The project as it is when every script runs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(declarations, "_threads", type("Fresh", (), {})())
        patch.setattr(
            declarations, "_read", lambda files, entries: {entry: {"reason": "-"} for entry in entries}
        )
        return read([path], trust=True)


def both(path: Path) -> Project:
    """The project without running anything, which is the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(NodeProcess, "declare", lambda *args, **options: pytest.fail("a script was run"))
        found = read([path])
    assert facts(found) == facts(evaluated(path))
    return found


SAMPLES = ("translate/golden/zero-yaml", "replays/templates")


@pytest.mark.parametrize("name", SAMPLES)
def test_the_samples_are_all_literal(name: str, root: Path) -> None:
    found = both(root / "tests" / name)
    assert len(found.scripts) > 8
    assert "typescript-declaration" not in codes(found)


def test_the_small_folder(tmp_path: Path) -> None:
    assert len(both(write_folder(tmp_path, ZERO)).scripts) == 2


def test_an_export_of_python_and_the_notebooks_of_the_package(tmp_path: Path, root: Path) -> None:
    for notebook in sorted((root / "notebooks").glob("*.ipynb")):
        both(notebook)


LITERAL = {
    "nested": "z.object({ id: z.string(), a: z.array(z.object({ b: z.number().int().min(1).max(5) })).optional() })",
    "strings": "z.object({ id: z.string().min(1).max(9).email().describe('x'), u: z.url(), d: z.iso.datetime(), e: z.email(), f: z.uuid() })",
    "unions": "z.object({ id: z.union([z.string(), z.number()]), k: z.discriminatedUnion('t', [z.object({ t: z.literal('a') }), z.object({ t: z.literal('b'), n: z.null() })]) })",
    "enums": "z.object({ id: z.string(), e: z.enum(['a', 'b'] as const), n: z.enum({ A: 'x', B: 'y' } as const), l: z.literal([1, 'two', null]) })",
    "records": "z.object({ id: z.string(), r: z.record(z.string(), z.unknown()), m: z.any(), t: z.tuple([z.string(), z.number()]), d: z.date() })",
    "defaults": "z.object({ id: z.string(), a: z.string().default('x'), b: z.array(z.string()).default([]), c: z.number().catch(1), d: z.boolean().nullish() })",
    "defaults of functions": "z.object({ id: z.string(), b: z.array(z.string()).default(() => ['a']) })",
    "refined": "z.object({ id: z.string().refine((v) => { throw new Error('never'); }, 'no'), t: z.string().transform((v) => v.length), p: z.preprocess((v) => v, z.number()) })",
    "objects": "z.looseObject({ id: z.string() }).extend({ b: z.string() }).omit({ b: true }).partial().required({ id: true })",
    "strict": "z.strictObject({ id: z.string(), 'quoted-name': z.string(), 5: z.string(), ['com' + 'puted']: z.number() })",
    "metadata": "z.object({ id: z.string().meta({ title: 'T', examples: ['a'] }) }).meta({ description: `D${1 + 1}` })",
    "coerced": "z.object({ id: z.coerce.string(), n: z.coerce.number().nonnegative() })",
    "patterns": r"z.object({ id: z.string().regex(/^a\/[b-d]+$/i).startsWith('x') })",
    "intersections": "z.intersection(z.object({ id: z.string() }), z.object({ n: z.number() }))",
    "lazy": "z.object({ id: z.string(), l: z.lazy(() => z.string()) })",
    "readonly": "z.object({ id: z.string(), r: z.readonly(z.array(z.string())), b: z.string().brand<'B'>(), n: z.number().multipleOf(-(-5)) })",
    "recursive": "Tree",
    "bigints": "z.object({ id: z.string(), b: z.bigint().optional(), v: z.never().optional(), s: z.set(z.string()).optional() })",
}  # fmt: skip
TREE = "const Tree = z.object({ id: z.string(), get children() { return z.array(Tree); } });"


@pytest.mark.parametrize("name", LITERAL)
def test_schemas(name: str, tmp_path: Path) -> None:
    found = both(folder(tmp_path, LITERAL[name], head=TREE))
    assert found.problems == () and found.scripts[0].schemas["Thing"]


HEADS = {
    "constants": "const Base = z.object({ id: z.string() });\nconst fields = { a: z.string(), b: z.number() };\nconst Thing = Base.extend({ ...fields, c: fields.a.optional() });",
    "shapes": "const A = z.object({ id: z.string(), x: z.number() });\nconst Thing = z.object({ ...A.shape, y: A.shape.x.nullable() });",
    "lists": "const kinds = ['a', 'b'] as const;\nconst Thing = z.object({ id: z.string(), k: z.enum([...kinds, 'c']) });",
    "enums": "enum Kind { A = 'a', B = 'b' }\nenum N { X, Y = 5, Z }\nconst Thing = z.object({ id: z.string(), k: z.enum(Kind), n: z.literal(N.Z) });",
    "helpers": "const page = (item: z.ZodType, name = 'x') => z.object({ id: z.string(), items: z.array(item) });\nfunction maybe(item: z.ZodType) { const made = item.optional(); return made; }\nconst Thing = z.object({ id: z.string(), m: maybe(z.string()) });",
    "keys": "const names = { a: 1, b: 2 };\nconst Thing = z.object({ id: z.string(), k: z.enum(Object.keys(names) as ['a', 'b']) });",
    "unused": "const cache = new Map<string, number>();\nconst limit = 100 * 5;\nconst pattern = /x/;\nlet page = 0;\nconst upper = ['a'].map((x) => x.toUpperCase());\nclass Own { static n = 1; run() { return process; } }\nfunction later() { page++; throw new Error('never'); }\nconst { a, b } = { a: 1, b: 2 };\nconst Thing = z.object({ id: z.string() });",
    "types": "interface X { a: string }\ntype Y = z.infer<typeof Thing>;\ndeclare const outer: string;\nconst Thing = z.object({ id: z.string() }) satisfies z.ZodType;",
    "exported": "export const Thing = z.object({ id: z.string() });\nexport interface Z { a: string }\nexport { Thing as Other };",
    "conditions": "const live = true;\nconst Thing = live ? z.object({ id: z.string() }) : z.object({ id: z.number() });",
    "frozen": "const options = Object.freeze({ id: z.string() });\nconst Thing = z.object(options);",
    "methods of objects": "const make = { thing: (x: any) => z.object({ id: x }) };\nconst Thing = make.thing(z.string());",
}  # fmt: skip


@pytest.mark.parametrize("name", HEADS)
def test_what_stands_above(name: str, tmp_path: Path) -> None:
    found = both(folder(tmp_path, "Thing", head=HEADS[name]))
    assert found.problems == () and "id" in found.scripts[0].schemas["Thing"]["properties"]


def test_the_rest_of_a_declaration(tmp_path: Path) -> None:
    more = """
        autoStart: false, trackDeletes: !false, syncType: 'incremental', scopes: ['a', 'b'], metadata: z.object({ m: z.string() }),
        checkpoint: z.object({ page: z.number() }), webhookSubscriptions: ['w'], onWebhook: async (nango, payload) => {},"""
    found = both(folder(tmp_path, more=more))
    config = found.scripts[0].config
    assert (config.runs, config.sync_type, config.track_deletes, config.scopes) == (
        "every hour",
        "incremental",
        True,
        ("a", "b"),
    )
    assert found.scripts[0].webhook


@pytest.mark.parametrize(
    "line",
    [
        "import {{ Thing }} from '../models.js';", "import {{ Thing }} from '../models';", "import * as models from '../models.ts';\nconst Thing = models.Thing;",
        "import {{ Thing }} from '../index.js';", "import {{ Renamed as Thing }} from '../more';", "import Thing from '../default.js';",
        "import {{ inner }} from '../more';\nconst Thing = inner.Thing;",
    ],
)  # fmt: skip
def test_schemas_of_modules(line: str, tmp_path: Path) -> None:
    files = {
        "acme__models": "import { z } from 'zod';\nimport type { Nothing } from './nowhere-of-types.js';\nexport const Thing = z.object({ id: z.string(), n: part() });\nfunction part() { return z.number(); }\nexport type T = z.infer<typeof Thing>;\n",
        "acme__index": "export * from './models.js';\n",
        "acme__more": "export { Thing as Renamed } from './models';\nexport * as inner from './models';\n",
        "acme__default": "import { Thing } from './models.js';\nexport default Thing.extend({ more: Thing.shape.n });\n",
    }
    found = both(folder(tmp_path, "Thing", head=line.replace("{{", "{").replace("}}", "}"), **files))
    assert set(found.scripts[0].schemas["Thing"]["properties"]) >= {"id", "n"}


#: What is known only when it runs → the line of the script (or file:line) that says why.
RUNNING = {
    "a statement": ("for (const x of [1]) { void x; }\nconst Thing = z.object({ id: z.string() });", 3),
    "a call": ("const Thing = z.object({ id: z.string() });\nconst made = [Thing].push(Thing);", 4),
    "a loop": ("function fields() { const all: any = {}; for (const n of ['id']) { all[n] = z.string(); } return all; }\nconst Thing = z.object(fields());", 4),
    "a function that is called at once": ("const Thing = (() => { let n = 0; n++; return z.object({ id: z.string() }); })();", 3),
    "an assignment": ("let Thing = z.object({ id: z.string() });\nThing = z.object({ other: z.string() }) as any;", 4),
    "a class": ("class Maker { static thing = z.object({ id: z.string() }); }\nconst Thing = Maker.thing;", 3),
    "data": ("const Thing = z.object({ id: z.string().default(String(JSON.parse('1'))) });", 3),
    "entries": ("const Thing = z.object(Object.fromEntries(['id'].map((n) => [n, z.string()])));", 3),
    "what is changed": ("const fields: any = { id: z.string() };\nconst more = Object.assign(fields, { b: z.string() });\nconst Thing = z.object(fields);", 4),
}  # fmt: skip


@pytest.mark.parametrize("name", RUNNING)
def test_what_only_running_tells_runs_where_it_may(name: str, tmp_path: Path) -> None:
    head, _ = RUNNING[name]
    path = folder(tmp_path, "Thing", head=head)
    assert facts(read([path], trust=True)) == facts(evaluated(path))
    assert codes(read([path], trust=True)) == []


@pytest.mark.parametrize("name", RUNNING)
def test_without_isolation_it_is_not_run_unasked(
    name: str, tmp_path: Path, unisolated: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    head, line = RUNNING[name]
    path = folder(tmp_path, "Thing", head=head)
    problem = one(read([path]), "needs-trust")
    assert problem.severity == "error" and problem.place is not None
    assert (problem.place.source, problem.place.line) == ("acme/syncs/things.ts", line)
    assert "--trust" in problem.hint
    assert codes(read([path], trust=True)) == []


def test_a_fault_of_the_text_is_said_without_running_it(tmp_path: Path, unisolated: None) -> None:
    for head, said, line in (
        ("import { x } from './nowhere';", "There is no module ./nowhere", 3),
        ("import fs from 'fs';", "Module 'fs' is not allowed", 3),
        ("const a = 1;\nconst a = 2;", "Identifier 'a' has already been declared", 4),
        ("const broken = ;", "SyntaxError", 3),
        ("const p = import('net');", "import('net') cannot be used in a script", 3),
    ):
        path = folder(tmp_path, head=head)
        problem = one(read([path]), "typescript-declaration")
        assert said in problem.message and problem.place is not None and problem.place.line == line
        assert [str(each) for each in evaluated(path).problems] == [
            str(each) for each in read([path]).problems
        ]


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("{ id: z.string() }", "models.Thing is not a zod 4 schema"),
        ("null as any", "models.Thing is not a zod 4 schema"),
    ],
)
def test_models_that_are_no_schemas(model: str, said: str, tmp_path: Path) -> None:
    problem = one(both(folder(tmp_path, model)), "typescript-declaration")
    assert said in problem.message
    assert problem.place is not None and problem.place.line == 9


#: Code that does something when it is loaded; what it does is looked for.
HOSTILE = {
    "string-built functions": "const F: any = Buffer['con' + 'structor'];\nconst p = F('return process')();\np.kill(p.ppid, 'SIGKILL');",
    "at once": "(() => { for (;;) { void 0; } })();",
    "in a getter": "const all: any = { get id() { for (;;) { void 0; } } };\nconst Extra = z.object({ id: all.id });",
    "in a template": "const t = `${(() => { for (;;) { void 0; } })()}`;",
    "in a default": "const f = (x = (() => { for (;;) {} })()) => x;\nconst Extra = z.object({ id: f() as any });",
    "in a tag": "const t = ((s: any) => { for (;;) {} })`x`;",
    "in a static block": "class A { static { for (;;) { void 0; } } }",
    "in a computed name": "const o = { [(() => { for (;;) {} })() as any]: 1 };",
    "in what zod calls": "const Extra = z.object({ id: z.string().default(() => { for (;;) {} }) });\nz.toJSONSchema(Extra);",
    "in a helper that goes on": "const f = (n: any): any => f([n, n]);\nconst Extra = f(1);",
    "in an iterator": "const [x] = { [Symbol.iterator]: () => { for (;;) {} } } as any;",
    "that grows": "const a = 'x' + 'x';\n" + "".join(f"const a{n} = {'a' if n == 0 else f'a{n - 1}'} + {'a' if n == 0 else f'a{n - 1}'};\n" for n in range(60)),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_reading_runs_nothing(
    name: str, tmp_path: Path, unisolated: None, never_run: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(declarations.Declarer, "_evaluate", lambda *args, **options: {"style": "unread"})
    found = codes(read([folder(tmp_path, head=HOSTILE[name])]))
    assert found in (["needs-trust"], [])


def test_a_folder_of_many_is_read_as_fast_as_it_runs(tmp_path: Path) -> None:
    """All are asked for at once."""
    files = {
        f"acme__syncs__n{number}": SYNC.format(head="", model="z.object({ id: z.string() })", more="")
        for number in range(30)
    }
    path = folder(tmp_path, **files)
    asked: list[int] = []
    ask = NodeProcess.read

    def count(self: NodeProcess, message: Any, **options: Any) -> Any:
        asked.append(len(message["entries"]))
        return ask(self, message, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(NodeProcess, "read", count)
        assert len(read([path]).scripts) == 31
    assert asked == [31]
