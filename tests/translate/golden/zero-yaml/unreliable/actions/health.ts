import { createAction } from 'nango';
import * as z from 'zod';

const Health = z.object({
    checks: z.array(z.record(z.string(), z.any())),
    healthy: z.boolean()
});
type Health = z.infer<typeof Health>;

const CHECKS: [string, any, number | null][] = [
    ['/items', { total: 1 }, 200],
    ['/broken', { status: 404 }, 404],
    ['/broken', { status: 503 }, 200],
    ['/expired-token', null, 401],
    ['/unreachable', null, null]
];

const action = createAction({
    description: '',
    endpoint: { method: 'GET', path: '/health' },
    input: z.void(),
    output: Health,
    exec: async (nango): Promise<Health> => {
        const checks: any[] = [];
        for (const [path, params, wanted] of CHECKS) {
            const status = await statusOf(nango, path, params);
            checks.push({ path, status, ok: status === wanted });
        }
        const failed = checks.filter((check: any) => !truthy(check.ok)).map((check: any) => check.path);
        await nango.log(`${failed.length} of ${checks.length} checks failed: ${failed.join(' ')}`);
        return { checks, healthy: failed.length === 0 };
    }
});

type NangoActionLocal = Parameters<(typeof action)['exec']>[0];
export default action;

async function statusOf(nango: NangoActionLocal, path: string, params: any): Promise<number | null> {
    try {
        return (await nango.get({ endpoint: path, params: truthy(params) ? params : {} })).status;
    } catch (error: any) {
        if (!isHttpError(error)) {
            throw error;
        }
        return error.response?.status ?? null;
    }
}

// truthy: Python's truth: empty lists, dicts and sets are false
function truthy(value: any): boolean {
    if (value === null || value === undefined) return false;
    if (Array.isArray(value)) return value.length > 0;
    if (value instanceof Set) return value.size > 0;
    if (typeof value === 'object') return Object.keys(value).length > 0;
    return Boolean(value);
}

// isHttpError: whether a request failed
function isHttpError(error: any): boolean {
    return error?.isAxiosError === true || error?.response !== undefined;
}
