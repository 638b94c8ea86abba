// One run of a script, from the loaded module to its output: the functions that main.mjs calls, with primitives.
//
// Evaluated in the context of the script, with `host` (main.mjs), `guest` (guest.cjs), `sdk` (nango.cjs), `failures`
// (failures.cjs) and `declaring` (declare.cjs).

const { RunnerError, TOO_DEEP, bytes, external, frames, guarded, isDeeper, json, parse, stringify, stubs } = guest;
const { newNango, response } = sdk;
const { failureOf } = failures;

const TYPES = ['sync', 'action', 'onEvent']; // types of the results of createSync and the like
const RAW = ['uncontrolledFetch']; // their bodies are not always text
const waiting = new Map();
const onPages = new Map();
const known = new WeakMap(); // errors of calls: failures.cjs
let calls = 0;
let main = null;
let isOver = false;

function ask(method, args, text) {
    if (isOver) {
        return Promise.reject(new RunnerError(`nango.${method}() was called after the script ended.`));
    }
    const call = ++calls;
    const levels = guarded(() => host.levels());
    let sent;
    try {
        sent = json(args);
    } catch (error) {
        return Promise.reject(error);
    }
    if (isDeeper(sent, levels)) {
        return Promise.reject(new RunnerError(`${TOO_DEEP}: more than ${levels} levels`));
    }
    return new Promise((resolve) => {
        waiting.set(call, { resolve, isRaw: RAW.includes(method) });
        guarded(() => host.ask(call, method, sent, text));
    });
}

/** `head` is {value} or {error} as JSON; the body that came with it is `host.text()`, or `host.bytes()`. */
function answered(call, head) {
    const { resolve, isRaw } = waiting.get(call) ?? {};
    waiting.delete(call);
    const answer = parse(head);
    resolve?.({ ...answer, ...body(answer, isRaw) });
}

function body({ value, error }, isRaw) {
    const raw = isRaw || (value ?? error)?.responseType === 'arraybuffer';
    return { body: raw ? bytes(guarded(() => host.bytes())) : guarded(() => host.text()) };
}

async function onPage(number, pager, head) {
    const { parameter, answer } = parse(head);
    const { body: data } = body({ value: answer }, false);
    let error = '';
    try {
        await onPages.get(pager)?.({ nextPageParam: parameter ?? undefined, response: response({ value: answer, body: data }) });
    } catch (thrown) {
        error = failure(thrown);
    }
    guarded(() => host.pageDone(number, error));
}

/** Take the function to run from the exports of a script, in both styles. Returns a problem, or ''. */
function enter(exported, isWebhook) {
    let script = exported.default;
    if (script && typeof script === 'object' && typeof script.default === 'object') {
        script = script.default; // a bundle of an ES module
    }
    if (typeof script === 'function') {
        return take(isWebhook ? exported.onWebhookPayloadReceived : script, isWebhook && 'onWebhookPayloadReceived');
    }
    if (script && typeof script === 'object' && TYPES.includes(script.type)) {
        if (typeof script.exec !== 'function' && !isWebhook) {
            return 'The script has no function exec. Add exec: async (nango) => { … }';
        }
        return take(isWebhook ? script.onWebhook : script.exec, isWebhook && 'onWebhook');
    }
    const what = exported.default === null ? 'null' : `of the type ${typeof exported.default}`;
    return `Invalid script exports: the default export is ${what}. Export a function, or a call of createSync, createAction or createOnEvent.`;
}

function take(callable, name) {
    if (typeof callable !== 'function') {
        throw new RunnerError(`The script has no function ${name} that could take a webhook.`);
    }
    main = callable;
    return '';
}

/** Run the script. Report the end to the host: `returned` with JSON, or `threw` with the failure. */
async function run(about, input) {
    try {
        const remember = (error, ref, called) => {
            known.set(error, { ref, called });
            return error;
        };
        const nango = newNango(ask, parse(about), { remember, onPages, frames });
        const output = await (input === undefined ? main(nango) : main(nango, parse(input)));
        const text = returned(output);
        guarded(() => host.returned(output === undefined, text));
    } catch (error) {
        const description = failure(error);
        guarded(() => host.threw(description));
    }
}

function end() {
    isOver = true;
}

/** Convert an output to JSON. */
function returned(output) {
    try {
        return json(output) ?? 'null';
    } catch (error) {
        if (error instanceof TypeError) {
            error.message = `What the script returned cannot be sent as JSON: ${error.message}`;
        }
        throw error;
    }
}

function failure(error) {
    return stringify(failureOf(error, known));
}

/** The declaration of a module with these exports as JSON: {declaration}, or {names, message} of a value that is not a schema. */
function declared(exported) {
    try {
        return stringify({ declaration: declaring.declared(exported, () => external('zod')) });
    } catch (error) {
        if (error instanceof declaring.NotASchema) {
            return stringify({ names: error.names, message: error.message });
        }
        throw error;
    }
}

module.exports = { answered, bundle: guest.bundle, declared, end, enter, external, failure, onPage, run, stubs };
