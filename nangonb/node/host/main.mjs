// Runs Nango scripts for the process that started it: one socket, frames both ways (wire.mjs).
//
//     node … main.mjs CHANNEL [FOLDER …]
//
// CHANNEL is the number of the socket, each FOLDER has node_modules: ours with zod, the user's. In: `run`,
// `declare`, `load`, `answer`, `on_page`. Out: `ready`, `call`, `done`, `failed`, `on_page_done`. The script's calls
// are answered by the other side, in the order in which they come.

import process from 'node:process';

import { declared, stubs } from './declare.mjs';
import { Modules, SourceFault } from './modules.mjs';
import { ActionError, AxiosError, newNango, response } from './nango.mjs';
import { open } from './wire.mjs';

Error.stackTraceLimit = 50;
const CHANNEL = Number(process.argv[2]);
const packages = process.argv.slice(3);
const runs = new Map();
const ENTRY = { sync: 'exec', action: 'exec', onEvent: 'exec' };

const send = open(CHANNEL, (frame, bytes) => {
    switch (frame.type) {
        case 'run':
            return void new Run(frame.run).start(frame);
        case 'declare':
            return void declare(frame);
        case 'load':
            return void load(frame);
        case 'answer':
            return runs.get(frame.run)?.answered(frame, bytes);
        case 'on_page':
            return void runs.get(frame.run)?.onPage(frame, bytes);
    }
});

class Run {
    constructor(id) {
        this.id = id;
        this.waiting = new Map();
        this.onPages = new Map();
        this.calls = 0;
        this.over = false;
        this.refs = new WeakMap();
        this.loose = null; // an error that nobody awaited
        runs.set(id, this);
    }

    call(method, args, bytes) {
        if (this.over) {
            return Promise.reject(new Error(`nango.${method}() was called after the script had ended.`));
        }
        const call = ++this.calls;
        return new Promise((resolve) => {
            this.waiting.set(call, resolve);
            send({ type: 'call', run: this.id, call, method, args }, bytes);
        });
    }

    answered(frame, bytes) {
        const resolve = this.waiting.get(frame.call);
        this.waiting.delete(frame.call);
        resolve?.({ value: frame.value, error: frame.error, bytes });
    }

    async onPage({ pager, number, parameter, answer }, bytes) {
        let error;
        try {
            await this.onPages.get(pager)?.({ nextPageParam: parameter ?? undefined, response: response({ value: answer, bytes }) });
        } catch (thrown) {
            error = this.told(thrown);
        }
        send({ type: 'on_page_done', run: this.id, number, error });
    }

    async start({ entry, files, bundle, webhook, about, input }) {
        try {
            const exported = await this.load(entry, files, bundle);
            const run = this.entry(exported, webhook);
            const remember = (error, ref) => {
                this.refs.set(error, ref);
                return error;
            };
            const frames = (stack) => this.modules.frames(stack);
            const nango = newNango((...asked) => this.call(...asked), about, { remember, onPages: this.onPages, frames });
            const output = await (input === undefined ? run(nango) : run(nango, input));
            await new Promise((resolve) => setImmediate(resolve)); // rejections that nobody handles show now
            if (this.loose) {
                throw this.loose.reason;
            }
            this.finish({ type: 'done', absent: output === undefined }, Buffer.from(JSON.stringify(output) ?? 'null'));
        } catch (error) {
            this.finish({ type: 'failed', error: this.told(error) });
        }
    }

    async load(entry, files, bundle) {
        this.modules = new Modules(files, { packages, nango: stubs });
        return bundle === undefined ? await this.modules.load(entry) : this.modules.loadBundle(entry, bundle);
    }

    /** The function to run: both styles of script. */
    entry(exported, webhook) {
        let found = exported.default;
        if (found && typeof found === 'object' && typeof found.default === 'object') {
            found = found.default; // a bundle of an ES module
        }
        if (typeof found === 'function') {
            return webhook ? this.webhook(exported.onWebhookPayloadReceived, 'onWebhookPayloadReceived') : found;
        }
        if (found && typeof found === 'object' && found.type in ENTRY) {
            return webhook ? this.webhook(found.onWebhook, 'onWebhook') : found.exec;
        }
        throw new Error('Invalid script exports');
    }

    webhook(found, name) {
        if (typeof found !== 'function') {
            throw new Error(`The script has no function ${name} that could take a webhook.`);
        }
        return found;
    }

    finish(frame, bytes) {
        this.over = true;
        runs.delete(this.id);
        send({ ...frame, run: this.id }, bytes);
    }

    told(error) {
        return told(error, this.modules, this.refs);
    }
}

/** An error as the other side gets it. */
function told(error, modules, refs) {
    if (error instanceof SourceFault) {
        const { message, file, line, column, code } = error;
        return { kind: 'source', message, code, frames: [{ file, line, column, name: '' }] };
    }
    const thing = error !== null && (typeof error === 'object' || typeof error === 'function');
    if (!thing) {
        return { kind: 'thrown', name: 'Error', message: `${String(error)} was thrown, which is no Error`, frames: [] };
    }
    const found = {
        kind: error instanceof ActionError ? 'action' : error instanceof AxiosError ? 'http' : 'error',
        name: String(error.name ?? 'Error'),
        message: String(error.message ?? ''),
        code: typeof error.code === 'string' ? error.code : null,
        frames: modules ? modules.frames(error.stack) : []
    };
    if (error instanceof ActionError) {
        found.payload = plain(error.payload);
    }
    if (refs?.has(error)) {
        found.ref = refs.get(error);
    }
    if (error.cause !== null && typeof error.cause === 'object' && 'stack' in error.cause) {
        found.cause = told(error.cause, modules, refs);
    }
    return found;
}

function plain(value) {
    try {
        return JSON.parse(JSON.stringify(value) ?? 'null');
    } catch {
        return String(value);
    }
}

async function declare({ run, entry, files }) {
    const modules = new Modules(files, { packages, nango: stubs });
    try {
        const exported = await modules.load(entry);
        send({ type: 'done', run, absent: false }, Buffer.from(JSON.stringify(declared(exported, modules))));
    } catch (error) {
        send({ type: 'failed', run, error: told(error, modules) });
    }
}

/** What a compiled bundle declares once it is loaded as on Nango's runner, which has no package `nango`. */
async function load({ run, entry, bundle }) {
    const modules = new Modules({}, { packages, nango: null });
    try {
        const found = declared(modules.loadBundle(entry, bundle), modules);
        send({ type: 'done', run, absent: false }, Buffer.from(JSON.stringify(found)));
    } catch (error) {
        send({ type: 'failed', run, error: told(error, modules) });
    }
}

function loose(reason) {
    // no way to tell whose it is; scripts of one process run for one dry run
    for (const run of runs.values()) {
        run.loose ??= { reason };
    }
}

process.on('unhandledRejection', loose);
process.on('uncaughtException', loose);
send({ type: 'ready', node: process.version });
