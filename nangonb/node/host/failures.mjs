// What a script threw → what the other side is told of it. Whatever was thrown, this gives an answer.

import { types } from 'node:util';

import { SourceFault } from './modules.mjs';
import { ActionError, AxiosError } from './nango.mjs';
import { isDeeper } from './wire.mjs';

const LEVELS = 100; // of a payload, well below what one frame may have

/**
 * `modules` know the script's frames. `calls` has errors that calls of nango gave: error → {ref, called}, the number
 * by which the other side knows it, and an object whose `stack` says where the script called.
 */
export function told(error, modules, calls) {
    try {
        return described(error, modules, calls, new Set());
    } catch {
        return thrown('Something that cannot be looked at');
    }
}

function described(error, modules, calls, seen) {
    if (error instanceof SourceFault) {
        const { name, message, file, line, column, code } = error;
        return { kind: 'source', name, message, code, frames: [{ file, line, column, name: '' }] };
    }
    if (!isError(error)) {
        return thrown(worded(error));
    }
    seen.add(error);
    const found = {
        kind: error instanceof ActionError ? 'action' : error instanceof AxiosError ? 'http' : 'error',
        name: String(error.name ?? 'Error'),
        message: String(error.message ?? ''),
        code: typeof error.code === 'string' ? error.code : null,
        frames: placed(error, modules, calls?.get(error)?.called)
    };
    if (error instanceof ActionError) {
        found.payload = plain(error.payload);
    }
    if (calls?.has(error)) {
        found.ref = calls.get(error).ref;
    }
    const { cause } = error;
    if (isError(cause) && !seen.has(cause)) {
        found.cause = described(cause, modules, calls, seen);
    }
    return found;
}

/** Of this context or another's; zod's errors have a name and are none. */
function isError(error) {
    const thing = error !== null && (typeof error === 'object' || typeof error === 'function');
    return thing && (types.isNativeError(error) || typeof error.stack === 'string' || (typeof error.name === 'string' && typeof error.message === 'string'));
}

/** The script's frames; where it did not await a call, those that made it. */
function placed(error, modules, called) {
    const own = modules.frames(error.stack);
    return own.length > 0 || called === undefined ? own : modules.frames(called.stack);
}

function thrown(what) {
    const message = `${what} was thrown, which is no Error, so that nothing says where. Write throw new Error(…).`;
    return { kind: 'thrown', name: 'Error', message, frames: [] };
}

function worded(value) {
    if (typeof value === 'string' || (typeof value === 'object' && value !== null)) {
        const text = JSON.stringify(plain(value));
        return text.length > 200 ? `${text.slice(0, 200)}…` : text;
    }
    return typeof value === 'function' ? `The function ${value.name}` : String(value);
}

function plain(value) {
    try {
        const text = JSON.stringify(value) ?? 'null';
        return isDeeper(text, LEVELS) ? 'Something that is nested too deeply' : JSON.parse(text);
    } catch {
        return String(value);
    }
}
