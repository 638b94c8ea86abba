import type { NangoAction, Health } from '../../models';

const CHECKS: [string, any, number | null][] = [
    ['/items', { total: 1 }, 200],
    ['/broken', { status: 404 }, 404],
    ['/broken', { status: 503 }, 200],
    ['/expired-token', null, 401],
    ['/unreachable', null, null]
];

export default async function runAction(nango: NangoAction): Promise<Health> {
    const checks: any[] = [];
    for (const [path, params, wanted] of CHECKS) {
        const status = await statusOf(nango, path, params);
        checks.push({ path, status, ok: status === wanted });
    }
    const failed = checks.filter((check: any) => !truthy(check.ok)).map((check: any) => check.path);
    await nango.log(`${failed.length} of ${checks.length} checks failed: ${failed.join(' ')}`);
    return { checks, healthy: failed.length === 0 };
}

async function statusOf(nango: NangoAction, path: string, params: any): Promise<number | null> {
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
