import type { NangoAction } from '../../models';

const CHECKS: [string, Record<string, any>, number | null][] = [
    ['/items', { total: 1 }, 200],
    ['/broken', { status: 404 }, 404],
    ['/broken', { status: 503 }, 200],
    ['/expired-token', {}, 401],
    ['/unreachable', {}, null]
];

export default async function runAction(nango: NangoAction): Promise<any> {
    const checks = [];
    for (const [path, params, wanted] of CHECKS) {
        let status: number | null;
        try {
            status = (await nango.get({ endpoint: path, params })).status;
        } catch (error: any) {
            status = error.response?.status ?? null;
        }
        checks.push({ path, status, ok: status === wanted });
    }
    const failed = checks.filter((check) => !check.ok).map((check) => check.path);
    await nango.log(`${failed.length} of ${checks.length} checks failed: ${failed.join(' ')}`);
    return { checks, healthy: failed.length === 0 };
}
