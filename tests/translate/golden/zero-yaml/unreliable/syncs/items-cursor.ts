import { createSync } from 'nango';
import * as z from 'zod';

const Item = z.object({
    id: z.string(),
    name: z.string()
});

const sync = createSync({
    description: '',
    endpoints: [{ method: 'GET', path: '/items' }],
    frequency: 'every hour',
    autoStart: true,
    syncType: 'full',
    models: { Item },
    exec: async (nango) => {
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
});
export default sync;
