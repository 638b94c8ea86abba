"""TypeScript cells: a cell in, records, outputs and errors out; as Nango's runner would run them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from nangonb._node import NodeMissing, find_node
from nangonb.errors import ActionError, HTTPError, ScriptError
from tests.scripted import Answer, ScriptedNango
from tests.world import YAML, World, shown

HEAD = "import type { NangoSync, NangoAction, Contact } from '../../models';\n"


def sync(acme: World, body: str, *, head: str = HEAD, **options: object):  # type: ignore[no-untyped-def]
    acme.cell(YAML, label="Cell In[1]")
    acme.cell(
        f"%%nango_sync_ts contacts\n{head}export default async function fetchData(nango: NangoSync): Promise<void> {{\n"
        f"{body}\n}}\n",
        label="Cell In[7]",
    )
    return acme.session.dryrun("contacts", "conn-1", **options)  # type: ignore[arg-type]


def action(acme: World, body: str, *, head: str = HEAD, **options: object):  # type: ignore[no-untyped-def]
    acme.cell(YAML, label="Cell In[1]")
    acme.cell(
        f"%%nango_action_ts do-it\n{head}export default async function runAction(nango: NangoAction, input?: any) {{\n"
        f"{body}\n}}\n",
        label="Cell In[7]",
    )
    return acme.session.dryrun("do-it", "conn-1", **options).output  # type: ignore[arg-type]


class TestRequests:
    def test_every_verb_with_its_options(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [{"n": n} for n in range(6)]
        output = action(
            acme,
            """
            const a = await nango.get({ endpoint: '/a', params: { q: 'x y', n: 1, list: [1, 2] }, headers: { 'X-A': 'b' }, retries: 3 });
            const b = await nango.post({ endpoint: '/b', data: { when: new Date(0), gone: undefined, none: null } });
            const c = await nango.put({ endpoint: '/c', data: 'plain', headers: { 'Content-Type': 'text/plain' } });
            const d = await nango.patch({ endpoint: '/d', data: new URLSearchParams({ x: 'ü' }) as any });
            const e = await nango.delete({ endpoint: '/e' });
            const f = await nango.proxy({ endpoint: '/f', method: 'POST', data: Buffer.from([1, 255]) as any, headers: { 'Content-Type': 'application/octet-stream' } });
            return [a, b, c, d, e, f].map((r) => [r.data.n, r.status, r.headers['content-type'], r.config.method]);
            """,
        )
        assert [row[:3] for row in output] == [[n, 200, "application/json"] for n in range(6)]
        assert scripted.lines == [
            "GET /a?q=x y&n=1&list=1,2", "POST /b", "PUT /c", "PATCH /d", "DELETE /e", "POST /f",
        ]  # fmt: skip
        assert scripted.asked[0].headers["nango-proxy-x-a"] == "b"
        assert scripted.asked[0].headers["retries"] == "3"
        assert scripted.asked[1].json == {"when": "1970-01-01T00:00:00.000Z", "none": None}
        assert [asked.body for asked in scripted.asked[2:]] == [b"plain", b"x=%C3%BC", b"", b"\x01\xff"]

    def test_bodies_of_all_kinds(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [
            b"\xef\xbb\xbf[1]", b"no json", b"", b"\x00\x01\xff", b'{"big": 12345678901234567890, "lone": "\\ud800"}',
        ]  # fmt: skip
        output = action(
            acme,
            """
            const found = [];
            for (const responseType of [undefined, undefined, undefined, 'arraybuffer' as const, undefined]) {
                const { data } = await nango.get({ endpoint: '/x', ...(responseType && { responseType }) });
                found.push(Buffer.isBuffer(data) ? [...data] : data);
            }
            return { found, lone: found[4].lone.charCodeAt(0), kind: Array.isArray(found[0]) };
            """,
        )
        assert output["found"][:4] == [[1], "no json", "", [0, 1, 255]]
        assert output["found"][4]["big"] == 12345678901234567000  # as JavaScript's numbers have it
        assert output["lone"] == 0xD800

    def test_what_axios_throws(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [Answer({"why": "closed"}, 404, {"x-a": "b"})]
        output = action(
            acme,
            """
            try {
                await nango.get({ endpoint: '/a' });
            } catch (error: any) {
                return [error.name, error.isAxiosError, error.message, error.code, error.status, error.response.status,
                    error.response.data, error.response.headers['x-a'], error.config.method, error.config.url,
                    error instanceof Error, Object.keys(error.toJSON())];
            }
            """,
        )
        assert output == [
            "AxiosError", True, "Request failed with status code 404", "ERR_BAD_REQUEST", 404, 404, {"why": "closed"}, "b",
            "get", "/a", True, ["message", "name", "code", "status", "config"],
        ]  # fmt: skip

    def test_pages_with_on_page(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [
            {"items": [{"id": "1"}, {"id": "2"}], "next": "c2"}, {"seen": True}, {"items": [{"id": "3"}], "next": None},
        ]  # fmt: skip
        result = sync(
            acme,
            """
            const seen: any[] = [];
            const config = {
                endpoint: '/items', params: { a: 'b' }, retries: 2,
                paginate: {
                    type: 'cursor' as const, cursor_name_in_request: 'after', cursor_path_in_response: 'next',
                    response_path: 'items', limit: 2, limit_name_in_request: 'limit',
                    on_page: async ({ nextPageParam, response }: any) => {
                        seen.push([nextPageParam, response.status, response.data.items.length]);
                        if (nextPageParam) { await nango.get({ endpoint: '/seen' }); }
                    }
                }
            };
            for await (const page of nango.paginate<any>(config)) {
                await nango.batchSave(page, 'Contact');
            }
            await nango.log(seen);
            """,
        )
        assert [row["id"] for row in result.records["Contact"]] == ["1", "2", "3"]
        assert scripted.lines == ["GET /items?a=b&limit=2", "GET /seen", "GET /items?a=b&limit=2&after=c2"]
        assert result.logs["message"].iloc[-1] == '[["c2",200,2],[null,200,1]]'

    def test_on_page_that_throws_ends_the_run_where_it_threw(
        self, acme: World, scripted: ScriptedNango
    ) -> None:
        scripted.answers = [[{"id": "1"}]]
        with pytest.raises(ScriptError) as caught:
            sync(
                acme,
                "for await (const page of nango.paginate<any>({ endpoint: '/items', paginate: { type: 'offset',\n"
                "  offset_name_in_request: 'o', on_page: async () => {\n"
                "    throw new TypeError('no');\n"
                "  } } as any })) { await nango.batchSave(page, 'Contact'); }",
            )
        assert "Cell In[7], line 6" in shown(caught.value)
        assert "TypeError: no" in shown(caught.value)
        assert len(caught.value.dryrun.records["Contact"]) == 1


class TestTheRestOfTheSdk:
    def test_ids_beyond_2_53_that_become_one_are_explained(
        self, acme: World, scripted: ScriptedNango
    ) -> None:
        scripted.answers = [b'[{"id": 9007199254740993}, {"id": 9007199254740992}]']
        result = sync(
            acme,
            "    const { data } = await nango.get({ endpoint: '/a' });\n"
            "    await nango.batchSave(data.map((row: any) => ({ id: `d-${row.id}` })), 'Contact');",
        )
        (problem,) = [p for p in result.problem_list if p.code == "duplicate-id"]
        assert problem.hint.startswith("Numbers beyond 2^53 lose their last digits in JavaScript")

    def test_records_of_all_kinds(self, acme: World) -> None:
        result = sync(
            acme,
            """
            await nango.batchSave([{ id: '1', name: null, at: new Date(0), gone: undefined } as any, { id: 2 as any, age: 1.5 }], 'Contact');
            await nango.batchUpdate([{ id: '1', age: 7 } as any], 'Contact');
            await nango.batchDelete([{ id: '9' } as any], 'Contact');
            const empty = await nango.batchSave([], 'Contact');
            await nango.log('empty', empty, nango.lastSyncDate?.toISOString(), nango.variant, { level: 'warn' });
            """,
            last_sync_date="2024-01-02",
            variant="eu",
        )
        assert result.records["Contact"] == [
            {"id": "1", "name": None, "at": "1970-01-01T00:00:00.000Z", "age": 7}, {"id": 2, "age": 1.5},
        ]  # fmt: skip
        assert [row["id"] for row in result.deleted["Contact"]] == ["9"]
        last = result.logs.iloc[-1]
        assert (last["level"], last["message"]) == ("warn", "empty true 2024-01-02T00:00:00.000Z eu")

    def test_connection_metadata_checkpoint_and_environment(
        self, acme: World, scripted: ScriptedNango
    ) -> None:
        scripted.api["/integrations/acme"] = {"data": {"unique_key": "acme", "provider": "acme"}}
        output = action(
            acme,
            """
            const connection = await nango.getConnection();
            await nango.updateMetadata({ more: 1 });
            await nango.saveCheckpoint({ page: 2 });
            return {
                type: connection.credentials.type, token: (await nango.getToken()) === connection.credentials.access_token,
                metadata: await nango.getMetadata(), checkpoint: await nango.getCheckpoint(),
                variables: await nango.getEnvironmentVariables(), integration: (await nango.getIntegration()).unique_key,
                lock: await nango.tryAcquireLock({ key: 'a', ttlMs: 10 }),
                about: [nango.connectionId, nango.providerConfigKey, nango.provider, nango.scriptType],
                hidden: (() => { try { return (nango as any).nango; } catch (error: any) { return error.message; } })()
            };
            """,
        )
        assert output == {
            "type": "OAUTH2", "token": True, "metadata": {"region": "EMEA", "more": 1}, "checkpoint": {"page": 2},
            "variables": [{"name": "REGION", "value": "eu"}], "integration": "acme", "lock": True,
            "about": ["conn-1", "acme", "acme", "action"], "hidden": 'Access to "nango" is not allowed.',
        }  # fmt: skip

    def test_action_errors_pass_through(self, acme: World) -> None:
        with pytest.raises(ScriptError) as caught:
            action(acme, "throw new nango.ActionError({ message: 'no', details: { a: 1 } });")
        assert isinstance(caught.value.__cause__, ActionError)
        assert caught.value.dryrun.error_json is not None
        assert caught.value.dryrun.error_json["payload"] == {"message": "no", "details": {"a": 1}}
        assert "Cell In[7], line 4" in shown(caught.value)

    def test_an_action_of_the_notebook_in_either_language(self, acme: World) -> None:
        acme.cell(
            "%%nango_action py --integration-id acme\ndef run_action(nango, input):\n    return {'got': input['n'] + 1}\n"
        )
        acme.cell(
            "%%nango_action_ts ts --integration-id acme\nexport default async function runAction(nango: any, input: any) {\n"
            "  const inner: any = await nango.triggerAction('acme', 'conn-1', 'py', { n: input.n });\n"
            "  return { got: inner.got * 2 };\n}\n"
        )
        assert action(acme, "return await nango.triggerAction('acme', 'conn-1', 'ts', { n: 4 });") == {
            "got": 10
        }

    def test_zod_checks_input(self, acme: World) -> None:
        head = "import { z } from 'zod';\nconst Input = z.object({ id: z.string() });\n"
        body = "const { data } = await nango.zodValidateInput({ zodSchema: Input, input }); return data;"
        assert action(acme, body, head=head, input={"id": "a", "x": 1}) == {"id": "a"}
        with pytest.raises(ScriptError) as caught:
            action(acme, body, head=head, input={"id": 1})
        assert "Logged: Invalid input provided: Invalid input: expected string" in shown(caught.value)
        (log,) = caught.value.dryrun.logs.to_dict("records")
        assert (log["level"], log["message"].endswith("at path id")) == ("error", True)

    def test_modules_and_builtins(self, acme: World) -> None:
        acme.cell(
            "%%nango_module_ts acme/mappers/names\nimport type { Contact } from '../../models';\n"
            "import { upper } from './text.js';\nexport enum Kind { A = 'a' }\n"
            "export interface Options { upper: boolean }\n"
            "export const named = (id: string, options: Options) => (options.upper ? upper(id) : id) + Kind.A;\n"
        )
        acme.cell(
            "%%nango_module_ts acme/mappers/text\nexport function upper(text: string) { return text.toUpperCase(); }\n"
        )
        head = (
            "import { named, Options } from '../mappers/names';\nimport crypto from 'crypto';\n"
            "import { URL as Url } from 'url';\n"
        )
        body = (
            "const options: Options = { upper: true };\n"
            "return [named('x', options), crypto.createHash('sha1').update('a').digest('hex').slice(0, 4), new Url('http://a/b').host];"
        )
        assert action(acme, body, head=head) == ["Xa", "86f7", "a"]

    def test_a_package_of_the_users_own(self, acme: World) -> None:
        head = "import { extract } from 'unzipper';\n"
        with pytest.raises(ScriptError, match="not installed here: npm install unzipper"):
            action(acme, "return extract();", head=head)
        package = Path("node_modules/unzipper")
        package.mkdir(parents=True)
        # what it prints is drained, more of it than a pipe holds
        (package / "index.js").write_text(
            "console.log('x'.repeat(300000)); console.error('y'.repeat(300000));"
            "exports.extract = () => 'extracted';"
        )
        assert action(acme, "return extract();", head=head) == "extracted"

    def test_the_globals_of_the_runner_and_no_others(self, acme: World) -> None:
        names = "process global fetch setInterval clearTimeout structuredClone atob TextEncoder queueMicrotask performance"
        body = f"""
            const none = {names.split()!r}.filter((name) => {{ try {{ return (globalThis as any)[name] !== undefined; }} catch {{ return true; }} }});
            const there = ['console', 'Buffer', 'setTimeout', 'Error', 'URL', 'URLSearchParams', 'JSON', 'Intl'].filter((name) => (globalThis as any)[name] === undefined);
            let evaluated = 'ran';
            try {{ (globalThis as any)['eval']('1'); }} catch (error: any) {{ evaluated = error.name; }}
            console.log('never seen'); console.error('nor this');
            await new Promise((resolve) => setTimeout(resolve, 1));
            return {{ none, there, evaluated }};
        """
        assert action(acme, body) == {"none": [], "there": [], "evaluated": "EvalError"}

    def test_webhooks_of_both_styles(self, acme: World) -> None:
        acme.cell(YAML)
        acme.cell(
            "%%nango_sync_ts contacts\nexport default async function fetchData(nango: any) { throw new Error('not this'); }\n"
            "export async function onWebhookPayloadReceived(nango: any, payload: any) {\n"
            "  await nango.batchSave([{ id: payload.id }], 'Contact');\n}\n"
        )
        result = acme.session.dryrun("contacts", "conn-1", payload={"id": "w1"})
        assert result.records == {"Contact": [{"id": "w1"}]}
        acme.cell(
            "%%nango_sync_ts hooked --integration-id acme\nimport { createSync } from 'nango';\nimport * as z from 'zod';\n"
            "export default createSync({ description: 'x', frequency: 'every day', models: { Lead: z.object({ id: z.string() }) },\n"
            "  exec: async () => {}, onWebhook: async (nango, payload: any) => { await nango.batchSave([{ id: payload.id }], 'Lead'); } });\n"
        )
        assert acme.session.dryrun("hooked", "conn-1", payload={"id": "w2"}).records == {
            "Lead": [{"id": "w2"}]
        }


ZERO = """%%nango_sync_ts leads --integration-id acme
import { createSync } from 'nango';
import * as z from 'zod';

const Lead = z.object({ id: z.string(), at: z.date().optional(), n: z.number() });

const sync = createSync({
    description: 'Leads', version: '1.0.0', frequency: 'every hour', autoStart: true, syncType: 'incremental',
    endpoints: [{ method: 'GET', path: '/leads' }], scopes: ['a'],
    metadata: z.object({ region: z.string() }), checkpoint: z.object({ since: z.string() }),
    models: { Lead },
    exec: async (nango) => {
        const { region } = await nango.getMetadata();
        const checkpoint = await nango.getCheckpoint();
        await nango.trackDeletesStart('Lead');
        await nango.batchSave([{ id: region, n: 'no number' as any }, { id: checkpoint?.since ?? 'first', n: 2 }], 'Lead');
        await nango.trackDeletesEnd('Lead');
        await nango.saveCheckpoint({ since: 'later' });
    }
});

export type NangoSyncLocal = Parameters<(typeof sync)['exec']>[0];
export default sync;
"""


class TestScriptsThatDeclareThemselves:
    def test_a_sync(self, acme: World) -> None:
        assert str(acme.cell(ZERO)).startswith("✓ sync leads · acme · every hour · saves Lead")
        script = acme.session.project.script("leads")
        assert (script.config.sync_type, script.config.endpoints, script.config.scopes, script.config.version) == (
            "incremental", ("GET /leads",), ("a",), "1.0.0",
        )  # fmt: skip
        result = acme.session.dryrun("leads", "conn-1")
        assert [row["id"] for row in result.df.to_dict("records")] == ["EMEA", "first"]
        assert list(result.df.columns) == ["id", "at", "n"]
        (broken,) = result.validation.to_dict("records")
        assert (broken["path"], broken["rule"]) == ("n", "type")
        again = acme.session.dryrun("leads", "conn-1", since_last=True)
        assert [row["id"] for row in again.records["Lead"]] == ["EMEA", "later"]

    def test_an_action_checks_input_and_output(self, acme: World) -> None:
        acme.cell(
            "%%nango_action_ts double --integration-id acme\nimport { createAction } from 'nango';\nimport { z } from 'zod';\n"
            "export default createAction({ description: 'x', input: z.object({ n: z.number() }), output: z.object({ n: z.number() }),\n"
            "  exec: async (nango, input) => ({ n: String(input.n * 2) as any }) });\n"
        )
        result = acme.session.dryrun("double", "conn-1", input={"n": 2})
        assert result.output == {"n": "4"}
        assert [p.code for p in result.problem_list] == ["invalid-output"]
        with pytest.raises(ScriptError, match="input"):
            acme.session.dryrun("double", "conn-1", input={"n": "x"}, validation=True)

    def test_models_in_a_module_cell(self, acme: World) -> None:
        acme.cell(
            "%%nango_module_ts models/lead\nimport { z } from 'zod';\nexport const Lead = z.object({ id: z.string() });\n"
        )
        acme.cell(
            "%%nango_sync_ts leads --integration-id acme\nimport { createSync } from 'nango';\nimport { Lead } from '../../models/lead.js';\n"
            "export default createSync({ description: 'x', frequency: 'every day', models: { Lead }, exec: async (nango) => {\n"
            "  await nango.batchSave([{ id: '1' }], 'Lead');\n} });\n"
        )
        assert acme.session.dryrun("leads", "conn-1").df["id"].tolist() == ["1"]

    def test_what_cannot_be_evaluated_is_said_at_its_line(self, acme: World) -> None:
        declared = acme.cell(
            "%%nango_sync_ts leads --integration-id acme\nimport { createSync } from 'nango';\n\nconst models = undefined as any;\n"
            "export default createSync({ description: 'x', frequency: 'every day', models: models.all, exec: async () => {} });\n",
            label="Cell In[3]",
        )
        (problem,) = [p for p in declared.problems if p.code == "typescript-declaration"]
        assert str(problem.place).startswith("Cell In[3], line 5")
        assert "Cannot read properties of undefined" in problem.message

    @pytest.mark.parametrize(
        ("model", "said"),
        [
            ("{ id: z.string() }", "models.Lead is not a zod 4 schema"),
            ("null as any", "models.Lead is not a zod 4 schema"),
        ],
    )
    def test_models_that_are_no_schemas(self, acme: World, model: str, said: str) -> None:
        declared = acme.cell(
            ZERO.replace("models: { Lead }", f"models: {{ Lead: {model} }}"), label="Cell In[3]"
        )
        (problem,) = [p for p in declared.problems if p.code == "typescript-declaration"]
        assert said in problem.message
        assert str(problem.place).startswith("Cell In[3], line 11")
        codes = {p.code for p in acme.session.dryrun("leads", "conn-1").problem_list}
        assert "typescript-declaration" in codes and "undeclared-output" not in codes


class TestErrors:
    def test_at_the_cells_line_with_the_calls(self, acme: World) -> None:
        with pytest.raises(ScriptError) as caught:
            sync(
                acme,
                "    await helper(nango);\n}\nasync function helper(nango: NangoSync) {\n"
                "    enum Local { A }\n    const record: any = undefined;\n    record.name;",
            )
        text = shown(caught.value)
        assert "Cell In[7], line 4, in fetchData" in text
        assert "Cell In[7], line 9, in helper" in text
        assert re.search(r"---->\s+9     record\.name;", text)
        assert "TypeError: Cannot read properties of undefined (reading 'name')" in text
        assert caught.value.dryrun.error_json is not None
        assert caught.value.dryrun.error_json["payload"]["name"] == "TypeError"

    def test_a_refused_request_shows_what_the_provider_said(
        self, acme: World, scripted: ScriptedNango
    ) -> None:
        scripted.answers = [Answer({"error": "rate limited"}, 429)]
        with pytest.raises(ScriptError) as caught:
            sync(acme, "    await nango.get({ endpoint: '/items' });")
        assert isinstance(caught.value.__cause__, HTTPError)
        text = shown(caught.value)
        assert "AxiosError: Request failed with status code 429" in text
        assert "rate limited" in text and "With retries=3" in text and "Cell In[7], line 4" in text

    def test_syntax_errors(self, acme: World) -> None:
        with pytest.raises(ScriptError) as caught:
            sync(acme, "    const a: = 1;")
        assert "Cell In[7], line 4" in shown(caught.value)
        assert "SyntaxError" in shown(caught.value)

    @pytest.mark.parametrize(
        ("head", "body", "said"),
        [
            ("", "    const a = 1;\n    const a = 2;", "Identifier 'a' has already been declared"),
            ("", "    enum E { A }\n    const a = /(/;", "Unterminated group"),
            (
                "import { z } from 'zod';\n",
                "    const C = 1;\n    class X { @C m() {} }",
                "Invalid or unexpected token",
            ),
        ],
    )
    def test_syntax_errors_that_only_v8_finds(self, acme: World, head: str, body: str, said: str) -> None:
        with pytest.raises(ScriptError) as caught:
            sync(acme, body, head=HEAD + head)
        assert said in shown(caught.value)
        line = 5 + head.count("\n")
        assert f"Cell In[7], line {line}\n" in shown(caught.value)

    def test_imports_that_lead_nowhere_and_that_nango_refuses(self, acme: World) -> None:
        for line, said in (
            ("import { x } from './nothing';", "There is no module ./nothing"),
            ("import axios from 'axios';", "Module 'axios' is not allowed"),
            ("import fs from 'node:fs';", "Module 'node:fs' is not allowed"),
        ):
            with pytest.raises(ScriptError) as caught:
                sync(acme, "", head=line + "\n")
            assert said in shown(caught.value)
            assert "Cell In[7], line 2" in shown(caught.value)

    def test_a_rejection_that_nobody_awaits(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [Answer({}, 500)]
        with pytest.raises(ScriptError) as caught:
            sync(
                acme,
                "    void nango.get({ endpoint: '/a' });\n    await nango.batchSave([{ id: '1' } as any], 'Contact');",
            )
        assert "Request failed with status code 500" in shown(caught.value)
        assert "Cell In[7], line 4" in shown(caught.value)  # where it was asked for
        assert len(caught.value.dryrun.records["Contact"]) == 1
        (problem,) = [p for p in caught.value.dryrun.problem_list if p.code == "not-awaited"]
        assert str(problem.place).startswith("Cell In[7], line 4")

    def test_a_rejection_that_is_handled_later(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [Answer({}, 500)]
        body = """
            const asked = nango.get({ endpoint: '/a' });
            await nango.log('meanwhile');
            await new Promise((resolve) => setTimeout(resolve, 1));
            try { await asked; } catch (error: any) { return error.status; }
        """
        assert action(acme, body) == 500

    @pytest.mark.parametrize(
        ("thrown", "said"),
        [
            ("'plain text'", '"plain text" was thrown, which is not an Error'),
            ("{ message: 'no', code: 5 }", '{"message":"no","code":5} was thrown'),
            ("5n", "5 was thrown"),
            ("undefined", "undefined was thrown"),
            ("nango.ActionError", "The function ActionError was thrown"),
            ("Object.create(null)", "{} was thrown"),
            (
                "new Proxy({}, { get() { throw new Error('trap'); } })",
                "A value that cannot be read was thrown",
            ),
            (
                "Object.defineProperty(new Error(), 'message', { get() { throw new Error('no'); } })",
                "A value that cannot be read was thrown",
            ),
        ],
    )
    def test_what_is_thrown_need_not_be_an_error(self, acme: World, thrown: str, said: str) -> None:
        with pytest.raises(ScriptError) as caught:
            sync(acme, f"    throw {thrown};", timeout=60)
        assert said in shown(caught.value)

    def test_errors_that_cause_each_other(self, acme: World) -> None:
        with pytest.raises(ScriptError) as caught:
            sync(
                acme,
                "    const a: any = new Error('a'), b: any = new Error('b', { cause: a });\n    a.cause = b;\n    throw a;",
                timeout=60,
            )
        text = shown(caught.value)
        assert text.index("Error: b") < text.index("Error: a")

    def test_exports_that_cannot_be_run(self, acme: World) -> None:
        acme.cell(YAML)
        for body, said, line in (
            ("// nothing\nexport default 5;\n", "the default export is of the type number", 3),
            (
                "import { createSync } from 'nango';\nexport default createSync({ description: 'x', frequency: 'every day',"
                " models: {} } as any);\n",
                "The script has no function exec",
                3,
            ),
        ):
            acme.cell(f"%%nango_sync_ts contacts --integration-id acme\n{body}", label="Cell In[7]")
            with pytest.raises(ScriptError) as caught:
                acme.session.dryrun("contacts", "conn-1")
            assert said in shown(caught.value)
            assert f"Cell In[7], line {line}\n" in shown(caught.value)

    def test_an_output_that_json_cannot_hold(self, acme: World) -> None:
        with pytest.raises(ScriptError, match="What the script returned cannot be sent as JSON"):
            action(acme, "return { n: 5n };")

    def test_dynamic_imports(self, acme: World) -> None:
        with pytest.raises(ScriptError) as caught:
            action(acme, "return await import('zod');")
        assert "import('zod') cannot be used in a script: import it at the top." in shown(caught.value)
        assert "Cell In[7], line 4" in shown(caught.value)

    def test_misuse_is_worded_in_typescript(self, acme: World) -> None:
        for call, said in (
            ("batchSave([{ id: '1' }] as any)", "not as undefined: nango.batchSave(records, 'Contact')"),
            (
                "batchSave([null] as any, 'Contact')",
                "record 0 is null, not an object; a record is an object with an 'id'",
            ),
            ("saveCheckpoint('x' as any)", "it is an object, not string."),
            ("setMetadata(5 as any)", "Metadata must be an object, not number"),
            ("get({ endpoint: '/a', params: [1] as any })", "not array: params: {'limit': 100}"),
        ):
            with pytest.raises(ScriptError) as caught:
                sync(acme, f"    await nango.{call};")
            assert said in shown(caught.value)

    def test_an_action_of_the_notebook_that_fails_is_shown_with_its_lines(self, acme: World) -> None:
        acme.cell(
            "%%nango_action_ts inner --integration-id acme\nexport default async function runAction(nango: any) {\n"
            "  throw new TypeError('inside');\n}\n",
            label="Cell In[3]",
        )
        with pytest.raises(ScriptError) as caught:
            action(acme, "return await nango.triggerAction('acme', 'conn-1', 'inner');")
        text = shown(caught.value)
        assert (
            text.index("Cell In[3], line 3")
            < text.index("TypeError: inside")
            < text.index("Cell In[7], line 4")
        )

    def test_an_action_that_is_nowhere(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.api["/action/trigger"] = Answer({"error": {"code": "not_found", "message": "no"}}, 404)
        with pytest.raises(ScriptError) as caught:
            action(acme, "return await nango.triggerAction('acme', 'conn-1', 'nope');")
        assert "No action nope is declared here, and none is deployed in acme." in shown(caught.value)

    def test_causes_are_shown(self, acme: World) -> None:
        with pytest.raises(ScriptError) as caught:
            sync(
                acme,
                "    try { (undefined as any).x; } catch (cause) { throw new Error('outer', { cause }); }",
            )
        text = shown(caught.value)
        assert text.index("Cannot read properties") < text.index("Error: outer")

    def test_a_failed_script_leaves_the_host_usable(self, acme: World) -> None:
        with pytest.raises(ScriptError):
            sync(acme, "    throw new Error('once');")
        assert action(acme, "return 1;") == 1

    def test_what_a_script_does_to_shared_objects_ends_with_it(self, acme: World) -> None:
        changes = """
            (Error as any).stackTraceLimit = 0; (Error as any).prepareStackTrace = () => 'mine';
            (Buffer.prototype as any).toString = () => 'mine'; (Buffer as any).extra = 1;
            Object.getPrototypeOf(Object.getPrototypeOf(Buffer.prototype)).polluted = 1;
            return 1;
        """
        assert action(acme, changes) == 1
        with pytest.raises(ScriptError) as caught:
            action(
                acme,
                "throw new Error([Buffer.from('ok').toString(), (Buffer as any).extra, (Buffer.prototype as any).polluted].join());",
            )
        assert "Error: ok,," in shown(caught.value)
        assert "Cell In[7], line 4" in shown(caught.value)

    def test_a_model_that_is_not_declared_is_said_and_saved(self, acme: World) -> None:
        result = sync(acme, "    await nango.batchSave([{ id: '1' } as any], 'Contacts');")
        assert result.records == {"Contact": [], "Contacts": [{"id": "1"}]}
        (problem,) = [p for p in result.problem_list if p.code == "unknown-model"]
        assert (problem.severity, problem.hint) == ("error", "Did you mean 'Contact'?")
        assert str(problem.place).startswith("Cell In[7], line 4, column 17")


class TestWithoutNode:
    @pytest.fixture(autouse=True)
    def no_node(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        monkeypatch.setenv("NANGONB_NODE", "/nowhere/node")
        find_node.cache_clear()
        yield
        find_node.cache_clear()

    def test_what_to_install_is_said_and_nothing_has_run(self, acme: World) -> None:
        with pytest.raises(NodeMissing) as caught:
            sync(acme, "    await nango.log('x');")
        assert "$NANGONB_NODE is /nowhere/node" in shown(caught.value)
        assert "pip install 'nangonb[typescript]'" in shown(caught.value)
        assert caught.value.exit_code == 3

    def test_an_action_that_a_python_script_triggers(self, acme: World) -> None:
        acme.cell("%%nango_action_ts inner --integration-id acme\nexport default async () => 1;\n")
        error = acme.fails("nango.trigger_action('acme', 'conn-1', 'inner')")
        assert "pip install 'nangonb[typescript]'" in shown(error)
        assert "line 3" in shown(error)


class TestRunaways:
    def test_an_endless_loop_ends_with_the_timeout(self, acme: World) -> None:
        from nangonb.errors import Interrupted

        with pytest.raises(Interrupted, match="ran longer than 1 s") as caught:
            sync(
                acme,
                "    await nango.batchSave([{ id: '1' } as any], 'Contact');\n    for (;;) {}",
                timeout=1,
            )
        assert len(caught.value.dryrun.records["Contact"]) == 1
        assert action(acme, "return 'again';") == "again"

    def test_a_promise_that_never_settles_ends_with_the_timeout(self, acme: World) -> None:
        from nangonb.errors import Interrupted

        with pytest.raises(Interrupted):
            sync(acme, "    await new Promise(() => {});", timeout=1)

    def test_out_of_memory(self, acme: World) -> None:
        Path("pyproject.toml").write_text("[tool.nangonb]\nmax_memory_mb = 200\n")
        with pytest.raises(ScriptError) as caught:
            sync(
                acme,
                "    await nango.batchSave([{ id: '1' } as any], 'Contact');\n    const all: any[] = [];\n"
                "    for (;;) { all.push(new Array(1000).fill(all.length)); }",
            )
        assert "ran out of memory: the limit is 128 MB" in shown(caught.value)
        assert len(caught.value.dryrun.records["Contact"]) == 1
        Path("pyproject.toml").unlink()
        assert action(acme, "return 'again';") == "again"

    def test_caps_end_a_script_in_the_middle(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [[{"id": str(n)}] for n in range(5)]
        body = """
            for (let n = 0; n < 5; n++) {
                const { data } = await nango.get({ endpoint: '/items' });
                await nango.batchSave(data, 'Contact');
            }
        """
        result = sync(acme, body, max_requests=2)
        assert (result.capped, len(result.records["Contact"])) == ("max-requests", 2)
        assert action(acme, "return 1;") == 1
