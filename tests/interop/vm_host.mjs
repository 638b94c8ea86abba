// Runs scripts as Nango's runner runs them: in a vm context that has the runner's globals and no others.
//
//     node vm_host.mjs FOLDER
//
// FOLDER holds node_modules of the pinned lock file (npm.py). One JSON document a line comes in, one goes out,
// in the same order; vm.py describes both. Each script gets a fresh context. The first line out is
// {"ready": true}.
//
// The `nango` object extends the base classes of @nangohq/runner-sdk, so pagination is Nango's own; requests go
// through @nangohq/node with the headers of `nango dryrun`. Records stay here.

import { Buffer } from 'node:buffer';
import crypto from 'node:crypto';
import { createRequire } from 'node:module';
import path from 'node:path';
import readline from 'node:readline';
import url from 'node:url';
import vm from 'node:vm';

const CHUNK = 1000; // records that Nango's runner sends at once
const PLAIN_PROVIDER = 'private-api-bearer'; // a provider of Nango's that has no pagination of its own

const folder = path.resolve(process.argv[2] ?? '.');
const packages = createRequire(path.join(folder, 'package.json'));
const load = (name) => import(url.pathToFileURL(packages.resolve(name)).href);

const [{ Nango }, sdk, { getProvider }, zod, esbuild] = await Promise.all([
    load('@nangohq/node'),
    load('@nangohq/runner-sdk'),
    load('@nangohq/providers'),
    load('zod'),
    load('esbuild')
]);

// ---------------------------------------------------------------------------------------------- what a run did

class Run {
    constructor(asked) {
        this.asked = asked;
        this.over = false;
        this.requests = [];
        this.logs = [];
        this.batches = [];
        this.metadataWrites = [];
    }

    /** A request of the script, kept before it is sent; `end` adds what came of it. */
    begin(config) {
        if (this.over) {
            throw new Error('The run is over.');
        }
        const entry = {
            method: String(config.method ?? 'GET').toUpperCase(),
            endpoint: config.endpoint,
            params: config.params === undefined ? null : copy(config.params),
            headers: customHeaders(config.headers),
            data: config.data === undefined ? null : copy(config.data),
            retries: Number(config.retries ?? 0),
            retry_on: config.retryOn ?? [],
            base_url_override: config.baseUrlOverride ?? '',
            status: null,
            code: null
        };
        this.requests.push(entry);
        return entry;
    }

    end(entry, { config, status, code }) {
        entry.status = status ?? null;
        entry.code = code ?? null;
        if (config?.url) {
            const asked = new URL(config.url);
            entry.path = asked.pathname.replace(/^\/proxy/, '') + asked.search;
            entry.body = bodyText(config.data);
        }
    }

    batch(operation, records, model) {
        if (this.over) {
            throw new Error('The run is over.');
        }
        const models = this.asked.models ?? [];
        if (models.length > 0 && !models.includes(model)) {
            throw new Error(`Model ${model} is not an output of this sync.`);
        }
        if (!records || records.length === 0) {
            return true;
        }
        const rows = copy(records);
        for (const row of rows) {
            delete row._nango_metadata;
            const kind = typeof row.id;
            const length = String(row.id).length;
            if ((kind !== 'string' && kind !== 'number') || length < 1 || length > 255) {
                throw new Error(`Failed to ${operation} records: a record needs an id, and this one has ${row.id}.`);
            }
        }
        this.batches.push({ operation, model, records: rows });
        return true;
    }

    /** What stands after all batches, as on Nango's server: within a chunk the first of an id, else the last. */
    resolved() {
        const models = {};
        for (const { operation, model, records } of this.batches) {
            const state = (models[model] ??= { records: new Map(), updated: new Map(), deleted: new Map() });
            for (let start = 0; start < records.length; start += CHUNK) {
                const seen = new Set();
                for (const record of records.slice(start, start + CHUNK)) {
                    const id = String(record.id);
                    if (operation === 'update') {
                        const target = state.records.has(id) ? state.records : state.updated;
                        const old = target.get(id);
                        target.set(id, old ? { ...old, ...record, id: old.id } : record);
                    } else if (!seen.has(id)) {
                        seen.add(id);
                        for (const each of Object.values(state)) {
                            each.delete(id); // so that it stands where it came last
                        }
                        state[operation === 'save' ? 'records' : 'deleted'].set(id, record);
                    }
                }
            }
        }
        const found = { records: {}, updated: {}, deleted: {} };
        for (const [model, state] of Object.entries(models)) {
            for (const name of Object.keys(found)) {
                found[name][model] = [...state[name].values()];
            }
        }
        return found;
    }
}

function copy(value) {
    return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

function customHeaders(headers) {
    const entries = Object.entries(headers ?? {}).filter(
        ([name, value]) => name.toLowerCase() !== 'user-agent' && value !== null && value !== undefined && value !== false
    );
    return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}

function bodyText(data) {
    if (data === undefined || data === null) {
        return null;
    }
    return typeof data === 'string' ? data : Buffer.from(data).toString('utf8');
}

// ------------------------------------------------------------------------------------------------ the nango object

const LEVELS = { http: 'info', verbose: 'debug', silly: 'debug' };

/** What syncs and actions share; the two base classes of the SDK have no common place for it. */
const shared = {
    async proxy(config) {
        const entry = this.run.begin(config);
        let answer;
        try {
            answer = await this.nango.proxy({ ...config, method: entry.method });
        } catch (error) {
            this.run.end(entry, { config: error?.config, status: error?.response?.status, code: error?.code });
            if (error?.response) {
                entry.code = null;
            }
            throw error;
        }
        this.run.end(entry, answer);
        return answer;
    },
    log(...words) {
        const last = words.at(-1);
        const level = last && typeof last === 'object' && 'level' in last ? words.pop().level : 'info';
        if (words.length > 0) {
            const message = words.map((word) => (typeof word === 'string' ? word : JSON.stringify(word))).join(' ');
            this.run.logs.push({ level: LEVELS[level] ?? level, message });
        }
    },
    async setMetadata(metadata) {
        this.run.metadataWrites.push({ merge: false, metadata: copy(metadata) });
    },
    async updateMetadata(metadata) {
        this.run.metadataWrites.push({ merge: true, metadata: copy(metadata) });
    },
    async getCheckpoint() {
        return this.checkpoint ?? null;
    },
    async saveCheckpoint(checkpoint) {
        this.checkpoint = copy(checkpoint);
    },
    async clearCheckpoint() {
        this.checkpoint = undefined;
    },
    async tryAcquireLock() {
        return true;
    },
    async releaseLock() {
        return true;
    },
    async releaseAllLocks() {},
    async triggerSync() {
        throw new Error('triggerSync is not served by this host.');
    },
    async startSync() {},
    async uncontrolledFetch() {
        throw new Error('uncontrolledFetch is not served by this host.');
    }
};

/** A subclass of one of the SDK's base classes that records what it does in a Run. */
function nangoClass(Base) {
    class Host extends Base {
        constructor(run, properties) {
            super(properties);
            this.run = run;
            this.nango = new Nango(
                {
                    host: run.asked.host,
                    secretKey: run.asked.key,
                    connectionId: run.asked.connection,
                    providerConfigKey: run.asked.integration,
                    isSync: run.asked.kind === 'sync',
                    dryRun: true
                },
                { userAgent: 'sdk' }
            );
        }

        async *paginate(config) {
            let self = this;
            if (!getProvider(this.provider)) {
                // a provider of the sandbox that Nango does not have: no pagination of its own
                self = Object.create(this, { provider: { value: PLAIN_PROVIDER } });
            }
            yield* super.paginate.call(self, config);
        }

        async setMetadata(metadata) {
            await shared.setMetadata.call(this, metadata);
            return await super.setMetadata(metadata);
        }

        async updateMetadata(metadata) {
            await shared.updateMetadata.call(this, metadata);
            return await super.updateMetadata(metadata);
        }

        async getMetadata() {
            const stub = this.run.asked.metadata;
            return stub ? copy(stub) : ((await super.getMetadata()) ?? {});
        }

        async getConnection(key, id, options) {
            const found = await super.getConnection(key, id, options);
            const stub = this.run.asked.metadata;
            return stub ? { ...found, metadata: { ...found.metadata, ...copy(stub) } } : found;
        }
    }
    for (const [name, method] of Object.entries(shared)) {
        if (!Object.hasOwn(Host.prototype, name)) {
            Object.defineProperty(Host.prototype, name, { value: method, configurable: true, writable: true });
        }
    }
    return Host;
}

const ActionHost = nangoClass(sdk.NangoActionBase);

class SyncHost extends nangoClass(sdk.NangoSyncBase) {
    async batchSave(records, model) {
        return this.run.batch('save', records, model);
    }
    async batchUpdate(records, model) {
        return this.run.batch('update', records, model);
    }
    async batchDelete(records, model) {
        return this.run.batch('delete', records, model);
    }
    async setMergingStrategy() {}
    async getRecordsByIds(ids, model) {
        const config = { providerConfigKey: this.providerConfigKey, connectionId: this.connectionId, model, ids };
        const { records } = await this.nango.listRecords(config);
        return new Map(records.map((record) => [record.id, record]));
    }
    async *listRecords(model) {
        const config = { providerConfigKey: this.providerConfigKey, connectionId: this.connectionId, model };
        for (let cursor; ; ) {
            const page = await this.nango.listRecords(cursor ? { ...config, cursor } : config);
            yield* page.records;
            cursor = page.next_cursor;
            if (!cursor) {
                return;
            }
        }
    }
    async deleteRecordsFromPreviousExecutions() {
        return { deletedKeys: [] };
    }
    async trackDeletesStart() {}
    async trackDeletesEnd() {
        return { deletedKeys: [] };
    }
}

async function nangoFor(run) {
    const { asked } = run;
    const client = new Nango({ host: asked.host, secretKey: asked.key });
    const provider = asked.provider ?? (await client.getIntegration({ uniqueKey: asked.integration })).data.provider;
    const properties = {
        connectionId: asked.connection,
        environmentId: 1,
        environmentName: 'dev',
        team: { id: 1, name: 'team' },
        providerConfigKey: asked.integration,
        provider,
        activityLogId: '',
        scriptType: asked.kind,
        isCLI: false,
        logger: { level: 'debug' },
        runnerFlags: {},
        syncConfig: {},
        lastSyncDate: asked.lastSyncDate ? new Date(asked.lastSyncDate) : undefined,
        syncVariant: asked.variant ?? 'base',
        variant: asked.variant ?? 'base'
    };
    return asked.kind === 'sync' ? new SyncHost(run, properties) : new ActionHost(run, properties);
}

const HIDDEN = new Set([
    'nango', 'run', 'persistClient', 'integrationConfig', 'memoizedConnections', 'memoizedIntegration', 'attributes',
    'abortSignal', 'constructor', '__proto__'
]); // prettier-ignore

/** As the runner's: without prototype, and with the SDK's insides out of reach. */
function facade(nango) {
    const bound = new Map();
    return new Proxy(Object.create(null), {
        get(_target, name) {
            if (typeof name === 'string' && HIDDEN.has(name)) {
                throw new Error(`Access to "${name}" is not allowed.`);
            }
            const value = nango[name];
            if (typeof value !== 'function' || name === 'ActionError') {
                return value;
            }
            if (!bound.has(name)) {
                bound.set(name, value.bind(nango));
            }
            return bound.get(name);
        },
        has: (_target, name) => !HIDDEN.has(name) && name in nango,
        set: () => false,
        getPrototypeOf: () => null,
        ownKeys: () => ['ActionError', 'connectionId', 'providerConfigKey', 'provider', 'scriptType'],
        getOwnPropertyDescriptor: (_target, name) => ({ value: nango[name], configurable: true, enumerable: true })
    });
}

// ---------------------------------------------------------------------------------------------------- the script

const nangoModule = {
    createSync: (parts) => ({ type: 'sync', ...parts }),
    createAction: (parts) => ({ type: 'action', ...parts }),
    createOnEvent: (parts) => ({ type: 'onEvent', ...parts }),
    ActionError: sdk.ActionError
};

function requireModule(name) {
    switch (name) {
        case 'url':
            return url;
        case 'crypto':
            return crypto;
        case 'zod':
            return zod;
        case 'nango':
            return nangoModule; // the zero-yaml compiler leaves this import in what it builds
        case 'botbuilder':
        case 'soap':
        case 'unzipper':
            return packages(name);
        default:
            throw new Error(`Module '${name}' is not allowed`);
    }
}

/** The runner's context. Not even `globalThis` has a prototype. */
function context() {
    const silent = () => {};
    const quiet = { log: silent, info: silent, warn: silent, error: silent, debug: silent, trace: silent };
    const globals = { console: quiet, require: requireModule, Buffer, setTimeout, Error, URL, URLSearchParams };
    Object.setPrototypeOf(globals, null);
    return vm.createContext(globals, { codeGeneration: { strings: false, wasm: false } });
}

const compiled = new Map();

/** TypeScript to CommonJS with the compiler of Nango's CLI: types are stripped and not checked. */
async function compile(files) {
    for (const [file, source] of Object.entries(files)) {
        if (!compiled.has(source)) {
            const options = { loader: 'ts', format: 'cjs', target: 'esnext', sourcefile: file, logLevel: 'silent' };
            compiled.set(source, (await esbuild.transform(source, options)).code);
        }
    }
}

/** What the script exports. `bundle` is one compiled CommonJS file, `files` are TypeScript sources by path. */
function exportsOf(asked, timeout) {
    const world = context();
    if (asked.bundle !== undefined) {
        const code = `(function(){var module={exports:{}};var exports=module.exports; ${asked.bundle}\nreturn module.exports})()`;
        return new vm.Script(code, { filename: `${asked.name}-${asked.integration}.cjs` }).runInContext(world, { timeout });
    }
    const files = sourcesOf(asked);
    const entry = asked.entry ?? Object.keys(files)[0];
    const loaded = new Map();
    const loadFile = (file) => {
        if (!loaded.has(file)) {
            const module = { exports: {} };
            loaded.set(file, module);
            const code = `(function(exports, require, module){${compiled.get(files[file])}\n})`;
            const body = new vm.Script(code, { filename: file }).runInContext(world, { timeout });
            body(module.exports, (name) => requireFrom(file, name), module);
        }
        return loaded.get(file).exports;
    };
    const requireFrom = (file, name) => {
        if (!name.startsWith('.')) {
            return requireModule(name);
        }
        const base = path.posix.join(path.posix.dirname(file), name);
        const stem = base.replace(/\.js$/, '');
        const found = [base, `${stem}.ts`, `${stem}/index.ts`].find((each) => each in files);
        if (found === undefined) {
            throw new Error(`${file} imports ${name}, which does not exist.`);
        }
        return loadFile(found);
    };
    return loadFile(entry);
}

function sourcesOf(asked) {
    return asked.files ?? (asked.source === undefined ? {} : { 'script.ts': asked.source });
}

async function execute(asked, nango, timeout) {
    await compile(sourcesOf(asked));
    const script = exportsOf(asked, timeout).default;
    const input = asked.kind === 'action' ? asked.input ?? undefined : undefined;
    if (typeof script === 'function') {
        return asked.kind === 'action' ? await script(nango, input) : await script(nango);
    }
    if (script === null || typeof script !== 'object' || typeof script.exec !== 'function') {
        throw new Error('Invalid script configuration');
    }
    const wanted = asked.kind === 'on-event' ? 'onEvent' : asked.kind;
    if (script.type !== wanted) {
        throw new Error(`This is a script of type ${script.type}, not ${wanted}.`);
    }
    return asked.kind === 'action' ? await script.exec(nango, input) : await script.exec(nango);
}

/** An error as `nango dryrun` reports it: type, payload, status; and what it calls itself. */
function reported(error) {
    if (error === null || typeof error !== 'object') {
        const message = JSON.stringify(error);
        return { name: 'Error', message, type: 'script_internal_error', payload: { name: 'Error', message }, status: 500 };
    }
    const said = { name: String(error.name ?? 'Error'), message: String(error.message ?? '') };
    if (error instanceof sdk.ActionError) {
        const payload = copy(error.payload) ?? {};
        return { name: 'ActionError', message: said.message, type: error.type, payload, status: 500 };
    }
    if (error.isAxiosError === true) {
        const data = error.response?.data;
        const base = { name: 'AxiosError', message: said.message, type: 'script_http_error', code: error.code ?? null };
        if (data) {
            const payload = data.payload || data;
            const shown = typeof payload === 'string' ? { message: payload } : copy(payload);
            return { ...base, payload: shown, status: error.response.status };
        }
        return { ...base, payload: { ...said, code: error.code ?? null }, status: 500 };
    }
    const type = error instanceof sdk.SDKError ? error.code : 'script_internal_error';
    const stack = String(error.stack ?? '').split('\n').slice(0, 8);
    return { ...said, type, payload: { ...said, code: error.code ?? null }, status: 500, stack };
}

async function answer(asked) {
    const run = new Run(asked);
    const started = performance.now();
    const milliseconds = (asked.timeout ?? 30) * 1000;
    let output = null;
    let error = null;
    let timer;
    try {
        const nango = facade(await nangoFor(run));
        const late = new Promise((_resolve, reject) => {
            timer = setTimeout(() => reject(new Error(`The script ran longer than ${milliseconds} ms.`)), milliseconds);
        });
        output = await Promise.race([execute(asked, nango, milliseconds), late]);
        output = output === undefined || asked.kind !== 'action' ? null : copy(output);
    } catch (raised) {
        error = reported(raised);
    }
    clearTimeout(timer);
    run.over = true;
    const { requests, logs, batches, metadataWrites } = run;
    const seconds = (performance.now() - started) / 1000;
    return { id: asked.id, requests, ...run.resolved(), batches, logs, metadataWrites, output, error, seconds };
}

// What a script leaves behind must not end the host: an awaitless call that fails later, for one.
process.on('unhandledRejection', () => {});

process.stdout.write('{"ready":true}\n');
for await (const line of readline.createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    if (line.trim()) {
        const said = await answer(JSON.parse(line));
        process.stdout.write(`${JSON.stringify(said)}\n`);
    }
}
