import type { NangoSync } from '../../models';

export default async function fetchData(nango: NangoSync): Promise<void> {
    const first = await nango.get({ endpoint: '/items', params: { total: 3 } as any });
    await nango.batchSave(first.data.items, 'FailingItem');
    await nango.log('The next request fails');
    const second = await nango.get({ endpoint: '/broken', params: { status: 502 } as any });
    await nango.batchSave(second.data.items, 'FailingItem');
}
