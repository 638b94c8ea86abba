// Describes a value that a script threw, for the process that started it. Works for any thrown value.
//
// Evaluated in the context of the script, with `guest` (guest.cjs) and `sdk` (nango.cjs).

const { frames, guarded, isDeeper, parse, stringify } = guest;
const { ActionError, AxiosError } = sdk;
const LEVELS = 100; // of a payload, well below what one frame may have

/**
 * Describe a thrown value. `calls` has the errors of calls of nango: error → {ref, called}, its number on the other side
 * and an object whose `stack` is that of the call.
 */
function failureOf(error, calls) {
    try {
        return described(error, calls, new Set());
    } catch {
        return thrown('A value that cannot be read');
    }
}

function described(error, calls, seen) {
    if (!isError(error)) {
        return thrown(worded(error));
    }
    seen.add(error);
    const failure = {
        kind: error instanceof ActionError ? 'action' : error instanceof AxiosError ? 'http' : 'error',
        name: String(error.name ?? 'Error'),
        message: String(error.message ?? ''),
        code: typeof error.code === 'string' ? error.code : null,
        frames: placed(error, calls?.get(error)?.called)
    };
    if (error instanceof ActionError) {
        failure.payload = plain(error.payload);
    }
    if (calls?.has(error)) {
        failure.ref = calls.get(error).ref;
    }
    const { cause } = error;
    if (isError(cause) && !seen.has(cause)) {
        failure.cause = described(cause, calls, seen);
    }
    return failure;
}

/** Zod's errors have a name but are not instances of Error. */
function isError(error) {
    const thing = error !== null && (typeof error === 'object' || typeof error === 'function');
    return thing && (guarded(() => host.isNativeError(error)) || typeof error.stack === 'string' || (typeof error.name === 'string' && typeof error.message === 'string'));
}

/** The script's frames of an error; for a call that was not awaited, those of the call. */
function placed(error, called) {
    const own = frames(error.stack);
    return own.length > 0 || called === undefined ? own : frames(called.stack);
}

function thrown(what) {
    const message = `${what} was thrown, which is not an Error, so that its place is unknown. Use throw new Error(…).`;
    return { kind: 'thrown', name: 'Error', message, frames: [] };
}

function worded(value) {
    if (typeof value === 'string' || (typeof value === 'object' && value !== null)) {
        const text = stringify(plain(value));
        return text.length > 200 ? `${text.slice(0, 200)}…` : text;
    }
    return typeof value === 'function' ? `The function ${value.name}` : String(value);
}

function plain(value) {
    try {
        const text = stringify(value) ?? 'null';
        return isDeeper(text, LEVELS) ? 'A value that is nested too deeply' : parse(text);
    } catch {
        return String(value);
    }
}

module.exports = { failureOf };
