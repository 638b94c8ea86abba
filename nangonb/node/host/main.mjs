// Runs Nango scripts for the process that started it: one socket, frames both ways (wire.mjs).
//
//     node … main.mjs CHANNEL [FOLDER …]
//
// CHANNEL is the number of the socket, each FOLDER has node_modules: ours with zod, the user's. In: `run`,
// `declare`, `load`, `answer`, `on_page`. Out: `ready`, `call`, `done`, `failed`, `on_page_done`. The script's calls
// are answered by the other side, in the order in which they come.

import process from 'node:process';

import { declared, stubs } from './declare.mjs';
import { told } from './failures.mjs';
import { restoreShared } from './globals.mjs';
import { Modules } from './modules.mjs';
import { newNango, response } from './nango.mjs';
import { isDeeper, json, open } from './wire.mjs';

Error.stackTraceLimit = 50;
const CHANNEL = Number(process.argv[2]);
const packages = process.argv.slice(3);
const runs = new Map();
const DEFAULT = /\bexport\s+default\b|\bas\s+default\b/;
const TYPES = ['sync', 'action', 'onEvent']; // of what createSync and the like give

const limit = { levels: Infinity }; // of JSON, as the first run says
const send = open(CHANNEL, (frame, bytes) => {
    switch (frame.type) {
        case 'run':
            limit.levels = frame.levels ?? limit.levels;
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
}, limit);

class Run {
    constructor(id) {
        this.id = id;
        this.waiting = new Map();
        this.onPages = new Map();
        this.calls = 0;
        this.over = false;
        this.failures = new WeakMap(); // errors of calls: failures.mjs
        this.loose = null; // what was thrown and nobody awaited: {reason, promise}
        runs.set(id, this);
    }

    call(method, args, bytes) {
        if (this.over) {
            return Promise.reject(new Error(`nango.${method}() was called after the script had ended.`));
        }
        const call = ++this.calls;
        return new Promise((resolve) => {
            send({ type: 'call', run: this.id, call, method, args }, bytes); // which throws for what cannot be sent
            this.waiting.set(call, resolve);
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
            const run = this.entry(exported, webhook, entry);
            const remember = (error, ref, called) => {
                this.failures.set(error, { ref, called });
                return error;
            };
            const frames = (stack) => this.modules.frames(stack);
            const nango = newNango((...asked) => this.call(...asked), about, { remember, onPages: this.onPages, frames });
            const output = await (input === undefined ? run(nango) : run(nango, input));
            await new Promise((resolve) => setImmediate(resolve)); // rejections that nobody handles show now
            if (this.loose) {
                return this.finish({ type: 'failed', error: { ...this.told(this.loose.reason), loose: true } });
            }
            this.finish({ type: 'done', absent: output === undefined }, Buffer.from(returned(output)));
        } catch (error) {
            this.finish({ type: 'failed', error: this.told(error) });
        }
    }

    async load(entry, files, bundle) {
        this.modules = new Modules(files, { packages, nango: stubs });
        return bundle === undefined ? await this.modules.load(entry) : this.modules.loadBundle(entry, bundle);
    }

    /** The function to run: both styles of script. */
    entry(exported, webhook, file) {
        let found = exported.default;
        if (found && typeof found === 'object' && typeof found.default === 'object') {
            found = found.default; // a bundle of an ES module
        }
        if (typeof found === 'function') {
            return webhook ? this.webhook(exported.onWebhookPayloadReceived, 'onWebhookPayloadReceived') : found;
        }
        if (found && typeof found === 'object' && TYPES.includes(found.type)) {
            if (typeof found.exec !== 'function' && !webhook) {
                throw this.modules.faultAt(file, DEFAULT, 'The script has no function exec: exec: async (nango) => { … }');
            }
            return webhook ? this.webhook(found.onWebhook, 'onWebhook') : found.exec;
        }
        const what = exported.default === null ? 'null' : `of the type ${typeof exported.default}`;
        throw this.modules.faultAt(file, DEFAULT, `Invalid script exports: the default export is ${what}, and no function, and nothing that createSync and the like gave.`);
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
        if (runs.size === 0) {
            restoreShared();
        }
        send({ ...frame, run: this.id }, bytes);
    }

    told(error) {
        return told(error, this.modules, this.failures);
    }
}

async function declare({ run, entry, files }) {
    const modules = new Modules(files, { packages, nango: stubs });
    try {
        const exported = await modules.load(entry);
        send({ type: 'done', run, absent: false }, Buffer.from(JSON.stringify(declared(exported, modules, entry))));
    } catch (error) {
        send({ type: 'failed', run, error: told(error, modules) });
    } finally {
        restoreShared();
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

/** An output as JSON. */
function returned(output) {
    try {
        return json(output) ?? 'null';
    } catch (error) {
        if (error instanceof TypeError) { // ours; a toJSON of the script's throws errors of its own context
            error.message = `What the script returned cannot be sent as JSON: ${error.message}`;
        }
        throw error;
    }
}

// There is no way to tell whose a rejection is; scripts of one process run for one dry run.
function loose(reason, promise) {
    for (const run of runs.values()) {
        run.loose ??= { reason, promise };
    }
}

process.on('unhandledRejection', loose);
process.on('uncaughtException', (error) => loose(error));
process.on('rejectionHandled', (promise) => {
    for (const run of runs.values()) {
        run.loose = run.loose?.promise === promise ? null : run.loose;
    }
});
send({ type: 'ready', node: process.version });
