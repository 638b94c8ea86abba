// Runs Nango scripts for the process that started it: one socket, frames both ways (wire.mjs).
//
//     node … main.mjs CHANNEL PACKAGES [FOLDER …]
//
// CHANNEL is the number of the socket, each FOLDER has node_modules: ours with zod, the user's. PACKAGES is `own` if
// scripts may load packages that need Node.js itself (soap …), else `none`. In: `run`, `declare`, `load`, `answer`,
// `on_page`. Out: `ready`, `call`, `done`, `failed`, `on_page_done`. The other side answers the script's calls in order.

import process from 'node:process';

import { lockDown } from './lockdown.mjs';
import { Modules, SourceFault } from './modules.mjs';
import { open } from './wire.mjs';

const CHANNEL = Number(process.argv[2]);
const owns = process.argv[3] === 'own';
const packages = process.argv.slice(4);
const runs = new Map();
const DEFAULT = /\bexport\s+default\b|\bas\s+default\b/;

const limit = { levels: Infinity }; // of JSON in a call; the first run sets it
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
            return runs.get(frame.run)?.onPage(frame, bytes);
    }
});

class Run {
    constructor(id) {
        this.id = id;
        this.body = null; // of the answer that is passed to the runtime
        this.isOver = false;
        this.loose = null; // a rejection that was not awaited: {reason, promise}
        runs.set(id, this);
    }

    /** The functions that the runtime of the script calls: run.cjs. */
    host() {
        return {
            levels: () => limit.levels,
            ask: (call, method, args, text) => {
                const bytes = text === undefined ? undefined : Buffer.from(text);
                send({ type: 'call', run: this.id, call, method }, bytes, { args });
            },
            text: () => {
                const { body } = this;
                const marked = body !== null && body.length >= 3 && body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf;
                return body === null ? '' : body.toString('utf8', marked ? 3 : 0);
            },
            bytes: () => this.body ?? Buffer.alloc(0),
            pageDone: (number, error) => send({ type: 'on_page_done', run: this.id, number }, undefined, error === '' ? {} : { error }),
            // after unhandled rejections are reported
            returned: (absent, text) => void setImmediate(() => this.returned(absent, text)),
            threw: (error) => this.failed(error)
        };
    }

    answered({ call, value, error }, bytes) {
        this.body = bytes;
        this.modules.runtime.answered(call, JSON.stringify(error === undefined ? { value } : { error }));
        this.body = null;
    }

    onPage({ pager, number, parameter, answer }, bytes) {
        this.body = bytes;
        void this.modules.runtime.onPage(number, pager, JSON.stringify({ parameter, answer }));
        this.body = null;
    }

    async start({ entry, files, bundle, webhook, about, input }) {
        try {
            this.modules = new Modules(files, { packages, own: owns ? 'load' : 'missing', hasNango: true, run: this.host() });
            const { modules } = this;
            const exported = bundle === undefined ? await modules.load(entry) : modules.loadBundle(entry, bundle);
            const problem = modules.runtime.enter(exported, webhook);
            if (problem !== '') {
                throw modules.faultAt(entry, DEFAULT, problem);
            }
            void modules.runtime.run(JSON.stringify(about), input === undefined ? undefined : JSON.stringify(input));
        } catch (error) {
            this.failed(failureOf(error, this.modules));
        }
    }

    returned(absent, text) {
        if (this.loose) {
            return this.failed(failureOf(this.loose.reason, this.modules), { loose: true });
        }
        this.finish({ type: 'done', absent }, Buffer.from(text));
    }

    /** `error` is JSON. */
    failed(error, more = {}) {
        this.finish({ type: 'failed' }, undefined, { error: JSON.stringify({ ...JSON.parse(error), ...more }) });
    }

    finish(frame, bytes, texts) {
        if (this.isOver) {
            return;
        }
        this.isOver = true;
        this.modules?.runtime.end();
        runs.delete(this.id);
        send({ ...frame, run: this.id }, bytes, texts);
    }
}

/** Describe an error as JSON: a fault of the source text, or a value that the script threw. */
function failureOf(error, modules) {
    if (error instanceof SourceFault) {
        const { name, message, file, line, column, code } = error;
        return JSON.stringify({ kind: 'source', name, message, code, frames: [{ file, line, column, name: '' }] });
    }
    if (error instanceof Error) { // of the host: no error of the script has this prototype
        return JSON.stringify({ kind: 'error', name: error.name, message: error.message, code: null, frames: [] });
    }
    try {
        return modules.runtime.failure(error);
    } catch {
        return JSON.stringify({ kind: 'error', name: 'Error', message: 'The error of the script cannot be read.', code: null, frames: [] });
    }
}

async function declare({ run, entry, files, only_link: onlyLink }) {
    await answer(run, files, true, async (modules) => {
        if (onlyLink) {
            await modules.linked(entry);
            return { declaration: { style: 'unread' } };
        }
        return JSON.parse(modules.runtime.declared(await modules.load(entry)));
    }, entry);
}

/** The declaration of a compiled bundle, loaded as on Nango's runner, which has no package `nango`. */
async function load({ run, entry, bundle }) {
    await answer(run, {}, false, (modules) => JSON.parse(modules.runtime.declared(modules.loadBundle(entry, bundle))));
}

async function answer(run, files, hasNango, ask, entry) {
    const modules = new Modules(files, { packages, own: 'empty', hasNango });
    try {
        const { declaration, names, message } = await ask(modules);
        if (declaration === undefined) {
            throw modules.faultAt(entry, new RegExp(`(^|[\\s{,])${names[0]}\\s*[:,]`), message);
        }
        send({ type: 'done', run, absent: false }, Buffer.from(JSON.stringify(declaration)));
    } catch (error) {
        send({ type: 'failed', run }, undefined, { error: failureOf(error, modules) });
    }
}

// The script of a rejection is unknown; all scripts of one process run for one dry run.
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
if (!owns) {
    lockDown();
}
send({ type: 'ready', node: process.version });
