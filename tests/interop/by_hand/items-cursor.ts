import type { NangoSync } from '../../models';

export default async function fetchData(nango: NangoSync): Promise<void> {
    for await (const items of nango.paginate<any>({
        endpoint: '/items',
        params: { total: 90 },
        paginate: {
            type: 'cursor',
            response_path: 'items',
            cursor_path_in_response: 'next_cursor',
            cursor_name_in_request: 'cursor',
            limit_name_in_request: 'limit',
            limit: 25
        },
        retries: 3
    })) {
        await nango.batchSave(items, 'Item');
    }
}
