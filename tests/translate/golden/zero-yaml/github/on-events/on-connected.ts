import { createOnEvent } from 'nango';
import * as z from 'zod';

const onEvent = createOnEvent({
    description: '',
    event: 'post-connection-creation',
    metadata: z.looseObject({}),
    exec: async (nango) => {
        const user = (await nango.get({ endpoint: '/user' })).data;
        const repos = (await nango.get({ endpoint: '/user/repos' })).data;
        await nango.updateMetadata({
            login: user.login,
            repositories: repos.map((repo: any) => repo.name),
            selected: truthy(repos) ? repos[0].name : null
        });
        await nango.log(`${textOf(user.login)} connected ${lengthOf(repos)} repositories`);
    }
});
export default onEvent;

// truthy: Python's truth: empty lists, dicts and sets are false
function truthy(value: any): boolean {
    if (value === null || value === undefined) return false;
    if (Array.isArray(value)) return value.length > 0;
    if (value instanceof Set) return value.size > 0;
    if (typeof value === 'object') return Object.keys(value).length > 0;
    return Boolean(value);
}

// pythonError: an error with the name of Python's error, for handlers
function pythonError(name: string, message: any): Error {
    const error = new Error(String(message));
    error.name = name;
    return error;
}

// limitError: an error where JavaScript cannot do what Python does; handlers of the script do not catch it
function limitError(message: string): Error {
    return pythonError('LimitError', message);
}

// lengthOf: length in Python's sense: text by code points
function lengthOf(value: any): number {
    if (typeof value === 'string') return [...value].length;
    if (Array.isArray(value)) return value.length;
    if (value === null || typeof value !== 'object') throw pythonError('TypeError', 'this has no length');
    return value instanceof Set ? value.size : Object.keys(value).length;
}

// safe: throws for a whole number past 2^53, which would lose digits silently
function safe(value: number): number {
    if (Math.abs(value) > Number.MAX_SAFE_INTEGER && Number.isInteger(value)) {
        throw limitError('This number passes 2^53, where digits are lost.');
    }
    return value;
}

// textOf: Python's str()
function textOf(value: any): string {
    if (value === null || value === undefined) return 'None';
    if (value === true) return 'True';
    if (value === false) return 'False';
    if (typeof value === 'number') return numberText(value);
    if (typeof value !== 'string') {
        throw limitError('str() of lists, dicts and dates differs on Nango. Use json.dumps.');
    }
    return value;
}

// numberText: a number from outside as Python prints it
function numberText(value: number): string {
    if (Number.isInteger(value)) return Math.abs(value) < 1e21 ? String(safe(value)) : String(value);
    if (Math.abs(value) >= 1e-4) return String(value);
    return value.toExponential().replace(/-(\d)$/, '-0$1');
}
