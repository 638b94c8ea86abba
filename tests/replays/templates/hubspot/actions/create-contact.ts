import { createAction } from 'nango';
import * as z from 'zod';

const InputSchema = z.object({
    email: z.string().describe('Address. Example: "ada@example.com"'),
    name: z.string().optional(),
    tags: z.array(z.string()).default([])
});

const ProviderContact = z.object({ id: z.number(), email: z.string(), created: z.string(), name: z.string().nullish() });

const OutputSchema = z.object({ id: z.string(), email: z.string(), name: z.union([z.string(), z.null()]), created: z.string() });

const action = createAction({
    description: 'Creates a contact',
    version: '2.0.1',
    endpoint: { method: 'POST', path: '/crm/contacts', group: 'Contacts' },
    input: InputSchema,
    output: OutputSchema,
    scopes: ['contacts.write'],

    exec: async (nango, input): Promise<z.infer<typeof OutputSchema>> => {
        const { data: checked } = await nango.zodValidateInput({ zodSchema: InputSchema, input });
        const response = await nango.post({
            endpoint: '/v1/contacts',
            data: {
                email: checked.email,
                ...(checked.name !== undefined && { name: checked.name })
            },
            retries: 1
        });
        const parsed = ProviderContact.safeParse(response.data);
        if (!parsed.success) {
            throw new nango.ActionError({ type: 'invalid_response', message: parsed.error.message });
        }
        const { id, email, name, created } = parsed.data;
        return { id: id.toString(), email, name: name ?? null, created };
    }
});

export type NangoActionLocal = Parameters<(typeof action)['exec']>[0];
export default action;
