import type { NangoAction } from 'nango';

/** All records of a SOQL query, page after page. */
export async function queryAll(
    nango: NangoAction<any, any>,
    query: string,
    version = 'v53.0'
): Promise<any[]> {
    let response = await nango.get({
        endpoint: `/services/data/${version}/query`,
        params: { q: query },
        retries: 3
    });
    const records = [...response.data.records];
    while (!truthy(response.data.done)) {
        response = await nango.get({ endpoint: response.data.nextRecordsUrl, retries: 3 });
        records.push(...response.data.records);
    }
    return records;
}

// truthy: Python's truth: empty lists, dicts and sets are false
function truthy(value: any): boolean {
    if (value === null || value === undefined) return false;
    if (Array.isArray(value)) return value.length > 0;
    if (value instanceof Set) return value.size > 0;
    if (typeof value === 'object') return Object.keys(value).length > 0;
    return Boolean(value);
}
