// What a script threw → what the other side is told of it. Whatever was thrown, this gives an answer.
//
// Evaluated in the context of the script, with `guest` (guest.cjs) and `sdk` (nango.cjs).

const { frames, guarded, isDeeper, parse, stringify } = guest;
const { ActionError, AxiosError } = sdk;
const LEVELS = 100; // of a payload, well below what one frame may have

/**
 * `calls` has errors that calls of nango gave: error → {ref, called}, the number by which the other side knows it, and
 * an object whose `stack` says where the script called.
 */
function told(error, calls) {
    try {
        return described(error, calls, new Set());
    } catch {
        return thrown('Something that cannot be looked at');
    }
}

function described(error, calls, seen) {
    if (!isError(error)) {
        return thrown(worded(error));
    }
    seen.add(error);
    const found = {
        kind: error instanceof ActionError ? 'action' : error instanceof AxiosError ? 'http' : 'error',
        name: String(error.name ?? 'Error'),
        message: String(error.message ?? ''),
        code: typeof error.code === 'string' ? error.code : null,
        frames: placed(error, calls?.get(error)?.called)
    };
    if (error instanceof ActionError) {
        found.payload = plain(error.payload);
    }
    if (calls?.has(error)) {
        found.ref = calls.get(error).ref;
    }
    const { cause } = error;
    if (isError(cause) && !seen.has(cause)) {
        found.cause = described(cause, calls, seen);
    }
    return found;
}

/** Zod's errors have a name and are none. */
function isError(error) {
    const thing = error !== null && (typeof error === 'object' || typeof error === 'function');
    return thing && (guarded(() => host.isNativeError(error)) || typeof error.stack === 'string' || (typeof error.name === 'string' && typeof error.message === 'string'));
}

/** The script's frames; where it did not await a call, those that made it. */
function placed(error, called) {
    const own = frames(error.stack);
    return own.length > 0 || called === undefined ? own : frames(called.stack);
}

function thrown(what) {
    const message = `${what} was thrown, which is no Error, so that nothing says where. Write throw new Error(…).`;
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
        return isDeeper(text, LEVELS) ? 'Something that is nested too deeply' : parse(text);
    } catch {
        return String(value);
    }
}

module.exports = { told };
