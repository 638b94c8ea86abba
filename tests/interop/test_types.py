"""What the compiler says of scripts with our declarations, against Nango's own: the same, at the same place."""

from __future__ import annotations

import re
import subprocess

import pytest

from nangonb._check import problems
from nangonb._export import ProjectFiles
from nangonb._project import layout_named
from tests.interop.npm import install, node
from tests.interop.project import skip_without_node
from tests.sessions import Session

pytestmark = pytest.mark.interop

FLAGS = [
    "--target", "esnext", "--strict", "--esModuleInterop", "--skipLibCheck", "--noEmit", "--types", "node",
    "--allowUnusedLabels", "false", "--allowUnreachableCode", "false", "--exactOptionalPropertyTypes",
    "--noFallthroughCasesInSwitch", "--noImplicitOverride", "--noImplicitReturns",
    "--noPropertyAccessFromIndexSignature", "--noUncheckedIndexedAccess", "--noUnusedLocals",
    "--noUnusedParameters",
]  # fmt: skip
ZERO = """\
import { createSync } from 'nango';
import type { ProxyConfiguration, NangoSync, ActionError } from 'nango';
import * as z from 'zod';

const Contact = z.object({ id: z.string(), name: z.string().nullable(), tags: z.array(z.string()).optional() });
export type Named = ActionError | NangoSync | ProxyConfiguration;

export default createSync({
    description: 'Contacts',
    frequency: 'every day',
    models: { Contact },
    metadata: z.object({ region: z.string() }),
    checkpoint: z.object({ cursor: z.string(), page: z.number() }),
    exec: async (nango) => {
        BODY
    }
});
"""
ACTION = """\
import { createAction } from 'nango';
import * as z from 'zod';

export default createAction({
    description: 'Do',
    input: z.object({ id: z.string(), count: z.number().optional() }),
    output: z.object({ done: z.boolean() }),
    exec: async (nango, input): Promise<{ done: boolean }> => {
        BODY
    }
});
"""
BODIES = [
    "const checkpoint = await nango.getCheckpoint(); await nango.log(checkpoint.cursor);",
    "const checkpoint = await nango.getCheckpoint(); await nango.log(checkpoint?.cursor ?? '', { level: 'warn' });",
    "await nango.saveCheckpoint({ cursor: 'a' });",
    "await nango.saveCheckpoint({ cursor: 'a', page: 'b' });",
    "await nango.clearCheckpoint(); await nango.releaseAllLocks();",
    "const metadata = await nango.getMetadata(); await nango.log(metadata.region.length + metadata.reigon);",
    "await nango.setMetadata({ region: 1 }); await nango.updateMetadata({});",
    "await nango.batchSave([{ id: '1', name: null }], 'Contact');",
    "await nango.batchSave([{ id: 1, name: null }], 'Contact');",
    "await nango.batchSave([{ id: '1' }], 'Contcat');",
    "await nango.batchDelete([{ id: '1' }], 'Contact'); await nango.batchUpdate([{ id: '1', name: 'x' }], 'Contact');",
    "await nango.batchSave([], 'Contact'); await nango.trackDeletesStart('Contact'); await nango.trackDeletesEnd('x');",
    "for await (const row of nango.listRecords('Contact')) { await nango.log(row.name.length, row.tags[0]); }",
    "const rows = await nango.getRecordsByIds(['1'], 'Contact'); await nango.log(rows.get('1')?.name);",
    "for await (const page of nango.paginate<{ Id: string }>({ endpoint: '/x', retries: 3 })) { await nango.log(page[0].Id); }",
    "const config: ProxyConfiguration = { endpoint: '/x', paginate: { type: 'cursor', cursor_path_in_response: 'n' } }; await nango.get(config);",
    "const config = { endpoint: '/x', paginate: { type: 'offset', limit: 5 } }; for await (const p of nango.paginate(config)) { await nango.log(p); }",
    "const config: ProxyConfiguration = { endpoint: '/x', params: { q: undefined, a: [1] }, retry: 3 }; await nango.get(config);",
    "await nango.get({ endpoint: '/x', method: 'POST' }); await nango.proxy({ endpoint: '/x', method: 'POSTT' });",
    "const response = await nango.post<{ a: number }>({ endpoint: '/x', data: {} }); const a: string = response.data.a;",
    "throw new nango.ActionError({ message: 'x', more: [1] });",
    "throw new nango.ActionError('x');",
    "const connection = await nango.getConnection(); await nango.log(connection.connection_config['a'], connection.metadata.x);",
    "await nango.log(nango.lastSyncDate.toISOString(), nango.variant, nango.emptyCache, nango.nothing);",
    "return 1;",
    "const [first] = ['a']; await nango.log(first.length);",
    "await nango.setMergingStrategy({ strategy: 'other' }, 'Contact');",
    "const got = await nango.zodValidateInput({ zodSchema: Contact, input: {} }); await nango.log(got.data.name.length);",
    "const found = await nango.triggerAction('a', 'b', 'c', {}); await nango.startSync('a', ['b']); await nango.log(found.x);",
    "const answer = await nango.uncontrolledFetch({ url: 'https://a' }); await nango.log(answer.status + answer.sttus);",
    "const lock = await nango.tryAcquireLock({ key: 'a' }); if (lock) { await nango.log('x'); }",
]  # fmt: skip
ACTION_BODIES = [
    "await nango.log(input.count + 1); return { done: true };",
    "await nango.log(input.nmae); return { done: 'yes' };",
    "await nango.batchSave([], 'X'); return { done: true };",
    "if (input.id) { return { done: true }; }",
    "const unused = nango.connectionId; return { done: input.count === 1 };",
    "const metadata = await nango.getMetadata(); await nango.log(metadata.x); return { done: true };",
    "const metadata = await nango.getMetadata<{ x: string }>(); return { done: metadata.x === 1 };",
    "const checkpoint = await nango.getCheckpoint(); await nango.log(checkpoint.x); return { done: true };",
]  # fmt: skip
YAML = "import type { NangoSync, ProxyConfiguration, Contact } from '../../models';\nexport const none: Contact[] = [];\nexport type Named = ProxyConfiguration;\n\nexport default async function fetchData(nango: NangoSync): Promise<void> {\n    BODY\n}\n"
YAML_BODIES = [
    "await nango.batchSave<Contact>([{ id: '1' }], 'Contact');",
    "await nango.batchSave(none, 1);",
    "const config: ProxyConfiguration = { endpoint: '/x', paginate: { type: 'link', limit: 5 }, params: { a: [1] } }; await nango.get(config);",
    "const config = { endpoint: '/x', paginate: { type: 'offset' }, headers: { a: 1 } }; for await (const p of nango.paginate(config)) { await nango.log(p.length); }",
    "await nango.log(nango.lastSyncDate.toISOString()); await nango.trackDeletesStart('Contact');",
    "const metadata = await nango.getMetadata(); await nango.log(metadata.x); const m = await nango.getMetadata<{ x: string }>(); await nango.log(m.y);",
    "await nango.batchSend(none, 'Contact'); await nango.getFieldMapping(); await nango.setFieldMapping({ a: 'b' });",
    "await nango.log('a', { level: 'silly' }); await nango.log('a', { level: 'loud' });",
    "await nango.log('a', 1, { level: 'warn' }); await nango.log('a', 1, 2, 3);",
    "throw new nango.ActionError({ message: 'x' });",
    "const { data } = await nango.get({ endpoint: '/x' }); const rows: Contact[] = data.rows.map((row) => row); await nango.batchSave(rows, 'Contact');",
    "const answer = await nango.uncontrolledFetch({ url: new URL('https://a'), method: 'GET' }); await nango.log(answer.sttus);",
    "await nango.getWebhookURL().length; await nango.getIntegration(); nango.setLogger({ level: 'off' });",
]  # fmt: skip
NANGO_YAML = "%%nango_yaml\nintegrations:\n  crm:\n    syncs:\n      s:\n        runs: every day\n        output: Contact\n        endpoint: GET /c\nmodels:\n  Contact:\n    id: string\n    name?: string\n"

CASES = [
    *(pytest.param("sync", "zero-yaml", ZERO.replace("BODY", body), id=f"zero-{n}") for n, body in enumerate(BODIES)),
    *(pytest.param("action", "zero-yaml", ACTION.replace("BODY", body), id=f"action-{n}") for n, body in enumerate(ACTION_BODIES)),
    *(pytest.param("sync", "nango-yaml", YAML.replace("BODY", body), id=f"yaml-{n}") for n, body in enumerate(YAML_BODIES)),
]  # fmt: skip


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[tuple[int, int, str]]]:
    """What tsc says of all cases with Nango's own declarations: text → (line, column, code)."""
    skip_without_node()
    modules = install() / "node_modules"
    found: dict[str, set[tuple[int, int, str]]] = {}
    for layout in ("nango-yaml", "zero-yaml"):
        folder = tmp_path_factory.mktemp(layout)
        (folder / "node_modules").mkdir()
        for name in ("zod", "@types", "axios", "@nangohq"):
            (folder / "node_modules" / name).symlink_to(modules / name)
        (folder / "node_modules" / "nango").symlink_to(modules / "nango-zero-cli")
        if layout == "zero-yaml":
            (folder / "package.json").write_text('{"type": "module"}')
            flags = ["--module", "node16", "--moduleResolution", "node16"]
        else:
            sdk = modules / "nango-yaml-cli" / "node_modules" / "@nangohq" / "runner-sdk" / "models.d.ts"
            models = "export interface Contact {\n  id: string;\n  name?: string | undefined;\n}\n"
            (folder / "models.ts").write_text(models + sdk.read_text("utf-8"))
            flags = ["--module", "commonjs", "--moduleResolution", "node10"]
        texts = [case.values[2] for case in CASES if case.values[1] == layout]
        for number, text in enumerate(texts):
            (folder / "crm" / f"{number}").mkdir(parents=True)
            (folder / "crm" / f"{number}" / "s.ts").write_text(str(text))
        files = [f"crm/{number}/s.ts" for number in range(len(texts))]
        tsc = modules / "typescript" / "bin" / "tsc"
        done = subprocess.run(
            [node(), tsc, *FLAGS, *flags, *files], cwd=folder, capture_output=True, text=True, check=False
        )
        found.update((str(text), set()) for text in texts)
        for match in re.finditer(r"^crm/(\d+)/s\.ts\((\d+),(\d+)\): error TS(\d+)", done.stdout, re.M):
            found[str(texts[int(match[1])])].add((int(match[2]), int(match[3]), f"ts-{match[4]}"))
    return found


@pytest.mark.parametrize(("kind", "layout", "text"), CASES)
def test_the_same_as_with_their_declarations(
    theirs: dict[str, set[tuple[int, int, str]]], kind: str, layout: str, text: str
) -> None:
    session = Session()
    if layout == "nango-yaml":
        session.declare(NANGO_YAML, label="yaml")
    home = "" if layout == "nango-yaml" else " --integration-id crm"
    session.declare(f"%%nango_{kind}_ts s{home}\n{text}", label="Cell")
    ours = {
        (problem.place.line - 1, problem.place.column, problem.code)
        for problem in problems(ProjectFiles(session.project, layout_named(layout)))
        if problem.code.startswith("ts-") and problem.place and problem.place.line
    }
    assert ours == theirs[text]


def test_they_find_something(theirs: dict[str, set[tuple[int, int, str]]]) -> None:
    assert sum(map(bool, theirs.values())) > len(CASES) / 2
