// The `nango` object that a script receives. Every method asks the other side, where the SDK is.
//
// Which methods there are, and how each is answered, comes from the records of the Python SDK (nangonb/_sdk/methods.py).
//
// Evaluated in the context of the script, with the runtime `guest` (guest.cjs) beside it.

const { Buffer, RunnerError, URLSearchParams, captureStackTrace, json } = guest;

// as Nango's runner hides them
const HIDDEN = new Set([
    'nango', 'persistClient', 'integrationConfig', 'memoizedConnections', 'memoizedIntegration', 'attributes',
    'abortSignal', 'constructor', '__proto__', 'secretKey'
]);
const LEVELS = ['info', 'debug', 'error', 'warn', 'http', 'verbose', 'silly'];

class ActionError extends RunnerError {
    constructor(payload) {
        super();
        this.type = 'action_script_runtime_error';
        this.payload = payload || {};
    }
}

/** What axios throws: scripts look at `response`, `code`, `status` and `config`. */
class AxiosError extends RunnerError {
    constructor(said, body) {
        super(said.message);
        this.name = 'AxiosError';
        this.code = said.code ?? undefined;
        this.isAxiosError = true;
        this.config = said.config ?? {};
        this.request = {};
        if (said.status !== null) {
            this.status = said.status;
            this.response = {
                data: decoded(body ?? '', said.responseType),
                status: said.status,
                statusText: '',
                headers: said.headers,
                config: this.config,
                request: this.request
            };
        }
    }

    toJSON() {
        const { message, name, code, status, config } = this;
        return { message, name, code: code ?? null, status: status ?? null, config };
    }
}

/** A body as axios hands it to a script: `body` is text, or bytes where these were asked for. */
function decoded(body, type) {
    if (typeof body !== 'string' || type === 'text' || body === '') {
        return body;
    }
    try {
        return JSON.parse(body);
    } catch {
        return body;
    }
}

/** A value as JSON carries it: undefined is dropped; bytes are marked, which JSON cannot hold. */
function sendable(config) {
    if (config === null || typeof config !== 'object') {
        return config;
    }
    const sent = { ...config };
    if (Buffer.isBuffer(sent.data) || sent.data instanceof Uint8Array) {
        sent.data = { base64: Buffer.from(sent.data).toString('base64') };
        sent.binary = true;
    } else if (sent.data instanceof URLSearchParams) {
        sent.data = sent.data.toString();
        const named = Object.keys(sent.headers ?? {}).some((name) => name.toLowerCase() === 'content-type');
        sent.headers = named ? sent.headers : { ...sent.headers, 'Content-Type': 'application/x-www-form-urlencoded' };
    }
    if (sent.params instanceof URLSearchParams) {
        sent.params = sent.params.toString();
    }
    return sent;
}

/**
 * The object of one run. `call(method, args, text)` gives {value, error, body}; `about` are the properties and methods
 * of the run; `remember(error, ref, called)` ties an error to the one that it stands for on the other side, and to the
 * stack of the call, which its own has only where the script awaits the call; `onPages` keeps
 * the scripts' on_page functions by number of the pagination; `frames(stack)` are the script's own.
 */
function newNango(call, about, { remember, onPages, frames }) {
    const ask = async (method, args, text) => {
        const called = method === 'log' ? undefined : {}; // there are many of these, and they do not fail
        if (called) {
            captureStackTrace(called);
        }
        const answer = await call(method, args, text);
        if (answer.error) {
            throw remember(failure(answer), answer.error.ref, called); // made here, so that its stack is the script's
        }
        return answer;
    };
    const nango = { ...about.properties, ActionError };
    const run = { about, ask, frames, onPages, log: (...words) => nango.log(...words) };
    for (const { name, answered } of about.methods) {
        nango[name] = METHODS[answered](name, run);
    }
    if (about.properties.scriptType === 'sync') {
        nango.lastSyncDate = about.lastSyncDate ? new Date(about.lastSyncDate) : about.replay ? null : undefined;
    }
    return facade(nango);
}

/** How a method is made, by the way it is answered. */
const METHODS = {
    json: (name, { ask }) => async (...args) => (await ask(name, args)).value,

    'not-awaited': (name, { ask }) => (...args) => void ask(name, args).catch(() => undefined),

    'at-start': (name, { about }) => () => {
        const { value, error } = about.answers[name];
        if (error) {
            throw failure({ error });
        }
        return value;
    },

    response: (name, { ask }) => async (config) => response(await ask(name, [sendable(config)]), config),

    pages: (name, { ask, onPages }) => async function* (config) {
        const { on_page: onPage, ...paginate } = config?.paginate ?? {};
        const calls = typeof onPage === 'function';
        const { value: pager } = await ask(name, [{ ...sendable(config), paginate }, calls]);
        onPages.set(pager, onPage);
        try {
            for (;;) {
                const { value, body } = await ask('paginate.next', [pager]);
                if (value.done) {
                    return;
                }
                yield JSON.parse(body);
            }
        } finally {
            onPages.delete(pager);
        }
    },

    fetched: (name, { ask }) => async ({ url, method, headers, body }) => {
        const given = typeof headers?.entries === 'function' ? Object.fromEntries(headers.entries()) : headers;
        const text = body instanceof URLSearchParams ? body.toString() : body;
        return fetched(await ask(name, [{ url: String(url), method, headers: given, body: text }]));
    },

    saved: (name, { about, ask, frames }) => async (rows, model) => {
        const text = rows === undefined || rows === null ? undefined : json(rows);
        const models = about.models ?? [];
        const known = models.length === 0 || models.includes(model);
        const place = known ? null : (frames(new RunnerError().stack)[0] ?? null); // the call with a wrong name
        return (await ask(name, [model, place], text)).value;
    },

    records: (name, { ask }) => async (ids, model) => {
        const { body } = await ask(name, [ids, model]);
        const asked = new Map(ids.map((id) => [String(id), id]));
        const rows = JSON.parse(body);
        return new Map(rows.map((record) => [asked.get(String(record.id)) ?? record.id, record]));
    },

    stream: (name, { ask }) => async function* (model, options) {
        let cursor = options?.cursor;
        for (;;) {
            const { value, body } = await ask(name, [model, cursor ?? null]);
            yield* JSON.parse(body);
            if (!value.cursor || value.cursor === cursor) {
                return;
            }
            cursor = value.cursor;
        }
    },

    log: (name, { ask }) => async (...words) => {
        if (words.length === 0) {
            return;
        }
        const last = words.at(-1);
        const leveled = last !== null && typeof last === 'object' && 'level' in last;
        const level = leveled && LEVELS.includes(last.level) ? last.level : 'info';
        await ask(name, [(leveled ? words.slice(0, -1) : words).map(shown), level]);
    },

    'in-node': (name, { about, log }) => async ({ zodSchema, input }) => {
        if (about.replay) {
            // Nango's test library takes the input as it is; saved requests hold what scripts made of that
            return { success: true, data: input };
        }
        const parsed = await zodSchema.safeParseAsync(input);
        if (!parsed.success) {
            for (const { message, path } of parsed.error.issues) {
                await log(`Invalid input provided: ${message} at path ${path.join('.')}`, { level: 'error' });
            }
            throw new ActionError({ message: 'Invalid input provided' });
        }
        return parsed;
    }
};

function shown(word) {
    return typeof word === 'string' ? word : (json(word) ?? String(word));
}

/** Nango's runner hands out a facade: what is inside stays there. */
function facade(nango) {
    const check = (name) => {
        if (HIDDEN.has(name)) {
            throw new RunnerError(`Access to "${String(name)}" is not allowed.`);
        }
    };
    return new Proxy(nango, {
        get: (target, name) => (check(name), target[name]),
        set: (target, name, value) => (check(name), (target[name] = value), true),
        getPrototypeOf: () => null
    });
}

/** What a script gets of a request. */
function response({ value, body }, config) {
    const data = decoded(body ?? '', value.responseType);
    const { status, headers } = value;
    return { data, status, statusText: '', headers, config: { ...value.config, ...(config?.data && { data: config.data }) }, request: {} };
}

/** The answer of `fetch`, as far as scripts use it. */
function fetched({ value, body }) {
    const text = () => body.toString('utf8').replace(/^\uFEFF/, '');
    const Headers = guest.hosted('Headers');
    return {
        ...value,
        ok: value.status >= 200 && value.status < 300,
        headers: new Headers(value.headers),
        text: async () => text(),
        json: async () => JSON.parse(text()),
        arrayBuffer: async () => body.buffer.slice(body.byteOffset, body.byteOffset + body.length)
    };
}

function failure({ error, body }) {
    switch (error.kind) {
        case 'http':
            return new AxiosError(error, body);
        case 'action':
            return new ActionError(error.payload);
        default:
            return Object.assign(new RunnerError(error.message), { code: error.code });
    }
}

module.exports = { ActionError, AxiosError, newNango, response };
