import type { NangoSync } from '../../models';

export default async function fetchData(nango: NangoSync): Promise<void> {
    const seen = new Set<string>();
    for await (const items of nango.paginate<any>({
        endpoint: '/items',
        params: { total: 47 },
        paginate: {
            type: 'offset',
            offset_name_in_request: 'cursor',
            response_path: 'items',
            limit_name_in_request: 'limit',
            limit: 20
        }
    })) {
        const fresh = items.filter((item) => !seen.has(item.id));
        fresh.forEach((item) => seen.add(item.id));
        await nango.batchSave(fresh, 'OffsetItem');
    }
    await nango.log(`${seen.size} items, the last is ${[...seen].sort().at(-1)}`);
}
