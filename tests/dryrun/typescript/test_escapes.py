"""Scripts that try to get out of their context: nothing of Node.js's own is within their reach."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest

import nangonb._node
from nangonb._node import find_node, isolation
from nangonb._scripts import typescript
from nangonb.errors import ScriptError
from tests.scripted import Answer, ScriptedNango
from tests.world import YAML, World, shown

# Walks all that can be reached from `roots`, by properties, prototypes and getters, and names what is of another realm:
# a function that is no Function of ours, an object whose last prototype is none of ours.
WALK = """
function strangers(roots: Record<string, any>): string[] {
    const mine = new Set<any>([null, Object.prototype]);
    const seen = new Set<any>();
    const found: string[] = [];
    const waiting: [string, any][] = Object.entries(roots);
    while (waiting.length > 0 && found.length < 20) {
        const [path, value] = waiting.pop()!;
        if (value === null || (typeof value !== 'object' && typeof value !== 'function') || seen.has(value)) { continue; }
        seen.add(value);
        let last: any = value;
        let depth = 0;
        for (let at = Object.getPrototypeOf(value); at !== null && depth < 50; at = Object.getPrototypeOf(at), depth++) {
            last = at;
            waiting.push([`${path}.__proto__`, at]);
        }
        if (last !== value && !mine.has(last)) { found.push(`${path}: another Object.prototype`); }
        if (typeof value === 'function' && value !== Function.prototype && !(value instanceof Function)) { found.push(`${path}: another Function`); }
        for (const key of Reflect.ownKeys(value)) {
            const name = `${path}.${String(key)}`;
            const described = Object.getOwnPropertyDescriptor(value, key)!;
            for (const each of [described.value, described.get, described.set]) { waiting.push([name, each]); }
            if (described.get) {
                try { waiting.push([name, value[key]]); } catch (error) { waiting.push([`${name} throws`, error]); }
            }
        }
    }
    return seen.size < 100 ? ['walked too little'] : found;
}
"""
HEAD = "import crypto from 'crypto';\nimport * as url from 'url';\nimport * as z from 'zod';\n" + WALK


def run(acme: World, body: str, *, head: str = "", **options: Any) -> Any:
    acme.cell(YAML)
    acme.cell(
        f"%%nango_action_ts do-it\n{head}export default async function runAction(nango: any, input?: any) {{\n{body}\n}}\n",
        label="Cell In[7]",
    )
    return acme.session.dryrun("do-it", "conn-1", **options).output


# What a Function of Node's own would make of a string: it is tried on whatever can be found.
TRY = """
function tried(make: () => any): string {
    try {
        const found = make();
        return typeof found === 'object' || typeof found === 'function' ? `got ${Object.prototype.toString.call(found)}` : `got ${String(found)}`;
    } catch (error: any) {
        return `${error.name}`;
    }
}
const CODE = 'return typeof process';
"""
#: name → an expression that gives a Function constructor of whoever made its object.
CHAINS = {
    "Buffer": "Buffer.constructor",
    "a buffer": "Buffer.from('a').constructor.constructor",
    "a buffer's memory": "(Buffer.from('a').buffer as any).constructor.constructor",
    "hashes": "crypto.createHash('sha1').constructor.constructor",
    "a digest": "crypto.createHash('sha1').digest().constructor.constructor",
    "a digest's memory": "(crypto.createHash('sha1').digest().buffer as any).constructor.constructor",
    "a method of a hash": "crypto.createHash('sha1').update.constructor",
    "crypto": "(crypto as any).constructor.constructor",
    "a function of crypto": "crypto.randomUUID.constructor",
    "constants": "(crypto.constants as any).constructor.constructor",
    "webcrypto": "(crypto.webcrypto as any).constructor.constructor",
    "URL": "URL.constructor",
    "a URL": "(new URL('http://a') as any).constructor.constructor",
    "its parameters": "(new URL('http://a?x=1').searchParams as any).constructor.constructor",
    "an iterator": "(new URLSearchParams('a=1').entries() as any).constructor.constructor",
    "url.parse": "(url as any).parse('http://a/b').constructor.constructor",
    "setTimeout": "setTimeout.constructor",
    "a timer": "(setTimeout(() => 0, 1) as any).constructor.constructor",
    "console": "(console as any).constructor.constructor",
    "console.log": "console.log.constructor",
    "Error": "Error.constructor",
    "the nango object": "Object.getPrototypeOf(Object.getPrototypeOf(nango.get)).constructor.constructor",
    "a method of nango": "nango.get.constructor",
    "ActionError": "nango.ActionError.constructor",
    "lastSyncDate": "(new Date() as any).constructor.constructor",
    "zod": "(z as any).object.constructor",
    "a schema": "(z.object({ a: z.string() }) as any).constructor.constructor",
    "async functions": "(async () => 0).constructor",
    "generators": "(function* () {}).constructor",
    "async generators": "(async function* () {}).constructor",
    "pages": "nango.paginate({ endpoint: '/a' }).constructor.constructor",
    "a promise of nango": "nango.getConnection().constructor.constructor",
    "this": "(function (this: any) { return this ?? globalThis; })().constructor.constructor",
    "globalThis": "(globalThis as any).constructor.constructor",
    "strings": "('' as any)['con' + 'structor']['con' + 'structor']",
}


class TestConstructors:
    def test_no_chain_of_constructors_makes_code_of_a_string(self, acme: World) -> None:
        tries = ", ".join(
            f"[{name!r}, tried(() => ({chain} as any)(CODE)())]" for name, chain in CHAINS.items()
        )
        found = dict(run(acme, f"return [{tries}];", head=HEAD + TRY))
        assert found.keys() == CHAINS.keys()
        assert {name: said for name, said in found.items() if said not in ("EvalError", "TypeError")} == {}
        assert sum(said == "EvalError" for said in found.values()) > 20  # and no mistake of this test

    def test_they_are_all_of_the_context(self, acme: World) -> None:
        """Where a chain gives a function at all, it is the script's own Function, or one made from it."""
        tries = ", ".join(
            f"[{name!r}, (() => {{ try {{ const f: any = {chain}; return typeof f !== 'function' || f instanceof Function; }}"
            " catch { return true; } })()]"
            for name, chain in CHAINS.items()
        )
        assert [name for name, own in run(acme, f"return [{tries}];", head=HEAD) if not own] == []


class TestReach:
    def test_all_that_can_be_reached_is_of_the_context(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [
            {"items": [{"id": "1"}]},
            b"\x00\x01",
            Answer({"why": "no"}, 404),
            {"items": [{"id": "1"}], "next": "2"},
            {"items": [{"id": "2"}]},
        ]
        body = """
            const errors: any[] = [];
            const answer = await nango.get({ endpoint: '/a' });
            const bytes = await nango.get({ endpoint: '/b', responseType: 'arraybuffer' });
            try { await nango.get({ endpoint: '/c' }); } catch (error) { errors.push(error); }
            const pages: any[] = [];
            const config = { endpoint: '/d', paginate: { type: 'cursor', cursor_name_in_request: 'c', cursor_path_in_response: 'next', response_path: 'items',
                on_page: async (given: any) => { pages.push(given); } } };
            for await (const page of nango.paginate(config)) { pages.push(page); }
            const asked = [nango.getConnection(), nango.getMetadata(), nango.getCheckpoint(), nango.getToken(), nango.getEnvironmentVariables()];
            for (const make of [
                () => new URL('nope'), () => Buffer.from(5 as any), () => crypto.createHash('nope'), () => (crypto as any).createHmac('sha1'),
                () => (setTimeout as any)('x'), () => Buffer.alloc(-1), () => (url as any).fileURLToPath('http://x'), () => Buffer.from('a').readUInt8(99),
                () => (nango as any).nango, () => z.string().parse(1), () => (null as any).x, () => new URLSearchParams([1] as any),
                () => (crypto as any).randomBytes(-1), () => crypto.createHash('sha1').update(null as any), () => (crypto.createHash as any)(Symbol()),
            ]) { try { pages.push(make()); } catch (error) { errors.push(error); } }
            for (const make of [
                async () => await nango.post(), async () => await nango.triggerAction('nope'), async () => await nango.batchSave(),
                async () => await (crypto.webcrypto.subtle as any).digest('nope', new Uint8Array(1)),
            ]) { try { await make(); } catch (error) { errors.push(error); } }
            const called: any[] = [];
            await new Promise<void>((resolve) => crypto.randomBytes(4, (...given: any[]) => { called.push(given, arguments); resolve(); }));
            await new Promise<void>((resolve) => setTimeout(function (this: any) { called.push(this, arguments); resolve(); }, 1));
            new URLSearchParams('a=1').forEach(function (this: any, ...given: any[]) { called.push(this, given); });
            const key = crypto.generateKeyPairSync('rsa', { modulusLength: 512 });
            const digest = await (crypto.webcrypto.subtle as any).digest('SHA-256', new Uint8Array(1));
            const things = [crypto.createHash('sha1').update('a'), crypto.createHmac('sha1', 'k').digest(), new URL('http://a?b=c'),
                new URL('http://a?b=c').searchParams, new URLSearchParams('a=1').entries(), setTimeout(() => 0, 1), key, digest,
                (url as any).parse('http://u:p@a/b?c#d', true), crypto.getHashes(), (crypto as any).webcrypto];
            return [strangers({ globalThis, nango, input, answer, bytes, errors, pages, asked, settled: await Promise.all(asked), called, things,
                crypto, url, z, stack: new Error().stack }), errors.length, pages.length > 3];
        """
        found, errors, paged = run(acme, body, head=HEAD, input={"a": [1]})
        assert found == []
        assert errors >= 15 and paged

    def test_errors_of_a_stack_that_is_full(self, acme: World) -> None:
        body = """
            const errors = new Set<any>();
            for (const call of [() => Buffer.from('a', 'hex'), () => new URL('http://a'), () => crypto.createHash('sha1'), () => setTimeout(() => 0, 1),
                () => nango.log('x').catch((error: any) => errors.add(error)), () => Buffer.from('abc').toString('base64'), () => new URLSearchParams('a=1').get('a'),
                () => console.log(1), () => new Error('x').stack, () => crypto.randomUUID(), () => URL.canParse('x')]) {
                const deeper = (): void => { try { call(); } catch (error) { errors.add(error); } deeper(); };
                try { deeper(); } catch (error) { errors.add(error); }
                // at every depth just before the end
                const probe = (left: number): any => (left > 0 ? probe(left - 1) : call());
                let depth = 1;
                for (; depth < 1e6; depth *= 2) { try { probe(depth); } catch { break; } }
                for (let step = depth / 2; step >= 1; step = Math.floor(step / 2)) {
                    try { probe(depth - step); } catch (error) { errors.add(error); depth -= step; }
                }
                for (let less = 0; less < 60; less++) { try { probe(depth - less); } catch (error) { errors.add(error); } }
            }
            // V8 has Node.js format the stack of an error: where there is no room for that, the error is Node's own
            const foreign = [...errors].filter((error) => !(error instanceof Object));
            const mine = [...errors].filter((error) => error instanceof Object);
            const broken: string[] = [];
            for (const error of foreign) {
                const [Range, Function] = [error.constructor, error.constructor.constructor];
                const Error = Object.getPrototypeOf(Range);
                try { broken.push(`code ${Function('return 1')()}`); } catch (refused: any) { if (refused.name !== 'EvalError') { broken.push(refused.name); } }
                for (let at = error; (at = Object.getPrototypeOf(at)) !== null;) { if (!Object.isFrozen(at)) { broken.push('a prototype is not frozen'); } }
                const before = Error.prepareStackTrace;
                try { Error.prepareStackTrace = () => 'mine'; } catch {}
                try { Object.getPrototypeOf(Function.prototype).polluted = 1; } catch {}
                if (Error.prepareStackTrace !== before || ({} as any).polluted) { broken.push('it can be changed'); }
            }
            return [strangers({ mine, globalThis }), broken, mine.length > 5];
        """
        assert run(acme, body, head=HEAD) == [[], [], True]

    @pytest.mark.parametrize(
        "trap",
        [
            "new Proxy({}, { get: (...given) => { seen.push(given); return undefined; }, ownKeys: (...given) => { seen.push(given); return []; },"
            " getPrototypeOf: (...given) => { seen.push(given); return null; }, has: (...given) => { seen.push(given); return false; } })",
            "{ get endpoint() { seen.push(this); return '/a'; }, toJSON(...given: any[]) { seen.push(this, given); return {}; },"
            " toString(...given: any[]) { seen.push(this, given); return 'x'; }, valueOf(...given: any[]) { seen.push(this, given); return 'x'; },"
            " [Symbol.toPrimitive](...given: any[]) { seen.push(this, given); return 'x'; } }",
            "Object.assign(() => 0, { then: function (this: any, ...given: any[]) { seen.push(this, given); } })",
            "{ then(...given: any[]) { seen.push(this, given); (given[0] as any)('x'); } }",
            "(() => { class Own extends Uint8Array { get length(): any { seen.push(this); return 1; } } return new Own(2); })()",
            "Object.assign([1], { map(...given: any[]) { seen.push(this, given); return []; }, [Symbol.iterator]: function* (this: any) { seen.push(this); } })",
        ],
    )
    def test_traps_in_what_is_passed_see_nothing_of_nodes(
        self, acme: World, scripted: ScriptedNango, trap: str
    ) -> None:
        scripted.answers = [{}] * 9
        body = f"""
            const seen: any[] = [];
            const trap: any = {trap};
            for (const call of [
                () => nango.get(trap), () => nango.post({{ endpoint: '/a', data: trap }}), () => nango.get({{ endpoint: trap, params: trap, headers: trap }}),
                () => nango.log(trap), () => nango.batchSave(trap, trap), () => nango.setMetadata(trap), () => nango.saveCheckpoint(trap),
                () => nango.zodValidateInput({{ zodSchema: trap, input: trap }}), () => new URL(trap), () => new URL('http://a', trap),
                () => new URLSearchParams(trap), () => Buffer.from(trap), () => Buffer.from('a', trap), () => Buffer.concat([trap]),
                () => Buffer.from('abc').fill(trap), () => Buffer.from('abc').indexOf(trap), () => Buffer.from('abc').equals(trap), () => setTimeout(trap, trap),
                () => crypto.createHash(trap), () => crypto.createHash('sha1').update(trap), () => crypto.createHmac('sha1', trap),
                () => crypto.timingSafeEqual(trap, trap), () => crypto.randomBytes(1, trap), () => url.format(trap), () => trap,
                () => crypto.createHash.call(trap, 'sha1'), () => Buffer.prototype.toString.call(trap), () => (URL as any).prototype.toString.call(trap),
            ]) {{ try {{ seen.push(await Promise.race([call(), new Promise((resolve) => setTimeout(resolve, 50))])); }} catch (error) {{ seen.push(error); }} }}
            await new Promise((resolve) => setTimeout(resolve, 5));
            return [strangers({{ seen, globalThis }}), seen.length > 20];
        """
        assert run(acme, body, head=HEAD) == [[], True]

    def test_methods_that_are_replaced_are_handed_nothing_of_nodes(
        self, acme: World, scripted: ScriptedNango
    ) -> None:
        """The runtime around the script uses methods of the script's context, which the script can replace."""
        scripted.answers = [{"a": 1}, b"\x01", Answer({}, 500)]
        body = """
            const seen: any[] = [];
            const kept: [any, any, any][] = [];
            const spied = [Array, Map, Set, WeakMap, Promise, Object, Function, String, JSON, Reflect, RegExp, Uint8Array, ArrayBuffer, Date, Number, Math, WeakSet,
                Object.getPrototypeOf(Uint8Array), Object.getPrototypeOf([][Symbol.iterator]()), Object.getPrototypeOf(Object.getPrototypeOf((async function* () {})()))];
            for (const each of spied as any[]) {
                for (const owner of [each, each.prototype].filter(Boolean)) {
                    for (const key of Reflect.ownKeys(owner)) {
                        const described = Object.getOwnPropertyDescriptor(owner, key)!;
                        if (typeof described.value !== 'function' || !described.configurable || key === 'constructor') { continue; }
                        kept.push([owner, key, described]);
                    }
                }
            }
            for (const index of [0, 1, 2]) { kept.push([Array.prototype, String(index), undefined]); }
            for (const key of ['tag', 'target', 'value', 'get', 'then', 'items', 'length', 'call', 'code', 'run']) { kept.push([Object.prototype, key, undefined]); }
            const { apply, defineProperty, deleteProperty } = Reflect;
            let busy = false;
            const note = (...all: any[]) => { if (!busy) { busy = true; for (const each of all) { defineProperty(seen, seen.length, { value: each, enumerable: true }); } busy = false; } };
            for (const [owner, key, described] of kept) {
                const spy = described === undefined
                    ? { get: undefined, set(this: any, value: any) { note(this, value); defineProperty(this, key, { value, writable: true, enumerable: true, configurable: true }); }, configurable: true }
                    : { ...described, value: function (this: any, ...given: any[]) { note(this, given); return new.target ? Reflect.construct(described.value, given, new.target) : apply(described.value, this, given); } };
                defineProperty(owner, key, spy);
                try {
                    try { new URL('http://a?x=1').searchParams.get('x'); Buffer.from('ü').toString('base64'); crypto.createHash('sha1').update('a').digest('hex'); } catch (error) { note(error); }
                    try { Buffer.concat([Buffer.from('a'), Buffer.from([1])]); crypto.randomBytes(2); new Error('x').stack; new URLSearchParams({ a: '1' }); } catch (error) { note(error); }
                    try { void nango.log('x').catch(note); setTimeout(() => 0, 1); url.parse('http://a'); crypto.timingSafeEqual(Buffer.from('a'), Buffer.from('a')); } catch (error) { note(error); }
                } finally {
                    if (described === undefined) { deleteProperty(owner, key); } else { defineProperty(owner, key, described); }
                }
            }
            const all = seen.slice();
            return [strangers({ all, globalThis }), all.length > 20, kept.length > 200];
        """
        assert run(acme, body, head=HEAD, timeout=120) == [[], True, True]

    def test_replaced_while_an_answer_comes(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [{"a": 1}, b"\x01", Answer({}, 500)]
        body = """
            const seen: any[] = [];
            const { apply, defineProperty, construct } = Reflect;
            let busy = false;
            const note = (...all: any[]) => { if (!busy) { busy = true; for (const each of all) { defineProperty(seen, seen.length, { value: each, enumerable: true, configurable: true }); } busy = false; } };
            const keep: [any, any, PropertyDescriptor][] = [];
            for (const owner of [Map.prototype, WeakMap.prototype, Set.prototype, Array.prototype, String.prototype, Object, JSON, Reflect, Promise, Function.prototype] as any[]) {
                for (const key of Reflect.ownKeys(owner)) {
                    const described = Object.getOwnPropertyDescriptor(owner, key)!;
                    if (typeof described.value !== 'function' || !described.configurable || ['constructor', 'apply', 'call', 'bind'].includes(String(key))) { continue; }
                    keep.push([owner, key, described]);
                }
            }
            for (const [owner, key, described] of keep) {
                defineProperty(owner, key, { ...described, value: function (this: any, ...given: any[]) { note(this, given);
                    return new.target ? construct(described.value, given, new.target) : apply(described.value, this, given); } });
            }
            const answers: any[] = [];
            try { note(await nango.get({ endpoint: '/a' })); } catch (error) { note(error); }
            try { note(await nango.get({ endpoint: '/b', responseType: 'arraybuffer' })); } catch (error) { note(error); }
            try { note(await nango.get({ endpoint: '/c' })); } catch (error) { note(error); }
            for (const [owner, key, described] of keep) { defineProperty(owner, key, described); }
            return [strangers({ seen: seen.slice(0, 20000), globalThis }), seen.length > 50];
        """
        assert run(acme, body, head=HEAD, timeout=60) == [[], True]

    def test_stacks(self, acme: World) -> None:
        body = """
            const seen: any[] = [];
            const prepare = (...given: any[]) => { seen.push(given, given[1], ...given[1].map((site: any) => [site, site.getThis?.(), site.getFunction?.()])); return 'mine'; };
            const Own = Object.getPrototypeOf(TypeError);
            for (const owner of [Error, Own, globalThis as any]) {
                for (const set of [
                    () => { owner.prepareStackTrace = prepare; }, () => Object.defineProperty(owner, 'prepareStackTrace', { value: prepare }),
                    () => { (globalThis as any).Error = { prepareStackTrace: prepare }; },
                    () => Object.defineProperty(globalThis, 'Error', { value: { prepareStackTrace: prepare } }),
                    () => delete (globalThis as any).Error, () => delete owner.prepareStackTrace,
                ]) { try { set(); } catch {} }
            }
            const limit = { stackTraceLimit: 1e9 };
            for (const make of [() => new Error('x'), () => new Own('y'), () => { try { (null as any).x; } catch (error) { return error; } },
                () => { try { new URL('nope'); } catch (error) { return error; } }, () => { const at: any = {}; Error.captureStackTrace(at); return at; },
                () => { try { Buffer.from(5 as any); } catch (error) { return error; } }]) { seen.push(String((make() as any).stack)); }
            return [seen.filter((each) => typeof each !== 'string').length, seen.length, strangers({ globalThis, seen })];
        """
        assert run(acme, body, head=HEAD) == [0, 6, []]

    def test_errors_that_are_told_show_no_frames_to_a_script(self, acme: World) -> None:
        """What is thrown at last is looked at after the script: with its own code, which must get nothing."""
        body = """
            const seen: any = { all: [] };
            const error: any = new Error('x');
            let busy = false;
            for (const name of ['message', 'name', 'stack', 'code', 'cause', 'payload']) {
                Object.defineProperty(error, name, { get(this: any, ...given: any[]) { if (busy) { return undefined; } busy = true; seen.all.push(this, given);
                    const found = strangers({ seen: seen.all, globalThis }); busy = false; return found.length ? `STRANGER ${found}` : name === 'cause' ? undefined : `fine ${name}`; } });
            }
            throw error;
        """
        with pytest.raises(ScriptError) as caught:
            run(acme, body, head=HEAD)
        assert "fine name: fine message" in shown(caught.value)
        assert "STRANGER" not in shown(caught.value)


class TestWhatIsGone:
    @pytest.mark.parametrize(
        "code",
        [
            "import('net')", "import('node:child_process')", "import(`fs`)", "import(name)", "import/* x */('net')",
            "import\n('net')", "(() => import('net'))()", "`${import('net')}`",
        ],
    )  # fmt: skip
    def test_dynamic_imports_are_refused_before_anything_runs(self, acme: World, code: str) -> None:
        with pytest.raises(ScriptError) as caught:
            run(acme, f"await nango.log('ran'); const name = 'net'; return {code};")
        assert "cannot be used in a script: import it at the top." in shown(caught.value)
        assert "Cell In[7], line 3" in shown(caught.value)
        assert caught.value.dryrun.logs.empty

    def test_what_only_looks_like_a_dynamic_import_runs(self, acme: World) -> None:
        body = "// import('net')\nconst o = { import: (name: string) => name }; return [o.import('a'), \"import('b')\", `import(c)`, /import\\(/.source];"
        assert run(acme, body) == ["a", "import('b')", "import(c)", "import\\("]

    def test_import_meta(self, acme: World) -> None:
        with pytest.raises(ScriptError, match=r"import\.meta cannot be used in a script"):
            run(acme, "return Object.keys(import.meta);")

    @pytest.mark.parametrize(
        "name",
        [
            "net",
            "node:net",
            "http",
            "https",
            "dgram",
            "tls",
            "dns",
            "undici",
            "worker_threads",
            "child_process",
            "cluster",
            "inspector",
            "vm",
            "fs",
            "module",
            "process",
        ],
    )
    def test_modules_that_nango_does_not_have(self, acme: World, name: str) -> None:
        with pytest.raises(ScriptError, match=f"Module '{name}' is not allowed"):
            run(acme, "return typeof x;", head=f"import * as x from '{name}';\n")

    def test_promises_that_node_awaits_cannot_be_replaced(self, acme: World) -> None:
        head = HEAD + (
            "const seen: any[] = [];\nconst then = Promise.prototype.then;\n"
            "for (const set of [() => { (Promise.prototype as any).then = function (this: any, ...given: any[]) { seen.push(given); return then.apply(this, given as any); }; },\n"
            "  () => Object.defineProperty(Promise.prototype, 'then', { value: (...given: any[]) => seen.push(given) }),\n"
            "  () => Object.defineProperty(Promise.prototype, 'constructor', { get() { seen.push(this); return Promise; } }),\n"
            "  () => Object.defineProperty(Promise, Symbol.species, { get() { seen.push(this); return Promise; } })]) { try { set(); } catch {} }\n"
        )
        assert run(acme, "return [strangers({ seen, globalThis }), seen.length];", head=head) == [[], 0]


def test_a_script_changes_nothing_for_the_next(acme: World) -> None:
    changes = """
        const everything: any[] = [Object, Array, Function, Promise, Map, Error, Buffer, URL, URLSearchParams, Uint8Array, Date, JSON, Math, crypto, url, setTimeout, console];
        for (const each of everything) {
            for (const owner of [each, each.prototype].filter(Boolean)) {
                try { owner.polluted = 1; } catch {}
                for (const key of ['toString', 'get', 'update', 'from', 'parse', 'stringify', 'push', 'map', 'createHash', 'href', 'message']) {
                    try { Object.defineProperty(owner, key, { value: () => 'polluted', configurable: true }); } catch {}
                }
            }
        }
        try { (z as any).string.polluted = 1; (Object.getPrototypeOf(z.string()) as any).polluted = 1; } catch {}
        throw 'done';
    """
    with pytest.raises(ScriptError):
        run(acme, changes, head=HEAD)
    body = """
        return [({} as any).polluted, ([] as any).polluted, (Buffer as any).polluted, (crypto as any).polluted, (URL.prototype as any).polluted,
            (z as any).string.polluted, Buffer.from('a').toString('hex'), crypto.createHash('sha1').update('a').digest('hex').slice(0, 4),
            new URL('http://a/b').href, JSON.stringify([1]), [1].map((x) => x + 1)].map((x) => x ?? 'none');
    """
    assert run(acme, body, head=HEAD) == [*["none"] * 6, "61", "86f7", "http://a/b", "[1]", [2]]


class TestTheProcess:
    """What is left where a script got hold of Node.js itself, which the tests above do not achieve."""

    def test_nothing_of_process_and_the_network_is_left(self) -> None:
        lockdown = Path(nangonb._node.__file__).parent / "host" / "lockdown.mjs"
        code = f"""
            import process from 'node:process';
            import {{ lockDown }} from {json.dumps(lockdown.as_uri())};
            const say = console.log;
            lockDown();
            const gone = ['kill', '_kill', 'binding', '_linkedBinding', 'dlopen', 'getBuiltinModule', 'mainModule', 'abort', 'execve', 'chdir', 'report'];
            for (const name of gone) {{ try {{ process[name] = 1; }} catch {{}} try {{ delete process[name]; }} catch {{}} }}
            say(JSON.stringify([gone.filter((name) => process[name] !== undefined),
                ['fetch', 'WebSocket', 'EventSource', 'process', 'require', 'BroadcastChannel', 'navigator'].filter((name) => globalThis[name] !== undefined)]));
        """
        done = subprocess.run(
            [find_node().path, "--no-warnings", "--input-type=module", "-e", code],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert json.loads(done.stdout) == [[], []]

    def test_no_code_of_strings_in_node_itself(self, acme: World) -> None:
        """The flags are those of the running process, which a script cannot see: its command line is read."""
        assert run(acme, "return 1;") == 1
        command = " ".join(typescript._threads.process.command)
        assert "--disallow-code-generation-from-strings" in command
        assert "--frozen-intrinsics" in command and "--permission" in command

    @pytest.mark.skipif(not isolation(), reason="this system permits no namespaces to users")
    def test_no_socket_and_no_signal_leaves_the_process(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(0.1)
            port = server.getsockname()[1]
            victim = subprocess.Popen(["sleep", "60"])
            try:
                code = f"""
                    const said = [];
                    try {{ process.kill({victim.pid}, 'SIGKILL'); said.push('killed'); }} catch (error) {{ said.push(error.code); }}
                    const socket = require('net').connect({port}, '127.0.0.1');
                    socket.on('connect', () => {{ said.push('connected'); console.log(said.join()); process.exit(); }});
                    socket.on('error', (error) => {{ said.push('no network'); console.log(said.join()); }});
                """
                command = [*isolation(), find_node().path, "-e", code]
                done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
                assert done.stdout.strip() == "ESRCH,no network"
                with pytest.raises(TimeoutError):
                    server.accept()
                assert victim.poll() is None
            finally:
                victim.send_signal(signal.SIGKILL)
                victim.wait()


def test_headers_of_a_fetch_are_of_the_context(acme: World, scripted: ScriptedNango) -> None:
    body = """
        const answer = await nango.uncontrolledFetch({ url: input.url, method: 'GET' });
        return [answer.ok, answer.headers.get('Content-Type'), typeof (await answer.json()), [...answer.headers.keys()].includes('content-type'),
            strangers({ answer, headers: answer.headers, bytes: await answer.arrayBuffer(), globalThis })];
    """
    found = run(acme, body, head=HEAD, input={"url": f"{scripted.url}/nowhere"})
    assert found == [False, "application/json", "object", True, []]
