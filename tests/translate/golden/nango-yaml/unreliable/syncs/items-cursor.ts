import type { NangoSync } from '../../models';

export default async function fetchData(nango: NangoSync): Promise<void> {
    const config = {
        type: 'cursor' as const,
        response_path: 'items',
        cursor_path_in_response: 'next_cursor',
        cursor_name_in_request: 'cursor',
        limit_name_in_request: 'limit',
        limit: 25
    };
    for await (const items of nango.paginate({
        endpoint: '/items',
        params: { total: 90 },
        paginate: config,
        retries: 3
    })) {
        await nango.batchSave(items, 'Item');
    }
}
