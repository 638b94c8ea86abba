import { createAction } from 'nango';
import * as z from 'zod';

const Input = z.object({ query: z.string(), cursor: z.string().optional() });
const Output = z.object({ contacts: z.array(z.object({ id: z.string(), email: z.string().optional() })), next_cursor: z.string().optional() });

const action = createAction({
    description: 'Finds contacts',
    input: Input,
    output: Output,
    exec: async (nango, input) => {
        const params: Record<string, string | number> = { q: input.query, limit: 50 };
        if (input.cursor !== undefined) {
            params['cursor'] = input.cursor;
        }
        const { data } = await nango.get({ endpoint: '/v1/contacts/search', params, headers: { Accept: 'application/json' }, retries: 3 });
        return {
            contacts: data.items.map((item: any) => ({ id: String(item.id), email: item.email })),
            ...(data.next && { next_cursor: data.next })
        };
    }
});

export default action;
