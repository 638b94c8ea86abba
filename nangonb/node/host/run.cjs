// One script that runs, from the loaded module to its output: what main.mjs asks of the context, in primitives.
//
// Evaluated in the context of the script, with `host` (main.mjs), `guest` (guest.cjs), `sdk` (nango.cjs), `failures`
// (failures.cjs) and `declaring` (declare.cjs).

const { RunnerError, TOO_DEEP, bytes, external, frames, guarded, isDeeper, json, parse, stringify, stubs } = guest;
const { newNango, response } = sdk;
const { told } = failures;

const TYPES = ['sync', 'action', 'onEvent']; // of what createSync and the like give
const RAW = ['uncontrolledFetch']; // whose bodies are not always text
const waiting = new Map();
const onPages = new Map();
const known = new WeakMap(); // errors of calls: failures.cjs
let calls = 0;
let main = null;
let isOver = false;

function ask(method, args, text) {
    if (isOver) {
        return Promise.reject(new RunnerError(`nango.${method}() was called after the script had ended.`));
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

/** Take the function to run of what a script exports, in both styles; what keeps it from being run, or ''. */
function enter(exported, isWebhook) {
    let found = exported.default;
    if (found && typeof found === 'object' && typeof found.default === 'object') {
        found = found.default; // a bundle of an ES module
    }
    if (typeof found === 'function') {
        return take(isWebhook ? exported.onWebhookPayloadReceived : found, isWebhook && 'onWebhookPayloadReceived');
    }
    if (found && typeof found === 'object' && TYPES.includes(found.type)) {
        if (typeof found.exec !== 'function' && !isWebhook) {
            return 'The script has no function exec: exec: async (nango) => { … }';
        }
        return take(isWebhook ? found.onWebhook : found.exec, isWebhook && 'onWebhook');
    }
    const what = exported.default === null ? 'null' : `of the type ${typeof exported.default}`;
    return `Invalid script exports: the default export is ${what}, and no function, and nothing that createSync and the like gave.`;
}

function take(found, name) {
    if (typeof found !== 'function') {
        throw new RunnerError(`The script has no function ${name} that could take a webhook.`);
    }
    main = found;
    return '';
}

/** Run it. The end is told to the host: `returned` with JSON, or `threw` with what `told` gives. */
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
        const said = failure(error);
        guarded(() => host.threw(said));
    }
}

function end() {
    isOver = true;
}

/** An output as JSON. */
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
    return stringify(told(error, known));
}

/** What a module declares that exports this, as JSON: {found}, or {names, said} where something is no schema. */
function declared(exported) {
    try {
        return stringify({ found: declaring.declared(exported, () => external('zod')) });
    } catch (error) {
        if (error instanceof declaring.NoSchema) {
            return stringify({ names: error.names, said: error.message });
        }
        throw error;
    }
}

module.exports = { answered, bundle: guest.bundle, declared, end, enter, external, failure, onPage, run, stubs };
