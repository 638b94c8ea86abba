// Runs and type-checks translated scripts, one JSON document in, one out.
//
//     node host.mjs FOLDER < {"codes": ["…"], "input": {…}, "check": {"name.ts": "text"}}
//
// FOLDER holds node_modules with typescript and the types of Node. Codes run in a context with the globals
// of Nango's runner and no others.

import crypto from 'node:crypto';
import { createRequire } from 'node:module';
import path from 'node:path';
import vm from 'node:vm';

const folder = path.resolve(process.argv[2]);
const ts = createRequire(path.join(folder, 'package.json'))('typescript');

const MODULE = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ESNext, esModuleInterop: true };

// the compiler options of Nango's CLI
const STRICT = {
    ...MODULE, moduleResolution: ts.ModuleResolutionKind.Node10, noEmit: true, strict: true, skipLibCheck: true,
    allowUnusedLabels: false, allowUnreachableCode: false, exactOptionalPropertyTypes: true,
    noFallthroughCasesInSwitch: true, noImplicitOverride: true, noImplicitReturns: true,
    noPropertyAccessFromIndexSignature: true, noUncheckedIndexedAccess: true, noUnusedLocals: true,
    noUnusedParameters: true, types: ['node'], typeRoots: [path.join(folder, 'node_modules/@types')]
};

// All cases in one text: each is a function that gives the entry, with its imports taken away.
function compiled(codes) {
    const parts = codes.map((code) => {
        const body = code.replace(/^import .*$/gm, '').replace('export default async function runAction', 'return async function runAction');
        return `entries.push(() => {\n${body}\n});`;
    });
    const text = ts.transpileModule(parts.join('\n'), { compilerOptions: MODULE }).outputText;
    const found = [];
    const context = vm.createContext({ Buffer, URL, URLSearchParams, setTimeout, crypto, entries: found });
    new vm.Script(text).runInContext(context);
    return found;
}

function entries(codes) {
    try {
        return compiled(codes);
    } catch (error) {
        if (codes.length > 1) return codes.flatMap((code) => entries([code])); // one of them is no JavaScript
        return [() => { throw error; }];
    }
}

// What a script does besides its result: requests, records, logs, in order. The API answers with what it is asked.
function fake(calls) {
    const noted = (name, ...given) => { calls.push([name, ...structuredClone(given)]); };
    const texts = (given) => Object.fromEntries(Object.entries(given).map(([key, value]) =>
        [key, typeof value === 'string' ? value : JSON.stringify(value)]));
    const request = (method) => async (options) => {
        const sent = JSON.parse(JSON.stringify(options));
        for (const name of ['params', 'headers']) if (sent[name]) sent[name] = texts(sent[name]);
        noted(method, sent);
        if (options.endpoint === '/missing') {
            const error = new Error('Request failed with status code 404');
            throw Object.assign(error, { isAxiosError: true, response: { status: 404, data: { missing: true }, headers: {} } });
        }
        return { status: 200, headers: {}, data: { method, endpoint: options.endpoint, items: [1, 'a', null], next: null } };
    };
    return {
        connectionId: 'c', providerConfigKey: 'k', provider: 'p', variant: 'base',
        get: request('get'), post: request('post'), put: request('put'), patch: request('patch'), delete: request('delete'),
        log: async (text, options) => noted('log', text, options?.level ?? 'info'),
        batchSave: async (records, model) => { noted('save', JSON.parse(JSON.stringify(records)), model); return true; },
        ActionError: class extends Error {
            constructor(payload) { super(); Object.assign(this, { type: 'action_script_runtime_error', payload }); }
        }
    };
}

async function run(entry, input) {
    const calls = [];
    try {
        const value = await entry()(fake(calls), input);
        return { value: JSON.stringify(value === undefined ? null : value), calls: JSON.stringify(calls) };
    } catch (error) {
        return { error: `${error?.name}: ${error?.message}`, calls: JSON.stringify(calls) };
    }
}

function check(texts) {
    const host = ts.createCompilerHost(STRICT);
    const { getSourceFile, fileExists, readFile } = host;
    const at = (name) => path.join(folder, 'checked', name);
    const known = new Map(Object.entries(texts).map(([name, text]) => [at(name), text]));
    host.fileExists = (name) => known.has(name) || fileExists(name);
    const { directoryExists } = host;
    host.directoryExists = (name) => name === at('') || name === at('.') || name === path.dirname(at('x')) || directoryExists(name);
    host.readFile = (name) => known.get(name) ?? readFile(name);
    host.getSourceFile = (name, target) =>
        known.has(name) ? ts.createSourceFile(name, known.get(name), target) : getSourceFile(name, target);
    const program = ts.createProgram([...known.keys()], STRICT, host);
    return ts.getPreEmitDiagnostics(program).map((each) => {
        const where = each.file?.getLineAndCharacterOfPosition(each.start ?? 0);
        const name = each.file ? path.basename(each.file.fileName) : '';
        return [name, (where?.line ?? 0) + 1, ts.flattenDiagnosticMessageText(each.messageText, '\n')];
    });
}

let said = '';
for await (const part of process.stdin.setEncoding('utf8')) said += part;
const { codes = [], input, check: texts } = JSON.parse(said);
const results = [];
// values from outside are made in the context of Nango's runner, and so of another realm than the script's
for (const entry of entries(codes)) results.push(await run(entry, structuredClone(input)));
process.stdout.write(JSON.stringify({ results, problems: texts ? check(texts) : [] }));
